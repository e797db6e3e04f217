"""Where in a text are the words that count? Those of the runs in which a word begins like them.

A *run* is what stands between two blanks of a text in the form that is searched
(:func:`searched_form`). This is the reference; there are compiled kernels with the same signatures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from searchlib.highlight.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Word = tuple[int, int, str]
"""Where in a run a word begins and ends, and the term by which it counts."""

Run = tuple[int, int, int]
"""A place where a word may begin, the blank before the run it is in, and the blank after that."""

BEFORE_WORDS: Final = frozenset(b" ._,'?")
"""What may stand before a word: "?" stands for any character that is no ASCII."""

OTHER: Final = b"?"
"""What stands for a character that is no ASCII, in the form that is searched."""

PUNCTUATION: Final = "’“”—–\u00a0"
"""Characters that stand between words and are no ASCII."""

RUN_BYTES: Final = b"abcdefghijklmnopqrstuvwxyz0123456789_."
"""What runs are made of, besides :data:`OTHER`."""


def _table(kept: bytes) -> bytes:
    """Make a table that leaves some bytes as they are, and makes blanks of all others."""
    every = bytes(range(256)).lower()
    return bytes(byte if byte in kept else ord(" ") for byte in every)


_ASCII: Final = _table(RUN_BYTES)
_MIXED: Final = _table(RUN_BYTES + OTHER)


def searched_form(text: str) -> tuple[bytes, int]:
    """Write a text in the form that is searched.

    It is in ASCII and lower case, with one blank more at both ends. Letters, digits, dots and
    underscores stand as they are, and "?" for characters that are no ASCII: they make *runs*,
    beyond which no word reaches, but for numbers. All else is blank. The character after the blank
    at some place stands at that place in the text.

    Returns:
        The form, and how many characters are no ASCII there.
    """
    if text.isascii():
        return b" %b " % text.encode().translate(_ASCII), 0
    for character in "?" + PUNCTUATION:
        text = text.replace(character, " ")
    form = b" %b " % text.encode("ascii", "replace").translate(_MIXED)
    return form, form.count(OTHER)


def add_words(
    found: list[Mark],
    text: str,
    searchable: bytes,
    ways: Sequence[bytes],
    others: Sequence[int],
    start: int,
    stop: int,
    words_of: Mapping[str, Sequence[Word]],
    position: Callable[[list[Mark], int], int] | None,
) -> None:
    """Add the words that count in a part of a text to what was found before it.

    Args:
        found: What was found before.
        text: The text.
        searchable: The form of it that is searched.
        ways: As for :func:`runs_with`.
        others: Likewise.
        start: Likewise.
        stop: Likewise.
        words_of: The words of a run that count.
        position: Finds the position of a word that begins at some place behind what was found
            before; ``None`` if positions do not matter.
    """
    for _, begin, end in runs_with(searchable, ways, others, start, stop):
        for low, high, term in words_of[text[begin : end - 1]]:
            low += begin
            place = position(found, low) if position is not None else 0
            found.append(Mark(low, begin + high, term, place))


def runs_with(
    text: bytes, ways: Iterable[bytes], others: Sequence[int], start: int, stop: int
) -> list[Run]:
    """Find the runs in which a word begins in one of some ways.

    Args:
        text: Text that begins and ends with a blank.
        ways: How the words begin, each without blanks and not empty; ascending, and none of them
            the beginning of another.
        others: Places in the part where there may be another word that is looked for.
        start: Where the part of the text begins that is searched, at a blank.
        stop: Where it ends, likewise.

    Returns:
        Each run once, with the first such place in it, ascending.
    """
    places = [*others]
    for way in ways:
        at = text.find(way, start + 1, stop)
        while at >= 0:
            if text[at - 1] in BEFORE_WORDS:
                places.append(at)
            at = text.find(way, at + 1, stop)
    places.sort()
    runs: list[Run] = []
    end = start
    for place in places:
        if place >= end:
            begin, end = text.rfind(b" ", 0, place), text.find(b" ", place)
            runs.append((place, begin, end))
    return runs
