"""Set algebra on docnums obeys the laws of Python's sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.postings import (
    common,
    difference,
    find,
    intersect,
    membership,
    sets,
    sum_scores,
    sums,
    union,
)

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array

DOC_COUNT = 200
sets_of_docnums = st.sets(st.integers(0, DOC_COUNT - 1), max_size=60)


def array(docnums: set[int]) -> Int64Array:
    return np.array(sorted(docnums), np.int64)


@given(sets_of_docnums, sets_of_docnums)
def test_the_algebra_is_that_of_sets(a: set[int], b: set[int]) -> None:
    assert intersect(array(a), array(b)).tolist() == sorted(a & b)
    assert union(array(a), array(b)).tolist() == sorted(a | b)
    assert difference(array(a), array(b)).tolist() == sorted(a - b)
    assert membership(array(a), array(b)).tolist() == [docnum in b for docnum in sorted(a)]


@given(sets_of_docnums, sets_of_docnums)
def test_what_is_found_is_at_the_place_given(a: set[int], b: set[int]) -> None:
    needles, haystack = array(a), array(b)
    places, found = find(needles, haystack)
    assert haystack[places[found]].tolist() == needles[found].tolist() == sorted(a & b)
    assert not len(haystack) or ((places >= 0).all() and (places < len(haystack)).all())


@pytest.mark.parametrize(("per_posting", "per_document"), [(1, 1), (30, 1700), (10**9, 10**9)])
@given(sets_of_docnums, sets_of_docnums)
def test_what_two_lists_have_in_common_is_found_in_both(
    per_posting: int, per_document: int, a: set[int], b: set[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sets, "_POSTINGS_PER_BISECTION", per_posting)
        patch.setattr(sets, "_DOCUMENTS_PER_BISECTION", per_document)
        mine, theirs = common(array(a), array(b), DOC_COUNT)
    assert array(a)[mine].tolist() == array(b)[theirs].tolist() == sorted(a & b)


scored = st.dictionaries(st.integers(0, DOC_COUNT - 1), st.sampled_from([0.5, 1.0, -2.0, 0.0]))


@pytest.mark.parametrize("passes", [0, 32, 10**6])
@given(st.lists(scored, max_size=4))
def test_scores_are_added_up_document_by_document(
    passes: int, lists: list[dict[int, float]]
) -> None:
    expected: dict[int, float] = {}
    for scores in lists:
        for docnum, score in scores.items():
            expected[docnum] = expected.get(docnum, 0) + score
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sums, "_PASSES_PER_SORTED", passes)
        patch.setattr(sums, "_PASSES_PER_BISECTION", passes)
        docnums, found = sum_scores(
            [array(set(scores)) for scores in lists],
            [np.array([scores[n] for n in sorted(scores)], np.float32) for scores in lists],
            DOC_COUNT,
        )
    assert docnums.tolist() == sorted(expected)
    assert found.tolist() == [expected[docnum] for docnum in sorted(expected)]


def test_a_docnum_out_of_range_is_an_error() -> None:
    beyond = np.array([3, DOC_COUNT])
    ones = np.ones(2, np.float32)
    with pytest.raises(IndexError):
        sums.dense_sums([beyond], [ones], DOC_COUNT)
    with pytest.raises(IndexError):
        common(np.arange(DOC_COUNT), np.arange(DOC_COUNT + 1), DOC_COUNT)


def test_a_docnum_that_is_there_twice_is_an_error() -> None:
    with pytest.raises(IndexError, match="repetitions"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sets, "_POSTINGS_PER_BISECTION", 10**9)
        patch.setattr(sets, "_DOCUMENTS_PER_BISECTION", 10**9)
        common(np.array([1, 2, 3, 8, 9]), np.array([1, 2, 2, 3, 4]), DOC_COUNT)
