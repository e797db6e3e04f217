"""How are parts evaluated that stand for many terms? Prefixes, patterns, similar words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.errors import QueryTooCostly
from searchlib.execution.constant import Constant
from searchlib.execution.edits import edit_distances

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from searchlib.execution.statistics import SegmentView
    from searchlib.postings import Candidates
    from searchlib.segment.dictionary import TermDictionary
    from searchlib.segment.inverted import FieldReader
    from searchlib.types import BoolArray, Int64Array

MAX_EXPANSIONS: Final = 100_000
"""For how many terms of a segment's field a pattern may stand."""
MAX_EDITS: Final = 2

_POSTINGS_AT_ONCE: Final = 1 << 20
_WORDS_AT_ONCE: Final = 1 << 14

Ordinals = "range | Int64Array"
"""Terms by their places in a dictionary, ascending."""


class TermsNode(Constant):
    """Documents that have any of some terms.

    Args:
        field: A text, keyword or key field.
        expand: Finds the terms in a dictionary.
        score: Of all that match.
        query: The query, for messages.
    """

    def __init__(
        self,
        field: str,
        expand: Callable[[TermDictionary], range | Int64Array],
        score: float,
        query: object,
    ) -> None:
        super().__init__(score)
        self._field = field
        self._expand = expand
        self._query = query
        self._ordinals: dict[int, range | Int64Array] = {}
        self._present: dict[int, BoolArray] = {}

    def size(self, segment: SegmentView) -> int:
        """Count all documents, or none if there are no such terms."""
        return segment.doc_count if len(self._terms(segment)) else 0

    def docnums(self, segment: SegmentView) -> Int64Array:
        """Find all documents that match."""
        return self.mask(segment).nonzero()[0]

    def among(self, segment: SegmentView, candidates: Candidates) -> BoolArray:
        """Tell of each candidate whether it matches."""
        return self.mask(segment).take(candidates.docnums)

    def _terms(self, segment: SegmentView) -> range | Int64Array:
        found = self._ordinals.get(segment.number)
        if found is None:
            field = segment.inverted.get(self._field)
            found = range(0) if field is None else self._expand(field.terms)
            if len(found) > MAX_EXPANSIONS:
                raise QueryTooCostly(
                    f"expected {self._query!s} to stand for at most {MAX_EXPANSIONS:,} terms, got "
                    f"{len(found):,}; begin it with more letters"
                )
            self._ordinals[segment.number] = found
        return found

    def mask(self, segment: SegmentView) -> BoolArray:
        """Tell of each document of a segment whether it matches. Shape (doc_count,)."""
        present = self._present.get(segment.number)
        if present is None:
            present = np.zeros(segment.doc_count, np.bool_)
            terms, field = self._terms(segment), segment.inverted.get(self._field)
            if field is not None and len(terms):
                for docnums in _documents_of(field, terms):
                    present[docnums] = True
            self._present[segment.number] = present
        return present


def _documents_of(field: FieldReader, terms: range | Int64Array) -> Iterable[Int64Array]:
    """Read the documents of terms, so many at a time that memory stays bounded."""
    if isinstance(terms, np.ndarray):
        ends = field.doc_frequencies(terms).cumsum()
        cuts = np.flatnonzero(np.diff(ends // _POSTINGS_AT_ONCE)) + 1
        for some in np.split(terms, cuts):
            yield field.docnums_of_each(some)
        return
    first = terms.start
    while first < terms.stop:
        last = min(terms.stop, field.terms_within(first, _POSTINGS_AT_ONCE))
        yield from field.runs_of(first, last)
        first = last


def prefix_terms(terms: TermDictionary, prefix: bytes) -> range:
    """Find the terms that begin with a prefix."""
    return range(*terms.prefix_range(prefix))


def terms_between(
    terms: TermDictionary,
    start: bytes | None,
    end: bytes | None,
    *,
    open_start: bool,
    open_end: bool,
) -> range:
    """Find the terms from one to another; ``None`` for no bound, open bounds left out."""
    first, last = 0, len(terms)
    if start is not None:
        first = terms.ceiling(start) + (open_start and start in terms)
    if end is not None:
        last = terms.ceiling(end) + (not open_end and end in terms)
    return range(first, max(first, last))


def similar_terms(
    terms: TermDictionary, text: str, most_edits: int, prefix_length: int
) -> Int64Array:
    """Find the terms that some edits make of a text.

    Args:
        terms: The dictionary.
        text: The text.
        most_edits: How many edits at most.
        prefix_length: How many letters at the beginning must be the same.

    Returns:
        Ordinals, ascending. Shape (number found,), int64.

    Raises:
        QueryTooCostly: There are more edits than :data:`MAX_EDITS`.
    """
    if most_edits > MAX_EDITS:
        raise QueryTooCostly(f"expected at most {MAX_EDITS} edits of {text!r}, got {most_edits}")
    prefix = text[: max(prefix_length, 0)].encode("utf-8", "replace")
    first, end = terms.prefix_range(prefix)
    found = [np.empty(0, np.int64)]
    while first < end:
        last = min(first + _WORDS_AT_ONCE, end)
        words = [term.decode() for term in terms.terms(first, last)]
        near = edit_distances(words, text, max(most_edits, 0)) <= most_edits
        found.append(near.nonzero()[0] + first)
        first = last
    return np.concatenate(found)


def existing_terms(terms: TermDictionary, words: Iterable[bytes]) -> Int64Array:
    """Find those of some words that are terms. Ordinals, ascending."""
    found = {terms.lookup(word) for word in words} - {None}
    return np.array(sorted(ordinal for ordinal in found if ordinal is not None), np.int64)
