"""Which documents have a term? Its posting lists in all segments, as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from searchlib.errors import CorruptIndexError
from searchlib.postings import (
    common,
    documents_of,
    idf,
    phrase_frequencies,
    position_keys,
    runs,
)
from searchlib.search.index_view import MAX_TERMS, IndexView

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray, Int64Array, NumberArray
    from searchlib.segment.field_reader import FieldReader


_MANY_MORE: Final = 16
"""A term with so many times as many documents as there are occurrences of another is looked for in
these documents only."""

_MANY_KEYS: Final = 256
_TABLED: Final = 16
"""Of terms in more than a 16th of all documents a table of all is kept to look documents up in."""


class PostingList:
    """The documents of a term.

    Attributes:
        docnums: Those that are not deleted, ascending. Shape (P,), int64.
        frequencies: How often the term is in each. Shape (P,), unsigned; ``None`` if all are 1.
        all_docnums: The documents, with those that are deleted.
        all_frequencies: How often the term is in each of these.
    """

    __slots__ = ("_kept", "all_docnums", "all_frequencies", "docnums", "frequencies")

    def __init__(
        self, docnums: Int64Array, frequencies: NumberArray | None, kept: Int64Array | None
    ) -> None:
        self._kept = kept
        self.all_docnums: Final = docnums
        self.all_frequencies: Final = frequencies
        if kept is not None:
            docnums = docnums.take(kept)
            frequencies = None if frequencies is None else frequencies.take(kept)
        self.docnums: Final = docnums
        self.frequencies: Final = frequencies

    @property
    def arrays(self) -> tuple[NumberArray | None, ...]:
        """All that it holds."""
        if self.complete:
            return self.docnums, self.frequencies
        everything = self.all_docnums, self.all_frequencies, self._kept
        return self.docnums, self.frequencies, *everything

    @property
    def complete(self) -> bool:
        """Whether no document that has the term is deleted."""
        return self._kept is None

    def frequency(self, docnum: int) -> int:
        """Tell how often the term is in a document: 0 if it is not."""
        place = int(self.docnums.searchsorted(docnum))
        if place == len(self.docnums) or self.docnums[place] != docnum:
            return 0
        return 1 if self.frequencies is None else int(self.frequencies[place])

    def positions_at(self, places: Int64Array, positions: NumberArray) -> NumberArray:
        """Choose the positions that the term has in some documents.

        Args:
            places: Of postings. Shape (N,), int64.
            positions: In all documents, deleted ones too, posting by posting.

        Returns:
            Posting by posting. Shape (sum of their frequencies,).
        """
        if self._kept is not None:
            places = self._kept.take(places)
        if self.all_frequencies is None:
            return positions.take(places)
        ends = self.all_frequencies.cumsum(dtype=np.int64).take(places)
        counts = self.all_frequencies.take(places)
        return positions.take(runs(ends - counts, counts))


def posting_list(
    index: IndexView, docnums: Int64Array, frequencies: NumberArray | None
) -> PostingList:
    """Make the posting list of documents some of which may be deleted."""
    kept = None
    if index.live is not None:
        kept = index.live.take(docnums).nonzero()[0]
        kept = None if len(kept) == len(docnums) else kept
    return PostingList(docnums, frequencies, kept)


class _Piece(NamedTuple):
    """What a segment has of a term.

    Attributes:
        first: The docnum, in the whole index, of the segment's first document.
        reader: The term's field.
        ordinal: The term's place in the dictionary.
        doc_frequency: How many documents have it.
    """

    first: int
    reader: FieldReader
    ordinal: int
    doc_frequency: int


class TermPostings:
    """What the index has of one term.

    Attributes:
        field: The field of the term.
        text: The term.
        doc_frequency: How many documents have it, with those deleted.
        collection_frequency: How often these have it together.
        idf: How much it tells.
    """

    __slots__ = (
        "_index", "_pieces", "collection_frequency", "doc_frequency", "field", "idf", "text",
    )  # fmt: skip

    def __init__(self, index: IndexView, field: str, term: bytes) -> None:
        self.field: Final = field
        self.text: Final = term
        self._index = index
        self._pieces: list[_Piece] = []
        self.doc_frequency = 0
        self.collection_frequency = 0
        for segment in index.segments:
            reader = segment.inverted.get(field)
            ordinal = None if reader is None else reader.terms.lookup(term)
            if reader is not None and ordinal is not None:
                count = reader.doc_frequency(ordinal)
                self._pieces.append(_Piece(segment.first, reader, ordinal, count))
                self.doc_frequency += count
                self.collection_frequency += reader.collection_frequency(ordinal)
        self.idf = idf(index.doc_count, self.doc_frequency)

    def __str__(self) -> str:
        return repr(self.text.decode("utf-8", "replace"))

    def postings(self) -> PostingList:
        """Read the postings, and remember them.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        found: PostingList | None = self._index.recent.get(self)
        if found is None:
            found = self._read()
            self._index.recent.put(self, found, *found.arrays)
        return found

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that have it, with those deleted.

        Args:
            marked: Set to true for each of them. Shape (doc_count,).

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        marked[self.postings().all_docnums] = True

    def _read(self) -> PostingList:
        return posting_list(self._index, *self._read_all())

    def occurrences(self) -> Int64Array:
        """Find all occurrences of the term, and remember them.

        Returns:
            Their keys (see :mod:`searchlib.postings.phrases`), ascending.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        found: Int64Array | None = self._index.recent.get((self, "occurrences"))
        if found is None:
            found = self._keys(self.postings(), None)
            self._index.recent.put((self, "occurrences"), found, found)
        return found

    def occurrences_near(self, few: Int64Array) -> Int64Array:
        """Find the occurrences of the term, at least those in the documents of some few others.

        All of them are found if they are not many more, or if a phrase had the term before.

        Args:
            few: The keys of the others. Ascending.

        Returns:
            As :meth:`occurrences`.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        if self.doc_frequency < _MANY_MORE * len(few) or self._index.recent.met((self, "phrase")):
            return self.occurrences()
        postings = self.postings()
        docnums, _ = phrase_frequencies(few)
        _, places = common(docnums, postings.docnums, self._index.doc_count)
        return self._keys(postings, places)

    def only_its_documents(self, keys: Int64Array) -> Int64Array:
        """Leave out occurrences of another term that are in none of the documents of this one.

        What is left can still be in others: it takes a table of all documents to tell, which is
        kept only for terms that are in many.

        Args:
            keys: Of the other term, in the same field. Ascending.
        """
        doc_count = self._index.doc_count
        if len(keys) < _MANY_KEYS or self.doc_frequency * _TABLED < doc_count:
            return keys
        table: BoolArray | None = self._index.recent.get((self, "table"))
        if table is None:
            table = np.zeros(doc_count, np.bool_)
            table[self.postings().docnums] = True
            self._index.recent.put((self, "table"), table, table)
        return keys.take(table.take(documents_of(keys)).nonzero()[0])

    def _keys(self, postings: PostingList, places: Int64Array | None) -> Int64Array:
        """Make the keys of the occurrences in some of the term's documents; ``None`` for all."""
        views = [piece.reader.position_view(piece.ordinal) for piece in self._pieces]
        positions = views[0] if len(views) == 1 else np.concatenate(views)
        frequencies = postings.all_frequencies
        count = self.doc_frequency if frequencies is None else int(frequencies.sum(dtype=np.int64))
        if len(positions) != count:  # before anything is made as large as they say
            raise CorruptIndexError(
                f"field {self.field!r}: expected {count} positions of a term, got "
                f"{len(positions)}; the index is damaged: restore it from a backup, or index "
                "the documents again"
            )
        docnums, frequencies = postings.docnums, postings.frequencies
        if places is None and not postings.complete:
            places = np.arange(len(docnums))
        if places is not None:
            positions = postings.positions_at(places, positions)
            docnums = docnums.take(places)
            frequencies = None if frequencies is None else frequencies.take(places)
        return position_keys(docnums, frequencies, positions)

    def _read_all(self) -> tuple[Int64Array, NumberArray | None]:
        docnums = np.empty(self.doc_frequency, np.int64)
        frequencies, start = [], 0
        for piece in self._pieces:
            end = start + piece.doc_frequency
            piece.reader.fill_docnums(docnums[start:end], piece.ordinal, piece.first)
            frequencies.append(piece.reader.frequency_view(piece.ordinal, piece.doc_frequency))
            start = end
        if all(found is None for found in frequencies):
            return docnums, None
        if len(frequencies) == 1:
            return docnums, frequencies[0]
        return docnums, np.concatenate(
            [
                np.ones(piece.doc_frequency, np.uint8) if found is None else found
                for piece, found in zip(self._pieces, frequencies, strict=True)
            ]
        )


class TermLookup:
    """The terms of an index, looked up once each. Threads may share it.

    Args:
        index: Where.
    """

    def __init__(self, index: IndexView) -> None:
        self._index = index
        self._terms: dict[tuple[str, bytes], TermPostings] = {}

    def __call__(self, field: str, term: bytes) -> TermPostings:
        """Look a term up."""
        key = (field, term)
        found = self._terms.get(key)
        if found is None:
            found = TermPostings(self._index, field, term)
            if len(self._terms) >= MAX_TERMS:
                self._terms.clear()
            self._terms[key] = found
        return found
