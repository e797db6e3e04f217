"""How do tokens in text order become postings in term order?

By sorting one 64-bit number per token that holds its term, document and position, in this order.
What is left to do is to take the numbers apart and to find where term and document change.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.segment.contents import InvertedField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.analysis.batch import TokenBatch
    from searchlib.analysis.vocabulary import Vocabulary
    from searchlib.types import Int32Array, Int64Array

_KEY_BITS: Final = 63


def invert(batches: Sequence[TokenBatch], vocabulary: Vocabulary) -> InvertedField:
    """Invert a text field.

    Takes time O(N log N) for N tokens, and at its peak some 25 bytes for each of them besides
    the batches' own 8.

    Args:
        batches: The tokens of the field, of one or more runs of documents. The documents are
            numbered from 0 through all of them.
        vocabulary: The terms of all batches.
    """
    lengths = np.concatenate([_NONE, *(batch.lengths for batch in batches)])
    numbers = vocabulary.in_term_order(_terms_present(batches, len(vocabulary)))
    ranks = np.zeros(len(vocabulary), dtype=np.int64)
    ranks[numbers] = np.arange(len(numbers))
    pairs, positions = _sorted_tokens(batches, ranks, len(lengths))
    terms = map(vocabulary.terms.__getitem__, numbers.tolist())
    return _group(list(map(str.encode, terms)), pairs, len(lengths), positions, lengths)


def invert_labels(values: Sequence[str | Sequence[str] | None]) -> InvertedField:
    """Invert a keyword or key field: no positions, and a label counts once in a document.

    Args:
        values: For each document its label, its labels, or ``None`` for none, as the index is to
            know them. An empty label is ignored.
    """
    several = [[value] if isinstance(value, str) else value or () for value in values]
    counts = np.fromiter(map(len, several), dtype=np.int64, count=len(several))
    labels = list(chain.from_iterable(several))
    docnums = np.repeat(np.arange(len(values)), counts)
    if "" in labels:
        docnums = docnums[np.fromiter(map(bool, labels), np.bool_, len(labels))]
        labels = [label for label in labels if label]
    terms = sorted(set(labels))
    rank_of = {term: rank for rank, term in enumerate(terms)}
    ranks = np.fromiter(map(rank_of.__getitem__, labels), dtype=np.int64, count=len(labels))
    pairs = np.unique(ranks << _bits(len(values)) | docnums)
    return _group(list(map(str.encode, terms)), pairs, len(values), None, None)


_NONE: Final = np.empty(0, dtype=np.int32)


def _bits(count: int) -> int:
    """Find how many bits the numbers from 0 to ``count - 1`` take."""
    return max(count - 1, 0).bit_length()


def _low_bits(numbers: Int64Array, bits: int) -> Int32Array:
    low: Int32Array = np.bitwise_and(numbers, (1 << bits) - 1, dtype=np.int32, casting="unsafe")
    return low


def _terms_present(batches: Sequence[TokenBatch], term_count: int) -> Int32Array:
    present = np.zeros(term_count, dtype=np.bool_)
    for batch in batches:
        present[batch.terms] = True
    return np.flatnonzero(present).astype(np.int32)


def _sorted_tokens(
    batches: Sequence[TokenBatch], ranks: Int64Array, doc_count: int
) -> tuple[Int64Array, Int32Array]:
    """Sort tokens by the rank of their terms, document and position.

    Returns:
        ``rank << bits | docnum`` of each token, where ``bits`` is what a docnum takes, and its
        position. Shapes (N,), int64 and int32.
    """
    doc_bits = _bits(doc_count)
    last = max((int(batch.positions.max(initial=0)) for batch in batches), default=0)
    position_bits = last.bit_length()
    if _bits(len(ranks)) + doc_bits + position_bits > _KEY_BITS:
        return _sorted_apart(batches, ranks, doc_bits)
    keys = _keys(batches, ranks, doc_bits, position_bits)
    start = 0
    for batch in batches:
        end = start + len(batch.positions)
        keys[start:end] |= batch.positions
        start = end
    keys.sort()
    positions = _low_bits(keys, position_bits)
    keys >>= position_bits
    return keys, positions


def _sorted_apart(
    batches: Sequence[TokenBatch], ranks: Int64Array, doc_bits: int
) -> tuple[Int64Array, Int32Array]:
    """Do the same where the three do not fit into one number: several times as slow."""
    pairs = _keys(batches, ranks, doc_bits, 0)
    positions = np.concatenate([batch.positions for batch in batches])
    order = np.lexsort((positions, pairs))
    return pairs[order], positions[order]


def _keys(
    batches: Sequence[TokenBatch], ranks: Int64Array, doc_bits: int, position_bits: int
) -> Int64Array:
    """Make ``rank << doc_bits | docnum`` of each token, with room for its position below."""
    keys = np.empty(sum(len(batch.terms) for batch in batches), dtype=np.int64)
    shifted = ranks << (doc_bits + position_bits)
    start = first = 0
    for batch in batches:
        part = keys[start : start + len(batch.terms)]
        np.take(shifted, batch.terms, out=part, mode="clip")  # "raise" would work on a copy
        docnums = np.arange(first, first + len(batch.lengths), dtype=np.int64)
        part |= np.repeat(docnums << position_bits, batch.lengths)
        start += len(batch.terms)
        first += len(batch.lengths)
    return keys


def _group(
    terms: list[bytes],
    pairs: Int64Array,
    doc_count: int,
    positions: Int32Array | None,
    lengths: Int32Array | None,
) -> InvertedField:
    """Make postings of sorted ``rank << bits | docnum``, one for each that is not as the last."""
    changes = np.ones(len(pairs) + 1, dtype=np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=changes[1:-1])
    bounds = np.flatnonzero(changes)
    frequencies: Int32Array = np.subtract(
        bounds[1:], bounds[:-1], dtype=np.int32, casting="unsafe"
    )  # into 32 bits without an array of 64 in between, as in _low_bits
    pairs = pairs[bounds[:-1]]
    del changes, bounds
    bits = _bits(doc_count)
    docnums = _low_bits(pairs, bits)
    pairs >>= bits
    starts = np.zeros(len(terms) + 1, dtype=np.int64)
    np.cumsum(np.bincount(pairs, minlength=len(terms)), out=starts[1:])
    return InvertedField(terms, starts, docnums, frequencies, positions, lengths)
