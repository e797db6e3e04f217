"""Minimal intervals by arithmetic are those that trying all combinations finds."""

from __future__ import annotations

from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.postings.intervals import (
    NO_INTERVALS,
    Intervals,
    any_interval,
    in_any_order,
    in_order,
    minimal,
)
from searchlib.postings.phrases import MOST_SLOP
from tests.conftest import examples

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Pair = tuple[int, int]

DOCUMENT = 1 << 32
LAST = (1 << 31) - 1
places = st.integers(0, 14) | st.sampled_from([LAST - 1, LAST])


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    document = draw(st.integers(0, 1)) * DOCUMENT
    start, end = sorted((draw(places), draw(places)))
    return document + start, document + end


some = st.lists(pairs(), max_size=7)
one_word = st.lists(
    st.builds(
        lambda document, place: (document * DOCUMENT + place,) * 2, st.integers(0, 1), places
    ),
    max_size=7,
)
parts = st.lists(one_word | some, min_size=1, max_size=4)
distances = st.sampled_from([1, 2, 3, 5, 20, LAST, 10**15])


def without_others(found: Iterable[Pair]) -> list[Pair]:
    """Leave out what holds another one."""
    every = set(found)
    return sorted(
        (start, end)
        for start, end in every
        if not any(
            start <= low and high <= end and (low, high) != (start, end) for low, high in every
        )
    )


def arrays(found: Sequence[Pair]) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]:
    both = np.array(found, np.int64).reshape(-1, 2)
    return both[:, 0].copy(), both[:, 1].copy()


def intervals(found: Sequence[Pair]) -> Intervals:
    return minimal(*arrays(found))


def shown(found: Intervals) -> list[Pair]:
    assert found.starts.dtype == found.ends.dtype == np.int64
    assert (np.diff(found.starts) > 0).all()
    assert (np.diff(found.ends) > 0).all()
    return list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))


def same_document(*chosen: Pair) -> bool:
    return len({start // DOCUMENT for start, _ in chosen}) == 1


@given(some)
def test_intervals_that_hold_another_are_left_out(found: list[Pair]) -> None:
    assert shown(minimal(*arrays(found))) == without_others(found)


@given(some)
def test_what_is_minimal_stays(found: list[Pair]) -> None:
    once = intervals(found)
    assert shown(minimal(*once)) == shown(once)


@given(parts)
def test_several_lists_are_put_together(lists: list[list[Pair]]) -> None:
    every = [pair for found in lists for pair in found]
    assert shown(any_interval([intervals(found) for found in lists])) == without_others(every)


def test_nothing_is_nothing() -> None:
    assert shown(minimal(*NO_INTERVALS)) == []
    assert shown(any_interval([])) == []
    some = intervals([(1, 2)])
    for lists in ([NO_INTERVALS], [NO_INTERVALS, some], [some, NO_INTERVALS]):
        assert shown(in_order(lists, 5)) == []
        assert shown(in_any_order(lists, [1] * len(lists), 5)) == []


@given(parts, distances)
@settings(max_examples=examples(300))
def test_in_order_each_begins_soon_after_the_last(lists: list[list[Pair]], slop: int) -> None:
    smallest = [without_others(found) for found in lists]
    expected = [
        (chosen[0][0], chosen[-1][1])
        for chosen in product(*smallest)
        if same_document(*chosen)
        and all(0 < then[0] - one[1] <= slop for one, then in pairwise(chosen))
    ]
    assert shown(in_order([intervals(found) for found in lists], slop)) == without_others(expected)


@given(st.lists(st.tuples(one_word | some, st.integers(1, 3)), min_size=1, max_size=3), distances)
@settings(max_examples=examples(300))
def test_in_any_order_the_last_begins_soon_after_the_first(
    lists: list[tuple[list[Pair], int]], distance: int
) -> None:
    smallest = [combinations(without_others(found), count) for found, count in lists]
    expected = []
    for chosen in product(*smallest):
        together = [pair for some in chosen for pair in some]
        first = min(start for start, _ in together)
        end_of_first = max(end for start, end in together if start == first)
        last = max(start for start, _ in together)
        if same_document(*together) and last - end_of_first <= distance:
            expected.append((first, max(end for _, end in together)))
    found = in_any_order(
        [intervals(some) for some, _ in lists], [count for _, count in lists], distance
    )
    assert shown(found) == without_others(expected)


def test_what_ends_later_may_be_close_enough_where_the_minimal_one_is_not() -> None:
    first, then, last = intervals([(0, 0)]), intervals([(1, 1), (2, 2)]), intervals([(4, 4)])
    assert shown(in_order([first, then, last], 2)) == [(0, 4)]


def test_different_things_may_stand_at_the_same_place() -> None:
    here, there = intervals([(3, 3)]), intervals([(5, 5)])
    for lists in ([here, here, there], [there, here, here], [here, there, here]):
        assert shown(in_any_order(lists, [1, 1, 1], 3)) == [(3, 5)]
    assert shown(in_any_order([here, there], [2, 1], 3)) == []  # twice the same is two places


def test_no_distance_reaches_into_the_next_document() -> None:
    ends = [intervals([(LAST, LAST)]), intervals([(DOCUMENT, DOCUMENT)])]
    for distance in (MOST_SLOP, MOST_SLOP + 1, 10**18):
        assert shown(in_order(ends, distance)) == []
        assert shown(in_any_order(ends, [1, 1], distance)) == []
    whole = [intervals([(0, 0)]), intervals([(LAST, LAST)])]
    assert shown(in_order(whole, 10**18)) == shown(in_any_order(whole, [1, 1], LAST)) == [(0, LAST)]
