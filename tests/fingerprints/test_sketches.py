"""Fingerprints tell how similar documents are, and that of a document depends on nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.fingerprints.similarity import exact_similarity, similarities
from searchlib.fingerprints.sketches import BANDS, BINS, EMPTY, Fingerprints, condensed, lower
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from searchlib.fingerprints.shingles import UInt64Array


def of(*documents: UInt64Array) -> Fingerprints:
    """Make the fingerprints of sets of shingles."""
    minima = np.full(len(documents) * BINS, EMPTY)
    every = np.concatenate([np.empty(0, np.uint64), *documents])
    lower(minima, every, np.array([len(one) for one in documents], np.int64))
    return Fingerprints(*condensed(minima))


def rows(prints: Fingerprints) -> list[tuple[object, ...]]:
    return [
        (sketch.tolist(), bands.tolist(), int(filled))
        for sketch, bands, filled in zip(prints.sketches, prints.bands, prints.filled, strict=True)
    ]


def random_set(rng: np.random.Generator, size: int) -> UInt64Array:
    return rng.integers(0, 1 << 63, size, np.uint64) * np.uint64(2) + np.uint64(1)


shingle_sets = st.lists(
    st.lists(st.integers(0, 2**64 - 1), max_size=30).map(lambda n: np.array(n, np.uint64)),
    min_size=1, max_size=5,
)  # fmt: skip


@given(shingle_sets)
def test_that_of_a_document_does_not_depend_on_its_neighbours(sets: list[UInt64Array]) -> None:
    assert rows(of(*sets)) == [rows(of(one))[0] for one in sets]
    assert rows(Fingerprints.joined([of(one) for one in sets])) == rows(of(*sets))


@given(shingle_sets)
def test_neither_order_nor_repetition_counts_nor_the_field(sets: list[UInt64Array]) -> None:
    (first, *_) = sets
    expected = rows(of(first))
    assert rows(of(np.concatenate([first[::-1], first]))) == expected
    minima = np.full(BINS, EMPTY)
    for part in (first[:3], first[3:]):
        lower(minima, part, np.array([len(part)]))
    assert rows(Fingerprints(*condensed(minima))) == expected


def test_a_document_without_shingles_is_similar_to_none() -> None:
    nothing, something = np.empty(0, np.uint64), np.array([7], np.uint64)
    prints = of(nothing, nothing, something)
    assert prints.filled.tolist() == [0, 0, 1]
    assert not prints.bands[:2].any()
    assert similarities(prints, np.array([0, 0]), np.array([1, 2])).tolist() == [0, 0]


@settings(max_examples=examples(60))
@given(st.integers(1, 3000), st.integers(0, 1000))
def test_equal_ones_have_the_similarity_1(size: int, seed: int) -> None:
    one = random_set(np.random.default_rng(seed), size)
    prints = of(one, one)
    assert similarities(prints, np.array([0]), np.array([1])) == pytest.approx([1])
    assert prints.filled.max() <= min(BINS, size)


def pairs_of(size: int, similarity: float, count: int) -> list[UInt64Array]:
    """Make pairs of documents, one after the other, that share so much."""
    rng = np.random.default_rng(size)
    shared = round(2 * size * similarity / (1 + similarity))
    found = []
    for _ in range(count):
        everything = random_set(rng, 2 * size - shared)
        found += [everything[:size], everything[size - shared :]]
    return found


@each("size", [8, 30, 120, 400, 1500])
@each("similarity", [0.7, 0.8, 0.9, 0.97])
def test_estimates_are_near_the_truth_and_lean_to_neither_side(
    size: int, similarity: float
) -> None:
    sets = pairs_of(size, similarity, 60)
    exact = [exact_similarity(a, b) for a, b in zip(sets[::2], sets[1::2], strict=True)]
    estimated = similarities(of(*sets), np.arange(0, 120, 2), np.arange(1, 120, 2))
    errors = estimated - np.array(exact)
    assert abs(errors.mean()) < 0.025
    assert errors.std() < 0.07


@pytest.mark.parametrize("size", [20, 100, 400])
def test_similar_documents_nearly_always_agree_in_a_band(size: int) -> None:
    bands = of(*pairs_of(size, 0.8, 200)).bands
    assert bands.shape == (400, BANDS)
    agreeing = (bands[::2] == bands[1::2]) & (bands[::2] > 0)
    assert agreeing.any(axis=1).mean() > 0.95


def test_unrelated_documents_do_not() -> None:
    rng = np.random.default_rng(4)
    prints = of(*(random_set(rng, 100) for _ in range(400)))
    numbers, counts = np.unique(prints.bands, return_counts=True)
    assert len(numbers) > 2390
    assert counts.max() <= 2


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_the_exact_similarity_is_jaccards(left: set[int], right: set[int]) -> None:
    arrays = [np.array([*one, *one], np.uint64) for one in (left, right)]
    expected = len(left & right) / max(len(left | right), 1)
    assert exact_similarity(*arrays) == expected
