"""Where in a field is a term, or any of several?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from searchlib.search.term_postings import TermPostings, posting_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Int64Array
    from searchlib.search.index_view import IndexView
    from searchlib.search.term_postings import PostingList


_SHOWN: Final = 3
"""How many terms a description names."""


class Positions(Protocol):
    """Where something is that stands at one position: what phrases are made of."""

    @property
    def doc_frequency(self) -> int:
        """How many documents have it, at most."""

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that have it, with those deleted."""

    def occurrences(self) -> Int64Array:
        """Find the keys of all places (see :mod:`searchlib.postings.phrases`), ascending."""

    def occurrences_near(self, few: Int64Array) -> Int64Array:
        """Find at least the keys in the documents of some few others."""

    def only_its_documents(self, keys: Int64Array) -> Int64Array:
        """Leave out keys in documents that do not have it, where that is easily told."""


class AnyOfTerms:
    """Where any of some terms is.

    Args:
        index: Where.
        terms: The terms, of one text field.

    Attributes:
        doc_frequency: The sum of those of the terms, at most the number of all documents.
    """

    def __init__(self, index: IndexView, terms: Sequence[TermPostings]) -> None:
        self._index = index
        self._terms = [term for term in terms if term.doc_frequency]
        total = sum(term.doc_frequency for term in self._terms)
        self.doc_frequency: Final = min(total, index.doc_count)

    def __str__(self) -> str:
        shown = " or ".join(map(str, self._terms[:_SHOWN]))
        return shown + (" or others" if len(self._terms) > _SHOWN else "")

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that have any of the terms, with those deleted."""
        for term in self._terms:
            term.mark(marked)

    @cached_property
    def collection_frequency(self) -> int:
        """How often all documents have it together, with those deleted."""
        frequencies = self.postings().all_frequencies
        assert frequencies is not None
        return int(frequencies.sum())

    def postings(self) -> PostingList:
        """Find the documents, in each with the frequency of the term that is there most.

        Terms of one word, as with and without accents, stand at the same position, so that the
        sum of their frequencies would count that twice.
        """
        found = [term.postings() for term in self._terms]
        docnums = np.concatenate([np.empty(0, np.int64), *(one.all_docnums for one in found)])
        docnums, places = np.unique(docnums, return_inverse=True)
        frequencies = np.zeros(len(docnums), np.uint32)
        start = 0
        for one in found:
            end = start + len(one.all_docnums)
            most = 1 if one.all_frequencies is None else one.all_frequencies
            np.maximum.at(frequencies, places[start:end], most)
            start = end
        return posting_list(self._index, docnums, frequencies)

    def occurrences(self) -> Int64Array:
        """Find the keys of all places, ascending."""
        found = [term.occurrences() for term in self._terms]
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)

    def occurrences_near(self, few: Int64Array) -> Int64Array:
        """Find the keys of all places."""
        return self.occurrences()

    def only_its_documents(self, keys: Int64Array) -> Int64Array:
        """Give the keys as they are."""
        return keys


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
        marked = np.zeros(index.doc_count, np.bool_)
        for word in there:
            word.mark(marked)
        count = int(np.count_nonzero(marked))
        if all(isinstance(word, TermPostings) for word in there):
            index.keep(key, count)
    return count
