"""How is a cluster spoken to? Every call with a time-out, every error one of ours.

A call goes to one node after another until one answers, all within the time-out of the address.
Whatever this module sends may be sent twice without harm.
"""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from searchlib.backends.opensearch import problems
from searchlib.backends.opensearch.extra import need_opensearch
from searchlib.errors import (
    ArgumentError,
    IndexNotFoundError,
    PartialResultsError,
    SearchlibError,
    ServerError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opensearchpy import Transport

    from searchlib.backends.opensearch.address import Address

Json = dict[str, Any]

_CONNECTIONS: Final = 16
"""How many connections to a node are kept open: enough for the threads of a program."""
_PIT_SECONDS: Final = 300
"""For how long documents are held after each search of them."""
_LEAST_RETRIES: Final = 3
_FIRST_PAUSE: Final = 0.05
"""How many seconds to wait before the second attempt, then twice as long; a cluster takes 0.4 s to
notice that a node is gone."""


class Client:
    """Calls to a cluster; for any number of threads.

    All methods raise errors that are a :class:`~searchlib.errors.SearchlibError`: mostly a
    :class:`~searchlib.errors.ServerError`, or :class:`~searchlib.errors.IndexNotFoundError`. Where
    they take ``index``, it is that of the address if none is given.

    Args:
        address: The cluster, and the index on it.

    Attributes:
        address: The same.

    Raises:
        MissingExtraError: The package opensearch-py is not installed.
        ArgumentError: There is no such file of certificates.
    """

    def __init__(self, address: Address) -> None:
        need_opensearch()
        self.address: Final = address
        self._transport = _transport_of(address)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def request(
        self,
        method: str,
        path: str,
        body: Json | bytes | None = None,
        *,
        within: float | None = None,
        once: bool = False,
        has: str | None = None,
        **params: Any,
    ) -> Any:
        """Send a request, to one node after another until one takes it.

        Args:
            method: The method of HTTP.
            path: The path, whose parts are quoted.
            body: What to send.
            within: How many seconds this may take, if not those of the address.
            once: Whether to ask one node only.
            has: What the answer must have, so that it is one of OpenSearch.
            params: What stands behind the question mark.

        Returns:
            The answer, as JSON has it; a bool for "HEAD".

        Raises:
            SearchlibError: The server did not answer, or did not do it.
        """
        from opensearchpy import exceptions as theirs

        seconds = self.address.timeout if within is None else within
        end = time.monotonic() + seconds
        last = 0 if once else max(_LEAST_RETRIES, len(self.address.hosts))
        given = {name: _written(value) for name, value in params.items()}
        said: Exception | None = None  # by a node that is there: more than that another is gone
        for attempt in range(last + 1):
            left = max(0.001, end - time.monotonic())
            try:
                answer = self._transport.perform_request(
                    method, path, params=dict(given), body=body, timeout=left
                )
                if has is not None and not (isinstance(answer, dict) and has in answer):
                    raise problems.strange(answer, self.address)
                return answer
            except theirs.OpenSearchException as error:
                said = error if _status_of(error) else said
                is_over = time.monotonic() >= end or attempt == last
                if is_over or not _worth_another_node(error):
                    told = said if said is not None and _is_gone(error) else error
                    raise problems.explained(told, self.address) from told
            time.sleep(_FIRST_PAUSE * 2**attempt)
        raise AssertionError("a loop that ends by returning or raising")

    def search(self, body: Json, *, index: str | None = None, **params: Any) -> Json:
        """Search.

        Args:
            body: The request. With a point in time in it, it is that which is searched.
            index: Where.
            params: As for :meth:`request`.

        Returns:
            The answer, with the member "partial": whether a part of the index is missing, which is
            an error unless the address says otherwise.

        Raises:
            PartialResultsError: A part of the index did not answer.
        """
        path = "/_search" if "pit" in body else f"/{self._name(index)}/_search"
        allowed = self.address.partial
        found = self.request(
            "POST", path, body, has="_shards", allow_partial_search_results=allowed, **params
        )
        return self._whole(found)

    def msearch(
        self, bodies: Sequence[Json], *, index: str | None = None
    ) -> list[Json | SearchlibError]:
        """Search several times with one request, scores reckoned over all parts of the index.

        Args:
            bodies: The requests, as for :meth:`search`.
            index: Where, if they are of no point in time.

        Returns:
            For each its answer as of :meth:`search`, or what is wrong with it alone.
        """
        how = {
            "search_type": "dfs_query_then_fetch",
            "allow_partial_search_results": self.address.partial,
        }
        place = {"index": index or self.address.index}
        lines = (
            one for body in bodies for one in (how if "pit" in body else {**how, **place}, body)
        )
        sent = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        found = self.request("POST", "/_msearch", sent, has="responses")["responses"]
        return [self._whole_or_wrong(answer) for answer in found]

    def count(self, query: Json | None = None, *, index: str | None = None) -> int:
        """Count the documents that a query matches, or all.

        Raises:
            PartialResultsError: As for :meth:`search`.
        """
        body = {"query": query or {"match_all": {}}}
        path = f"/{self._name(index)}/_count"
        answer = self._whole(self.request("POST", path, body, has="_shards"))
        number: int = answer["count"]
        return number

    def get(self, document: str, *, index: str | None = None, **params: Any) -> Json | None:
        """Read the document with an id, as of now, or ``None`` if there is none."""
        path = f"/{self._name(index)}/_doc/{quote(document, safe='')}"
        answer = self.request("GET", path, ignore=404, **params)
        if "found" not in answer:
            raise problems.refusal(404, answer, self.address)
        return dict(answer) if answer["found"] else None

    def mget(
        self, documents: Sequence[str], *, index: str | None = None, **params: Any
    ) -> list[Json | None]:
        """Read documents, as of now, in this order.

        Raises:
            ServerError: One of them can't be read.
        """
        path = f"/{self._name(index)}/_mget"
        found = self.request("POST", path, {"ids": [*documents]}, has="docs", **params)["docs"]
        return [one if self._done(one)["found"] else None for one in found]

    def term_vectors(self, documents: Sequence[Json], *, index: str | None = None) -> list[Json]:
        """Ask for the terms of documents, and for what the shard of each knows of these.

        A document that does not answer is left out if the address allows for partial answers.

        Args:
            documents: What is asked; with a document in it, it is of that one, which is made up.
            index: Where.

        Raises:
            SearchlibError: One of them did not answer.
        """
        path = f"/{self._name(index)}/_mtermvectors"
        found = self.request("POST", path, {"docs": [*documents]}, has="docs")["docs"]
        partial = self.address.partial
        return [self._done(one) for one in found if not (partial and "error" in one)]

    def shards(self, *, index: str | None = None, **params: Any) -> list[list[Json]]:
        """Find the shards of an index, or those that a ``routing`` leads to: the copies of each."""
        path = f"/{self._name(index)}/_search_shards"
        found: list[list[Json]] = self.request("GET", path, has="shards", **params)["shards"]
        return found

    def bulk(self, lines: bytes, *, index: str | None = None) -> Json:
        """Write many documents: lines of JSON, an action and for most a document behind it.

        It is sent once, as whoever repeats it must know. No index is made by it.
        """
        # The server gives up first, so that it can say what it has done.
        timeout = f"{round(self.address.timeout * 900)}ms"
        is_alias = index in (None, self.address.index)
        path = f"/{self._name(index)}/_bulk"
        answer: Json = self.request(
            "POST",
            path,
            lines,
            once=True,
            has="items",
            timeout=timeout,
            require_alias=is_alias,
        )
        return answer

    def put(self, document: str, source: Json, *, index: str | None = None, **params: Any) -> Json:
        """Write one document; ``if_seq_no``, ``if_primary_term`` and ``op_type`` may guard it.

        Raises:
            ServerConflictError: It is not as it was to be.
        """
        path = f"/{self._name(index)}/_doc/{quote(document, safe='')}"
        answer: Json = self.request("PUT", path, source, **params)
        return answer

    def open_pit(self, *, index: str | None = None) -> str:
        """Hold the documents as they are now, for searches that belong together.

        Args:
            index: Where.

        Raises:
            PartialResultsError: A part of the index can't be had.
        """
        answer = self.request(
            "POST",
            f"/{self._name(index)}/_search/point_in_time",
            has="pit_id",
            keep_alive=f"{_PIT_SECONDS}s",
            allow_partial_pit_creation=False,
        )
        self._whole(answer)
        return str(answer["pit_id"])

    def close_pit(self, pit: str) -> None:
        """Let go of what :meth:`open_pit` holds; if that fails, the server does it in the end."""
        with contextlib.suppress(ServerError):
            self.request("DELETE", "/_search/point_in_time", {"pit_id": [pit]}, ignore=404)

    def refresh(self, *, index: str | None = None) -> None:
        """Let searches see what was written.

        Raises:
            PartialResultsError: A part of the index can't be had.
        """
        answer = self.request("POST", f"/{self._name(index)}/_refresh", has="_shards")
        if answer["_shards"]["failed"]:
            raise problems.partial(self.address, _told(answer["_shards"]))

    def merge(self, *, index: str | None = None) -> None:
        """Have the segments of each part of an index merged into one, without waiting for it."""
        path = f"/{self._name(index)}/_forcemerge"
        self.request("POST", path, max_num_segments=1, wait_for_completion=False)

    def delete_where(self, query: Json, *, index: str) -> None:
        """Delete what a query matches, but for what is being changed."""
        path = f"/{self._name(index)}/_delete_by_query"
        self.request("POST", path, {"query": query}, conflicts="proceed")

    def exists(self, *, index: str | None = None) -> bool:
        """Tell whether there is an index, or an alias, of this name."""
        return bool(self.request("HEAD", f"/{self._name(index)}"))

    def create_index(self, name: str, body: Json) -> None:
        """Make an index: settings, mappings and aliases.

        Raises:
            IndexExistsError: There is one of this name.
        """
        self.request("PUT", f"/{quote(name)}", body)

    def delete_index(self, name: str) -> None:
        """Delete an index by its real name; it is no error that there is none."""
        self.request("DELETE", f"/{quote(name)}", ignore_unavailable=True)

    def aliases(self, *, index: str | None = None) -> list[str]:
        """Find the real names of the indexes that a name stands for; none if there is no such."""
        try:
            return sorted(self.request("GET", f"/{self._name(index)}/_alias"))
        except IndexNotFoundError:
            return []

    def change_aliases(self, actions: Sequence[Json]) -> None:
        """Do all that is asked for with aliases and indexes at once, or nothing of it."""
        self.request("POST", "/_aliases", {"actions": [*actions]})

    def mapping(self, *, index: str | None = None, local: bool = False) -> dict[str, Json]:
        """Read the mappings, by the real names of the indexes.

        Args:
            index: Where.
            local: Whether those will do that the node knows which is asked, if it is cut off from
                the manager of the cluster.

        Raises:
            IndexNotFoundError: There is no such index.
        """
        found = self.request("GET", f"/{self._name(index)}/_mapping", local=local)
        try:
            return {name: one["mappings"] for name, one in found.items()}
        except (AttributeError, KeyError, TypeError):
            raise problems.strange(found, self.address) from None

    def put_mapping(self, mappings: Json, *, index: str | None = None) -> None:
        """Add fields to an index, and change what can be changed."""
        self.request("PUT", f"/{self._name(index)}/_mapping", mappings)

    def settings(self, *, index: str | None = None) -> Json:
        """Read the settings of an index, by the names of settings that were given."""
        found = self.request("GET", f"/{self._name(index)}/_settings")
        ((_, answer),) = found.items()
        settings: Json = answer["settings"]["index"]
        return settings

    def block_writes(self, *, index: str) -> None:
        """Have an index take no changes any more; those under way are done when this returns."""
        self.request("PUT", f"/{self._name(index)}/_block/write")

    def unblock_writes(self, *, index: str) -> None:
        """Have an index take changes again."""
        path = f"/{self._name(index)}/_settings"
        self.request("PUT", path, {"index.blocks.write": None})

    def stats(self, *, index: str | None = None) -> Json:
        """Read the numbers of documents, segments and bytes of an index."""
        answer: Json = self.request("GET", f"/{self._name(index)}/_stats", has="_all")
        return answer

    def health(self, *, index: str | None = None, **params: Any) -> Json:
        """Read how the index is: green, yellow or red."""
        path = f"/_cluster/health/{self._name(index)}"
        answer: Json = self.request("GET", path, has="status", **params)
        return answer

    def _whole_or_wrong(self, answer: Json) -> Json | SearchlibError:
        if "error" in answer:
            return problems.refusal(answer.get("status", 500), answer, self.address)
        try:
            return self._whole(answer)
        except PartialResultsError as error:
            return error

    def _name(self, index: str | None) -> str:
        return quote(index or self.address.index)

    def _done(self, answer: Json) -> Json:
        """Make sure that a part of an answer of several is no error."""
        if "error" in answer:
            raise problems.refusal(answer.get("status", 503), answer, self.address)
        return answer

    def _whole(self, answer: Json) -> Json:
        shards = answer["_shards"]
        missing = shards["successful"] < shards["total"] or bool(answer.get("timed_out"))
        if missing and not self.address.partial:
            raise problems.partial(self.address, _told(shards))
        return {**answer, "partial": missing}


def held(pit: str) -> Json:
    """Write the part of a search that says which held documents it is of, and holds them on.

    Args:
        pit: What :meth:`Client.open_pit` gave.
    """
    return {"pit": {"id": pit, "keep_alive": f"{_PIT_SECONDS}s"}}


def _transport_of(address: Address) -> Transport:
    from opensearchpy import OpenSearch

    if address.ca is not None and not Path(address.ca).is_file():
        raise ArgumentError(f"expected a file of certificates, ?ca=, got {address.ca!r:.200}")
    options: dict[str, Any] = {}
    if address.api_key is not None:
        options["headers"] = {"authorization": f"ApiKey {address.api_key}"}
    elif address.user is not None:
        options["http_auth"] = (address.user, address.password or "")
    if address.tls:
        tls = {"use_ssl": True, "verify_certs": address.verify, "ssl_show_warn": False}
        options |= tls if address.ca is None else {**tls, "ca_certs": address.ca}
    client = OpenSearch(
        hosts=[{"host": host.name, "port": host.port} for host in address.hosts],
        max_retries=0,  # this module tries the next node itself, within the time-out
        retry_on_timeout=True,  # so a node that was too slow is not asked again for a while
        pool_maxsize=_CONNECTIONS,
        **options,
    )
    return client.transport


def _worth_another_node(error: Exception) -> bool:
    """Tell whether another node may answer: it was not too slow, and it did not say no.

    While a node goes, the others have errors of many classes, and the status 500 with some.
    """
    return _is_gone(error) or _status_of(error) >= 500


def _is_gone(error: Exception) -> bool:
    """Tell whether there was nobody to connect with."""
    from opensearchpy import exceptions as theirs

    is_other = isinstance(error, theirs.ConnectionTimeout | theirs.SSLError)
    return isinstance(error, theirs.ConnectionError) and not is_other


def _status_of(error: Exception) -> int:
    """Give the status that a node answered with; 0 if none did."""
    from opensearchpy import exceptions as theirs

    status = error.status_code if isinstance(error, theirs.TransportError) else 0
    return status if isinstance(status, int) else 0


def _written(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _told(shards: Mapping[str, Any]) -> str:
    failures = shards.get("failures") or [{}]
    _, reason = problems.reason_of(failures[0].get("reason", {}))
    missing = shards["total"] - shards["successful"]
    return f"none from {missing} of {shards['total']} ({reason})"
