"""How is a part of a query evaluated on a segment? What all kinds of nodes have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from searchlib.postings import highest

if TYPE_CHECKING:
    from searchlib.execution.statistics import SegmentView
    from searchlib.postings import Candidates
    from searchlib.types import BoolArray, Float64Array, Int64Array

Matches = tuple["Int64Array", "Float64Array"]
"""Docnums in the segment, ascending, and the score of each."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best documents of a segment.

    Attributes:
        docnums: In the segment, best first. Shape (at most k,), int64.
        scores: Of each. Shape as docnums, float64.
        total: How many documents match.
    """

    docnums: Int64Array
    scores: Float64Array
    total: int


class Node(ABC):
    """A part of a query. All methods but :meth:`best` count deleted documents as matching.

    Raises (all methods):
        IndexError: A posting is of no document.
        CorruptIndexError: A segment is damaged.
        QueryTooCostly: It would take too long.
    """

    @abstractmethod
    def size(self, segment: SegmentView) -> int:
        """Give a number that no fewer documents match, at little cost."""

    @abstractmethod
    def matches(self, segment: SegmentView) -> Matches:
        """Find all documents that match, and their scores."""

    def docnums(self, segment: SegmentView) -> Int64Array:
        """Find all documents that match, without scores."""
        return self.matches(segment)[0]

    def probe(
        self,
        segment: SegmentView,
        candidates: Candidates,
        matched: BoolArray,
        scores: Float64Array | None,
    ) -> None:
        """Compare with documents found before.

        Args:
            segment: Whose they are.
            candidates: The documents.
            matched: Set to true for those that match. Shape (C,).
            scores: What they score is added to this. Shape (C,); ``None`` if it is not wanted.
        """
        if scores is None:
            mine, _ = candidates.locate(self.docnums(segment))
        else:
            docnums, found = self.matches(segment)
            mine, theirs = candidates.locate(docnums)
            scores[mine] += found.take(theirs)
        matched[mine] = True

    def best(self, segment: SegmentView, k: int, floor: float) -> Best:
        """Find the best documents that are not deleted; of equals, the lowest docnums.

        Args:
            segment: Where.
            k: How many documents.
            floor: Documents with lower scores may be left out, though they count.
        """
        return best_of(*self.matches(segment), segment, k)


def best_of(docnums: Int64Array, scores: Float64Array, segment: SegmentView, k: int) -> Best:
    """Find the best of all documents that match."""
    if segment.deleted is not None:
        live = (~segment.deleted.take(docnums)).nonzero()[0]
        docnums, scores = docnums.take(live), scores.take(live)
    places = highest(scores, k)
    return Best(docnums.take(places), scores.take(places), len(docnums))


class Nothing(Node):
    """Matches no document."""

    def size(self, segment: SegmentView) -> int:
        """Give 0."""
        return 0

    def matches(self, segment: SegmentView) -> Matches:
        """Find nothing."""
        return np.empty(0, np.int64), np.empty(0, np.float64)

    def probe(
        self,
        segment: SegmentView,
        candidates: Candidates,
        matched: BoolArray,
        scores: Float64Array | None,
    ) -> None:
        """Find nothing."""
