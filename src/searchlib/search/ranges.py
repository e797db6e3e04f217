"""Which documents have a number or a date from here to there?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.postings import Range
from searchlib.search.constant import ConstantScoreMatcher

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray, Float64Array
    from searchlib.query.field_values import Bounds
    from searchlib.search.index_view import IndexView

LOWEST: Final = -(2**63)
HIGHEST: Final = 2**63 - 1


class RangeMatcher(ConstantScoreMatcher):
    """Documents with a number in a range.

    Args:
        index: Where.
        field: A number or date field.
        bounds: The range.
        score: Of all that match.
        query: The query, for explanations.
    """

    def __init__(
        self,
        index: IndexView,
        field: str,
        bounds: Bounds,
        score: float,
        query: object,
    ) -> None:
        super().__init__(index, score)
        self._field = field
        self._query = query
        self._bounds = bounds

    def describe(self) -> str:
        """Say what matches."""
        return f"{self._query!s}"

    def cost(self) -> int:
        """Count all documents, or none if no value of the index is in the range."""
        numbers = self.index.numbers(self._field)
        if numbers is None or numbers.minimum is None or numbers.maximum is None:
            return 0
        low, high = self._bounds.low, self._bounds.high
        below = high is not None and numbers.minimum > high
        above = low is not None and numbers.maximum < low
        return 0 if below or above else self.index.doc_count

    def mask(self) -> BoolArray:
        """Tell of each document whether it matches. Shape (doc_count,)."""
        numbers = self.index.numbers(self._field)
        if numbers is None:
            return self.index.unmarked()
        if numbers.dtype == np.float64:
            return self.index.only_live(numbers.present & self._inside(numbers.values))
        found = self.range()
        if found is None:
            return self.index.unmarked()
        return self.index.only_live(found.mask())

    def range(self) -> Range | None:
        """Give the range to the kernels; ``None`` for floats, or where no number is in it."""
        numbers = self.index.numbers(self._field)
        if numbers is None or numbers.dtype != np.int64:
            return None
        low, high = whole_bounds(self._bounds)
        present: BoolArray | None = None
        if numbers.steps is None:
            present = numbers.present
        else:
            low, high = numbers.steps.span(low, high)
        return Range(numbers.stored, present, low, high) if low <= high else None

    def _inside(self, values: Float64Array) -> BoolArray:
        """Tell which values are in the range; NaN never is."""
        bounds = self._bounds
        inside: BoolArray = ~np.isnan(values)
        if bounds.low is not None:
            inside &= values > bounds.low if bounds.open_low else values >= bounds.low
        if bounds.high is not None:
            inside &= values < bounds.high if bounds.open_high else values <= bounds.high
        return inside


def whole_bounds(bounds: Bounds) -> tuple[int, int]:
    """Give the lowest and the highest whole number in a range, of 64 bits.

    A comparison of integers with a float would round the integers.
    """
    low, high = LOWEST, HIGHEST
    if bounds.low is not None:
        low = _ceiling(bounds.low)
        low = max(low + (bounds.open_low and low == bounds.low), LOWEST)
    if bounds.high is not None:
        high = -_ceiling(-bounds.high)
        high = min(high - (bounds.open_high and high == bounds.high), HIGHEST)
    return low, high


def _ceiling(number: float) -> int:
    if isinstance(number, float) and not math.isfinite(number):
        return LOWEST - 1 if number < 0 else HIGHEST + 2  # beyond all, from either end
    return math.ceil(number)
