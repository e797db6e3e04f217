"""Which documents with a word need not be scored, since they can't be among the best?

A long posting list is looked into block by block (Ding and Suel, "Faster Top-k Document Retrieval
Using Block-Max Indexes", 2011): the blocks with the highest bounds first, which gives a score that
the best must reach, and then only those blocks that can reach it. Documents that have the word in
another field too, or only there, are few beside it, and all scored. What is found is the same as
by scoring everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.execution.nodes import TopDocs
from searchlib.postings import highest, membership, sum_scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.execution.leaves import TermNode
    from searchlib.types import Float64Array, Int64Array

MANY_POSTINGS: Final = 50_000
"""From how many postings on it takes less time to look at blocks than to score all."""

_FIRST_BLOCKS: Final = 16
_ROUNDING: Final = 1 + 1e-6


def pruned_best(terms: Sequence[TermNode], k: int) -> TopDocs:
    """Find the documents with the highest scores.

    Args:
        terms: A word in one or several fields, with weights above 0; their scores are added up.
        k: How many documents, at least 1.
    """
    *others, longest = sorted(terms, key=lambda term: term.size())
    found = [term.matches() for term in others]
    elsewhere, scores = sum_scores(
        [docnums for docnums, _ in found], [some for _, some in found], longest.index.doc_count
    )
    places, added = longest.locate(elsewhere)
    scores[places] += added
    best = _Best(k)
    best.consider(elsewhere, scores)
    _consider_blocks(best, longest, elsewhere)
    return TopDocs(best.docnums, best.scores, longest.size() + len(elsewhere) - len(places))


def _consider_blocks(best: _Best, term: TermNode, done: Int64Array) -> None:
    """Take in those documents of a long list that can be among the best."""
    docnums, blocks = term.docnums(), term.blocks()
    bounds = blocks.bounds * (float(term.weight) * _ROUNDING)

    def look_into(chosen: Int64Array) -> None:
        places = blocks.places(chosen)
        places = places[~membership(docnums.take(places), done)]
        best.consider(docnums.take(places), term.scored(places))

    left = np.ones(len(bounds), np.bool_)
    first = np.sort(bounds.argsort(kind="stable")[-_FIRST_BLOCKS:])
    left[first] = False
    look_into(first)
    look_into((left & (bounds >= best.threshold)).nonzero()[0])


class _Best:
    """The best documents so far.

    Attributes:
        docnums: Their numbers, best first. Shape (at most k,), int64.
        scores: Of each. Shape as docnums, float64.
    """

    def __init__(self, k: int) -> None:
        self._k = k
        self.docnums: Int64Array = np.empty(0, np.int64)
        self.scores: Float64Array = np.empty(0, np.float64)

    @property
    def threshold(self) -> float:
        """The score that a document must reach to be one of them."""
        return float(self.scores[-1]) if len(self.scores) == self._k else 0.0

    def consider(self, docnums: Int64Array, scores: Float64Array) -> None:
        """Take in the best of some documents that were not considered before."""
        places = highest(scores, self._k)
        docnums = np.concatenate((self.docnums, docnums.take(places)))
        scores = np.concatenate((self.scores, scores.take(places)))
        order = np.lexsort((docnums, -scores))[: self._k]
        self.docnums, self.scores = docnums.take(order), scores.take(order)
