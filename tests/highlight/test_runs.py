"""Which runs of a text may have a word that is looked for?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.highlight.runs import BEFORE_WORDS, runs_with

TEXT = b" oil prices. opec's oil_price (spoil) u.s. "


def words_of(found: list[tuple[int, int, int]]) -> list[bytes]:
    return [TEXT[begin + 1 : end] for _, begin, end in found]


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        ([b"oil"], [b"oil", b"oil_price"]),
        ([b"pric"], [b"prices.", b"oil_price"]),
        ([b"oil", b"pric"], [b"oil", b"prices.", b"oil_price"]),
        ([b"s"], [b"opec's", b"u.s."]),
        ([b"us", b"u.s"], [b"u.s."]),
        ([b"u.s. "], []),
        ([b"opec's", b"prices.."], [b"opec's"]),
        ([], []),
    ],
)
def test_words_begin_behind_blanks_and_what_may_stand_before_a_word(
    kernels: Any, ways: list[bytes], words: list[bytes]
) -> None:
    assert words_of(kernels.runs_with(TEXT, ways, [], 0, len(TEXT) - 1)) == words


def test_a_run_is_given_once_with_the_first_place_in_it(kernels: Any) -> None:
    found = kernels.runs_with(b" a.a.a b a ", [b"a"], [], 0, 10)
    assert found == [(1, 0, 6), (9, 8, 10)]


def test_other_places_are_taken_in_and_come_in_order(kernels: Any) -> None:
    others = [10, 3, 4]
    found = kernels.runs_with(b" ab cd ef gh ", [b"ef"], others, 0, 12)
    assert found == [(3, 0, 3), (4, 3, 6), (7, 6, 9), (10, 9, 12)]
    assert others == [10, 3, 4]


def test_only_a_part_is_searched(kernels: Any) -> None:
    text = b" oil oil oil "
    assert kernels.runs_with(text, [b"oil"], [], 4, 8) == [(5, 4, 8)]
    assert kernels.runs_with(text, [b"oil"], [], 4, 7) == []
    assert kernels.runs_with(text, [b"oil"], [], 4, 4) == []


@given(
    st.text("ab .?_,(", max_size=60).map(lambda text: f" {text} ".encode()),
    st.lists(st.text("ab.", min_size=1, max_size=3).map(str.encode), max_size=4),
    st.data(),
)
def test_both_kernels_find_what_a_look_at_each_place_finds(
    kernels: Any, text: bytes, ways: list[bytes], data: st.DataObject
) -> None:
    blanks = [place for place, byte in enumerate(text) if byte == ord(" ")]
    start, stop = sorted(data.draw(st.tuples(st.sampled_from(blanks), st.sampled_from(blanks))))
    expected: dict[tuple[int, int], int] = {}
    for place in range(start + 1, stop):
        begins = any(text.startswith(way, place, stop) for way in ways)
        if begins and text[place - 1] in BEFORE_WORDS:
            bounds = text.rindex(b" ", 0, place), text.index(b" ", place)
            expected.setdefault(bounds, place)
    found = [(place, *bounds) for bounds, place in expected.items()]
    assert kernels.runs_with(text, ways, [], start, stop) == found
    assert runs_with(text, ways, [], start, stop) == found


def test_places_outside_a_text_are_refused() -> None:
    compiled = pytest.importorskip("searchlib.highlight.compiled")
    for others, start, stop in [([], 0, 9), ([], -1, 3), ([], 3, 2), ([-5], 0, 3), ([99], 0, 3)]:
        with pytest.raises(ValueError, match="expected a"):
            compiled.runs_with(b" ab ", [b"ab"], others, start, stop)
