"""Where do words follow one another? Phrases by arithmetic on positions.

An occurrence of a word is one number, its *key*: the number of its document times 2^32, plus its
position. Keys of different documents are further apart than any slop, so words in a document
follow one another where keys differ by little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from searchlib.postings.matching import SegmentPostings, damaged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Int64Array

MAX_WORDS: Final = 250
"""So many words at most has a phrase that :func:`phrase_postings` takes."""
_POSITION_BITS: Final = 32
MOST_SLOP: Final = (1 << 31) - 1
"""Words of one document are at most so far apart, those of two further."""


class PhraseWord(NamedTuple):
    """A word of a phrase, in one segment.

    Attributes:
        postings: Its postings, with positions.
        place: Its place in the phrase.
    """

    postings: SegmentPostings
    place: int


def phrase_postings(words: Sequence[PhraseWord]) -> SegmentPostings | None:
    """Find where in a segment words stand at their places of a phrase.

    Args:
        words: At least one, at most :data:`MAX_WORDS`.

    Returns:
        The documents with the phrase, and how often it is in each; ``None`` if it is in none.

    Raises:
        CorruptIndexError: There are more or fewer positions than frequencies say, or there is a
            docnum of no document.
    """
    if not 0 < len(words) <= MAX_WORDS:
        raise ValueError(f"expected 1 to {MAX_WORDS} words, got {len(words)}")
    found: Int64Array | None = None
    for postings, place in words:
        keys = occurrence_keys(postings) - place
        found = keys if found is None else found[np.isin(found, keys)]
    assert found is not None
    docnums, counts = phrase_frequencies(found + words[0].place)
    if not len(docnums):
        return None
    first, doc_count = words[0].postings.first, words[0].postings.doc_count
    there = (docnums - first).astype(np.uint32)
    return SegmentPostings(there, None, counts.astype(np.uint32), first, doc_count)


def occurrence_keys(postings: SegmentPostings, among: BoolArray | None = None) -> Int64Array:
    """Make the keys of a word's occurrences in a segment.

    Args:
        postings: Its postings, with positions.
        among: Which documents of the whole index are of interest; ``None`` for all.

    Returns:
        Keys, ascending, int64.

    Raises:
        CorruptIndexError: As :func:`phrase_postings`.
    """
    frequencies, positions = postings.frequencies, postings.positions
    assert positions is not None
    expected = len(postings) if frequencies is None else int(frequencies.sum(dtype=np.int64))
    if len(positions) != expected:  # before anything is made as large as they say
        raise damaged(
            f"expected {expected} positions of a term, got {len(positions)}", postings.source
        )
    docnums = postings.docnums()
    keys = docnums << _POSITION_BITS
    if frequencies is not None:
        keys = keys.repeat(frequencies)
    if among is not None:
        kept = among.take(docnums)
        kept = kept if frequencies is None else kept.repeat(frequencies)
        keys, positions = keys[kept], positions[kept]
    keys += positions
    return keys


def occurrences_among(found: Sequence[SegmentPostings], among: BoolArray) -> Int64Array:
    """Make the keys of the places in some documents at which any of some words is.

    Args:
        found: The postings of the words in any segments, with positions.
        among: Which documents of the whole index are of interest.

    Returns:
        Keys, ascending, each of them once. int64.

    Raises:
        CorruptIndexError: As :func:`phrase_postings`.
    """
    keys = np.concatenate(
        [np.empty(0, np.int64), *(occurrence_keys(postings, among) for postings in found)]
    )
    return in_order_once(keys)


def in_order_once(keys: Int64Array) -> Int64Array:
    """Sort keys, and leave out those that are there already."""
    keys.sort()  # np.unique takes ten times as long
    return np.concatenate([keys[:1], keys[1:][keys[1:] != keys[:-1]]])


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
    return np.unique(keys >> _POSITION_BITS, return_counts=True)
