"""Which documents with a word need not be scored, since they can't be among the best?

A word's longest posting list is looked into block by block (Ding and Suel, "Faster Top-k Document
Retrieval Using Block-Max Indexes", 2011): the blocks with the highest bounds first, which gives a
score that the best must reach, and then only those blocks that can reach it. Lists of other fields
are short beside it, and scored in full. What is found is the same as by scoring everything.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.execution.nodes import TopDocs
from searchlib.postings import highest, membership, union

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.execution.leaves import TermNode
    from searchlib.types import Float64Array, Int64Array

MANY_POSTINGS: Final = 50_000
"""From how many postings on pruning takes less time than scoring all."""

_FIRST_BLOCKS: Final = 16
_ROUNDING: Final = 1 + 1e-6


def pruned_best(terms: Sequence[TermNode], k: int) -> TopDocs:
    """Find the documents with the highest scores.

    Args:
        terms: A word in one or several fields, with weights above 0; their scores are added up.
        k: How many documents, at least 1.
    """
    *others, longest = sorted(terms, key=lambda term: term.size())
    docnums = longest.docnums()
    elsewhere: Int64Array = reduce(union, (t.docnums() for t in others), np.empty(0, np.int64))
    both, scores_there = longest.locate(elsewhere)
    scores = np.zeros(len(elsewhere))
    scores[both] = scores_there
    for term in others:
        places, found = term.locate(elsewhere)
        scores[places] += found
    best = _Best(k)
    best.consider(elsewhere, scores)
    blocks = longest.blocks()
    bounds = blocks.bounds * (float(longest.weight) * _ROUNDING)

    def look_into(chosen: Int64Array) -> None:
        places = blocks.places(chosen)
        inside = docnums.take(places)
        places = places[~membership(inside, elsewhere)]
        best.consider(docnums.take(places), longest.scored(places))

    left = np.ones(len(bounds), np.bool_)
    first = np.sort(bounds.argsort(kind="stable")[-_FIRST_BLOCKS:])
    left[first] = False
    look_into(first)
    look_into((left & (bounds >= best.threshold)).nonzero()[0])
    return TopDocs(best.docnums, best.scores, len(docnums) + len(elsewhere) - len(both))


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
