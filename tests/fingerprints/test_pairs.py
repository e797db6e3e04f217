"""Copies are found by bands and sketches, and groups have leaders that all are near to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.fingerprints import pairs
from searchlib.fingerprints.pairs import NearPairs, identities, leaders
from searchlib.fingerprints.similarity import COPY, similarities
from searchlib.fingerprints.sketches import Fingerprints
from tests.fingerprints.test_sketches import of, random_set

if TYPE_CHECKING:
    from searchlib.fingerprints.shingles import UInt64Array


def variants(count: int, seed: int) -> list[UInt64Array]:
    """Make documents in families, some nearly the same and some not."""
    rng = np.random.default_rng(seed)
    found: list[UInt64Array] = []
    while len(found) < count:
        parent = random_set(rng, int(rng.integers(10, 200)))
        for _ in range(int(rng.integers(1, 5))):
            kept = parent[rng.random(len(parent)) > rng.random() * 0.15]
            found.append(np.concatenate([kept, random_set(rng, int(rng.integers(0, 4)))]))
    return found[:count]


def as_set(found: NearPairs) -> set[tuple[int, int, float]]:
    return {
        (min(a, b), max(a, b), round(similarity, 12))
        for a, b, similarity in zip(
            found.left.tolist(), found.right.tolist(), found.similarity.tolist(), strict=True
        )
    }


def test_pairs_are_those_that_agree_in_a_band_and_are_similar() -> None:
    prints = of(*variants(300, seed=1))
    hashes = identities(prints)
    left, right = np.triu_indices(len(prints), 1)
    agreeing = (prints.bands[left] == prints.bands[right]) & (prints.bands[left] > 0)
    similarity = similarities(prints, left, right)
    near = agreeing.any(axis=1) & (similarity >= COPY)
    expected = NearPairs(hashes, hashes[left[near]], hashes[right[near]], similarity[near])
    found = NearPairs.none().of(prints, hashes)
    assert as_set(found) == as_set(expected)
    assert len(found.left) == near.sum() > 50


@pytest.mark.parametrize("most", [1, 7, 1 << 22])
def test_pairs_that_are_known_stay_and_are_not_compared_again(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "_MOST_PAIRS", most)
    prints = of(*variants(120, seed=2))
    hashes = identities(prints)
    expected = NearPairs.none().of(prints, hashes)
    some = np.arange(0, 120, 2)
    first = NearPairs.none().of(prints.take(some), hashes[some])
    assert as_set(first) < as_set(expected)
    compared: list[int] = []
    monkeypatch.setattr(
        pairs,
        "similarities",
        lambda prints, a, b: compared.append(len(a)) or similarities(prints, a, b),  # type: ignore[func-returns-value]
    )
    both = first.of(prints, hashes)
    assert as_set(both) == as_set(expected)
    both.of(prints, hashes)
    assert compared[0] > 0 == compared[1]
    assert as_set(both.of(prints.take(some), hashes[some])) == as_set(first)


def test_a_crowd_costs_no_more_than_its_number() -> None:
    base = random_set(np.random.default_rng(5), 100)
    prints = of(*(base[np.arange(100) != place] for place in range(100)))
    hashes, first = np.unique(identities(prints), return_index=True)
    order = first.argsort()
    hashes, prints = hashes[order], prints.take(first[order])
    found = NearPairs.none().of(prints, hashes)
    count = len(hashes)
    assert 64 < count <= len(found.left) <= count * 64
    places = {number: place for place, number in enumerate(hashes.tolist())}
    left, right = (
        np.array([places[one] for one in side.tolist()]) for side in (found.left, found.right)
    )
    assert leaders(count, left, right, found.similarity).tolist() == [0] * count


def test_no_fingerprints_have_no_pairs() -> None:
    none = Fingerprints.joined([])
    assert as_set(NearPairs.none().of(none, identities(none))) == set()


@given(st.data(), st.integers(1, 12))
def test_each_document_joins_the_most_similar_leader_before_it(
    data: st.DataObject, count: int
) -> None:
    every = [(a, b) for b in range(count) for a in range(b)]
    chosen = data.draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    similar = {pair: data.draw(st.sampled_from([0.8, 0.85, 0.9, 1.0])) for pair in chosen}
    expected: list[int] = []
    for document in range(count):
        near = [
            (-similar[other, document], other)
            for other in range(document)
            if expected[other] == other and (other, document) in similar
        ]
        expected.append(min(near)[1] if near else document)
    left, right = (np.array([pair[side] for pair in chosen], np.int64) for side in (0, 1))
    found = leaders(count, left, right, np.array([similar[pair] for pair in chosen], np.float64))
    assert found.tolist() == expected


def test_a_chain_is_not_one_group() -> None:
    left, right = np.array([0, 1, 2]), np.array([1, 2, 3])
    assert leaders(4, left, right, np.array([0.8, 0.9, 0.8])).tolist() == [0, 0, 2, 2]
