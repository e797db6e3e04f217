"""Which documents have a word or a label, and how are they scored?"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from searchlib.memory import unlocked_cached_property
from searchlib.postings import Clause, Weighted, WordPostings, idf, word_weight
from searchlib.search.explanation import (
    Explanation,
    burstiness_factor,
    factors_of_boost,
    idf_factor,
    product_of,
    saturated_factor,
)
from searchlib.search.matcher import Matcher
from searchlib.search.term_postings import TermPostings, frequency_in

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from searchlib.arrays import BoolArray
    from searchlib.postings import FieldPostings
    from searchlib.search.index_view import IndexView
    from searchlib.search.leaf_fields import Fields
    from searchlib.search.positions import AnyOfTerms

Terms = tuple[tuple[bytes, ...], ...]
"""The terms that stand for a word in each of some fields."""


class TermMatcher(Matcher):
    """Documents that have a term of a keyword or key field.

    Args:
        index: Where.
        term: The term.
        boost: Factor on the score.
    """

    def __init__(self, index: IndexView, term: TermPostings, boost: float) -> None:
        super().__init__(index)
        self._term = term
        self._boost = boost
        self._clause: Clause | None = None

    def cost(self) -> int:
        """Count the documents that have it."""
        return self._term.doc_frequency

    def clause(self) -> Clause:
        """Give its documents: all score the same."""
        if self._clause is None:
            weight = self._boost * self._term.idf
            self._clause = (Weighted(WordPostings(self._term.in_field(1.0), 0.0, 0.0), weight),)
        return self._clause

    def mark(self, marked: BoolArray) -> None:
        """Mark the documents that have it, without scores."""
        self._term.mark(marked)

    def describe(self) -> str:
        """Say what matches."""
        return f"label {self._term!s} in {self._term.field}"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        idf = idf_factor(self._term.idf, self.index, self._term.doc_frequency)
        return product_of(score, self.describe(), [*factors_of_boost(self._boost), idf])


class FieldWord(NamedTuple):
    """A word as it is looked for in one field.

    Attributes:
        field: The field, which has positions.
        term: What stands for the word there.
        boost: The weight of an occurrence.
    """

    field: str
    term: TermPostings | AnyOfTerms
    boost: float


class FieldWords(Protocol):
    """Looks words up, field by field."""

    def words_in(self, fields: Fields, terms: Terms) -> Sequence[FieldWord]:
        """Look up a word, for which these terms stand, in each of some fields."""


class WordMatcher(Matcher):
    """Documents that have a word in a text field, or in any of several.

    Args:
        index: Where.
        postings: Those of the word in all its fields.
        words: Looks it up in each field, which is wanted to explain scores, for instance.
        fields: The fields, and the weight of an occurrence in each.
        terms: The terms that stand for it in each.
        boost: Factor on the score.
        count: How often the query has the word.
    """

    def __init__(
        self,
        index: IndexView,
        postings: WordPostings,
        words: FieldWords,
        fields: Fields,
        terms: Terms,
        boost: float,
        count: int = 1,
    ) -> None:
        super().__init__(index)
        self._postings = postings
        self._words = words
        self._searched = fields
        self._terms = terms
        self._boost = boost
        self.count: Final = count
        self._informs: float | None = None
        self._clause: Clause | None = None

    @property
    def key(self) -> Hashable:
        """What tells the word, its fields and the boost from others."""
        return self._searched, self._terms, self._boost

    def repeated(self, count: int) -> WordMatcher:
        """Make the matcher of the word in a query that has it so often, or find it."""
        key = (self.key, count)
        matcher: WordMatcher | None = self.index.nodes.get(key)
        if matcher is None:
            matcher = self._copy(self._boost, count)
            self.index.keep(key, matcher)
        return matcher

    def boosted(self, boost: float) -> WordMatcher:
        """Make the matcher of the same word with a boost; its postings are the same."""
        return self if boost == 1.0 else self._copy(boost, self.count)

    def _copy(self, boost: float, count: int) -> WordMatcher:
        matcher = WordMatcher(
            self.index, self._postings, self._words, self._searched, self._terms, boost, count
        )
        matcher._informs = self._informs
        return matcher

    def cost(self) -> int:
        """Add up the documents of each field."""
        return min(self.index.doc_count, self._postings.size)

    def clause(self) -> Clause:
        """Give its postings, and their weight."""
        if self._clause is None:
            scoring = self.index.scoring
            factor = self._boost * scoring.repetition(self.count) * self.informs
            self._clause = (Weighted(self._postings, float(word_weight(factor, scoring.k1))),)
        return self._clause

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that match, and deleted ones perhaps."""
        self._postings.mark(marked)

    @unlocked_cached_property
    def _fields(self) -> list[FieldWord]:
        return [word for word in self._look_up() if word.term.doc_frequency]

    def _look_up(self) -> Sequence[FieldWord]:
        return self._words.words_in(self._searched, self._terms)

    def occurrences(self) -> list[FieldOccurrences]:
        """Find how often it occurs in the documents of each field."""
        return [
            FieldOccurrences(word.field, word.term.in_field(word.boost), word.boost)
            for word in self._fields
        ]

    @property
    def informs(self) -> float:
        """How much it tells: its idf and its burstiness."""
        if self._informs is None:
            found = self._postings
            self._informs = self.idf * self.index.scoring.burstiness(
                found.doc_frequency, found.collection_frequency
            )
        return self._informs

    @property
    def idf(self) -> float:
        """How much it tells by how few documents have it."""
        return idf(self.index.doc_count, self.doc_frequency)

    @property
    def doc_frequency(self) -> int:
        """How many documents have it in any field, with those deleted."""
        return self._postings.doc_frequency

    def describe(self) -> str:
        """Say what matches."""
        words = self._look_up()
        terms = dict.fromkeys(str(word.term) for word in self._fields or words)
        return f"word {' or '.join(terms)} in {', '.join(word.field for word in words)}"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        scoring, df = self.index.scoring, self.doc_frequency
        cf = self._postings.collection_frequency
        fields = (
            (word.field, frequency_in(word.term.in_field(word.boost), docnum), word.boost)
            for word in self._fields
        )
        factors = [
            *factors_of_boost(self._boost),
            Explanation(
                scoring.repetition(self.count),
                f"(k3 + 1) qtf / (k3 + qtf) with k3 {scoring.k3:g} and qtf {self.count}",
            ),
            idf_factor(idf(self.index.doc_count, df), self.index, df),
            burstiness_factor(scoring, df, cf),
            saturated_factor(self.index, docnum, fields),
        ]
        return product_of(score, self.describe(), factors)


