"""Which numbers does a value in a query stand for in a date or number field?"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib.query.checks import shown
from searchlib.query.dates import absolute_span, date_span
from searchlib.query.tree import Range, Term
from searchlib.schema.markers import Date
from searchlib.schema.values import DAY, UnreadableValue, indexed_time, microseconds, number_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from searchlib.query.tree import Value
    from searchlib.schema.models import FieldSpec

Number = int | float

_LONGEST_KNOWN: Final = 64  # characters of a date that is remembered


class Clock(NamedTuple):
    """What relative dates are reckoned from.

    Attributes:
        now: Tells the time, with its zone.
        zone: Where days begin.
    """

    now: Callable[[], datetime] = partial(datetime.now, UTC)
    zone: tzinfo = UTC

    def stopped(self) -> Clock:
        """Give a clock that stands at this moment."""
        moment = self.now()
        return Clock(lambda: moment, self.zone)


SYSTEM_CLOCK: Final = Clock()


class Bounds(NamedTuple):
    """A range of numbers as a segment has them: dates in microseconds from the year 1 on.

    Attributes:
        low: The lowest, or ``None``.
        high: The highest, or ``None``.
        open_low: Whether ``low`` itself is out of the range.
        open_high: Whether ``high`` itself is.
        is_reversed: Whether the bounds are the wrong way round: the lower one stands for numbers
            that are all above those of the upper one. Without its bounds a range may be empty and
            not reversed, as what is after a day and before the same day.
    """

    low: Number | None
    high: Number | None
    open_low: bool = False
    open_high: bool = False
    is_reversed: bool = False


def value_bounds(query: Term | Range, spec: FieldSpec, clock: Clock) -> Bounds:
    """Find the numbers that a term or range of a date or number field stands for.

    Raises:
        UnreadableValue: A value is not what the field holds. A bound may lie between such values,
            and beyond all of them.
    """
    if isinstance(query, Term):
        return Bounds(*_span(query.value, spec, clock))
    low = _bound(query.low, -math.inf, spec, clock)
    high = _bound(query.high, math.inf, spec, clock)
    return Bounds(
        None if low is None else low[0 if query.include_low else 1],
        None if high is None else high[1 if query.include_high else 0],
        not query.include_low,
        not query.include_high,
        low is not None and high is not None and low[0] > high[1],
    )


def _bound(
    value: Value | None, no_bound: float, spec: FieldSpec, clock: Clock
) -> tuple[Number, Number] | None:
    if value is None or (value == no_bound and spec.kind != "float"):  # floats may be infinite
        return None
    if isinstance(value, float) and value == value:  # also between the numbers that there may be
        return value, value
    return _span(value, spec, clock)


def _span(value: Value, spec: FieldSpec, clock: Clock) -> tuple[Number, Number]:
    """Find the first and the last number that a value stands for."""
    if not isinstance(spec.marker, Date):
        number = _number(value, spec)
        return number, number
    if isinstance(value, str):
        known = _absolute(value) if len(value) <= _LONGEST_KNOWN else None
        if known is not None:
            return known
        now = clock.now().astimezone(clock.zone)
        if spec.kind == "date":  # the index has the midnight of a day, wherever it is
            now = now.replace(tzinfo=UTC)
        first, last = date_span(value, now=now, zone=now.tzinfo or UTC)
        return microseconds(first), microseconds(last)
    if isinstance(value, datetime):
        value = microseconds(value)
    elif isinstance(value, date):
        midnight = microseconds(indexed_time(value))
        return midnight, midnight + DAY - 1
    # As the index has dates: programs may know it.
    moment = _number_given(value, "int", "a date, or a whole number")
    return moment, moment


@lru_cache(maxsize=1024)  # a query is checked first, and compiled then
def _absolute(text: str) -> tuple[int, int] | None:
    """Find the first and the last number of an absolute date; ``None`` if it is none."""
    try:
        return absolute_span(text)
    except (ValueError, OverflowError):
        return None


def _number(value: Value, spec: FieldSpec) -> Number:
    if isinstance(value, str):
        return _number_written(value, spec)
    return _number_given(value, spec.kind, "a whole number" if spec.kind == "int" else "a number")


def _number_written(text: str, spec: FieldSpec) -> Number:
    named = spec.value_named(text) if spec.members else None
    try:
        return number_of(text if named is None else named, spec.kind)
    except UnreadableValue as error:
        raise UnreadableValue(error.args[0], text, lambda: spec.names_told(text)) from None


def _number_given(value: Value, kind: str, expected: str) -> Number:
    """Take a number as a column has it, whole or not; True and False are none."""
    if not isinstance(value, bool) and isinstance(value, int | float):
        try:
            number = int(value) if kind == "int" else float(value)
        except (OverflowError, ValueError):  # infinite or not a number; too large
            number = math.nan
        if math.isfinite(number) if kind == "float" else number == value and _is_int64(number):
            return number
    raise UnreadableValue(f"expected {expected} of at most 64 bits", shown(value))


def _is_int64(number: Number) -> bool:
    return -(2**63) <= number < 2**63
