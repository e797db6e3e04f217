"""How is a date read? Strictly: what is not written is never made up.

A date needs its day, its month and its year, or it is no date. A time of day may follow, and a
time zone may follow that. Month names are known in English, French, German, Spanish, Italian,
Portuguese and Dutch, with or without their accents.

A date in nothing but numbers is read by its punctuation where it could mean two days:

* ``03/04/2025`` with slashes has the month first: March 4, as the archives that this library is
  made for write their dates;
* ``03.04.2025`` and ``03-04-2025`` with dots or hyphens have the day first: 3 April;
* ``2025-04-03``, ``2025/04/03`` and ``2025.04.03`` have year, month, day.

Where only one reading gives a date (``25/12/2025``, ``12.25.2025``) that one is taken.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from dateutil.parser import parser

FIRST_YEAR, LAST_YEAR = 1500, 2999
"""Years of a date that can be believed: the first newspaper is of 1605."""

_DATE_WORDS = 8
"""No date is of more words: "lunes, 17 de febrero de 2025 a"."""
_LONGEST = 100  # characters; what is longer is a sentence, not a date

# Without accents: the text loses them too before it is looked at.
_MONTHS = [
    ("jan", "january", "janv", "janvier", "januar", "janner", "ene", "enero", "gen", "gennaio",
     "janeiro", "januari"),
    ("feb", "february", "fev", "fevr", "fevrier", "februar", "febrero", "febbraio", "fevereiro",
     "februari"),
    ("mar", "march", "mars", "marz", "maerz", "mrz", "marzo", "marco", "mrt", "maart"),
    ("apr", "april", "avr", "avril", "abr", "abril", "aprile"),
    ("may", "mai", "mayo", "mag", "maggio", "maio", "mei"),
    ("jun", "june", "juin", "juni", "junio", "giu", "giugno", "junho"),
    ("jul", "july", "juil", "juillet", "juli", "julio", "lug", "luglio", "julho"),
    ("aug", "august", "aout", "ago", "agosto", "augustus"),
    ("sep", "sept", "september", "septembre", "septiembre", "setiembre", "set", "sett",
     "settembre", "setembro"),
    ("oct", "october", "octobre", "okt", "oktober", "octubre", "ott", "ottobre", "out", "outubro"),
    ("nov", "november", "novembre", "noviembre", "novembro"),
    ("dec", "december", "decembre", "dez", "dezember", "dic", "diciembre", "dicembre",
     "dezembro"),
]  # fmt: skip
# "mar" (mardi, martes) is left out: dateutil would take every March for it.
_WEEKDAYS = [
    ("mon", "monday", "lun", "lundi", "lunes", "lunedi", "mo", "montag", "segunda", "ma",
     "maandag"),
    ("tue", "tues", "tuesday", "mardi", "martes", "martedi", "di", "dienstag", "terca", "dinsdag"),
    ("wed", "wednesday", "mer", "mercredi", "mie", "miercoles", "mercoledi", "mi", "mittwoch",
     "quarta", "wo", "woensdag"),
    ("thu", "thur", "thurs", "thursday", "jeu", "jeudi", "jue", "jueves", "gio", "giovedi", "do",
     "donnerstag", "quinta", "donderdag"),
    ("fri", "friday", "ven", "vendredi", "vie", "viernes", "venerdi", "fr", "freitag", "sexta",
     "vr", "vrijdag"),
    ("sat", "saturday", "sam", "samedi", "sab", "sabado", "sabato", "sa", "samstag", "sonnabend",
     "za", "zaterdag"),
    ("sun", "sunday", "dim", "dimanche", "dom", "domingo", "domenica", "so", "sonntag", "zo",
     "zondag"),
]  # fmt: skip
_FILLERS = ["de", "del", "du", "le", "el", "il", "den", "der", "uhr", "feira", "hrs"]
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_WEEKDAY_NAMES = {name for names in _WEEKDAYS for name in names} | {"mar"}

# The zones that RFC 5322 gives a meaning, and Europe's. Any other name is passed over: which
# "IST" or "BST" is meant depends on who writes it, and the day does not.
_ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?!\d)|\d{8}(?!\d)", re.ASCII)
_TIME = (
    r"(?:[\s,T]+(?:at\s)?(?P<hour>\d\d?):(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,6})\d*)?)?(?:\s?(?P<half>[ap])\.?m\.?)?)?"
)
_WORDED = [
    re.compile(rf"(?:(?P<weekday>[a-z]+)\.?,?\s)?{words}{_TIME}", re.ASCII | re.IGNORECASE)
    for words in (
        r"(?P<day>\d\d?)(?:\.|st|nd|rd|th|er|o)?[\s/-]?(?:de\s)?(?P<month>[a-z]{3,10})"
        r"\.?[\s,/-]{1,2}(?:de\s)?(?P<year>\d{4})",
        r"(?P<month>[a-z]{3,10})\.?\s(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s(?P<year>\d{4})",
    )
]
_DAY_FIRST = re.compile(r"(?<![\d.-])\d\d?([.-])\d\d?\1\d")
# Old newswire files end the date with control characters and a desk code.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]|&#(?:\d|[12]\d|3[01]);")
_REWRITES = [
    (re.compile(r"\s(?:à|às|a las?|alle(?: ore)?|om|um)\s(?=\d)"), " "),
    (re.compile(r"(?<![\d.])(\d\d?)\.(\d\d)(?= Uhr\b)"), r"\1:\2"),
    (re.compile(r"\s[|·•–—-]\s(?=\d\d?[:h])"), " "),
]
_DEFAULTS = datetime(2000, 1, 1, 0), datetime(2001, 2, 15, 1)  # noqa: DTZ001 - as the text may be


@lru_cache(maxsize=4096)
def read_date(text: str) -> date | None:
    """Read a date, or a date and time, in any of the usual ways to write one.

    Args:
        text: What is written, and nothing besides.

    Returns:
        A ``datetime`` if the text has a time of day, else a ``date``; ``None`` if it is no
        complete date or its year is not one of :data:`FIRST_YEAR` to :data:`LAST_YEAR`.
    """
    tidy = " ".join(_CONTROL.split(text, maxsplit=1)[0].split())
    if not tidy or len(tidy) > _LONGEST:
        return None
    found = _read_iso(tidy) or _read_worded(tidy)
    if found is None:
        plain = _plain(tidy)
        found = _read_worded(plain) or _read_other(plain)
    return found if found and FIRST_YEAR <= found.year <= LAST_YEAR else None


@lru_cache(maxsize=4096)
def read_date_at_start(text: str) -> date | None:
    """Read the day that a text begins with, whatever follows it: a note, a time that can't be.

    Returns:
        The day, without a time of day; ``None`` if the text begins otherwise.
    """
    words = text[:_LONGEST].split()
    for count in range(min(len(words), _DATE_WORDS), 0, -1):
        found = read_date(" ".join(words[:count]))
        if found is not None:
            return to_day(found)
    return None


def read_timestamp(number: float) -> date | None:
    """Read a date from a number: seconds since 1970, or the eight digits of ``20250217``.

    Seconds up to 100,000,000 (March 1973) are not believed: such a number is a mistake of some
    kind far more often than a moment in that year.

    Returns:
        A ``datetime`` in UTC, a ``date`` for eight digits, or ``None`` if it is neither.
    """
    if 0 <= number < 100_000_000:
        return read_date(str(number)) if isinstance(number, int) else None
    try:
        found = datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


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


def _plain(text: str) -> str:
    """Take out of a text what only its language needs: accents, "um ... Uhr", "a las"."""
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _read_worded(text: str) -> date | None:
    """Read day, name of the month and year: most dates, at a twentieth of dateutil's time."""
    for pattern in _WORDED:
        found = pattern.fullmatch(text)
        if found:
            return _build(found)
    return None


