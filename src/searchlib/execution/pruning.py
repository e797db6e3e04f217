"""Which documents need not be scored, since they can't be among the best?

The short posting lists come first: their documents are scored in full, and the k-th best score so
far is a threshold. A longer list matters only where a block of it could, with all that the lists
still to come could add, lift a document to the threshold; when all lists to come together can't,
the rest is left alone (MaxScore: Turtle and Flood, "Query Evaluation: Strategies and
Optimizations", 1995; block bounds: Ding and Suel, "Faster Top-k Document Retrieval Using Block-Max
Indexes", 2011). What is found is the same as by scoring everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.execution.nodes import Best
from searchlib.postings import Candidates, find, highest
from searchlib.segment.bounds import BLOCK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.execution.leaves import Postings
    from searchlib.execution.statistics import PostingList, SegmentView
    from searchlib.types import Float32Array, Float64Array, Int64Array

MANY_POSTINGS: Final = 2500
"""From how many postings per list on pruning takes less time than scoring all."""

MOST_LISTS: Final = 6
"""Of how many lists at most: three words in two fields."""

_SHORT: Final = 2048
_FIRST_BLOCKS: Final = 16
_ROUNDING: Final = 1 + 1e-6


class _ScoredList:
    """A posting list, its weight, and how high its scores can be."""

    __slots__ = ("blocks", "docnums", "highest", "postings", "weight")

    def __init__(self, node: Postings, postings: PostingList, segment: SegmentView) -> None:
        self.postings: Final = postings
        self.docnums: Final = postings.docnums
        self.weight: Final = node.weight
        self.blocks: Final[Float32Array | None] = node.block_bounds(segment)
        bound = node.weight if self.blocks is None else self.blocks.max()
        self.highest: Final = float(bound) * _ROUNDING


def pruned_best(
    found: Sequence[tuple[Postings, PostingList]], segment: SegmentView, k: int, floor: float
) -> Best:
    """Find the documents with the highest sums of scores.

    Args:
        found: What is added up: nodes with weights above 0, and their postings.
        segment: Where.
        k: How many documents.
        floor: Documents with lower scores may be left out.
    """
    lists = [_ScoredList(node, postings, segment) for node, postings in found]
    search = _Search(lists, segment, k, floor)
    if k > 0:
        search.run()
    return Best(search.docnums, search.scores, _count([each.docnums for each in lists], segment))


class _Search:
    """The best documents so far, and what is still to be looked at."""

    def __init__(
        self, lists: Sequence[_ScoredList], segment: SegmentView, k: int, floor: float
    ) -> None:
        self.docnums: Int64Array = np.empty(0, np.int64)
        self.scores: Float64Array = np.empty(0, np.float64)
        self._lists = sorted(lists, key=lambda each: len(each.docnums))
        self._segment = segment
        self._k = k
        self._threshold = floor
        self._seen = np.zeros(segment.doc_count, np.bool_)
        if segment.deleted is not None:
            self._seen |= segment.deleted

    def run(self) -> None:
        short = [each for each in self._lists if len(each.docnums) <= _SHORT]
        if short:
            self._consider(np.concatenate([each.docnums for each in short]))
        to_come = sum(each.highest for each in self._lists[len(short) :])
        for each in self._lists[len(short) :]:
            if to_come < self._threshold:
                return
            to_come -= each.highest
            self._look_into(each, to_come)

    def _look_into(self, each: _ScoredList, to_come: float) -> None:
        """Consider a list's documents that can reach the threshold with what is to come."""
        bounds = each.blocks
        if bounds is None or len(bounds) <= _FIRST_BLOCKS:
            self._consider(each.docnums)
            return
        if not self._threshold:
            first = np.sort(bounds.argpartition(-_FIRST_BLOCKS)[-_FIRST_BLOCKS:])
            self._consider(each.docnums.take(_places(first, len(each.docnums))))
        needed = self._threshold - to_come
        places = _places((bounds * _ROUNDING >= needed).nonzero()[0], len(each.docnums))
        scores = each.postings.parts_at(places) * each.weight
        reaching = (scores * _ROUNDING >= needed).nonzero()[0]
        self._consider(each.docnums.take(places.take(reaching)))

    def _consider(self, docnums: Int64Array) -> None:
        """Score documents that were not considered yet, by all lists."""
        docnums = docnums.take((~self._seen.take(docnums)).nonzero()[0])
        if not len(docnums):
            return
        self._seen[docnums] = True
        docnums = _ascending(docnums)
        candidates = Candidates(docnums, self._segment.doc_count)
        scores = np.zeros(len(docnums))
        for each in self._lists:
            mine, theirs = candidates.locate(each.docnums)
            scores[mine] += each.postings.parts_at(theirs) * each.weight
        best = highest(scores, self._k)
        self.docnums = np.concatenate((self.docnums, docnums.take(best)))
        self.scores = np.concatenate((self.scores, scores.take(best)))
        order = np.lexsort((self.docnums, -self.scores))[: self._k]
        self.docnums, self.scores = self.docnums.take(order), self.scores.take(order)
        if len(order) == self._k:
            self._threshold = max(self._threshold, float(self.scores[-1]))


def _places(blocks: Int64Array, count: int) -> Int64Array:
    """List the places of the postings of blocks, ascending."""
    places = (blocks[:, None] * BLOCK + np.arange(BLOCK)).ravel()
    return places if not len(places) or places[-1] < count else places[places < count]


def _ascending(docnums: Int64Array) -> Int64Array:
    """Sort docnums, each once."""
    docnums = np.sort(docnums, kind="stable")  # a few runs, which are merged
    kept = np.empty(len(docnums), np.bool_)
    kept[0] = True
    np.not_equal(docnums[1:], docnums[:-1], out=kept[1:])
    return docnums[kept]


def _count(lists: Sequence[Int64Array], segment: SegmentView) -> int:
    """Count the documents in any of some lists that are not deleted."""
    if segment.deleted is None and len(lists) == 1:
        return len(lists[0])
    if segment.deleted is None and len(lists) == 2:
        short, long = sorted(lists, key=len)
        if len(short) * 20 < len(long):
            return len(long) + len(short) - int(np.count_nonzero(find(short, long)[1]))
    present = np.zeros(segment.doc_count, np.bool_)
    for docnums in lists:
        present[docnums] = True
    if segment.deleted is not None:
        present &= ~segment.deleted
    return int(np.count_nonzero(present))
