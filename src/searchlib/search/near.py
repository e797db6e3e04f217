"""Which documents have words close together? Proximity of words, phrases and patterns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searchlib.postings.intervals import (
    Intervals,
    any_interval,
    in_any_order,
    in_order,
)
from searchlib.search.phrase_matchers import documents_with_all, occurring, phrase_keys
from searchlib.search.term_matchers import FieldOccurrences, OccurrenceMatcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray
    from searchlib.search.index_view import IndexView
    from searchlib.search.positions import Positions


class Places(ABC):
    """Where something is in the texts of one field: words, phrases, or others close together.

    Attributes:
        cost: How many documents have it at most; 0 only if none has.
    """

    cost: int

    @abstractmethod
    def documents(self) -> BoolArray:
        """Find the documents, none of them deleted, that may have it. Shape (doc_count,)."""

    @abstractmethod
    def intervals(self, among: BoolArray) -> Intervals:
        """Find all places in some documents, that have it at most.

        Args:
            among: Which. Shape (doc_count,).
        """


class PhrasePlaces(Places):
    """Where words follow one another, or where one word is."""

    def __init__(self, index: IndexView, words: Sequence[Positions | None], slop: int) -> None:
        there = [word for word in words if word is not None]
        self.cost = min(word.doc_frequency for word in there)
        self._index = index
        self._words = words
        self._slop = slop

    def documents(self) -> BoolArray:
        """Find the documents that have all words."""
        return documents_with_all(self._index, self._words)

    def intervals(self, among: BoolArray) -> Intervals:
        """Find all places in some documents."""
        if self._slop > 1:
            there = [word for word in self._words if word is not None]
            known = {word: word.occurrences(among) for word in dict.fromkeys(there)}
            return in_order([Intervals(known[word], known[word]) for word in there], self._slop)
        keys = phrase_keys(self._words, 1, among)
        return Intervals(keys - (len(self._words) - 1), keys)


class AnyPlaces(Places):
    """Where any of several things is."""

    def __init__(self, parts: Sequence[Places], doc_count: int) -> None:
        self.cost = min(sum(part.cost for part in parts), doc_count)
        self._parts = [part for part in parts if part.cost]

    def documents(self) -> BoolArray:
        """Find the documents that may have any of them."""
        return reduce(np.logical_or, [part.documents() for part in self._parts])

    def intervals(self, among: BoolArray) -> Intervals:
        """Find all places in some documents."""
        return any_interval([part.intervals(among) for part in self._parts])


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

    def documents(self) -> BoolArray:
        """Find the documents that may have all of them."""
        return reduce(np.logical_and, [part.documents() for part in dict.fromkeys(self._parts)])

    def intervals(self, among: BoolArray) -> Intervals:
        """Find all places in some documents."""
        # A part may be there thousands of times, as in "a* a* a*".
        known = {part: part.intervals(among) for part in dict.fromkeys(self._parts)}
        found = [known[part] for part in self._parts]
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


class NearMatcher(OccurrenceMatcher):
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
        super().__init__(index, boost)
        self._idf = idf
        self._query = query
        self._fields = [found for found in fields if found.places.cost]

    def cost(self) -> int:
        """Add up the documents that may have it in each field."""
        return min(self.index.doc_count, sum(found.places.cost for found in self._fields))

    def idf(self) -> float:
        """Tell how much it says that it occurs."""
        return self._idf

    def occurrences(self) -> list[FieldOccurrences]:
        """Find how often it occurs in the documents of each field."""
        return [
            FieldOccurrences(
                field,
                occurring(self.index, field, places.intervals(places.documents()).starts, boost),
                boost,
            )
            for field, places, boost in self._fields
        ]

    def describe(self) -> str:
        """Say what matches."""
        return f"{self._query!s}"
