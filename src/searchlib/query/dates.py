"""What span of time does a text in a query name?

=============================  ===================================================================
text                           span
=============================  ===================================================================
2025, 2025-02, 2025-02-17      the year, the month, the day (``20250217`` likewise)
2025-Q1, 2025-W07              the quarter; the week, from Monday on
2025-02-17T18:30               the minute; ``T18`` is the hour, ``T18:30:05`` the second; a blank
                               may stand for the ``T``, and ``Z`` or ``+01:00`` may follow
February 2025, Feb 17, 2025    the month, the day
February, 17 February          the last that has begun; "last february" ended before this month
Monday, last/this/next Friday  the last one, today included; the one before today; the one of this
                               week, which begins on Monday; the one after today
today, yesterday, tomorrow     the day
now                            the second
last week, this month, ...     the calendar unit: second, minute, ..., week, month, quarter, year
last 7 days, past 3 months     from the first moment of the day that long ago to the end of today;
                               "next 7 days" likewise; "last 24 hours" to the second; "past week"
                               is "past 1 week"
7 days ago, -7d, +2 weeks      the whole day; of hours, minutes and seconds the second
now-7d, now-1M/d, today+12h    date arithmetic, from left to right; see below
=============================  ===================================================================

Arithmetic adds and subtracts ``s``, ``m`` (minutes), ``h``, ``d``, ``w``, ``M`` (months), ``y`` or
their English names, and ``/d`` goes back to where the day begins. The span is as long as the
finest unit that was written: ``now-7d`` is a second, ``today-7d`` and ``now/d-7d`` are days,
``today+12h`` is an hour, ``now/M`` a month. Days and longer units go by the calendar, in the zone:
a day later is the same time of day, a month after 31 January is the last day of February. Hours
and shorter units are exact, also when clocks change.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import partial
from typing import Final

from searchlib.schema.values import DAY, UnreadableValue, microseconds

TimeSpan = tuple[datetime, datetime]
"""The first and the last microsecond: in UTC, without a zone."""

_FIRST, _LAST = datetime.min, datetime.max  # noqa: DTZ901 - the index knows no zones

_LONGEST: Final = 100  # characters; no date is as long, and what is shorter can't cost much

_EXPECTED: Final = (
    'expected a date such as 2025, 2025-02, 2025-02-17, 2025-02-17T18:30, today or "last week"'
)
_NOT_IN_CALENDAR: Final = "no such day or time exists in the years 1 to 9999"

_ISO: Final = re.compile(
    r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)"
    r"(?:[T ]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,6})\d{0,3})?)?)?)?"
    r"(?: ?(Z|UTC|[+-]\d\d(?::?\d\d)?))?)?)?",
    re.IGNORECASE,
)
_PART_OF_YEAR: Final = re.compile(r"(\d{4})-?([QW])(\d{1,2})", re.IGNORECASE)

_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+|\S")

_FINEST_FIRST: Final = "smhdwMqy"
_EXACT: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    **{f".{digits}": timedelta(microseconds=10 ** (6 - digits)) for digits in range(1, 7)},
}
"""Units of one length, among them the fractions of a second by their number of digits."""

_DAYS: Final = {"d": 1, "w": 7}
_MONTHS: Final = {"M": 1, "q": 3, "y": 12}
_UNITS: Final = {
    name: unit
    for unit, names in {
        "s": "s sec secs second seconds",
        "m": "m min mins minute minutes",
        "h": "h hr hrs hour hours",
        "d": "d day days",
        "w": "w wk wks week weeks",
        "M": "M mo mos month months",
        "q": "q quarter quarters",
        "y": "y yr yrs year years",
    }.items()
    for name in names.split()
}
_COUNTS: Final = {"a": 1, "an": 1} | {
    name: number
    for number, name in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1
    )
}
_WHICH: Final = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1}
_BASES: Final = {"now": 0, "today": 0, "yesterday": -1, "tomorrow": 1}
_WEEKDAY_NAMES: Final = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
]  # fmt: skip
_WEEKDAYS: Final = {
    name: number for number, day in enumerate(_WEEKDAY_NAMES) for name in (day, day[:3])
}
_MONTH_NAMES: Final = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
]  # fmt: skip
_MONTH_NUMBERS: Final = {"sept": 9} | {
    name: number for number, month in enumerate(_MONTH_NAMES, 1) for name in (month, month[:3])
}
_BESIDE_MONTHS: Final = frozenset({",", ".", "st", "nd", "rd", "th", "of"})
_WORDS: Final = [
    *_BASES, *_WHICH, "ago", *_WEEKDAY_NAMES, *_MONTH_NAMES,
    *(name for name in _UNITS if len(name) > 2),
]  # fmt: skip
DATE_WORDS: Final = frozenset([*_WORDS, *_MONTH_NUMBERS])
"""Words that dates are made of."""


def date_span(text: str, *, now: datetime, zone: tzinfo = UTC) -> TimeSpan:
    """Find the first and the last microsecond of the time that a text names.

    An absolute date is compared with what documents hold, as it stands: without a zone it is the
    same in every zone, so a day that a hit shows finds that hit. (In the index, times that had a
    zone are in UTC, others as they were.) The zone counts for dates that are relative to now:
    "today" begins at its midnight. Days without a time are midnights in the index: for a field of
    these pass the time that clocks of the zone show, as one in UTC.

    Args:
        text: A date, in any of the forms above; case counts only in ``M`` and ``m``.
        now: The present, with a zone.
        zone: Where relative times are reckoned.

    Returns:
        Both in UTC, without a zone, and between ``datetime.min`` and ``datetime.max``: what lies
        outside is cut off there.

    Raises:
        UnreadableValue: The text is no such date, or one that no calendar has, or one before
            the year 1 or after 9999.
    """
    words = " ".join(text.split())
    if len(words) > _LONGEST:
        raise UnreadableValue(_EXPECTED, text)
    try:
        known = absolute_span(words)
        found = _relative(words, now.astimezone(zone)) if known is None else _moments(known)
    except (ValueError, OverflowError) as error:
        raise UnreadableValue(_EXPECTED, text, lambda: _NOT_IN_CALENDAR) from error
    if found is None:
        raise UnreadableValue(_EXPECTED, text, partial(_hint, words))
    return found


def split_range(text: str) -> tuple[str, str] | None:
    """Find the two sides of a range: ``5..10``, ``2025-01..``, ``last month to now``.

    Whether the sides are dates or numbers is not looked at.

    Returns:
        The first and the last value, both of which count; an empty one for a side that is open
        (``..2025``, ``2025 to``, ``*..2025``). ``None`` if the text is no range.
    """
    low, separator, high = text.partition("..")
    if not separator:
        words = text.split()
        places = [place for place, word in enumerate(words) if word.lower() == "to"]
        if len(places) != 1:
            return None
        low, high = " ".join(words[: places[0]]), " ".join(words[places[0] + 1 :])
    elif ".." in high or high.startswith("."):
        return None
    sides = ["" if side.strip() == "*" else side.strip() for side in (low, high)]
    return (sides[0], sides[1]) if any(sides) else None


def absolute_span(text: str) -> tuple[int, int] | None:
    """Find the time that an absolute date names; ``None`` if the text is no such date.

    It is the first and the last microsecond, as the index counts them.

    Args:
        text: As for :func:`date_span`, with single blanks.

    Raises:
        ValueError, OverflowError: No calendar has the date.
    """
    if len(text) == 10 and (known := _day(text)) is not None:  # as most are
        return _days(known, month=True, day=True)
    match = _ISO.fullmatch(text)
    if match is None:
        return _part_of_year(text)
    *numbers, fraction, zone = match.groups()
    year, month, day, hour, minute, second = numbers
    if hour is None and zone is None:
        start = date(int(year), int(month or 1), int(day or 1))
        return _days(start, month=bool(month), day=bool(day))
    if hour is None and zone is not None and zone[0] in "+-" and len(zone) == 3:
        return None  # 2025-02-17-05 is rather a mistake than a day in a zone
    first = datetime(
        int(year),
        int(month or 1),
        int(day or 1),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "0").ljust(6, "0")),
        _zone(zone),
    )
    written = sum(part is not None for part in numbers)
    return _counted(_span(first, f".{len(fraction)}" if fraction else "yMdhms"[written - 1]))


def _day(text: str) -> date | None:
    """Read a day such as 2025-02-17; ``None`` if it is another text of ten characters."""
    try:
        return date.fromisoformat(text) if text[4] == text[7] == "-" else None
    except ValueError:
        return None


def _days(first: date, *, month: bool, day: bool) -> tuple[int, int]:
    """Find the time of a day, or else of its month, or else of its year."""
    begin = end = first.toordinal()
    if not month:
        end = date(first.year, 12, 31).toordinal()
    elif not day:
        end += monthrange(first.year, first.month)[1] - 1
    return (begin - 1) * DAY, end * DAY - 1


def _counted(span: TimeSpan) -> tuple[int, int]:
    return microseconds(span[0]), microseconds(span[1])


def _moments(span: tuple[int, int]) -> TimeSpan:
    first, last = span
    return _FIRST + timedelta(microseconds=first), _FIRST + timedelta(microseconds=last)


def _zone(text: str | None) -> tzinfo:
    if text is None or text.isalpha():
        return UTC
    minutes = int(text[-2:]) if len(text) > 3 else 0
    if minutes > 59:
        raise ValueError(text)
    shift = timedelta(hours=int(text[1:3]), minutes=minutes)
    return timezone(-shift if text[0] == "-" else shift)


def _part_of_year(text: str) -> tuple[int, int] | None:
    match = _PART_OF_YEAR.fullmatch(text)
    if match is None:
        return None
    year, kind, number = int(match[1]), match[2].lower(), int(match[3])
    if kind == "q":
        return _counted(_span(datetime(year, number * 3 - 2, 1, tzinfo=UTC), "q"))
    monday = date.fromisocalendar(year, number, 1)
    return _counted(_span(datetime(monday.year, monday.month, monday.day, tzinfo=UTC), "w"))


def _relative(text: str, now: datetime) -> TimeSpan | None:
    words = [word if word == "M" else word.lower() for word in _TOKEN.findall(text)]
    match words:
        case ["+" | "-", *_]:
            return _moved(_base(words), words, now)
        case [base, *steps] if base in _BASES:
            return _moved(base, steps, now)
        case [count, unit, "ago"]:
            return _moved(_base([unit]), ["-", count, unit], now)
        case ["past", unit] if unit in _UNITS:
            return _as_far_as("past", "1", unit, now)
        case [which, unit] if which in _WHICH and unit in _UNITS:
            name = _UNITS[unit]
            return _span(_floor(_add(_floor(now, name), _WHICH[which], name), name), name)
        case [which, count, unit] if _WHICH.get(which):
            return _as_far_as(which, count, unit, now)
        case [day] if day in _WEEKDAYS:
            return _weekday("", _WEEKDAYS[day], now)
        case [which, day] if which in _WHICH and day in _WEEKDAYS:
            return _weekday(which, _WEEKDAYS[day], now)
        case ["last", *month]:
            return _named_month(month, _floor(now, "M") - timedelta(microseconds=1))
        case _:
            return _named_month(words, now)


def _base(words: list[str]) -> str:
    """Tell what a distance is reckoned from: from now if it is to hours or finer."""
    return "now" if any(_UNITS.get(word) in _EXACT for word in words) else "today"


def _moved(base: str, steps: list[str], now: datetime) -> TimeSpan | None:
    """Take steps such as ``- 1 M / d`` from now or from a day."""
    precision = "s" if base == "now" else "d"
    moment = _add(_floor(now, precision), _BASES[base], "d")
    sign = ""
    while steps:
        if steps[0] in ("+", "-"):
            sign, *steps = steps
        match steps:
            case ["/", name, *rest] if name in _UNITS:
                precision = _UNITS[name]
                moment = _floor(moment, precision)
            case [count, name, *rest] if (
                sign and name in _UNITS and (number := _count(count)) is not None
            ):
                unit = _UNITS[name]
                moment = _add(moment, -number if sign == "-" else number, unit)
                precision = min(precision, unit, key=_FINEST_FIRST.index)
            case _:
                return None
        steps = rest
    return _span(moment, precision)


def _as_far_as(which: str, count: str, unit: str, now: datetime) -> TimeSpan | None:
    """Give the time from now on, as far as some units ago or ahead."""
    base, sign = _base([unit]), "-" if _WHICH[which] < 0 else "+"
    here, there = _moved(base, [], now), _moved(base, [sign, count, unit], now)
    if here is None or there is None:
        return None
    return min(here[0], there[0]), max(here[1], there[1])


def _count(word: str) -> int | None:
    return int(word) if word.isdecimal() else _COUNTS.get(word)


def _weekday(which: str, weekday: int, now: datetime) -> TimeSpan:
    ago = (now.weekday() - weekday) % 7
    match which:
        case "":
            days = -ago
        case "this" | "current":
            days = weekday - now.weekday()
        case "next":
            days = 7 - ago
        case _:
            days = -(ago or 7)
    return _span(_add(_floor(now, "d"), days, "d"), "d")


def _named_month(words: list[str], latest: datetime) -> TimeSpan | None:
    """Read a month by its name, with a day or a year, or else the last one that has begun."""
    parts = [word for word in words if word not in _BESIDE_MONTHS]
    names = [part for part in parts if part in _MONTH_NUMBERS]
    years = [int(part) for part in parts if part.isdecimal() and len(part) == 4]
    days = [int(part) for part in parts if part.isdecimal() and len(part) < 3]
    known = len(names) + len(years) + len(days) == len(parts)
    if not known or len(names) != 1 or len(years) > 1 or len(days) > 1:
        return None
    month, day, unit = _MONTH_NUMBERS[names[0]], days[0] if days else 1, "d" if days else "M"
    if years:
        return _span(datetime(years[0], month, day, tzinfo=UTC), unit)
    for year in range(latest.year, latest.year - 9, -1):  # 1896 and 1904 have a 29 February
        if 0 < day <= monthrange(year, month)[1]:
            first = datetime(year, month, day, tzinfo=latest.tzinfo)
            if first <= latest:
                return _span(first, unit)
    raise ValueError(day)


def _add(moment: datetime, count: int, unit: str) -> datetime:
    """Go some units on: by the clock where they are exact, else by the calendar of its zone.

    Raises:
        ValueError, OverflowError: There are no such years.
    """
    if unit in _EXACT:
        return (moment.astimezone(UTC) + count * _EXACT[unit]).astimezone(moment.tzinfo)
    if unit in _DAYS:
        return moment + timedelta(days=count * _DAYS[unit])
    months = moment.year * 12 + moment.month - 1 + count * _MONTHS[unit]
    year, month = months // 12, months % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def _floor(moment: datetime, unit: str) -> datetime:
    """Go back to where a unit begins in the zone of a moment."""
    match unit:
        case "s":
            return moment.replace(microsecond=0)
        case "m":
            return moment.replace(second=0, microsecond=0)
        case "h":
            return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    match unit:
        case "d":
            return day
        case "w":
            return day - timedelta(days=day.weekday())
        case "M":
            return day.replace(day=1)
        case "q":
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case _:
            return day.replace(month=1, day=1)


def _span(first: datetime, unit: str) -> TimeSpan:
    """Give the span of one unit from a moment on."""
    start = _in_utc(first)
    try:
        after = _in_utc(_add(first, 1, unit))
    except (ValueError, OverflowError):
        after = _edge(first)
    if after in (_FIRST, _LAST):
        return start, after
    return start, after - timedelta(microseconds=1)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return _edge(moment)


def _edge(moment: datetime) -> datetime:
    """Give the end of all time that a moment is next to."""
    return _FIRST if moment.year == 1 else _LAST


def _hint(text: str) -> str:
    """Say what a text may have been meant for."""
    parts = re.split(r"[-./ ]+", text)
    if len(parts) in (2, 3) and all(part.isdecimal() for part in parts):
        readings = _readings(parts)
        return f"write year-month-day{': ' if readings else ''}{' or '.join(readings)}"
    from difflib import get_close_matches

    text = text.lower()
    for word in _TOKEN.findall(text):
        known = [name for name in _WORDS if name[0] == word[0]]
        close = get_close_matches(word, known, n=1, cutoff=0.75)
        if close and close[0] != word:
            return f"did you mean {text.replace(word, close[0])!r}?"
    return ""


def _readings(parts: list[str]) -> list[str]:
    """Give the days or months that numbers name if the year stands at either end."""
    if len(parts[0]) == 4:
        orders = [parts]
    elif len(parts[-1]) == 4:
        *rest, year = parts
        orders = [[year, *rest[::-1]], [year, *rest]]
    else:
        return []
    readings = []
    for year, month, *day in orders:
        try:
            found = date(int(year), int(month), int(*day or ["1"])).isoformat()
        except ValueError:
            continue
        readings.append(found if day else found[:7])
    return list(dict.fromkeys(readings))
