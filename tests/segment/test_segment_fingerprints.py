"""Fingerprints are optional: a segment may have none, and one merged of such has none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from searchlib.errors import CorruptIndexError
from searchlib.fingerprints.sketches import BINS
from searchlib.segment import fingerprints as stored
from searchlib.segment.merge import merge_segments
from searchlib.segment.reader import SegmentReader
from searchlib.segment.writer import write_segment
from tests.segment.segment_cases import Document, contents_of, expect, fingerprints_of

if TYPE_CHECKING:
    from pathlib import Path

DOCS = [Document(["to", "be", "or", "not"]), Document(), Document(["be"])]


def write(path: Path, *, with_fingerprints: bool = True) -> SegmentReader:
    contents = contents_of(DOCS)
    write_segment(path, contents if with_fingerprints else replace(contents, fingerprints=None))
    return SegmentReader(path)


def test_a_segment_without_is_read_and_says_so(tmp_path: Path) -> None:
    reader = write(tmp_path / "s", with_fingerprints=False)
    assert reader.fingerprints() is None
    expect(reader, replace(contents_of(DOCS), fingerprints=None))


@pytest.mark.parametrize("has", [(True, False), (False, True), (False, False)])
def test_one_without_makes_a_merged_one_without(tmp_path: Path, has: tuple[bool, bool]) -> None:
    readers = [write(tmp_path / str(n), with_fingerprints=one) for n, one in enumerate(has)]
    merge_segments(tmp_path / "merged", readers, [None, None])
    merged = SegmentReader(tmp_path / "merged")
    assert merged.fingerprints() is None
    assert merged.check() == []


def test_those_of_another_kind_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "KIND", 2)
    assert write(tmp_path / "s").fingerprints() is None


def test_too_few_are_not_written(tmp_path: Path) -> None:
    contents = replace(contents_of(DOCS), fingerprints=fingerprints_of(DOCS[:2]))
    with pytest.raises(ValueError, match="expected 3 fingerprints, got 2"):
        write_segment(tmp_path / "s", contents)
    assert not (tmp_path / "s").exists()


def test_numbers_that_can_not_be_are_damage(tmp_path: Path) -> None:
    contents = contents_of(DOCS)
    assert contents.fingerprints is not None
    contents.fingerprints.filled[0] = BINS + 1
    write_segment(tmp_path / "s", contents)
    with pytest.raises(CorruptIndexError, match="expected numbers up to 576"):
        SegmentReader(tmp_path / "s").fingerprints()
