"""How many documents have a term, and how often? Added up over all shards, exactly.

The server tells what a shard knows of the terms of a document, which may be one that is made up
(``_mtermvectors``). So each shard is asked, by a routing value that leads to it, about a document
that has nothing but the terms in question. As in a folder, documents that are deleted count until
a merge has dropped them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from searchlib.backends.opensearch import problems
from searchlib.backends.opensearch.mapping import ROOT, inner_name, sent_term, text_field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from searchlib.backends.opensearch.client import Client

Json = dict[str, Any]

_TRIES: Final = 50
"""How many routing values are tried for each shard: one in e^50 is not found."""
_ANY: Final = "-"
"""A term that makes the server tell of a field; no text has it."""
_ASKED: Final = {"term_statistics": True, "field_statistics": True}
_NOT_ASKED: Final = {"positions": False, "offsets": False, "payloads": False}


class FieldStatistics(NamedTuple):
    """What is known of a field, with documents that are deleted and still there.

    Attributes:
        documents: How many documents have it.
        tokens: How many tokens it has, in all documents.
        doc_frequencies: How many documents have each term; none for 0.
        collection_frequencies: How often each is there.
    """

    documents: int
    tokens: int
    doc_frequencies: Counter[str]
    collection_frequencies: Counter[str]


class _Shards(NamedTuple):
    """The real name of an index, and a routing value for each of its shards."""

    name: str
    routings: list[str]


class TermStatistics:
    """Asks for statistics; for any number of threads.

    Args:
        client: The server.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._shards: _Shards | None = None

    def of(
        self, paths: Sequence[str], texts: Sequence[str], terms: Iterable[str] = ()
    ) -> list[FieldStatistics]:
        """Find the statistics of fields.

        Args:
            paths: The fields, as the server knows them.
            texts: The text fields of the model that the terms are to stand in.
            terms: The terms.

        Returns:
            For each field what is known.

        Raises:
            SearchlibError: The server did not answer.
        """
        written = {sent_term(term): term for term in terms}
        text = " ".join([*written, _ANY])
        shadow = {"text": {inner_name(name): text for name in texts}}
        asked = {"doc": {ROOT: shadow}, "fields": [*paths], **_ASKED, **_NOT_ASKED}
        vectors = [one.get("term_vectors", {}) for one in self._of_all_shards(asked)]
        return [_added_up([one[path] for one in vectors if path in one], written) for path in paths]

    def of_texts(self, names: Sequence[str], terms: Iterable[str] = ()) -> list[FieldStatistics]:
        """Find the statistics of text fields of the model; see :meth:`of`."""
        return self.of([text_field(name) for name in names], names, terms)

    def _of_all_shards(self, asked: Json) -> list[Json]:
        shards = self._shards or self._found_shards()
        answers = self._ask(shards, asked)
        if any(one["_index"] != shards.name for one in answers):  # another took its place
            answers = self._ask(self._found_shards(), asked)
        return answers

    def _ask(self, shards: _Shards, asked: Json) -> list[Json]:
        documents = [{"routing": routing, **asked} for routing in shards.routings]
        return self._client.term_vectors(documents)

    def _found_shards(self) -> _Shards:
        """Try routing values until each shard has one that leads to it."""
        shards = self._client.shards()
        there = [copies for copies in shards if copies]
        is_whole = len(there) == len(shards)
        if not there or not (is_whole or self._client.address.partial):
            missing = f"none from {len(shards) - len(there)} of {len(shards)}"
            raise problems.partial(self._client.address, missing)
        routings: dict[int, str] = {}
        for routing in map(str, range(_TRIES * len(shards))):
            for copy in self._client.shards(routing=routing)[0][:1]:
                routings.setdefault(copy["shard"], routing)
            if len(routings) == len(there):
                break
        found = _Shards(there[0][0]["index"], [*routings.values()])
        self._shards = found if is_whole else None
        return found


def _added_up(shards: Sequence[Json], written: Mapping[str, str]) -> FieldStatistics:
    """Add up what shards know of a field."""
    documents: Counter[str] = Counter()
    occurrences: Counter[str] = Counter()
    for shard in shards:
        for sent, known in shard["terms"].items():
            if "doc_freq" in known and sent in written:
                documents[written[sent]] += known["doc_freq"]
                occurrences[written[sent]] += known["ttf"]
    fields = [shard["field_statistics"] for shard in shards]
    return FieldStatistics(
        sum(max(one["doc_count"], 0) for one in fields),
        sum(max(one["sum_ttf"], 0) for one in fields),
        documents,
        occurrences,
    )
