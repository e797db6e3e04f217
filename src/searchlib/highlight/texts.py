"""What is a text that snippets are made of, and in what form is it searched?"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_BETWEEN_VALUES: Final = "\n\n"

# Characters that stand between words and are no ASCII.
_PUNCTUATION: Final = "’“”—–\u00a0"

OTHER: Final = b"?"
"""What stands for a character that is no ASCII, in the form that is searched."""

_RUN_BYTES: Final = b"abcdefghijklmnopqrstuvwxyz0123456789_."


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
        searchable: The form that is searched: in ASCII and lower case, with one blank more at both
            ends. Letters, digits and dots stand as they are, and "?" for characters that are no
            ASCII: they make *runs*, beyond which no word reaches. All else is blank. The character
            after the blank at some place stands at that place in the text.
        others: How many characters there are no ASCII.
        opening: How much of the text fits at the beginning of a snippet, for the room that was
            asked for last: the room, and where the last sentence ends that fits.
    """

    __slots__ = ("breaks", "opening", "others", "searchable", "text")

    def __init__(self, value: str | Sequence[str]) -> None:
        self.breaks: Sequence[int] = ()
        if not isinstance(value, str):
            lengths = accumulate(len(part) + len(_BETWEEN_VALUES) for part in value)
            self.breaks = [*lengths][:-1]
            value = _BETWEEN_VALUES.join(value)
        self.text: Final = value
        self.opening: tuple[int, int] | None = None
        self.others = 0
        if value.isascii():
            self.searchable = b" %b " % value.encode().translate(_ASCII)
            return
        value = value.replace("?", " ")
        for character in _PUNCTUATION:
            value = value.replace(character, " ")
        self.searchable = b" %b " % value.encode("ascii", "replace").translate(_MIXED)
        self.others = self.searchable.count(OTHER)
