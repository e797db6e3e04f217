"""How is a date read that names several days? "4-5 March 2025", "March 2025", "1914-1918", "1980s".

Such a date is a span: the first and the last of its days. Nothing is made up: a span is as long as
the source says, and words that make it less exact ("early", "c.", "spring") leave the month or
the year that they are beside.

=====================================  ==========================================================
text                                   span
=====================================  ==========================================================
March 2025, 2025-03, 03/2025, 2025年3月  the month
1987, c. 1987, Spring 1987             the year
2025-Q1, Q1 2025, 2025-W07             the quarter; the week, from Monday on
1987/88                                both years
1980s, 1914-1918, 2024-2025            all these years
March-April 2025, Dec 2024 - Jan 2025  all these months
4-5 March 2025, March 4 to 5, 2025     these days; likewise "4. bis 5. März", "du 4 au 5 mars"
28 Feb - 1 Mar 2025                    these days; "30 Dec - 2 Jan 2025" begins in 2024
2025-03-04/2025-03-05, 04.-05.03.2025  these days
2025-03-00, 1987-00-00                 the month, the year: zeros are how databases leave out
=====================================  ==========================================================
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib.articles.date_words import read_words
from searchlib.articles.dates import (
    is_credible,
    plain_letters,
    read_date,
    tidied,
    to_day,
    without_zone,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.articles.dates import Order


class Span(NamedTuple):
    """The days that a date names.

    Attributes:
        first: The first day.
        last: The last day.
    """

    first: date
    last: date


_NO_DATE: Final = re.compile(
    r"0+|[-–—?]+|0{4}[-/.]?0{2}[-/.]?0{2}(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?"
    r"|0001-01-01(?:[T ]00:00:00(?:\.0+)?Z?)?|0?1(?P<mark>[-/.])0?1(?P=mark)0001(?: .{1,20})?"
    r"|-0001-.{5,30}"
    r"|n\.? ?d\.?|s\.? ?[df]\.?|o\.? ?[dj]\.?|n/?a|nan|nat|nil|none|null|tb[ad]|not available"
    r"|no date|(?:date )?unknown|unknown date|undated|undatiert|unbekannt|ohne datum|sans date"
    r"|inconnue?|sin fecha|desconocid[ao]|sem data|senza data|без даты|неизвестн[оа]|不明|未知",
    re.IGNORECASE,
)

_MONTH: Final = re.compile(r"(\d{4})[-/.](\d\d?)(?:-00)?")
_MONTH_BEFORE: Final = re.compile(r"(\d\d?)[-/.](\d{4})")
_SEASON: Final = re.compile(r"(\d{4})[-–/](\d\d)")
_YEAR: Final = re.compile(r"(\d{4})(?:-00-00)?")
_QUARTER: Final = re.compile(r"(?:(?P<year>\d{4})[- ]?)?Q([1-4])(?:[-/ ](?P<after>\d{4}))?", re.I)
_WEEK: Final = re.compile(r"(\d{4})-?W(\d\d)", re.IGNORECASE)
_DECADE: Final = re.compile(r"(?:the )?(\d{3})0(?:['’]?s|er)", re.IGNORECASE)
_TWO_DATES: Final = re.compile(
    r"\s+(?:[-–—]|to|bis|au|al|a|tot|till|through)\s+|\s?[–—]\s?|[-/](?=\d{4}[-/])|--"
)
_DAYS_BEFORE: Final = re.compile(
    r"(?P<first>\d\d?)\.?(?:(?P<month>\d\d?)\.)?(?P<year>\d{4})?\s?(?:[-–—]|bis)\s?"
    r"(?P<last>\d\d?)(?P<mark>[./])(?P<to>\d\d?)(?P=mark)(?P<in>\d{4})"
)


def says_no_date(text: str) -> bool:
    """Whether a text is how databases and programs write that there is no date."""
    return _NO_DATE.fullmatch(without_zone(text.strip("[]() \t\n"))) is not None


@lru_cache(maxsize=4096)
def read_span(text: str, order: Order | None = None) -> Span | None:
    """Read a date that names several days.

    Args:
        text: What is written, and nothing besides.
        order: The order of day and month in the source, if it is known.

    Returns:
        The span, or ``None`` if the text names none: it may be the date of one day.
    """
    plain = plain_letters(without_zone(tidied(text))).strip("[]?() ")
    try:
        found = (
            _read_numbers(plain)
            or _read_two(plain, order)
            or _read_days_before(plain)
            or _read_words(plain)
        )
    except (ValueError, OverflowError):  # no calendar has one of its days
        return None
    if found is None or found.last < found.first:
        return None
    return found if is_credible(found.first) and is_credible(found.last) else None


def _read_numbers(text: str) -> Span | None:
    """Read a year, a month, a quarter, a week or a decade in numbers."""
    if found := _YEAR.fullmatch(text):
        return span_of_years(int(found[1]), int(found[1]))
    if (found := _SEASON.fullmatch(text)) and int(found[2]) > 12:
        year = int(found[1])
        return span_of_years(year, year + 1) if int(found[2]) == (year + 1) % 100 else None
    if found := _MONTH.fullmatch(text):
        return span_of_months((int(found[1]), int(found[2])))
    if found := _MONTH_BEFORE.fullmatch(text):
        return span_of_months((int(found[2]), int(found[1])))
    if (found := _QUARTER.fullmatch(text)) and bool(found["year"]) != bool(found["after"]):
        year, quarter = int(found["year"] or found["after"]), int(found[2])
        return span_of_months((year, quarter * 3 - 2), (year, quarter * 3))
    if found := _WEEK.fullmatch(text):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return Span(monday, monday + timedelta(days=6))
    if found := _DECADE.fullmatch(text):
        return span_of_years(int(found[1]) * 10, int(found[1]) * 10 + 9)
    return None


def _read_two(text: str, order: Order | None) -> Span | None:
    """Read two whole dates, of days or of months."""
    sides = _TWO_DATES.split(text)
    if len(sides) != 2:
        return None
    first, last = (_read_side(side, order) for side in sides)
    return Span(first.first, last.last) if first and last else None


def _read_side(text: str, order: Order | None) -> Span | None:
    day = read_date(text, order)
    return _read_numbers(text) if day is None else Span(to_day(day), to_day(day))


def _read_days_before(text: str) -> Span | None:
    """Read ``04.-05.03.2025``, ``28.02.-01.03.2025``, ``4-5/3/2025``."""
    found = _DAYS_BEFORE.fullmatch(text)
    if found is None:
        return None
    last = date(int(found["in"]), int(found["to"]), int(found["last"]))
    month, year = int(found["month"] or last.month), int(found["year"] or last.year)
    first = date(year, month, int(found["first"]))
    if first > last and not found["year"]:
        first = first.replace(year=year - 1)
    return Span(first, last)


def _read_words(text: str) -> Span | None:
    """Read days, names of months, and years, in any order that makes sense."""
    found = read_words(text)
    if found is None:
        return None
    kinds, numbers, is_apart = found
    match kinds:
        case "Y":
            return span_of_years(numbers[0], numbers[0])
        case "MY" | "YM":
            month, year = sorted(numbers)
            return span_of_months((year, month))
        case "YY" if is_apart:
            return span_of_years(*numbers)
        case "MMY" if is_apart:
            first, last, year = numbers
            return span_of_months((year if first <= last else year - 1, first), (year, last))
        case "MYMY" if is_apart:
            return span_of_months((numbers[1], numbers[0]), (numbers[3], numbers[2]))
        case "DMDMY" | "MDMDY" if is_apart:
            return _two_days(kinds, numbers)
        case "DMYDMY" | "MDYMDY" if is_apart:
            return Span(_day(kinds[:3], numbers[:3]), _day(kinds[3:], numbers[3:]))
        case _:
            return _days_of_month(kinds, numbers) if is_apart else None


def _days_of_month(kinds: str, numbers: Sequence[int]) -> Span | None:
    """Read several days of one month: ``DDMY``, ``MDDDY``, ``YMDD``."""
    days = [number for kind, number in zip(kinds, numbers, strict=True) if kind == "D"]
    rest = kinds.replace("D", "")
    if len(days) < 2 or rest not in ("MY", "YM") or "D" * len(days) not in kinds:
        return None
    if any(day >= following for day, following in pairwise(days)):
        return None
    year, month = numbers[kinds.index("Y")], numbers[kinds.index("M")]
    return Span(date(year, month, days[0]), date(year, month, days[-1]))


def _two_days(kinds: str, numbers: Sequence[int]) -> Span:
    """Read two days with one year, which is that of the last."""
    year = numbers[4]
    last = _day(kinds[2:], numbers[2:])
    first_kinds, (one, two) = kinds[:2], numbers[:2]
    day, month = (one, two) if first_kinds == "DM" else (two, one)
    is_before = (month, day) <= (last.month, last.day)
    return Span(date(year if is_before else year - 1, month, day), last)


def _day(kinds: str, numbers: Sequence[int]) -> date:
    parts = dict(zip(kinds, numbers, strict=True))
    return date(parts["Y"], parts["M"], parts["D"])


def span_of_years(first: int, last: int) -> Span:
    """Give the first day of a year, and the last of one."""
    return Span(date(first, 1, 1), date(last, 12, 31))


def span_of_months(first: tuple[int, int], last: tuple[int, int] | None = None) -> Span:
    """Give the first day of a month, as a year and a month, and the last of it or of another."""
    year, month = last or first
    return Span(date(*first, 1), date(year, month, monthrange(year, month)[1]))
