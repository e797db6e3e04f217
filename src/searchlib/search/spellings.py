"""How do most documents of an index write a label?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from searchlib.segment.spellings import commonest

if TYPE_CHECKING:
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
    text = term.decode("utf-8", "replace")
    counts: Counter[tuple[str, str]] = Counter()
    for segment in snapshot.segments:
        reader = segment.reader.inverted(field)
        ordinal = reader.terms.lookup(term)
        if ordinal is not None:
            spelling, count = reader.counted_spelling(ordinal)
            counts[text, spelling] += count
    return commonest(counts).get(text, (text, 0))[0]
