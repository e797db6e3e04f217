"""Which labels do documents have, in the whole index? The labels of its segments under one number.

Each segment has a dictionary of its own. What is counted in several of them is added up by term:
the terms of all are numbered in order, once for a commit, when a field is counted for the first
time.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.postings import count_labels
from searchlib.search.spellings import most_written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.arrays import Int32Array, Int64Array
    from searchlib.postings import SegmentLabels
    from searchlib.segment.field_reader import FieldReader
    from searchlib.segment.labels import LabelsReader

_MOST_WRITTEN: Final = 20_000
"""How many labels are remembered as documents write them."""


class LabelColumn:
    """The labels of a field in the whole index. A label is told by its number, in order of terms.

    Args:
        readers: A keyword field in the segments that have it, each with the docnum of the segment's
            first document.

    Raises (all methods):
        CorruptIndexError: A segment is damaged.
    """

    def __init__(self, readers: Iterable[tuple[int, FieldReader]]) -> None:
        self._parts: Final[list[tuple[int, FieldReader, LabelsReader]]] = [
            (first, reader, reader.labels)
            for first, reader in readers
            if reader.labels is not None and len(reader.terms)
        ]
        self._written: dict[int, str] = {}

    @cached_property
    def _numbers(self) -> list[Int64Array]:
        """The number of each term of each segment. Ascending, int64."""
        if len(self._parts) == 1:
            return [np.arange(len(self._parts[0][1].terms))]
        terms = [reader.terms.distinct() for _, reader, _ in self._parts]
        ranks = {term: rank for rank, term in enumerate(sorted(set(chain.from_iterable(terms))))}
        return [np.array([ranks[term] for term in some], np.int64) for some in terms]

    @cached_property
    def size(self) -> int:
        """How many different labels there are, with those of deleted documents."""
        return max((int(numbers[-1]) + 1 for numbers in self._numbers), default=0)

    @cached_property
    def _segments(self) -> list[SegmentLabels]:
        each = zip(self._parts, self._numbers, strict=True)
        return [labels.numbered(numbers, first) for (first, _, labels), numbers in each]

    @cached_property
    def _of_all(self) -> tuple[Int64Array, int]:
        """The counts of all documents, which the dictionaries tell."""
        counts, having = np.zeros(self.size, np.int64), 0
        for (_, reader, labels), numbers in zip(self._parts, self._numbers, strict=True):
            counts[numbers] += np.diff(reader.posting_starts(0, len(reader.terms)))
            having += int(np.count_nonzero(labels.of(slice(None))[1]))
        return counts, having

    def counts(self, docnums: Int64Array | None) -> tuple[Int64Array, int]:
        """Count for each label how many documents have it.

        Args:
            docnums: Documents, those of a segment before those of the next one; ``None`` for all,
                with those deleted. Shape (D,), int64.

        Returns:
            Shape (size,), int64; and how many documents have any label.
        """
        if docnums is None:
            return self._of_all
        return count_labels(self._segments, docnums, self.size)

    def first_of_each(self, doc_count: int) -> Int32Array:
        """Give the number of the first label of each document; -1 for one without.

        Args:
            doc_count: The number of documents in the whole index.

        Returns:
            Shape (doc_count,), int32.
        """
        column = np.full(doc_count, -1, np.int32)
        for (first, reader, labels), numbers in zip(self._parts, self._numbers, strict=True):
            ordinals = labels.first(slice(None))
            present = ordinals >= 0
            column[first : first + reader.doc_count][present] = numbers[ordinals[present]]
        return column

    def term(self, number: int) -> bytes:
        """Give the term of a label."""
        reader, ordinal = self._found_in(number)[0]
        return reader.terms.term(ordinal)

    def as_written(self, number: int) -> str:
        """Write a label as most documents do, deleted ones included."""
        written = self._written.get(number)
        if written is None:
            written = most_written(self._found_in(number))
            if len(self._written) >= _MOST_WRITTEN:
                self._written.clear()
            self._written[number] = written
        return written

    def beginning_with(self, prefix: bytes) -> tuple[int, int]:
        """Find the labels whose terms begin so: the first, and the one after the last."""
        first, end = self.size, 0
        for (_, reader, _), numbers in zip(self._parts, self._numbers, strict=True):
            low, high = reader.terms.prefix_range(prefix)
            if low < high:
                first, end = min(first, int(numbers[low])), max(end, int(numbers[high - 1]) + 1)
        return (first, end) if first < end else (0, 0)

    def _found_in(self, number: int) -> list[tuple[FieldReader, int]]:
        """Find the segments that have a label, with its ordinal in each."""
        found = []
        for (_, reader, _), numbers in zip(self._parts, self._numbers, strict=True):
            place = int(numbers.searchsorted(number))
            if place < len(numbers) and numbers[place] == number:
                found.append((reader, place))
        return found
