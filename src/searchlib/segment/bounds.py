"""What is the most that a block of postings can add to a score?

Of each block of 128 postings the highest of ``tf (k1 + 1) / (tf + k1 (1 - b + b dl / avgdl))``,
the part of BM25 that depends on the document (Robertson and Zaragoza, "The Probabilistic Relevance
Framework", 2009, section 3.4), with k1 = 1.2 and b = 0.75. ``avgdl`` is the segment's own mean
field length; with another, avgdl', the bound times ``max(1, avgdl' / avgdl)`` is a bound: see
``docs/format.md``.

Searches have no use for them: scores are of all fields of a word together (docs/scoring.md). They
are written so that the format stays the same.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.segment.file import offset_type

if TYPE_CHECKING:
    from searchlib.arrays import Float32Array, Int32Array, Int64Array, NumberArray
    from searchlib.segment.file import SegmentFile, SegmentFileWriter

K1: Final = 1.2
B: Final = 0.75
BLOCK: Final = 128
"""The postings of a block."""
# Some 16 roundings of float32: more than there are from the formula to a score.
_MARGIN: Final = 1 + 2.0**-20


def length_norms(lengths: NumberArray, average_length: float) -> Float32Array:
    """Compute ``k1 (1 - b + b dl / avgdl)``.

    Args:
        lengths: dl, the number of tokens of each document. Shape (D,), any integers.
        average_length: avgdl, their mean over the segment.

    Returns:
        Shape (D,), float32.
    """
    relative = lengths / max(average_length, 1.0 / (1 << 31))
    norms: Float32Array = (K1 * (1 - B + B * relative)).astype(np.float32)
    return norms


def highest_of_blocks(
    frequencies: Int32Array, norms: Float32Array, block_starts: Int64Array
) -> Float32Array:
    """Compute an upper bound of the formula for each block of postings.

    Args:
        frequencies: Of the term in the document of each posting. Shape (P,), int32.
        norms: The length norm of the document of each posting. Shape (P,), float32.
        block_starts: The first posting of each block. Shape (B,), int64, ascending.

    Returns:
        Bounds, never below the exact value. Shape (B,), float32.
    """
    tf = frequencies.astype(np.float32)
    parts = tf / (tf + norms)
    return np.maximum.reduceat(parts, block_starts) * np.float32((K1 + 1) * _MARGIN)


class BoundsWriter:
    """Writes the bounds of the terms with more than one block.

    Args:
        file: Where to.
        name: The sections are ``name``, ``name.terms`` and ``name.starts``.
        norms: The length norm of each document. Shape (doc_count,), float32.
    """

    def __init__(self, file: SegmentFileWriter, name: str, norms: Float32Array) -> None:
        self._file = file
        self._name = name
        self._norms = norms
        self._terms = 0
        self._blocks = file.spool("<f4")
        self._ordinals: list[Int64Array] = []
        self._block_counts: list[Int64Array] = []

    def append(self, docnums: Int32Array, frequencies: Int32Array, starts: Int64Array) -> None:
        """Add the postings of terms that follow those added before.

        Args:
            docnums: Shape (P,), int32.
            frequencies: Shape (P,), int32.
            starts: Where each term begins, ending with P. Shape (T + 1,), int64.
        """
        counts = np.diff(starts)
        chosen = counts > BLOCK
        self._ordinals.append(np.flatnonzero(chosen) + self._terms)
        self._terms += len(counts)
        if not chosen.any():
            return
        postings = np.repeat(chosen, counts)
        block_counts, block_starts = _blocks(counts[chosen])
        norms = self._norms[docnums[postings]]
        bounds = highest_of_blocks(frequencies[postings], norms, block_starts)
        self._blocks.append(bounds)
        self._block_counts.append(block_counts)

    def close(self) -> int:
        """Write the sections, and tell how many terms have bounds."""
        ordinals = np.concatenate([np.empty(0, np.int64), *self._ordinals])
        starts = np.cumsum(np.concatenate([np.zeros(1, np.int64), *self._block_counts]))
        blocks = self._blocks.count
        self._file.write_spool(self._name, self._blocks)
        self._file.write(f"{self._name}.terms", "<u4", [ordinals])
        self._file.write(f"{self._name}.starts", offset_type(blocks), [starts])
        return len(ordinals)


class BoundsReader:
    """Reads what a :class:`BoundsWriter` wrote.

    Args:
        file: Where from.
        name: As given to the writer.
        terms: The number of terms that have bounds.
    """

    def __init__(self, file: SegmentFile, name: str, terms: int) -> None:
        self._file = file
        self._name = name
        self._blocks = file.array(name, "<f4", None)
        self._terms = file.array(f"{name}.terms", "<u4", terms)
        self._starts = file.array(f"{name}.starts", ("<u4", "<u8"), terms + 1)

    def blocks(self, ordinal: int, count: int) -> Float32Array:
        """Read the bounds of a term's blocks. Shape (count,), float32."""
        place = self._place(ordinal)
        bounds = self._blocks[self._starts.item(place) : self._starts.item(place + 1)]
        if len(bounds) != count:
            raise self._file.corrupt(f"expected {count} blocks, got {len(bounds)}", self._name)
        return bounds

    @cached_property
    def _searchable(self) -> memoryview:
        """The terms that have bounds, in a form whose elements are quick to get."""
        return np.asarray(self._terms, np.uint32).data

    def _place(self, ordinal: int) -> int:
        place = bisect_left(self._searchable, ordinal)
        if place == len(self._searchable) or self._searchable[place] != ordinal:
            raise self._file.corrupt(f"expected term {ordinal}, got none", f"{self._name}.terms")
        return place


def _blocks(counts: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Cut rows into blocks: how many each row has, and where each begins."""
    block_counts = -(-counts // BLOCK)
    first_blocks = np.cumsum(block_counts) - block_counts
    within = np.arange(int(block_counts.sum())) - np.repeat(first_blocks, block_counts)
    starts = np.repeat(np.cumsum(counts) - counts, block_counts) + within * BLOCK
    return block_counts, starts
