"""How are parts evaluated that score all documents alike? Ranges, patterns, everything."""

from __future__ import annotations

from abc import abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from searchlib.postings import first_equal
from searchlib.search.explanation import Explanation
from searchlib.search.matcher import Matcher, TopDocs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Float64Array, Int64Array
    from searchlib.search.index_view import IndexView
    from searchlib.search.matcher import Matches


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

    def among(self, candidates: Int64Array) -> BoolArray:
        """Tell of each of some documents, none of them deleted, whether it matches."""
        return self.mask().take(candidates)

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        return Explanation(score, f"constant score of {self.describe()}")

    def docnums(self) -> Int64Array:
        """Find all documents that match."""
        return self.mask().nonzero()[0]

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        docnums = self.docnums()
        return docnums, np.full(len(docnums), self.score, np.float64)

    def locate(self, candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
        """Find out which of some documents match."""
        places = self.among(candidates).nonzero()[0]
        return places, np.full(len(places), self.score, np.float64)


def best_of_constants(parts: Sequence[ConstantScoreMatcher], k: int) -> TopDocs:
    """Find the documents with the highest sums of scores, which differ only by what matches.

    Args:
        parts: At most eight, with scores above 0; the fewer the better.
        k: How many documents.
    """
    first, *others = parts
    matched = first.mask().view(np.uint8).copy()  # a bit for each part
    for bit, part in enumerate(others, 1):
        matched |= part.mask().view(np.uint8) << np.uint8(bit)
    docnums: list[int] = []
    scores: list[float] = []
    values = matched.tobytes()
    for score, ways in _sums(tuple(part.score for part in parts)):
        found = first_equal(values, ways, k - len(docnums))
        docnums += found
        scores += [score] * len(found)
    total = int(np.count_nonzero(matched))
    return TopDocs(np.array(docnums, np.int64), np.array(scores, np.float64), total)


@lru_cache(maxsize=64)
def _sums(scores: tuple[float, ...]) -> list[tuple[float, list[int]]]:
    """Find the sums that some scores can have, highest first, each with what can add up to it."""
    sums: dict[float, list[int]] = {}
    for bits in range(1, 1 << len(scores)):
        total = sum(score for bit, score in enumerate(scores) if bits >> bit & 1)
        sums.setdefault(total, []).append(bits)
    return sorted(sums.items(), reverse=True)


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

    def docnums(self) -> Int64Array:
        """Find all documents that match."""
        return self._part.docnums()

    def mask(self) -> BoolArray:
        """Tell of each document whether it matches. Shape (doc_count,)."""
        mask = np.zeros(self.index.doc_count, np.bool_)
        mask[self.docnums()] = True
        return mask

    def among(self, candidates: Int64Array) -> BoolArray:
        """Tell of each of some documents whether it matches."""
        matched = np.zeros(len(candidates), np.bool_)
        matched[self._part.locate(candidates)[0]] = True
        return matched


class MatchAll(ConstantScoreMatcher):
    """All documents, or all that have a field."""

    def __init__(self, index: IndexView, field: str | None, score: float) -> None:
        super().__init__(index, score)
        self._field = field

    def describe(self) -> str:
        """Say what matches."""
        return "all documents" if self._field is None else f"all documents with {self._field}"

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
        present = np.zeros(count, np.bool_)
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
