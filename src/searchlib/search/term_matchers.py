"""How are words, labels and phrases evaluated?"""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property, partial, reduce
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from searchlib.postings import beside, documents_of, follow, idf, phrase_frequencies, word_weight
from searchlib.search.explanation import (
    Explanation,
    factors_of_boost,
    idf_factor,
    product_of,
    saturated_factor,
)
from searchlib.search.matcher import Matcher, summed
from searchlib.search.positions import united_frequency

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from searchlib.arrays import Float32Array, Float64Array, Int64Array
    from searchlib.search.index_view import IndexView
    from searchlib.search.matcher import Matches
    from searchlib.search.positions import AnyOfTerms, Positions
    from searchlib.search.term_postings import TermPostings


Occurrences = tuple[str, "Int64Array", float]
"""A text field, a key for each occurrence there, ascending, and the weight of an occurrence."""

LEAST_SCORE: Final = 1e-20
"""With a lower weight, what a posting adds to a score may be too small for a float."""


class Postings(Matcher):
    """Documents with something that has a weight, of which each score is a part."""

    @property
    @abstractmethod
    def weight(self) -> np.float32:
        """No score is above it."""

    @property
    @abstractmethod
    def known(self) -> bool:
        """Whether its scores are computed already."""

    @property
    def bound(self) -> float:
        """No score is above it."""
        return float(self.weight)

    @property
    def adds(self) -> bool:
        """Whether each posting adds something above 0 to a score."""
        return self.bound > LEAST_SCORE


class TermMatcher(Postings):
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

    @cached_property
    def weight(self) -> np.float32:
        """The score of each document."""
        return np.float32(self._boost * self._term.idf)

    def cost(self) -> int:
        """Count the documents that have it."""
        return self._term.doc_frequency

    @property
    def known(self) -> bool:
        """Whether its scores are computed already: they are all the same."""
        return True

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        docnums = self.docnums()
        return docnums, np.full(len(docnums), self.weight, np.float64)

    def describe(self) -> str:
        """Say what matches."""
        return f"label {self._term!s} in {self._term.field}"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        idf = idf_factor(self._term.idf, self.index, self._term.doc_frequency)
        return product_of(score, self.describe(), [*factors_of_boost(self._boost), idf])

    def docnums(self) -> Int64Array:
        """Find all documents that match, without scores."""
        return self._term.postings().docnums


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


class WordMatcher(Postings):
    """Documents that have a word in a text field, or in any of several.

    Args:
        index: Where.
        fields: The word in each field.
        boost: Factor on the score.
        key: What tells the word, its fields and the boost from others.
        count: How often the query has the word.
    """

    def __init__(
        self,
        index: IndexView,
        fields: Sequence[FieldWord],
        boost: float,
        key: Hashable,
        count: int = 1,
    ) -> None:
        super().__init__(index)
        self._fields = fields
        self._boost = boost
        self._weight: np.float32 | None = None
        self.key: Final = key
        self.count: Final = count

    def repeated(self, count: int) -> WordMatcher:
        """Make the matcher of the word in a query that has it so often, or find it."""
        key = (self.key, count)
        matcher: WordMatcher | None = self.index.nodes.get(key)
        if matcher is None:
            matcher = WordMatcher(self.index, self._fields, self._boost, self.key, count)
            self.index.keep(key, matcher)
        return matcher

    @property
    def weight(self) -> np.float32:
        """No score is above it."""
        if self._weight is None:
            self.matches()
        assert self._weight is not None
        return self._weight

    def cost(self) -> int:
        """Add up the documents of each field."""
        sizes = (word.term.doc_frequency for word in self._fields)
        return min(self.index.doc_count, sum(sizes))

    @property
    def known(self) -> bool:
        """Whether its scores were computed lately."""
        return self.index.recent.get(self) is not None

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        found: Matches | None = self.index.recent.get(self)
        if found is None:
            there = [word for word in self._fields if word.term.doc_frequency]
            docnums, weighted = summed(list(map(self._weighted, there)), self.index)
            if self._weight is None:
                self._weight = self._weigh(docnums)
            found = docnums, self.index.scores(weighted, self._weight)
            self.index.recent.put(self, found, *found)
        return found

    def _weigh(self, docnums: Int64Array) -> np.float32:
        """Compute the weight, now that the documents that match are known."""
        scoring = self.index.scoring
        df = len(docnums) if self.index.live is None else self._doc_frequency()
        informs = idf(self.index.doc_count, df) * scoring.burstiness(
            df, self._collection_frequency()
        )
        return word_weight(self._boost * scoring.repetition(self.count) * informs, scoring.k1)

    def _doc_frequency(self) -> int:
        return united_frequency(self.index, [word.term for word in self._fields])

    def _collection_frequency(self) -> int:
        return sum(word.term.collection_frequency for word in self._fields)

    def _weighted(self, word: FieldWord) -> tuple[Int64Array, Float32Array]:
        postings = word.term.postings()
        docnums = postings.docnums
        return docnums, self.index.weighted(word.field, docnums, postings.frequencies, word.boost)

    def describe(self) -> str:
        """Say what matches."""
        terms = dict.fromkeys(str(word.term) for word in self._fields)
        fields = ", ".join(word.field for word in self._fields)
        return f"word {' or '.join(terms)} in {fields}"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        scoring, df, cf = self.index.scoring, self._doc_frequency(), self._collection_frequency()
        fields = (
            (word.field, word.term.postings().frequency(docnum), word.boost)
            for word in self._fields
        )
        factors = [
            *factors_of_boost(self._boost),
            Explanation(
                scoring.repetition(self.count),
                f"(k3 + 1) qtf / (k3 + qtf) with k3 {scoring.k3:g} and qtf {self.count}",
            ),
            idf_factor(idf(self.index.doc_count, df), self.index, df),
            Explanation(
                scoring.burstiness(df, cf),
                f"burstiness, ((cf + 1) / (df + 1))^{scoring.burst:g} with cf {cf:,}",
            ),
            saturated_factor(self.index, docnum, fields),
        ]
        return product_of(score, self.describe(), factors)


