"""Which documents need not be scored, since they can't be among the best?

When several lists are added up, the rare words come first. Before a long list, the k-th best sum so
far is a threshold: if all lists to come together can't reach it, only those documents that can rise
to it are looked for in them, and the others just counted (MaxScore: Turtle and Flood, "Query
Evaluation: Strategies and Optimizations", 1995).

A long list of a single word is looked into block by block: the blocks with the highest bounds
first, which gives a threshold, and then only those blocks that can reach it (Ding and Suel, "Faster
Top-k Document Retrieval Using Block-Max Indexes", 2011). Documents that have the word in another
field too, or only there, are few beside it, and all scored.

What is found is the same as by scoring everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from searchlib.postings import highest, highest_above_zero, membership, reached
from searchlib.search.matcher import TopDocs, summed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Float64Array, Int64Array
    from searchlib.search.index_view import IndexView
    from searchlib.search.matcher import Matches
    from searchlib.search.term_postings import Blocks

MANY_POSTINGS: Final = 50_000
"""From how many postings on it takes less time to look at blocks than to score all."""

_LONG: Final = 1 / 16
"""Lists of a smaller share of all documents are added without a look at the threshold."""

# By measurement, in postings that can be scored and added in the same time: what a list takes in
# which candidates are looked for, and what adding a posting takes that is scored already.
_PER_LIST: Final = 6_000
_PER_KNOWN: Final = 0.25

_CANDIDATES: Final = 1 / 16
"""At how many documents for each posting it is quicker to look for them than to add all."""

_FIRST_BLOCKS: Final = 16
_ROUNDING: Final = 1 + 1e-6


class ScoredList(Protocol):
    """A list of postings whose scores have a bound: what of it takes part in MaxScore."""

    index: IndexView
    bound: float

    @property
    def known(self) -> bool:
        """Whether its scores are computed already."""

    def cost(self) -> int:
        """Tell how many documents it has at most."""

    def matches(self) -> Matches:
        """Find its documents, and score them."""

    def mark(self, marked: BoolArray) -> None:
        """Mark its documents in a table of all."""

    def locate(self, candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
        """Find out which of some documents it has, and score these."""


class BlockedList(ScoredList, Protocol):
    """A list whose blocks have bounds, too."""

    weight: np.float32

    def docnums(self) -> Int64Array:
        """Find its documents."""

    def blocks(self) -> Blocks:
        """Bound the scores of each block, but for the weight."""

    def scored(self, places: Int64Array) -> Float64Array:
        """Score some of its postings."""


def best_of_sums(sums: Float64Array, lists: Sequence[ScoredList], k: int) -> TopDocs:
    """Find the documents with the highest sums of scores above 0.

    Args:
        sums: What is to be added to: a score for each document. Shape (doc_count,); changed.
        lists: What to add, each posting more than 0.
        k: How many documents.
    """
    lists = sorted(lists, key=lambda part: part.cost())
    so_far = float(sums.max(initial=0.0))
    to_come = sum(part.bound for part in lists) * _ROUNDING  # what lists from here on can add
    saved = sum(map(_time_saved, lists))
    for number, part in enumerate(lists):
        if so_far > to_come and min(saved, part.cost()) > _LONG * len(sums):
            candidates = _candidates(sums, to_come, k)
            if candidates is not None and len(candidates) < _CANDIDATES * part.cost():
                return _best_among(candidates, sums, lists[number:], k)
        saved -= _time_saved(part)
        docnums, scores = part.matches()
        np.add.at(sums, docnums, scores)
        so_far += part.bound
        to_come -= part.bound
    best = highest_above_zero(sums, k)
    return TopDocs(best, sums.take(best), int(np.count_nonzero(sums > 0)))


def _time_saved(part: ScoredList) -> float:
    """Estimate what it saves to look for candidates in a list instead of adding all of it."""
    return part.cost() * (_PER_KNOWN if part.known else 1.0) - _PER_LIST


def _candidates(sums: Float64Array, rest: float, k: int) -> Int64Array | None:
    """Find the documents that can be among the k best when each sum may grow by a rest.

    Returns:
        Docnums, ascending; ``None`` if it can be any.
    """
    threshold = reached(sums, k) - rest
    return (sums >= threshold).nonzero()[0] if threshold > 0 else None


def _best_among(
    candidates: Int64Array, sums: Float64Array, lists: Sequence[ScoredList], k: int
) -> TopDocs:
    """Find the best of some documents, and count all those that have a score."""
    scores = sums.take(candidates)
    matched = sums > 0
    for part in lists:
        part.mark(matched)
        places, found = part.locate(candidates)
        scores[places] += found
    best = highest(scores, k)
    return TopDocs(candidates.take(best), scores.take(best), int(np.count_nonzero(matched)))


def pruned_best(terms: Sequence[BlockedList], k: int) -> TopDocs:
    """Find the documents with the highest scores.

    Args:
        terms: A word in one or several fields, with weights above 0; their scores are added up.
        k: How many documents, at least 1.
    """
    *others, longest = sorted(terms, key=lambda term: term.cost())
    elsewhere, scores = summed([term.matches() for term in others], longest.index)
    places, added = longest.locate(elsewhere)
    scores[places] += added
    best = _Best(k)
    best.consider(elsewhere, scores)
    _consider_blocks(best, longest, elsewhere)
    return TopDocs(best.docnums, best.scores, longest.cost() + len(elsewhere) - len(places))


def _consider_blocks(best: _Best, term: BlockedList, done: Int64Array) -> None:
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
