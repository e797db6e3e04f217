"""What is a value in the index? Labels, dates and numbers, as documents and queries write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

_DATE: Final = re.compile(
    r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6}))?)?)?"
    r"(Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.IGNORECASE,
)

_A_DATE: Final = "expected a date such as 2025, 2025-02, 2025-02-17 or 2025-02-17T18:30"


class UnreadableValue(ValueError):  # noqa: N818 - says what is the matter, as a name should
    """A text in a query is not what its field holds.

    Attributes:
        text: It.
    """

    def __init__(self, expected: str, text: str) -> None:
        super().__init__(f"{expected}, got {text!r}")
        self.text = text


def label_term(label: str | bool, lowercase: bool) -> str:
    """Make the term of a label."""
    text = str(label)
    return text.lower() if lowercase or isinstance(label, bool) else text


def date_span(text: str) -> tuple[datetime, datetime]:
    """Find the first and the last microsecond of the year, month, day ... that a text names.

    Args:
        text: An ISO 8601 date or date and time, from the year alone to microseconds, with or
            without separators and time zone.

    Raises:
        UnreadableValue: The text is not such a date.
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise UnreadableValue(_A_DATE, text)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        first = datetime(  # noqa: DTZ001 - the index knows no zones: all is UTC or as written
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0").ljust(6, "0")),
        )
        if month is None:
            after = datetime(first.year + 1, 1, 1)  # noqa: DTZ001
        elif day is None:
            after = (first + timedelta(days=31)).replace(day=1)
        else:
            after = first + _precision(hour, minute, second, fraction)
        shift = _zone_shift(zone)
        return first - shift, after - shift - timedelta(microseconds=1)
    except (ValueError, OverflowError) as error:
        raise UnreadableValue(_A_DATE, text) from error


def _precision(*parts: str | None) -> timedelta:
    hour, minute, second, fraction = parts
    if hour is None:
        return timedelta(days=1)
    if minute is None:
        return timedelta(hours=1)
    if second is None:
        return timedelta(minutes=1)
    return timedelta(seconds=1) if fraction is None else timedelta(microseconds=1)


def _zone_shift(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta(0)
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))


def indexed_time(value: date | datetime) -> datetime:
    """Write a date as the index knows it: midnight of the day; a time with a zone in UTC."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)


def microseconds(value: date | datetime) -> int:
    """Count the microseconds from the beginning of the year 1 to a date, as Whoosh does."""
    days = (value.toordinal() - 1) * 86_400_000_000
    if not isinstance(value, datetime):
        return days
    if value.tzinfo is not None:
        return microseconds(indexed_time(value))
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return days + seconds * 1_000_000 + value.microsecond
