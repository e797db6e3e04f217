"""Where do the steps of a histogram of numbers begin? At the multiples of their width.

What is a decimal fraction in the width stays one: with a width of 0.1 the third step begins at 0.3,
not at 0.30000000000000004.
"""

from __future__ import annotations

import math
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from searchlib.errors import QueryError
from searchlib.search.facets.calendar import Spans
from searchlib.search.ranges import HIGHEST, LOWEST

if TYPE_CHECKING:
    from searchlib.arrays import Float64Array, Int64Array, NumberArray

_MOST_AUTO: Final = 50
_MOST_STEPS: Final = 2**53
"""From 0 on: beyond them, floats can't be told apart."""
_MOST_DECIMALS: Final = 15


def numbers_of(width: float, values: NumberArray) -> Int64Array:
    """Tell the number of the step that each value is in; the step from 0 on has the number 0.

    Args:
        width: The width; a whole number, if the values are.
        values: Finite. Shape (N,), int64 or float64.

    Raises:
        QueryError: There would be too many steps.
    """
    if values.dtype.kind == "i":
        if width > HIGHEST:  # more than an integer of 64 bits holds: two steps have all values
            return np.where(values < 0, -1, 0)
        numbers: Int64Array = values // int(width)
        return numbers
    with np.errstate(over="ignore"):
        steps = np.floor(values / float(width))
    if len(steps) and not np.abs(steps).max() < _MOST_STEPS:
        raise QueryError(
            f"Histogram: expected a width that leads to all values in less than {_MOST_STEPS:,} "
            f"steps, got {width!r}"
        )
    steps -= values < _float_starts(width, steps)  # the quotient was rounded
    steps += values >= _float_starts(width, steps + 1)
    return steps.astype(np.int64)


def starts_of(width: float, numbers: Int64Array, kind: str) -> NumberArray:
    """Tell where steps begin. Shape as numbers, int64 or float64 as the kind of the values is."""
    if kind == "float":
        return _float_starts(width, numbers.astype(np.float64))
    return np.array([max(number * int(width), LOWEST) for number in numbers.tolist()], np.int64)


def spans_of(width: float, numbers: Int64Array, kind: str) -> Spans:
    """Give steps by their numbers. Shape of these: (N,), int64."""
    if kind == "float":
        starts: list[Any] = _float_starts(width, numbers.astype(np.float64)).tolist()
        after = _float_starts(width, (numbers + 1).astype(np.float64)).tolist()
        labels = [
            f"[{_bound(low)} TO {_bound(high)}}}" for low, high in zip(starts, after, strict=True)
        ]
        lowest = -sys.float_info.max
        ends = [math.nextafter(one, -math.inf) for one in after]
        return Spans(labels, [max(start, lowest) for start in starts], ends)
    whole = int(width)
    starts = [max(number * whole, LOWEST) for number in numbers.tolist()]
    ends = [min((number + 1) * whole - 1, HIGHEST) for number in numbers.tolist()]
    labels = [
        f"{low}" if low == high else f"{low}..{high}"
        for low, high in zip(starts, ends, strict=True)
    ]
    return Spans(labels, starts, ends)


def _bound(number: float) -> str:
    """Write a bound of a step; the first and the last may go beyond all numbers."""
    return str(number) if math.isfinite(number) else "*"


def width_for(low: float, high: float, kind: str) -> float:
    """Choose the least width that makes about 50 steps: 1, 2 or 5 times a power of ten.

    Values that are close together far from 0 have fewer: floats there are no closer.
    """
    wanted = high / _MOST_AUTO - low / _MOST_AUTO
    if not wanted > 0:
        return 1
    wanted = max(wanted, max(-low, high) / (_MOST_STEPS // 2))
    power = math.floor(math.log10(wanted))
    candidates = (float(f"{digit}e{power + up}") for up in (0, 1) for digit in (1, 2, 5))
    width = next(candidate for candidate in candidates if candidate >= wanted)
    return width if kind == "float" else max(1, int(width))


def _float_starts(width: float, steps: Float64Array) -> Float64Array:
    with np.errstate(over="ignore"):  # behind the last step there may be no number
        starts = steps * float(width)
    exponent = Decimal(repr(float(width))).as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    return np.round(starts, decimals) if 0 < decimals <= _MOST_DECIMALS else starts
