"""The best are the same as by sorting everything."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.postings import Masked, Plan, highest
from tests.tables import each

few_scores = st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0]), max_size=300)
scores = st.lists(st.floats(-1e6, 1e6, width=32), max_size=100)


@given(few_scores | scores, st.integers(-1, 320))
def test_the_highest_come_first_and_equal_ones_in_order(values: list[float], k: int) -> None:
    expected = sorted(range(len(values)), key=lambda place: (-values[place], place))
    assert highest(np.array(values), k).tolist() == expected[: max(k, 0)]
    assert highest(np.array(values, np.float32), k).tolist() == expected[: max(k, 0)]


@given(few_scores, st.integers(-1, 320), st.randoms())
def test_of_equal_scores_the_lowest_docnum_comes_first(
    values: list[float], k: int, random: Any
) -> None:
    docnums = random.sample(range(1000), len(values))
    expected = sorted(range(len(values)), key=lambda place: (-values[place], docnums[place]))
    found = highest(np.array(values), k, np.array(docnums, np.int64))
    assert found.tolist() == expected[: max(k, 0)]


@given(
    st.lists(st.sampled_from([-1.5, 0.0, 0.1, 0.7, 2.0]), max_size=4),
    st.integers(1, 70) | st.integers(1000, 4000),
    st.sampled_from([0, 1, 3, 100]),
    st.sampled_from([0.0, 0.3]),
    st.randoms(),
)
def test_the_best_of_what_masks_mark_are_those_of_a_look_at_each_document(
    kernels: Any, scores: list[float], doc_count: int, k: int, constant: float, random: Any
) -> None:
    chances = np.random.default_rng(random.getrandbits(32))

    def mask() -> Any:
        return chances.random(doc_count) < random.choice([0, 0.02, 0.5, 1])

    masked = [Masked(mask(), score) for score in scores]
    optional = [[Masked(mask(), 0.5)]] if random.random() < 0.3 else []
    live = random.choice([None, mask()])
    plan = Plan([masked] if masked else [], optional, live, [], constant)
    expected = []
    for docnum in range(doc_count):
        there = [score for marked, score in masked if marked[docnum]]
        if (there or not masked) and (live is None or live[docnum]):
            there += [score for [(marked, score)] in optional if marked[docnum]]
            expected.append((-(sum(there) + constant), docnum))
    docnums, found, total = kernels.best_documents(plan, np.array([0, doc_count]), k)
    assert total == len(expected)
    best = sorted(expected)[:k]
    assert docnums.tolist() == [docnum for _, docnum in best]
    assert found.tolist() == [-score for score, _ in best]
    docnums, found, listed = kernels.best_and_all(plan, np.array([0, doc_count]), k)
    assert docnums.tolist() == [docnum for _, docnum in best]
    assert found.tolist() == [-score for score, _ in best]
    assert sorted(listed.tolist()) == [docnum for _, docnum in expected]
    docnums, found = kernels.listed_documents(plan, np.array([0, doc_count]))
    assert sorted(zip((-found).tolist(), docnums.tolist(), strict=True)) == sorted(expected)


@given(
    st.lists(st.sampled_from([0, 1, 2, 0x80, 0xFF]), min_size=1, max_size=40),
    st.sampled_from([1, 100]),
)
def test_marks_of_a_damaged_file_are_documents_that_there_are(
    kernels: Any, marks: list[int], times: int
) -> None:
    marks = marks * times
    plan = Plan([[Masked(np.array(marks, np.uint8).view(np.bool_), 1.0)]])
    there = [docnum for docnum, mark in enumerate(marks) if mark]
    starts = np.array([0, len(marks)])
    found = kernels.best_and_all(plan, starts, 3)
    assert found[0].tolist() == there[:3]
    assert found[2].tolist() == there
    best, _, total = kernels.best_documents(plan, starts, 3)
    assert best.tolist() == there[:3]
    assert total == len(there)


@given(few_scores, st.integers(0, 6), st.sampled_from([1, 2, 3, 10**9]), st.randoms())
def test_the_best_of_each_group_are_those_of_sorting_each(
    kernels: Any, values: list[float], count: int, best: int, random: Any
) -> None:
    groups = [random.randint(0, count) for _ in range(400)]
    docnums = random.sample(range(400), len(values))
    members: defaultdict[int, list[int]] = defaultdict(list)
    for place, docnum in enumerate(docnums):
        members[groups[docnum]].append(place)
    expected = []
    for group, places in members.items():
        places.sort(key=lambda place: (-values[place], docnums[place]))
        expected += places[:best] if group else places
    found = kernels.best_of_groups(
        np.array(docnums, np.int64), np.array(values, float), np.array(groups, np.int32), count,
        best,
    )  # fmt: skip
    assert sorted(found.tolist()) == sorted(expected)


@each(("docnum", "group"), [(-1, 0), (2, 0), (1 << 40, 0), (0, -1), (0, 3)])
def test_documents_and_groups_that_there_are_not_are_told(
    kernels: Any, docnum: int, group: int
) -> None:
    groups = np.array([group, 1], np.int32)
    with pytest.raises(IndexError, match="expected"):
        kernels.best_of_groups(np.array([docnum]), np.array([1.0]), groups, 2, 1)
    with pytest.raises(ValueError, match="expected 1 scores"):
        kernels.best_of_groups(np.array([0]), np.zeros(2), groups, 2, 1)
