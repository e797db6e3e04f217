"""How are dates and numbers stored: one value per document, and who has one?

Whole numbers are stored as steps where that is narrower: as how many of a unit they are above the
lowest. Days take two bytes instead of eight, so that fewer are read where many are counted or
compared. Lucene's doc values divide by the greatest common divisor likewise.
"""

from __future__ import annotations

import math
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from searchlib.segment.file import narrowest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from searchlib.arrays import BoolArray, Int64Array, NumberArray
    from searchlib.segment.contents import NumberColumn
    from searchlib.segment.file import SegmentFile, SegmentFileWriter

_MOST_STEPS: Final = (1 << 32) - 1
_LARGEST_UNIT: Final = (1 << 63) - 1


def write_numbers(file: SegmentFileWriter, name: str, column: NumberColumn) -> dict[str, Any]:
    """Write a number field, and give its entry for the table of contents.

    Args:
        file: Where to.
        name: The sections are ``name.range``, and ``name.steps`` or else ``name.values`` and
            ``name.present``.
        column: Values of type int64 or float64.
    """
    dtype = column.values.dtype.newbyteorder("<").str
    limits = _range(column)
    file.write(f"{name}.range", dtype, [limits])
    steps = Steps.of(column, limits.tolist()) if column.values.dtype.kind == "i" else None
    if steps is not None:
        stored = np.where(column.present, steps.of_values(column.values), np.uint64(0))
        file.write(f"{name}.steps", narrowest(steps.last), [stored])
        return {"kind": "number", "unit": steps.unit}
    values = np.where(column.present, column.values, np.zeros(1, column.values.dtype))
    file.write(f"{name}.values", dtype, [values])
    file.write(f"{name}.present", "|u1", [np.packbits(column.present)])
    return {"kind": "number"}


def _range(column: NumberColumn) -> NumberArray:
    """Find the lowest and the highest value, if any; what is not a number does not count."""
    values = column.values[column.present]
    values = values[~np.isnan(values)]
    return np.array([values.min(), values.max()] if len(values) else [], column.values.dtype)


def _above(values: NumberArray, low: int) -> NumberArray:
    """Tell how far integers are above the lowest. They may be further apart than int64 reaches."""
    return values.view(np.uint64) - np.int64(low).view(np.uint64)


