"""Damage is found, and never worse than an error that says so."""

from __future__ import annotations

import copy
import errno
import json
import os
import struct
import tempfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.errors import CorruptIndexError, IndexVersionError, StorageError
from searchlib.segment import docnums as docnums_module
from searchlib.segment.file import FORMAT_VERSION, SegmentFile, SegmentFileWriter
from searchlib.segment.reader import SegmentReader, check_segment
from searchlib.segment.writer import write_segment
from tests.conftest import examples
from tests.segment.segment_cases import (
    Document,
    contents_of,
    expect,
    touch,
)
from tests.tables import each

DOCS = [
    Document(["to", "be", "or", "not", "to", "be"], 300, frozenset({"a", "b"}), 1, 0.5, b"{}"),
    Document(["be"], 70_000, frozenset({"b"}), None, None, b"[1]"),
    Document(),
]
FOOTER = struct.Struct("<QQQ8s")


def segment_bytes() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s"
        write_segment(path, contents_of(DOCS))
        return path.read_bytes()


WHOLE = segment_bytes()
TABLE_START, TABLE_SIZE, *_ = FOOTER.unpack(WHOLE[-FOOTER.size :])
TABLE = json.loads(WHOLE[TABLE_START : TABLE_START + TABLE_SIZE])


def test_every_flipped_byte_is_found(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_bytes(WHOLE)
    assert check_segment(path) == []
    missed = []
    with path.open("r+b", buffering=0) as file:
        for place, byte in enumerate(WHOLE):
            os.pwrite(file.fileno(), bytes([byte ^ (1 << place % 8)]), place)
            try:
                if not check_segment(path):
                    missed.append(place)
            except IndexVersionError:
                assert 8 <= place < 12
            os.pwrite(file.fileno(), bytes([byte]), place)
    assert missed == []
    assert check_segment(path) == []


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_bytes(WHOLE)
    for size in reversed(range(len(WHOLE))):
        os.truncate(path, size)
        with pytest.raises(CorruptIndexError, match=str(path)):
            SegmentReader(path)


def test_a_missing_file_a_folder_and_a_later_format(tmp_path: Path) -> None:
    with pytest.raises(CorruptIndexError, match="got no file"):
        SegmentReader(tmp_path / "none")
    with pytest.raises(StorageError, match="reading"):
        SegmentReader(tmp_path)
    path = tmp_path / "s"
    path.write_bytes(WHOLE[:8] + struct.pack("<I", 99) + WHOLE[12:])
    with pytest.raises(IndexVersionError, match="upgrade"):
        SegmentReader(path)


def with_table(table: object) -> bytes:
    data = json.dumps(table).encode()
    footer = FOOTER.pack(TABLE_START, len(data), zlib.crc32(data), b"SLSEGEND")
    return WHOLE[:TABLE_START] + data + footer


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path]
    for key, inner in items:
        nested = isinstance(inner, dict | list)
        found += places(inner, (*path, key)) if nested else [(*path, key)]
    return found


json_values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-2, 20), st.floats(), st.text(max_size=5),
    st.sampled_from(["text", "keyword", "number", "one", "many", "|u1", "<u2", "<u4", "<i8", "|O"]),
    st.just([]), st.just({}),
)  # fmt: skip


