"""Which of many documents are copies of each other? Candidates by bands, then by sketches.

Documents with the same number in a band are candidates (locality-sensitive hashing), and their
sketches decide. Of documents with the same fingerprint the first stands for all, so that a text
that is there a thousand times costs no more than once.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from searchlib.arrays import runs
from searchlib.fingerprints.shingles import UInt64Array, mixed
from searchlib.fingerprints.similarity import COPY, similarities
from searchlib.fingerprints.sketches import BAND_BITS, BANDS
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.arrays import BoolArray, Float64Array, Int64Array, NumberArray
    from searchlib.fingerprints.sketches import Fingerprints

_FIRST: Final = 64
"""With so many of those with the same number in a band a document is compared: the first ones."""

_DOCUMENT_BITS: Final = 63 - BAND_BITS

_MOST_PAIRS: Final = 1 << 22
"""Candidates that are looked at together."""


def identities(prints: Fingerprints) -> UInt64Array:
    """Hash whole fingerprints: the same for equal ones. Shape (D,), uint64."""
    hashes = prints.filled.astype(np.uint64)
    for words in (prints.sketches, prints.bands):
        for column in words.T:
            hashes = mixed(hashes + column + np.uint64(1))
    return hashes


@frozen
class NearPairs:
    """Pairs of fingerprints that are those of copies; they hold for any documents that have these.

    Attributes:
        known: The identities of the fingerprints that were compared. Shape (F,), uint64, ascending.
        left: One of each pair, by its identity. Shape (P,), uint64.
        right: The other one. Shape (P,), uint64.
        similarity: Of each pair. Shape (P,), float64.
    """

    known: UInt64Array
    left: UInt64Array
    right: UInt64Array
    similarity: Float64Array

    @classmethod
    def none(cls) -> Self:
        """Give the pairs of no fingerprints."""
        nothing = np.empty(0, np.uint64)
        return cls(nothing, nothing, nothing, np.empty(0, np.float64))

    def of(self, prints: Fingerprints, hashes: UInt64Array) -> NearPairs:
        """Find the pairs of other fingerprints; those that were compared here are not again.

        Args:
            prints: Different ones, none of them empty. The first ones are compared with all.
            hashes: Their identities. Shape (D,), uint64.
        """
        known = np.sort(hashes)
        is_new = ~_among(self.known, hashes)
        left, right = _candidates(prints, is_new)
        similarity = similarities(prints, left, right)
        near = similarity >= COPY
        kept = _among(known, self.left) & _among(known, self.right)
        return NearPairs(
            known,
            np.concatenate([self.left[kept], hashes[left[near]]]),
            np.concatenate([self.right[kept], hashes[right[near]]]),
            np.concatenate([self.similarity[kept], similarity[near]]),
        )


def _among(known: UInt64Array, hashes: UInt64Array) -> BoolArray:
    """Tell which hashes are among others, which ascend. Shape as the hashes."""
    if not len(known):
        return np.zeros(len(hashes), np.bool_)
    places = np.minimum(known.searchsorted(hashes), len(known) - 1)
    found: BoolArray = known[places] == hashes
    return found


def _candidates(prints: Fingerprints, is_new: BoolArray) -> tuple[Int64Array, Int64Array]:
    """Find the pairs that agree in a band, each once, and of which one at least is new."""
    count = len(prints)
    found = [np.empty(0, np.int64)]
    for band in range(BANDS):
        for left, right in _agreeing(prints.bands[:, band], is_new):
            wanted = is_new[left] | is_new[right]
            wanted &= alike(prints.filled[left], prints.filled[right])
            found.append(left[wanted] * count + right[wanted])
    pairs = np.unique(np.concatenate(found))
    return pairs // max(count, 1), pairs % max(count, 1)


def _agreeing(band: NumberArray, is_new: BoolArray) -> Iterator[tuple[Int64Array, Int64Array]]:
    """List the pairs with the same number in a band, lower document first, some at a time."""
    there = band > 0
    has_new = np.zeros(1 << BAND_BITS, np.bool_)
    has_new[band[is_new]] = True
    there &= has_new.take(band)
    # Both in one number: sorting these is many times as fast as finding an order.
    keys = np.flatnonzero(there) | band[there].astype(np.int64) << _DOCUMENT_BITS
    keys.sort()
    documents, numbers = keys & ((1 << _DOCUMENT_BITS) - 1), keys >> _DOCUMENT_BITS
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    sizes = np.diff(starts, append=len(documents))
    begins = starts.repeat(sizes)
    counts = np.minimum(np.arange(len(documents)) - begins, _FIRST)
    part = counts.cumsum() // _MOST_PAIRS
    cuts = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(documents)]
    for start, end in pairwise(cuts):
        those = slice(start, end)
        yield (
            documents[runs(begins[those], counts[those])],
            documents[those].repeat(counts[those]),
        )


def alike(left: NumberArray, right: NumberArray) -> BoolArray:
    """Tell whether documents are similar enough in size to be copies, with room for chance.

    Args:
        left: How many bins each fills. Shape (P,), uint16.
        right: How many the other one of each pair fills.
    """
    return np.minimum(left, right) * 10 >= np.maximum(left, right) * 7


def leaders(
    count: int, left: Int64Array, right: Int64Array, similarity: Float64Array
) -> Int64Array:
    """Group documents around leaders: each is near to its leader, and leaders to none before them.

    In their order each document joins the most similar leader before it that it is near to, or
    becomes a leader. So a chain of documents, each near to the next, is not one group.

    Args:
        count: D, the number of documents.
        left: The first of each near pair. Shape (P,), int64.
        right: The second, which comes later. Shape (P,), int64.
        similarity: Of each pair. Shape (P,), float64.

    Returns:
        The leader of each document, which may be itself. Shape (D,), int64.
    """
    order = np.lexsort((left, -similarity, right))
    leader = list(range(count))
    for first, second in zip(left[order].tolist(), right[order].tolist(), strict=True):
        if leader[second] == second and leader[first] == first:
            leader[second] = first
    return np.array(leader, np.int64)
