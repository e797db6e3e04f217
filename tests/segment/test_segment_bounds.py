"""Bounds of blocks are never below a score, and not far above the highest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from searchlib.segment.bounds import BLOCK, K1, B
from searchlib.segment.contents import InvertedField, SegmentContents
from tests.segment.segment_cases import Document, contents_of
from tests.segment.test_segment_roundtrip import written

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.arrays import Float64Array, Int32Array


def exact(frequencies: Int32Array, lengths: Int32Array, average: float) -> Float64Array:
    tf = frequencies.astype(np.float64)
    return tf * (K1 + 1) / (tf + K1 * (1 - B + B * lengths.astype(np.float64) / average))


@pytest.mark.parametrize("seed", range(4))
def test_bounds_hold_for_any_mean_length(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    doc_count, dfs = 3000, [1, 127, 128, 129, 256, 257, 3000]
    docnums = [np.sort(rng.choice(doc_count, df, replace=False)).astype(np.int32) for df in dfs]
    frequencies = rng.integers(1, rng.choice([2, 9, 400]), sum(dfs)).astype(np.int32)
    lengths = np.zeros(doc_count, np.int32)
    np.add.at(lengths, np.concatenate(docnums), frequencies)
    starts = np.cumsum([0, *dfs], dtype=np.int64)
    positions = np.zeros(frequencies.sum(), np.int32)
    terms = [b"t%d" % n for n in range(len(dfs))]
    inverted = InvertedField(
        terms, starts, np.concatenate(docnums), frequencies, positions, lengths
    )
    contents = SegmentContents(doc_count, {"body": inverted}, documents=[b""] * doc_count)
    field = written(tmp_path, contents).inverted("body")
    for ordinal, df in enumerate(dfs):
        mine = frequencies[starts[ordinal] : starts[ordinal + 1]]
        blocks = np.arange(df) // BLOCK
        bounds = field.block_bounds(ordinal)
        assert len(bounds) == blocks[-1] + 1
        for factor in (0.1, 1.0, 1.7, 30.0):
            scores = exact(mine, lengths[docnums[ordinal]], field.average_length * factor)
            assert (scores <= bounds[blocks].astype(np.float64) * max(1.0, factor)).all()
        scores = exact(mine, lengths[docnums[ordinal]], field.average_length)
        np.testing.assert_allclose(bounds, np.maximum.reduceat(scores, range(0, df, BLOCK)), 1e-5)


def test_a_keyword_has_the_bound_of_a_field_without_lengths(tmp_path: Path) -> None:
    field = written(tmp_path, contents_of([Document(tags=frozenset("a"))])).inverted("tags")
    assert field.block_bounds(0).max() >= (K1 + 1) / (1 + K1 * (1 - B))
