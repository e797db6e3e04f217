"""How are the results of parts put together? And, Or, Not and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.postings import is_dense
from searchlib.search.constant import ConstantScoreMatcher, MatchAll, best_of_constants
from searchlib.search.explanation import Explanation, sum_of
from searchlib.search.matcher import Matcher, TopDocs, summed
from searchlib.search.pruning import best_of_sums
from searchlib.search.term_matchers import LEAST_SCORE, Postings, locate_any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Float64Array, Int64Array
    from searchlib.search.index_view import IndexView
    from searchlib.search.matcher import Matches


_MOST_CONSTANTS: Final = 4
"""So many parts that score all documents alike give few enough different sums."""


class Disjunction(Matcher):
    """Documents that match any of the parts; their scores are added up."""

    def __init__(self, index: IndexView, parts: Sequence[Matcher]) -> None:
        super().__init__(index)
        self.parts = parts
        self._lists = [part for part in parts if isinstance(part, Postings)]
        self._constants = [part for part in parts if isinstance(part, ConstantScoreMatcher)]

    def cost(self) -> int:
        """Add up the sizes of the parts."""
        return min(self.index.doc_count, sum(part.cost() for part in self.parts))

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        found = [part.matches() for part in self.parts if part.cost()]
        return summed(found, self.index)

    def docnums(self) -> Int64Array:
        """Find all documents that match, without scores."""
        marked = np.zeros(self.index.doc_count, np.bool_)
        self.mark(marked)
        return marked.nonzero()[0]

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that match."""
        for part in self.parts:
            part.mark(marked)

    def locate(self, candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
        """Find out which of some documents match."""
        return locate_any(self.parts, candidates)

    def describe(self) -> str:
        """Say what matches."""
        return f"any of ({_described(self.parts)})"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        return sum_of(_explained(self.parts, docnum), "any")

    def top_k(self, k: int) -> TopDocs:
        """Find the best documents."""
        if not (self._constants or self._is_dense()) or not self._each_adds():
            return super().top_k(k)
        if not self._lists and len(self._constants) <= _MOST_CONSTANTS:
            return best_of_constants(self._constants, k)
        sums = np.zeros(self.index.doc_count)
        for constant in self._constants:
            sums += constant.mask() * constant.score
        return best_of_sums(sums, self._lists, k)

    def _each_adds(self) -> bool:
        """Tell whether each part that matches adds something above 0 to the score."""
        return (
            len(self._lists) + len(self._constants) == len(self.parts)
            and all(part.adds for part in self._lists)
            and all(part.score > LEAST_SCORE for part in self._constants)
        )

    def _is_dense(self) -> bool:
        """Tell whether scores of all documents are the quickest way to the best."""
        return is_dense([part.cost() for part in self._lists], self.index.doc_count)


class Conjunction(Matcher):
    """Documents that match all of the required parts.

    Args:
        index: Where.
        required: They must match, and their scores are added up.
        filters: They must match too, but do not count in the score.
        excluded: None of them may match.
        optional: Their scores are added where they match.
    """

    def __init__(
        self,
        index: IndexView,
        required: Sequence[Matcher],
        filters: Sequence[Matcher] = (),
        excluded: Sequence[Matcher] = (),
        optional: Sequence[Matcher] = (),
    ) -> None:
        super().__init__(index)
        self.required = required
        self.filters = filters
        self.excluded = excluded
        self.optional = optional

    def cost(self) -> int:
        """Give the size of the smallest part that must match."""
        sizes = [part.cost() for part in (*self.required, *self.filters)]
        return min(sizes, default=self.index.doc_count)

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        conditions = self._conditions()
        docnums, begun = self._begin([part for part, _ in conditions])
        docnums, scores = self._narrowed(docnums, conditions[begun:])
        self._add_scores(docnums, scores, [part for part, adds in conditions[:begun] if adds])
        return docnums, scores

    def docnums(self) -> Int64Array:
        """Find all documents that match, without scores."""
        conditions = self._conditions()
        docnums, begun = self._begin([part for part, _ in conditions])
        return self._narrowed(docnums, conditions[begun:])[0]

    def locate(self, candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
        """Find out which of some documents match."""
        docnums, scores = self._narrowed(candidates, self._conditions())
        self._add_scores(docnums, scores, [])
        return candidates.searchsorted(docnums), scores

    def describe(self) -> str:
        """Say what matches."""
        parts = [part.describe() for part in (*self.required, *self.filters)]
        parts += [f"not {part.describe()}" for part in self.excluded]
        return f"all of ({', '.join(parts)})"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        details = _explained([*self.required, *self.optional], docnum)
        return sum_of(details, "all") if details else Explanation(0.0, self.describe())

    def _conditions(self) -> list[tuple[Matcher, bool]]:
        """Give the parts that must match, rare ones first, and whether each adds to scores."""
        parts = [(part, True) for part in self.required] + [(part, False) for part in self.filters]
        return sorted(parts, key=lambda item: item[0].cost())

    def _begin(self, parts: list[Matcher]) -> tuple[Int64Array, int]:
        """Find the documents that match the first parts, and tell how many parts these are."""
        if not parts:
            return MatchAll(self.index, None, 0.0).docnums(), 0
        if not parts[0].cost():
            return np.empty(0, np.int64), 1
        if len(parts) == 1 or isinstance(parts[1], ConstantScoreMatcher):
            return parts[0].docnums(), 1
        marked = np.zeros(self.index.doc_count, np.bool_)
        parts[0].mark(marked)
        return parts[1].among_marked(marked), 2

    def _narrowed(self, docnums: Int64Array, conditions: list[tuple[Matcher, bool]]) -> Matches:
        """Keep those documents that match some conditions, and nothing that is excluded.

        Returns:
            The documents, and what these conditions add to their scores.
        """
        scores = np.zeros(len(docnums))
        for part, adds in conditions:
            places, found = part.locate(docnums)
            docnums, scores = docnums.take(places), scores.take(places)
            if adds:
                scores += found
        for part in self.excluded:
            kept = np.ones(len(docnums), np.bool_)
            kept[part.locate(docnums)[0]] = False
            docnums, scores = docnums[kept], scores[kept]
        return docnums, scores

    def _add_scores(self, docnums: Int64Array, scores: Float64Array, parts: list[Matcher]) -> None:
        """Add what some parts and the optional ones say of documents to their scores."""
        for part in (*parts, *self.optional):
            places, found = part.locate(docnums)
            scores[places] += found


class DisjunctionMaxMatcher(Matcher):
    """Documents that match any of the parts, scored by the part that scores highest.

    Args:
        index: Where.
        parts: The parts.
        tiebreak: Factor on the scores of the other parts, which are added.
        boost: Factor on the score.
    """

    def __init__(
        self, index: IndexView, parts: Sequence[Matcher], tiebreak: float, boost: float
    ) -> None:
        super().__init__(index)
        self.parts = parts
        self._tiebreak = tiebreak
        self._boost = boost

    def cost(self) -> int:
        """Add up the sizes of the parts."""
        return min(self.index.doc_count, sum(part.cost() for part in self.parts))

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        found = [part.matches() for part in self.parts]
        docnums, sums = summed(found, self.index)
        highest = np.full(len(docnums), -np.inf)
        for some, scores in found:
            places = docnums.searchsorted(some)
            highest[places] = np.maximum(highest.take(places), scores)
        if self._tiebreak:
            highest += self._tiebreak * (sums - highest)
        return docnums, self._boost * highest

    def describe(self) -> str:
        """Say what matches."""
        return f"best of ({_described(self.parts)})"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        how = f"best one, and {self._tiebreak:g} times the others" if self._tiebreak else "best one"
        times = "" if self._boost == 1 else f", times {self._boost:g}"
        return Explanation(score, f"{how}{times}, of", tuple(_explained(self.parts, docnum)))


def _described(parts: Sequence[Matcher]) -> str:
    return ", ".join(part.describe() for part in parts)


def _explained(parts: Sequence[Matcher], docnum: int) -> list[Explanation]:
    found = [part.explain(docnum) for part in parts]
    return [explanation for explanation in found if explanation is not None]
