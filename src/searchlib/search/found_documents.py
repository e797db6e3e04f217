"""Which documents does a query find, one after another? All of them, as they are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pydantic_core import from_json

from searchlib.search.all_hits import BATCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.arrays import Int64Array
    from searchlib.query.notes import Note
    from searchlib.search.answer import SearchRequest
    from searchlib.search.searcher import Searcher
    from searchlib.storage.snapshot import Snapshot


class FoundDocument(NamedTuple):
    """A document that a query finds.

    Attributes:
        values: Its values by the names of its fields, as JSON has them.
        language: Its language, where each is in its own.
    """

    values: dict[str, Any]
    language: str | None


class FoundDocuments(Protocol):
    """All documents that a query finds, in order; they are read as often as they are iterated."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """Remarks on the query and the filter."""

    def __len__(self) -> int:
        """Count them."""

    def __iter__(self) -> Iterator[FoundDocument]:
        """Read them, one after another."""


class CommitDocuments:
    """The documents of a commit that a query finds.

    Args:
        request: What is asked for; without an order documents come as they were added.
        searcher: Where.
        is_mixed: Whether each document is in its own language.

    Attributes:
        notes: Remarks on the query and the filter.

    Raises:
        QueryError: A query can't be evaluated.
    """

    def __init__(self, request: SearchRequest, searcher: Searcher, *, is_mixed: bool) -> None:
        self.notes = (*request.parsed.notes, *request.notes)
        self._snapshot: Snapshot = searcher.snapshot
        self._is_mixed = is_mixed
        self._ascend = not request.order
        self._docnums = _found(request, searcher)

    def __len__(self) -> int:
        return len(self._docnums)

    def __iter__(self) -> Iterator[FoundDocument]:
        for start in range(0, len(self._docnums), BATCH):
            docnums = self._docnums[start : start + BATCH]
            for docnum, raw in self._stored(docnums):
                language = self._snapshot.language_of(docnum) if self._is_mixed else None
                yield FoundDocument(from_json(raw, cache_strings="keys"), language)

    def _stored(self, docnums: Int64Array) -> Iterator[tuple[int, bytes]]:
        """Read some documents in their order: a commit reads them as they were added."""
        if self._ascend:
            return zip(docnums.tolist(), self._snapshot.documents(docnums), strict=True)
        order = docnums.argsort()
        stored = self._snapshot.documents(docnums[order])
        read = dict(zip(order.tolist(), stored, strict=True))
        return ((docnum, read[at]) for at, docnum in enumerate(docnums.tolist()))


def _found(request: SearchRequest, searcher: Searcher) -> Int64Array:
    query, conditions = request.parsed.query, [one.query for one in request.conditions]
    if not request.order:
        return searcher.matching(query, conditions)
    every = searcher.snapshot.doc_count
    return searcher.top(query, every, conditions, request.order).docnums
