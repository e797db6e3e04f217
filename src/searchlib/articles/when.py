"""When was an article published, by what its source says? The one entrance for dates of records.

Reading a date of one day is in :mod:`searchlib.articles.dates`, one of several in
:mod:`searchlib.articles.date_spans`, a number in :mod:`searchlib.articles.date_numbers`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib.articles.date_numbers import read_digits, read_number
from searchlib.articles.date_spans import read_span
from searchlib.articles.dates import read_date, read_date_at_start

if TYPE_CHECKING:
    from datetime import date

    from searchlib.articles.dates import Order

_WORDS: Final = 10  # no date of several days is of more
_BARE_NUMBER: Final = re.compile(r"[\d./-]+")


class When(NamedTuple):
    """What a source says of a day.

    Attributes:
        first: The day, or the first of several: a ``datetime`` where there is a time of day.
        last: The last day, where the source names several.
        text: What the source says, "" for a number.
        is_whole: Whether the date is all of the text.
    """

    first: date
    last: date | None = None
    text: str = ""
    is_whole: bool = True


def read_when(value: str | float, order: Order | None = None) -> When | None:
    """Read a date.

    Args:
        value: A text, or a number.
        order: What comes first in dates of nothing but numbers, if it is known.

    Returns:
        The date, or ``None`` if the value is none, nor begins with one.
    """
    if not isinstance(value, str):
        if not (isinstance(value, int) and 1000 <= value <= 9999):
            moment = None if isinstance(value, bool) else read_number(value)
            return None if moment is None else When(moment)
        value = str(value)  # a year
    return read_whole(value, order) or _read_start(" ".join(value.split()), order)


def read_whole(value: str, order: Order | None = None) -> When | None:
    """Read a text that is a date and nothing besides.

    Args:
        value: The text.
        order: As for :func:`read_when`.

    Returns:
        The date, or ``None`` if the text is none.
    """
    day = read_date(value, order)
    if day is not None:
        return When(day, None, value)
    text = " ".join(value.split())
    number = read_digits(text)
    if number is not None:
        return When(number, None, text)
    span = read_span(text, order)
    return When(*span, text) if span else None


def _read_start(text: str, order: Order | None) -> When | None:
    """Read the date that a text begins with: the longest one."""
    words = text[:200].split()
    for count in range(min(len(words), _WORDS), 0, -1):
        start = " ".join(words[:count])
        span = None if _BARE_NUMBER.fullmatch(start) else read_span(start, order)
        if span is not None:
            return When(*span, text, is_whole=False)
    day = read_date_at_start(text, order)
    return None if day is None else When(day, None, text, is_whole=False)
