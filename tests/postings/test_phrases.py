"""Phrases by arithmetic are those that a look at each position finds."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchlib.postings import follow, phrase_frequencies, position_keys

if TYPE_CHECKING:
    from searchlib.types import Int64Array

word = st.lists(
    st.sets(st.integers(0, 12) | st.just(2**31 - 1), min_size=1), min_size=3, max_size=3
)
"""Where a word is in each of three documents."""


def keys_of(places: list[set[int]]) -> Int64Array:
    counts = np.array([len(found) for found in places])
    positions = np.array([place for found in places for place in sorted(found)], np.uint32)
    return position_keys(counts.cumsum() - counts, counts, positions)


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


def test_a_word_that_is_once_in_each_document_needs_no_frequencies() -> None:
    positions = np.array([7, 3, 5, 9], np.uint8)
    starts = np.array([0, 2, 3])
    ones = np.ones(3, np.int64)
    expected = position_keys(starts, ones, positions)
    assert position_keys(starts, None, positions).tolist() == expected.tolist()
    assert expected.tolist() == [7, (1 << 32) + 5, (2 << 32) + 9]
