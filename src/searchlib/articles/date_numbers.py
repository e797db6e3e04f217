"""Which moment does a number stand for? Seconds since 1970 or a fraction of them, or a calendar.

Eight digits are a day (``20250217``); ten, twelve and fourteen are a day and a time
(``202502171830``) if a calendar has it. Any other number counts from 1970 on: in seconds if it has
up to ten digits, then in milliseconds up to thirteen, microseconds and nanoseconds. In
milliseconds -14182940000 is a day of 1969; in seconds it would be one of 1520.

Seconds up to 100,000,000 (March 1973) are not believed: such a number is a mistake of some kind
far more often than a moment in those years.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from searchlib.articles.dates import is_credible, read_date

_LEAST: Final = 100_000_000
_UNITS: Final = ((10**10, 1), (10**13, 1_000), (10**16, 1_000_000), (10**19, 1_000_000_000))
"""The least number that is not of a unit, and how many of the unit a second has."""

_DIGITS: Final = re.compile(r"-?\d{9,19}(?:\.\d{1,9})?|\d{10}|\d{12}|\d{14}", re.ASCII)
_WRAPPED: Final = re.compile(r"/?Date\((-?\d+)(?:[+-]\d{4})?\)/?")  # as .NET writes it
_CALENDAR: Final = {10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


def read_number(number: float) -> date | None:
    """Read a date from a number.

    Returns:
        A ``datetime``, in UTC if it was counted; a ``date`` for eight digits; ``None`` if it is
        neither.
    """
    if 0 <= number < _LEAST:
        return read_date(str(number)) if isinstance(number, int) else None
    by_calendar = _read_calendar(str(number)) if isinstance(number, int) else None
    return by_calendar or _count(number)


def read_digits(text: str) -> date | None:
    """Read a date from a text that is a number of nine digits or more, or "/Date(...)/" of one."""
    digits = _WRAPPED.sub(r"\1", text.strip())
    if not _DIGITS.fullmatch(digits):
        return None
    return read_number(float(digits) if "." in digits else int(digits))


def _read_calendar(digits: str) -> date | None:
    form = _CALENDAR.get(len(digits))
    if form is None:
        return None
    try:
        found = datetime.strptime(digits, form)  # noqa: DTZ007 - as the text has none
    except ValueError:
        return None
    return found if is_credible(found) else None


def _count(number: float) -> date | None:
    per_second = next((unit for limit, unit in _UNITS if abs(number) < limit), None)
    if per_second is None:
        return None
    try:
        found = datetime.fromtimestamp(number / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if is_credible(found) else None
