"""How do the analysed texts of many documents become fingerprints?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.fingerprints.shingles import UInt64Array, shingles
from searchlib.fingerprints.sketches import Fingerprints, fingerprints

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from searchlib.analysis import TokenBatch
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
    cut = [list(_cut(tokens)) for tokens, _ in fields]
    parts = []
    for place, first in enumerate(range(0, doc_count, _DOCUMENTS)):
        found = [
            shingles(hashes.take(field[place][0]), field[place][1])
            for field, (_, hashes) in zip(cut, fields, strict=True)
        ]
        parts.append(fingerprints(min(_DOCUMENTS, doc_count - first), found))
    return Fingerprints.joined(parts)


def document_shingles(fields: Sequence[Hashed]) -> UInt64Array:
    """Find all shingles of the only document of a batch. Shape (S,), uint64."""
    found = [shingles(hashes[tokens.terms], tokens.counts)[0] for tokens, hashes in fields]
    return np.concatenate(found)


def _cut(tokens: TokenBatch) -> Iterator[tuple[Int32Array, Int32Array]]:
    """Cut a batch into the terms of some documents, and their number in each."""
    end = 0
    for first in range(0, len(tokens.counts), _DOCUMENTS):
        counts = tokens.counts[first : first + _DOCUMENTS]
        begin, end = end, end + int(counts.sum())
        yield tokens.terms[begin:end], counts
