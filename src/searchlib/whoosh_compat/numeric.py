"""What are the terms and the sort keys of a field of numbers or dates?

Whoosh indexes a number as several terms, one per precision: a byte that says how many low bits
are cut off, and the bits that are left. Its range queries look for these terms. A segment has a
column of values in their stead, so the terms are made up from its sorted values when asked for:
of any precision, as they cost nothing, where Whoosh has to choose a few.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from whoosh.columns import ColumnReader
from whoosh.fields import DATETIME, NUMERIC
from whoosh.util.times import datetime_to_long

from searchlib.frozen import frozen
from searchlib.whoosh_compat.terms import Postings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from searchlib.arrays import Int32Array, NumberArray
    from searchlib.segment.doc_values import DocValues

_TERM_BYTES: Final = 9
_SIGN_BIT: Final = np.uint64(1 << 63)
_LAST_KEY: Final = (1 << 64) - 1
_LAST_MOMENT: Final = datetime_to_long(datetime.max)  # noqa: DTZ901 - the index knows no zones


def sortable(values: NumberArray) -> NDArray[np.uint64]:
    """Map numbers to whole numbers of 64 bits in the same order, as Whoosh does for its terms.

    Args:
        values: int64 or float64. NaN comes after infinity, or before -infinity if it is negative.

    Returns:
        Shape as ``values``.
    """
    if values.dtype.kind == "f":
        bits = values.astype(np.float64).view(np.int64)
        ordered = np.where(bits < 0, bits ^ np.int64(2**63 - 1), bits)
    else:
        ordered = values.astype(np.int64)
    return ordered.view(np.uint64) ^ _SIGN_BIT


class NumberTerms:
    """The terms of the values of a column, in every precision.

    Args:
        columns: For each segment the docnum of its first document, and its column.
    """

    def __init__(self, columns: Sequence[tuple[int, DocValues]]) -> None:
        self._columns = columns

    @cached_property
    def _sorted(self) -> tuple[NDArray[np.uint64], Int32Array]:
        """The values in ascending order, and the document of each."""
        values = [np.empty(0, np.uint64)]
        docnums = [np.empty(0, np.int64)]
        for first, column in self._columns:
            values.append(sortable(column.values[column.present]))
            docnums.append(np.flatnonzero(column.present) + first)
        unsorted = np.concatenate(values)
        order = np.argsort(unsorted, kind="stable")
        return unsorted[order], np.concatenate(docnums)[order].astype(np.int32)

    def __contains__(self, term: bytes) -> bool:
        return self.doc_frequency(term) > 0

    def starting_at(self, term: bytes) -> Iterator[bytes]:
        """Iterate over the terms of the same precision that are not below this one.

        The full precision comes first. The others are there for range queries, not to be listed.
        """
        values, _ = self._sorted
        start = term.ljust(_TERM_BYTES, b"\0")
        shift = start[0]
        at = self._place(int.from_bytes(start[1:]), shift)
        while at < len(values):
            head = values.item(at) >> shift
            yield bytes([shift]) + head.to_bytes(_TERM_BYTES - 1)
            at = self._place(head + 1, shift)

    def doc_frequency(self, term: bytes) -> int:
        """Count the documents that have a term."""
        start, end = self._span(term)
        return end - start

    def frequency(self, term: bytes) -> int:
        """Count them likewise: a document has a number once."""
        return self.doc_frequency(term)

    def postings(self, term: bytes) -> Postings:
        """Find the documents that have a term."""
        start, end = self._span(term)
        docnums = np.sort(self._sorted[1][start:end])
        return Postings(docnums, np.ones_like(docnums))

    def _span(self, term: bytes) -> tuple[int, int]:
        """Find the sorted values that a term stands for: the first, and the one after the last."""
        if len(term) != _TERM_BYTES:
            return 0, 0
        head = int.from_bytes(term[1:])
        return self._place(head, term[0]), self._place(head + 1, term[0])

    def _place(self, head: int, shift: int) -> int:
        """Find the first sorted value that is not below ``head << shift``."""
        values, _ = self._sorted
        lowest = head << shift
        if lowest > _LAST_KEY:
            return len(values)
        return int(np.searchsorted(values, np.uint64(lowest)))


@frozen
class ColumnKeys:
    """What Whoosh sorts and groups the documents of all segments by.

    Attributes:
        keys: The value of each document as Whoosh has it in a column.
        present: A byte for each document: 1 if it has a value, else 0.
    """

    keys: list[int]
    present: bytes

    @classmethod
    def of(cls, field: NUMERIC, columns: Sequence[DocValues]) -> Self:
        """Take them from the columns of all segments.

        A document without a value gets the highest there is: 2^63 - 1, NaN, or the last moment of
        the year 9999. Whoosh does the same, but for floats, which it puts first, and for dates,
        by which it then can't group.
        """
        is_date = isinstance(field, DATETIME)
        highest = np.uint64(_LAST_MOMENT if is_date else _LAST_KEY)
        keys = [np.empty(0, np.uint64)]
        for column in columns:
            values = column.values.astype(np.uint64) if is_date else sortable(column.values)
            keys.append(np.where(column.present, values, highest))
        present = b"".join(column.present.tobytes() for column in columns)
        return cls(np.concatenate(keys).tolist(), present)


class NumberColumnReader(ColumnReader):
    """Gives Whoosh the values of a field; documents without one come last in either direction."""

    def __init__(self, column: ColumnKeys) -> None:
        self._keys = column.keys
        self._present = column.present
        self._reverse = False

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, docnum: int) -> int:
        return self._keys[docnum]

    def __iter__(self) -> Iterator[int]:
        return iter(self._keys)

    def sort_key(self, docnum: int) -> int:  # type: ignore[override]  # Whoosh's are numbers too
        """Give the number to sort a document by."""
        if not self._reverse:
            return self._keys[docnum]
        return -self._keys[docnum] if self._present[docnum] else 1

    def set_reverse(self) -> None:
        """Sort in descending order from now on."""
        self._reverse = True
