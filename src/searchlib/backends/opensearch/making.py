"""How does an index on a cluster come into being, and another in its place?

Its name is an alias of the real index, so that another can take its place in one step.
"""

from __future__ import annotations

import re
import time
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from searchlib.backends.opensearch.mapping import mapping_of, read_meta
from searchlib.backends.opensearch.synonyms import put_synonyms
from searchlib.errors import (
    IndexExistsError,
    SearchlibError,
    ServerTimeoutError,
    ServerUnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.backends.opensearch.client import Client
    from searchlib.backends.opensearch.mapping import Meta
    from searchlib.schema.models import DocumentSchema

_FIRST: Final = "00000000"
"""The same for all that make an index at the same time, so that one of them is told."""
_POLL_SECONDS: Final = 0.25


def create_index(client: Client, schema: DocumentSchema) -> None:
    """Make an index without documents, as the address of the client says.

    Raises:
        IndexExistsError: There is an index already, or an alias.
        SchemaError: A field has the name that is kept for searchlib.
        ServerError: The cluster can't be asked, or did not do it.
    """
    address = client.address
    body = mapping_of(
        schema, shards=address.shards, replicas=address.replicas, full_text=address.full_text
    )
    _expect_none(client)
    client.create_index(f"{address.index}-{_FIRST}", {**body, "aliases": {address.index: {}}})


@contextmanager
def new_index(client: Client, schema: DocumentSchema, synonyms: str) -> Iterator[str]:
    """Make an index that is not there before it is whole.

    The body of the ``with`` block fills the real index whose name it gets. At the end that gets
    its alias; if the body raises it is deleted.

    Raises:
        IndexExistsError: There is an index already, or an alias: before the body or after it.
        UnsupportedError: The synonyms are too large.
        SearchlibError: As for :func:`create_index`.
    """
    address = client.address
    body = mapping_of(
        schema, shards=address.shards, replicas=address.replicas, full_text=address.full_text
    )
    _expect_none(client)
    with _removed_if_it_fails(client, body) as name:
        put_synonyms(client, synonyms, index=name)
        yield name
        _expect_none(client)
    _change_alias(client, name, [{"add": {"index": name, "alias": address.index}}])


@contextmanager
def successor(client: Client, schema: DocumentSchema, old: Meta) -> Iterator[str]:
    """Make an index that takes the place of another when it is whole.

    The body of the ``with`` block fills the real index whose name it gets. At the end it gets the
    alias in one step; if the body raises it is deleted. The old one takes no changes meanwhile. It
    is deleted when no search is at work in it.

    Raises:
        IndexNotFoundError: Another has taken its place meanwhile.
        SchemaError: A field has the name that is kept for searchlib.
        ServerError: The cluster can't be asked, or did not do it.
    """
    alias = client.address.index
    body = _like(client, schema, old)
    client.block_writes(index=old.index)
    try:
        with _removed_if_it_fails(client, body) as name:
            yield name
            now = read_meta(client.mapping(index=old.index), client.address)
            put_synonyms(client, now.synonyms, index=name)  # they may have changed meanwhile
        moved = {"index": old.index, "alias": alias, "must_exist": True}
        added = {"index": name, "alias": alias}
        _change_alias(client, name, [{"remove": moved}, {"add": added}])
    except BaseException:
        with suppress(SearchlibError):
            client.unblock_writes(index=old.index)
        raise
    with suppress(SearchlibError):  # it is done; what is left over goes the next time
        _wait_for_searches(client, old.index)
        _remove_leftovers(client)


def _change_alias(client: Client, name: str, actions: list[dict[str, Any]]) -> None:
    """Give an index its alias, or delete it if it is certain that it will not have that.

    Of a change whose answer was lost nobody knows whether it will be made; then the index stays.
    """
    try:
        client.change_aliases(actions)
    except SearchlibError as error:
        if client.aliases() == [name]:
            return
        if not isinstance(error, ServerTimeoutError | ServerUnreachableError):
            client.delete_index(name)
        raise


@contextmanager
def _removed_if_it_fails(client: Client, body: dict[str, Any]) -> Iterator[str]:
    name = f"{client.address.index}-{uuid.uuid4().hex[:8]}"
    client.create_index(name, body)
    try:
        yield name
    except BaseException:
        with suppress(SearchlibError):
            client.delete_index(name)
        raise


def _expect_none(client: Client) -> None:
    if client.exists():
        raise IndexExistsError(
            f"{client.address}: there is an index already; open it, or delete it"
        )


def _like(client: Client, schema: DocumentSchema, old: Meta) -> dict[str, Any]:
    """Write settings and mappings of an index that is like another where nothing is said."""
    address, settings = client.address, client.settings(index=old.index)
    shards, replicas, full_text = address.shards, address.replicas, address.full_text
    if shards is None:
        shards = int(settings["number_of_shards"])
    if replicas is None and settings.get("auto_expand_replicas", "false") == "false":
        replicas = int(settings["number_of_replicas"])
    if full_text is None:
        full_text = old.full_text
    return mapping_of(schema, shards=shards, replicas=replicas, full_text=full_text)


def _wait_for_searches(client: Client, index: str) -> None:
    """Wait until searches that have begun in an index are done, or long enough."""
    end = time.monotonic() + client.address.timeout
    idle = 0
    while idle < 2 and time.monotonic() < end:  # between two looks one may begin that was sent
        time.sleep(_POLL_SECONDS)
        found = client.stats(index=index)["_all"]["total"]["search"]
        is_idle = not (found["open_contexts"] or found["point_in_time_current"])
        idle = idle + 1 if is_idle else 0


def _remove_leftovers(client: Client) -> None:
    """Delete the real indexes of this name that no alias stands for: the old one is among them."""
    alias = client.address.index
    ours = re.compile(rf"{re.escape(alias)}-[0-9a-f]{{8}}")
    found = client.request("GET", f"/{alias}-*/_alias")
    for name, one in found.items():
        if ours.fullmatch(name) and not one["aliases"]:
            client.delete_index(name)
