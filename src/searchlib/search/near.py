"""Which documents have words close together? Proximity of words, phrases and patterns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from searchlib.postings import word_weight
from searchlib.postings.intervals import (
    Intervals,
    any_interval,
    in_any_order,
    in_order,
    minimal,
)
from searchlib.search.explanation import product_of
from searchlib.search.matcher import Matcher
from searchlib.search.term_matchers import occurrence_factors, occurrence_scores, phrase_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.search.explanation import Explanation
    from searchlib.search.index_view import IndexView
    from searchlib.search.matcher import Matches
    from searchlib.search.positions import Positions
    from searchlib.search.term_matchers import Occurrences


class Places(ABC):
    """Where something is in the texts of one field: words, phrases, or others close together.

    Attributes:
        cost: How many documents have it at most; 0 only if none has.
    """

    cost: int

    @abstractmethod
    def intervals(self) -> Intervals:
        """Find all places."""


class PhrasePlaces(Places):
    """Where words follow one another, or where one word is."""

    def __init__(self, words: Sequence[Positions | None], slop: int) -> None:
        there = [word for word in words if word is not None]
        self.cost = min(word.doc_frequency for word in there)
        self._words = words
        self._slop = slop

    def intervals(self) -> Intervals:
        """Find all places."""
        first, *others = self._words
        assert first is not None
        if not others:
            keys = first.occurrences()
            return Intervals(keys, keys)
        if self._slop > 1:
            there = [word.occurrences() for word in self._words if word is not None]
            return in_order([Intervals(keys, keys) for keys in there], self._slop)
        rarest = min(
            (word.doc_frequency, place)
            for place, word in enumerate(self._words)
            if word is not None
        )[1]
        keys = phrase_keys(self._words, 1) - rarest
        return minimal(keys, keys + len(others))


class AnyPlaces(Places):
    """Where any of several things is."""

    def __init__(self, parts: Sequence[Places], doc_count: int) -> None:
        self.cost = min(sum(part.cost for part in parts), doc_count)
        self._parts = parts

    def intervals(self) -> Intervals:
        """Find all places."""
        return any_interval([part.intervals() for part in self._parts if part.cost])


class NearPlaces(Places):
    """Where several things stand close together.

    Args:
        parts: The things.
        counts: How many of each there must be.
        distance: As of :class:`searchlib.query.tree.Near`.
        ordered: Whether they must come in this order.
    """

    def __init__(
        self, parts: Sequence[Places], counts: Sequence[int], distance: int, *, ordered: bool
    ) -> None:
        self.cost = min(part.cost for part in parts)
        self._parts = parts
        self._counts = counts
        self._distance = distance
        self._ordered = ordered

    def intervals(self) -> Intervals:
        """Find all places."""
        found = [part.intervals() for part in self._parts]
        if not self._ordered:
            return in_any_order(found, self._counts, self._distance)
        return in_order(found, self._distance)


class PlacesInField(NamedTuple):
    """What is looked for in one field.

    Attributes:
        field: The field, which has positions.
        places: What.
        boost: The weight of an occurrence.
    """

    field: str
    places: Places
    boost: float


class NearMatcher(Matcher):
    """Documents in which things stand close together, in a field or any of several.

    Args:
        index: Where.
        fields: What is looked for in each field.
        idf: How much it tells.
        boost: Factor on the score.
        query: The query, for explanations.
    """

    def __init__(
        self,
        index: IndexView,
        fields: Sequence[PlacesInField],
        idf: float,
        boost: float,
        query: object,
    ) -> None:
        super().__init__(index)
        self._idf = idf
        self._boost = boost
        self._query = query
        self._fields = [found for found in fields if found.places.cost]
        self._weight = word_weight(boost * idf, index.scoring.k1)

    def cost(self) -> int:
        """Add up the documents that may have it in each field."""
        return min(self.index.doc_count, sum(found.places.cost for found in self._fields))

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        return self._matches

    @cached_property
    def _matches(self) -> Matches:
        return occurrence_scores(self.index, self._occurrences, self._weight)

    @cached_property
    def _occurrences(self) -> list[Occurrences]:
        return [(field, places.intervals().starts, boost) for field, places, boost in self._fields]

    def describe(self) -> str:
        """Say what matches."""
        return f"{self._query!s}"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        factors = occurrence_factors(self.index, docnum, self._boost, self._idf, self._occurrences)
        return product_of(score, self.describe(), factors)
