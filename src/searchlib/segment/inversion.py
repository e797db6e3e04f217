"""How do tokens in text order become postings in term order?

Batch by batch: its tokens are sorted by term, which leaves those of a term in text order, and
each run of one term is put where the run of the batch before has ended. Sorting 16-bit numbers is
counting, whose cost is the same on every CPU; and a batch fits into a CPU's cache.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from searchlib.analysis import TokenBatch, Vocabulary
from searchlib.segment.contents import InvertedField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.types import Int32Array, Int64Array

_RARE: Final = (1 << 16) - 1
"""Terms with this number or a higher one came late to the vocabulary: their tokens are few."""


def invert(batches: Sequence[TokenBatch], vocabulary: Vocabulary) -> InvertedField:
    """Invert a text field.

    Takes time linear in the number of tokens but for the rare terms, and some 20 bytes for each
    token besides the batches' own 8.

    Args:
        batches: The tokens of the field, of one or more runs of documents. The documents are
            numbered from 0 through all of them.
        vocabulary: The terms of all batches.
    """
    totals = np.zeros(len(vocabulary), np.int64)
    for batch in batches:
        counts = np.bincount(batch.terms)
        totals[: len(counts)] += counts
    numbers = vocabulary.in_term_order(np.flatnonzero(totals).astype(np.int32))
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(totals[numbers])])
    places = np.zeros(len(vocabulary), np.int64)
    places[numbers] = starts[:-1]
    docnums, positions = _in_term_order(batches, places, int(starts[-1]))
    terms = [vocabulary.terms[number].encode() for number in numbers.tolist()]
    lengths = np.concatenate([_NONE, *(batch.lengths for batch in batches)])
    return _group(terms, starts, docnums, positions, lengths)


def invert_labels(values: Sequence[str | Sequence[str] | None]) -> InvertedField:
    """Invert a keyword or key field: no positions, and a label counts once in a document.

    Args:
        values: For each document its label, its labels, or ``None`` for none, as the index is to
            know them. An empty label is ignored.
    """
    labels, counts = _flat_labels(values)
    vocabulary = Vocabulary()
    terms = np.fromiter(map(vocabulary.__getitem__, labels), np.int32, len(labels))
    field = invert([TokenBatch(terms, np.zeros_like(terms), counts)], vocabulary)
    ones = np.ones_like(field.docnums)
    return InvertedField(field.terms, field.starts, field.docnums, ones, None, None)


def _flat_labels(
    values: Sequence[str | Sequence[str] | None],
) -> tuple[list[str], Int32Array]:
    """List the labels of all documents, and how many each has, without empty ones."""
    if all(value is None or isinstance(value, str) for value in values):
        singles = cast("Sequence[str | None]", values)
        return list(filter(None, singles)), np.fromiter(map(bool, singles), np.int32, len(singles))
    several = [[value] if isinstance(value, str) else value or () for value in values]
    if any("" in labels for labels in several):
        several = [list(filter(None, labels)) for labels in several]
    counts = np.fromiter(map(len, several), np.int32, len(several))
    return list(chain.from_iterable(several)), counts


_NONE: Final = np.empty(0, np.int32)


def _in_term_order(
    batches: Sequence[TokenBatch], places: Int64Array, count: int
) -> tuple[Int32Array, Int32Array]:
    """Put the tokens of batches in the order of their terms, documents and positions.

    Args:
        batches: The tokens.
        places: Where those of each term begin in the result, by its number in the vocabulary;
            afterwards, where they end. Shape (number of terms,), int64.
        count: The number of tokens.

    Returns:
        The document and the position of each token. Shapes (count,), int32.
    """
    docnums, positions = np.empty(count, np.int32), np.empty(count, np.int32)
    first = 0
    for batch in batches:
        owners = np.repeat(
            np.arange(first, first + len(batch.lengths), dtype=np.int32), batch.lengths
        )
        order = _order(batch, owners)
        terms = batch.terms[order]
        begins = np.flatnonzero(np.diff(terms, prepend=-1))
        runs = np.diff(begins, append=len(terms))
        numbers = terms[begins]
        targets = np.arange(len(terms)) + np.repeat(places[numbers] - begins, runs)
        places[numbers] += runs
        docnums[targets] = owners[order]
        positions[targets] = batch.positions[order]
        first += len(batch.lengths)
    return docnums, positions


def _order(batch: TokenBatch, owners: Int32Array) -> Int64Array:
    """Find the order of a batch's tokens by term number, document and position.

    Args:
        batch: The tokens.
        owners: The document of each. Shape (N,), int32, ascending.

    Returns:
        The place of each in the batch. Shape (N,), int64.
    """
    falls = np.flatnonzero(batch.positions[1:] < batch.positions[:-1])
    if (owners[falls] == owners[falls + 1]).any():  # as the analyzer of a program may have it
        return np.lexsort((batch.positions, owners, batch.terms))
    order = np.minimum(batch.terms, _RARE).astype(np.uint16).argsort(kind="stable")
    rare = order[len(order) - np.count_nonzero(batch.terms >= _RARE) :]
    rare[:] = rare[batch.terms[rare].argsort(kind="stable")]
    return order


def _group(
    terms: list[bytes],
    token_starts: Int64Array,
    docnums: Int32Array,
    positions: Int32Array,
    lengths: Int32Array,
) -> InvertedField:
    """Make one posting of the tokens with the same term and document.

    Args:
        terms: In order. Shape (T,).
        token_starts: Where the tokens of each begin, ending with N. Shape (T + 1,), int64.
        docnums: The document of each token, ascending within a term. Shape (N,), int32.
        positions: Of each token, ascending within a document. Shape (N,), int32.
        lengths: The number of tokens of each document.
    """
    changes = np.ones(len(docnums) + 1, np.bool_)
    np.not_equal(docnums[1:], docnums[:-1], out=changes[1:-1])
    changes[token_starts] = True
    bounds = np.flatnonzero(changes)
    frequencies: Int32Array = np.subtract(
        bounds[1:], bounds[:-1], dtype=np.int32, casting="unsafe"
    )  # into 32 bits without an array of 64 in between
    starts = np.searchsorted(bounds, token_starts)
    return InvertedField(terms, starts, docnums[bounds[:-1]], frequencies, positions, lengths)
