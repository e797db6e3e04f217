"""Which numbers does a value in a query stand for in a date or number field?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib.query.checks import shown
from searchlib.query.dates import absolute_span, date_span
from searchlib.query.tree import Range, Term
from searchlib.schema.markers import Date
from searchlib.schema.values import UnreadableValue, indexed_time, microseconds, number_of

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
    """

    low: Number | None
    high: Number | None
    open_low: bool = False
    open_high: bool = False

    @property
    def is_reversed(self) -> bool:
        """Whether the lowest is above the highest, so that nothing can be in the range."""
        return self.low is not None and self.high is not None and self.low > self.high


def value_bounds(query: Term | Range, spec: FieldSpec, clock: Clock) -> Bounds:
    """Find the numbers that a term or range of a date or number field stands for.

    Raises:
        UnreadableValue: A value is not what the field holds.
    """
    if isinstance(query, Term):
        return Bounds(*_span(query.value, spec, clock))
    low = None if query.low is None else _span(query.low, spec, clock)
    high = None if query.high is None else _span(query.high, spec, clock)
    return Bounds(
        None if low is None else low[0 if query.include_low else 1],
        None if high is None else high[1 if query.include_high else 0],
        not query.include_low,
        not query.include_high,
    )


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
        return midnight, midnight + 86_400_000_000 - 1
    moment = _of_64_bits(value)  # as the index has dates: programs may know it
    return moment, moment


@lru_cache(maxsize=1024)  # a query is checked first, and compiled then
def _absolute(text: str) -> tuple[int, int] | None:
    """Find the first and the last number of an absolute date; ``None`` if it is none."""
    try:
        found = absolute_span(text)
    except (ValueError, OverflowError):
        return None
    return None if found is None else (microseconds(found[0]), microseconds(found[1]))


def _number(value: Value, spec: FieldSpec) -> Number:
    if isinstance(value, str):
        return _number_written(value, spec)
    if not isinstance(value, int | float):
        raise UnreadableValue("expected a number", repr(value))
    return _of_64_bits(value)


def _number_written(text: str, spec: FieldSpec) -> Number:
    named = spec.value_named(text) if spec.members else None
    try:
        return number_of(text if named is None else named, spec.kind)
    except UnreadableValue as error:
        raise UnreadableValue(error.args[0], text, lambda: spec.names_told(text)) from None


def _of_64_bits(value: Number) -> Number:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise UnreadableValue("expected a number of at most 64 bits", shown(value))
    return value
