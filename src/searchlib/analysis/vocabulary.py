"""Which number has a term, and a word with that term, while documents are being indexed?"""

from __future__ import annotations

from array import array
from operator import eq
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Int32Array


class Vocabulary(dict[str, int]):
    """The number of each term, given out on asking: ``vocabulary["nato"]``.

    Numbers count from 0 in the order of asking, and never change.

    A term is what several words have in common: "storm" that of "storms" and "storming". Words
    have numbers of their own.

    Attributes:
        terms: The term of each number.
        words: The word of each number of a word, in lower case.
    """

    def __init__(self) -> None:
        super().__init__()
        self.terms: list[str] = []
        self.words: list[str] = []
        self._word_terms = array("i")
        self._are_terms = bytearray()
        self._by_word: dict[str, dict[int, int]] = {}

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self.terms)
        self.terms.append(term)
        return number

    def word(self, term: str, word: str) -> int:
        """Give the number of a word that has a term; a word with two terms has two numbers."""
        numbers, of_term = self._by_word.setdefault(word, {}), self[term]
        if of_term not in numbers:
            numbers[of_term] = len(self.words)
            self.words.append(word)
            self._word_terms.append(of_term)
            self._are_terms.append(word == term)
        return numbers[of_term]

    def new_words(self, terms: Sequence[str], words: Sequence[str]) -> list[int]:
        """Give the numbers of words that were not asked for here before, with a term each.

        It remembers their numbers for nobody, and so takes a tenth of the time.
        """
        first = len(self.words)
        self.words += words
        self._word_terms.extend(map(self.__getitem__, terms))
        self._are_terms.extend(map(eq, words, terms))
        numbers = list(range(first, len(self.words)))
        if not self._by_word.keys().isdisjoint(words):
            for place, word in enumerate(words):
                if word in self._by_word:
                    numbers[place] = self.word(terms[place], word)
        return numbers

    def terms_of_words(self) -> Int32Array:
        """Give the number of the term of each word. Shape (number of words,), int32."""
        return np.array(self._word_terms, np.int32)

    def are_terms(self) -> BoolArray:
        """Tell of each word whether it is its own term. Shape (number of words,)."""
        return np.array(self._are_terms, np.bool_)

    def in_term_order(self, numbers: Int32Array) -> Int32Array:
        """Put numbers in the order of their terms.

        That is the order of code points, and of bytes in UTF-8. The cost is that of sorting the
        numbers given, however large the vocabulary is.

        Args:
            numbers: Numbers of terms, in any order. Shape (T,), int32.

        Returns:
            The same numbers. Shape (T,), int32.
        """
        return np.array(sorted(numbers.tolist(), key=self.terms.__getitem__), np.int32)
