"""Set algebra on docnums obeys the laws of Python's sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.postings import (
    Candidates,
    candidates,
    difference,
    find,
    intersect,
    membership,
    sum_scores,
    sums,
    union,
)

if TYPE_CHECKING:
    from searchlib.types import Int64Array

DOC_COUNT = 200
sets = st.sets(st.integers(0, DOC_COUNT - 1), max_size=60)


def array(docnums: set[int]) -> Int64Array:
    return np.array(sorted(docnums), np.int64)


@given(sets, sets)
def test_the_algebra_is_that_of_sets(a: set[int], b: set[int]) -> None:
    assert intersect(array(a), array(b)).tolist() == sorted(a & b)
    assert union(array(a), array(b)).tolist() == sorted(a | b)
    assert difference(array(a), array(b)).tolist() == sorted(a - b)
    assert membership(array(a), array(b)).tolist() == [docnum in b for docnum in sorted(a)]


@given(sets, sets)
def test_what_is_found_is_at_the_place_given(a: set[int], b: set[int]) -> None:
    needles, haystack = array(a), array(b)
    places, found = find(needles, haystack)
    assert haystack[places[found]].tolist() == needles[found].tolist() == sorted(a & b)
    assert not len(haystack) or ((places >= 0).all() and (places < len(haystack)).all())


@pytest.mark.parametrize("postings_per_bisection", [0, 16, 10**9])
@given(sets, st.lists(sets, max_size=3))
def test_candidates_are_located_in_each_list(
    postings_per_bisection: int, documents: set[int], lists: list[set[int]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "_POSTINGS_PER_BISECTION", postings_per_bisection)
        compared = Candidates(array(documents), DOC_COUNT)
        for docnums in lists:
            mine, theirs = compared.locate(array(docnums))
            assert compared.docnums[mine].tolist() == sorted(documents & docnums)
            assert array(docnums)[theirs].tolist() == sorted(documents & docnums)


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
    compared = Candidates(np.arange(DOC_COUNT), DOC_COUNT)
    with pytest.raises(IndexError):
        compared.locate(np.arange(DOC_COUNT + 1))
