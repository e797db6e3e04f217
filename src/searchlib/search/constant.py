"""How are parts evaluated that score all documents alike? Ranges, patterns, everything."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from searchlib.postings import Clause, Masked, Range
from searchlib.search.explanation import Explanation
from searchlib.search.matcher import Matcher

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray
    from searchlib.search.index_view import IndexView


class ConstantScoreMatcher(Matcher):
    """Documents that all get one score.

    Attributes:
        score: The score.
    """

    def __init__(self, index: IndexView, score: float) -> None:
        super().__init__(index)
        self.score = float(np.float32(score))  # as all parts of a score: see postings/bm25.py

    @abstractmethod
    def mask(self) -> BoolArray:
        """Tell of each document whether it matches. Shape (doc_count,)."""

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that match."""
        marked |= self.mask()

    def range(self) -> Range | None:
        """Give the range of whole numbers that it is; ``None`` for something else."""
        return None

    def clause(self) -> Clause:
        """Give the documents and their score."""
        return (Masked(self.mask(), self.score),)

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        return Explanation(score, f"constant score of {self.describe()}")


class ConstantScore(ConstantScoreMatcher):
    """Documents that match another part, with one score instead of its own."""

    def __init__(self, part: Matcher, score: float) -> None:
        super().__init__(part.index, score)
        self._part = part

    def describe(self) -> str:
        """Say what matches."""
        return self._part.describe()

    def cost(self) -> int:
        """Give the size of the part."""
        return self._part.cost()

    def mask(self) -> BoolArray:
        """Tell of each document whether it matches. Shape (doc_count,)."""
        return self._part.mask()


class MatchAll(ConstantScoreMatcher):
    """All documents, or all that have a field."""

    def __init__(self, index: IndexView, field: str | None, score: float) -> None:
        super().__init__(index, score)
        self._field = field

    def describe(self) -> str:
        """Say what matches."""
        return "all documents" if self._field is None else f"all documents with {self._field}"

    def matches_everything(self) -> bool:
        """Tell whether it is plain that all documents match, and that none is deleted."""
        return self._field is None and self.index.live is None

    def cost(self) -> int:
        """Count all documents."""
        return self.index.doc_count

    def mask(self) -> BoolArray:
        """Tell of each document whether it matches. Shape (doc_count,)."""
        return self.index.only_live(self._present())

    def _present(self) -> BoolArray:
        field, count = self._field, self.index.doc_count
        if field is None:
            return np.ones(count, np.bool_)
        numbers = self.index.numbers(field)
        if numbers is not None:
            return numbers.present
        present = self.index.unmarked()
        for segment in self.index.segments:
            inverted = segment.inverted.get(field)
            if inverted is None:
                continue
            present[segment.first : segment.end] = (
                inverted.lengths > 0
                if inverted.labels is None
                else inverted.labels.of(slice(None))[1] > 0
            )
        return present
