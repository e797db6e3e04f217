"""How do tokens in text order become postings in term order?

In two steps. A batch of documents is inverted by itself: its tokens are sorted by term, which
leaves those of a term in text order. Sorting 16-bit numbers is counting, whose cost is the same on
every CPU, and a batch fits into a CPU's cache. Then each batch's run of postings of a term goes to
where that of the batch before has ended.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from searchlib.analysis.batch import TokenBatch
from searchlib.analysis.vocabulary import Vocabulary
from searchlib.frozen import frozen
from searchlib.segment.contents import InvertedField
from searchlib.segment.file import narrowest
from searchlib.segment.words import Words, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import Int32Array, Int64Array, NumberArray

_RARE: Final = (1 << 16) - 1
"""Terms with this number or a higher one came late to the vocabulary: their tokens are few."""


@frozen
class BatchPostings:
    """The postings of some documents, by the numbers of their terms, as narrow as they go.

    Attributes:
        numbers: The terms. Shape (T,), int32, ascending.
        posting_counts: How many postings each has. Shape (T,), int32.
        token_counts: How many positions each has. Shape (T,), int32.
        docnums: The document of each posting, counted from the batch's first. Shape (P,).
        frequencies: How often the term is in it. Shape (P,).
        positions: Where the term stands, ascending within a posting. Shape (N,).
        lengths: The number of tokens of each document. Shape (D,), int32.
        words: The words, by their numbers in the vocabulary, ascending. Shape (W,).
        word_counts: How often each is there. Shape (W,), int32.
    """

    numbers: Int32Array
    posting_counts: Int32Array
    token_counts: Int32Array
    docnums: NumberArray
    frequencies: NumberArray
    positions: NumberArray
    lengths: Int32Array
    words: Int32Array
    word_counts: Int32Array


def invert_batch(batch: TokenBatch) -> BatchPostings:
    """Invert the tokens of one batch by themselves, in linear time but for those of rare terms."""
    owners = np.repeat(np.arange(len(batch.counts), dtype=np.int32), batch.counts)
    order = _order(batch.terms)
    terms, owners = batch.terms[order], owners[order]
    new_term = np.ones(len(terms), np.bool_)
    np.not_equal(terms[1:], terms[:-1], out=new_term[1:])
    new_posting = new_term.copy()
    new_posting[1:] |= owners[1:] != owners[:-1]
    counted = np.bincount(_NONE if batch.words is None else batch.words)
    words = np.flatnonzero(counted)
    term_starts, posting_starts = np.flatnonzero(new_term), np.flatnonzero(new_posting)
    return BatchPostings(
        numbers=terms[term_starts],
        posting_counts=_counts(np.flatnonzero(new_term[posting_starts]), len(posting_starts)),
        token_counts=_counts(term_starts, len(terms)),
        docnums=_narrow(owners[posting_starts]),
        frequencies=_narrow(_counts(posting_starts, len(terms))),
        positions=_narrow(batch.positions[order]),
        lengths=batch.lengths,
        words=words.astype(np.int32),
        word_counts=counted[words].astype(np.int32),
    )


def _counts(starts: Int64Array, end: int) -> Int32Array:
    return np.diff(starts, append=end).astype(np.int32)


def _narrow(values: Int32Array) -> NumberArray:
    return values.astype(narrowest(int(values.max(initial=0))))


def _order(terms: Int32Array) -> Int64Array:
    """Find the order of a batch's tokens by term number, document and position.

    Args:
        terms: The terms of the tokens, in the order of documents and positions. Shape (N,), int32.

    Returns:
        The place of each in the batch. Shape (N,), int64.
    """
    order = np.minimum(terms, _RARE).astype(np.uint16).argsort(kind="stable")
    rare = order[len(order) - np.count_nonzero(terms >= _RARE) :]
    rare[:] = rare[terms[rare].argsort(kind="stable")]
    return order


def combine(batches: Sequence[BatchPostings], vocabulary: Vocabulary) -> InvertedField:
    """Make a text field of batches that were inverted one by one.

    Takes linear time, but for sorting the terms, and some 10 bytes for each token besides the
    batches' own 5.

    Args:
        batches: Runs of documents, which are numbered from 0 through all of them.
        vocabulary: The terms of all batches.
    """
    postings, tokens = np.zeros((2, len(vocabulary)), np.int64)
    for batch in batches:
        postings[batch.numbers] += batch.posting_counts
        tokens[batch.numbers] += batch.token_counts
    numbers = vocabulary.in_term_order(np.flatnonzero(postings).astype(np.int32))
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(postings[numbers])])
    posting_places, token_places = np.zeros((2, len(vocabulary)), np.int64)
    posting_places[numbers] = starts[:-1]
    token_places[numbers] = np.cumsum(tokens[numbers]) - tokens[numbers]
    docnums, frequencies = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.int32)
    positions = np.empty(tokens.sum(), np.int32)
    first = 0
    for batch in batches:
        targets = _targets(posting_places, batch.numbers, batch.posting_counts)
        docnums[targets] = np.add(batch.docnums, first, dtype=np.int32)
        frequencies[targets] = batch.frequencies.astype(np.int32)
        targets = _targets(token_places, batch.numbers, batch.token_counts)
        positions[targets] = batch.positions.astype(np.int32)
        first += len(batch.lengths)
    terms = list(map(str.encode, map(vocabulary.terms.__getitem__, numbers.tolist())))
    lengths = np.concatenate([_NONE, *(batch.lengths for batch in batches)])
    return InvertedField(
        terms,
        starts,
        docnums,
        frequencies,
        positions,
        lengths,
        words=_words_of(batches, vocabulary, numbers),
    )


def _words_of(
    batches: Sequence[BatchPostings], vocabulary: Vocabulary, numbers: Int32Array
) -> Words:
    """Count the words of all batches.

    Args:
        batches: Where the words are.
        vocabulary: What they and their terms are.
        numbers: The terms in order, by number. Shape (T,), int32.
    """
    counts = np.zeros(len(vocabulary.words), np.int64)
    for batch in batches:
        counts[batch.words] += batch.word_counts
    ordinals = np.zeros(len(vocabulary), np.int64)
    ordinals[numbers] = np.arange(len(numbers))
    found = np.flatnonzero(counts)
    return words_of(
        ordinals[vocabulary.terms_of_words()[found]],
        counts[found],
        vocabulary.are_terms()[found],
        lambda some: [vocabulary.words[word].encode() for word in found[some].tolist()],
    )


_NONE: Final = np.empty(0, np.int32)


def _targets(places: Int64Array, numbers: Int32Array, counts: Int32Array) -> Int64Array:
    """Find where what a batch has of its terms goes, and move the places behind it.

    Args:
        places: Where the next of each term goes. Shape (size of the vocabulary,), int64.
        numbers: The terms of the batch. Shape (T,), int32.
        counts: How much it has of each. Shape (T,), int32.

    Returns:
        Shape (sum of counts,), int64.
    """
    begins = np.cumsum(counts) - counts
    targets = np.repeat(places[numbers] - begins, counts)
    targets += np.arange(len(targets))
    places[numbers] += counts
    return targets


def invert(batches: Sequence[TokenBatch], vocabulary: Vocabulary) -> InvertedField:
    """Invert a text field in one go; see :func:`combine`."""
    return combine(list(map(invert_batch, batches)), vocabulary)


def invert_labels(values: Sequence[str | Sequence[str] | None]) -> InvertedField:
    """Invert a keyword or key field: no positions, and a label counts once in a document.

    Args:
        values: For each document its label, its labels, or ``None`` for none, as the index is to
            know them. An empty label is ignored.
    """
    labels, counts = _flat_labels(values)
    vocabulary = Vocabulary()
    terms = np.fromiter(map(vocabulary.__getitem__, labels), np.int32, len(labels))
    field = invert([TokenBatch(terms, np.zeros_like(terms), counts, counts)], vocabulary)
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