class Steps(NamedTuple):
    """Whole numbers at equal distances: the first is step 1, and step 0 stands for none.

    Attributes:
        low: The first.
        high: The last; below the first if there are none.
        unit: How far apart they are.
    """

    low: int
    high: int
    unit: int

    @classmethod
    def of(cls, column: NumberColumn, limits: Sequence[int]) -> Steps | None:
        """Find the steps of a column; ``None`` if they would be too many.

        Args:
            column: Values of type int64.
            limits: The lowest and the highest value, if there are any.
        """
        if not limits:
            return NO_STEPS
        apart = _above(column.values[column.present], limits[0])
        steps = cls(limits[0], limits[1], int(np.gcd.reduce(apart)) or 1)
        return steps if steps.fit() else None

    @classmethod
    def of_all(cls, several: Sequence[Steps]) -> Steps | None:
        """Find the steps of several columns together; ``None`` if they would be too many."""
        some = [steps for steps in several if steps.last]
        if not some:
            return NO_STEPS
        low, high = min(steps.low for steps in some), max(steps.high for steps in some)
        apart = math.gcd(*(steps.unit for steps in some), *(steps.low - low for steps in some))
        joined = cls(low, high, apart)
        return joined if joined.fit() else None

    @property
    def last(self) -> int:
        """The last step; 0 if there is none."""
        return (self.high - self.low) // self.unit + 1

    def fit(self) -> bool:
        """Tell whether steps have room in 32 bits, and the unit in 63."""
        return self.last <= _MOST_STEPS and self.unit <= _LARGEST_UNIT

    def of_values(self, values: Int64Array) -> NumberArray:
        """Tell the steps of values that have one. uint64."""
        return _above(values, self.low) // np.uint64(self.unit) + np.uint64(1)

    def values_of(self, steps: NumberArray) -> Int64Array:
        """Tell the values of steps; 0 for step 0."""
        # In uint64, which may overflow on the way and comes out right.
        low = np.int64(self.low).view(np.uint64)
        values = (steps.astype(np.uint64) - np.uint64(1)) * np.uint64(self.unit) + low
        return np.where(steps != 0, values.view(np.int64), 0)

    def span(self, low: int, high: int) -> tuple[int, int]:
        """Find the first and the last step of a span of values; the first is above, if none is."""
        first = -((self.low - max(low, self.low)) // self.unit) + 1
        last = (min(high, self.high) - self.low) // self.unit + 1
        return (first, last) if first <= last else (1, 0)

    def below(self, cuts: Int64Array) -> Int64Array:
        """Count the steps from 1 on that are below each of some values. Shape as these, int64."""
        if not self.last:
            return np.zeros(len(cuts), np.int64)
        above, unit = _above(cuts.clip(self.low, self.high), self.low), np.uint64(self.unit)
        steps = ((above + unit - np.uint64(1)) // unit).astype(np.int64)
        return np.where(cuts > self.high, self.last, steps)

    def into(self, other: Steps, steps: NumberArray) -> NumberArray:
        """Write steps as those of others, which have all these values. uint64."""
        first = np.uint64((self.low - other.low) // other.unit + 1 if self.last else 0)
        factor = np.uint64(self.unit // other.unit)
        found = (steps.astype(np.uint64) - np.uint64(1)) * factor + first
        return np.where(steps != 0, found, np.uint64(0))


NO_STEPS: Final = Steps(0, -1, 1)
"""Those of a field without values."""


class DocValues:
    """The values of a number field, in a segment or in a whole index.

    Args:
        stored: The step of each document, or its value. Shape (doc_count,), uint8 to uint32, or
            int64 or float64.
        steps: What the steps are; ``None`` if they are values.
        limits: The lowest and the highest value; empty if no document has one that is a number.
            Those of steps are known.
        find_present: Tells of values whether each document has one.

    Attributes:
        stored: As given.
        steps: As given.
        dtype: The type of the values: int64 or float64.
        minimum: The lowest value, or ``None`` if no document has one that is a number.
        maximum: The highest value, likewise.
    """

    def __init__(
        self,
        stored: NumberArray,
        steps: Steps | None,
        limits: Sequence[float] = (),
        find_present: Callable[[], BoolArray] | None = None,
    ) -> None:
        if steps is not None and steps.last:
            limits = steps.low, steps.high
        self.stored: Final = stored
        self.steps: Final = steps
        self.dtype: Final = stored.dtype if steps is None else np.dtype(np.int64)
        self.minimum: Final = limits[0] if limits else None
        self.maximum: Final = limits[1] if limits else None
        self._find_present = find_present

    @classmethod
    def read(cls, file: SegmentFile, name: str, entry: dict[str, Any], doc_count: int) -> DocValues:
        """Read the values of a segment.

        Args:
            file: The segment.
            name: The field.
            entry: That of the field in the table of contents.
            doc_count: The number of documents.

        Raises:
            CorruptIndexError: The file is damaged.
        """
        if "unit" in entry:
            stored = file.array(f"{name}.steps", ("|u1", "<u2", "<u4"), doc_count)
            limits = _limits_read(file, name, "<i8")
            unit = file.number(entry, "unit")
            if unit < 1 or (limits and not 0 <= limits[1] - limits[0] < unit * _MOST_STEPS):
                raise file.corrupt(f"expected steps of {unit}, got {limits}", f"{name}.range")
            return cls(stored, Steps(limits[0], limits[1], unit) if limits else NO_STEPS)
        stored = file.array(f"{name}.values", ("<i8", "<f8"), doc_count)
        bits = file.array(f"{name}.present", "|u1", -(-doc_count // 8))
        limits = _limits_read(file, name, stored.dtype.str)
        return cls(stored, None, limits, partial(_unpacked, bits, doc_count))

    @classmethod
    def none(cls, doc_count: int, dtype: np.dtype[Any]) -> DocValues:
        """Give the values of a field that no document has.

        Args:
            doc_count: The number of documents.
            dtype: The type of the values.
        """
        if dtype.kind == "i":
            return cls(np.zeros(doc_count, np.uint8), NO_STEPS)
        return cls(np.zeros(doc_count, dtype), None, (), lambda: np.zeros(doc_count, np.bool_))

    @classmethod
    def joined(cls, columns: Sequence[DocValues]) -> DocValues:
        """Put the values of segments together.

        Args:
            columns: Those of each, at least one; all of one type.
        """
        if len(columns) == 1:
            return columns[0]
        of_each = [column.steps for column in columns if column.steps is not None]
        steps = Steps.of_all(of_each) if len(of_each) == len(columns) else None
        if steps is not None:
            dtype = np.dtype(narrowest(steps.last))
            parts = zip(columns, of_each, strict=True)
            stored = [one.into(steps, column.stored).astype(dtype) for column, one in parts]
            return cls(np.concatenate(stored), steps)
        lows = [column.minimum for column in columns if column.minimum is not None]
        highs = [column.maximum for column in columns if column.maximum is not None]
        limits = (min(lows), max(highs)) if lows else ()
        values = np.concatenate([column.values for column in columns])
        return cls(values, None, limits, lambda: _present_in(columns))

    @cached_property
    def extent(self) -> tuple[float, float] | None:
        """The lowest and the highest value, if there are any and both are finite."""
        low, high = self.minimum, self.maximum
        if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
            return None
        return low, high

    @cached_property
    def values(self) -> NumberArray:
        """The values themselves; 0 where there is none. Shape (doc_count,), int64 or float64."""
        return self.stored if self.steps is None else self.steps.values_of(self.stored)

    @cached_property
    def present(self) -> BoolArray:
        """Whether each document has a value. Shape (doc_count,)."""
        return self.stored != 0 if self._find_present is None else self._find_present()

    @cached_property
    def complete(self) -> bool:
        """Whether all documents have one."""
        return bool(self.present.all())

    def take(self, docnums: Int64Array) -> tuple[NumberArray, BoolArray]:
        """Read the values of some documents.

        Args:
            docnums: Shape (D,), int64.

        Returns:
            The values, 0 where there is none; and whether each document has one. Shapes (D,).
        """
        found = self.stored.take(docnums)
        if self.steps is None:
            return found, self.present.take(docnums)
        return self.steps.values_of(found), found != 0


def _limits_read(file: SegmentFile, name: str, dtype: str) -> list[Any]:
    limits: list[Any] = file.array(f"{name}.range", dtype, None).tolist()
    if len(limits) not in (0, 2):
        raise file.corrupt(f"expected 0 or 2 numbers, got {len(limits)}", f"{name}.range")
    return limits


def _unpacked(bits: NumberArray, count: int) -> BoolArray:
    return np.unpackbits(bits, count=count).view(np.bool_)


def _present_in(columns: Sequence[DocValues]) -> BoolArray:
    return np.concatenate([column.present for column in columns])