class FieldOccurrences(NamedTuple):
    """How often something occurs in the documents of a field.

    Attributes:
        field: The field, which has positions.
        postings: In each segment, the documents and how often it is there.
        boost: The weight of an occurrence.
    """

    field: str
    postings: list[FieldPostings]
    boost: float


class OccurrenceMatcher(Matcher):
    """Documents scored by how often something of several words occurs in them.

    Args:
        index: Where.
        boost: Factor on the score.
    """

    def __init__(self, index: IndexView, boost: float) -> None:
        super().__init__(index)
        self._boost = boost

    @abstractmethod
    def idf(self) -> float:
        """Tell how much it says that it occurs."""

    @abstractmethod
    def occurrences(self) -> list[FieldOccurrences]:
        """Find how often it occurs in the documents of each field."""

    def clause(self) -> Clause:
        """Give the documents where it occurs, and what that weighs."""
        weight = float(word_weight(self._boost * self.idf(), self.index.scoring.k1))
        return (Weighted(self.postings, weight),)

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that match, and deleted ones perhaps."""
        self.postings.mark(marked)

    @unlocked_cached_property
    def postings(self) -> WordPostings:
        """Where it is in all fields."""
        scoring = self.index.scoring
        found = [postings for field in self._found for postings in field.postings]
        return WordPostings(found, scoring.k1, scoring.b)

    @unlocked_cached_property
    def _found(self) -> list[FieldOccurrences]:
        return self.occurrences()

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        counts = [
            (field, frequency_in(postings, docnum), boost) for field, postings, boost in self._found
        ]
        factors = [
            *factors_of_boost(self._boost),
            Explanation(self.idf(), "sum of the idfs of the words"),
            saturated_factor(self.index, docnum, counts),
        ]
        return product_of(score, self.describe(), factors)
