"""How do most documents of an index write a label, or a word?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from searchlib.segment.spellings import commonest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.segment.field_reader import FieldReader
    from searchlib.storage.snapshot import Snapshot


def label_as_written(term: bytes, field: str, snapshot: Snapshot) -> str:
    """Write a label as most documents do, deleted ones included.

    Args:
        term: The label as the index knows it.
        field: A keyword field.
        snapshot: Where.

    Raises:
        CorruptIndexError: A segment is damaged.
    """
    found = []
    for segment in snapshot.segments:
        if field not in segment.reader.fields:
            continue  # it was written before there was the field
        reader = segment.reader.inverted(field)
        ordinal = reader.terms.lookup(term)
        if ordinal is not None:
            found.append((reader, ordinal))
    return most_written(found) if found else term.decode("utf-8", "replace")


def most_written(found: Sequence[tuple[FieldReader, int]]) -> str:
    """Write a label as most documents do, deleted ones included.

    Args:
        found: The segments that have the label, at least one, with its ordinal in each.

    Raises:
        CorruptIndexError: A segment is damaged.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for reader, ordinal in found:
        spelling, count = reader.counted_spelling(ordinal)
        counts["", spelling] += count
    return commonest(counts)[""][0]


def word_as_written(term: bytes, field: str, snapshot: Snapshot) -> str:
    """Write a term of a text field as documents do most often, in lower case.

    Deleted documents are included.


    Args:
        term: The term.
        field: A text field.
        snapshot: Where.

    Raises:
        CorruptIndexError: A segment is damaged.
    """
    counts: Counter[bytes] = Counter()
    for segment in snapshot.segments:
        if field in segment.reader.fields:
            counts += _words_of(term, segment.reader.inverted(field))
    best = min(counts, key=lambda word: (-counts[word], word), default=term)
    return best.decode("utf-8", "replace")


def _words_of(term: bytes, reader: FieldReader) -> Counter[bytes]:
    """Count the words that a term stands for in a segment."""
    ordinal = reader.terms.lookup(term)
    if ordinal is None:
        return Counter()
    words = reader.words
    if words is not None:
        start, end = np.searchsorted(words.ordinals, [ordinal, ordinal + 1]).tolist()
        if start < end:
            counts = words.counts[start:end].tolist()
            return Counter(dict(zip(words.texts[start:end], counts, strict=True)))
    return Counter({term: reader.collection_frequency(ordinal)})
