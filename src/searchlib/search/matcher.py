"""What matches a part of a query? What all kinds of matchers have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from searchlib.postings import (
    Clause,
    Plan,
    Scored,
    all_documents,
    best_and_all,
    best_documents,
    listed_documents,
)
from searchlib.search.explanation import Explanation

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray, Float64Array, Int64Array
    from searchlib.search.index_view import IndexView
    from searchlib.search.left_out import LeftOut

Matches = tuple["Int64Array", "Float64Array"]
"""Docnums, ascending, and the score of each."""


@dataclass(slots=True)
class TopDocs:
    """The best documents for a query.

    Attributes:
        docnums: Their numbers in the whole index, best first. Shape (at most k,), int64.
        scores: Of each. Shape as docnums, float64.
        total: How many documents match.
        left: How many of them come behind the place from which on they were looked for; ``None``
            if that is the beginning.
        left_out: What is left out of them, where only the best of each group are wanted.
    """

    docnums: Int64Array
    scores: Float64Array
    total: int
    left: int | None = None
    left_out: LeftOut | None = None

    @classmethod
    def none(cls) -> Self:
        """Give what is found where nothing is."""
        return cls(np.empty(0, np.int64), np.empty(0, np.float64), 0)


class Matcher(ABC):
    """A part of a query. Deleted documents match none.

    It says what documents must have, as a plan for the kernels of :mod:`searchlib.postings`, which
    find them. A kind of matcher that they know nothing of finds its documents by itself, and gives
    them to the kernels as such.

    Args:
        index: Where it is evaluated.

    Raises (all methods):
        CorruptIndexError: A segment is damaged.
        QueryTooCostly: It would take too long.
    """

    def __init__(self, index: IndexView) -> None:
        self.index = index

    @abstractmethod
    def cost(self) -> int:
        """Tell how many documents match at most, at little cost; 0 only if none does."""

    @abstractmethod
    def clause(self) -> Clause:
        """Say what a document must have any of, to match."""

    def plan(self) -> Plan:
        """Say which documents match, and what their scores are made of."""
        return Plan([self.clause()], mask=self.index.live)

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        return all_documents(self.plan(), self.index.starts)

    def listed(self) -> Matches:
        """Find the same as :meth:`matches`, segment after segment, in any order within one."""
        return listed_documents(self.plan(), self.index.starts)

    def docnums(self) -> Int64Array:
        """Find all documents that match. Ascending, int64."""
        return self.matches()[0]

    def unscored(self) -> Int64Array:
        """Find all documents that match, segment after segment, in any order within one. int64."""
        return best_and_all(self.plan(), self.index.starts, 0)[2]

    def matches_everything(self) -> bool:
        """Tell whether it is plain that all documents match, and that none is deleted."""
        return False

    def mask(self) -> BoolArray:
        """Tell of each document whether it matches. Shape (doc_count,)."""
        mask = self.index.unmarked()
        self.mark(mask)
        return self.index.only_live(mask)

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that match, and deleted ones perhaps.

        Args:
            marked: Set to true for each of them. Shape (doc_count,).
        """
        marked[self.docnums()] = True

    def top_k(self, k: int) -> TopDocs:
        """Find the best documents; of equals, the lowest docnums.

        Args:
            k: How many documents.
        """
        return TopDocs(*best_documents(self.plan(), self.index.starts, k))

    def top_and_all(self, k: int) -> tuple[TopDocs, Int64Array]:
        """Find the best documents, and all that match, segment after segment, in one pass.

        Args:
            k: How many documents are the best.
        """
        docnums, scores, found = best_and_all(self.plan(), self.index.starts, k)
        return TopDocs(docnums, scores, len(found)), found

    @abstractmethod
    def describe(self) -> str:
        """Say in a few words what matches."""

    def explain(self, docnum: int) -> Explanation | None:
        """Tell how the score of a document comes about; ``None`` if it does not match.

        Args:
            docnum: A document that is not deleted.
        """
        docnums, scores = self.matches()
        place = int(docnums.searchsorted(docnum))
        if place == len(docnums) or docnums[place] != docnum:
            return None
        return self.explained(docnum, float(scores[place]))

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        return Explanation(score, self.describe())


class MatchNone(Matcher):
    """Matches no document."""

    def cost(self) -> int:
        """Give 0."""
        return 0

    def clause(self) -> Clause:
        """Give nothing."""
        return ()

    def describe(self) -> str:
        """Say what matches."""
        return "nothing"


class Found(Matcher):
    """Matches documents that were found in another way.

    Args:
        index: Where.
        matches: The documents, none of them deleted, and their scores.
        boost: Factor on the scores.
    """

    def __init__(self, index: IndexView, matches: Matches, boost: float) -> None:
        super().__init__(index)
        docnums, scores = matches
        self._scored = Scored(docnums, scores * boost)

    def cost(self) -> int:
        """Count them."""
        return len(self._scored.docnums)

    def clause(self) -> Clause:
        """Give them, and their scores."""
        return (self._scored,)

    def describe(self) -> str:
        """Say what matches."""
        return "what Whoosh finds, with its score"
