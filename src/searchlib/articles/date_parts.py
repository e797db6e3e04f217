"""Which date do a year, a month and a day say that stand under keys of their own?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from searchlib.articles.date_names import MONTHS
from searchlib.articles.dates import plain_letters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

_PARTS: Final = {
    "year": ("year", "publicationyear", "publishedyear", "pubyear", "jahr", "année", "annee", "año",
             "ano", "anno"),
    "month": ("month", "publicationmonth", "publishedmonth", "pubmonth", "monat", "mois", "mes",
              "mês", "mese"),
    "day": ("day", "publicationday", "publishedday", "pubday", "jour", "día", "dia", "giorno"),
}  # fmt: skip
_PART_OF: Final = {key: part for part, keys in _PARTS.items() for key in keys}
_YEARS: Final = range(1400, 2200)
_LONGEST: Final = 20  # characters of a key or a value that is looked at


def date_of_parts(record: Mapping[str, JsonValue]) -> tuple[str, str] | None:
    """Find the date of a record, as far as its parts tell it: a year, a month, or a day.

    Args:
        record: The keys and values that say nothing else of an article.

    Returns:
        The keys, joined by ``+``, and the date in the order of ISO 8601; ``None`` if there is no
        year, or no such day.
    """
    found: dict[str, tuple[str, int]] = {}
    for key, value in record.items():
        part = _part_of(key)
        number = None if part is None else _number(value)
        if part is not None and number is not None:
            found.setdefault(part, (key, number))
    if "year" not in found or found["year"][1] not in _YEARS:
        return None
    named = [found[part] for part in _told(found)]
    numbers = [number for _, number in named]
    try:
        date(*numbers, *[1] * (3 - len(numbers)))
    except ValueError:
        return None
    year, *rest = numbers
    text = "-".join([str(year), *(f"{number:02}" for number in rest)])
    return "+".join(key for key, _ in named), text


def is_year(key: str) -> bool:
    """Tell whether a key is that of a year."""
    return _part_of(key) == "year"


def _part_of(key: str) -> str | None:
    if len(key) > _LONGEST:
        return None
    return _PART_OF.get("".join(one for one in key.casefold() if one not in " _-"))


def _told(found: Mapping[str, object]) -> list[str]:
    """Name the parts that can be used: a day needs its month."""
    if "month" not in found:
        return ["year"]
    return ["year", "month", *(["day"] if "day" in found else [])]


def _number(value: JsonValue) -> int | None:
    """Read a part: a whole number, also as a table of numbers with gaps writes it, or a name."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if value == value and abs(value) < 10_000 and value % 1 == 0 else None
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = value.strip().removesuffix(".0")
    if text.isascii() and text.isdigit():
        return int(text)
    return MONTHS.get(plain_letters(text).lower().removesuffix("."))
