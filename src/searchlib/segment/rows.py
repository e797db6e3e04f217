"""How are rows of small numbers stored, each row as narrow as its numbers allow?

A row is what one term has: the frequencies of its postings, or their positions. The numbers of
all rows with one width stand one after another in a section of that width; for each row one
number says where it begins there (times 4) and which width it has (the remainder).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.segment.file import offset_type

if TYPE_CHECKING:
    from searchlib.arrays import Int32Array, Int64Array, NumberArray
    from searchlib.segment.file import SegmentFile, SegmentFileWriter

_ONES: Final = 0
"""The width code of a row of nothing but ones, which is not stored."""
_DTYPES: Final = ("", "|u1", "<u2", "<u4")
"""The types by width code."""


class RowsWriter:
    """Writes rows of numbers from 0 to 2^31 - 1.

    Args:
        file: Where to.
        name: The sections are ``name``, ``name.1``, ``name.2`` and ``name.4``.
        most: No fewer than the numbers that will come, to choose the type of offsets.
        positive: Whether all numbers are at least 1, so that rows of ones need no storage.
    """

    def __init__(self, file: SegmentFileWriter, name: str, most: int, *, positive: bool) -> None:
        self._file = file
        self._name = name
        self._positive = positive
        self._rows = file.spool(offset_type(most << 2 | 3))
        self._widths = {code: file.spool(_DTYPES[code]) for code in (1, 2, 3)}

    def append(self, values: Int32Array, starts: Int64Array) -> None:
        """Add rows, none of them empty.

        Args:
            values: The numbers, row after row. Shape (N,), int32.
            starts: Where each row begins, ending with N. Shape (R + 1,), int64.
        """
        if len(starts) < 2:
            return
        counts = np.diff(starts)
        codes = self._codes(np.maximum.reduceat(values, starts[:-1]))
        rows = codes.astype(np.int64)
        for code, spool in self._widths.items():
            chosen = codes == code
            if not chosen.any():
                continue
            lengths = counts[chosen]
            ends = np.cumsum(lengths)
            rows[chosen] |= (ends - lengths + spool.count) << 2
            spool.append(values if chosen.all() else values[np.repeat(chosen, counts)])
        self._rows.append(rows)

    def close(self) -> None:
        """Write the sections."""
        self._file.write_spool(self._name, self._rows)
        for code, spool in self._widths.items():
            self._file.write_spool(f"{self._name}.{_width(code)}", spool)

    def _codes(self, highest: Int32Array) -> NumberArray:
        codes = 1 + (highest > 0xFF).astype(np.int8) + (highest > 0xFFFF)
        if self._positive:
            codes[highest == 1] = _ONES
        return codes


class RowsReader:
    """Reads the rows of a :class:`RowsWriter`.

    Args:
        file: Where from.
        name: As given to the writer.
        rows: The number of rows.
    """

    def __init__(self, file: SegmentFile, name: str, rows: int) -> None:
        self._file = file
        self._name = name
        self._rows = file.array(name, ("<u4", "<u8"), rows)
        self._widths = [
            np.empty(0, np.uint8),
            *(file.array(f"{name}.{_width(code)}", _DTYPES[code], None) for code in (1, 2, 3)),
        ]

    @property
    def arrays(self) -> tuple[NumberArray, ...]:
        """The rows, and their numbers of one, two and four bytes."""
        return self._rows, *self._widths[1:]

    def row(self, row: int, count: int) -> Int32Array:
        """Read one row, of which the caller knows the count. Shape (count,), int32."""
        start_and_code: int = self._rows.item(row)
        code = start_and_code & 3
        if code == _ONES:
            return np.ones(count, np.int32)
        return self._slice(code, start_and_code >> 2, count).astype(np.int32)

    def view(self, row: int, count: int) -> NumberArray | None:
        """View one row as it is stored, or ``None`` if all its numbers are 1.

        Returns:
            Shape (count,), uint8, uint16 or uint32.
        """
        start_and_code: int = self._rows.item(row)
        code = start_and_code & 3
        return None if code == _ONES else self._slice(code, start_and_code >> 2, count)

    def range(self, first: int, last: int, counts: Int64Array) -> Int32Array:
        """Read rows one after another.

        Args:
            first: The first row.
            last: The row after the last.
            counts: How many numbers each has. Shape (last - first,), int64.

        Returns:
            Their numbers. Shape (sum of counts,), int32.
        """
        rows = self._rows[first:last].astype(np.int64)
        codes = rows & 3
        values = np.ones(int(counts.sum()), np.int32)
        for code in (1, 2, 3):
            chosen = codes == code
            if not chosen.any():
                continue
            start = int(rows[chosen.argmax()] >> 2)
            found = self._slice(code, start, int(counts[chosen].sum()))
            if chosen.all():
                values[:] = found
            else:
                values[np.repeat(chosen, counts)] = found
        return values

    def _slice(self, code: int, start: int, count: int) -> NumberArray:
        found = self._widths[code][start : start + count]
        if len(found) != count:
            raise self._file.corrupt(
                f"expected {count} numbers from {start}, got {len(found)}",
                f"{self._name}.{_width(code)}",
            )
        return found


def _width(code: int) -> int:
    return np.dtype(_DTYPES[code]).itemsize
