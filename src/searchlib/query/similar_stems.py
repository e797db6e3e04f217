"""Which stems may a misspelt word have been meant for that are not like its own?

A stemmer knows endings of words: it takes "nt" off "president" with what is before it, and leaves
"presidnet" as it is. So the term of the right word may differ from that of the wrong one in more
letters than the words do.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from searchlib.analysis import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALPHABETS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "αβγδεζηθικλμνξοπρστυφχψω",
)
_LENGTHS: Final = range(5, 33)
"""Letters of words that are looked at: shorter ones have no endings to speak of."""


@lru_cache(maxsize=256)
def stems_of_similar(word: str, language: str | None, kept: int) -> tuple[str, ...]:
    """Find the stems of words that are one edit from a word, and end as the word does not.

    They are those of which the stemmer takes more letters than of the word. Nearly all others are
    about as many edits from its stem as the words are from it.

    Args:
        word: A word in lower case, without accents.
        language: The language that it is stemmed in.
        kept: How many letters at its beginning are right.
    """
    if language is None or len(word) not in _LENGTHS or not word.isalpha():
        return ()
    stem = terms_of(language)
    least = len(word) - len(stem(word)[0])
    stems = ((len(other), stem(other)[0]) for other in _one_edit_from(word, kept))
    return tuple({term: None for length, term in stems if length - len(term) > least})


def alphabet_of(letter: str) -> str:
    """Give the letters of the alphabet that a letter is of; none for one of another."""
    return next((some for some in _ALPHABETS if letter in some), "")


def _one_edit_from(word: str, kept: int) -> Iterator[str]:
    """Write a word with a letter inserted, left out, replaced, or swapped with its neighbour."""
    letters = alphabet_of(word[0])
    for place in range(kept, len(word) + 1):
        head, tail = word[:place], word[place:]
        for letter in letters:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
