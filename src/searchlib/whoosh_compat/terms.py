"""Which documents of the whole index have a term?"""

from __future__ import annotations

from functools import cached_property
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from searchlib.arrays import BoolArray, Int32Array, Int64Array, NumberArray
    from searchlib.segment.field_reader import FieldReader

Positions = tuple["Int32Array", "Int64Array"]
"""Positions, document after document, and where those of each document begin, ending with their
count: as from :meth:`searchlib.segment.field_reader.FieldReader.positions`."""


@frozen
class Postings:
    """The postings of a term.

    Attributes:
        docnums: The documents that have it, ascending. Shape (P,), int32.
        frequencies: How often each has it. Shape (P,), int32.
        field_lengths: The number of tokens of each document of the index, shape (N,), any
            integer type; ``None`` for a field without positions.
        load_positions: Reads where it stands; ``None`` for a field without positions.
    """

    docnums: Int32Array
    frequencies: Int32Array
    field_lengths: NumberArray | None = None
    load_positions: Callable[[], Positions] | None = None

    @property
    def lengths(self) -> NumberArray:
        """The number of tokens of each document that has it; 0 without positions. Shape (P,)."""
        if self.field_lengths is None:
            return np.zeros_like(self.docnums)
        lengths: NumberArray = self.field_lengths[self.docnums]
        return lengths

    def without(self, deleted: BoolArray | None) -> Postings:
        """Leave out deleted documents.

        Args:
            deleted: Whether each document of the index is deleted, shape (N,); ``None`` if none is.
        """
        if deleted is None or not deleted[self.docnums].any():
            return self
        kept = ~deleted[self.docnums]
        load = self.load_positions
        return Postings(
            self.docnums[kept],
            self.frequencies[kept],
            self.field_lengths,
            None if load is None else lambda: _select(load(), kept),
        )


def _select(positions: Positions, kept: BoolArray) -> Positions:
    """Keep the positions of some of the postings."""
    places, starts = positions
    counts = np.diff(starts)
    return places[np.repeat(kept, counts)], _starts(counts[kept])


def _starts(counts: Int64Array) -> Int64Array:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


class FieldTerms(Protocol):
    """The terms of a field in all segments, in ascending order of their bytes."""

    def __contains__(self, term: bytes) -> bool: ...

    def starting_at(self, term: bytes) -> Iterator[bytes]:
        """Iterate over the terms that are not below this one, which need not be one of them."""
        ...

    def doc_frequency(self, term: bytes) -> int:
        """Count the documents that have a term, the deleted ones among them; 0 for no term."""
        ...

    def frequency(self, term: bytes) -> int:
        """Count the occurrences of a term in those documents."""
        ...

    def postings(self, term: bytes) -> Postings:
        """Read the postings of a term, with those of deleted documents; none for no term."""
        ...


class InvertedTerms:
    """The terms of a text, keyword or key field.

    Args:
        parts: For each segment that has the field the docnum of its first document, and its reader
            of the field.
        doc_count: The number of documents of all segments.

    Attributes:
        total_length: The number of tokens of all documents; 0 for a field without positions.
    """

    def __init__(self, parts: Sequence[tuple[int, FieldReader]], doc_count: int) -> None:
        self._doc_count = doc_count
        self._parts: Final = parts
        self._has_positions = any(reader.has_positions for _, reader in parts)
        self.total_length: Final = sum(reader.total_length for _, reader in parts)

    @cached_property
    def lengths(self) -> NumberArray:
        """The number of tokens of each document; 0 for a field without. Shape (N,)."""
        lengths = np.zeros(self._doc_count, np.int64)
        for first, part in self._parts:
            lengths[first : first + len(part.lengths)] = part.lengths
        return lengths

    def __contains__(self, term: bytes) -> bool:
        return any(term in reader.terms for _, reader in self._parts)

    def starting_at(self, term: bytes) -> Iterator[bytes]:
        """Iterate over the terms that are not below this one."""
        dictionaries = [reader.terms for _, reader in self._parts]
        each = [terms.terms(terms.ceiling(term)) for terms in dictionaries]
        return each[0] if len(each) == 1 else (same for same, _ in groupby(merge(*each)))

    def first_from(self, term: bytes) -> bytes | None:
        """Find the first term that is not below this one."""
        dictionaries = [reader.terms for _, reader in self._parts]
        places = [(terms, terms.ceiling(term)) for terms in dictionaries]
        return min((terms.term(at) for terms, at in places if at < len(terms)), default=None)

    def doc_frequency(self, term: bytes) -> int:
        """Count the documents that have a term."""
        return sum(reader.doc_frequency(ordinal) for _, reader, ordinal in self._find(term))

    def frequency(self, term: bytes) -> int:
        """Count the occurrences of a term."""
        return sum(reader.collection_frequency(ordinal) for _, reader, ordinal in self._find(term))

    def postings(self, term: bytes) -> Postings:
        """Read the postings of a term."""
        found = self._find(term)
        docnums = [reader.docnums(ordinal) + np.int32(first) for first, reader, ordinal in found]
        frequencies = [reader.frequencies(ordinal) for _, reader, ordinal in found]
        return Postings(
            np.concatenate([_NONE, *docnums]),
            np.concatenate([_NONE, *frequencies]),
            self.lengths if self._has_positions else None,
            (lambda: _positions(found)) if self._has_positions else None,
        )

    def _find(self, term: bytes) -> list[tuple[int, FieldReader, int]]:
        """Find the segments that have a term: first docnum, reader and ordinal in each."""
        found = [(first, reader, reader.terms.lookup(term)) for first, reader in self._parts]
        return [(first, reader, at) for first, reader, at in found if at is not None]


_NONE: Final = np.empty(0, np.int32)


def _positions(found: Sequence[tuple[int, FieldReader, int]]) -> Positions:
    parts = [reader.positions(ordinal) for _, reader, ordinal in found]
    counts = [np.diff(starts) for _, starts in parts]
    return (
        np.concatenate([_NONE, *(places for places, _ in parts)]),
        _starts(np.concatenate([np.empty(0, np.int64), *counts])),
    )
