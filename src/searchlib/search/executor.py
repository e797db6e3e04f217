"""Which documents of a snapshot match a query, and which are the best?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from searchlib.errors import QueryTooCostly
from searchlib.search.compiler import Compiler, Unsupported, term_bytes
from searchlib.search.index_view import IndexView
from searchlib.search.matcher import TopDocs
from searchlib.search.sorting import sorted_best
from searchlib.search.term_postings import TermLookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whoosh.query import Query

    from searchlib.arrays import Int64Array
    from searchlib.schema.models import DocumentSchema
    from searchlib.storage.snapshot import Snapshot

__all__ = ["SearchExecutor", "TopDocs", "Unsupported"]

_TOO_DEEP: Final = "expected a query that is nested less deeply"


class SearchExecutor:
    """Answers queries on one snapshot. Threads may share it.

    It remembers what it looked up and decoded last, but no results.

    Args:
        snapshot: What to search.
        schema: Its fields.
        cache: How many bytes of arrays to keep for the next queries; ``None`` for the default.

    Attributes:
        snapshot: The same.
        cache: The number of bytes that was taken.
    """

    def __init__(
        self, snapshot: Snapshot, schema: DocumentSchema, cache: int | None = None
    ) -> None:
        self.snapshot: Final = snapshot
        self._schema = schema
        self._index = IndexView(snapshot, cache)
        self.cache: Final = self._index.recent.limit
        self._lookup = TermLookup(self._index)
        self._compiler = Compiler(self._index, self._lookup, schema)

    def top(
        self,
        query: Query,
        k: int,
        filter: Query | None = None,  # noqa: A002 - as index.search() calls it
        sort: Sequence[tuple[str, bool]] = (),
    ) -> TopDocs:
        """Find the best documents: those with the highest scores, of equals the lowest docnums.

        Args:
            query: What to look for.
            k: How many documents at most.
            filter: What the documents must match besides, without a part in the score.
            sort: Fields to sort by instead of scores, each with whether the highest value comes
                first. Documents without a value come last.

        Raises:
            Unsupported: Only Whoosh's own searcher can evaluate the query.
            QueryError: The query, or a field to sort by, makes no sense for this schema.
            QueryTooCostly: It would take too long.
            CorruptIndexError: A segment is damaged.
        """
        try:
            node = self._compiler.compile(query)
            if filter is not None:
                node = self._compiler.restricted(node, self._compiler.compile(filter))
            if sort:
                return sorted_best(self._index, self._schema, node, k, sort)
            return node.top_k(k)
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error

    def matching(self, query: Query) -> Int64Array:
        """Find all documents that match, by their numbers in the whole index.

        Args:
            query: What to look for.

        Returns:
            Docnums, ascending, without those deleted. Shape (number of matches,), int64.

        Raises:
            Unsupported, QueryError, QueryTooCostly, CorruptIndexError: As :meth:`top`.
        """
        try:
            return self._compiler.compile(query).docnums()
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error

    def rarity(self, field: str, term: str) -> float:
        """Tell how rare a term of a field is in the whole index: its idf."""
        return self._lookup(field, term_bytes(term)).idf
