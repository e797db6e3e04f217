"""Who answers a query? The executor, or Whoosh's searcher for what the executor does not know."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.errors import QueryTooCostly
from searchlib.search.document_cache import DocumentCache
from searchlib.search.executor import SearchExecutor, Unsupported
from searchlib.search.matcher import TopDocs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whoosh.query import Query
    from whoosh.searching import Searcher as WhooshSearcher

    from searchlib.arrays import Int64Array
    from searchlib.schema.models import DocumentSchema
    from searchlib.storage.snapshot import Snapshot
    from searchlib.whoosh_compat.reader import WhooshReader

_SHARE_OF_DOCUMENTS: Final = 16


class Searcher:
    """Answers queries over one commit. Threads may share it.

    Args:
        snapshot: The commit.
        schema: Its fields.
        cache: How many bytes of arrays to keep for the next queries; ``None`` for the default of
            :func:`~searchlib.memory.default_cache`. Documents have a sixteenth of it besides.

    Attributes:
        snapshot: The commit.
        generation: Its number.
        shown: Its documents, to show them.
    """

    def __init__(
        self, snapshot: Snapshot, schema: DocumentSchema, cache: int | None = None
    ) -> None:
        self.snapshot = snapshot
        self.generation = snapshot.generation
        self._schema = schema
        self._executor = SearchExecutor(snapshot, schema, cache)
        self.shown: Final = DocumentCache(snapshot, self._executor.cache // _SHARE_OF_DOCUMENTS)

    def top(
        self,
        query: Query,
        limit: int,
        filter_: Query | None = None,
        sort: Sequence[tuple[str, bool]] = (),
    ) -> TopDocs:
        """Find the best documents, and the number of all that match.

        Args:
            query: What to look for.
            limit: How many documents to find at most.
            filter_: What they must match besides.
            sort: Fields to sort by instead of by score, and for each whether the largest is first.

        Raises:
            QueryError: The query makes no sense for this schema.
            QueryTooCostly: It would take too long.
            CorruptIndexError: A segment is damaged.
        """
        try:
            return self._executor.top(query, limit, filter_, sort)
        except Unsupported:
            with _nesting_limited():
                return self._top_by_whoosh(query, limit, filter_, sort)

    def matching(self, query: Query) -> Int64Array:
        """Find the docnums of all documents that match, ascending.

        Raises:
            QueryError, QueryTooCostly, CorruptIndexError: As for :meth:`top`.
        """
        try:
            return self._executor.matching(query)
        except Unsupported:
            with _nesting_limited():
                docnums = self.whoosh_searcher().docs_for_query(query)
                return np.array(sorted(docnums), dtype=np.int64)

    def rarity(self, field: str, term: str) -> float:
        """Tell how rare a term of a field is in the whole index: its idf."""
        return self._executor.rarity(field, term)

    def _top_by_whoosh(
        self, query: Query, limit: int, filter_: Query | None, sort: Sequence[tuple[str, bool]]
    ) -> TopDocs:
        from whoosh.sorting import FieldFacet, MultiFacet

        facets = [FieldFacet(name, reverse=reverse) for name, reverse in sort]
        found = self.whoosh_searcher().search(
            query,
            limit=max(limit, 1),
            filter=filter_,
            sortedby=MultiFacet(facets) if facets else None,
        )
        best = found.top_n[:limit]
        docnums = np.array([docnum for _, docnum in best], dtype=np.int64)
        scores = np.array([0.0 if facets else score for score, _ in best], dtype=np.float64)
        return TopDocs(docnums, scores, len(found))

    def whoosh_searcher(self) -> WhooshSearcher:
        """Open a searcher of Whoosh's, which must not be shared by threads."""
        from searchlib.whoosh_compat.reader import whoosh_searcher

        return whoosh_searcher(self.whoosh_reader)

    @cached_property
    def whoosh_reader(self) -> WhooshReader:
        """A reader for Whoosh over the same commit."""
        from searchlib.whoosh_compat.reader import WhooshReader

        return WhooshReader(self.snapshot, self._schema)


@contextmanager
def _nesting_limited() -> Iterator[None]:
    """Say in our words that Whoosh's searcher ran out of stack."""
    try:
        yield
    except RecursionError as error:
        raise QueryTooCostly("expected a query that is nested less deeply") from error