def _build(found: re.Match[str]) -> date | None:
    month = _MONTH_OF.get(found["month"].lower())
    if month is None or (found["weekday"] or "mon").lower() not in _WEEKDAY_NAMES:
        return None
    try:
        day = date(int(found["year"]), month, int(found["day"]))
        return day if found["hour"] is None else datetime.combine(day, _time(found))
    except ValueError:
        return None


def _time(found: re.Match[str]) -> time:
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if found["half"] in "pP" else 0)
    fraction = (found["fraction"] or "0").ljust(6, "0")
    return time(hour, int(found["minute"]), int(found["second"] or 0), int(fraction))


def _read_other(text: str) -> date | None:
    """Read what dateutil can read, if it reads the same day whatever we let it assume."""
    if text.isdigit() and len(text) not in (12, 14):
        return None  # dateutil takes ten digits for YYMMDDhhmm
    day_first = bool(_DAY_FIRST.search(text))
    try:
        first, second = (
            _dateutil().parse(text, default=default, dayfirst=day_first, tzinfos=_zone)
            for default in _DEFAULTS
        )
    except Exception:  # dateutil lets errors of every kind escape for text it does not foresee
        return None
    if first.date() != second.date():
        return None
    return first if first.hour == second.hour else first.date()


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    if offset is None and name in _ZONES:
        offset = _ZONES[name] * 3600
    return None if offset is None else timezone(timedelta(seconds=offset))


@cache
def _dateutil() -> parser:
    # Imported when the first date needs it: most archives never do.
    from dateutil.parser import parser, parserinfo

    class Names(parserinfo):
        JUMP = [*parserinfo.JUMP, *_FILLERS]  # noqa: RUF012 - as dateutil declares it
        MONTHS = cast("Any", _MONTHS)  # any number of names will do
        WEEKDAYS = cast("Any", _WEEKDAYS)

    return parser(Names())
