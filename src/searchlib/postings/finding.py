"""Where are the postings of a word? In the dictionaries of its fields: the numpy reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from searchlib.postings.matching import FieldPostings, WordPostings

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


class WordFinder:
    """Finds the postings of words in some fields of text, which are the same for all of them.

    Args:
        places: The fields of the segments, in any order.
        k1, b: As of :class:`~searchlib.postings.bm25.Scoring`.

    Raises:
        CorruptIndexError: There are fewer lengths than documents.
    """

    def __init__(self, places: Sequence[FieldPlace], k1: float, b: float) -> None:
        self._places = places
        self._k1 = k1
        self._b = b

    def find(self, terms: Sequence[bytes]) -> WordPostings:
        """Find the postings of a word.

        Args:
            terms: The term that it is in each field, by the numbers of the fields.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        found = [
            FieldPostings(postings, place.lengths, place.average_length, place.boost)
            for place in self._places
            if (postings := place.finder.find(terms[place.number], place.first)) is not None
        ]
        return WordPostings(found, self._k1, self._b)
