"""How are words and phrases evaluated?"""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property, partial, reduce
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from searchlib.postings import (
    beside,
    common,
    follow,
    phrase_frequencies,
    saturation,
    term_weight,
    union,
)
from searchlib.search.matcher import Matcher, summed
from searchlib.search.pruning import MANY_POSTINGS, pruned_best

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from searchlib.arrays import BoolArray, Float32Array, Float64Array, Int64Array
    from searchlib.search.index_view import IndexView
    from searchlib.search.matcher import Matches, TopDocs
    from searchlib.search.positions import Positions
    from searchlib.search.term_postings import Blocks, TermPostings


_BYTES_OF_MATCH: Final = 16
_SHARE_OF_WORD: Final = 1 / 16
"""Sums of a word are kept if they take no larger share of what may be kept at all."""

LEAST_SCORE: Final = 1e-20
"""With a lower weight, what a posting adds to a score may be too small for a float."""


class Postings(Matcher):
    """Documents with something that BM25 scores.

    Attributes:
        bound: No score is above it.
        adds: Whether each posting adds something above 0 to a score.
    """

    def __init__(self, index: IndexView, bound: float, *, adds: bool) -> None:
        super().__init__(index)
        self.bound = bound
        self.adds = adds

    @property
    @abstractmethod
    def known(self) -> bool:
        """Whether it was met before, so that it pays to score all of it, once."""

    def summands(self) -> Sequence[Postings]:
        """Give nodes that add up to this one, but for those that are added up already."""
        return [self]


