"""What is a text for its copies? The set of its shingles: of three terms each that follow another.

A term is told by a hash of its bytes, so shingles are the same in every process and on every
machine, whichever numbers a vocabulary gives out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import Int32Array

SHINGLE: Final = 3
"""The terms of a shingle (docs/architecture.md compares 2 to 5)."""

UInt64Array = NDArray[np.uint64]

# Odd numbers whose products are well mixed in the upper bits: those of splitmix64 and of xxHash.
_PLACES: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64
)  # fmt: skip
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_HALF: Final = np.uint64(32)


class TermHashes:
    """The hash of each term of a vocabulary, which may grow."""

    def __init__(self) -> None:
        self._terms: Sequence[str] = ()
        self._hashes = np.empty(0, np.uint64)

    def of(self, terms: Sequence[str]) -> UInt64Array:
        """Hash all terms of a vocabulary; those that were hashed before are not hashed again.

        Args:
            terms: The term of each number: the list of the time before, or another one.

        Returns:
            Shape (number of terms,), uint64.
        """
        if terms is not self._terms:
            self._terms, self._hashes = terms, np.empty(0, np.uint64)
        known = len(self._hashes)
        if known < len(terms):
            more = np.fromiter(
                map(crc32, map(str.encode, terms[known:])), np.uint64, len(terms) - known
            )
            self._hashes = np.concatenate([self._hashes, mixed(more + np.uint64(1))])
        return self._hashes


def mixed(numbers: UInt64Array) -> UInt64Array:
    """Spread what numbers differ by over all of their bits, in place."""
    numbers *= _MIX
    numbers ^= numbers >> _HALF
    numbers *= _MIX
    return numbers


def shingles(hashes: UInt64Array, counts: Int32Array) -> UInt64Array:
    """Find the shingle that begins at each term of some texts, in linear time.

    Where fewer terms follow than a shingle has, it is the last one of the text again, which makes
    no other set. A text with fewer terms than a shingle is one shingle as a whole.

    Args:
        hashes: The hash of each term, text after text. Shape (N,), uint64.
        counts: The number of terms of each text. Shape (D,), int32; the sum is N.

    Returns:
        The hash of each shingle. Shape (N,), uint64.
    """
    ends = np.cumsum(counts, dtype=np.int64)
    sums = hashes * _PLACES[0]
    for offset in range(1, SHINGLE):
        sums[:-offset] += hashes[offset:] * _PLACES[offset]
    last = ends[counts >= SHINGLE] - SHINGLE
    for offset in range(1, SHINGLE):
        sums[last + offset] = sums[last]
    for text in np.flatnonzero((counts > 0) & (counts < SHINGLE)).tolist():
        terms = slice(ends[text] - counts[text], ends[text])
        sums[terms] = (hashes[terms] * _PLACES[: counts[text]]).sum()
    return mixed(sums)
