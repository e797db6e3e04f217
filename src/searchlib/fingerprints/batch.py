"""How do the analysed texts of many documents become fingerprints?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.fingerprints.shingles import UInt64Array, shingles
from searchlib.fingerprints.sketches import BINS, EMPTY, Fingerprints
from searchlib.postings.choice import KERNELS

if TYPE_CHECKING or KERNELS == "numpy":
    from searchlib.fingerprints.sketches import condensed, keep_least
else:
    from searchlib.fingerprints.compiled import condensed, keep_least

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from searchlib.analysis.batch import TokenBatch
    from searchlib.arrays import Int32Array

Hashed = tuple["TokenBatch", UInt64Array]
"""The terms of one field of some documents, and the hash of each term of their vocabulary."""

_DOCUMENTS: Final = 150
"""So many are done at a time that their bins and shingles stay in a CPU's cache."""


def batch_fingerprints(fields: Sequence[Hashed]) -> Fingerprints:
    """Make the fingerprints of a batch of documents.

    Args:
        fields: The fields, one at least, of the same documents.
    """
    doc_count = len(fields[0][0].counts)
    cut = zip(*(_cut(tokens) for tokens, _ in fields), strict=True)
    parts = []
    for first, found in zip(range(0, doc_count, _DOCUMENTS), cut, strict=True):
        minima = np.full(min(_DOCUMENTS, doc_count - first) * BINS, EMPTY)
        for (terms, counts), (_, hashes) in zip(found, fields, strict=True):
            keep_least(minima, hashes, terms, counts)
        parts.append(Fingerprints(*condensed(minima)))
    return Fingerprints.joined(parts)


def document_shingles(fields: Sequence[Hashed]) -> UInt64Array:
    """Find all shingles of the only document of a batch. Shape (S,), uint64."""
    return np.concatenate(
        [shingles(hashes.take(tokens.terms), tokens.counts) for tokens, hashes in fields]
    )


def _cut(tokens: TokenBatch) -> Iterator[tuple[Int32Array, Int32Array]]:
    """Cut a batch into the terms of some documents, and their number in each."""
    end = 0
    for first in range(0, len(tokens.counts), _DOCUMENTS):
        counts = tokens.counts[first : first + _DOCUMENTS]
        begin, end = end, end + int(counts.sum())
        yield tokens.terms[begin:end], counts