class TermMatcher(Postings):
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

    def cost(self) -> int:
        """Count the documents that have it."""
        return self._term.doc_frequency

    @property
    def known(self) -> bool:
        """Whether it was met before, so that it pays to score all of it, once."""
        return self._term.known

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        return self._found(keep=True)

    def unkept(self) -> Matches:
        """Find the same without keeping the scores, for what keeps a sum of them."""
        return self._found(keep=False)

    def _found(self, *, keep: bool) -> Matches:
        postings, scores = self._term.postings(), self._scores()
        if scores is None:
            scores = _weighted(self._term.parts(postings), self.weight)
            if keep:
                self.index.recent.put(self, scores, scores)
        return postings.docnums, scores

    def _scores(self) -> Float64Array | None:
        """Give the scores of all documents that match, if they were computed lately."""
        scores: Float64Array | None = self.index.recent.get(self)
        return scores

    def docnums(self) -> Int64Array:
        """Find all documents that match, without scores."""
        return self._term.postings().docnums

    def locate(self, candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
        """Find out which of some documents match: only they are scored."""
        mine, theirs = common(candidates, self.docnums(), self.index.doc_count)
        scores = self._scores()
        return mine, self.scored(theirs) if scores is None else scores.take(theirs)

    def scored(self, places: Int64Array) -> Float64Array:
        """Score some of the postings, given by their places."""
        return _weighted(self._term.parts(self._term.postings(), places), self.weight)

    @property
    def prunable(self) -> bool:
        """Whether bounds of scores are known, and scores are not."""
        return (
            self.adds
            and self._scores() is None
            and self.index.norms(self._term.field) is not None
            and self._term.postings().complete
        )

    def blocks(self) -> Blocks:
        """Bound the scores of each block of postings, but for the weight."""
        return self._term.blocks()

    def top_k(self, k: int) -> TopDocs:
        """Find the best documents; of equals, the lowest docnums."""
        return _best_of_word(self, [self], k)


class WordMatcher(Postings):
    """Documents that have a word in any of several fields: the sum of its terms.

    Args:
        index: Where.
        terms: The word as a term of each field.

    Attributes:
        familiar: Whether it is worth adding up its terms before it is compared with other words:
            that takes longer once, and half the time for as long as the sums are kept.
    """

    def __init__(self, index: IndexView, terms: Sequence[TermMatcher]) -> None:
        bound = sum(term.bound for term in terms)
        super().__init__(index, bound, adds=all(term.adds for term in terms))
        self._terms = [term for term in terms if term.cost()]
        self.familiar = False

    def cost(self) -> int:
        """Add up the documents of each field."""
        return min(self.index.doc_count, sum(term.cost() for term in self._terms))

    def meet(self) -> None:
        """Take note that a query has it: it is familiar if another had it, not too long ago."""
        recent = self.index.recent
        fits = _BYTES_OF_MATCH * self.cost() < _SHARE_OF_WORD * recent.limit
        self.familiar = fits and recent.met((self, "met"))

    @property
    def known(self) -> bool:
        """Whether its terms were added up lately."""
        return self.index.recent.get(self) is not None

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        found: Matches | None = self.index.recent.get(self)
        if found is None:
            found = summed([term.unkept() for term in self._terms], self.index)
            self.index.recent.put(self, found, *found)
        return found

    def docnums(self) -> Int64Array:
        """Find all documents that match, without scores."""
        if self.familiar:
            return self.matches()[0]
        return reduce(union, (term.docnums() for term in self._terms), np.empty(0, np.int64))

    def mark(self, marked: BoolArray) -> None:
        """Mark all documents that match."""
        if self.familiar:
            return super().mark(marked)
        for term in self._terms:
            term.mark(marked)
        return None

    def among_marked(self, marked: BoolArray) -> Int64Array:
        """Find those of the marked documents that match."""
        if self.familiar:
            return super().among_marked(marked)
        found = (term.among_marked(marked) for term in self._terms)
        return reduce(union, found, np.empty(0, np.int64))

    def locate(self, candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
        """Find out which of some documents match: only they are scored."""
        if self.familiar:
            return super().locate(candidates)
        return locate_any(self._terms, candidates)

    def top_k(self, k: int) -> TopDocs:
        """Find the best documents; of equals, the lowest docnums."""
        return super().top_k(k) if self.known else _best_of_word(self, self._terms, k)

    def summands(self) -> Sequence[Postings]:
        """Give the terms, unless they are added up already."""
        return [self] if self.known else self._terms


def _best_of_word(word: TermMatcher | WordMatcher, terms: Sequence[TermMatcher], k: int) -> TopDocs:
    """Find the best documents of a word that some terms stand for."""
    if k > 0 and word.cost() >= max(MANY_POSTINGS, 1) and all(term.prunable for term in terms):
        return pruned_best(terms, k)
    return Postings.top_k(word, k)


def locate_any(nodes: Iterable[Matcher], candidates: Int64Array) -> tuple[Int64Array, Float64Array]:
    """Find out which of some documents match any of some nodes.

    Args:
        nodes: Their scores are added up.
        candidates: Docnums, ascending. Shape (C,), int64.

    Returns:
        As of :meth:`Matcher.locate`.
    """
    matched = np.zeros(len(candidates), np.bool_)
    scores = np.zeros(len(candidates))
    for node in nodes:
        places, found = node.locate(candidates)
        matched[places] = True
        scores[places] += found
    places = matched.nonzero()[0]
    return (places, scores) if len(places) == len(scores) else (places, scores.take(places))


class PhraseInField(NamedTuple):
    """A phrase as it is looked for in one field.

    Attributes:
        field: The field, which has positions.
        words: Its words, in order; ``None`` for any word.
        boost: Factor on the score.
    """

    field: str
    words: Sequence[Positions | None]
    boost: float


class PhraseMatcher(Postings):
    """Documents in which words follow one another in a field, or in any of several.

    Args:
        index: Where.
        phrases: For each text field its words, in order, at least one. One that is there twice
            counts twice.
        slop: How many positions after the last a word may come.
    """

    def __init__(self, index: IndexView, phrases: Sequence[PhraseInField], slop: int) -> None:
        weights = [term_weight(sum(idfs), boost) for idfs, boost in map(_idfs, phrases)]
        adds = all(weight > LEAST_SCORE for weight in weights)
        super().__init__(index, sum(map(float, weights)), adds=adds)
        self._phrases = [
            (phrase, weight)
            for phrase, weight in zip(phrases, weights, strict=True)
            if all(word.doc_frequency for word in phrase.words if word is not None)
        ]
        self._slop = slop

    def cost(self) -> int:
        """Add up the documents that have the rarest word of each field."""
        rarest = (
            min(word.doc_frequency for word in phrase.words if word is not None)
            for phrase, _ in self._phrases
        )
        return min(self.index.doc_count, sum(rarest))

    @property
    def known(self) -> bool:
        """Whether it was met before: that is not remembered."""
        return False

    def matches(self) -> Matches:
        """Find all documents that match, and their scores."""
        return self._matches

    @cached_property
    def _matches(self) -> Matches:
        found = [
            weighted_frequencies(self.index, phrase.field, phrase_keys(phrase.words, self._slop), w)
            for phrase, w in self._phrases
        ]
        return summed([some for some in found if len(some[0])], self.index)


def _idfs(phrase: PhraseInField) -> tuple[list[float], float]:
    return [word.idf for word in phrase.words if word is not None], phrase.boost


def weighted_frequencies(
    index: IndexView, field: str, keys: Int64Array, weight: np.float32
) -> Matches:
    """Score documents by how many keys there are in each.

    Args:
        index: Where.
        field: A text field.
        keys: One for each occurrence of something in it, ascending. Shape (N,), int64.
        weight: The weight of what occurs there.
    """
    docnums, frequencies = phrase_frequencies(keys)
    norms = index.norms(field)
    assert norms is not None
    return docnums, _weighted(saturation(frequencies, norms.take(docnums)), weight)


def phrase_keys(words: Sequence[Positions | None], slop: int) -> Int64Array:
    """Find the occurrences of a phrase in a field.

    Args:
        words: The words, in order; ``None`` for any word. The first and the last are not.
        slop: How many positions after the last a word may come.

    Returns:
        The key of one and the same word in each occurrence, for a slop of 1 of any of them, else
        of the last. Ascending.
    """
    there = [(place, word) for place, word in enumerate(words) if word is not None]
    (rarest, word), *others = sorted(there, key=lambda placed: placed[1].doc_frequency)
    few = word.occurrences()
    if slop != 1:
        keys = [few if place == rarest else word.occurrences_near(few) for place, word in there]
        return reduce(partial(follow, slop=slop), keys)
    for place, word in others:
        few = word.only_its_documents(few)
        if len(few):
            few = beside(few, word.occurrences_near(few), place - rarest)
    return few


def _weighted(parts: Float32Array, weight: np.float32) -> Float64Array:
    """Multiply in 32 bits, as :mod:`searchlib.postings.bm25` has it."""
    return (parts * weight).astype(np.float64)
