"""What is a value in the index? Labels, dates and numbers, as documents and queries write them."""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from datetime import date, datetime, timedelta
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from searchlib.analysis import without_invisible

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

_GROUPED: Final = re.compile(
    r"[+-]?(?:\d{1,3}(?=([,'’ \u00a0\u2009\u202f]))(?:\1\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})(?:\.\d*)?"
)

_MINUS: Final = re.compile("^[\u2010-\u2015\u2212\ufe63\uff0d]")  # as keyboards write it


class UnreadableValue(ValueError):  # noqa: N818 - says what is the matter, as a name should
    """A text in a query is not what its field holds.

    Args:
        expected: What was expected.
        text: The text.
        hint: Says what may have been meant. It is asked only when the message is shown: it may
            take longer than all else, and a lenient reader of queries shows a few messages only.

    Attributes:
        text: The text.
    """

    def __init__(self, expected: str, text: str, hint: Callable[[], str] | None = None) -> None:
        super().__init__(expected, text)
        self.text = text
        self._hint = hint

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= 80 else f"{self.text[:79]}…"
        hint = self._hint() if self._hint else ""
        return f"{self.args[0]}, got {shown!r}{'; ' if hint else ''}{hint}"


def known_by_text() -> tuple[type, ...]:
    """Give the classes of what is no text, but is known by its text as a label or key.

    pydantic's addresses are among them if it was imported, as who has one of them has done.
    """
    networks = sys.modules.get("pydantic.networks")
    own = (UUID, PurePath, IPv4Address, IPv6Address, IPv4Network, IPv6Network)
    return own if networks is None else (*own, networks.AnyUrl)


def plain_str(text: str) -> str:
    """Give the text of a string that may be of a class of its own, as members of a str Enum are.

    ``str()`` would give the name of some of these, and they can't go through a pipe.
    """
    return text if type(text) is str else str.__str__(text)


def json_values(document: BaseModel, stored: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Convert a document to values that JSON can hold.

    Args:
        document: The document. Its model converts it, if it can.
        stored: Gives the values as the index stores them, where the model can't convert them: bytes
            that are no text, or what a serializer raises an error of.
    """
    try:
        return document.model_dump(mode="json")
    except ValueError:  # pydantic's errors are such, too
        return stored()


def text_of(value: object) -> str:
    """Write a label or a key as text: what JSON has for it.

    A member of an enumeration is its value, and a bool is written in lower case.
    """
    if type(value) is str:
        return value
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return plain_str(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def has_text(key: object) -> bool:
    """Tell whether a document can be known by a key."""
    try:
        return key is not None and bool(text_of(key))
    except Exception:  # of a class that raises anything
        return False


_FLAGS: Final = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), "true"),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), "false"),
}


def flag_text(text: str) -> str:
    """Write "yes", "t", "1" and their like as the label of a bool, as pydantic reads them."""
    return _FLAGS.get(text.lower(), text)


def label_term(label: object, lowercase: bool) -> str:
    """Make the term of a label.

    Labels that look the same are the same: canonically equal text, with or without characters that
    nobody sees.

    Args:
        label: The label; of an enumeration, its member.
        lowercase: Whether case makes no difference; for a bool it never does.
    """
    text = without_invisible(text_of(label))
    if lowercase:
        if text.isascii():
            return text.lower()
        text = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", text)


def column_number(value: object, kind: str) -> int | float:
    """Take a number of a document as a column has it: an integer or a float of 64 bits.

    Args:
        value: The number, a member of an enumeration of numbers, or the text of either.
        kind: The type of the field's values.

    Raises:
        UnreadableValue: The number does not fit.
    """
    given: Any = value.value if isinstance(value, Enum) else value
    try:
        if kind == "int":
            number: int | float = int(given)
            if -(2**63) <= number < 2**63:
                return number
            raise UnreadableValue("expected a whole number of at most 64 bits", str(number))
        number = float(given)
        if math.isfinite(number):
            return number
    except OverflowError:
        pass
    raise UnreadableValue("expected a number within the range of floats", str(given))


def column_date(value: date | datetime | str) -> int:
    """Take a date of a document, or the text of one, as a column has it."""
    return microseconds(datetime.fromisoformat(value) if isinstance(value, str) else value)


def number_of(text: str, kind: str) -> int | float:
    """Read a number in a query: ``5``, ``-1.5``, ``1e6``, or ``1,234`` with its digits in groups.

    Args:
        text: The text.
        kind: "int" or "float", the type of the field's values.

    Raises:
        UnreadableValue: The text is not such a number, or it is one of more than 64 bits.
    """
    digits = _MINUS.sub("-", text.strip())
    if grouped := _GROUPED.fullmatch(digits):
        digits = digits.replace(grouped[1] or ",", "")
    try:
        number = _whole_number(digits) if kind == "int" else float(digits)
        if not (-(2**63) <= number < 2**63 if kind == "int" else math.isfinite(number)):
            raise ValueError
    except ValueError as error:
        expected = "a whole number" if kind == "int" else "a number"
        raise UnreadableValue(f"expected {expected} of at most 64 bits", text) from error
    return number


def _whole_number(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:
        number = float(digits)
        if not number.is_integer():
            raise
        return int(number)


DAY: Final = 86_400_000_000
"""The microseconds of a day."""


def microseconds(value: date | datetime) -> int:
    """Count the microseconds from the beginning of the year 1 to a date, as Whoosh does.

    They are how the index has dates. This is faster than Whoosh's function.
    """
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = indexed_time(value)
    days = (value.toordinal() - 1) * DAY
    if not isinstance(value, datetime):
        return days
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return days + seconds * 1_000_000 + value.microsecond


def indexed_time(value: date | datetime) -> datetime:
    """Write a date as the index knows it: midnight of the day; a time with a zone in UTC.

    What UTC shifts out of the years 1 to 9999 is the first or the last moment of these.
    """
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    offset = value.utcoffset()
    moment = value.replace(tzinfo=None)
    return moment if offset is None else _shifted(moment, -offset)


def _shifted(moment: datetime, shift: timedelta) -> datetime:
    try:
        return moment + shift
    except OverflowError:
        return datetime.min if shift < timedelta(0) else datetime.max  # noqa: DTZ901