def survives(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s"
        path.write_bytes(data)
        try:
            with SegmentReader(path) as reader:
                touch(reader)
        except CorruptIndexError as error:
            assert str(path) in str(error)  # noqa: PT017


@settings(max_examples=examples(400))
@given(st.data())
def test_any_table_of_contents_is_read_or_refused(data: st.DataObject) -> None:
    table = copy.deepcopy(TABLE)
    *path, last = data.draw(st.sampled_from(places(TABLE)[1:]))
    inner = table
    for key in path:
        inner = inner[key]
    if data.draw(st.booleans()):
        inner[last] = data.draw(json_values)
    else:
        del inner[last]
    survives(with_table(table))


@given(st.recursive(json_values, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_json_for_a_table_of_contents(table: object) -> None:
    survives(with_table(table))


def test_a_table_nested_too_deep(tmp_path: Path) -> None:
    data = b"[" * 200_000
    footer = FOOTER.pack(TABLE_START, len(data), zlib.crc32(data), b"SLSEGEND")
    (tmp_path / "s").write_bytes(WHOLE[:TABLE_START] + data + footer)
    with pytest.raises(CorruptIndexError, match="not JSON"):
        SegmentReader(tmp_path / "s")


def chunked_bytes() -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(docnums_module, "CHUNK_BITS", 1)
        patch.setattr(docnums_module, "FREQUENT", 1)
        return segment_bytes()


CHUNKED = chunked_bytes()


@settings(max_examples=examples(600))
@given(st.integers(16, TABLE_START - 1), st.binary(min_size=1, max_size=8), st.booleans())
def test_any_bytes_in_a_section_are_read_or_refused(
    place: int, noise: bytes, chunked: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if chunked:
            patch.setattr(docnums_module, "CHUNK_BITS", 1)
            patch.setattr(docnums_module, "FREQUENT", 1)
        whole = CHUNKED if chunked else WHOLE
        end = min(place + len(noise), TABLE_START)
        survives(whole[:place] + noise[: end - place] + whole[end:])


def test_a_damaged_block_of_documents_is_named(tmp_path: Path) -> None:
    path = tmp_path / "s"
    write_segment(path, contents_of(DOCS))
    section = SegmentFile(path).sections["_documents"]
    data = bytearray(WHOLE)
    data[section.offset + 4 : section.offset + 8] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    with SegmentReader(path) as reader, pytest.raises(CorruptIndexError, match="section '_docu"):
        reader.document(0)


def test_a_damaged_dictionary_is_named(tmp_path: Path) -> None:
    whole = (Path(__file__).parent / "versions" / "2.segment").read_bytes()
    path = tmp_path / "s"
    path.write_bytes(whole)
    section = SegmentFile(path).sections["documents.dictionary"]
    for place in (section.offset, section.offset + section.length - 1):
        path.write_bytes(whole[:place] + b"?" + whole[place + 1 :])
        with SegmentReader(path) as reader, pytest.raises(CorruptIndexError, match="dictionary"):
            reader.document(0)


@pytest.mark.parametrize("after", [0, 1, 3, 20])
def test_a_full_disk_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    calls = iter(range(1000))

    class Full:
        def __init__(self, file: Any) -> None:
            self._file = file

        def write(self, data: bytes) -> int:
            if next(calls) >= after:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return int(self._file.write(data))

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

    start = SegmentFileWriter.__init__

    def begin(self: SegmentFileWriter, path: Path) -> None:
        start(self, path)
        self._file = Full(self._file)  # type: ignore[assignment]

    monkeypatch.setattr(SegmentFileWriter, "__init__", begin)
    with pytest.raises(StorageError, match="No space left") as caught:
        write_segment(tmp_path / "s", contents_of(DOCS))
    assert caught.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


def test_a_failing_sync_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError, match="Input/output"):
        write_segment(tmp_path / "s", contents_of(DOCS))
    assert list(tmp_path.iterdir()) == []


def test_lengths_must_be_there_for_each_document(tmp_path: Path) -> None:
    table = copy.deepcopy(TABLE)
    table["doc_count"] = 2
    (tmp_path / "s").write_bytes(with_table(table))
    with pytest.raises(CorruptIndexError, match="expected"):
        SegmentReader(tmp_path / "s")


@each("version", range(1, FORMAT_VERSION + 1))
def test_segments_of_every_version_are_read(version: int) -> None:
    path = Path(__file__).parent / "versions" / f"{version}.segment"
    with SegmentReader(path) as reader:
        assert reader.fingerprints() is None  # these were written before there were any
        expect(reader, replace(contents_of(DOCS, spellings=False), fingerprints=None))
