"""A segment says what was written into it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.errors import StorageError
from searchlib.segment import docnums as docnums_module
from searchlib.segment.contents import InvertedField, SegmentContents
from searchlib.segment.reader import SegmentReader
from searchlib.segment.writer import write_segment
from tests.conftest import examples
from tests.segment.segment_cases import (
    Document,
    collections,
    contents_of,
    expect,
    keyword_field,
    text_field,
    words,
)


def written(folder: Path, contents: SegmentContents) -> SegmentReader:
    path = folder / "segment"
    path.unlink(missing_ok=True)
    info = write_segment(path, contents)
    reader = SegmentReader(path)
    assert info.size == path.stat().st_size == reader.size
    assert (info.doc_count, info.checksum) == (reader.doc_count, reader.checksum)
    return reader


@given(collections)
def test_what_is_written_is_read(docs: list[Document]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        expect(written(Path(folder), contents_of(docs)), contents_of(docs))


@given(collections, st.sampled_from([0, 1, 2]), st.sampled_from([0, 1, 2]))
def test_more_documents_than_a_chunk_has(docs: list[Document], bits: int, frequent: int) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(docnums_module, "CHUNK_BITS", bits)
        patch.setattr(docnums_module, "FREQUENT", frequent)
        expect(written(Path(folder), contents_of(docs)), contents_of(docs))


def test_no_documents_and_no_fields(tmp_path: Path) -> None:
    expect(written(tmp_path, SegmentContents(0)), SegmentContents(0))


@pytest.mark.parametrize("doc_count", [65_535, 65_536, 65_537, 131_073])
def test_docnums_about_the_size_of_a_chunk(tmp_path: Path, doc_count: int) -> None:
    everywhere = np.arange(doc_count, dtype=np.int32)
    ends = np.array([0, doc_count - 1], np.int32)
    docnums = np.concatenate([everywhere, ends, ends[1:]])
    starts = np.cumsum([0, doc_count, 2, 1], dtype=np.int64)
    field = InvertedField([b"a", b"b", b"c"], starts, docnums, np.ones_like(docnums), None, None)
    contents = SegmentContents(doc_count, {"tag": field}, documents=[b""] * doc_count)
    reader = written(tmp_path, contents)
    inverted = reader.inverted("tag")
    for ordinal, expected in enumerate((everywhere, ends, ends[1:])):
        np.testing.assert_array_equal(inverted.docnums(ordinal), expected)
    np.testing.assert_array_equal(inverted.part(0, 3).docnums, docnums)
    np.testing.assert_array_equal(inverted.part(1, 3).docnums, docnums[doc_count:])


def test_frequencies_and_positions_of_every_width(tmp_path: Path) -> None:
    numbers = [1, 255, 256, 65_535, 65_536, 70_000]
    doc = {f"{count:06}".encode(): list(range(count)) for count in numbers}
    once = {term: [2**31 - 1] for term in doc}
    contents = SegmentContents(2, {"body": text_field([doc, once])}, documents=[b"1", b"2"])
    expect(written(tmp_path, contents), contents)


def test_a_keyword_field_with_one_term_per_document(tmp_path: Path) -> None:
    docs = [Document(tags=frozenset({f"k{n:03}"})) for n in range(300)] + [Document()]
    contents = SegmentContents(301, {"key": keyword_field(docs)}, documents=[b"{}"] * 301)
    reader = written(tmp_path, contents)
    expect(reader, contents)
    labels = reader.inverted("key").labels
    assert labels is not None
    assert labels.single


def test_documents_of_every_size(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    sizes = [0, 1, 16_383, 16_384, 16_385, 3_000_000, 5, *rng.integers(0, 9000, 50).tolist()]
    docs = [rng.bytes(size) for size in sizes]
    contents = SegmentContents(len(docs), documents=docs)
    expect(written(tmp_path, contents), contents)


def test_numbers_know_their_range(tmp_path: Path) -> None:
    docs = [Document(year=5, weight=float("nan")), Document(year=-3), Document()]
    reader = written(tmp_path, contents_of(docs))
    assert (reader.numbers("year").minimum, reader.numbers("year").maximum) == (-3, 5)
    assert reader.numbers("weight").minimum is None


@settings(max_examples=examples(60))
@given(st.sets(words, max_size=20), st.integers(0, 300), words)
def test_terms_are_found_like_in_a_list(some: set[str], more: int, word: str) -> None:
    terms = sorted({term.encode() for term in some} | {f"ab{n}".encode() for n in range(more)})
    probe = word.encode()
    with tempfile.TemporaryDirectory() as folder:
        field = text_field([{term: [0] for term in terms}])
        reader = written(Path(folder), SegmentContents(1, {"body": field}, documents=[b""]))
        found = reader.inverted("body").terms
        assert [found.lookup(term) for term in terms] == list(range(len(terms)))
        assert [found.term(n) for n in range(len(terms))] == terms
        assert found.lookup(probe) == (terms.index(probe) if probe in terms else None)
        assert found.ceiling(probe) == sum(term < probe for term in terms)
        first, last = found.prefix_range(probe)
        assert terms[first:last] == [term for term in terms if term.startswith(probe)]
        third = len(terms) // 3
        assert list(found.terms(third, 2 * third)) == terms[third : 2 * third]
        if third:
            text, ordinal = found.text(third, 2 * third)
            around = text.split(b"\xff")[1:-1]
            assert around == terms[ordinal : ordinal + len(around)]
            assert ordinal <= third < 2 * third <= ordinal + len(around)


def test_bytes_that_span_terms_are_not_found(tmp_path: Path) -> None:
    contents = contents_of([Document(words=["a", "b"])])
    terms = written(tmp_path, contents).inverted("body").terms
    assert terms.lookup(b"a\xffb") is None
    with pytest.raises(IndexError, match="below 2"):
        terms.term(2)


def test_contents_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected 2 documents, got 1"):
        write_segment(tmp_path / "s", SegmentContents(2, documents=[b""]))
    bad = text_field([{b"a\xff": [0]}])
    with pytest.raises(ValueError, match="UTF-8"):
        write_segment(tmp_path / "s", SegmentContents(1, {"body": bad}, documents=[b""]))
    assert list(tmp_path.iterdir()) == []


def test_a_reader_outlives_its_file_and_views_outlive_the_reader(tmp_path: Path) -> None:
    docs = [Document(words=["a", "b"], stored=b"x")]
    with written(tmp_path, contents_of(docs)) as reader:
        reader.path.unlink()
        expect(reader, contents_of(docs))
        lengths = reader.inverted("body").lengths
    assert lengths.tolist() == [2]
    reader.close()
    with pytest.raises(StorageError, match="closed"):
        reader.inverted("body")
    with pytest.raises(StorageError, match="closed"):
        reader.document(0)


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_bytes(b"something else")
    with pytest.raises(StorageError, match="exists"):
        write_segment(path, SegmentContents(0))
    assert path.read_bytes() == b"something else"
