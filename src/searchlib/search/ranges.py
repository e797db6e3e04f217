"""Which documents have a number or a date from here to there?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.postings import Range
from searchlib.search.constant import ConstantScoreMatcher

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray, NumberArray
    from searchlib.search.index_view import IndexView

_LOWEST: Final = -(2**63)
_HIGHEST: Final = 2**63 - 1

Bound = int | float | None


class RangeMatcher(ConstantScoreMatcher):
    """Documents with a number in a range.

    Args:
        index: Where.
        field: A number or date field.
        start: The lowest number, or ``None``.
        end: The highest number, or ``None``.
        score: Of all that match.
        query: The query, for explanations.
        open_start: Whether ``start`` itself is out of the range.
        open_end: Whether ``end`` itself is.
    """

    def __init__(
        self,
        index: IndexView,
        field: str,
        start: Bound,
        end: Bound,
        score: float,
        query: object,
        *,
        open_start: bool = False,
        open_end: bool = False,
    ) -> None:
        super().__init__(index, score)
        self._field = field
        self._query = query
        self._start = start
        self._end = end
        self._open_start = open_start
        self._open_end = open_end

    def describe(self) -> str:
        """Say what matches."""
        return f"{self._query!s}"

    def cost(self) -> int:
        """Count all documents, or none if no value of the index is in the range."""
        numbers = self.index.numbers(self._field)
        if numbers is None or numbers.minimum is None or numbers.maximum is None:
            return 0
        below = self._end is not None and numbers.minimum > self._end
        above = self._start is not None and numbers.maximum < self._start
        return 0 if below or above else self.index.doc_count

    def mask(self) -> BoolArray:
        """Tell of each document whether it matches. Shape (doc_count,)."""
        numbers = self.index.numbers(self._field)
        if numbers is None:
            return np.zeros(self.index.doc_count, np.bool_)
        return self.index.only_live(numbers.present & self._inside(numbers.values))

    def range(self) -> Range | None:
        """Give the range to the kernels; ``None`` for floats, or where no number is in it."""
        numbers = self.index.numbers(self._field)
        if numbers is None or numbers.values.dtype != np.int64:
            return None
        low, high = self._whole_bounds()
        return Range(numbers.values, numbers.present, low, high) if low <= high else None

    def _inside(self, values: NumberArray) -> BoolArray:
        """Tell which values are in the range; NaN never is."""
        if values.dtype.kind == "i":
            low, high = self._whole_bounds()
            if low > high:
                return np.zeros(len(values), np.bool_)
            return (values >= low) & (values <= high)
        inside = ~np.isnan(values)
        if self._start is not None:
            inside &= values > self._start if self._open_start else values >= self._start
        if self._end is not None:
            inside &= values < self._end if self._open_end else values <= self._end
        return inside

    def _whole_bounds(self) -> tuple[int, int]:
        """Give the lowest and the highest whole number in the range, of 64 bits.

        A comparison of integers with a float would round the integers.
        """
        low, high = _LOWEST, _HIGHEST
        if self._start is not None:
            low = _ceiling(self._start)
            low = max(low + (self._open_start and low == self._start), _LOWEST)
        if self._end is not None:
            high = -_ceiling(-self._end)
            high = min(high - (self._open_end and high == self._end), _HIGHEST)
        return low, high


def _ceiling(number: float) -> int:
    if isinstance(number, float) and not math.isfinite(number):
        return _LOWEST - 1 if number < 0 else _HIGHEST + 2  # beyond all, from either end
    return math.ceil(number)
