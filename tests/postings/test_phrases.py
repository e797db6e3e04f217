"""Phrases by arithmetic are those that a look at each position finds."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.postings import (
    beside,
    follow,
    phrase_frequencies,
    phrases,
    position_keys,
    runs,
)

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array

word = st.lists(
    st.sets(st.integers(0, 12) | st.just(2**31 - 1), min_size=1), min_size=3, max_size=3
)
"""Where a word is in each of three documents."""


def keys_of(places: list[set[int]]) -> Int64Array:
    counts = np.array([len(found) for found in places])
    positions = np.array([place for found in places for place in sorted(found)], np.uint32)
    return position_keys(np.arange(3), counts.astype(np.uint8), positions)


@given(st.lists(word, min_size=1, max_size=4), st.sampled_from([1, 2, 5, 2**40]))
def test_phrases_are_counted_where_each_word_follows_the_last(
    words: list[list[set[int]]], slop: int
) -> None:
    keys = reduce(lambda before, after: follow(before, after, slop), map(keys_of, words))
    expected = {}
    for document in range(3):
        ends = words[0][document]
        for places in words[1:]:
            ends = {
                place for place in places[document] if any(0 < place - end <= slop for end in ends)
            }
        if ends:
            expected[document] = len(ends)
    found, counts = phrase_frequencies(keys)
    assert dict(zip(found.tolist(), counts.tolist(), strict=True)) == expected


@pytest.mark.parametrize("longer", [0, 10, 1000], ids=["bisected", "as measured", "merged"])
@given(word, word, st.integers(-3, 3).filter(bool))
def test_what_stands_at_a_distance_from_another_word(
    longer: int, first: list[set[int]], second: list[set[int]], distance: int
) -> None:
    expected = [
        (document << 32) + place
        for document in range(3)
        for place in sorted(first[document])
        if place + distance in second[document]
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phrases, "_LONGER", longer)
        assert beside(keys_of(first), keys_of(second), distance).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5))))
def test_runs_are_numbers_from_each_start_on(wanted: list[tuple[int, int]]) -> None:
    starts = np.array([start for start, _ in wanted], np.int64)
    counts = np.array([count for _, count in wanted], np.uint8)
    expected = [start + more for start, count in wanted for more in range(count)]
    assert runs(starts, counts).tolist() == expected


def test_a_word_that_is_once_in_each_document_needs_no_frequencies() -> None:
    docnums, positions = np.array([0, 2, 3]), np.array([7, 5, 9], np.uint8)
    expected = position_keys(docnums, np.ones(3, np.int64), positions)
    assert position_keys(docnums, None, positions).tolist() == expected.tolist()
    assert expected.tolist() == [7, (2 << 32) + 5, (3 << 32) + 9]
