"""How is the date of one day read? Strictly: what is not written is never made up.

A date needs its day, its month and its year, or it is no date. A time of day may follow, and a
time zone may follow that. Month names are known in some forty languages, with or without their
accents (:mod:`searchlib.articles.date_names`). Dates that name several days, a month or a year are
read by :mod:`searchlib.articles.date_spans`, numbers by :mod:`searchlib.articles.date_numbers`.

A date in nothing but numbers is read in the order that the caller knows to be that of its source.
Without one it is read by its punctuation where it could mean two days:

* ``03/04/2025`` with slashes has the month first: March 4, as the archives that this library is
  made for write their dates;
* ``03.04.2025`` and ``03-04-2025`` with dots or hyphens have the day first: 3 April;
* ``2025-04-03``, ``2025/04/03`` and ``2025.04.03`` have year, month, day.

Where only one reading gives a date (``25/12/2025``, ``12.25.2025``) that one is taken.

A year of two digits is one of 1950 to 2049, whenever it is read, as `RFC 5322, 4.3
<https://www.rfc-editor.org/rfc/rfc5322#section-4.3>`_ has it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from searchlib.articles.date_names import MONTHS, WEEKDAYS
from searchlib.articles.date_words import month_of, read_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from dateutil.parser import parser

FIRST_YEAR, LAST_YEAR = 1500, 2999
"""Years of a date that can be believed: the first newspaper is of 1605."""

_FIRST_OF_LAST_CENTURY = 50
"""Of years of two digits, 00 to 49 are of this century and the others of the last, by RFC 5322."""

Order: TypeAlias = Literal["dmy", "mdy"]
"""What comes first in a date of nothing but numbers: the day or the month."""

_DATE_WORDS = 8
"""No date is of more words: "lunes, 17 de febrero de 2025 a"."""
_LONGEST = 100  # characters; what is longer is a sentence, not a date

# The zones that RFC 5322 gives a meaning, and Europe's. Any other name is passed over: which
# "IST" or "BST" is meant depends on who writes it, and the day does not.
_ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip

_FILLERS = [
    "de", "del", "du", "le", "el", "il", "den", "der", "uhr", "feira", "hrs", "г", "року", "р",
]  # fmt: skip

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?!\d)|\d{8}(?!\d)", re.ASCII)
# A day, a month and a year of XML Schema may have a zone without a time.
_ZONED = re.compile(
    r"(\d{4}-\d\d-\d\d|\d{8})\s?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)"
    r"|(\d{4}(?:-\d\d)?)(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)",
    re.ASCII,
)
_YEAR = r"(?:г|года|р|року|r|roku|թ)\.?"  # the word "year", behind a date
_TIME = (
    r"(?:[\s,t]+(?:at\s)?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,6})[0-9]*)?)?(?:\s?(?P<half>[ap])\.?m\.?)?)?"
)


def _worded(letter: str, flags: int) -> list[re.Pattern[str]]:
    """Make the patterns of dates with the name of a month, for the small letters of an alphabet."""
    return [
        re.compile(rf"(?:(?P<weekday>{letter}+)\.?,?\s)?{words}{_TIME}(?:\s?{_YEAR}|\.)?", flags)
        for words in (
            rf"(?P<day>[0-9]{{1,2}})(?P<dot>\.)?(?:st|nd|rd|th|er|o)?[\s/-]?(?:de\s)?"
            rf"(?P<month>{letter}{{3,16}})\.?[\s,/-]{{1,2}}(?:de\s)?(?P<year>[0-9]{{4}})",
            rf"(?P<month>{letter}{{3,16}})\.?\s(?P<day>[0-9]{{1,2}})(?P<dot>)(?:st|nd|rd|th)?,?\s"
            r"(?P<year>[0-9]{4})",
        )
    ]


_WORDED_ASCII = _worded("[a-z]", re.ASCII)  # takes two thirds of the time
_WORDED = _worded(r"[^\W\d_]", re.IGNORECASE)  # small letters need not be one for one
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2212"), "-")  # of editors that set them
_DAY_FIRST = re.compile(r"(?<![\d.-])\d\d?([.-])\d\d?\1\d")
# Old newswire files end the date with control characters and a desk code.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]|&#(?:\d|[12]\d|3[01]);")


def _offset(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]:>02}:{found[3] or '00'}"


_ANNOUNCED = (  # what stands before a date and says no more than that it is one
    r"(?:first |last )?(?:published|posted|updated|modified)|date|publiée?(?: le)?|mis à jour le"
    r"|(?:veröffentlicht|erschienen)(?: am)?|stand|publicado(?: el| em)?|pubblicato(?: il)?"
    r"|gepubliceerd(?: op)?"
)

_LEVANTINE = "(?:كانون|تشرين)(?:الأول|الاول|الثاني)|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول"
_REWRITES: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(r"\s(?:à|às|a las?|alle(?: ore)?|om|um|kl\.?)\s(?=\d)"), " "),
    (re.compile(r"(?<![\d.])(\d\d?)\.(\d\d)(?= Uhr\b)"), r"\1:\2"),
    (re.compile(r"\s[|·•–—-]\s(?=\d\d?[:h])"), " "),
    (re.compile(rf"^(?:{_ANNOUNCED})(?: on| at)?:? +", re.IGNORECASE), ""),
    # Chinese, Japanese, Korean; the day of the week behind it is in brackets
    (
        re.compile(
            r"(\d{4}) ?[年년] ?(\d\d?) ?[月월] ?(\d\d?) ?[日일](?: ?[(（][^()（）]{1,4}[)）])?"
        ),
        r"\1/\2/\3 ",
    ),
    # Arabic of the Levant, where months have names of two words, and others beside: "آذار/مارس"
    (re.compile(r"\b(كانون|تشرين) (الأول|الاول|الثاني)\b"), r"\1\2"),
    (re.compile(rf"\b({_LEVANTINE})\s?/\s?(?!{_LEVANTINE})[^\W\d]+"), r"\1"),
    (re.compile(r"^(\d\d?:\d\d(?: ?[ap]\.?m\.?)?) ?[·•|,-] ", re.IGNORECASE), r"\1 "),
    (re.compile(r"(\d{4}) ?[年년] ?(\d\d?) ?[月월]"), r"\1/\2"),
    (re.compile(r"(\d{4}) ?[年년]"), r"\1"),
    # "GMT+0100 (Central European Standard Time)", "+01:00[Europe/Berlin]": what follows the offset
    # is its name. Without "GMT" dateutil takes the sign as ISO 8601 has it.
    (re.compile(r"([+-]\d\d:?\d\d|Z|GMT|UTC) ?(?:\([^()]*\)|\[[^\[\]]*\])$"), r"\1"),
    (re.compile(r"\b(?:GMT|UTC?) ?([+-])(\d\d?)(?::?(\d\d))?\b"), _offset),
]
_ZONE_OR_TIME = re.compile(
    r"\d{1,2}[:h]\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[a-z]{1,5})? ?(?:[+-]\d\d:?(?:\d\d)?\b)?"
    r"|\b\d{1,2} ?(?:[ap]\.?m\b|uhr\b|h\b)",
    re.IGNORECASE,
)
# Python alone would take "15:01:01:79" and "15:01.79" too.
_is_clock = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,6})?)?"
).fullmatch
_ADJACENT = re.compile(r"\b\d{1,2}\W+\d{1,2}\b(?!\d)")
_WHOLE_YEAR = re.compile(r"\d{4}")
_YEAR_FIRST = re.compile(r"\D*\d{4}[-/.]")
_DEFAULTS = datetime(2000, 1, 1, 0), datetime(2001, 2, 15, 1)  # noqa: DTZ001 - as the text may be


def read_date(text: str, order: Order | None = None) -> date | None:
    """Read a date, or a date and time, in any of the usual ways to write one.

    Args:
        text: What is written, and nothing besides.
        order: The order of day and month in the source, if it is known.

    Returns:
        A ``datetime`` if the text has a time of day, else a ``date``; ``None`` if it is no
        complete date or its year is not one of :data:`FIRST_YEAR` to :data:`LAST_YEAR`.
    """
    if len(text) > _LONGEST:
        return _read_anew(text, order)  # what is so long is not worth keeping
    day_text, _, clock = text.rpartition(" ")
    found = _read_moment(day_text, clock) if clock[2:3] == ":" else None
    return found or _read_again(text, order)


def _read_moment(day_text: str, clock: str) -> datetime | None:
    """Read a date and time in the form of most: a day, a blank, and a time from 00:00 to 23:59."""
    day = _read_day_alone(day_text) if _is_clock(clock) else None
    return None if day is None else datetime.combine(day, time.fromisoformat(clock))


@lru_cache(maxsize=1024)  # the times of a day are many, the days few
def _read_day_alone(text: str) -> date | None:
    """Read a day of which nothing may change if a time follows: it ends with a digit."""
    if not text[-1:].isdigit() or not text.isprintable() or "&#" in text:
        return None
    tidy = tidied(text)
    found = _read_iso(tidy) or _read_worded(tidy)
    is_day = found is not None and not isinstance(found, datetime) and is_credible(found)
    return found if is_day else None


def _read_anew(text: str, order: Order | None) -> date | None:
    tidy = without_zone(tidied(text))
    found = _read_iso(tidy) or _read_worded(tidy)
    if found is None and tidy:
        plain = plain_letters(tidy)
        found = _read_worded(plain) or _read_day(plain) or _read_other(plain, order)
    return found if found and is_credible(found) else None


_read_again = lru_cache(maxsize=4096)(_read_anew)


@lru_cache(maxsize=4096)
def read_date_at_start(text: str, order: Order | None = None) -> date | None:
    """Read the day that a text begins with, whatever follows it: a note, a time that can't be.

    Returns:
        The day, without a time of day; ``None`` if the text begins otherwise.
    """
    words = text[:_LONGEST].split()
    for count in range(min(len(words), _DATE_WORDS), 0, -1):
        start = " ".join(words[:count])
        # A year of two digits may be the end of "March 5-4, 2025".
        found = read_date(start, order) if _WHOLE_YEAR.search(start) else None
        if found is not None:
            return to_day(found)
    return None


def tidied(text: str) -> str:
    """Take white space and what newswires add out of a date; "" for what is too long to be one."""
    if not text.isprintable() or "&#" in text:
        text = _CONTROL.split(text, maxsplit=1)[0]
    tidy = " ".join(text.split())
    if not tidy.isascii():
        tidy = tidy.translate(_HYPHENS)
    return tidy if len(tidy) <= _LONGEST else ""


def without_zone(text: str) -> str:
    """Take the zone off a day, month or year of XML Schema: it shifts no time of day.

    Python takes that of ``2025-03-04+01:00`` for one o'clock.
    """
    found = _ZONED.fullmatch(text)
    return text if found is None else found[1] or found[2]


def is_credible(found: date) -> bool:
    """Whether the year of a date can be believed."""
    return FIRST_YEAR <= found.year <= LAST_YEAR


def has_time(found: date) -> bool:
    """Whether a date that was read came with a time of day."""
    return isinstance(found, datetime)


def to_day(found: date) -> date:
    """Give the day of a date that was read."""
    return found.date() if isinstance(found, datetime) else found


def to_moment(found: date) -> datetime:
    """Give the date and time of a date that was read; midnight where it has no time."""
    return found if isinstance(found, datetime) else datetime.combine(found, time())


def _read_iso(text: str) -> date | None:
    if not _ISO.match(text):
        return None
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def plain_letters(text: str) -> str:
    """Take out of a text what only its language needs: accents, "um ... Uhr", "a las"."""
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return "".join(_digit(letter) for letter in plain) if not plain.isascii() else plain


def _digit(letter: str) -> str:
    return str(unicodedata.decimal(letter, "")) or letter


def _read_worded(text: str) -> date | None:
    """Read day, name of the month and year: most dates, at a twentieth of dateutil's time."""
    is_ascii = text.isascii()
    small = text.lower() if is_ascii else text
    for pattern in _WORDED_ASCII if is_ascii else _WORDED:
        found = pattern.fullmatch(small)
        if found:
            return _build(found)
    return None


