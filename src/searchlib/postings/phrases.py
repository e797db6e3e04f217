"""Where do words follow one another? Phrases by arithmetic on positions.

An occurrence of a word is one number, its *key*: the number of its document times 2^32, plus its
position. Keys of different documents are further apart than any slop, so words in a document
follow one another where keys differ by little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.postings.sets import membership

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array, NumberArray

_POSITION_BITS: Final = 32
MOST_SLOP: Final = (1 << 31) - 1
"""Words of one document are at most so far apart, those of two further."""
_LONGER: Final = 10
"""How many times as long one array must be for bisection to be quicker than merging both."""


def position_keys(
    docnums: Int64Array, frequencies: NumberArray | None, positions: NumberArray
) -> Int64Array:
    """Make the keys of a word's occurrences in some documents.

    Args:
        docnums: The documents, ascending, below 2^31. Shape (D,), int64.
        frequencies: How often the word is in each, at least once. Shape (D,), any integers;
            ``None`` if it is there once in each.
        positions: Where, ascending in each document, below 2^31. Shape (sum of frequencies,).

    Returns:
        Keys, ascending. Shape as ``positions``, int64.
    """
    keys = docnums << _POSITION_BITS
    if frequencies is not None:
        keys = keys.repeat(frequencies)
    keys += positions
    return keys


def documents_of(keys: Int64Array) -> Int64Array:
    """Find the document of each key. Shape as ``keys``, int64."""
    return keys >> _POSITION_BITS


def runs(starts: Int64Array, counts: NumberArray) -> Int64Array:
    """List the numbers from each start on, so many.

    Args:
        starts: Shape (N,), int64.
        counts: How many numbers from each. Shape (N,), any integers.

    Returns:
        Run by run. Shape (sum of counts,), int64.
    """
    ends = counts.cumsum(dtype=np.int64)
    numbers: Int64Array = (starts - ends + counts).repeat(counts)
    numbers += np.arange(len(numbers))
    return numbers


def beside(keys: Int64Array, others: Int64Array, distance: int) -> Int64Array:
    """Keep the occurrences of a word that have one of another at a distance.

    Args:
        keys: Of the word, ascending. Shape (N,), int64.
        others: Of the other word, ascending. Shape (M,), int64.
        distance: How many positions after the word the other one is; below 0 for before it.

    Returns:
        Those of ``keys`` with a key in ``others`` that is ``distance`` above them. Ascending.
    """
    if len(keys) * _LONGER < len(others):
        return keys[membership(keys + distance, others)]
    if len(others) * _LONGER < len(keys):
        wanted = others - distance
        return wanted[membership(wanted, keys)]
    merged = np.concatenate((keys, others))
    merged[len(keys) :] -= distance
    merged.sort(kind="stable")  # takes O(N + M): two runs are merged
    found: Int64Array = merged[:-1][merged[1:] == merged[:-1]]
    return found


def follow(keys: Int64Array, next_keys: Int64Array, slop: int) -> Int64Array:
    """Keep the occurrences of a word that come soon after one of the word before.

    Args:
        keys: Of the word before, ascending. Shape (N,), int64.
        next_keys: Of the word, ascending. Shape (M,), int64.
        slop: How many positions later at most.

    Returns:
        Those of ``next_keys`` that are 1 to ``slop`` above one of ``keys``. Ascending.
    """
    if not len(keys) or not len(next_keys):
        return next_keys[:0]
    before = keys.searchsorted(next_keys) - 1  # the last occurrence below
    gaps = next_keys - keys.take(np.maximum(before, 0))
    return next_keys[(gaps > 0) & (gaps <= min(slop, MOST_SLOP))]


def phrase_frequencies(keys: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Count the occurrences of a phrase in each document that has it.

    Args:
        keys: Of one of its words, in each occurrence. Ascending. Shape (N,), int64.

    Returns:
        The documents, ascending, and how often the phrase is in each. Shapes (D,), int64.
    """
    docnums = documents_of(keys)
    if not len(keys):
        return docnums, docnums
    last = np.ones(len(keys), np.bool_)
    np.not_equal(docnums[1:], docnums[:-1], out=last[:-1])
    ends = last.nonzero()[0]
    counts = ends + 1
    counts[1:] -= counts[:-1].copy()
    return docnums.take(ends), counts
