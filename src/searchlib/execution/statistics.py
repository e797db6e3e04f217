"""What does evaluation know of an index before and between queries? Statistics and caches.

Statistics are of the whole index: all segments, with those deleted documents that no merge has
dropped yet. Threads share all of it. What one of them computes another may compute at the same
time and put in its place; both are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from searchlib.postings import K1, idf, length_norms, saturation
from searchlib.segment.bounds import BLOCK

if TYPE_CHECKING:
    from searchlib.segment.inverted import FieldReader
    from searchlib.segment.numbers import NumberReader
    from searchlib.snapshot import OpenSegment, Snapshot
    from searchlib.types import BoolArray, Float32Array, Int64Array, NumberArray

MAX_TERMS: Final = 20_000
"""How many terms are remembered with what the dictionaries say of them."""
MAX_POSTINGS: Final = 1 << 20
"""How many decoded postings are remembered; one takes 12 to 20 bytes."""


class PostingList:
    """The documents of a term, or of a phrase, in one segment.

    Attributes:
        docnums: Ascending. Shape (P,), int64.
        frequencies: How often it is in each. Shape (P,), unsigned; ``None`` if all are 1.
        norms: The length norm of every document of the segment. Shape (doc_count,), float32;
            ``None`` for a keyword, whose postings all count the same.
    """

    __slots__ = ("_ends", "_parts", "docnums", "frequencies", "norms")

    def __init__(
        self, docnums: Int64Array, frequencies: NumberArray | None, norms: Float32Array | None
    ) -> None:
        self.docnums: Final = docnums
        self.frequencies: Final = frequencies
        self.norms: Final = norms
        self._parts: Float32Array | None = None
        self._ends: Int64Array | None = None

    def ends(self) -> Int64Array:
        """Find where the positions of each posting end; they are not all alone.

        Returns:
            Shape (P,), int64.
        """
        ends = self._ends
        if ends is None:
            assert self.frequencies is not None
            ends = self._ends = self.frequencies.cumsum(dtype=np.int64)
        return ends

    def parts(self) -> Float32Array:
        """Compute what each posting adds to a score, but for the term's weight.

        Returns:
            Shape (P,), float32.

        Raises:
            IndexError: A docnum is too high.
        """
        parts = self._parts
        if parts is None:
            parts = self._parts = self._compute(self.docnums, self.frequencies)
        return parts

    def parts_at(self, places: Int64Array) -> Float32Array:
        """Compute :meth:`parts` of some of the postings, given by their places."""
        if self._parts is not None:
            return self._parts.take(places)
        frequencies = self.frequencies
        return self._compute(
            self.docnums.take(places), None if frequencies is None else frequencies.take(places)
        )

    def _compute(self, docnums: Int64Array, frequencies: NumberArray | None) -> Float32Array:
        if self.norms is None:
            return np.ones(len(docnums), np.float32)
        norms = self.norms.take(docnums)
        if frequencies is None:
            parts: Float32Array = np.float32(1) / (norms + np.float32(1))
            return parts
        return saturation(frequencies, norms)


class SegmentView:
    """One segment, as evaluation sees it.

    Attributes:
        number: Its place among the segments.
        first: The docnum, in the whole index, of its first document.
        doc_count: The number of its documents.
        deleted: Whether each is deleted; ``None`` if none is. Shape (doc_count,).
        inverted: Its text, keyword and key fields.
        numbers: Its date and number fields.
    """

    def __init__(self, number: int, segment: OpenSegment, averages: dict[str, float]) -> None:
        self.number: Final = number
        self.first: Final = segment.first
        self.doc_count: Final = segment.reader.doc_count
        self.deleted: Final[BoolArray | None] = segment.deleted
        self._averages: Final = averages
        self._norms: dict[str, Float32Array] = {}
        self.inverted: Final[dict[str, FieldReader]] = {}
        self.numbers: Final[dict[str, NumberReader]] = {}
        for name, kind in segment.reader.fields.items():
            if kind == "number":
                self.numbers[name] = segment.reader.numbers(name)
            else:
                self.inverted[name] = segment.reader.inverted(name)

    def average(self, field: str) -> float:
        """Give the mean length of a text field over the whole index."""
        return self._averages[field]

    def norms(self, field: FieldReader) -> Float32Array | None:
        """Compute the length norm of each document, or ``None`` for a field without lengths."""
        if not field.has_positions:
            return None
        norms = self._norms.get(field.name)
        if norms is None:
            norms = length_norms(field.lengths, self._averages[field.name])
            self._norms[field.name] = norms
        return norms


class TermPostings:
    """What the segments have of one term.

    Attributes:
        doc_frequency: How many documents of the index have it.
        idf: How much it tells.
        counts: How many documents of each segment have it.
    """

    __slots__ = ("_decoded", "_field", "_index", "_ordinals", "counts", "doc_frequency", "idf")

    def __init__(self, index: IndexStatistics, field: str, term: bytes) -> None:
        self._index = index
        self._field = field
        self._ordinals: list[int | None] = []
        self._decoded: list[PostingList | None] = [None] * len(index.segments)
        self.counts: list[int] = []
        for segment in index.segments:
            reader = segment.inverted.get(field)
            ordinal = None if reader is None else reader.terms.lookup(term)
            self._ordinals.append(ordinal)
            if reader is None or ordinal is None:
                self.counts.append(0)
            else:
                self.counts.append(reader.doc_frequency(ordinal))
        self.doc_frequency = sum(self.counts)
        self.idf = idf(index.doc_count, self.doc_frequency)

    def ordinal(self, segment: SegmentView) -> int | None:
        """Give the term's ordinal in a segment's dictionary, if it is there."""
        return self._ordinals[segment.number]

    def block_bounds(self, segment: SegmentView) -> Float32Array | None:
        """Bound :meth:`PostingList.parts` for each block of postings, or ``None`` if they are few.

        Returns:
            Shape (number of blocks,), float32, without the factor k1 + 1.
        """
        ordinal = self._ordinals[segment.number]
        reader = segment.inverted[self._field]
        if ordinal is None or not reader.has_positions or self.counts[segment.number] <= BLOCK:
            return None
        # What is stored is for the segment's own mean length: see docs/format.md.
        ratio = segment.average(self._field) / max(reader.average_length, 1e-9)
        bounds: Float32Array = reader.block_bounds(ordinal) * np.float32(max(1, ratio) / (K1 + 1))
        return bounds

    def postings(self, segment: SegmentView) -> PostingList:
        """Decode the postings of a segment that has the term."""
        found = self._decoded[segment.number]
        if found is None:
            ordinal = self._ordinals[segment.number]
            reader = segment.inverted[self._field]
            assert ordinal is not None
            found = PostingList(*reader.postings(ordinal), segment.norms(reader))
            self._decoded[segment.number] = found
            self._index.decoded(len(found.docnums))
        return found


class IndexStatistics:
    """The segments of a snapshot, and what is known of their fields and terms.

    Attributes:
        segments: The segments.
        doc_count: N, the number of documents.
        nodes: What was made lately for terms, by field, text and boost.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        averages = _average_lengths(snapshot)
        self.doc_count: Final = snapshot.doc_count_all
        self.segments: Final = [
            SegmentView(number, segment, averages)
            for number, segment in enumerate(snapshot.segments)
        ]
        self.nodes: Final[dict[tuple[str, str, float], Any]] = {}
        self._terms: dict[tuple[str, bytes], TermPostings] = {}
        self._postings = 0

    def term(self, field: str, term: bytes) -> TermPostings:
        """Look a term up."""
        key = (field, term)
        found = self._terms.get(key)
        if found is None:
            found = TermPostings(self, field, term)
            if len(self._terms) >= MAX_TERMS:
                self._forget()
            self._terms[key] = found
        return found

    def decoded(self, count: int) -> None:
        """Take note that postings were decoded; forget all when there are too many."""
        self._postings += count
        if self._postings > MAX_POSTINGS:
            self._forget()

    def _forget(self) -> None:
        self._postings = 0
        self._terms.clear()
        self.nodes.clear()


def _average_lengths(snapshot: Snapshot) -> dict[str, float]:
    totals: dict[str, int] = {}
    for segment in snapshot.segments:
        for name, kind in segment.reader.fields.items():
            if kind == "text":
                length = segment.reader.inverted(name).total_length
                totals[name] = totals.get(name, 0) + length
    return {name: total / max(snapshot.doc_count_all, 1) for name, total in totals.items()}
