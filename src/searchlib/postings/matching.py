"""Which documents match some clauses, and which are the best? The numpy reference.

A *clause* is what words, labels and other things of which a document must have any; the scores of
all that it has are added up. A plan says how clauses go together. It is carried out chunk by chunk
of 65,536 documents, which is how postings are stored; here, to be plain, over all of them at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from searchlib.errors import CorruptIndexError
from searchlib.memory import unlocked_cached_property
from searchlib.postings.bm25 import weighted_frequencies, word_scores
from searchlib.postings.top import highest

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray, Float64Array, Int64Array, NumberArray

MAX_CLAUSES: Final = 250
"""So many clauses at most can be required."""
_CHUNK: Final = 1 << 16
_ADVICE: Final = "the index is damaged: restore it from a backup, or index the documents again"


class SegmentPostings:
    """The postings of a term in one segment, as they lie in its file.

    Args:
        docnums: Counted from the segment's first document, ascending: uint32, or the low 16 bits
            as uint16. Shape (P,).
        chunk_starts: Where the postings of each 65,536 documents begin, and the end, all from the
            same number on. Shape (C + 1,), unsigned. ``None`` for 32 bits, or for one chunk.
        frequencies: How often the term is in each. Shape (P,), unsigned; ``None`` if all are 1.
        first: The docnum, in the whole index, of the segment's first document.
        doc_count: The number of the segment's documents.
        positions: Where the term is, posting by posting, ascending in each. Shape (sum of
            frequencies,), unsigned; ``None`` in a field without positions.
        source: Where they are from, for messages.

    Raises:
        CorruptIndexError: They do not fit together.
    """

    def __init__(
        self,
        docnums: NumberArray,
        chunk_starts: NumberArray | None,
        frequencies: NumberArray | None,
        first: int,
        doc_count: int,
        *,
        positions: NumberArray | None = None,
        source: str = "",
    ) -> None:
        self.source: Final = source
        if first < 0 or doc_count < 1:
            raise ValueError(f"expected documents from 0 on, got {doc_count} from {first}")
        if frequencies is not None and len(frequencies) != len(docnums):
            raise damaged(f"expected {len(docnums)} frequencies, got {len(frequencies)}", source)
        self._docnums = docnums
        self._sizes = self._chunk_sizes(chunk_starts, (doc_count - 1) // _CHUNK + 1)
        self.frequencies: Final = frequencies
        self.positions: Final = positions
        self.first: Final = first
        self.doc_count: Final = doc_count

    def _chunk_sizes(self, chunk_starts: NumberArray | None, chunks: int) -> Int64Array | None:
        if self._docnums.itemsize == 4:
            return None
        starts = np.array([0, len(self._docnums)]) if chunk_starts is None else chunk_starts
        starts = starts.astype(np.int64)
        sizes: Int64Array = starts[1:] - starts[:-1]
        if len(sizes) != chunks or sizes.min() < 0 or sizes.sum() != len(self._docnums):
            raise damaged(f"expected ascending starts of {chunks} chunks", self.source)
        return sizes

    @property
    def collection_frequency(self) -> int:
        """How often the term is in all documents together."""
        if self.positions is not None:
            return len(self.positions)
        if self.frequencies is None:
            return len(self)
        return int(self.frequencies.sum(dtype=np.int64))

    def docnums(self) -> Int64Array:
        """Read the documents' numbers in the whole index. Shape (P,), int64.

        Raises:
            CorruptIndexError: There is no such document.
        """
        docnums = self._docnums.astype(np.int64)
        if self._sizes is not None:
            docnums += (np.arange(len(self._sizes)) * _CHUNK).repeat(self._sizes)
        if docnums.max(initial=0) >= self.doc_count or (np.diff(docnums >> 16) < 0).any():
            raise damaged(f"expected ascending docnums below {self.doc_count}", self.source)
        docnums += self.first
        return docnums

    def mark(self, marked: BoolArray) -> None:
        """Mark the documents.

        Args:
            marked: Set to true for each. Shape (number of documents in the whole index,).

        Raises:
            CorruptIndexError: There is no such document.
        """
        marked[self.docnums()] = True

    def __len__(self) -> int:
        return len(self._docnums)


class FieldPostings(NamedTuple):
    """The postings of a word in a field of one segment.

    Attributes:
        postings: The postings.
        lengths: dl, the number of tokens of each document of the segment, unsigned; ``None`` if
            frequencies and lengths do not count, as in a field of labels.
        average_length: avgdl, of the whole index.
        boost: The weight of an occurrence.
    """

    postings: SegmentPostings
    lengths: NumberArray | None
    average_length: float
    boost: float


class WordPostings:
    """The postings of a word in all its fields and segments.

    Args:
        fields: In any order.
        k1, b: As of :class:`~searchlib.postings.bm25.Scoring`.
        placed: For what a :class:`~searchlib.postings.finding.WordFinder` has found: the number of
            each of its places where something is, ascending, and the postings there.

    Attributes:
        placed: The same.

    Raises:
        CorruptIndexError: There are fewer lengths than documents.
    """

    def __init__(
        self,
        fields: Sequence[FieldPostings],
        k1: float,
        b: float,
        placed: Sequence[tuple[int, SegmentPostings]] = (),
    ) -> None:
        for postings, lengths, _, _ in fields:
            if lengths is not None and len(lengths) != postings.doc_count:
                raise damaged(f"expected {postings.doc_count} lengths, got {len(lengths)}")
        self.placed = placed
        self._fields = fields
        self._k1 = k1
        self._b = b

    @unlocked_cached_property
    def doc_frequency(self) -> int:
        """How many documents have the word in any field, with those deleted.

        Raises:
            CorruptIndexError: There is a docnum of no document.
        """
        docnums = [found.postings.docnums() for found in self._fields]
        return len(np.unique(np.concatenate([np.empty(0, np.int64), *docnums])))

    @property
    def size(self) -> int:
        """How many postings there are in all fields and segments."""
        return sum(len(field.postings) for field in self._fields)

    @property
    def collection_frequency(self) -> int:
        """How often the documents have the word in all fields together."""
        return sum(field.postings.collection_frequency for field in self._fields)

    def mark(self, marked: BoolArray) -> None:
        """Mark the documents that have the word: see :meth:`SegmentPostings.mark`."""
        for field in self._fields:
            field.postings.mark(marked)

    def scored(self, weight: float, doc_count: int) -> Scored:
        """Score all documents that have the word, by the definition in :mod:`.bm25`.

        Args:
            weight: Of the word, as of :func:`~searchlib.postings.bm25.word_weight`.
            doc_count: The number of documents in the whole index.
        """
        x, there = np.zeros(doc_count), np.zeros(doc_count, np.bool_)
        for postings, lengths, average_length, boost in self._fields:
            docnums = postings.docnums()
            there[docnums] = True
            x[docnums] += (
                boost
                if lengths is None
                else weighted_frequencies(
                    postings.frequencies,
                    lengths.take(docnums - postings.first),
                    average_length,
                    boost=boost,
                    b=self._b,
                )
            )
        found = there.nonzero()[0]
        return Scored(found, word_scores(x.take(found), np.float32(weight), self._k1))


class Weighted(NamedTuple):
    """A word, to be scored.

    Attributes:
        postings: Its postings.
        weight: As of :func:`~searchlib.postings.bm25.word_weight`.
    """

    postings: WordPostings
    weight: float


class Scored(NamedTuple):
    """Documents that are scored already.

    Attributes:
        docnums: In the whole index, ascending. Shape (N,), int64.
        scores: Shape (N,), float64.
    """

    docnums: Int64Array
    scores: Float64Array


class Masked(NamedTuple):
    """Documents with one and the same score.

    Attributes:
        mask: Which. Shape (doc_count,).
        score: Of each.
    """

    mask: BoolArray
    score: float


class Range(NamedTuple):
    """Whole numbers from here to there: a condition.

    Attributes:
        values: The number of each document. Shape (doc_count,), int64, or uint8 to uint32.
        present: Whether it has one. Shape (doc_count,); ``None`` if all do, as they must where
            numbers are narrower than int64.
        low: The lowest number that matches, as an int64.
        high: The highest.
    """

    values: NumberArray
    present: BoolArray | None
    low: int
    high: int

    def mask(self) -> BoolArray:
        """Tell of each document whether its number is in the range. Shape (doc_count,)."""
        inside: BoolArray = (self.values >= self.low) & (self.values <= self.high)
        return inside if self.present is None else inside & self.present


class Place(NamedTuple):
    """A place in an order of documents: that of one of them.

    Attributes:
        key: Its key; 0 for an order by score.
        score: Its score; 0 for an order by keys alone.
        docnum: Its number in the whole index.
    """

    key: int
    score: float
    docnum: int


Clause = Sequence[Weighted | Scored | Masked]
"""What a document must have any of; the scores of what it has are added up."""


class Plan(NamedTuple):
    """Which documents match, and what their scores are made of.

    Attributes:
        clauses: All of them must match, at most 250: the rarest first is fastest. Without any, all
            documents match.
        optional: Clauses that need not match, but whose scores are added.
        mask: Which documents may match. Shape (doc_count,); ``None`` for all.
        ranges: Documents that match have numbers in all of them.
        constant: Added to each score in the end.
    """

    clauses: Sequence[Clause]
    optional: Sequence[Clause] = ()
    mask: BoolArray | None = None
    ranges: Sequence[Range] = ()
    constant: float = 0.0


def all_documents(plan: Plan, starts: Int64Array) -> tuple[Int64Array, Float64Array]:
    """Find all documents that match, and their scores.

    Args:
        plan: What is looked for.
        starts: The first docnum of each segment, and the number of all documents. Shape (S + 1,).

    Returns:
        Docnums, ascending, and scores. Shapes (number found,), int64 and float64.

    Raises:
        CorruptIndexError: There is a docnum of no document, or one below the one before.
    """
    doc_count = int(starts[-1])
    sums, matched = np.full(doc_count, 0.0), np.zeros(doc_count, np.int64)
    for number, clause in enumerate((*plan.clauses, *plan.optional)):
        there = np.zeros(doc_count, np.bool_)
        for part in clause:
            docnums, scores = _scored(part, doc_count)
            np.add.at(sums, docnums, scores)
            there[docnums] = True
        if number < len(plan.clauses):
            matched += there
    found = matched == len(plan.clauses)
    for one in plan.ranges:
        found &= one.mask()
    docnums = (found if plan.mask is None else found & plan.mask).nonzero()[0]
    return docnums, sums.take(docnums) + plan.constant


def best_documents(plan: Plan, starts: Int64Array, k: int) -> tuple[Int64Array, Float64Array, int]:
    """Find the documents with the highest sums of scores.

    Args:
        plan: What is looked for.
        starts: As of :func:`all_documents`.
        k: How many documents.

    Returns:
        The documents, best first, of equal ones the lowest docnum first; their scores; and how
        many documents match. Shapes (at most k,), int64 and float64.

    Raises:
        CorruptIndexError: As :func:`all_documents`.
    """
    docnums, scores = all_documents(plan, starts)
    places = highest(scores, k)
    return docnums.take(places), scores.take(places), len(docnums)


def best_and_all(
    plan: Plan, starts: Int64Array, k: int
) -> tuple[Int64Array, Float64Array, Int64Array]:
    """Find the documents with the highest sums of scores, and all that match.

    Args:
        plan: What is looked for.
        starts: As of :func:`all_documents`.
        k: How many documents are the best.

    Returns:
        The best documents and their scores, as of :func:`best_documents`; and all that match, those
        of a segment before those of the next one, but within a segment in any order. Shape (number
        found,), int64.

    Raises:
        CorruptIndexError: As :func:`all_documents`.
    """
    docnums, scores = all_documents(plan, starts)
    places = highest(scores, k)
    return docnums.take(places), scores.take(places), docnums


def listed_documents(plan: Plan, starts: Int64Array) -> tuple[Int64Array, Float64Array]:
    """Find all documents that match, and their scores, in less time than in ascending order.

    Args:
        plan: What is looked for.
        starts: As of :func:`all_documents`.

    Returns:
        As of :func:`all_documents`, but the documents of a segment are in any order.

    Raises:
        CorruptIndexError: As :func:`all_documents`.
    """
    return all_documents(plan, starts)


def ordered_documents(
    plan: Plan,
    starts: Int64Array,
    k: int,
    keys: Int64Array | None,
    after: Place | None,
    *,
    scored: bool = False,
) -> tuple[Int64Array, Float64Array, int, int]:
    """Find the first documents in an order, or the first behind a place in it.

    Args:
        plan: What is looked for.
        starts: As of :func:`all_documents`.
        k: How many documents.
        keys: What they are ordered by, the highest first, of equal ones the lowest docnum. Shape
            (doc_count,), int64. ``None`` for an order by score.
        after: The place; ``None`` for the beginning.
        scored: Whether of those with equal keys the highest score comes first.

    Returns:
        The documents in order; their scores; how many documents match; and how many of them come
        behind the place. Shapes (at most k,), int64 and float64.

    Raises:
        CorruptIndexError: As :func:`all_documents`.
        ValueError: There is not one key for each document.
    """
    if keys is not None and len(keys) != starts[-1]:
        raise ValueError(f"expected keys of {starts[-1]} documents, got {len(keys)}")
    docnums, scores = all_documents(plan, starts)
    total = len(docnums)
    if keys is None:
        first, second = np.zeros(total, np.int64), scores
    else:
        first, second = keys.take(docnums), scores if scored else np.zeros(total)
    if after is not None:
        same = (first == after.key) & (second == after.score) & (docnums > after.docnum)
        lower = (first == after.key) & (second < after.score)
        behind = ((first < after.key) | lower | same).nonzero()[0]
        docnums, scores = docnums.take(behind), scores.take(behind)
        first, second = first.take(behind), second.take(behind)
    order = np.lexsort((docnums, -second, ~first))[: max(k, 0)]
    return docnums.take(order), scores.take(order), total, len(docnums)


def _scored(part: Weighted | Scored | Masked, doc_count: int) -> Scored:
    if isinstance(part, Weighted):
        return part.postings.scored(part.weight, doc_count)
    if isinstance(part, Masked):
        docnums = part.mask.nonzero()[0]
        return Scored(docnums, np.full(len(docnums), part.score))
    docnums = part.docnums
    if len(docnums) and not 0 <= docnums.min() <= docnums.max() < doc_count:
        raise damaged("expected docnums of the documents there are")
    return part


def damaged(what: str, source: str = "") -> CorruptIndexError:
    """Make the error for postings that do not fit together."""
    return CorruptIndexError(f"{source}{': ' if source else ''}{what}; {_ADVICE}")
