"""Which documents of a snapshot match a query, and which are the best?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.errors import CorruptIndexError, QueryTooCostly, SearchlibError
from searchlib.execution.compiler import Compiler, Unsupported
from searchlib.execution.ranking import sorted_best
from searchlib.execution.statistics import IndexStatistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whoosh.query import Query

    from searchlib.execution.nodes import Node
    from searchlib.schema import DocumentSchema
    from searchlib.snapshot import Snapshot
    from searchlib.types import Float64Array, Int64Array

__all__ = ["SearchExecutor", "TopDocs", "Unsupported"]


@dataclass(frozen=True, slots=True)
class TopDocs:
    """The best documents for a query.

    Attributes:
        docnums: Their numbers in the whole index, best first. Shape (at most k,), int64.
        scores: Of each. Shape as docnums, float64.
        total: How many documents match.
    """

    docnums: Int64Array
    scores: Float64Array
    total: int


class SearchExecutor:
    """Answers queries on one snapshot. Threads may share it.

    It remembers what it looked up and decoded last, up to some ten megabytes, but no results.

    Args:
        snapshot: What to search.
        schema: Its fields.
    """

    def __init__(self, snapshot: Snapshot, schema: DocumentSchema) -> None:
        self.snapshot: Final = snapshot
        self._schema = schema
        self._index = IndexStatistics(snapshot)
        self._compiler = Compiler(self._index, schema)

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
                return TopDocs(*sorted_best(self._index, self._schema, node, k, sort))
            return self._best(node, k)
        except _FOREIGN as error:
            raise _error_of_ours(error) from error

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
            node = self._compiler.compile(query)
            found = [np.empty(0, np.int64)]
            for segment in self._index.segments:
                docnums = node.docnums(segment)
                if segment.deleted is not None:
                    docnums = docnums[~segment.deleted.take(docnums)]
                found.append(docnums + segment.first)
            return np.concatenate(found)
        except _FOREIGN as error:
            raise _error_of_ours(error) from error

    def _best(self, node: Node, k: int) -> TopDocs:
        segments = self._index.segments
        if len(segments) == 1:
            found = node.best(segments[0], k, 0.0)
            return TopDocs(found.docnums, found.scores, found.total)
        docnums, scores = np.empty(0, np.int64), np.empty(0, np.float64)
        total, floor = 0, 0.0
        for segment in segments:
            found = node.best(segment, k, floor)
            total += found.total
            docnums = np.concatenate((docnums, found.docnums + segment.first))
            scores = np.concatenate((scores, found.scores))
            # Equal scores stay in the order of segments, which is that of their docnums.
            order = (-scores).argsort(kind="stable")[: max(k, 0)]
            docnums, scores = docnums.take(order), scores.take(order)
            if len(scores) == k > 0:
                floor = float(scores[-1])
        return TopDocs(docnums, scores, total)


_FOREIGN: Final = (IndexError, RecursionError)


def _error_of_ours(error: Exception) -> SearchlibError:
    if isinstance(error, RecursionError):
        return QueryTooCostly("expected a query that is nested less deeply")
    return CorruptIndexError(
        f"a posting is of no document ({error}); run a check of the index, and restore it from a "
        "backup or index the documents again"
    )
