"""Which words of an archive may a misspelt one stand for?

Words are told apart by sets of letters before they are compared: an edit adds a letter to the set
or takes one away, or both. So two edits change at most four members, and of 80,000 words some 300
are left to compare, all at once (:mod:`searchlib.search.edits`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.analysis.terms import fold_accents
from searchlib.frozen import frozen
from searchlib.search.edits import Costs, letters_of, table_end

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.search.known_words import KnownWords

MOST_EDITS: Final = 2
_LONGEST: Final = 24
_SHORTEST: Final = 3

# How unlikely an edit is, in tenths of a natural logarithm. A wrong or extra letter is one of 25,
# so each is less likely by log(25) = 3.2 than that a certain letter is left out. With these
# numbers the sum tells how many edits there are.
_COSTS: Final = Costs(missing=31, extra=63, replaced=63, swapped=31)
_UNIT: Final = 10.0
_EDITS: Final = np.zeros(256, np.uint8)
_EDITS[[31, 63]] = 1
_EDITS[[62, 94, 126]] = 2

# The weight of a word's frequency, by measurement: people misspell frequent words more often, but
# not in proportion; and what an archive has fewer than thirty times is rarely meant.
_RARE: Final = np.log(30)
_RARE_WEIGHT: Final = 1.3
_WEIGHT: Final = 0.5


@frozen
class Candidate:
    """A word that may be meant.

    Attributes:
        word: The word, as documents have it.
        edits: How many edits make what was typed of it.
        score: The logarithm of how likely it is, up to a constant.
        count: How often it is there.
    """

    word: str
    edits: int
    score: float
    count: int


class Misspelt:
    """Finds words that are up to two edits away from what was typed.

    Args:
        known: The words.
    """

    def __init__(self, known: KnownWords) -> None:
        self._known = known
        lengths = np.fromiter(map(len, known.folded), np.int64, len(known.folded))
        letters = np.fromiter(map(str.isalpha, known.folded), np.bool_, len(known.folded))
        lengths[~letters] = 0  # numbers are not misspelt words
        self._places: Int64Array = np.argsort(lengths, kind="stable")
        ordered = lengths[self._places]
        self._starts = np.searchsorted(ordered, np.arange(_LONGEST + MOST_EDITS + 2))
        chosen = self._places.tolist()[: self._starts[-1]]
        self._letters = letters_of([known.folded[place] for place in chosen], _LONGEST + MOST_EDITS)
        self._sets = _letter_sets(self._letters)
        self._weights = weights_of(known.counts[np.array(chosen, np.int64)])

    def candidates(self, typed: str, *, most: int = 8, edits: int = MOST_EDITS) -> list[Candidate]:
        """Find the words that may be meant, the likeliest first; never the one typed.

        Args:
            typed: A word.
            most: How many to give.
            edits: How many edits they may be away: 1 or 2.
        """
        text = fold_accents(typed.lower())
        if not _SHORTEST <= len(text) <= _LONGEST:
            return []
        near = self._similar(text, edits)
        letters = np.ascontiguousarray(self._letters[: len(text) + edits, near])
        lengths = np.count_nonzero(letters, axis=0)
        costs = table_end(letters, text, edits, _COSTS)[lengths, np.arange(len(near))]
        needed = _EDITS[costs]
        close = np.flatnonzero((needed > 0) & (needed <= edits))
        near, costs = near[close], costs[close]
        scores = self._weights[near] - costs / _UNIT
        best = np.argsort(-scores, kind="stable")[:most].tolist()
        return [self._candidate(near.item(n), costs.item(n), scores.item(n)) for n in best]

    def _candidate(self, place: int, cost: int, score: float) -> Candidate:
        at = self._places.item(place)
        count = int(self._known.counts[at])
        return Candidate(self._known.words[at], int(_EDITS[cost]), score, count)

    def _similar(self, text: str, edits: int) -> Int64Array:
        """Find the words whose letters are nearly those of a text: their places by length."""
        own = _letter_sets(letters_of([text], len(text)))[0]
        found = []
        for longer in range(-edits, edits + 1):
            start, end = self._starts[len(text) + longer : len(text) + longer + 2].tolist()
            differing = _count_bits(self._sets[start:end] ^ own)
            found.append(np.flatnonzero(differing <= 2 * edits - abs(longer)) + start)
        return np.concatenate(found)


def weights_of(counts: Int64Array) -> Float64Array:
    """Tell how likely words are that are so often there, as logarithms. Shape as ``counts``."""
    logs = np.log(counts)
    weights: Float64Array = _RARE_WEIGHT * np.minimum(logs, _RARE)
    weights += _WEIGHT * np.maximum(logs - _RARE, 0)
    return weights


def as_split(words: str, count: int) -> Candidate:
    """Make a candidate of two words between which a blank was left out."""
    weight = weights_of(np.array([max(count, 1)], np.int64)).item()
    return Candidate(words, 1, weight - _COSTS.missing / _UNIT, count)


def _letter_sets(letters: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Make a set of each word, as bits: 32 for letters, 32 for those that it has twice."""
    once, twice = np.zeros((2, letters.shape[1]), np.uint64)
    for row in letters:
        bits = np.where(row == 0, 0, np.left_shift(np.uint64(1), (row % 32).astype(np.uint64)))
        twice |= once & bits
        once |= bits
    return once | twice << np.uint64(32)


_BITS: Final = np.array([number.bit_count() for number in range(1 << 16)], np.uint8)


def _count_bits(numbers: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Count the bits of each number. Shape (N,)."""
    if hasattr(np, "bitwise_count"):  # numpy 2
        counted: NDArray[np.uint8] = np.bitwise_count(numbers)
        return counted
    each: NDArray[np.uint8] = _BITS[numbers.view(np.uint16).reshape(-1, 4)]
    total: NDArray[np.uint8] = each.sum(axis=1, dtype=np.uint8)
    return total
