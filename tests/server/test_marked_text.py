"""Whole texts become escaped paragraphs with numbered marks."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from searchlib.server.marked_text import marked_text
from tests.server.html_help import Page
from tests.tables import each


def test_paragraphs_and_marks() -> None:
    text = "One <two>.\nThree\n\n \n four five\n"
    found = marked_text(text, [(4, 9), (21, 25)], before=2)
    assert found.paragraphs == [
        'One <mark id="m3">&lt;two&gt;</mark>.\nThree',
        '<mark id="m4">four</mark> five',
    ]
    assert found.marks == 2


def test_a_mark_over_two_paragraphs_is_one_in_each() -> None:
    found = marked_text("a b\n\nc d", [(2, 6)])
    assert found.paragraphs == ['a <mark id="m1">b</mark>', '<mark id="m2">c</mark> d']


@each("text", ["", " ", "\n\n", "\t\n \n"])
def test_nothing(text: str) -> None:
    assert marked_text(text) == ([], 0)


@given(st.text(), st.lists(st.integers(0, 60), unique=True))
def test_no_word_is_lost_and_tags_are_balanced(text: str, borders: list[int]) -> None:
    ordered = sorted(min(border, len(text)) for border in borders)
    spans = [span for span in zip(ordered[::2], ordered[1::2], strict=False) if span[0] < span[1]]
    found = marked_text(text, spans)
    written = "".join(f"<p>{paragraph}</p>" for paragraph in found.paragraphs)
    ids = [one["id"] for one in Page(written).all("mark")]
    assert ids == [f"m{number + 1}" for number in range(found.marks)]
    shown = html.unescape(re.sub(r"</?mark[^>]*>", "", "\n\n".join(found.paragraphs)))
    kept = re.sub(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]", "\ufffd", text)
    assert len(shown.split()) <= len(kept.split()) + 1
    if "\ufffd" not in kept:
        assert shown.split() == text.split()
