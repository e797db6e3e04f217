"""The kernels that count find what a look at each document finds, and harm nothing."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.errors import CorruptIndexError
from searchlib.postings import SegmentLabels
from tests.conftest import examples
from tests.tables import each

patient = settings(max_examples=examples(150))
MANY = 10_000
"""Documents from which on the compiled kernels give the interpreter's lock away."""


def segment_of(
    rows: list[list[int]], numbers: list[int], first: int, width: int, several: bool
) -> SegmentLabels:
    """Lay the labels of documents out as a segment has them."""
    if not several:
        ordinals = [row[0] if row else len(numbers) for row in rows]
        return SegmentLabels(np.array(ordinals, f"u{width}"), None, np.array(numbers, int), first)
    starts = np.cumsum([0, *map(len, rows)]).astype("u8" if first % 2 else "u4")
    flat = np.array([ordinal for row in rows for ordinal in row], f"u{width}")
    return SegmentLabels(flat, starts, np.array(numbers, int), first)


@st.composite
def labelled(draw: st.DrawFn) -> tuple[list[SegmentLabels], list[list[int]], int]:
    """Segments, the labels of all their documents by number, and how many labels there are."""
    size = draw(st.integers(1, 9))
    segments: list[SegmentLabels] = []
    labels: list[list[int]] = []
    for _ in range(draw(st.integers(0, 4))):
        numbers = sorted(draw(st.sets(st.integers(0, size - 1), min_size=1)))
        several, width = draw(st.booleans()), draw(st.sampled_from([1, 2, 4]))
        ordinals = st.sets(st.integers(0, len(numbers) - 1), max_size=9 if several else 1)
        rows = [sorted(row) for row in draw(st.lists(ordinals, min_size=1, max_size=12))]
        if draw(st.booleans()):
            segments.append(segment_of(rows, numbers, len(labels), width, several))
            labels += [[numbers[ordinal] for ordinal in row] for row in rows]
        else:  # a segment without the field
            labels += [[] for _ in rows]
    return segments, labels, size


@patient
@given(labelled(), st.data())
def test_labels_are_counted_once_for_each_document(
    kernels: Any, case: tuple[list[SegmentLabels], list[list[int]], int], data: st.DataObject
) -> None:
    segments, labels, size = case
    chosen = data.draw(st.none() | st.sets(st.integers(0, max(len(labels) - 1, 0))))
    docnums = None if chosen is None or not labels else np.array(sorted(chosen), np.int64)
    counts, having = kernels.count_labels(segments, docnums, size)
    some = labels if docnums is None else [labels[docnum] for docnum in docnums]
    expected = [sum(number in row for row in some) for number in range(size)]
    assert (counts.dtype, counts.tolist()) == (np.int64, expected)
    assert having == sum(map(bool, some))


