"""The compiled kernels make the same fingerprints as those in numpy, to the last bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.fingerprints import sketches
from searchlib.fingerprints.shingles import TermHashes
from searchlib.fingerprints.sketches import BINS, EMPTY
from tests.tables import each

if TYPE_CHECKING:
    from searchlib.fingerprints.shingles import UInt64Array

Texts = list[list[int]]

NAME = "searchlib.fingerprints.compiled"
VOCABULARY = 30


@pytest.fixture(scope="module")
def compiled() -> Any:
    return pytest.importorskip(NAME, reason="there are no compiled kernels")


@pytest.fixture(scope="module")
def hashes() -> UInt64Array:
    return TermHashes().of([f"term{number}" for number in range(VOCABULARY)])


def made(kernels: Any, hashes: UInt64Array, fields: list[Texts]) -> list[list[object]]:
    minima = np.full(len(fields[0]) * BINS, EMPTY)
    for texts in fields:
        terms = np.array([term for text in texts for term in text], np.int32)
        kernels.keep_least(minima, hashes, terms, np.array([len(text) for text in texts], np.int32))
    return [array.tolist() for array in (minima, *kernels.condensed(minima))]


def batches() -> st.SearchStrategy[list[Texts]]:
    text = st.lists(st.integers(0, VOCABULARY - 1), max_size=12)
    return st.integers(0, 5).flatmap(
        lambda size: st.lists(st.lists(text, min_size=size, max_size=size), min_size=1, max_size=3)
    )


@given(fields=batches())
def test_of_texts_of_any_length(compiled: Any, hashes: UInt64Array, fields: list[Texts]) -> None:
    assert made(compiled, hashes, fields) == made(sketches, hashes, fields)


@each("length", [1, 2, 3, 4, 100, 575, 576, 577, 20_000])
def test_of_texts_that_fill_few_bins_and_all(length: int, compiled: Any) -> None:
    rng = np.random.default_rng(length)
    hashes = rng.integers(0, 1 << 64, 5000, np.uint64)
    fields = [[rng.integers(0, 5000, length).tolist() for _ in range(3)]]
    found = made(compiled, hashes, fields)
    assert found == made(sketches, hashes, fields)
    filled: Any = found[3]
    assert 0 < max(filled) <= min(length, BINS)
    assert length < 20_000 or min(filled) == BINS


@pytest.mark.parametrize("terms", [[0, VOCABULARY], [-1, 0]])
def test_a_term_that_is_not_there_is_refused(
    terms: list[int], compiled: Any, hashes: UInt64Array
) -> None:
    with pytest.raises(IndexError, match=f"expected terms below {VOCABULARY}"):
        made(compiled, hashes, [[terms]])


@each("counts", [[1], [3, 1], [1, 1, 0], [3, -1]])
def test_arrays_of_other_documents_are_refused(
    counts: list[int], compiled: Any, hashes: UInt64Array
) -> None:
    minima, terms = np.full(2 * BINS, EMPTY), np.zeros(2, np.int32)
    with pytest.raises(ValueError, match="expected arrays of the same documents"):
        compiled.keep_least(minima, hashes, terms, np.array(counts, np.int32))
