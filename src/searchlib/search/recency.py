"""How much more does a new document count than an old one? A boost that decays by halves."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY  # noqa: TC003 - dataclasses look it up
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.errors import QueryError
from searchlib.frozen import frozen
from searchlib.memory import unlocked_cached_property
from searchlib.postings import Clause, Scored
from searchlib.query.checks import shown
from searchlib.query.field_values import value_bounds
from searchlib.query.tree import Term
from searchlib.schema.values import DAY, UnreadableValue
from searchlib.search.explanation import Explanation
from searchlib.search.matcher import Matcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.query.field_values import Clock
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.index_view import IndexView
    from searchlib.search.matcher import Matches

_SPAN: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?([hdwmy])", re.IGNORECASE)
_DAYS: Final = {"h": 1 / 24, "d": 1.0, "w": 7.0, "m": 365.2425 / 12, "y": 365.2425}


@frozen
class Recency:
    """A boost for new documents: their scores are multiplied by a factor that decays with age.

    The factor is 1 - weight + weight · 2^(-age / half_life): 1 for a document of this moment or of
    the future, and 1 - weight for one that is very old or has no date (docs/scoring.md).

    Attributes:
        field: A date field.
        half_life: The age at which half of the weight is gone: "12h", "30d", "2w", "6m" (months),
            "1y", or a timedelta.
        weight: How much of the score depends on age, from 0 to 1.
        origin: What age is reckoned from: a date, or a text as in queries ("2025-03-01"). By
            default it is the moment of the search.

    Raises:
        QueryError: An attribute is something else.
    """

    field: str
    half_life: str | timedelta
    _: KW_ONLY
    weight: float = 0.5
    origin: date | str = "now"

    def __post_init__(self) -> None:
        if not isinstance(self.field, str):
            raise QueryError(f"Recency: expected the name of a field, got {shown(self.field)}")
        if not isinstance(self.origin, date | str):
            raise QueryError(f"Recency: expected origin as a date, got {shown(self.origin)}")
        weight = self.weight
        if not isinstance(weight, int | float) or isinstance(weight, bool) or not 0 <= weight <= 1:
            raise QueryError(f"Recency: expected a weight from 0 to 1, got {shown(weight)}")
        if not self.days > 0:
            raise QueryError(
                "Recency: expected half_life as a span of time above 0 such as '12h', '30d', '2w', "
                f"'6m' (months), '1y' or a timedelta, got {shown(self.half_life)}"
            )

    @property
    def days(self) -> float:
        """The half-life in days; 0 for what is none."""
        if isinstance(self.half_life, timedelta):
            return self.half_life / timedelta(days=1)
        found = _SPAN.fullmatch(self.half_life) if isinstance(self.half_life, str) else None
        return float(found[1]) * _DAYS[found[2].lower()] if found else 0.0


def boosts_of(boost: object, schema: DocumentSchema) -> tuple[Recency, ...]:
    """Read the boosts of a search.

    Args:
        boost: One, or several.
        schema: The fields.

    Raises:
        QueryError: It is something else, or a field is no date.
    """
    boosts = (boost,) if isinstance(boost, Recency) else boost
    if not isinstance(boosts, list | tuple) or not all(isinstance(one, Recency) for one in boosts):
        raise QueryError(f"expected boost to be a Recency or a list of them, got {shown(boost)}")
    dates = schema.date_fields
    for one in boosts:
        if one.field not in dates:
            there = ", ".join(dates) or "none"
            raise QueryError(
                f"Recency: expected a date field, got {shown(one.field)}; there are {there}"
            )
    return tuple(boosts)


class Decay:
    """A boost for new documents, in one index at one time.

    Args:
        boost: The boost.
        index: The documents.
        schema: Their fields.
        clock: What its origin is reckoned from.

    Raises:
        QueryError: Its origin is not a date.
    """

    def __init__(
        self, boost: Recency, index: IndexView, schema: DocumentSchema, clock: Clock
    ) -> None:
        self._boost = boost
        self._index = index
        try:
            origin = Term(boost.field, boost.origin)
            low = value_bounds(origin, schema.fields[boost.field], clock).low
        except UnreadableValue as error:
            raise QueryError(f"Recency: origin: {error}") from error
        assert low is not None
        self._origin = low

    def ages(self, docnums: Int64Array) -> Float64Array:
        """Give the age of documents in days; infinity without a date. Shape (D,), float64."""
        numbers = self._index.numbers(self._boost.field)
        if numbers is None:
            return np.full(len(docnums), np.inf)
        values, present = numbers.take(docnums)
        ages = (self._origin - values.astype(np.float64)) / DAY
        return np.where(present, np.maximum(ages, 0), np.inf)

    def factors(self, docnums: Int64Array) -> Float64Array:
        """Give the factors on the scores of documents. Shape (D,), float64.

        They are rounded to 32 bits, as all parts of a score are.
        """
        weight = self._boost.weight
        decayed = np.exp2(-self.ages(docnums) / self._boost.days)
        return (1 - weight + weight * decayed).astype(np.float32).astype(np.float64)

    def explain(self, docnum: int) -> Explanation:
        """Tell how the factor of a document comes about."""
        place, boost = np.array([docnum], np.int64), self._boost
        return Explanation(
            self.factors(place).item(),
            f"recency of {boost.field}, 1 - w + w 2^(-age / h) with w {boost.weight:g}, "
            f"age {self.ages(place).item():.6g} and half-life h {boost.days:g} days",
        )


class BoostedMatcher(Matcher):
    """Documents that match another part, with more for those that are new.

    Args:
        part: The other part.
        decays: What its scores are multiplied by.
    """

    def __init__(self, part: Matcher, decays: Sequence[Decay]) -> None:
        super().__init__(part.index)
        self._part = part
        self._decays = decays

    def cost(self) -> int:
        """Give the size of the part."""
        return self._part.cost()

    def clause(self) -> Clause:
        """Give the documents and their scores."""
        return (Scored(*self.matches()),)

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        return self._found

    def unscored(self) -> Int64Array:
        """Find all documents that match."""
        return self._part.unscored()

    @unlocked_cached_property
    def _found(self) -> Matches:
        docnums, scores = self._part.matches()
        for decay in self._decays:
            scores = scores * decay.factors(docnums)
        return docnums, scores

    def describe(self) -> str:
        """Say what matches."""
        return self._part.describe()

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        part = self._part.explain(docnum)
        details = [*([part] if part else []), *(decay.explain(docnum) for decay in self._decays)]
        return Explanation(score, "boosted by recency, product of", tuple(details))
