"""How are the results of parts put together? And, Or, Not and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from searchlib.postings import MAX_CLAUSES, Clause, Plan, Scored
from searchlib.search.constant import ConstantScoreMatcher
from searchlib.search.explanation import Explanation, sum_of
from searchlib.search.matcher import Matcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray
    from searchlib.search.index_view import IndexView


class Disjunction(Matcher):
    """Documents that match any of the parts; their scores are added up."""

    def __init__(self, index: IndexView, parts: Sequence[Matcher]) -> None:
        super().__init__(index)
        self.parts = parts

    def cost(self) -> int:
        """Add up the sizes of the parts."""
        return min(self.index.doc_count, sum(part.cost() for part in self.parts))

    def clause(self) -> Clause:
        """Give what any part says."""
        return [one for part in self.parts if part.cost() for one in part.clause()]

    def mark(self, marked: BoolArray) -> None:
        """Mark what any part marks, without scores."""
        for part in self.parts:
            part.mark(marked)

    def describe(self) -> str:
        """Say what matches."""
        return f"any of ({_described(self.parts)})"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        return sum_of(_explained(self.parts, docnum), "any")


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

    def clause(self) -> Clause:
        """Give the documents that match, and their scores."""
        return (Scored(*self.matches()),)

    def plan(self) -> Plan:
        """Say which documents match: what scores all alike is a condition."""
        if not self.cost():
            return Plan([()])
        lists, conditions, constant = [], list(self.filters), 0.0
        for part in self.required:
            if isinstance(part, ConstantScoreMatcher):
                conditions.append(part)
                constant += part.score
            else:
                lists.append(part)
        lists.sort(key=lambda part: part.cost())
        if len(lists) > MAX_CLAUSES:
            rarest = lists[: MAX_CLAUSES - 1]
            lists = [*rarest, Conjunction(self.index, lists[MAX_CLAUSES - 1 :])]
        spans = [
            part.range() if isinstance(part, ConstantScoreMatcher) else None for part in conditions
        ]
        others = [part for part, span in zip(conditions, spans, strict=True) if span is None]
        return Plan(
            [part.clause() for part in lists],
            [part.clause() for part in self.optional if part.cost()],
            self._mask(others),
            [span for span in spans if span is not None],
            constant,
        )

    def mask(self) -> BoolArray:
        """Tell of each document whether it matches. Shape (doc_count,)."""
        if self.required:
            return super().mask()
        mask = self._mask(self.filters)
        return np.ones(self.index.doc_count, np.bool_) if mask is None else mask

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that match."""
        if self.required:
            super().mark(marked)
        else:
            marked |= self.mask()

    def _mask(self, conditions: Sequence[Matcher]) -> BoolArray | None:
        """Mark the documents that conditions and exclusions leave; ``None`` for all."""
        mask = self.index.live
        for part in conditions:
            mask = part.mask() if mask is None else mask & part.mask()
        for part in self.excluded:
            mask = ~part.mask() if mask is None else mask & ~part.mask()
        return mask

    def describe(self) -> str:
        """Say what matches."""
        parts = [part.describe() for part in (*self.required, *self.filters)]
        parts += [f"not {part.describe()}" for part in self.excluded]
        return f"all of ({', '.join(parts)})"

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        details = _explained([*self.required, *self.optional], docnum)
        return sum_of(details, "all") if details else Explanation(0.0, self.describe())


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

    def clause(self) -> Clause:
        """Give the documents that match, and their scores."""
        sums, highest = np.zeros(self.index.doc_count), np.full(self.index.doc_count, -np.inf)
        for part in self.parts:
            docnums, scores = part.matches()
            sums[docnums] += scores
            highest[docnums] = np.maximum(highest.take(docnums), scores)
        docnums = (highest > -np.inf).nonzero()[0]
        best = highest.take(docnums)
        if self._tiebreak:
            best += self._tiebreak * (sums.take(docnums) - best)
        return (Scored(docnums, best * self._boost),)

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
