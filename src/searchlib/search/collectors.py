"""What is done with the documents that match? The best are kept, all are counted or marked.

Matching is one thing, collecting another: one pass over the documents serves any number of
collectors, and what is new, as a count of labels, is one more of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.postings import highest
from searchlib.search.matcher import TopDocs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from searchlib.arrays import BoolArray, Float64Array, Int64Array
    from searchlib.search.index_view import IndexView, SegmentPart
    from searchlib.search.matcher import Matcher

CHUNK: Final = 1 << 16
"""How many documents a collector is told of at once, at most."""


class Collector(ABC):
    """Takes the documents that match, chunk by chunk."""

    @abstractmethod
    def collect(self, segment: SegmentPart, docnums: Int64Array, scores: Float64Array) -> None:
        """Take documents that match, of 65,536 that follow one another in a segment.

        Args:
            segment: Where they are.
            docnums: Their numbers in the whole index, ascending, above those of calls before.
                Shape (D,), int64.
            scores: Of each. Shape (D,), float64.
        """


class TopDocsCollector(Collector):
    """Keeps the documents with the highest scores, and counts all.

    Args:
        k: How many to keep.
    """

    def __init__(self, k: int) -> None:
        self._k = k
        self.best = TopDocs.none()

    def collect(self, segment: SegmentPart, docnums: Int64Array, scores: Float64Array) -> None:
        """Take documents that match."""
        # Of equal ones those before come first, as their numbers are lower.
        docnums = np.concatenate((self.best.docnums, docnums))
        scores = np.concatenate((self.best.scores, scores))
        total = self.best.total + len(docnums) - len(self.best.docnums)
        places = highest(scores, self._k)
        self.best = TopDocs(docnums.take(places), scores.take(places), total)


class CountCollector(Collector):
    """Counts the documents."""

    def __init__(self) -> None:
        self.count = 0

    def collect(self, segment: SegmentPart, docnums: Int64Array, scores: Float64Array) -> None:
        """Take documents that match."""
        self.count += len(docnums)


class BitsetCollector(Collector):
    """Marks the documents in an array of all.

    Args:
        doc_count: The number of all documents.
    """

    def __init__(self, doc_count: int) -> None:
        self.bits: Final[BoolArray] = np.zeros(doc_count, np.bool_)

    def collect(self, segment: SegmentPart, docnums: Int64Array, scores: Float64Array) -> None:
        """Take documents that match."""
        self.bits[docnums] = True


def collect(matcher: Matcher, collectors: Sequence[Collector]) -> None:
    """Find the documents that match, in one pass for all collectors.

    Args:
        matcher: What is looked for.
        collectors: What is done with it.

    Raises:
        CorruptIndexError: A segment is damaged.
        QueryTooCostly: It would take too long.
    """
    feed(matcher.index, *matcher.matches(), collectors)


def feed(
    index: IndexView, docnums: Int64Array, scores: Float64Array, collectors: Sequence[Collector]
) -> None:
    """Tell collectors of documents, chunk by chunk.

    Args:
        index: Where they are.
        docnums: Their numbers in the whole index, ascending. Shape (D,), int64.
        scores: Of each. Shape (D,), float64.
        collectors: What is told of them.
    """
    for segment, start, end in _chunks(index, docnums):
        for collector in collectors:
            collector.collect(segment, docnums[start:end], scores[start:end])


def _chunks(index: IndexView, docnums: Int64Array) -> Iterator[tuple[SegmentPart, int, int]]:
    """Tell which of the documents are in which chunk of which segment."""
    start = 0
    for segment in index.segments:
        ends = np.minimum(np.arange(segment.first, segment.end, CHUNK) + CHUNK, segment.end)
        for end in docnums.searchsorted(ends).tolist():
            if start < end:
                yield segment, start, end
            start = end
