"""How are the results of parts put together? And, Or, Not and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from searchlib.execution.constant import Constant
from searchlib.execution.leaves import LEAST_SCORE, Postings
from searchlib.execution.nodes import Best, Node, best_of
from searchlib.execution.pruning import MANY_POSTINGS, MOST_LISTS, pruned_best
from searchlib.postings import (
    Candidates,
    dense_sums,
    highest_above_zero,
    is_dense,
    sum_scores,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.execution.nodes import Matches
    from searchlib.execution.statistics import PostingList, SegmentView
    from searchlib.types import BoolArray, Float64Array, Int64Array


class AnyOf(Node):
    """Documents that match any of the parts; their scores are added up."""

    def __init__(self, parts: Sequence[Node]) -> None:
        self.parts = parts
        self._lists = [part for part in parts if isinstance(part, Postings)]
        self._constants = [part for part in parts if isinstance(part, Constant)]
        self._each_adds = (
            len(self._lists) + len(self._constants) == len(parts)
            and all(part.adds for part in self._lists)
            and all(part.score > LEAST_SCORE for part in self._constants)
        )

    def size(self, segment: SegmentView) -> int:
        """Add up the sizes of the parts."""
        return min(segment.doc_count, sum(part.size(segment) for part in self.parts))

    def matches(self, segment: SegmentView) -> Matches:
        """Find all documents that match, and their scores."""
        found = [part.matches(segment) for part in self.parts if part.size(segment)]
        docnums = [docnums for docnums, _ in found if len(docnums)]
        scores = [scores for docnums, scores in found if len(docnums)]
        return sum_scores(docnums, scores, segment.doc_count)

    def docnums(self, segment: SegmentView) -> Int64Array:
        """Find all documents that match, without scores."""
        present = np.zeros(segment.doc_count, np.bool_)
        for part in self.parts:
            present[part.docnums(segment)] = True
        return present.nonzero()[0]

    def probe(
        self,
        segment: SegmentView,
        candidates: Candidates,
        matched: BoolArray,
        scores: Float64Array | None,
    ) -> None:
        """Compare with documents found before."""
        for part in self.parts:
            part.probe(segment, candidates, matched, scores)

    def best(self, segment: SegmentView, k: int, floor: float) -> Best:
        """Find the best documents that are not deleted."""
        if not self._each_adds:
            return super().best(segment, k, floor)
        found = [(part, part.postings(segment)) for part in self._lists]
        lists = [(part, postings) for part, postings in found if postings is not None]
        constants = [part for part in self._constants if part.size(segment)]
        sizes = [len(postings.docnums) for _, postings in lists]
        if constants:
            return _densely_best(lists, constants, segment, k)
        if 0 < len(sizes) <= MOST_LISTS and sum(sizes) >= MANY_POSTINGS * len(sizes):
            return pruned_best(lists, segment, k, floor)
        if is_dense(sizes, segment.doc_count):
            return _densely_best(lists, constants, segment, k)
        docnums = [postings.docnums for _, postings in lists]
        scores = [part.scores(postings) for part, postings in lists]
        return best_of(*sum_scores(docnums, scores, segment.doc_count), segment, k)


def _densely_best(
    lists: Sequence[tuple[Postings, PostingList]],
    constants: Sequence[Constant],
    segment: SegmentView,
    k: int,
) -> Best:
    """Find the documents with the highest sums of scores, all of which are above 0."""
    docnums = [postings.docnums for _, postings in lists]
    scores = [part.scores(postings) for part, postings in lists]
    sums = dense_sums(docnums, scores, segment.doc_count)
    for constant in constants:
        sums += constant.mask(segment) * constant.score
    if segment.deleted is not None:
        sums[segment.deleted] = 0
    places = highest_above_zero(sums, k)
    return Best(places, sums.take(places), int(np.count_nonzero(sums > 0)))


class AllOf(Node):
    """Documents that match all of the required parts.

    Args:
        required: They must match, and their scores are added up.
        filters: They must match too, but do not count in the score.
        excluded: None of them may match.
        optional: Their scores are added where they match.
    """

    def __init__(
        self,
        required: Sequence[Node],
        filters: Sequence[Node] = (),
        excluded: Sequence[Node] = (),
        optional: Sequence[Node] = (),
    ) -> None:
        self.required = required
        self.filters = filters
        self.excluded = excluded
        self.optional = optional

    def size(self, segment: SegmentView) -> int:
        """Give the size of the smallest part that must match."""
        sizes = [part.size(segment) for part in (*self.required, *self.filters)]
        return min(sizes, default=segment.doc_count)

    def matches(self, segment: SegmentView) -> Matches:
        """Find all documents that match, and their scores."""
        return self._evaluate(segment, scored=True)

    def docnums(self, segment: SegmentView) -> Int64Array:
        """Find all documents that match, without scores."""
        return self._evaluate(segment, scored=False)[0]

    def _evaluate(self, segment: SegmentView, *, scored: bool) -> Matches:
        conditions = [(part.size(segment), True, part) for part in self.required]
        conditions += [(part.size(segment), False, part) for part in self.filters]
        conditions.sort(key=lambda item: item[0])
        scores: Float64Array | None = None
        if not conditions:
            docnums = np.arange(segment.doc_count)
        elif not conditions[0][0]:
            docnums = np.empty(0, np.int64)
        elif scored and conditions[0][1]:
            docnums, scores = conditions[0][2].matches(segment)
        else:
            docnums = conditions[0][2].docnums(segment)
        if scores is None:
            scores = np.zeros(len(docnums))
        if not len(docnums):
            return docnums, scores
        candidates = Candidates(docnums, segment.doc_count)
        kept: BoolArray | None = None
        for _, counts, part in conditions[1:]:
            matched = np.zeros(len(docnums), np.bool_)
            part.probe(segment, candidates, matched, scores if scored and counts else None)
            kept = matched if kept is None else kept & matched
        if self.excluded:
            matched = np.zeros(len(docnums), np.bool_)
            for part in self.excluded:
                part.probe(segment, candidates, matched, None)
            kept = ~matched if kept is None else kept & ~matched
        if scored:
            for part in self.optional:
                part.probe(segment, candidates, np.zeros(len(docnums), np.bool_), scores)
        if kept is None:
            return docnums, scores
        places = kept.nonzero()[0]
        return docnums.take(places), scores.take(places)


class BestOf(Node):
    """Documents that match any of the parts, scored by the part that scores highest.

    Args:
        parts: The parts.
        tiebreak: Factor on the scores of the other parts, which are added.
        boost: Factor on the score.
    """

    def __init__(self, parts: Sequence[Node], tiebreak: float, boost: float) -> None:
        self.parts = parts
        self._tiebreak = tiebreak
        self._boost = boost

    def size(self, segment: SegmentView) -> int:
        """Add up the sizes of the parts."""
        return min(segment.doc_count, sum(part.size(segment) for part in self.parts))

    def matches(self, segment: SegmentView) -> Matches:
        """Find all documents that match, and their scores."""
        found = [part.matches(segment) for part in self.parts]
        docnums, sums = sum_scores(
            [docnums for docnums, _ in found], [scores for _, scores in found], segment.doc_count
        )
        highest = np.full(len(docnums), -np.inf)
        for some, scores in found:
            places = docnums.searchsorted(some)
            highest[places] = np.maximum(highest.take(places), scores)
        if self._tiebreak:
            highest += self._tiebreak * (sums - highest)
        return docnums, self._boost * highest
