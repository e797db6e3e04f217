"""The formula is the published one, and its bounds hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.errors import ArgumentError
from searchlib.postings import (
    Scoring,
    idf,
    weighted_frequencies,
    word_scores,
    word_weight,
)
from searchlib.postings.bm25 import scoring_of
from tests.tables import each


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
    st.lists(
        st.tuples(
            st.integers(1, 2**31 - 1), st.integers(1, 2**31 - 1), st.floats(1, 1e6),
            st.floats(0.01, 20),
        ),
        min_size=1,
        max_size=3,
    ),
    st.floats(0, 5),
    st.floats(0, 1),
    st.floats(0.01, 20),
)  # fmt: skip
def test_a_word_of_several_fields_is_the_formula_and_below_its_weight(
    fields: list[tuple[int, int, float, float]], k1: float, b: float, factor: float
) -> None:
    x = expected = 0.0
    for frequency, length, average, boost in fields:
        expected += boost * frequency / (1 - b + b * length / average)
        found = weighted_frequencies(
            np.array([frequency], np.uint32),
            np.array([length], np.uint32),
            average,
            boost=boost,
            b=b,
        )
        assert found.dtype == np.float32
        x += float(found[0])
    weight = word_weight(factor, k1)
    score = word_scores(np.array([x]), weight, k1)[0]
    wanted = factor * (k1 + 1) * expected / (k1 + expected)
    assert score == pytest.approx(wanted, rel=1e-6)
    assert score <= float(weight)
    assert score == np.float32(score)


def test_without_frequencies_all_are_one() -> None:
    lengths, ones = np.array([3, 5], np.uint8), np.array([1, 1], np.uint8)
    without = weighted_frequencies(None, lengths, 4.0, boost=2.0, b=0.6)
    assert without.tolist() == weighted_frequencies(ones, lengths, 4.0, boost=2.0, b=0.6).tolist()


def test_a_text_of_average_length_counts_as_it_is_and_none_is_divided_by_zero() -> None:
    assert weighted_frequencies(None, np.array([8], np.uint8), 8.0, boost=1, b=0.6).tolist() == [1]
    nothing = np.array([0, 3], np.uint8)
    assert np.isfinite(weighted_frequencies(None, nothing, 0.0, boost=1, b=1.0)).all()


@given(st.permutations(list(np.random.default_rng(1).random(40, np.float32) * 30)))
def test_the_order_of_adding_parts_makes_no_difference(parts: list[np.float32]) -> None:
    assert sum(map(float, parts)) == sum(map(float, sorted(parts)))


def test_what_comes_once_is_left_as_it_is() -> None:
    scoring = Scoring()
    assert scoring.repetition(1) == 1
    assert 1 < scoring.repetition(2) < scoring.repetition(3) < 3
    assert scoring.burstiness(7, 7) == 1
    assert scoring.burstiness(7, 15) == pytest.approx(2**0.5)
    assert Scoring(burst=0).burstiness(7, 15) == 1
    assert Scoring(k3=0).repetition(5) == 1


def test_the_highest_parameters_make_numbers() -> None:
    scoring = Scoring(k1=1e6, b=1, k3=1e6, burst=10)
    assert math.isfinite(scoring.burstiness(1, 1 << 31))
    assert math.isfinite(scoring.repetition(1 << 31))


@each(
    "parameters",
    [
        {"k1": -1}, {"b": 1.1}, {"k3": float("nan")}, {"burst": "much"}, {"burst": 11}, {"k1": True}
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_refused(parameters: dict[str, float]) -> None:
    [name] = parameters
    with pytest.raises(ArgumentError, match=f"expected a number from 0 to .* for {name}, got"):
        Scoring(**parameters)


def test_only_parameters_will_do_as_scoring() -> None:
    assert scoring_of(None) == Scoring()
    with pytest.raises(ArgumentError, match=r"searchlib\.Scoring, got 'bm25'"):
        scoring_of("bm25")