def _read_day(text: str) -> date | None:
    """Read day, name of the month and year in any order, and among words that say nothing."""
    words = read_words(text)
    if words is None or words.kinds not in ("DMY", "MDY", "YMD", "YDM"):
        return None
    parts = dict(zip(words.kinds, words.numbers, strict=True))
    try:
        return date(parts["Y"], parts["M"], parts["D"])
    except ValueError:
        return None


def _build(found: re.Match[str]) -> date | None:
    day = _day(*found.group("weekday", "day", "dot", "month", "year"))
    if day is None or found["hour"] is None:
        return day
    try:
        return datetime.combine(day, _time(found))
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _day(weekday: str | None, day: str, dot: str | None, name: str, year: str) -> date | None:
    month = month_of(name.lower(), is_after_dot=bool(dot))
    if month is None or (weekday or "mon").lower() not in WEEKDAYS:
        return None
    try:
        return date(int(year), month, int(day))
    except ValueError:
        return None


def _time(found: re.Match[str]) -> time:
    digits, minute, second, fraction, half = found.group(
        "hour", "minute", "second", "fraction", "half"
    )
    hour = int(digits)
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if half in "pP" else 0)
    return time(hour, int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))


def _read_other(text: str, order: Order | None) -> date | None:
    """Read what dateutil can read, if it takes every number, and makes up none."""
    if text.isdigit() and len(text) not in (12, 14):
        return None  # dateutil takes ten digits for YYMMDDhhmm
    is_by_order = order is not None and not _YEAR_FIRST.match(text)
    day_first = order == "dmy" if is_by_order else bool(_DAY_FIRST.search(text))
    try:
        first, second = (
            _dateutil().parse(text, default=default, dayfirst=day_first, tzinfos=_zone)
            for default in _DEFAULTS
        )
    except Exception:  # dateutil lets errors of every kind escape for text it does not foresee
        return None
    if first.date() != second.date() or not _is_accounted_for(text, first):
        return None
    return first if first.hour == second.hour else first.date()


