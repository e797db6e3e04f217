"""How are words and phrases evaluated?"""

from __future__ import annotations

from abc import abstractmethod
from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.execution.nodes import Node, summed
from searchlib.execution.pruning import MANY_POSTINGS, pruned_best
from searchlib.postings import (
    common,
    follow,
    phrase_frequencies,
    position_keys,
    saturation,
    term_weight,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from searchlib.execution.index_view import IndexView
    from searchlib.execution.nodes import Matches, TopDocs
    from searchlib.execution.term_postings import Blocks, TermPostings
    from searchlib.types import BoolArray, Float32Array, Float64Array, Int64Array


LEAST_SCORE: Final = 1e-20
"""With a lower weight, what a posting adds to a score may be too small for a float."""


class Postings(Node):
    """Documents with something that BM25 scores, found once for as long as the node is kept.

    Attributes:
        bound: No score is above it.
        adds: Whether each posting adds something above 0 to a score.
    """

    def __init__(self, index: IndexView, bound: float, *, adds: bool) -> None:
        super().__init__(index)
        self.bound = bound
        self.adds = adds
        self._matches: Matches | None = None

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        found = self._matches
        if found is None:
            found = self._matches = self._find()
        return found

    @property
    def known(self) -> bool:
        """Whether it was met before, so that it pays to score all of it, once."""
        return self._matches is not None

    def summands(self) -> Sequence[Postings]:
        """Give nodes that add up to this one, but for those that are added up already."""
        return [self]

    @abstractmethod
    def _find(self) -> Matches:
        """Find all documents that match, and their scores, for the first time."""


class TermNode(Postings):
    """Documents that have a term of a text, keyword or key field.

    Args:
        index: Where.
        term: The term.
        boost: Factor on the score.
    """

    def __init__(self, index: IndexView, term: TermPostings, boost: float) -> None:
        keyword = index.norms(term.field) is None
        self.weight = np.float32(boost * term.idf) if keyword else term_weight(term.idf, boost)
        super().__init__(index, float(self.weight), adds=bool(self.weight > LEAST_SCORE))
        self._term = term

    def size(self) -> int:
        """Count the documents that have it."""
        return self._term.doc_frequency

    @property
    def known(self) -> bool:
        """Whether it was met before, so that it pays to score all of it, once."""
        return self._matches is not None or self._term in self.index.lists

    def docnums(self) -> Int64Array:
        """Find all documents that match, without scores."""
        return self._term.postings().docnums if self._matches is None else self._matches[0]

    def locate(self, candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
        """Find out which of some documents match: only they are scored."""
        if self._matches is not None:
            return super().locate(candidates)
        mine, theirs = common(candidates, self.docnums(), self.index.doc_count)
        return mine, self.scored(theirs)

    def scored(self, places: Int64Array) -> Float64Array:
        """Score some of the postings, given by their places."""
        return _weighted(self._term.parts(self._term.postings(), places), self.weight)

    @property
    def prunable(self) -> bool:
        """Whether bounds of scores are known, and scores are not."""
        return (
            self._matches is None
            and self.adds
            and self.index.norms(self._term.field) is not None
            and self._term.postings().complete
        )

    def blocks(self) -> Blocks:
        """Bound the scores of each block of postings, but for the weight."""
        return self._term.blocks()

    def best(self, k: int) -> TopDocs:
        """Find the best documents; of equals, the lowest docnums."""
        return _best_of_word(self, [self], k)

    def _find(self) -> Matches:
        postings = self._term.postings()
        scores = _weighted(self._term.parts(postings), self.weight)
        self.index.remembered(scores)
        return postings.docnums, scores


class WordNode(Postings):
    """Documents that have a word in any of several fields: the sum of its terms.

    Args:
        index: Where.
        terms: The word as a term of each field.
    """

    def __init__(self, index: IndexView, terms: Sequence[TermNode]) -> None:
        bound = sum(term.bound for term in terms)
        super().__init__(index, bound, adds=all(term.adds for term in terms))
        self._terms = [term for term in terms if term.size()]

    def size(self) -> int:
        """Add up the documents of each field."""
        return min(self.index.doc_count, sum(term.size() for term in self._terms))

    def docnums(self) -> Int64Array:
        """Find all documents that match, without scores."""
        if self._matches is not None:
            return self._matches[0]
        return reduce(union, (term.docnums() for term in self._terms), np.empty(0, np.int64))

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that match."""
        for term in self._terms:
            term.mark(marked)

    def among_marked(self, marked: BoolArray) -> Int64Array:
        """Find those of the marked documents that match."""
        found = (term.among_marked(marked) for term in self._terms)
        return reduce(union, found, np.empty(0, np.int64))

    def locate(self, candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
        """Find out which of some documents match: only they are scored."""
        if self._matches is not None:
            return super().locate(candidates)
        return locate_any(self._terms, candidates)

    def best(self, k: int) -> TopDocs:
        """Find the best documents; of equals, the lowest docnums."""
        return _best_of_word(self, self._terms, k)

    def summands(self) -> Sequence[Postings]:
        """Give the terms, unless they are added up already."""
        return self._terms if self._matches is None else [self]

    def _find(self) -> Matches:
        found = [term.matches() for term in self._terms]
        docnums, scores = summed(found, self.index)
        self.index.remembered(docnums, scores)
        return docnums, scores


def _best_of_word(word: TermNode | WordNode, terms: Sequence[TermNode], k: int) -> TopDocs:
    """Find the best documents of a word that some terms stand for."""
    if k > 0 and word.size() >= max(MANY_POSTINGS, 1) and all(term.prunable for term in terms):
        return pruned_best(terms, k)
    return Postings.best(word, k)


def locate_any(nodes: Iterable[Node], candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
    """Find out which of some documents match any of some nodes.

    Args:
        nodes: Their scores are added up.
        candidates: Docnums, ascending. Shape (C,), int64.

    Returns:
        As of :meth:`Node.locate`.
    """
    matched = np.zeros(len(candidates), np.bool_)
    scores = np.zeros(len(candidates))
    for node in nodes:
        places, found = node.locate(candidates)
        matched[places] = True
        scores[places] += found
    places = matched.nonzero()[0]
    return (places, scores) if len(places) == len(scores) else (places, scores.take(places))


class PhraseNode(Postings):
    """Documents in which words follow one another.

    Args:
        index: Where.
        words: The words, in order; at least one. Their field has positions.
        slop: How many positions after the last a word may come.
        boost: Factor on the score.
    """

    def __init__(
        self, index: IndexView, words: Sequence[TermPostings], slop: int, boost: float
    ) -> None:
        self._weight = term_weight(sum(word.idf for word in words), boost)
        super().__init__(index, float(self._weight), adds=bool(self._weight > LEAST_SCORE))
        self._words = words
        self._slop = slop

    def size(self) -> int:
        """Count the documents that have the rarest word."""
        return min(word.doc_frequency for word in self._words)

    def _find(self) -> Matches:
        nothing = np.empty(0, np.int64), np.empty(0, np.float64)
        if not self.size():
            return nothing
        docnums, places = self._with_all_words()
        if not len(docnums):
            return nothing
        first, *others = self._words
        keys = _keys(first, places[first])
        for word in others:
            keys = follow(keys, _keys(word, places[word]), self._slop)
        if not len(keys):
            return nothing
        found, frequencies = phrase_frequencies(keys)
        docnums = docnums.take(found)
        norms = self.index.norms(self._words[0].field)
        assert norms is not None
        return docnums, _weighted(saturation(frequencies, norms.take(docnums)), self._weight)

    def _with_all_words(self) -> tuple[Int64Array, dict[TermPostings, Int64Array]]:
        """Find the documents with all words, and where they are in the postings of each word."""
        rarest, *others = sorted(set(self._words), key=lambda word: word.doc_frequency)
        docnums = rarest.postings().docnums
        places = {rarest: np.arange(len(docnums))}
        for word in others:
            mine, theirs = common(docnums, word.postings().docnums, self.index.doc_count)
            docnums = docnums.take(mine)
            places = {other: found.take(mine) for other, found in places.items()}
            places[word] = theirs
        return docnums, places


def _weighted(parts: Float32Array, weight: np.float32) -> Float64Array:
    """Multiply in 32 bits, as :mod:`searchlib.postings.bm25` has it."""
    return (parts * weight).astype(np.float64)


def _keys(word: TermPostings, places: Int64Array) -> Int64Array:
    """Make the keys of a word's occurrences in some of its documents."""
    postings, (starts, positions) = word.postings(), word.occurrences()
    among_all = postings.among_all(places)
    if postings.frequencies is None or starts is None:
        return position_keys(among_all, None, positions)
    frequencies = postings.frequencies.take(places).astype(np.int64)
    return position_keys(starts.take(among_all), frequencies, positions)
