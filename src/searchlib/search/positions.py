"""Where in a field is a term, or any of several?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from searchlib.postings import idf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import Int64Array
    from searchlib.search.index_view import IndexView
    from searchlib.search.term_postings import TermPostings


class Positions(Protocol):
    """Where something is that stands at one position: what phrases are made of."""

    @property
    def doc_frequency(self) -> int:
        """How many documents have it, at most."""

    @property
    def idf(self) -> float:
        """How much it tells."""

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
        idf: How much it tells, by that frequency.
    """

    def __init__(self, index: IndexView, terms: Sequence[TermPostings]) -> None:
        self._terms = [term for term in terms if term.doc_frequency]
        total = sum(term.doc_frequency for term in self._terms)
        self.doc_frequency: Final = min(total, index.doc_count)
        self.idf: Final = idf(index.doc_count, self.doc_frequency)

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
