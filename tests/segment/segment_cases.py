"""Documents to write, what a segment of them should say, and a look at all that it does say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from hypothesis import strategies as st

from searchlib.postings import PhraseWord, count_labels, phrase_postings
from searchlib.segment.contents import InvertedField, NumberColumn, SegmentContents
from tests.fingerprints.test_sketches import of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.fingerprints.sketches import Fingerprints
    from searchlib.segment.reader import SegmentReader


@dataclass(frozen=True)
class Document:
    words: list[str] = field(default_factory=list)
    stride: int = 1
    tags: frozenset[str] = frozenset()
    year: int | None = None
    weight: float | None = None
    stored: bytes = b"{}"

    @property
    def positions(self) -> dict[bytes, list[int]]:
        found: dict[bytes, list[int]] = {}
        for number, word in enumerate(self.words):
            found.setdefault(word.encode(), []).append(number * self.stride)
        return found


words = st.one_of(
    st.sampled_from(["a", "ab", "abc", "é", "日本", "\U0010ffff", ""]), st.text(max_size=4)
)
documents = st.builds(
    Document,
    words=st.lists(words, max_size=12),
    stride=st.sampled_from([1, 30, 255, 256, 65_535, 70_000]),
    tags=st.frozensets(words, max_size=3),
    year=st.none() | st.integers(-(2**63), 2**63 - 1),
    weight=st.none() | st.floats(),
    stored=st.binary(max_size=40),
)
collections = st.lists(documents, max_size=8)


def contents_of(docs: Sequence[Document], *, spellings: bool = True) -> SegmentContents:
    tags = keyword_field(docs)
    if not spellings:
        tags = replace(tags, spellings=None)
    return SegmentContents(
        len(docs),
        {"body": text_field([doc.positions for doc in docs]), "tags": tags},
        {
            "year": number_column([doc.year for doc in docs], "i8"),
            "weight": number_column([doc.weight for doc in docs], "f8"),
        },
        [doc.stored for doc in docs],
        fingerprints_of(docs),
    )


def fingerprints_of(docs: Sequence[Document]) -> Fingerprints:
    words = [
        np.array([crc32(word.encode()) * 0x9E3779B9 for word in doc.words], np.uint64)
        for doc in docs
    ]
    return of(*words)


def text_field(docs: Sequence[dict[bytes, list[int]]]) -> InvertedField:
    terms = sorted({term for doc in docs for term in doc})
    postings = {
        term: [(n, doc[term]) for n, doc in enumerate(docs) if term in doc] for term in terms
    }
    flat = [posting for term in terms for posting in postings[term]]
    return InvertedField(
        terms,
        np.cumsum([0, *(len(postings[term]) for term in terms)], dtype=np.int64),
        np.array([docnum for docnum, _ in flat], np.int32),
        np.array([len(places) for _, places in flat], np.int32),
        np.array([place for _, places in flat for place in places], np.int32),
        np.array([sum(map(len, doc.values())) for doc in docs], np.int32),
    )


def keyword_field(docs: Sequence[Document]) -> InvertedField:
    tags = [{tag.encode() for tag in doc.tags} for doc in docs]
    terms = sorted(set().union(*tags))
    lists = [[n for n, found in enumerate(tags) if term in found] for term in terms]
    docnums = np.array([n for found in lists for n in found], np.int32)
    starts = np.cumsum([0, *map(len, lists)], dtype=np.int64)
    ones = np.ones(len(docnums), np.int32)
    spellings = [(spelled(term), len(found)) for term, found in zip(terms, lists, strict=True)]
    return InvertedField(terms, starts, docnums, ones, None, None, spellings)


def spelled(term: bytes) -> bytes:
    """Write a label in another way than its term, or not."""
    return term if term == b"a" else term.decode().upper().encode() + "\u00df".encode()


def number_column(values: Sequence[float | None], dtype: str) -> NumberColumn:
    present = np.array([value is not None for value in values], bool)
    return NumberColumn(np.array([value or 0 for value in values], dtype), present)


def expect(reader: SegmentReader, contents: SegmentContents) -> None:
    """Compare everything that a segment says with what was written."""
    assert reader.doc_count == contents.doc_count
    for name, inverted in contents.inverted.items():
        expect_field(reader, name, inverted)
    for name, column in contents.numbers.items():
        numbers = reader.numbers(name)
        np.testing.assert_array_equal(numbers.values, column.values)
        np.testing.assert_array_equal(numbers.present, column.present)
    if contents.fingerprints is not None:
        prints = reader.fingerprints()
        assert prints is not None
        np.testing.assert_array_equal(prints.sketches, contents.fingerprints.sketches)
        np.testing.assert_array_equal(prints.bands, contents.fingerprints.bands)
        np.testing.assert_array_equal(prints.filled, contents.fingerprints.filled)
    docs = list(contents.documents)
    assert reader.documents(range(len(docs))) == docs
    assert [reader.document(n) for n in reversed(range(len(docs)))] == docs[::-1]
    assert reader.check() == []


def expect_field(reader: SegmentReader, name: str, expected: InvertedField) -> None:
    field = reader.inverted(name)
    count = len(expected.terms)
    assert list(field.terms.terms()) == expected.terms
    at = 0
    for ordinal in range(count):
        postings = slice(expected.starts[ordinal], expected.starts[ordinal + 1])
        docnums, frequencies = expected.docnums[postings], expected.frequencies[postings]
        assert field.doc_frequency(ordinal) == len(docnums)
        assert field.collection_frequency(ordinal) == frequencies.sum()
        np.testing.assert_array_equal(field.docnums(ordinal), docnums)
        np.testing.assert_array_equal(field.frequencies(ordinal), frequencies)
        positions, starts = field.positions(ordinal)
        if expected.positions is not None:
            np.testing.assert_array_equal(np.diff(starts), frequencies)
            np.testing.assert_array_equal(positions, expected.positions[at : at + len(positions)])
            at += len(positions)
    for first, last in {(0, count), (0, count // 2), (count // 2, count)}:
        part = field.part(first, last)
        postings = slice(expected.starts[first], expected.starts[last])
        assert part.terms == expected.terms[first:last]
        np.testing.assert_array_equal(part.docnums, expected.docnums[postings])
        np.testing.assert_array_equal(part.frequencies, expected.frequencies[postings])
    if expected.lengths is None:
        expect_labels(reader, name, expected)
        return
    np.testing.assert_array_equal(field.lengths, expected.lengths)
    assert field.total_length == expected.lengths.sum()
    np.testing.assert_array_equal(field.part(0, count).positions, expected.positions)


def expect_labels(reader: SegmentReader, name: str, expected: InvertedField) -> None:
    labels = reader.inverted(name).labels
    assert labels is not None
    written = [reader.inverted(name).counted_spelling(n)[0] for n in range(len(expected.terms))]
    spellings = [text for text, _ in expected.spellings or ()]
    assert written == [text.decode() for text in spellings or expected.terms]
    found: list[list[int]] = [[] for _ in range(reader.doc_count)]
    for ordinal in range(len(expected.terms)):
        for docnum in expected.docnums[expected.starts[ordinal] : expected.starts[ordinal + 1]]:
            found[docnum].append(ordinal)
    everything = np.arange(reader.doc_count, dtype=np.int32)
    ordinals, counts = labels.of(everything[::-1])
    assert counts.tolist() == [len(row) for row in found[::-1]]
    assert ordinals.tolist() == [ordinal for row in found[::-1] for ordinal in row]
    assert labels.first(everything).tolist() == [row[0] if row else -1 for row in found]
    assert [labels.first_of(docnum) for docnum in everything.tolist()] == [
        row[0] if row else None for row in found
    ]
    numbered = [labels.numbered(np.arange(len(expected.terms)), first=7)]
    counts, having = count_labels(
        numbered, everything[::-1].astype(np.int64) + 7, len(expected.terms)
    )
    assert counts.tolist() == np.diff(expected.starts).tolist()
    assert having == sum(map(bool, found))


def touch(reader: SegmentReader) -> None:
    """Read everything there is, whatever it says."""
    for name, kind in reader.fields.items():
        if kind == "number":
            numbers = reader.numbers(name)
            assert len(numbers.present) == len(numbers.values)
            assert (numbers.minimum is None) == (numbers.maximum is None)
            continue
        touch_field(reader, name)
    for docnum in range(reader.doc_count):
        reader.document(docnum)
    reader.fingerprints()
    reader.check()


def touch_field(reader: SegmentReader, name: str) -> None:
    field = reader.inverted(name)
    count = len(field.terms)
    field.terms.lookup(b"abc")
    field.terms.prefix_range(b"a")
    list(field.terms.terms())
    for ordinal in range(count):
        field.terms.term(ordinal)
        field.docnums(ordinal)
        field.collection_frequency(ordinal)
        field.positions(ordinal)
        postings = field.find(field.terms.term(ordinal), 0)
        if postings is not None:
            postings.docnums()
            if field.has_positions:
                phrase_postings([PhraseWord(postings, 0), PhraseWord(postings, 1)])
    field.mark(range(count), np.zeros(field.doc_count, np.bool_), 0)
    field.part(0, count)
    if field.labels is not None:
        field.labels.first(slice(None))
        for ordinal in range(count):
            field.counted_spelling(ordinal)
