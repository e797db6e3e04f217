"""How are parts evaluated that stand for many terms? Prefixes, patterns, similar words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.errors import QueryTooCostly
from searchlib.query.leaves import MAX_EDITS
from searchlib.search.constant import ConstantScoreMatcher
from searchlib.search.edits import edit_distances
from searchlib.search.positions import terms_in_segments

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray, Int64Array
    from searchlib.search.index_view import IndexView
    from searchlib.search.positions import Expansion
    from searchlib.segment.dictionary import TermDictionary

MAX_EXPANSIONS: Final = 100_000
"""For how many terms of a segment's field a pattern may stand."""

_WORDS_AT_ONCE: Final = 1 << 14


class MultiTermMatcher(ConstantScoreMatcher):
    """Documents that have any of some terms.

    Args:
        index: Where.
        field: A text, keyword or key field.
        expand: Finds the terms in a dictionary.
        score: Of all that match.
        query: The query, for messages.
    """

    def __init__(
        self,
        index: IndexView,
        field: str,
        expand: Expansion,
        score: float,
        query: object,
    ) -> None:
        super().__init__(index, score)
        self._field = field
        self._expand = expand
        self._query = query

    def describe(self) -> str:
        """Say what matches."""
        return f"{self._query!s} in {self._field}"

    def cost(self) -> int:
        """Count all documents: looking for the terms takes too long to tell more."""
        return self.index.doc_count

    def mask(self) -> BoolArray:
        """Tell of each document whether it matches. Shape (doc_count,)."""
        present = self.index.unmarked()
        for segment, field, terms in terms_in_segments(self.index, self._field, self._expand):
            if len(terms) > MAX_EXPANSIONS:
                raise QueryTooCostly(
                    f"expected {self._query!s} to stand for at most {MAX_EXPANSIONS:,} terms, got "
                    f"{len(terms):,}; begin it with more letters"
                )
            field.mark(terms, present, segment.first)
        return self.index.only_live(present)


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
    if terms.compiled is not None and first < end:
        return terms.compiled.similar(text, max(most_edits, 0), first, end)
    found = [np.empty(0, np.int64)]
    while first < end:
        last = min(first + _WORDS_AT_ONCE, end)
        words = list(terms.words(first, last))
        near = edit_distances(words, text, max(most_edits, 0)) <= most_edits
        found.append(near.nonzero()[0] + first)
        first = last
    return np.concatenate(found)
