"""Phrases by arithmetic are those that a look at each position finds."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.arrays import runs
from searchlib.errors import CorruptIndexError
from searchlib.postings import SegmentPostings, follow, phrase_frequencies
from searchlib.postings.phrases import occurrence_keys

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array

word = st.lists(
    st.sets(st.integers(0, 12) | st.just(2**31 - 1), min_size=1), min_size=3, max_size=3
)
"""Where a word is in each of three documents."""


def keys_of(places: list[set[int]]) -> Int64Array:
    counts = np.array([len(found) for found in places], np.uint8)
    positions = np.array([place for found in places for place in sorted(found)], np.uint32)
    docnums = np.arange(3, dtype=np.uint16)
    return occurrence_keys(SegmentPostings(docnums, None, counts, 0, 3, positions=positions))


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


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5))))
def test_runs_are_numbers_from_each_start_on(wanted: list[tuple[int, int]]) -> None:
    starts = np.array([start for start, _ in wanted], np.int64)
    counts = np.array([count for _, count in wanted], np.uint8)
    expected = [start + more for start, count in wanted for more in range(count)]
    assert runs(starts, counts).tolist() == expected


def test_a_word_that_is_once_in_each_document_needs_no_frequencies() -> None:
    docnums, positions = np.array([0, 2, 3], np.uint32), np.array([7, 5, 9], np.uint8)
    once = SegmentPostings(docnums, None, None, 1, 4, positions=positions)
    ones = SegmentPostings(docnums, None, np.ones(3, np.uint8), 1, 4, positions=positions)
    assert occurrence_keys(once).tolist() == [(1 << 32) + 7, (3 << 32) + 5, (4 << 32) + 9]
    assert occurrence_keys(ones).tolist() == occurrence_keys(once).tolist()


def test_only_occurrences_in_some_documents() -> None:
    docnums, frequencies = np.array([0, 2], np.uint16), np.array([2, 1], np.uint8)
    positions, among = np.array([4, 6, 5], np.uint8), np.array([True, True, False])
    postings = SegmentPostings(docnums, None, frequencies, 0, 3, positions=positions)
    assert occurrence_keys(postings, among).tolist() == [4, 6]


def test_frequencies_that_do_not_fit_the_positions_are_found_before_they_are_used() -> None:
    docnums, huge = np.array([0, 2], np.uint16), np.full(2, 0xFFFFFFFF, np.uint32)
    positions = np.array([4, 6, 5], np.uint8)
    postings = SegmentPostings(docnums, None, huge, 0, 3, positions=positions)
    with pytest.raises(CorruptIndexError, match="positions"):
        occurrence_keys(postings)
