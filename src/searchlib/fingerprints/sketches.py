"""What is kept of the shingles of a document, to compare it with others? A few dozen bytes.

By one-permutation hashing (Li, Owen and Zhang 2012) a hash puts each shingle into one of 576 bins,
and the least of each bin stays: a short text keeps nearly all of its shingles, a long one a random
sample, and documents that share many shingles share many of these least ones.

From the bins two things are made. The *sketch* is an odd sketch (Mitzenmacher, Pagh and Pham 2014):
each of the least flips one of 320 bits, so that two sketches differ by what only one of the two
documents has. The *bands* are for finding candidates: six hashes of 24 bits, of three minima of 32
bins each; of documents with a similarity of 0.8, 99 in 100 have a band in common.

The two kernels are written twice, like those of :mod:`searchlib.postings`: here is the reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import numpy as np

from searchlib.fingerprints.shingles import UInt64Array, mixed, shingles
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Int32Array, Int64Array, NumberArray

BANDS: Final = 6
BINS: Final = 576
SKETCH_BITS: Final = 320
SKETCH_WORDS: Final = SKETCH_BITS // 64
BAND_BITS: Final = 24
_BINS_OF_MINIMUM: Final = BINS // (3 * BANDS)

EMPTY: Final = np.uint32(0xFFFFFFFF)
"""In a bin without shingles."""
_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)


@frozen
class Fingerprints:
    """What is kept of the shingles of D documents.

    Attributes:
        sketches: Shape (D, :data:`SKETCH_WORDS`), uint64.
        bands: Numbers of 24 bits; 0 for a band without shingles. Shape (D, :data:`BANDS`), uint32.
        filled: How many bins are not empty; 0 for a document without terms. Shape (D,), uint16.
    """

    sketches: UInt64Array
    bands: NumberArray
    filled: NumberArray

    def __len__(self) -> int:
        return len(self.filled)

    def take(self, which: Int64Array | BoolArray) -> Fingerprints:
        """Take those of some documents."""
        return Fingerprints(self.sketches[which], self.bands[which], self.filled[which])

    @classmethod
    def joined(cls, parts: Sequence[Fingerprints]) -> Self:
        """Put those of several runs of documents together."""
        return cls(
            np.concatenate([_NO_SKETCHES, *(part.sketches for part in parts)]),
            np.concatenate([_NO_BANDS, *(part.bands for part in parts)]),
            np.concatenate([_NONE_FILLED, *(part.filled for part in parts)]),
        )


_NO_SKETCHES: Final = np.empty((0, SKETCH_WORDS), np.uint64)
_NO_BANDS: Final = np.empty((0, BANDS), np.uint32)
_NONE_FILLED: Final = np.empty(0, np.uint16)


def keep_least(
    minima: NumberArray, hashes: UInt64Array, terms: Int32Array, counts: Int32Array
) -> None:
    """Keep the least shingle of each bin of some documents, in time linear in their terms.

    Args:
        minima: The least ones so far, which are changed: of D documents in :data:`BINS` bins each,
            :data:`EMPTY` where there is none. Shape (D * BINS,), uint32.
        hashes: The hash of each term of a vocabulary. Shape (V,), uint64.
        terms: The terms of the documents, one document after the other. Shape (N,), int32, below V.
        counts: The number of terms of each document. Shape (D,), int32; the sum is N.
    """
    lower(minima, shingles(hashes.take(terms), counts), counts)


def lower(minima: NumberArray, found: UInt64Array, counts: NumberArray) -> None:
    """Keep the least of some shingles.

    Args:
        minima: As in :func:`keep_least`.
        found: The shingles of each document. Shape (N,), uint64.
        counts: How many there are of each document. Shape (D,), of integers; the sum is N.
    """
    places = found >> _HALF
    places *= np.uint64(BINS)
    places >>= _HALF
    places += np.arange(0, len(minima), BINS).astype(np.uint64).repeat(counts)
    np.minimum.at(minima, places.view(np.int64), found.astype(np.uint32))


def condensed(minima: NumberArray) -> tuple[UInt64Array, NumberArray, NumberArray]:
    """Make of the least shingles what :class:`Fingerprints` consist of.

    Args:
        minima: As :func:`keep_least` leaves them.
    """
    filled = minima != EMPTY
    counts = filled.view(np.uint8).reshape(-1, BINS).sum(axis=1, dtype=np.uint16)
    bands = _bands(np.minimum.reduceat(minima, np.arange(0, len(minima), _BINS_OF_MINIMUM)))
    return _sketches(minima.compress(filled), counts), bands, counts


def _bands(minima: NumberArray) -> NumberArray:
    """Hash minima by threes. Shape (D, BANDS), uint32."""
    of_band = minima.reshape(-1, BANDS, 3).astype(np.uint64)
    hashes = np.zeros(of_band.shape[:2], np.uint64)
    for place in range(of_band.shape[2]):
        hashes = mixed(hashes + of_band[:, :, place] + np.uint64(1))
    bands = (hashes >> np.uint64(64 - BAND_BITS)).astype(np.uint32)
    bands[(of_band == EMPTY).all(axis=2)] = 0
    return bands


def _sketches(least: NumberArray, counts: NumberArray) -> UInt64Array:
    """Flip a bit for each of the least hashes of each document. Shape (D, SKETCH_WORDS), uint64."""
    bits = mixed(least.astype(np.uint64)) & _LOW
    bits *= np.uint64(SKETCH_BITS)
    bits >>= _HALF
    size = len(counts) * SKETCH_BITS
    bits += np.arange(0, size, SKETCH_BITS).astype(np.uint64).repeat(counts)
    flips = np.bincount(bits.view(np.int64), minlength=size)
    packed = np.packbits(flips.astype(np.uint8) & 1, bitorder="little")
    return packed.view("<u8").astype(np.uint64).reshape(len(counts), SKETCH_WORDS)
