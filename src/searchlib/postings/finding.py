"""Where are words and phrases? In the dictionaries of their fields: the numpy reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from searchlib.postings.matching import FieldPostings, WordPostings
from searchlib.postings.phrases import PhraseWord, phrase_postings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import NumberArray
    from searchlib.postings.matching import SegmentPostings


class TermFinder(Protocol):
    """Finds terms of a field in a segment."""

    def find(self, term: bytes, first: int) -> SegmentPostings | None:
        """View the postings of a term; ``None`` if the field does not have it.

        Args:
            term: The term.
            first: The docnum, in the whole index, of the segment's first document.
        """


class FieldPlace(NamedTuple):
    """A field of a segment, in which words are looked for.

    Attributes:
        finder: What finds the terms.
        first: The docnum, in the whole index, of the segment's first document.
        number: Of the field, among those that the words are looked for in.
        lengths, average_length, boost: As of :class:`FieldPostings`.
    """

    finder: TermFinder
    first: int
    number: int
    lengths: NumberArray
    average_length: float
    boost: float

    def weighed(self, postings: SegmentPostings) -> FieldPostings:
        """Say what postings of the field are weighed by."""
        return FieldPostings(postings, self.lengths, self.average_length, self.boost)


class WordFinder:
    """Finds the postings of words in some fields of text, which are the same for all of them.

    Args:
        places: The fields of the segments, in any order.
        k1, b: As of :class:`~searchlib.postings.bm25.Scoring`.

    Attributes:
        places: The same, by segment.

    Raises:
        CorruptIndexError: There are fewer lengths than documents.
    """

    def __init__(self, places: Sequence[FieldPlace], k1: float, b: float) -> None:
        self.places = sorted(places, key=lambda place: place.first)
        self._k1 = k1
        self._b = b

    def find(self, terms: Sequence[bytes]) -> WordPostings:
        """Find the postings of a word.

        Args:
            terms: The term that it is in each field, by the numbers of the fields.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        return self._made(
            [
                (number, postings)
                for number, place in enumerate(self.places)
                if (postings := place.finder.find(terms[place.number], place.first)) is not None
            ]
        )

    def phrase(self, words: Sequence[WordPostings], at: Sequence[int]) -> WordPostings:
        """Find where words stand at their places of a phrase.

        Args:
            words: What :meth:`find` has found; at least one, at most
                :data:`~searchlib.postings.phrases.MAX_WORDS`.
            at: The place of each in the phrase.

        Returns:
            The postings of the phrase in all fields.

        Raises:
            CorruptIndexError: As :func:`~searchlib.postings.phrases.phrase_postings`.
        """
        found = []
        for number in range(len(self.places)):
            placed = [
                PhraseWord(postings, place)
                for word, place in zip(words, at, strict=True)
                for where, postings in word.placed
                if where == number
            ]
            if len(placed) == len(words) and (postings := phrase_postings(placed)) is not None:
                found.append((number, postings))
        return self._made(found)

    def _made(self, found: list[tuple[int, SegmentPostings]]) -> WordPostings:
        fields = [self.places[number].weighed(postings) for number, postings in found]
        return WordPostings(fields, self._k1, self._b, found)
