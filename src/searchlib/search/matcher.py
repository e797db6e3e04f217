"""How is a part of a query evaluated? What all kinds of nodes have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from searchlib.postings import common, highest, sum_scores
from searchlib.search.explanation import Explanation

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray, Float64Array, Int64Array, NumberArray
    from searchlib.search.index_view import IndexView

Matches = tuple["Int64Array", "Float64Array"]
"""Docnums, ascending, and the score of each. Others may share the arrays: they are not changed."""
Summands = Sequence[tuple["Int64Array", "NumberArray"]]
"""Lists of docnums, each ascending, and what each adds to a sum."""


@dataclass(frozen=True, slots=True)
class TopDocs:
    """The best documents for a query.

    Attributes:
        docnums: Their numbers in the whole index, best first. Shape (at most k,), int64.
        scores: Of each. Shape as docnums, float64.
        total: How many documents match.
    """

    docnums: Int64Array
    scores: Float64Array
    total: int

    @classmethod
    def none(cls) -> Self:
        """Give what is found where nothing is."""
        return cls(np.empty(0, np.int64), np.empty(0, np.float64), 0)


class Matcher(ABC):
    """A part of a query. Deleted documents match none.

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
    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""

    def docnums(self) -> Int64Array:
        """Find all documents that match, without scores."""
        return self.matches()[0]

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that match.

        Args:
            marked: Set to true for each of them. Shape (doc_count,).
        """
        marked[self.docnums()] = True

    def among_marked(self, marked: BoolArray) -> Int64Array:
        """Find those of the marked documents that match.

        Args:
            marked: Which documents are of interest. Shape (doc_count,).

        Returns:
            Docnums, ascending. Shape (number found,), int64.
        """
        return marked_of(self.docnums(), marked)

    def locate(self, candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
        """Find out which of some documents match.

        Args:
            candidates: Docnums, ascending. Shape (C,), int64.

        Returns:
            The places of those that match among the candidates, ascending, and their scores.
            Shapes (number that match,), int64 and float64.
        """
        docnums, scores = self.matches()
        mine, theirs = common(candidates, docnums, self.index.doc_count)
        return mine, scores.take(theirs)

    @abstractmethod
    def describe(self) -> str:
        """Say in a few words what matches."""

    def explain(self, docnum: int) -> Explanation | None:
        """Tell how the score of a document comes about; ``None`` if it does not match.

        Args:
            docnum: A document that is not deleted.
        """
        _, scores = self.locate(np.array([docnum]))
        return self.explained(docnum, float(scores[0])) if len(scores) else None

    def explained(self, docnum: int, score: float) -> Explanation:
        """Tell how the score of a document that matches comes about."""
        return Explanation(score, self.describe())

    def top_k(self, k: int) -> TopDocs:
        """Find the best documents; of equals, the lowest docnums.

        Args:
            k: How many documents.
        """
        docnums, scores = self.matches()
        places = highest(scores, k)
        return TopDocs(docnums.take(places), scores.take(places), len(docnums))


def summed(found: Summands, index: IndexView) -> Matches:
    """Add up the scores of the documents that are among any of several matches."""
    docnums, scores = [docnums for docnums, _ in found], [scores for _, scores in found]
    return sum_scores(docnums, scores, index.doc_count)


def marked_of(docnums: Int64Array, marked: BoolArray) -> Int64Array:
    """Keep those documents that are marked."""
    return docnums.take(marked.take(docnums).nonzero()[0])


class MatchNone(Matcher):
    """Matches no document."""

    def cost(self) -> int:
        """Give 0."""
        return 0

    def matches(self) -> Matches:
        """Find nothing."""
        return np.empty(0, np.int64), np.empty(0, np.float64)

    def describe(self) -> str:
        """Say what matches."""
        return "nothing"


class Found(Matcher):
    """Matches documents that were found in another way.

    Args:
        index: Where.
        matches: The documents and their scores.
        boost: Factor on the scores.
    """

    def __init__(self, index: IndexView, matches: Matches, boost: float) -> None:
        super().__init__(index)
        docnums, scores = matches
        self._matches = docnums, scores * boost

    def cost(self) -> int:
        """Count them."""
        return len(self._matches[0])

    def matches(self) -> Matches:
        """Give them, and their scores."""
        return self._matches

    def describe(self) -> str:
        """Say what matches."""
        return "what Whoosh finds, with its score"
