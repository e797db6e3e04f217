"""Merging segments gives what writing their documents in one go gives."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.segment import docnums as docnums_module
from searchlib.segment import documents as documents_module
from searchlib.segment.merge import merge_segments
from searchlib.segment.reader import SegmentReader
from searchlib.segment.writer import write_segment
from tests.segment.segment_cases import (
    Document,
    collections,
    contents_of,
    expect,
)

choices = st.lists(st.booleans(), min_size=8, max_size=8)
plans = st.lists(st.tuples(collections, st.none() | choices), min_size=1, max_size=4)


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


def wordy_documents(count: int, seed: int) -> list[Document]:
    rng = np.random.default_rng(seed)
    words = [f"word{n}" for n in range(2000)]
    return [Document(stored=" ".join(rng.choice(words, 150)).encode()) for _ in range(count)]


def test_a_dictionary_is_made_of_many_documents_and_kept_by_merges(tmp_path: Path) -> None:
    parts = [wordy_documents(count, count) for count in (20, 500, 90, 400)]
    readers = []
    for number, docs in enumerate(parts):
        write_segment(tmp_path / str(number), contents_of(docs))
        readers.append(SegmentReader(tmp_path / str(number)))
    small, large, _, other = (reader.documents_reader for reader in readers)
    assert small.dictionary == b""
    assert large.dictionary
    assert other.dictionary not in (b"", large.dictionary)
    dropping = np.ones(400, bool)
    dropping[::3] = False
    merge_segments(tmp_path / "merged", readers, [None, None, None, dropping])
    merged = SegmentReader(tmp_path / "merged")
    assert merged.documents_reader.dictionary == large.dictionary
    kept = [doc for doc, stays in zip(parts[3], dropping, strict=True) if stays]
    expect(merged, contents_of([*parts[0], *parts[1], *parts[2], *kept]))
    plain = sum(len(doc.stored) for part in parts for doc in part)
    assert merged.size < plain / 2


def test_small_segments_have_a_dictionary_when_they_become_one(tmp_path: Path) -> None:
    docs = wordy_documents(450, 1)
    readers = []
    for number in range(9):
        part = docs[50 * number : 50 * number + 50]
        write_segment(tmp_path / str(number), contents_of(part))
        readers.append(SegmentReader(tmp_path / str(number)))
        assert readers[-1].documents_reader.dictionary == b""
    keep = np.arange(50) % 7 > 0
    merge_segments(tmp_path / "merged", readers, [keep] * 9)
    merged = SegmentReader(tmp_path / "merged").documents_reader
    assert merged.dictionary
    kept = [doc for number, doc in enumerate(docs) if number % 50 % 7 > 0]
    write_segment(tmp_path / "whole", contents_of(kept))
    assert (tmp_path / "merged").read_bytes() == (tmp_path / "whole").read_bytes()


def test_documents_that_no_dictionary_can_be_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = wordy_documents(400, 1)
    monkeypatch.setattr(documents_module, "DICTIONARY_SIZE", 1)  # less than zstd can do with
    monkeypatch.setattr(documents_module, "_LEAST_SAMPLED", 1)
    write_segment(tmp_path / "s", contents_of(docs))
    assert SegmentReader(tmp_path / "s").documents_reader.dictionary == b""
    expect(SegmentReader(tmp_path / "s"), contents_of(docs))


def test_arguments_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    write_segment(tmp_path / "a", contents_of([Document()]))
    reader = SegmentReader(tmp_path / "a")
    with pytest.raises(ValueError, match="shape"):
        merge_segments(tmp_path / "b", [reader], [np.ones(2, bool)])
    with pytest.raises(ValueError, match="expected segments"):
        merge_segments(tmp_path / "b", [reader], [])
    assert not (tmp_path / "b").exists()
