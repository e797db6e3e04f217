"""How does Whoosh score as we do?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from whoosh.fields import NUMERIC
from whoosh.scoring import BaseScorer, WeightingModel

from searchlib.postings import (
    Scoring,
    idf,
    weighted_frequencies,
    word_scores,
    word_weight,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from whoosh.reading import IndexReader

    from searchlib.arrays import Float64Array, NumberArray


class BM25(WeightingModel):
    """Scores each term as :mod:`searchlib.postings.bm25` scores a word of one field.

    Statistics are of the whole index. A label gets its inverse document frequency, as its
    frequency and length say nothing; a number or date 1. Whoosh adds up the terms of a query, so
    a word in several fields gets more than from :meth:`searchlib.Index.search`, which saturates
    all of its occurrences together.

    It works with any searcher of Whoosh, over its own segments too.

    Args:
        scoring: The parameters; ``None`` for the usual ones.
    """

    def __init__(self, scoring: Scoring | None = None) -> None:
        self._scoring = scoring or Scoring()
        self._averages: WeakKeyDictionary[IndexReader, dict[str, float]] = WeakKeyDictionary()

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        """Compute the inverse document frequency of a term."""
        whole = searcher.get_parent()
        return idf(whole.doc_count_all(), whole.doc_frequency(fieldname, text))

    def scorer(self, searcher: Any, fieldname: str, text: Any, qf: int = 1) -> BaseScorer:
        """Make the scorer of a term."""
        field = searcher.schema[fieldname]
        if isinstance(field, NUMERIC):
            return ConstantScorer(1.0)
        weight: float = searcher.idf(fieldname, text)
        if not field.scorable:
            return ConstantScorer(weight)
        whole = searcher.get_parent().reader()
        burstiness = self._scoring.burstiness(
            whole.doc_frequency(fieldname, text), int(whole.frequency(fieldname, text))
        )
        return BM25Scorer(
            weight * burstiness,
            self._average_length(searcher.get_parent(), fieldname),
            lambda docnum: searcher.doc_field_length(docnum, fieldname, 1),
            self._scoring,
        )

    def _average_length(self, searcher: Any, fieldname: str) -> float:
        """Compute the mean length of the documents that have a field; at least 1."""
        reader = searcher.reader()
        averages = self._averages.setdefault(reader, {})
        if fieldname not in averages:
            mean: Callable[[str], float] = getattr(
                reader, "mean_field_length", partial(_mean_field_length, searcher)
            )
            averages[fieldname] = mean(fieldname)
        return averages[fieldname]


def _mean_field_length(searcher: Any, fieldname: str) -> float:
    """Compute what our own readers tell of themselves, document by document."""
    count = searcher.doc_count_all()
    having = [n for docnum in range(count) if (n := searcher.doc_field_length(docnum, fieldname))]
    return max(float(sum(having)) / max(len(having), 1), 1.0)


class ArrayScorer(BaseScorer, ABC):
    """Scores all documents of a posting list in one go."""

    @abstractmethod
    def scores(self, frequencies: NumberArray, lengths: NumberArray) -> Float64Array:
        """Compute the scores of documents.

        Args:
            frequencies: How often each has the term. Shape (P,).
            lengths: The number of tokens of each. Shape (P,).

        Returns:
            Shape (P,), float64.
        """


class BM25Scorer(ArrayScorer):
    """Scores the documents that have a word.

    Args:
        factor: What the saturated frequency is multiplied by.
        average_length: The mean number of tokens of the documents that have the field.
        length_of: Finds the number of tokens of a document.
        scoring: The parameters.
    """

    def __init__(
        self,
        factor: float,
        average_length: float,
        length_of: Callable[[int], int],
        scoring: Scoring,
    ) -> None:
        self._weight = word_weight(factor, scoring.k1)
        self._scoring = scoring
        self._average_length = average_length
        self._length_of = length_of

    def scores(self, frequencies: NumberArray, lengths: NumberArray) -> Float64Array:
        """Compute the scores of documents."""
        weighted = weighted_frequencies(
            frequencies, lengths, self._average_length, boost=1.0, b=self._scoring.b
        )
        return word_scores(weighted.astype(np.float64), self._weight, self._scoring.k1)

    def score(self, matcher: Any) -> float:
        """Compute the score of a matcher's current document, for matchers not our own."""
        length = self._length_of(matcher.id())
        return float(self.scores(np.array([matcher.weight()]), np.array([length]))[0])

    def max_quality(self) -> float:
        """Give a score that no document exceeds."""
        return float(self._weight)

    def block_quality(self, matcher: Any) -> float:
        """Give a score that no document of a block exceeds."""
        return self.max_quality()


class ConstantScorer(ArrayScorer):
    """Gives all documents the same score."""

    def __init__(self, score: float) -> None:
        self._score = float(np.float32(score))

    def scores(self, frequencies: NumberArray, lengths: NumberArray) -> Float64Array:
        """Repeat the score for each document."""
        return np.full(len(frequencies), self._score)

    def score(self, matcher: Any) -> float:
        """Give the score."""
        return self._score

    def max_quality(self) -> float:
        """Give the score."""
        return self._score

    def block_quality(self, matcher: Any) -> float:
        """Give the score."""
        return self._score
