"""Which documents have a term? Its posting lists in all segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.postings import FieldPostings, SegmentPostings, idf, occurrences_among
from searchlib.search.index_view import MAX_TERMS, IndexView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.arrays import BoolArray, Int64Array, NumberArray
    from searchlib.search.index_view import SegmentPart


class TermPostings:
    """What the index has of one term.

    Attributes:
        field: The field of the term.
        text: The term.
        doc_frequency: How many documents have it, with those deleted.
        collection_frequency: How often these have it together.
        pieces: Each segment that has the term, and the postings there, as they lie in its file.
    """

    __slots__ = (
        "_index", "collection_frequency", "doc_frequency", "field", "pieces", "text",
    )  # fmt: skip

    def __init__(self, index: IndexView, field: str, term: bytes) -> None:
        self.field: Final = field
        self.text: Final = term
        self._index = index
        self.pieces: Final[list[tuple[SegmentPart, SegmentPostings]]] = []
        self.doc_frequency = 0
        self.collection_frequency = 0
        for segment, finder in index.finders(field):
            postings = finder.find(term, segment.first)
            if postings is not None:
                self.pieces.append((segment, postings))
                self.doc_frequency += len(postings)
                self.collection_frequency += postings.collection_frequency

    @property
    def idf(self) -> float:
        """How much it tells."""
        return idf(self._index.doc_count, self.doc_frequency)

    def __str__(self) -> str:
        return repr(self.text.decode("utf-8", "replace"))

    def in_field(self, boost: float) -> list[FieldPostings]:
        """Give the postings, to be scored.

        Args:
            boost: The weight of an occurrence.
        """
        return self._index.in_field(self.field, self.pieces, boost)

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that have it, with those deleted.

        Args:
            marked: Set to true for each of them. Shape (doc_count,).
        """
        for _, postings in self.pieces:
            postings.mark(marked)

    def occurrences(self, among: BoolArray) -> Int64Array:
        """Find the occurrences in some documents.

        Args:
            among: Which. Shape (doc_count,).

        Returns:
            Their keys (see :mod:`searchlib.postings.phrases`), ascending.
        """
        return occurrences_among([postings for _, postings in self.pieces], among)


def postings_of(
    index: IndexView, docnums: Int64Array, frequencies: NumberArray
) -> list[tuple[SegmentPart, SegmentPostings]]:
    """Make the postings of something that was found in some documents.

    Args:
        index: Where.
        docnums: Ascending. Shape (N,), int64.
        frequencies: How often it is in each. Shape (N,), integers.

    Returns:
        Each segment that has such documents, and the postings there.
    """
    ends = docnums.searchsorted([segment.end for segment in index.segments]).tolist()
    return [
        (
            segment,
            SegmentPostings(
                (docnums[start:end] - segment.first).astype(np.uint32),
                None,
                frequencies[start:end].astype(np.uint32),
                segment.first,
                segment.end - segment.first,
            ),
        )
        for segment, start, end in zip(index.segments, [0, *ends], ends, strict=False)
        if start < end
    ]


def frequency_in(found: Iterable[FieldPostings], docnum: int) -> int:
    """Tell how often something is in a document."""
    for postings, *_ in found:
        places = (postings.docnums() == docnum).nonzero()[0]
        if len(places):
            return 1 if postings.frequencies is None else int(postings.frequencies[places[0]])
    return 0


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
