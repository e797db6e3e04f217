"""What is a text that snippets are made of, and in what form is it searched?"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from searchlib.analysis import words_apart
from searchlib.analysis.tokens import ASCII_SEPARATORS, OTHER_SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Sequence

_BETWEEN_VALUES: Final = "\n\n"

# Characters that stand between words and are no ASCII.
_PUNCTUATION: Final = "’“”—–\u00a0"

OTHER: Final = b"?"
"""What stands for a character that is no ASCII, in the form that is searched."""

_RUN_BYTES: Final = b"abcdefghijklmnopqrstuvwxyz0123456789_."

# What may separate the digits of one number. Each begins with one character, which a search finds
# in less time than one of several.
_IN_NUMBERS: Final = [
    re.compile(f"{separator}(?<=[0-9]{separator})(?=[0-9])")
    for separator in ASCII_SEPARATORS + OTHER_SEPARATORS
]
_IN_ASCII_NUMBERS: Final = _IN_NUMBERS[: len(ASCII_SEPARATORS)]


def _table(kept: bytes) -> bytes:
    """Make a table that leaves some bytes as they are, and makes blanks of all others."""
    every = bytes(range(256)).lower()
    return bytes(byte if byte in kept else ord(" ") for byte in every)


_ASCII: Final = _table(_RUN_BYTES)
_MIXED: Final = _table(_RUN_BYTES + OTHER)


class FieldText:
    """The text of one field of one document, and what has been found out about it.

    Args:
        value: The text, or several, which stand one after another with a blank line between; no
            phrase reaches from one to the next.

    Attributes:
        text: The text.
        breaks: Where in it each value but the first begins, ascending.
        apart: The same with blanks for dots that end a word; see
            :func:`searchlib.analysis.words_apart`.
        searchable: The form that is searched: in ASCII and lower case, with one blank more at both
            ends. Letters, digits, dots and underscores stand as they are, commas and single quotes
            between two digits too, and "?" for characters that are no ASCII: they make *runs*,
            beyond which no word reaches. All else is blank. The character after the blank at some
            place stands at that place in the text.
        others: How many characters there are no ASCII.
        opening: How much of the text fits at the beginning of a snippet, for the room that was
            asked for last: the room, and where the last sentence ends that fits.
    """

    __slots__ = ("apart", "breaks", "opening", "others", "searchable", "text")

    def __init__(self, value: str | Sequence[str]) -> None:
        self.breaks: Sequence[int] = ()
        if not isinstance(value, str):
            lengths = accumulate(len(part) + len(_BETWEEN_VALUES) for part in value)
            self.breaks = [*lengths][:-1]
            value = _BETWEEN_VALUES.join(value)
        self.text: Final = value
        self.apart: Final = words_apart(value)
        self.opening: tuple[int, int] | None = None
        self.others = 0
        if value.isascii():
            self.searchable = _with_numbers(self.apart, self.apart.encode().translate(_ASCII))
            return
        plain = self.apart.replace("?", " ")
        for character in _PUNCTUATION:
            plain = plain.replace(character, " ")
        encoded = plain.encode("ascii", "replace").translate(_MIXED)
        self.searchable = _with_numbers(self.apart, encoded)
        self.others = self.searchable.count(OTHER)


def _with_numbers(text: str, encoded: bytes) -> bytes:
    """Give back to the searched form what is between two digits, and put blanks around it."""
    patterns = _IN_ASCII_NUMBERS if text.isascii() else _IN_NUMBERS
    places = [match.start() for pattern in patterns for match in pattern.finditer(text)]
    if places:
        changed = bytearray(encoded)
        for place in places:
            changed[place : place + 1] = text[place].encode("ascii", "replace")
        encoded = bytes(changed)
    return b" %b " % encoded
