"""Merging segments gives what writing their documents in one go gives."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.segment import docnums as docnums_module
from searchlib.segment.merge import merge_segments
from searchlib.segment.reader import SegmentReader
from searchlib.segment.writer import write_segment
from tests.segment.segment_cases import (
    Document,
    collections,
    contents_of,
    expect,
    no_waiting_for_the_disk,  # noqa: F401
    patient,
)

choices = st.lists(st.booleans(), min_size=8, max_size=8)
plans = st.lists(st.tuples(collections, st.none() | choices), min_size=1, max_size=4)


@patient
@given(plans, st.sampled_from([1, 2000, 1 << 20]), st.sampled_from([1, 16]))
def test_merged_is_written_in_one_go(
    plan: list[tuple[list[Document], list[bool] | None]], memory: int, bits: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        patch.setattr(docnums_module, "CHUNK_BITS", bits)
        patch.setattr(docnums_module, "FREQUENT", 1)
        folder = Path(name)
        readers, keep, kept = [], [], []
        for number, (docs, choice) in enumerate(plan):
            write_segment(folder / str(number), contents_of(docs))
            readers.append(SegmentReader(folder / str(number)))
            chosen = [True] * len(docs) if choice is None else choice[: len(docs)]
            keep.append(None if choice is None else np.array(chosen, bool))
            kept += [doc for doc, wanted in zip(docs, chosen, strict=True) if wanted]
        merged = merge_segments(folder / "merged", readers, keep, memory)
        whole = write_segment(folder / "whole", contents_of(kept))
        assert (merged.doc_count, merged.checksum) == (whole.doc_count, whole.checksum)
        assert (folder / "merged").read_bytes() == (folder / "whole").read_bytes()


def big_documents(count: int, seed: int) -> list[Document]:
    rng = np.random.default_rng(seed)
    return [
        Document(
            words=[f"w{n}" for n in (rng.pareto(1, 30) * 3).astype(int)],
            tags=frozenset(f"t{n}" for n in rng.integers(0, 9, 2)),
            stored=rng.bytes(int(rng.integers(200, 900))),
        )
        for _ in range(count)
    ]


def test_blocks_of_documents_that_stay_are_copied(tmp_path: Path) -> None:
    parts = [big_documents(150, seed) for seed in (1, 2, 3)]
    readers = []
    for number, docs in enumerate(parts):
        write_segment(tmp_path / str(number), contents_of(docs))
        readers.append(SegmentReader(tmp_path / str(number)))
    dropping = np.ones(150, bool)
    dropping[[0, 70]] = False
    merge_segments(tmp_path / "merged", readers, [None, dropping, None])
    kept = parts[0] + [doc for n, doc in enumerate(parts[1]) if dropping[n]] + parts[2]
    merged = SegmentReader(tmp_path / "merged")
    expect(merged, contents_of(kept))
    first = readers[0].documents_reader.frame(0)
    assert merged.documents_reader.frame(0) == first


def test_many_small_segments_become_one_block(tmp_path: Path) -> None:
    readers = []
    for number in range(20):
        write_segment(tmp_path / str(number), contents_of([Document(stored=b"x" * number)]))
        readers.append(SegmentReader(tmp_path / str(number)))
    merge_segments(tmp_path / "merged", readers, [None] * 20)
    merged = SegmentReader(tmp_path / "merged")
    assert merged.documents_reader.block_count == 1
    assert merged.documents(range(20)) == [b"x" * number for number in range(20)]


def test_arguments_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    write_segment(tmp_path / "a", contents_of([Document()]))
    reader = SegmentReader(tmp_path / "a")
    with pytest.raises(ValueError, match="shape"):
        merge_segments(tmp_path / "b", [reader], [np.ones(2, bool)])
    with pytest.raises(ValueError, match="expected segments"):
        merge_segments(tmp_path / "b", [reader], [])
    assert not (tmp_path / "b").exists()
