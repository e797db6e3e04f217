"""Which documents have a word, a label or a phrase, and how are they scored?"""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property, partial, reduce
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from searchlib.postings import (
    MAX_WORDS,
    Clause,
    PhraseWord,
    Weighted,
    WordPostings,
    follow,
    idf,
    phrase_frequencies,
    phrase_postings,
    word_weight,
)
from searchlib.search.explanation import (
    Explanation,
    burstiness_factor,
    factors_of_boost,
    idf_factor,
    product_of,
    saturated_factor,
)
from searchlib.search.matcher import Matcher
from searchlib.search.positions import united_frequency
from searchlib.search.term_postings import TermPostings, frequency_in, postings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from searchlib.arrays import BoolArray, Int64Array
    from searchlib.postings import FieldPostings
    from searchlib.search.index_view import IndexView, SegmentPart
    from searchlib.search.positions import AnyOfTerms, Positions


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


class WordMatcher(Matcher):
    """Documents that have a word in a text field, or in any of several.

    Args:
        index: Where.
        postings: Those of the word in all its fields.
        fields: Looks up the word in each field, which is wanted to explain scores, for instance.
        boost: Factor on the score.
        key: What tells the word, its fields and the boost from others.
        count: How often the query has the word.
    """

    def __init__(
        self,
        index: IndexView,
        postings: WordPostings,
        fields: Callable[[], Sequence[FieldWord]],
        boost: float,
        key: Hashable,
        count: int = 1,
    ) -> None:
        super().__init__(index)
        self._postings = postings
        self._look_up = fields
        self._boost = boost
        self.key: Final = key
        self.count: Final = count
        self._cost = min(index.doc_count, postings.size)
        self._informs: float | None = None
        self._clause: Clause | None = None

    def repeated(self, count: int) -> WordMatcher:
        """Make the matcher of the word in a query that has it so often, or find it."""
        key = (self.key, count)
        matcher: WordMatcher | None = self.index.nodes.get(key)
        if matcher is None:
            matcher = self._copy(self._boost, self.key, count)
            self.index.keep(key, matcher)
        return matcher

    def boosted(self, boost: float) -> WordMatcher:
        """Make the matcher of the same word with a boost; its postings are the same."""
        return self if boost == 1.0 else self._copy(boost, (self.key, boost), self.count)

    def _copy(self, boost: float, key: Hashable, count: int) -> WordMatcher:
        matcher = WordMatcher(self.index, self._postings, self._look_up, boost, key, count)
        matcher._informs = self._informs
        return matcher

    def cost(self) -> int:
        """Add up the documents of each field."""
        return self._cost

    def clause(self) -> Clause:
        """Give its postings, and their weight."""
        if self._clause is None:
            scoring = self.index.scoring
            factor = self._boost * scoring.repetition(self.count) * self.informs
            self._clause = (Weighted(self._postings, float(word_weight(factor, scoring.k1))),)
        return self._clause

    @cached_property
    def _fields(self) -> list[FieldWord]:
        return [word for word in self._look_up() if word.term.doc_frequency]

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
        terms = dict.fromkeys(str(word.term) for word in self._fields)
        return f"word {' or '.join(terms)} in {', '.join(word.field for word in self._look_up())}"

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
        scoring = self.index.scoring
        found = [postings for field in self._found for postings in field.postings]
        weight = float(word_weight(self._boost * self.idf(), scoring.k1))
        return (Weighted(WordPostings(found, scoring.k1, scoring.b), weight),)

    @cached_property
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


class PhraseInField(NamedTuple):
    """A phrase as it is looked for in one field.

    Attributes:
        field: The field, which has positions.
        words: Its words, in order; ``None`` for any word.
        boost: The weight of an occurrence.
    """

    field: str
    words: Sequence[Positions | None]
    boost: float

    @property
    def doc_frequency(self) -> int:
        """In how many documents of the field the rarest word is; 0 only if one is in none."""
        return min(word.doc_frequency for word in self.words if word is not None)


