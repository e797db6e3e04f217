"""Which number has a term, while documents are being indexed?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from searchlib.arrays import Int32Array


class Vocabulary(dict[str, int]):
    """The number of each term, given out on asking: ``vocabulary["nato"]``.

    Numbers count from 0 in the order of asking, and never change.

    Attributes:
        terms: The term of each number.
    """

    def __init__(self) -> None:
        super().__init__()
        self.terms: list[str] = []

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self.terms)
        self.terms.append(term)
        return number

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
