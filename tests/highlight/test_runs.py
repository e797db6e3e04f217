"""Where in a text are the words that count?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.highlight.marks import Mark
from searchlib.highlight.prefilter import _shortest
from searchlib.highlight.runs import BEFORE_WORDS
from tests.tables import each

TEXT = "oil prices. opec's oil_price (spoil) u.s."


class Whole(dict[str, list[tuple[int, int, str]]]):
    """Takes each run for a word that counts."""

    def __missing__(self, run: str) -> list[tuple[int, int, str]]:
        return [(0, len(run), run)]


def runs_of(
    kernels: Any,
    text: str,
    ways: list[bytes],
    others: list[int] | None = None,
    start: int = 0,
    stop: int | None = None,
) -> list[str]:
    searchable = f" {text} ".encode()
    found: list[Mark] = []
    stop = len(text) + 1 if stop is None else stop
    kernels.add_words(found, text, searchable, ways, others or [], start, stop, Whole(), None)
    assert all(text[mark.start : mark.end] == mark.term for mark in found)
    assert {type(mark) for mark in found} <= {Mark}
    return [mark.term for mark in found]


@each(
    ("text", "form", "others"),
    [
        ("", b"  ", 0),
        ("It's U.S. oil_price (No. 7)?", b" it s u.s. oil_price  no. 7   ", 0),
        ("Élan—“vital”? ß’s", b" ?lan  vital   ? s ", 2),
        ("油\u00a0😀\ud800", b" ? ?? ", 3),
        ("@[`{\x00\x7f\x85", b"       ? ", 1),
    ],
)
def test_the_form_that_is_searched(kernels: Any, text: str, form: bytes, others: int) -> None:
    assert kernels.searched_form(text) == (form, others)


@given(st.text(st.characters(max_codepoint=0x2040)))
def test_each_character_has_its_place_in_the_form(plain: Any, compiled: Any, text: str) -> None:
    form, others = compiled.searched_form(text)
    assert len(form) == len(text) + 2
    assert (form, others) == plain.searched_form(text)


@each(
    ("ways", "words"),
    [
        ([b"oil"], ["oil", "oil_price"]),
        ([b"pric"], ["prices.", "oil_price"]),
        ([b"oil", b"pric"], ["oil", "prices.", "oil_price"]),
        ([b"s"], ["opec's", "u.s."]),
        ([b"u.s", b"us"], ["u.s."]),
        ([b"u.s. "], []),
        ([b"opec's", b"prices.."], ["opec's"]),
        ([], []),
    ],
)
def test_words_begin_behind_blanks_and_what_may_stand_before_a_word(
    kernels: Any, ways: list[bytes], words: list[str]
) -> None:
    assert runs_of(kernels, TEXT, ways) == words


def test_a_run_is_read_once(kernels: Any) -> None:
    assert runs_of(kernels, "a.a.a b a", [b"a"]) == ["a.a.a", "a"]


def test_other_places_are_taken_in_and_come_in_order(kernels: Any) -> None:
    others = [10, 2, 4]
    assert runs_of(kernels, "ab cd ef gh", [b"ef"], others) == ["ab", "cd", "ef", "gh"]
    assert others == [10, 2, 4]


def test_only_a_part_is_searched(kernels: Any) -> None:
    text = "oil oil oil"
    assert runs_of(kernels, text, [b"oil"], None, 4, 8) == ["oil"]
    assert runs_of(kernels, text, [b"oil"], None, 4, 7) == []
    assert runs_of(kernels, text, [b"oil"], None, 4, 4) == []


def test_words_are_added_behind_others_with_their_positions(kernels: Any) -> None:
    words = {"good-bye": [(0, 4, "good"), (5, 8, "bye")], "bye": [(0, 3, "bye")], "by": []}
    before = Mark(0, 3, "bye", 5)
    found = [before]

    def position(known: list[Mark], start: int) -> int:
        assert known[0] is before
        return 100 * len(known) + start

    text = "bye good-bye by bye"
    kernels.add_words(found, text, f" {text} ".encode(), [b"b", b"g"], [], 4, 20, words, position)
    assert found == [
        before, Mark(4, 8, "good", 104), Mark(9, 12, "bye", 209), Mark(16, 19, "bye", 316),
    ]  # fmt: skip


@given(
    st.text("ab .?_,(", max_size=60),
    st.sets(st.text("ab.", min_size=1, max_size=3).map(str.encode), max_size=5).map(_shortest),
    st.data(),
)
def test_both_find_what_a_look_at_each_place_finds(
    kernels: Any, text: str, ways: list[bytes], data: st.DataObject
) -> None:
    searchable = f" {text} ".encode()
    blanks = [place for place, byte in enumerate(searchable) if byte == ord(" ")]
    start, stop = sorted(data.draw(st.tuples(st.sampled_from(blanks), st.sampled_from(blanks))))
    solid = [place for place in range(start, stop) if place not in blanks]
    others = data.draw(st.lists(st.sampled_from(solid), max_size=3)) if solid else []
    runs = set()
    for place in range(start + 1, stop):
        begins = any(searchable.startswith(way, place, stop) for way in ways)
        if (begins and searchable[place - 1] in BEFORE_WORDS) or place in others:
            runs.add((searchable.rindex(b" ", 0, place), searchable.index(b" ", place)))
    expected = [text[begin : end - 1] for begin, end in sorted(runs)]
    assert runs_of(kernels, text, ways, others, start, stop) == expected


def test_parts_outside_a_text_are_refused(compiled: Any) -> None:
    for start, stop in [(0, 9), (-1, 3), (3, 2)]:
        with pytest.raises(ValueError, match="expected a part of 4 bytes"):
            compiled.add_words([], "ab", b" ab ", [b"ab"], [], start, stop, {}, None)
    with pytest.raises(ValueError, match="expected a part of 4 bytes"):
        compiled.add_words([], "abc", b" ab ", [b"ab"], [], 0, 4, {}, None)
    assert runs_of(compiled, "ab", [b"x"], [-5, 0, 99]) == []