def _is_accounted_for(text: str, found: date) -> bool:
    """Whether a date has all the numbers in a text that are no time, and each of them once.

    dateutil reads "March 4-5, 2025" as 4 March 2005, 20:25.
    """
    rest = _ZONE_OR_TIME.sub(" ", text)
    numbers = re.findall(r"\d+", rest)
    if len(numbers) == 1:
        return text.isdigit()
    if len(numbers) == 2 and found.year % 100 <= 31 and _ADJACENT.search(rest):
        return False  # "March 4-15" has no year
    expected = [found.day, found.year, *([found.month] if len(numbers) > 2 else [])]
    for digits in numbers:
        number = int(digits)
        is_short_year = len(digits) == 2 and number == found.year % 100 and number not in expected
        wanted = found.year if is_short_year else number
        if wanted not in expected:
            return False
        expected.remove(wanted)
    return not expected


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    if offset is None and name in _ZONES:
        offset = _ZONES[name] * 3600
    return None if offset is None else timezone(timedelta(seconds=offset))


@cache
def _dateutil() -> parser:
    # Imported when the first date needs it: most archives never do.
    from dateutil.parser import parser, parserinfo

    class Names(parserinfo):
        # What a day is called adds nothing to its date.
        JUMP = [*parserinfo.JUMP, *_FILLERS, *(WEEKDAYS - MONTHS.keys())]  # noqa: RUF012
        WEEKDAYS = []  # noqa: RUF012 - as dateutil declares it
        MONTHS = cast("Any", _names_of_months())  # any number of names will do

        def convertyear(self, year: int, century_specified: bool = False) -> int:
            # dateutil takes the year that is nearest to today, which is another one next year.
            if century_specified or year >= 100:
                return year
            return year + (2000 if year < _FIRST_OF_LAST_CENTURY else 1900)

    return parser(Names())


def _names_of_months() -> list[tuple[str, ...]]:
    return [tuple(name for name, of in MONTHS.items() if of == month) for month in range(1, 13)]
