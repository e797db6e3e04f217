"""Which documents need not be scored, since they can't be among the best?

When several lists are added up, the rare words come first. Before a long list, the k-th best sum so
far is a threshold: if all lists to come together can't reach it, only those documents that can rise
to it are looked for in them, and the others just counted (MaxScore: Turtle and Flood, "Query
Evaluation: Strategies and Optimizations", 1995).

What is found is the same as by scoring everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from searchlib.postings import highest, highest_above_zero, reached
from searchlib.search.matcher import TopDocs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Float64Array, Int64Array
    from searchlib.search.index_view import IndexView
    from searchlib.search.matcher import Matches

_LONG: Final = 1 / 16
"""Lists of a smaller share of all documents are added without a look at the threshold."""

# By measurement, in postings that can be scored and added in the same time: what a list takes in
# which candidates are looked for, and what adding a posting takes that is scored already.
_PER_LIST: Final = 6_000
_PER_KNOWN: Final = 0.25

_CANDIDATES: Final = 1 / 16
"""At how many documents for each posting it is quicker to look for them than to add all."""

_ROUNDING: Final = 1 + 1e-6


class ScoredList(Protocol):
    """A list of postings whose scores have a bound: what of it takes part in MaxScore."""

    index: IndexView

    @property
    def bound(self) -> float:
        """No score is above it."""

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
