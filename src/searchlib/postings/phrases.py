"""Where do words follow one another? Phrases by arithmetic on positions.

An occurrence of a word is one number, its *key*: the document's place among the candidates in the
high 32 bits, the position in the low ones. Keys of different documents are further apart than
any slop, so words in a document follow one another where keys differ by little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from searchlib.types import Int64Array, NumberArray

_POSITION_BITS: Final = 32
_MOST_SLOP: Final = (1 << 31) - 1
_LONGER: Final = 8
"""How many times as long one array must be for bisection to be quicker than merging both."""


def position_keys(
    starts: Int64Array, frequencies: Int64Array | None, positions: NumberArray
) -> Int64Array:
    """Make the keys of a word's occurrences in the candidates.

    Args:
        starts: Where the positions of each candidate begin. Shape (C,), int64.
        frequencies: How many there are, at least 1. Shape (C,), int64; ``None`` if all are 1.
        positions: Of the word in all documents, ascending in each, below 2^31. Shape (N,).

    Returns:
        Keys, ascending. Shape (sum of frequencies,), int64.

    Raises:
        IndexError: There are not as many positions as ``starts`` and ``frequencies`` say.
    """
    candidates = np.arange(len(starts)) << _POSITION_BITS
    if frequencies is None:
        candidates += positions.take(starts)
        return candidates
    ends = frequencies.cumsum()
    offsets = (starts - ends + frequencies).repeat(frequencies)
    offsets += np.arange(len(offsets))
    keys = candidates.repeat(frequencies)
    keys += positions.take(offsets)
    return keys


def follow(keys: Int64Array, next_keys: Int64Array, slop: int) -> Int64Array:
    """Keep the occurrences of a word that come soon after one of the word before.

    Args:
        keys: Of the word before, ascending. Shape (N,), int64.
        next_keys: Of the word, ascending. Shape (M,), int64.
        slop: How many positions later at most; 1 for the very next.

    Returns:
        Those of ``next_keys`` that are 1 to ``slop`` above one of ``keys``. Ascending.
    """
    if not len(keys) or not len(next_keys):
        return next_keys[:0]
    if slop == 1 and len(keys) < _LONGER * len(next_keys) < _LONGER**2 * len(keys):
        return _in_both(keys + 1, next_keys)
    before = keys.searchsorted(next_keys) - 1  # the last occurrence below
    gaps = next_keys - keys.take(np.maximum(before, 0))
    return next_keys[(gaps > 0) & (gaps <= min(slop, _MOST_SLOP))]


def _in_both(first: Int64Array, second: Int64Array) -> Int64Array:
    """Find what is in both of two ascending arrays, by merging these two runs."""
    merged = np.concatenate((first, second))
    merged.sort(kind="stable")
    found: Int64Array = merged[:-1][merged[1:] == merged[:-1]]
    return found


def phrase_frequencies(keys: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Count the occurrences of a phrase in each document that has it.

    Args:
        keys: Of the phrase's last word, where it ends the phrase. Ascending. Shape (N,), int64.

    Returns:
        The places of the documents among the candidates, ascending, and how often the phrase is
        in each. Shapes (P,), int64.
    """
    places = keys >> _POSITION_BITS
    last = np.ones(len(keys), np.bool_)
    np.not_equal(places[1:], places[:-1], out=last[:-1])
    ends = last.nonzero()[0]
    counts = ends + 1
    counts[1:] -= counts[:-1].copy()
    return places.take(ends), counts
