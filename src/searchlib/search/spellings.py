"""How do most documents of an index write a label?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

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
