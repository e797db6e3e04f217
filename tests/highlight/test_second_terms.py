"""A word of two terms counts by each of them, whichever the parts of a query look for.

In French, "égalité" has the terms "egal" and "egalit", "égaux" has "egal" and "egaux", and
"egalite" has "egalit" alone.
"""

from __future__ import annotations

import random
from itertools import product

from searchlib.analysis import analyze
from searchlib.highlight import FieldText, Highlighter
from searchlib.query import Near, Phrase, Query, Word
from tests.highlight_help import body_of
from tests.tables import each

TEXT = "égalité egalite, les égaux"


def pieces(query: Query, text: str) -> tuple[list[str], list[list[str]]]:
    """Give what is marked in a French text, and the marks of each occurrence."""
    highlighter, whole = Highlighter(query, body_of("french")), FieldText(text)
    marks = [text[mark.start : mark.end] for mark in highlighter.marks(whole)]
    found = highlighter.occurrences(whole)
    return marks, [[text[mark.start : mark.end] for mark in one] for one in found]


@each(
    ("query", "marks"),
    [
        (Phrase("egalite égalité"), ["égalité egalite"]),
        (Phrase("égal x") | Word("egalite"), ["égalité", "egalite"]),
        (Phrase("egalite egalite") | Word("égal"), ["égalité egalite", "égaux"]),
        (Near((Word("egalite"), Word("égaux")), 9), ["égalité egalite", "égaux"]),
    ],
)
def test_marks(query: Query, marks: list[str]) -> None:
    assert pieces(query, TEXT)[0] == marks


def test_occurrences() -> None:
    assert pieces(Phrase("égal x") | Word("egalite"), TEXT)[1] == [["égalité"], ["egalite"]]
    assert pieces(Phrase("egalite égalité"), TEXT)[1] == [["égalité egalite"]]


def test_a_long_text_is_read_on_where_one_word_counts_as_two() -> None:
    text = "égalité " + "rien " * 3_000 + "egalite coeur"
    query = Phrase("egalite coeur") | Word("égal")
    assert pieces(query, text)[0] == ["égalité", "egalite coeur"]


def test_every_phrase_that_is_found_is_marked() -> None:
    words, rng = ["égal", "égalité", "egalite", "tempête", "tempete", "x"], random.Random(3)
    for first, second, other in product(words, repeat=3):
        text = " ".join(rng.choices(words, k=5))
        terms = [set(found) for found in analyze(text, "french")]
        one, two, alone = (set(analyze(word, "french")[0]) for word in (first, second, other))
        expected = {at for at in range(5) if terms[at] & alone}
        for at in range(4):
            if terms[at] & one and terms[at + 1] & two:
                expected |= {at, at + 1}
        marks, _ = pieces(Phrase(f"{first} {second}") | Word(other), text)
        words_marked = [word for mark in marks for word in mark.split()]
        assert words_marked == [word for at, word in enumerate(text.split()) if at in expected]
