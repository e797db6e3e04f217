"""Where in a field is a term, or any of several?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

from searchlib.memory import unlocked_cached_property
from searchlib.postings import occurrences_among
from searchlib.search.term_postings import TermPostings, postings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from searchlib.arrays import BoolArray, Int64Array
    from searchlib.postings import FieldPostings, SegmentPostings
    from searchlib.search.index_view import IndexView, SegmentPart
    from searchlib.segment.dictionary import TermDictionary
    from searchlib.segment.field_reader import FieldReader

    Expansion = Callable[[TermDictionary], range | Int64Array]
    """Finds the ordinals of terms in a dictionary, ascending."""


_SHOWN: Final = 3
"""How many terms a description names."""


class Positions(Protocol):
    """Where something is that stands at one position: what phrases are made of."""

    @property
    def doc_frequency(self) -> int:
        """How many documents have it, at most; 0 only if none has."""

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that have it, with those deleted."""

    def occurrences(self, among: BoolArray) -> Int64Array:
        """Find the keys of its places in some documents, ascending."""


class TermsOfSegment(NamedTuple):
    """Some terms of a segment.

    Attributes:
        segment: The segment.
        reader: Its part of a field.
        ordinals: The terms there, at least one, ascending.
    """

    segment: SegmentPart
    reader: FieldReader
    ordinals: range | Int64Array


def terms_in_segments(index: IndexView, field: str, find: Expansion) -> list[TermsOfSegment]:
    """Find terms of a field in each segment that has any.

    Args:
        index: Where.
        field: A text, keyword or key field.
        find: Finds them in a dictionary.
    """
    readers = [(segment, segment.inverted.get(field)) for segment in index.segments]
    found = [TermsOfSegment(one, r, find(r.terms)) for one, r in readers if r is not None]
    return [some for some in found if len(some.ordinals)]


class AnyOfTerms:
    """Where any of some terms is.

    Args:
        index: Where.
        field: A text field.
        found: The terms of each segment that has any.

    Attributes:
        doc_frequency: The sum of those of the terms, at most the number of all documents.
    """

    def __init__(self, index: IndexView, field: str, found: Sequence[TermsOfSegment]) -> None:
        self._index = index
        self._field = field
        self._found = found
        counts = [reader.doc_frequencies(np.asarray(terms)).sum() for _, reader, terms in found]
        self.doc_frequency: Final = min(int(sum(counts)), index.doc_count)

    def __str__(self) -> str:
        terms = {
            reader.terms.term(int(ordinal)).decode("utf-8", "replace"): None
            for _, reader, ordinals in self._found
            for ordinal in ordinals[: _SHOWN + 1]
        }
        shown = " or ".join(map(repr, [*terms][:_SHOWN]))
        return shown + (" or others" if len(terms) > _SHOWN else "")

    @property
    def collection_frequency(self) -> int:
        """How often all documents have it together, with those deleted."""
        return sum(postings.collection_frequency for _, postings in self._postings)

    @unlocked_cached_property
    def _postings(self) -> list[tuple[SegmentPart, SegmentPostings]]:
        """The documents, in each with the frequency of the term that is there most.

        Terms of one word, as with and without accents, stand at the same position, so that the
        sum of their frequencies would count that twice.
        """
        found = self._each()
        lists = [postings.docnums() for postings in found]
        docnums, places = np.unique(
            np.concatenate([np.empty(0, np.int64), *lists]), return_inverse=True
        )
        frequencies = np.zeros(len(docnums), np.uint32)
        start = 0
        for postings, some in zip(found, lists, strict=True):
            end = start + len(some)
            most = 1 if postings.frequencies is None else postings.frequencies
            np.maximum.at(frequencies, places[start:end], most)
            start = end
        return postings_of(self._index, docnums, frequencies)

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that have any of the terms, with those deleted."""
        for segment, reader, terms in self._found:
            reader.mark(terms, marked, segment.first)

    def in_field(self, boost: float) -> list[FieldPostings]:
        """Give the postings, to be scored."""
        return self._index.in_field(self._field, self._postings, boost)

    def occurrences(self, among: BoolArray) -> Int64Array:
        """Find the keys of all places in some documents, ascending."""
        return occurrences_among(self._each(), among)

    def _each(self) -> list[SegmentPostings]:
        """View the postings of each term in each segment."""
        return [
            postings
            for segment, reader, terms in self._found
            for postings in reader.postings_of_each(terms, segment.first)
        ]


def united_frequency(index: IndexView, words: Sequence[Positions]) -> int:
    """Count the documents that have any of some words, with those deleted.

    Args:
        index: Where.
        words: The same word in different fields.
    """
    there = [word for word in words if word.doc_frequency]
    if not there:
        return 0
    if len(there) == 1 and isinstance(there[0], TermPostings):
        return there[0].doc_frequency
    key = ("df", *there)
    count: int | None = index.nodes.get(key)
    if count is None:
        marked = index.unmarked()
        for word in there:
            word.mark(marked)
        count = int(np.count_nonzero(marked))
        if all(isinstance(word, TermPostings) for word in there):
            index.keep(key, count)
    return count
