"""Which date do a year, a month and a day say that stand under keys of their own?"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from searchlib.articles.date_spans import span_of_months, span_of_years
from searchlib.articles.date_words import month_of
from searchlib.articles.dates import FIRST_YEAR, LAST_YEAR, plain_letters
from searchlib.articles.field_keys import squeeze
from searchlib.articles.when import When

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

_PARTS: Final = {
    "year": ("year", "publicationyear", "publishedyear", "pubyear", "jahr", "annee", "ano", "anno"),
    "month": ("month", "publicationmonth", "publishedmonth", "pubmonth", "monat", "mois", "mes",
              "mese"),
    "day": ("day", "publicationday", "publishedday", "pubday", "jour", "dia", "giorno"),
}  # fmt: skip
_PART_OF: Final = {key: part for part, keys in _PARTS.items() for key in keys}
_LONGEST: Final = 20  # characters of a key or a value that is looked at


def when_of_parts(record: Mapping[str, JsonValue]) -> When | None:
    """Find the date of a record, as far as its parts tell it: a year, a month, or a day.

    Args:
        record: The keys and values that say nothing else of an article.

    Returns:
        The day, or the first and the last of the month or year; ``None`` if there is no year, or
        no such day.
    """
    found: dict[str, int] = {}
    for key, value in record.items():
        part = _part_of(key)
        number = None if part is None else _number(value, is_month=part == "month")
        if part is not None and number:  # a month or day of 0 is not known
            found.setdefault(part, number)
    year, month, day = (found.get(part, 0) for part in _PARTS)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        first = date(year, month or 1, day if month and day else 1)
    except ValueError:
        return None
    if not month:
        return When(*span_of_years(year, year), str(year))
    if not day:
        return When(*span_of_months((year, month)), f"{year}-{month:02}")
    return When(first)


def is_year(key: str) -> bool:
    """Tell whether a key is that of a year."""
    return _part_of(key) == "year"


@lru_cache(maxsize=1024)
def _part_of(key: str) -> str | None:
    if len(key) > _LONGEST:
        return None
    return _PART_OF.get(squeeze(plain_letters(key)))


def _number(value: JsonValue, *, is_month: bool) -> int | None:
    """Read a part: a whole number, also as a table of numbers with gaps writes it, or a name."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if 0 <= value <= LAST_YEAR and value % 1 == 0 else None
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = value.strip().removesuffix(".0")
    if text.isascii() and text.isdigit():
        return int(text)
    return month_of(plain_letters(text).lower().removesuffix(".")) if is_month else None
