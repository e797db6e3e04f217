"""How are dates and numbers stored: one value per document, and who has one?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray, NumberArray
    from searchlib.segment.contents import NumberColumn
    from searchlib.segment.file import SegmentFile, SegmentFileWriter


def write_numbers(file: SegmentFileWriter, name: str, column: NumberColumn) -> dict[str, Any]:
    """Write a number field, and give its entry for the table of contents.

    Args:
        file: Where to.
        name: The sections are ``name.values``, ``name.present`` and ``name.range``.
        column: Values of type int64 or float64.
    """
    dtype = column.values.dtype.newbyteorder("<").str
    values = np.where(column.present, column.values, np.zeros(1, column.values.dtype))
    file.write(f"{name}.values", dtype, [values])
    file.write(f"{name}.present", "|u1", [np.packbits(column.present)])
    file.write(f"{name}.range", dtype, [_range(column)])
    return {"kind": "number"}


class DocValues:
    """The values of a number field.

    Attributes:
        values: Shape (doc_count,), int64 or float64, read-only; 0 where there is none.
        minimum: The lowest value, or ``None`` if no document has one that is a number.
        maximum: The highest value, likewise.
    """

    def __init__(self, file: SegmentFile, name: str, doc_count: int) -> None:
        self.values: Final = file.array(f"{name}.values", ("<i8", "<f8"), doc_count)
        self._bits = file.array(f"{name}.present", "|u1", -(-doc_count // 8))
        self._range = file.array(f"{name}.range", self.values.dtype.str, None)
        if len(self._range) not in (0, 2):
            raise file.corrupt(f"expected 0 or 2 numbers, got {len(self._range)}", f"{name}.range")

    @cached_property
    def present(self) -> BoolArray:
        """Whether each document has a value. Shape (doc_count,), bool."""
        return np.unpackbits(self._bits, count=len(self.values)).view(np.bool_)

    @property
    def minimum(self) -> float | int | None:
        """The lowest value."""
        return self._range.item(0) if len(self._range) else None

    @property
    def maximum(self) -> float | int | None:
        """The highest value."""
        return self._range.item(1) if len(self._range) else None


class NoValues:
    """The values of a number field that no document of a segment has: it is as :class:`DocValues`.

    Args:
        doc_count: The number of documents.
        dtype: That of the values of other segments.
    """

    minimum: Final = None
    maximum: Final = None

    def __init__(self, doc_count: int, dtype: np.dtype[Any]) -> None:
        self.values: Final[NumberArray] = np.zeros(doc_count, dtype)
        self.present: Final[BoolArray] = np.zeros(doc_count, np.bool_)


def _range(column: NumberColumn) -> NumberArray:
    """Find the lowest and the highest value, if any; what is not a number does not count."""
    values = column.values[column.present]
    values = values[~np.isnan(values)]
    return np.array([values.min(), values.max()] if len(values) else [], column.values.dtype)
