"""Of documents that belong together only the best are hits. Which are they?"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.arguments import whole_number
from searchlib.errors import QueryError
from searchlib.postings import best_documents
from searchlib.schema.markers import Keyword
from searchlib.search.collectors import TopDocsCollector, feed
from searchlib.search.groups import COPIES
from searchlib.search.left_out import FoundLeftOut
from searchlib.search.matcher import TopDocs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from searchlib.arrays import BoolArray, Float64Array, Int64Array
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.collectors import Collector
    from searchlib.search.groups import GroupColumn
    from searchlib.search.matcher import Matcher, Matches
    from searchlib.search.sorting import SortedCollector

    Ranking = TopDocsCollector | SortedCollector

_ROOM: Final = 16
"""So many more documents are looked at, beside half as many as are wanted."""
_MANY: Final = 1 << 8
"""From so many on, it takes no longer to score all documents that match."""
_RARE: Final = 8
"""If no more than one of so many documents matches, neither does it."""


@dataclass(frozen=True, slots=True)
class Collapse:
    """What makes documents a group, and how many of each group are hits.

    Attributes:
        field: ``"copies"``, or a field with one label for each document, such as a source.
            Documents without a label are each on their own.
        best: How many of a group are hits: the best ones in the order of the results.
    """

    field: str
    _: KW_ONLY
    best: int = 1


def collapse_of(collapse: str | Collapse | None, schema: DocumentSchema) -> Collapse | None:
    """Read what to collapse by.

    Raises:
        QueryError: There is no such field, or it is of another kind.
    """
    if collapse is None:
        return None
    if isinstance(collapse, str):
        collapse = Collapse(collapse)
    if not isinstance(collapse, Collapse):
        raise QueryError(f"expected a field's name or a Collapse, got {collapse!r:.80}")
    whole_number("best", collapse.best, 1, error=QueryError)
    there = [COPIES, *_single_labels(schema)]
    if collapse.field not in there:
        raise QueryError(
            "expected to collapse copies, or by a field with one label for each document, got "
            f"{collapse.field!r:.80}; there are {', '.join(there)}"
        )
    return collapse


def _single_labels(schema: DocumentSchema) -> list[str]:
    return [
        spec.name
        for spec in schema.fields.values()
        if isinstance(spec.marker, Keyword) and not spec.many
    ]


class Collapsing:
    """Finds the best documents of each group.

    The best of all are looked at first, a few more than are wanted. If too many of them are of the
    same groups, the best documents of the other groups are looked at, until there are enough.

    Args:
        matcher: What is looked for.
        column: The group of each document.
        best: How many of each group are wanted.
        ranking: Makes a collector of the best documents, so many; ``None`` for those with the
            highest scores.
        collectors: What else is to be learned of all documents that match.
    """

    def __init__(
        self,
        matcher: Matcher,
        column: GroupColumn,
        best: int,
        ranking: Callable[[int], Ranking] | None,
        collectors: Sequence[Collector],
    ) -> None:
        self._matcher = matcher
        self._column = column
        self._best = best
        self._ranking = TopDocsCollector if ranking is None else ranking
        self._needs_all = ranking is not None or bool(collectors)
        self._collectors = collectors
        self._found = np.empty(0, np.int64)  # all that match, in any order within a segment
        self._seen: dict[int, int] = {}  # how many of each group
        self._hits: list[tuple[int, int]] = []  # the group of each, and how many of it were before
        self._left_out = FoundLeftOut(
            column,
            best,
            lambda: self._found,
            lambda: self._matching,
            lambda docnums, scores, k: self._rank(docnums, scores, k).docnums,
            self._hits,
        )

    def top(self, k: int) -> TopDocs:
        """Find the best documents, so many.

        Raises:
            CorruptIndexError: A segment is damaged.
            QueryTooCostly: It would take too long.
        """
        parts, total = self._best_of_groups(k)
        return TopDocs(
            np.concatenate([part.docnums for part in parts]),
            np.concatenate([part.scores for part in parts]),
            total,
            left_out=self._left_out,
        )

    def _best_of_groups(self, k: int) -> tuple[list[TopDocs], int]:
        """Find the hits, in parts that follow one another, and the number of all that match."""
        most = k + k // 2 + _ROOM
        ranked = self._first(most)
        total = ranked.total
        parts = [self._fitting(ranked, k)]
        seen = []
        while self._lacks(k):
            seen.append(ranked.docnums)
            most *= 4
            ranked = self._next(np.concatenate(seen), most)
            parts.append(self._fitting(ranked, k))
        return parts, total

    def _lacks(self, k: int) -> bool:
        """Tell whether there are too few hits, and more can be found."""
        return len(self._hits) < k and len(self._hits) < self._left_out.most

    def _next(self, seen: Int64Array, k: int) -> TopDocs:
        """Find the best of the documents that may still be hits.

        Args:
            seen: Those that were looked at before.
            k: How many.
        """
        index = self._matcher.index
        if self._needs_all or k >= _MANY or len(self._found) * _RARE < index.doc_count:
            docnums, scores = self._matching
            left = self._of_open_groups(docnums)
            left[docnums.searchsorted(seen)] = False
            return self._rank(docnums[left], scores[left], k)
        left = self._of_open_groups(slice(None))
        left[seen] = False
        plan = self._matcher.plan()
        mask = left if plan.mask is None else left & plan.mask
        return TopDocs(*best_documents(plan._replace(mask=mask), index.starts, k))

    def _of_open_groups(self, docnums: Int64Array | slice) -> BoolArray:
        """Tell which documents are of groups that are not full."""
        is_full = np.zeros(self._column.count + 1, np.bool_)
        is_full[[group for group, seen in self._seen.items() if group and seen >= self._best]] = (
            True
        )
        left: BoolArray = ~is_full.take(self._column.numbers[docnums])
        return left

    @cached_property
    def _matching(self) -> Matches:
        return self._matcher.matches()

    def _first(self, k: int) -> TopDocs:
        """Find the best of all documents, and which those are; tell the collectors of all."""
        if not self._needs_all:
            ranked, self._found = self._matcher.top_and_all(k)
            return ranked
        self._found, scores = self._matching
        return self._rank(self._found, scores, k, self._collectors)

    def _rank(
        self,
        docnums: Int64Array,
        scores: Float64Array,
        k: int,
        collectors: Sequence[Collector] = (),
    ) -> TopDocs:
        """Find the best of some documents, whose numbers ascend."""
        ranking = self._ranking(k)
        feed(self._matcher.index, docnums, scores, [ranking, *collectors])
        return ranking.best

    def _fitting(self, ranked: TopDocs, k: int) -> TopDocs:
        """Take of documents in order those whose groups are not full, up to k hits in all."""
        places = []
        for place, group in enumerate(self._column.numbers.take(ranked.docnums).tolist()):
            before = self._seen.get(group, 0) if group else 0
            if before < self._best:
                if len(self._hits) == k:
                    break
                places.append(place)
                self._hits.append((group, before))
            self._seen[group] = before + 1
        return TopDocs(ranked.docnums[places], ranked.scores[places], 0)
