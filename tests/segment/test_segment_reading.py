"""The quick ways to read postings say the same as the plain ones."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.errors import CorruptIndexError
from searchlib.postings import (
    KERNELS,
    FieldPlace,
    FieldPostings,
    PhraseWord,
    Plan,
    Weighted,
    WordFinder,
    WordPostings,
    all_documents,
    phrase_postings,
)
from searchlib.segment import docnums as docnums_module
from searchlib.segment import field_reader, field_writer
from searchlib.segment.contents import InvertedField, SegmentContents
from searchlib.segment.documents import DocumentsReader
from searchlib.segment.field_reader import FieldReader
from searchlib.segment.reader import SegmentReader
from searchlib.segment.writer import write_segment

if TYPE_CHECKING:
    from searchlib.arrays import NumberArray

TERMS = 40


def listed(frequencies: NumberArray | None) -> list[int] | None:
    return None if frequencies is None else [*map(int, frequencies)]


@pytest.fixture(scope="module", params=["500", "70,000", "150,000", "500 <u8", "70,000 <u8"])
def field(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FieldReader:
    """Terms from rare to frequent, in one chunk of documents or several.

    Some have offsets of eight bytes, as those of billions of postings.
    """
    size, *offsets = request.param.split()
    doc_count = int(size.replace(",", ""))
    rng = np.random.default_rng(doc_count)
    sizes = np.unique(np.geomspace(1, doc_count // 3, TERMS).astype(int))
    rng.shuffle(sizes)
    lists = [np.sort(rng.choice(doc_count, size, replace=False)) for size in sizes]
    docnums = np.concatenate(lists).astype(np.int32)
    frequencies = rng.choice([1, 1, 2, 300], len(docnums)).astype(np.int32)
    starts = np.cumsum([0, *sizes])
    frequencies[starts[0] : starts[1]] = 1  # a term whose frequencies are not stored
    tokens = int(frequencies.sum())
    positions = np.arange(tokens, dtype=np.int32)
    lengths = np.bincount(docnums, frequencies, doc_count).astype(np.int32)
    terms = [b"t%03d" % number for number in range(len(sizes))]
    inverted = InvertedField(terms, starts, docnums, frequencies, positions, lengths)
    path = tmp_path_factory.mktemp("reading") / "1.segment"
    with pytest.MonkeyPatch.context() as patch:
        for module in (docnums_module, field_writer) if offsets else ():
            patch.setattr(module, "offset_type", lambda _: offsets[0])
        write_segment(path, SegmentContents(doc_count, {"body": inverted}, {}, [b"{}"] * doc_count))
    return SegmentReader(path).inverted("body")


def test_postings_for_computing(field: FieldReader) -> None:
    for ordinal in range(len(field.terms)):
        postings = field.postings(ordinal, 7)
        frequencies = postings.frequencies
        np.testing.assert_array_equal(postings.docnums() - 7, field.docnums(ordinal))
        if frequencies is None:
            assert (field.frequencies(ordinal) == 1).all()
        else:
            np.testing.assert_array_equal(frequencies, field.frequencies(ordinal))
        np.testing.assert_array_equal(field.position_view(ordinal), field.positions(ordinal)[0])
    assert field.frequency_view(0, field.doc_frequency(0)) is None


def test_the_documents_of_many_terms_are_marked(
    field: FieldReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = len(field.terms)
    chosen: list[Any] = [range(count), range(3, 4), range(5, count - 2), range(0)]
    chosen += [np.arange(0, count, 3), np.array([2]), np.arange(0)]
    for at_once in (1 << 20, 1):
        monkeypatch.setattr(field_reader, "_POSTINGS_AT_ONCE", at_once)
        for terms in chosen:
            expected = {n + 7 for term in terms for n in field.docnums(int(term)).tolist()}
            marked = np.zeros(field.doc_count + 9, np.bool_)
            field.mark(terms, marked, 7)
            assert set(marked.nonzero()[0].tolist()) == expected


def test_terms_are_found_with_their_postings(field: FieldReader) -> None:
    for finder in (field, field.finder):
        for ordinal, term in enumerate(field.terms.terms()):
            found, expected = finder.find(term, 7), field.postings(ordinal, 7)
            assert found is not None
            assert found.docnums().tolist() == expected.docnums().tolist()
            assert found.collection_frequency == expected.collection_frequency
            for name in ("frequencies", "positions"):
                np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
        for term in (b"", b"a", b"t0000", b"zz", b"t\xff"):
            assert finder.find(term, 0) is None


def test_words_are_found_in_several_fields(field: FieldReader) -> None:
    """They are what their postings in each field are, put together."""
    lengths, starts = field.lengths, np.array([0, 7, 7 + field.doc_count])
    places = [
        FieldPlace(field.finder, 7, number, lengths, 40.0 + number, boost)
        for number, boost in enumerate([2.0, 0.5])
    ]
    finder = WordFinder(places, 1.2, 0.6)
    terms = list(field.terms.terms())
    for one, other in zip(terms, terms[5:], strict=False):
        fields = [
            FieldPostings(postings, lengths, place.average_length, place.boost)
            for term, place in zip((one, other), places, strict=True)
            if (postings := field.find(term, 7)) is not None
        ]
        found, expected = finder.find([one, other]), WordPostings(fields, 1.2, 0.6)
        assert found.size == sum(len(each.postings) for each in fields) == expected.size
        assert found.doc_frequency == expected.doc_frequency
        total = sum(each.postings.collection_frequency for each in fields)
        assert found.collection_frequency == total == expected.collection_frequency
        some, others = (
            all_documents(Plan([[Weighted(word, 1.5)]]), starts) for word in (found, expected)
        )
        np.testing.assert_array_equal(some, others)
        assert [number for number, _ in found.placed] == [0, 1]
    only_first = finder.find([terms[0], b"none"])
    assert [number for number, _ in only_first.placed] == [0]
    assert only_first.size == field.doc_frequency(0)
    nothing = finder.find([b"none", b""])
    assert (nothing.size, nothing.doc_frequency, nothing.collection_frequency) == (0, 0, 0)
    few = [places[0]._replace(lengths=lengths[1:])]
    with pytest.raises(CorruptIndexError, match=f"expected {field.doc_count} lengths"):
        WordFinder(few, 1.2, 0.6).find([terms[0]])


def test_phrases_are_found_in_several_fields(field: FieldReader) -> None:
    """They are what they are in each field, put together."""
    places = [
        FieldPlace(field.finder, 7, number, field.lengths, 40.0, 1.0 + number) for number in (0, 1)
    ]
    finder = WordFinder(places, 1.2, 0.6)
    every = enumerate(field.terms.terms())
    terms = [term for ordinal, term in every if 9 < field.doc_frequency(ordinal) < 200][:5]
    found_any = 0
    for one, other in product(terms, terms):
        words = [finder.find([one, other]), finder.find([other, one])]
        found = finder.phrase(words, [0, 1])
        expected = []
        for number, pair in enumerate([(one, other), (other, one)]):
            there = [field.find(term, 7) for term in pair]
            placed = [PhraseWord(one, place) for place, one in enumerate(there) if one is not None]
            postings = phrase_postings(placed)
            if postings is not None:
                expected.append((number, postings.docnums().tolist(), listed(postings.frequencies)))
        assert expected == [
            (number, postings.docnums().tolist(), listed(postings.frequencies))
            for number, postings in found.placed
        ]
        found_any += len(expected)
    assert found_any
    absent = finder.find([b"none", terms[0]])
    assert all(number == 1 for number, _ in finder.phrase([words[0], absent], [0, 1]).placed)
    with pytest.raises(ValueError, match="shorter"):
        finder.phrase(words, [0])


@pytest.mark.skipif(KERNELS == "numpy", reason="what is not this finder's is not looked into")
def test_only_words_of_a_finder_make_its_phrases(field: FieldReader) -> None:
    finders = [
        WordFinder([FieldPlace(field.finder, 0, 0, field.lengths, 40.0, 1.0)], 1.2, 0.6)
        for _ in range(2)
    ]
    words = [finder.find([next(iter(field.terms.terms()))]) for finder in finders]
    with pytest.raises(ValueError, match="that this finder has found"):
        finders[0].phrase(words, [0, 1])


@given(data=st.data())
def test_the_text_around_a_range_of_terms(field: FieldReader, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(field.terms) - 1))
    last = data.draw(st.integers(first + 1, len(field.terms)))
    text, ordinal = field.terms.text(first, last)
    terms = text[1:-1].split(b"\xff")
    assert text[0] == text[-1] == 0xFF
    assert terms[first - ordinal : last - ordinal] == list(field.terms.terms(first, last))


def test_offsets_that_do_not_ascend_are_an_error(
    field: FieldReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = field._docnums
    if reader._chunks > 1:
        monkeypatch.setattr(reader, "_chunk_starts", reader._chunk_starts[::-1].copy())
        frequent = np.flatnonzero(np.asarray(reader._rows) & 1 == 0)[1]
        term = field.terms.term(int(frequent))
        monkeypatch.setitem(field.__dict__, "_compiled", vars(FieldReader)["_compiled"].func(field))
        for finder in (field, field.finder):
            with pytest.raises(CorruptIndexError):
                finder.find(term, 0)
        with pytest.raises(CorruptIndexError):
            field.postings(int(frequent), 0)
        with pytest.raises(CorruptIndexError):
            field.docnums(int(frequent))
        for terms in (np.array([frequent]), range(int(frequent), int(frequent) + 1)):
            with pytest.raises(CorruptIndexError):
                field.mark(terms, np.zeros(field.doc_count, np.bool_), 0)
    monkeypatch.setattr(field, "_starts", field._starts[::-1].copy())
    with pytest.raises(CorruptIndexError):
        field.doc_frequencies(np.array([3]))


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> DocumentsReader:
    """300 documents of up to 400 bytes, several in a block."""
    path = tmp_path_factory.mktemp("reading") / "documents.segment"
    stored = [b"%d" % number * (number % 134) for number in range(300)]
    write_segment(path, SegmentContents(300, {}, {}, stored))
    return SegmentReader(path).documents_reader


@given(st.sets(st.integers(0, 299)).map(sorted))
def test_documents_in_ascending_order_are_those_read_singly(
    documents: DocumentsReader, docnums: list[int]
) -> None:
    assert 1 < documents.block_count < 300
    assert [*documents.ascending(docnums)] == [documents.document(number) for number in docnums]
    assert [*documents.ascending(docnums)] == documents.documents(docnums)


def test_ascending_reads_each_block_once(
    documents: DocumentsReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    decompress = DocumentsReader._decompressed

    def counted(reader: DocumentsReader, block: int) -> Any:
        read.append(block)
        return decompress(reader, block)

    monkeypatch.setattr(DocumentsReader, "_decompressed", counted)
    assert len([*documents.ascending(range(300))]) == 300
    assert read == list(range(documents.block_count))
    with pytest.raises(IndexError, match="expected a docnum below 300, got 300"):
        [*documents.ascending([299, 300])]
