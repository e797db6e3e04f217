"""Which documents have any of some words that mean the same, and how are they scored?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.memory import unlocked_cached_property
from searchlib.postings import WordPostings, idf
from searchlib.search.explanation import (
    Explanation,
    burstiness_factor,
    factors_of_boost,
    idf_factor,
    product_of,
    saturated_sum,
    weighted_frequencies,
)
from searchlib.search.phrase_matchers import ExactPhraseMatcher, PhraseMatcher
from searchlib.search.term_matchers import OccurrenceMatcher, WordMatcher
from searchlib.search.term_postings import frequency_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.search.index_view import IndexView
    from searchlib.search.term_matchers import FieldOccurrences

Occurring = WordMatcher | ExactPhraseMatcher | PhraseMatcher
"""What a :class:`SynonymMatcher` can consist of."""


class SynonymMatcher(OccurrenceMatcher):
    """Documents with any of some words and phrases, scored as one word that is where any is.

    Occurrences are added up, and the documents that have any of them are counted for the idf: as if
    all texts had the same word. So a rare synonym counts no more than a frequent one.

    Args:
        index: Where.
        parts: The words and phrases.
        boost: Factor on the score.
    """

    def __init__(self, index: IndexView, parts: Sequence[Occurring], boost: float) -> None:
        super().__init__(index, boost)
        self._parts = [part for part in parts if part.cost()] or parts

    def cost(self) -> int:
        """Add up the documents of the parts."""
        return min(self.index.doc_count, sum(part.cost() for part in self._parts))

    def idf(self) -> float:
        """Tell how much it says that any of them occurs."""
        df = self._united.doc_frequency
        informs = idf(self.index.doc_count, df)
        cf = self._united.collection_frequency
        return informs * self.index.scoring.burstiness(df, cf)

    def occurrences(self) -> list[FieldOccurrences]:
        """Find how often they occur in the documents of each field."""
        return [found for part in self._parts for found in part.occurrences()]

    @unlocked_cached_property
    def _united(self) -> WordPostings:
        return WordPostings([one for found in self._found for one in found.postings], 0.0, 0.0)

    def describe(self) -> str:
        """Say what matches."""
        return f"synonyms ({', '.join(part.describe() for part in self._parts)})"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        scoring, df = self.index.scoring, self._united.doc_frequency
        cf = self._united.collection_frequency
        there = [
            Explanation(sum(one.value for one in fields), f"{part.describe()}, sum of", (*fields,))
            for part in self._parts
            if (fields := self._frequencies(part, docnum))
        ]
        factors = [
            *factors_of_boost(self._boost),
            idf_factor(idf(self.index.doc_count, df), self.index, df),
            burstiness_factor(scoring, df, cf),
            saturated_sum(self.index, there),
        ]
        return product_of(score, self.describe(), factors)

    def _frequencies(self, part: Occurring, docnum: int) -> list[Explanation]:
        counts = (
            (field, frequency_in(postings, docnum), boost)
            for field, postings, boost in part.occurrences()
        )
        return weighted_frequencies(self.index, docnum, counts)
