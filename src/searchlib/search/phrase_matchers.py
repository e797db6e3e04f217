"""Which documents have words that follow one another, and how are they scored?"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searchlib.memory import unlocked_cached_property
from searchlib.postings import follow, idf, phrase_frequencies
from searchlib.query.field_terms import ANY_TERM
from searchlib.search.positions import united_frequency
from searchlib.search.term_matchers import FieldOccurrences, OccurrenceMatcher
from searchlib.search.term_postings import postings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from searchlib.arrays import BoolArray, Int64Array
    from searchlib.postings import FieldPostings, WordFinder, WordPostings
    from searchlib.query.field_terms import Alternatives
    from searchlib.search.index_view import IndexView
    from searchlib.search.positions import Positions


class ExactPhrase(NamedTuple):
    """A phrase of terms that stand side by side, as it is looked for in some fields.

    Attributes:
        fields: The fields, and the weight of an occurrence in each.
        finder: What has found its words, by the numbers of the fields.
        words: Its words in all fields, in order.
        places: The place of each in the phrase; at those between may stand any word.
        row: What stands at each place, in the first of the fields.
    """

    fields: Sequence[tuple[str, float]]
    finder: WordFinder
    words: Sequence[WordPostings]
    places: Sequence[int]
    row: Sequence[Alternatives]


class ExactPhraseMatcher(OccurrenceMatcher):
    """Documents in which terms stand side by side in a field, or in any of several.

    Args:
        index: Where.
        phrase: The phrase.
        boost: Factor on the score.
    """

    def __init__(self, index: IndexView, phrase: ExactPhrase, boost: float) -> None:
        super().__init__(index, boost)
        self._phrase = phrase

    def cost(self) -> int:
        """Add up the documents that have the rarest word in each field."""
        return min([self.index.doc_count, *[word.size for word in self._phrase.words]])

    def idf(self) -> float:
        """Tell how much its words say."""
        count = self.index.doc_count
        return sum([idf(count, word.doc_frequency) for word in self._phrase.words])

    @unlocked_cached_property
    def postings(self) -> WordPostings:
        """Where it is in all fields."""
        return self._phrase.finder.phrase(self._phrase.words, self._phrase.places)

    def occurrences(self) -> list[FieldOccurrences]:
        """Find how often it occurs in the documents of each field."""
        found = [FieldOccurrences(field, [], boost) for field, boost in self._phrase.fields]
        for number, postings in self.postings.placed:
            place = self._phrase.finder.places[number]
            found[place.number].postings.append(place.weighed(postings))
        return found

    def describe(self) -> str:
        """Say what matches."""
        fields = ", ".join(field for field, _ in self._phrase.fields)
        row = ("any word" if one == (ANY_TERM,) else repr(one[0]) for one in self._phrase.row)
        return f"phrase {' '.join(row)} in {fields}"


class PhraseInField(NamedTuple):
    """A phrase as it is looked for in one field.

    Attributes:
        field: The field, which has positions.
        words: Its words, in order; ``None`` for any word.
        boost: The weight of an occurrence.
    """

    field: str
    words: Sequence[Positions | None]
    boost: float

    @property
    def doc_frequency(self) -> int:
        """In how many documents of the field the rarest word is; 0 only if one is in none."""
        return min(word.doc_frequency for word in self.words if word is not None)


class PhraseMatcher(OccurrenceMatcher):
    """Documents in which words or patterns follow one another in a field, or in any of several.

    Args:
        index: Where.
        phrases: For each text field its words, in order, at least one.
        slop: How many positions after the last a word may come.
        boost: Factor on the score.
    """

    def __init__(
        self, index: IndexView, phrases: Sequence[PhraseInField], slop: int, boost: float
    ) -> None:
        super().__init__(index, boost)
        self._phrases = phrases
        self._slop = slop

    def cost(self) -> int:
        """Add up the documents that have the rarest word of each field."""
        return min(self.index.doc_count, sum(phrase.doc_frequency for phrase in self._phrases))

    def idf(self) -> float:
        """Tell how much its words say."""
        return sum_of_idfs(self.index, [phrase.words for phrase in self._phrases])

    def occurrences(self) -> list[FieldOccurrences]:
        """Find how often it occurs in the documents of each field."""
        return [
            FieldOccurrences(field, self._in_field(field, words, boost), boost)
            for field, words, boost in self._phrases
        ]

    def _in_field(
        self, field: str, words: Sequence[Positions | None], boost: float
    ) -> list[FieldPostings]:
        keys = phrase_keys(words, self._slop, documents_with_all(self.index, words))
        return occurring(self.index, field, keys, boost)

    def describe(self) -> str:
        """Say what matches."""
        fields = ", ".join(phrase.field for phrase in self._phrases)
        words = ("any word" if word is None else str(word) for word in self._phrases[0].words)
        slop = "" if self._slop == 1 else f" within {self._slop}"
        return f"phrase {' '.join(words)}{slop} in {fields}"


def occurring(index: IndexView, field: str, keys: Int64Array, boost: float) -> list[FieldPostings]:
    """Make the postings of something that occurs in a field.

    Args:
        index: Where.
        field: The field.
        keys: One for each occurrence, ascending.
        boost: The weight of an occurrence.
    """
    return index.in_field(field, postings_of(index, *phrase_frequencies(keys)), boost)


def sum_of_idfs(index: IndexView, phrases: Sequence[Sequence[Positions | None]]) -> float:
    """Add up how much the words of a phrase tell, each in all fields together.

    Args:
        index: Where.
        phrases: The words of the phrase in each field, in order; ``None`` for any word.
    """
    total = 0.0
    for words in zip_longest(*phrases):
        there = [word for word in words if word is not None]
        if there:
            total += idf(index.doc_count, united_frequency(index, there))
    return total


def documents_with_all(index: IndexView, words: Iterable[Positions | None]) -> BoolArray:
    """Find the documents, none of them deleted, that have all of some words.

    Args:
        index: Where.
        words: The words; ``None`` for any word.

    Returns:
        Shape (doc_count,).
    """
    found = index.only_live(np.ones(index.doc_count, np.bool_))
    for word in dict.fromkeys(words):  # one may be there thousands of times
        if word is not None:
            marked = index.unmarked()
            word.mark(marked)
            found &= marked
            if not found.any():
                break
    return found


def phrase_keys(words: Sequence[Positions | None], slop: int, among: BoolArray) -> Int64Array:
    """Find the occurrences of a phrase in a field.

    Args:
        words: The words, in order; ``None`` for any word. The first and the last are not.
        slop: How many positions after the last a word may come.
        among: The documents that have all of them. Shape (doc_count,).

    Returns:
        The key of the last word in each occurrence. Ascending.
    """
    if not among.any():
        return np.zeros(0, np.int64)

    known: dict[Positions, Int64Array] = {}  # a phrase may have a word thousands of times

    def keys_of(word: Positions) -> Int64Array:
        if word not in known:
            known[word] = word.occurrences(among)
        return known[word]

    there = [(place, word) for place, word in enumerate(words) if word is not None]
    if slop != 1:
        found = keys_of(there[0][1])
        for _, word in there[1:]:
            if not len(found):
                break
            found = follow(found, keys_of(word), slop)
        return found
    last, word = there.pop()
    found = keys_of(word)
    for place, word in there:
        keys = keys_of(word) if len(found) else found
        if not len(keys):
            return keys
        wanted = found - (last - place)
        at = keys.searchsorted(wanted)
        found = found[keys.take(at, mode="clip") == wanted]
    return found
