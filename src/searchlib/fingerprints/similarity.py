"""How similar are two documents, by their fingerprints? And by their shingles themselves?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.fingerprints.sketches import BINS, SKETCH_BITS

if TYPE_CHECKING:
    from searchlib.arrays import ByteArray, Float64Array, Int64Array, NumberArray
    from searchlib.fingerprints.shingles import UInt64Array
    from searchlib.fingerprints.sketches import Fingerprints

COPY: Final = 0.8
"""From this similarity on two documents are copies of each other."""

_ROUNDS: Final = 6
_AT_ONCE: Final = 1 << 16


def _set_bits() -> ByteArray:
    """Count the bits of each number of 16 bits. Shape (65536,)."""
    numbers = np.arange(1 << 16, dtype="<u2").view(np.uint8).reshape(-1, 2)
    counts: ByteArray = np.unpackbits(numbers, axis=1).sum(axis=1, dtype=np.uint8)
    return counts


_SET_BITS: Final = _set_bits()


def similarities(prints: Fingerprints, left: Int64Array, right: Int64Array) -> Float64Array:
    """Estimate the Jaccard similarity of pairs: what both have, of what one of them has.

    Args:
        prints: Of all documents.
        left: One document of each pair. Shape (P,), int64.
        right: The other one. Shape (P,), int64.

    Returns:
        From 0 to 1; 0 where either has no terms. Shape (P,), float64.
    """
    found = np.zeros(len(left), np.float64)
    for start in range(0, len(left), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        a, b = left[part], right[part]
        differing = prints.sketches[a] ^ prints.sketches[b]
        flipped = _SET_BITS[differing.view(np.uint16)].sum(axis=1, dtype=np.int64)
        found[part] = _estimates(flipped, prints.filled[a], prints.filled[b])
    return found


def _estimates(flipped: Int64Array, left: NumberArray, right: NumberArray) -> Float64Array:
    """Compute similarities from numbers of bits that differ, and of bins that are not empty.

    So many bits differ if ``-m/2 ln(1 - 2z/m)`` bins of one document have another least shingle
    than that of the other one, or none. The rest of them agree: the share of the similarity in the
    bins that either fills, whose number depends on the similarity again.
    """
    a, b = left.astype(np.float64), right.astype(np.float64)
    rest = np.maximum(1 - 2 * flipped / SKETCH_BITS, 1 / SKETCH_BITS)
    agreeing = np.maximum((a + b + SKETCH_BITS / 2 * np.log(rest)) / 2, 0)
    shingles = _shingles(a) + _shingles(b)
    similarity = np.ones(len(a))
    for _ in range(_ROUNDS):
        either = BINS * -np.expm1(-shingles / (1 + similarity) / BINS)
        similarity = np.minimum(agreeing / np.maximum(either, 1), 1)
    similarity[(a == 0) | (b == 0)] = 0
    return similarity


def _shingles(filled: Float64Array) -> Float64Array:
    """Estimate how many shingles fill so many bins."""
    return -BINS * np.log1p(-np.minimum(filled, BINS - 0.5) / BINS)


def exact_similarity(left: UInt64Array, right: UInt64Array) -> float:
    """Compute the Jaccard similarity of two documents.

    Args:
        left: The shingles of one document, each once or more. Shape (N,), uint64.
        right: Those of the other one. Shape (M,), uint64.

    Returns:
        From 0 to 1; 0 where either has none.
    """
    left, right = np.unique(left), np.unique(right)
    both = len(np.intersect1d(left, right, assume_unique=True))
    return both / max(len(left) + len(right) - both, 1)