def locate_any(nodes: Iterable[Matcher], candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
    """Find out which of some documents match any of some nodes.

    Args:
        nodes: Their scores are added up.
        candidates: Docnums, ascending. Shape (C,), int64.

    Returns:
        As of :meth:`Matcher.locate`.
    """
    matched = np.zeros(len(candidates), np.bool_)
    scores = np.zeros(len(candidates))
    for node in nodes:
        places, found = node.locate(candidates)
        matched[places] = True
        scores[places] += found
    places = matched.nonzero()[0]
    return (places, scores) if len(places) == len(scores) else (places, scores.take(places))


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


class PhraseMatcher(Postings):
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
        super().__init__(index)
        self._phrases = phrases
        self._possible = [
            phrase
            for phrase in phrases
            if all(word.doc_frequency for word in phrase.words if word is not None)
        ]
        self._slop = slop
        self._boost = boost

    @cached_property
    def weight(self) -> np.float32:
        """No score is above it."""
        return word_weight(self._boost * self._idf, self.index.scoring.k1)

    @cached_property
    def _idf(self) -> float:
        return sum_of_idfs(self.index, [phrase.words for phrase in self._phrases])

    def cost(self) -> int:
        """Add up the documents that have the rarest word of each field."""
        rarest = (
            min(word.doc_frequency for word in phrase.words if word is not None)
            for phrase in self._possible
        )
        return min(self.index.doc_count, sum(rarest))

    @property
    def known(self) -> bool:
        """Whether it was met before: that is not remembered."""
        return False

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        return self._matches

    @cached_property
    def _matches(self) -> Matches:
        return occurrence_scores(self.index, self._occurrences, self.weight)

    @cached_property
    def _occurrences(self) -> list[Occurrences]:
        return [
            (phrase.field, phrase_keys(phrase.words, self._slop), phrase.boost)
            for phrase in self._possible
        ]

    def describe(self) -> str:
        """Say what matches."""
        fields = ", ".join(phrase.field for phrase in self._phrases)
        words = ("any word" if word is None else str(word) for word in self._phrases[0].words)
        slop = "" if self._slop == 1 else f" within {self._slop}"
        return f"phrase {' '.join(words)}{slop} in {fields}"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        factors = occurrence_factors(self.index, docnum, self._boost, self._idf, self._occurrences)
        return product_of(score, self.describe(), factors)


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


def occurrence_factors(
    index: IndexView, docnum: int, boost: float, idf: float, found: Iterable[Occurrences]
) -> list[Explanation]:
    """Explain the factors of the score that a document has by how often something occurs there.

    Args:
        index: Where.
        docnum: The document.
        boost: Factor on the score.
        idf: The sum of the idfs of the words.
        found: The occurrences in each field.
    """
    counts = [
        (field, int(np.count_nonzero(documents_of(keys) == docnum)), weight)
        for field, keys, weight in found
    ]
    return [
        *factors_of_boost(boost),
        Explanation(idf, "sum of the idfs of the words"),
        saturated_factor(index, docnum, counts),
    ]


def occurrence_scores(
    index: IndexView, found: Iterable[Occurrences], weight: np.float32
) -> Matches:
    """Score documents by how often something occurs in them.

    Args:
        index: Where.
        found: The occurrences in each field.
        weight: The weight of what occurs there.
    """
    weighted = []
    for field, keys, boost in found:
        if len(keys):
            docnums, frequencies = phrase_frequencies(keys)
            weighted.append((docnums, index.weighted(field, docnums, frequencies, boost)))
    docnums, sums = summed(weighted, index)
    return docnums, index.scores(sums, weight)


def phrase_keys(words: Sequence[Positions | None], slop: int) -> Int64Array:
    """Find the occurrences of a phrase in a field.

    Args:
        words: The words, in order; ``None`` for any word. The first and the last are not.
        slop: How many positions after the last a word may come.

    Returns:
        The key of one and the same word in each occurrence, for a slop of 1 of any of them, else
        of the last. Ascending.
    """
    there = [(place, word) for place, word in enumerate(words) if word is not None]
    (rarest, word), *others = sorted(there, key=lambda placed: placed[1].doc_frequency)
    few = word.occurrences()
    if slop != 1:
        keys = [few if place == rarest else word.occurrences_near(few) for place, word in there]
        return reduce(partial(follow, slop=slop), keys)
    for place, word in others:
        few = word.only_its_documents(few)
        if len(few):
            few = beside(few, word.occurrences_near(few), place - rarest)
    return few
