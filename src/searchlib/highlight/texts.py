"""What is a text that snippets are made of, and in what form is it searched?"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from searchlib.analysis import token_pattern, words_apart
from searchlib.analysis.tokens import ASCII_SEPARATORS, OTHER_SEPARATORS
from searchlib.highlight.kernels import searched_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BETWEEN_VALUES: Final = "\n\n"

# What may separate the digits of one number. Each begins with one character, which a search finds
# in less time than one of several.
_IN_NUMBERS: Final = [
    re.compile(f"{separator}(?<=[0-9]{separator})(?=[0-9])")
    for separator in ASCII_SEPARATORS + OTHER_SEPARATORS
]
_IN_ASCII_NUMBERS: Final = _IN_NUMBERS[: len(ASCII_SEPARATORS)]


class FieldText:
    """The text of one field of one document, and what has been found out about it.

    Args:
        value: The text, or several, which stand one after another with a blank line between; no
            phrase reaches from one to the next.

    Attributes:
        text: The text.
        breaks: Where in it each value but the first begins, ascending.
        searchable: The form that is searched: :func:`~searchlib.highlight.runs.searched_form`.
        others: How many characters are no ASCII there.
    """

    __slots__ = ("_apart", "_tokens", "_with_numbers", "breaks", "others", "searchable", "text")

    def __init__(self, value: str | Sequence[str]) -> None:
        self.breaks: Sequence[int] = ()
        if not isinstance(value, str):
            lengths = accumulate(len(part) + len(_BETWEEN_VALUES) for part in value)
            self.breaks = [*lengths][:-1]
            value = _BETWEEN_VALUES.join(value)
        self.text: Final = value
        self.searchable, self.others = searched_form(value)
        self._apart: str | None = None
        self._tokens: re.Pattern[str] | None = None
        self._with_numbers: bytes | None = None

    @property
    def apart(self) -> str:
        """The text with blanks for some dots: :func:`searchlib.analysis.words_apart`."""
        if self._apart is None:
            self._apart = words_apart(self.text)
        return self._apart

    def tokens(self, start: int = 0) -> Iterator[re.Match[str]]:
        """Find its tokens, from a place on."""
        if self._tokens is None:  # to choose the pattern, all of the text is looked at
            self._tokens = token_pattern(self.apart)
        return self._tokens.finditer(self.apart, start)

    @property
    def with_numbers(self) -> bytes:
        """The searched form in which runs hold numbers, too: with what is between two digits.

        Commas and single quotes stand as they are, other separators as "?".
        """
        if self._with_numbers is None:
            text = self.text
            patterns = _IN_ASCII_NUMBERS if text.isascii() else _IN_NUMBERS
            places = [match.start() for some in patterns for match in some.finditer(text)]
            changed = bytearray(self.searchable)
            for place in places:
                changed[place + 1 : place + 2] = text[place].encode("ascii", "replace")
            self._with_numbers = bytes(changed) if places else self.searchable
        return self._with_numbers