@cache
def many_rows(most: int) -> list[list[int]]:
    """Give many documents up to so many labels each; made once, as that takes a while."""
    rng = np.random.default_rng(most)
    return [
        sorted(rng.choice(60, rng.integers(0, most + 1), replace=False).tolist())
        for _ in range(3 * MANY // 2)
    ]


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("several", [False, True])
def test_many_documents_and_documents_with_many_labels(
    kernels: Any, width: int, several: bool
) -> None:
    rng = np.random.default_rng(width)
    rows = many_rows(40 if several else 1)
    segment = segment_of(rows, list(range(60)), 3, width, several)
    docnums = np.flatnonzero(rng.random(len(rows)) < 0.8) + 3
    rng.shuffle(docnums)
    for chosen in (docnums, None):
        counts, having = kernels.count_labels([segment], chosen, 60)
        some = rows if chosen is None else [rows[docnum - 3] for docnum in chosen]
        each = np.concatenate(some).astype(int)
        assert counts.tolist() == np.bincount(each, minlength=60).tolist()
        assert having == sum(map(bool, some))


ONE = SegmentLabels(np.array([0, 1, 2], "u1"), None, np.array([0, 1]), 0, "news: section 'tags'")
SEVERAL = SegmentLabels(np.array([0, 1], "u1"), np.array([0, 1, 2], "u4"), np.array([0, 1]), 0)


@each(
    ("segment", "message"),
    [
        (ONE._replace(ordinals=np.array([0, 1, 3], "u1")), "news.*ordinals below 2"),
        (ONE._replace(ordinals=np.array([0, 1, 2**32 - 1], "u4")), "ordinals below 2"),
        (SEVERAL._replace(ordinals=np.array([0, 2], "u2")), "ordinals below 2"),
        (SEVERAL._replace(starts=np.array([0, 1, 3], "u4")), "ascending offsets"),
        (SEVERAL._replace(starts=np.array([0, 2, 1], "u4")), "ascending offsets"),
        (SEVERAL._replace(starts=np.array([2**63, 2**63, 2], "u8")), "ascending offsets"),
    ],
)
def test_damaged_labels_are_told(kernels: Any, segment: SegmentLabels, message: str) -> None:
    for docnums in (None, np.arange(segment.end)):
        with pytest.raises(CorruptIndexError, match=message):
            kernels.count_labels([segment], docnums, 2)


def test_numbers_of_no_label_and_documents_out_of_order_are_told(kernels: Any) -> None:
    for number in (2, -1, 2**62):
        with pytest.raises(IndexError, match="numbers of labels below 2"):
            kernels.count_labels([ONE._replace(numbers=np.array([0, number]))], None, 2)
    with pytest.raises(IndexError, match="in the order of their segments"):
        kernels.count_labels([ONE._replace(first=2)], np.array([2, 2, 2, 2, 0, 2, 2]), 2)


def spans_by_hand(values: list[Any], cuts: list[Any]) -> list[int]:
    counts = [0] * (len(cuts) + 1)
    for value in values:
        if value is not None and value == value:
            counts[sum(cut <= value for cut in cuts)] += 1
    return counts


whole = st.integers(-(2**63), 2**63 - 1) | st.integers(-20, 20)
real = st.floats(allow_nan=True) | st.sampled_from([-math.inf, math.inf, 0.0, -0.0, 1e308, -1e308])


@patient
@given(st.data(), st.booleans())
def test_numbers_are_counted_between_cuts(kernels: Any, data: st.DataObject, floats: bool) -> None:
    number, dtype = (real, np.float64) if floats else (whole, np.int64)
    values = data.draw(st.lists(st.none() | number, min_size=1, max_size=25))
    cuts = sorted(data.draw(st.sets(number.filter(lambda one: one == one), max_size=12)))
    docnums = data.draw(st.none() | st.sets(st.integers(0, len(values) - 1)))
    chosen = None if docnums is None else np.array(sorted(docnums), np.int64)
    some = values if chosen is None else [values[docnum] for docnum in chosen]
    given_values = np.array([0 if value is None else value for value in values], dtype)
    present = np.array([value is not None for value in values])
    found = kernels.count_in_spans(given_values, present, chosen, np.array(cuts, dtype))
    assert (found.dtype, found.tolist()) == (np.int64, spans_by_hand(some, cuts))
    if present.all():
        again = kernels.count_in_spans(given_values, None, chosen, np.array(cuts, dtype))
        assert again.tolist() == found.tolist()


@each("dtype", ["i8", "f8"])
def test_many_numbers_between_cuts_near_and_far(kernels: Any, dtype: str) -> None:
    rng = np.random.default_rng(7)
    values = rng.integers(-1000, 100_000, 2 * MANY).astype(dtype)
    cuts = np.unique(np.concatenate([np.arange(50), [400, 90_000], rng.integers(0, 99_000, 300)]))
    expected = np.bincount(np.searchsorted(cuts, values, "right"), minlength=len(cuts) + 1)
    present = np.ones(len(values), np.bool_)
    found = kernels.count_in_spans(values, present, None, cuts.astype(dtype))
    assert found.tolist() == expected.tolist()


@each("docnum", [-1, 3, 2**62])
def test_numbers_of_no_document_are_told(kernels: Any, docnum: int) -> None:
    values, present = np.arange(3), np.ones(3, np.bool_)
    with pytest.raises(IndexError, match="documents below 3"):
        kernels.count_in_spans(values, present, np.array([0, docnum]), np.array([1]))
