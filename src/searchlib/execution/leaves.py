"""How are words and phrases evaluated?"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.execution.nodes import Node
from searchlib.execution.pruning import MANY_POSTINGS, pruned_best
from searchlib.execution.statistics import PostingList
from searchlib.postings import Candidates, follow, phrase_frequencies, position_keys, term_weight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.execution.nodes import Best, Matches
    from searchlib.execution.statistics import SegmentView, TermPostings
    from searchlib.types import BoolArray, Float32Array, Float64Array, Int64Array


LEAST_SCORE: Final = 1e-20
"""With a lower weight, what a posting adds to a score may be too small for a float."""


class Postings(Node):
    """Scored by BM25: a weight times what each posting says.

    Attributes:
        weight: boost · idf · (k1 + 1); without the last factor for a keyword.
        adds: Whether each posting adds something above 0 to a score.
    """

    def __init__(self, weight: np.float32) -> None:
        self.weight = weight
        self.adds = bool(weight > LEAST_SCORE)

    @abstractmethod
    def postings(self, segment: SegmentView) -> PostingList | None:
        """Find the postings, or ``None`` if there are none."""

    def scores(self, postings: PostingList) -> Float32Array:
        """Compute the scores of all postings. Shape (P,), float32."""
        scores: Float32Array = postings.parts() * self.weight
        return scores

    def block_bounds(self, segment: SegmentView) -> Float32Array | None:
        """Bound the scores of each block of 128 postings; ``None`` if nothing is known of blocks.

        Returns:
            Shape (number of blocks,), float32.
        """
        return None

    def matches(self, segment: SegmentView) -> Matches:
        """Find all documents that match, and their scores."""
        postings = self.postings(segment)
        if postings is None:
            return np.empty(0, np.int64), np.empty(0, np.float64)
        return postings.docnums, self.scores(postings).astype(np.float64)

    def docnums(self, segment: SegmentView) -> Int64Array:
        """Find all documents that match, without scores."""
        postings = self.postings(segment)
        return np.empty(0, np.int64) if postings is None else postings.docnums

    def probe(
        self,
        segment: SegmentView,
        candidates: Candidates,
        matched: BoolArray,
        scores: Float64Array | None,
    ) -> None:
        """Compare with documents found before."""
        postings = self.postings(segment)
        if postings is None:
            return
        mine, theirs = candidates.locate(postings.docnums)
        if len(mine):
            matched[mine] = True
            if scores is not None:
                scores[mine] += postings.parts_at(theirs) * self.weight


class TermNode(Postings):
    """Documents that have a term of a text, keyword or key field."""

    def __init__(self, term: TermPostings, boost: float, *, keyword: bool) -> None:
        super().__init__(np.float32(boost * term.idf) if keyword else term_weight(term.idf, boost))
        self._term = term

    def size(self, segment: SegmentView) -> int:
        """Count the documents that have it."""
        return self._term.counts[segment.number]

    def postings(self, segment: SegmentView) -> PostingList | None:
        """Find the postings, or ``None`` if there are none."""
        if not self._term.counts[segment.number]:
            return None
        return self._term.postings(segment)

    def block_bounds(self, segment: SegmentView) -> Float32Array | None:
        """Bound the scores of each block of 128 postings; ``None`` if nothing is known of blocks.

        Returns:
            Shape (number of blocks,), float32.
        """
        bounds = self._term.block_bounds(segment)
        return None if bounds is None else bounds * self.weight

    def best(self, segment: SegmentView, k: int, floor: float) -> Best:
        """Find the best documents that are not deleted; of equals, the lowest docnums."""
        postings = self.postings(segment)
        if postings is None or len(postings.docnums) < MANY_POSTINGS or not self.adds:
            return super().best(segment, k, floor)
        return pruned_best([(self, postings)], segment, k, floor)


class PhraseNode(Postings):
    """Documents in which words follow one another.

    Args:
        field: The field; it has positions.
        words: The words, in order; at least one.
        slop: How many positions after the last a word may come.
        boost: Factor on the score.
    """

    def __init__(self, field: str, words: Sequence[TermPostings], slop: int, boost: float) -> None:
        super().__init__(term_weight(sum(word.idf for word in words), boost))
        self._field = field
        self._words = words
        self._slop = slop
        self._found: dict[int, PostingList | None] = {}

    def size(self, segment: SegmentView) -> int:
        """Count the documents that have the rarest word."""
        return min(word.counts[segment.number] for word in self._words)

    def postings(self, segment: SegmentView) -> PostingList | None:
        """Find the documents with the phrase, and how often it is in each."""
        if segment.number not in self._found:
            self._found[segment.number] = self._find(segment) if self.size(segment) else None
        return self._found[segment.number]

    def _find(self, segment: SegmentView) -> PostingList | None:
        docnums, places = self._with_all_words(segment)
        if not len(docnums):
            return None
        field = segment.inverted[self._field]
        keys: Int64Array | None = None
        for word in self._words:
            next_keys = self._keys(segment, word, places[word])
            keys = next_keys if keys is None else follow(keys, next_keys, self._slop)
            if not len(keys):
                return None
        assert keys is not None
        found, frequencies = phrase_frequencies(keys)
        return PostingList(docnums.take(found), frequencies, segment.norms(field))

    def _with_all_words(
        self, segment: SegmentView
    ) -> tuple[Int64Array, dict[TermPostings, Int64Array]]:
        """Find the documents with all words, and where they are in the postings of each word."""
        rarest, *others = sorted(set(self._words), key=lambda word: word.counts[segment.number])
        docnums = rarest.postings(segment).docnums
        places = {rarest: np.arange(len(docnums))}
        for word in others:
            candidates = Candidates(docnums, segment.doc_count)
            mine, theirs = candidates.locate(word.postings(segment).docnums)
            docnums = docnums.take(mine)
            places = {other: found.take(mine) for other, found in places.items()}
            places[word] = theirs
        return docnums, places

    def _keys(self, segment: SegmentView, word: TermPostings, places: Int64Array) -> Int64Array:
        """Make the keys of a word's occurrences in the documents with all words."""
        ordinal = word.ordinal(segment)
        assert ordinal is not None
        positions = segment.inverted[self._field].position_view(ordinal)
        postings = word.postings(segment)
        all_frequencies = postings.frequencies
        if all_frequencies is None:
            return position_keys(places, None, positions)
        frequencies = all_frequencies.take(places).astype(np.int64)
        starts = postings.ends().take(places) - frequencies
        return position_keys(starts, frequencies, positions)