class PhraseMatcher(OccurrenceMatcher):
    """Documents in which words follow one another in a field, or in any of several.

    Args:
        index: Where.
        phrases: For each text field its words, in order, at least one.
        slop: How many positions after the last a word may come.
        boost: Factor on the score.
    """

    def __init__(
        self, index: IndexView, phrases: Sequence[PhraseInField], slop: int, boost: float
    ) -> None:
        super().__init__(index, boost)
        self._phrases = phrases
        self._slop = slop

    def cost(self) -> int:
        """Add up the documents that have the rarest word of each field."""
        return min(self.index.doc_count, sum(phrase.doc_frequency for phrase in self._phrases))

    def idf(self) -> float:
        """Tell how much its words say."""
        return sum_of_idfs(self.index, [phrase.words for phrase in self._phrases])

    def occurrences(self) -> list[FieldOccurrences]:
        """Find how often it occurs in the documents of each field."""
        return [
            FieldOccurrences(field, self._in_field(field, words, boost), boost)
            for field, words, boost in self._phrases
        ]

    def _in_field(
        self, field: str, words: Sequence[Positions | None], boost: float
    ) -> list[FieldPostings]:
        terms = [word for word in words if isinstance(word, TermPostings)]
        plain = len(terms) + words.count(None) == len(words)
        if self._slop == 1 and plain and len(terms) <= MAX_WORDS:
            return _exact_phrase(self.index, words, boost)
        keys = phrase_keys(words, self._slop, documents_with_all(self.index, words))
        return occurring(self.index, field, keys, boost)

    def describe(self) -> str:
        """Say what matches."""
        fields = ", ".join(phrase.field for phrase in self._phrases)
        words = ("any word" if word is None else str(word) for word in self._phrases[0].words)
        slop = "" if self._slop == 1 else f" within {self._slop}"
        return f"phrase {' '.join(words)}{slop} in {fields}"


def _exact_phrase(
    index: IndexView, words: Sequence[Positions | None], boost: float
) -> list[FieldPostings]:
    """Find where terms stand side by side, segment by segment, by the kernels."""
    terms = [(place, word) for place, word in enumerate(words) if isinstance(word, TermPostings)]
    segments: dict[SegmentPart, list[PhraseWord]] = {}
    for place, term in terms:
        for segment, postings in term.pieces:
            segments.setdefault(segment, []).append(PhraseWord(postings, place))
    found = [
        (segment, phrase)
        for segment, placed in segments.items()
        if len(placed) == len(terms) and (phrase := phrase_postings(placed)) is not None
    ]
    return index.in_field(terms[0][1].field, found, boost)


def occurring(index: IndexView, field: str, keys: Int64Array, boost: float) -> list[FieldPostings]:
    """Make the postings of something that occurs in a field.

    Args:
        index: Where.
        field: The field.
        keys: One for each occurrence, ascending.
        boost: The weight of an occurrence.
    """
    return index.in_field(field, postings_of(index, *phrase_frequencies(keys)), boost)


def sum_of_idfs(index: IndexView, phrases: Sequence[Sequence[Positions | None]]) -> float:
    """Add up how much the words of a phrase tell, each in all fields together.

    Args:
        index: Where.
        phrases: The words of the phrase in each field, in order; ``None`` for any word.
    """
    total = 0.0
    for words in zip_longest(*phrases):
        there = [word for word in words if word is not None]
        if there:
            total += idf(index.doc_count, united_frequency(index, there))
    return total


def documents_with_all(index: IndexView, words: Iterable[Positions | None]) -> BoolArray:
    """Find the documents, none of them deleted, that have all of some words.

    Args:
        index: Where.
        words: The words; ``None`` for any word.

    Returns:
        Shape (doc_count,).
    """
    found = index.only_live(np.ones(index.doc_count, np.bool_))
    for word in words:
        if word is not None:
            marked = np.zeros(index.doc_count, np.bool_)
            word.mark(marked)
            found &= marked
            if not found.any():  # a phrase may have thousands of words
                break
    return found


def phrase_keys(words: Sequence[Positions | None], slop: int, among: BoolArray) -> Int64Array:
    """Find the occurrences of a phrase in a field.

    Args:
        words: The words, in order; ``None`` for any word. The first and the last are not.
        slop: How many positions after the last a word may come.
        among: The documents that have all of them. Shape (doc_count,).

    Returns:
        The key of the last word in each occurrence. Ascending.
    """
    if not among.any():
        return np.zeros(0, np.int64)
    there = [
        (place, word.occurrences(among)) for place, word in enumerate(words) if word is not None
    ]
    if slop != 1:
        return reduce(partial(follow, slop=slop), (keys for _, keys in there))
    last, found = there[-1]
    for place, keys in there[:-1]:
        found = found[np.isin(found, keys + (last - place))]
    return found
