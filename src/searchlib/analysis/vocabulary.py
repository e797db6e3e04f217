"""Which number has a term, while documents are being indexed?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from searchlib.types import Int32Array


class Vocabulary(dict[str, int]):
    """The number of each term, given out on asking: ``vocabulary["nato"]``.

    Numbers count from 0 in the order of asking, and never change.

    Attributes:
        terms: The term of each number.
    """

    def __init__(self) -> None:
        super().__init__()
        self.terms: list[str] = []
        self._ranks = np.empty(0, dtype=np.int32)

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self.terms)
        self.terms.append(term)
        return number

    def in_term_order(self, numbers: Int32Array) -> Int32Array:
        """Put numbers in the order of their terms.

        That is the order of code points, and of bytes in UTF-8. The cost is that of sorting the
        numbers given, however large the vocabulary is: where each term stands among all of them
        is noted each time the vocabulary has doubled, and Python's sort takes little more than
        one comparison for each number that comes in order already.

        Args:
            numbers: Numbers of terms, in any order. Shape (T,), int32.

        Returns:
            The same numbers. Shape (T,), int32.
        """
        if len(self.terms) > 2 * len(self._ranks):
            self._rank()
        known = numbers < len(self._ranks)
        ranked, rest = numbers[known], numbers[~known]
        ranked = ranked[np.argsort(self._ranks[ranked])]
        ordered = [*ranked.tolist(), *rest.tolist()]
        ordered.sort(key=self.terms.__getitem__)
        return np.array(ordered, dtype=np.int32)

    def _rank(self) -> None:
        order = sorted(range(len(self.terms)), key=self.terms.__getitem__)
        self._ranks = np.empty(len(order), dtype=np.int32)
        self._ranks[order] = np.arange(len(order), dtype=np.int32)
