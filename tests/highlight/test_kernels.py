"""The compiled functions over texts choose and write what those in Python do, to the letter."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib import SnippetOptions
from searchlib.highlight.marks import Mark

# What sentences are made of, what ends them, and what only looks like it.
PIECES = [
    "oil", "Oil", "prices", "OPEC", "Sept", "No", "vs", "U.S", "a", "é", "Élan", "ß", "3", "1987",
    "石油", "ا", "वह", "x" * 70, ".", ". ", ".  ", "! ", "?\u2019 ", "… ", '." ', ".) (", ".\n",
    "\n", "\n\n", " \n \n\t", "。", "。」", "؟ ", "। ", " ", "  ", "\u00a0", "\u2003", "-",
    ", ", "'", '"', "“", "<", "&", "\x00", "\x1b", "\x85", "_", "\ud800", "😀", "\x0c", "\x1f",
]  # fmt: skip
TERMS = ["oil", "opec", "price"]


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    """A text, and marks in it, ascending and disjoint; some of them next to each other."""
    text = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=60)))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=24)))
    terms = st.sampled_from(TERMS[: draw(st.integers(1, 3))])
    spans = [span for span in pairwise(cuts) if draw(st.booleans())]
    return text, [Mark(*span, draw(terms), place) for place, span in enumerate(spans)]


def options() -> st.SearchStrategy[SnippetOptions]:
    return st.builds(
        SnippetOptions,
        max_chars=st.integers(20, 300),
        max_passages=st.integers(1, 5),
        ellipsis=st.sampled_from(["", "…", "[…]"]),
        before=st.sampled_from(["<b>", ""]),
    )


@given(marked_texts(), st.integers(0, 300), st.integers(0, 3))
def test_the_same_opening(
    plain: Any, compiled: Any, marked: tuple[str, list[Mark]], room: int, terms: int
) -> None:
    found = compiled.opening(*marked, room, terms)
    assert found == plain.opening(*marked, room, terms)


@given(marked_texts(), options(), st.lists(st.floats(0, 9), min_size=3, max_size=3))
def test_the_same_passages_that_are_written_alike(
    plain: Any,
    compiled: Any,
    marked: tuple[str, list[Mark]],
    option: SnippetOptions,
    weights: list[float],
) -> None:
    text, marks = marked
    if marks:
        asked = dict(zip(TERMS, weights, strict=True)), option.room_for, option.max_passages
        passages = compiled.choose(text, marks, *asked)
        assert passages == plain.choose(text, marks, *asked)
    else:
        passages = [(0, len(text) // 2)]
    how = option.before, option.after, option.ellipsis
    assert compiled.written(text, passages, marks, *how) == plain.written(
        text, passages, marks, *how
    )


@given(marked_texts(), st.data())
def test_any_passages_are_written_alike(
    plain: Any, compiled: Any, marked: tuple[str, list[Mark]], data: st.DataObject
) -> None:
    text, marks = marked
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    passages = [*pairwise(cuts)][::2]
    found = compiled.written(text, passages, marks, "<b>", "</b>", "…")
    assert found == plain.written(text, passages, marks, "<b>", "</b>", "…")


def test_as_many_characters_and_passages_as_one_likes(kernels: Any) -> None:
    option = SnippetOptions(max_chars=10**30, max_passages=10**30)
    text = "Oil rose. OPEC met."
    marks = [Mark(0, 3, "oil", 0), Mark(10, 14, "opec", 2)]
    weights = {"oil": 1.0, "opec": 1.0}
    assert kernels.opening(text, marks, 10**30) == (0, 19)
    assert kernels.choose(text, marks, weights, option.room_for, 10**30) == [(0, 19)]


def test_what_is_written_around_marks_may_be_a_string_of_any_class(kernels: Any) -> None:
    class Own(str):
        __slots__ = ()

    found = kernels.written(
        "oil and gas", [(0, 4)], [Mark(0, 3, "oil", 0)], Own("<"), Own(">"), Own("~")
    )
    assert found == ("<oil>~", "oil~", ((0, 3),))
    assert {type(found[0]), type(found[1])} == {str}


def test_terms_are_told_apart_by_what_they_are(kernels: Any) -> None:
    one, same = "".join(["o", "il"]), "".join(["oi", "l"])
    assert one is not same
    marks = [Mark(0, 3, one, 0), Mark(200, 203, same, 1)]
    assert kernels.opening("oil " * 60, marks, 20) == (0, 19)


def test_what_is_no_mark_in_the_text_is_refused(compiled: Any) -> None:
    for mark in (Mark(0, 9, "a", 0), Mark(-1, 1, "a", 0), Mark(2, 1, "a", 0)):
        with pytest.raises(ValueError, match="expected a mark in 3 characters"):
            compiled.opening("oil", [mark], 10)
    for other in ((0, 1), "mark"):
        with pytest.raises(TypeError, match="expected marks"):
            compiled.opening("oil", [other], 10)
        with pytest.raises(TypeError, match="expected marks"):
            compiled.written("oil", [(0, 3)], [other], "", "", "")
    assert compiled.written("oil", [(-5, 99)], [], "", "", "…") == ("oil", "oil", ())
