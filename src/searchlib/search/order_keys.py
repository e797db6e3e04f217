"""What does a kernel compare documents by that are ordered by one field of numbers?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array, NumberArray
    from searchlib.search.index_view import IndexView
    from searchlib.search.order import Sort
    from searchlib.search.sorting import SortValue

MAX_ORDERS: Final = 4
"""For how many orders keys are kept: 8 bytes for each document and order."""

_LOWEST: Final = np.iinfo(np.int64).min
_HIGHEST: Final = np.iinfo(np.int64).max


class OrderKeys:
    """The keys of all documents for some orders, the highest first. Threads may share it.

    Args:
        index: The documents.
    """

    def __init__(self, index: IndexView) -> None:
        self._index = index
        self._known: dict[Sort, Int64Array | None] = {}

    def of(self, sort: Sort) -> Int64Array | None:
        """Give the key of each document. Shape (doc_count,), int64.

        ``None`` for a field without numbers, and for one whose numbers need all 64 bits.
        """
        try:
            return self._known[sort]
        except KeyError:
            found = self._made(sort)
            if len(self._known) >= MAX_ORDERS:
                self._known.clear()
            self._known[sort] = found
            return found

    def _made(self, sort: Sort) -> Int64Array | None:
        numbers = self._index.numbers(sort.field)
        if numbers is None:
            return None
        keys = _whole(numbers.values)
        there = numbers.present & ~np.isnan(numbers.values)
        low, high = numbers.minimum or 0, numbers.maximum or 0
        if numbers.dtype.kind == "i" and not _LOWEST + 1 < low <= high < _HIGHEST:
            return None  # a value could not be told from a missing one
        missing = _LOWEST if sort.missing == "last" else _HIGHEST
        return np.where(there, keys if sort.descending else ~keys, missing)

    def at(self, sort: Sort, value: SortValue) -> int:
        """Give the key of a value of the field."""
        if value is None:
            return _LOWEST if sort.missing == "last" else _HIGHEST
        numbers = self._index.numbers(sort.field)
        assert numbers is not None
        key = _whole(np.array([value], numbers.dtype)).item()
        return key if sort.descending else ~key


def _whole(values: NumberArray) -> Int64Array:
    """Make whole numbers of the same order; of floats, by the bits that they consist of."""
    if values.dtype.kind == "i":
        return values
    bits = (values + 0.0).view(np.int64)  # -0.0 is 0.0
    return bits ^ ((bits >> 63) & _HIGHEST)
