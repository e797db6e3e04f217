"""The formula is the published one, and its bounds hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.postings import K1, B, idf, length_norms, saturation, term_weight


@given(st.integers(1, 10**9), st.data())
def test_idf_is_positive_and_falls_as_documents_have_the_term(
    count: int, data: st.DataObject
) -> None:
    frequency = data.draw(st.integers(0, count))
    expected = math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
    assert idf(count, frequency) == pytest.approx(expected, rel=1e-6, abs=1e-15)
    assert idf(count, frequency) > 0
    if frequency:
        assert idf(count, frequency) < idf(count, frequency - 1)


@given(
    st.integers(1, 2**31 - 1), st.integers(1, 2**31 - 1), st.floats(0.001, 1e6), st.floats(0.01, 20)
)
def test_a_part_is_the_formula_and_below_the_weight(
    frequency: int, length: int, average: float, boost: float
) -> None:
    norm = K1 * (1 - B + B * length / average)
    expected = boost * 2.5 * frequency * (K1 + 1) / (frequency + norm)
    norms = length_norms(np.array([length], np.uint32), average)
    part = saturation(np.array([frequency], np.uint32), norms)
    weight = term_weight(2.5, boost)
    assert float(part[0] * weight) == pytest.approx(expected, rel=1e-6)
    assert part.dtype == np.float32
    assert part[0] * weight <= weight


def test_documents_without_a_length_have_the_lowest_norm() -> None:
    norms = length_norms(np.array([0, 3], np.uint8), 0.0)
    assert norms[0] == pytest.approx(K1 * (1 - B))
    assert np.isfinite(norms).all()


@given(st.permutations(list(np.random.default_rng(1).random(40, np.float32) * 30)))
def test_the_order_of_adding_parts_makes_no_difference(parts: list[np.float32]) -> None:
    assert sum(map(float, parts)) == sum(map(float, sorted(parts)))
