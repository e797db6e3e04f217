"""How does Whoosh score as we do?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh.fields import NUMERIC
from whoosh.scoring import BaseScorer, WeightingModel

from searchlib.postings.bm25 import idf, length_norms, saturation, term_weight

if TYPE_CHECKING:
    from collections.abc import Callable

    from searchlib.arrays import Float32Array, NumberArray


class BM25(WeightingModel):
    """Scores as :mod:`searchlib.postings.bm25` defines.

    The word of a text gets its BM25, with statistics of the whole index; a label its inverse
    document frequency, as its frequency and length say nothing; a number or date 1.

    It works with any searcher of Whoosh, over its own segments too.
    """

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
        average: float = searcher.get_parent().avg_field_length(fieldname)
        return BM25Scorer(
            weight, average, lambda docnum: searcher.doc_field_length(docnum, fieldname, 1)
        )


class ArrayScorer(BaseScorer, ABC):
    """Scores all documents of a posting list in one go."""

    @abstractmethod
    def scores(self, frequencies: NumberArray, lengths: NumberArray) -> Float32Array:
        """Compute the scores of documents.

        Args:
            frequencies: How often each has the term. Shape (P,).
            lengths: The number of tokens of each. Shape (P,).

        Returns:
            Shape (P,), float32.
        """


class BM25Scorer(ArrayScorer):
    """Scores the documents that have a word.

    Args:
        weight: The inverse document frequency of the word.
        average_length: The mean number of tokens of a document; above 0, as there is the word.
        length_of: Finds the number of tokens of a document.
    """

    def __init__(
        self, weight: float, average_length: float, length_of: Callable[[int], int]
    ) -> None:
        self._weight = term_weight(weight, 1.0)
        self._average_length = average_length
        self._length_of = length_of

    def scores(self, frequencies: NumberArray, lengths: NumberArray) -> Float32Array:
        """Compute the scores of documents."""
        norms = length_norms(lengths, self._average_length)
        return self._weight * saturation(frequencies, norms)

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

    def scores(self, frequencies: NumberArray, lengths: NumberArray) -> Float32Array:
        """Repeat the score for each document."""
        return np.full(len(frequencies), self._score, np.float32)

    def score(self, matcher: Any) -> float:
        """Give the score."""
        return self._score

    def max_quality(self) -> float:
        """Give the score."""
        return self._score

    def block_quality(self, matcher: Any) -> float:
        """Give the score."""
        return self._score
