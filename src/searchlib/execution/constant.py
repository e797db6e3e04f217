"""How are parts evaluated that score all documents alike? Ranges, patterns, everything."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from searchlib.execution.nodes import Node

if TYPE_CHECKING:
    from searchlib.execution.nodes import Matches
    from searchlib.execution.statistics import SegmentView
    from searchlib.postings import Candidates
    from searchlib.types import BoolArray, Float64Array, Int64Array


class Constant(Node):
    """Documents that all get one score.

    Attributes:
        score: The score.
    """

    def __init__(self, score: float) -> None:
        self.score = score

    @abstractmethod
    def docnums(self, segment: SegmentView) -> Int64Array:
        """Find all documents that match."""

    @abstractmethod
    def among(self, segment: SegmentView, candidates: Candidates) -> BoolArray:
        """Tell of each candidate whether it matches."""

    def mask(self, segment: SegmentView) -> BoolArray:
        """Tell of each document whether it matches. Shape (doc_count,)."""
        mask = np.zeros(segment.doc_count, np.bool_)
        mask[self.docnums(segment)] = True
        return mask

    def matches(self, segment: SegmentView) -> Matches:
        """Find all documents that match, and their scores."""
        docnums = self.docnums(segment)
        return docnums, np.full(len(docnums), self.score, np.float64)

    def probe(
        self,
        segment: SegmentView,
        candidates: Candidates,
        matched: BoolArray,
        scores: Float64Array | None,
    ) -> None:
        """Compare with documents found before."""
        mine = self.among(segment, candidates)
        matched |= mine
        if scores is not None:
            scores += mine * self.score


class ConstantScore(Constant):
    """Documents that match another part, with one score instead of its own."""

    def __init__(self, part: Node, score: float) -> None:
        super().__init__(score)
        self._part = part

    def size(self, segment: SegmentView) -> int:
        """Give the size of the part."""
        return self._part.size(segment)

    def docnums(self, segment: SegmentView) -> Int64Array:
        """Find all documents that match."""
        return self._part.docnums(segment)

    def among(self, segment: SegmentView, candidates: Candidates) -> BoolArray:
        """Tell of each candidate whether it matches."""
        matched = np.zeros(len(candidates), np.bool_)
        self._part.probe(segment, candidates, matched, None)
        return matched


class Everything(Constant):
    """All documents, or all that have a field."""

    def __init__(self, field: str | None, score: float) -> None:
        super().__init__(score)
        self._field = field

    def size(self, segment: SegmentView) -> int:
        """Count all documents."""
        return segment.doc_count

    def docnums(self, segment: SegmentView) -> Int64Array:
        """Find all documents that match."""
        if self._field is None:
            return np.arange(segment.doc_count)
        return self._present(segment).nonzero()[0]

    def among(self, segment: SegmentView, candidates: Candidates) -> BoolArray:
        """Tell of each candidate whether it matches."""
        if self._field is None:
            return np.ones(len(candidates), np.bool_)
        return self._present(segment).take(candidates.docnums)

    def _present(self, segment: SegmentView) -> BoolArray:
        assert self._field is not None
        numbers = segment.numbers.get(self._field)
        if numbers is not None:
            return numbers.present
        inverted = segment.inverted.get(self._field)
        if inverted is None:
            return np.zeros(segment.doc_count, np.bool_)
        if inverted.labels is None:
            return np.asarray(inverted.lengths > 0)
        return inverted.labels.of(slice(None))[1] > 0
