"""How many documents have each label, or a number in each span? The numpy reference.

These kernels go over documents that were found already. Documents are told by their numbers in the
whole index, each once, those of a segment before those of the next one; ``None`` stands for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searchlib.arrays import runs
from searchlib.postings.matching import damaged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Int64Array, NumberArray


class SegmentLabels(NamedTuple):
    """The labels of the documents of one segment.

    Attributes:
        ordinals: The terms of each document. Without ``starts`` one for each document, the number
            of all terms for none: shape (doc_count,); else document after document, shape (N,).
            Unsigned.
        starts: Where the terms of each document begin, ending with N. Shape (doc_count + 1,),
            unsigned; ``None`` where no document has several.
        numbers: The number of each term in the whole index. Shape (number of terms,), int64.
        first: The docnum of the segment's first document.
        source: Where the arrays are from, for messages.
    """

    ordinals: NumberArray
    starts: NumberArray | None
    numbers: Int64Array
    first: int
    source: str = ""

    @property
    def end(self) -> int:
        """The docnum after the segment's last document."""
        count = len(self.ordinals) if self.starts is None else len(self.starts) - 1
        return self.first + count


def count_labels(
    segments: Sequence[SegmentLabels], docnums: Int64Array | None, size: int
) -> tuple[Int64Array, int]:
    """Count for each label how many documents have it, in one pass: O(labels).

    Args:
        segments: Ascending. Documents that are in none of them have no label.
        docnums: The documents. Shape (D,), int64.
        size: The number of labels in the whole index.

    Returns:
        The counts, shape (size,), int64; and how many documents have any label.

    Raises:
        IndexError: A term has a number of no label, or documents are in another order.
        CorruptIndexError: There is an ordinal of no term, or an offset beyond the ordinals.
    """
    counts, having = np.zeros(size, np.int64), 0
    for segment in segments:
        terms = len(segment.numbers)
        if terms and not 0 <= segment.numbers.min() <= segment.numbers.max() < size:
            raise IndexError(f"expected numbers of labels below {size}")
        some = np.arange(segment.first, segment.end)
        if docnums is not None:
            some = docnums[slice(*docnums.searchsorted((segment.first, segment.end)))]
        found, with_any = _labels_of(segment, some - segment.first)
        if len(found) and found.max() >= terms:
            raise damaged(f"expected ordinals below {terms}", segment.source)
        np.add.at(counts, segment.numbers, np.bincount(found, minlength=terms))
        having += with_any
    return counts, having


def _labels_of(segment: SegmentLabels, docnums: Int64Array) -> tuple[NumberArray, int]:
    """Read the ordinals of documents, and count those that have any."""
    ordinals, starts, numbers, _, source = segment
    if starts is None:
        if len(docnums) and not 0 <= docnums.min() <= docnums.max() < len(ordinals):
            raise IndexError("expected documents in the order of their segments")
        found = ordinals.take(docnums)
        found = found[found != len(numbers)]
        return found, len(found)
    if len(docnums) and not 0 <= docnums.min() <= docnums.max() < len(starts) - 1:
        raise IndexError("expected documents in the order of their segments")
    begins = starts[:-1].take(docnums).astype(np.int64)
    counts = starts[1:].take(docnums).astype(np.int64) - begins
    ends = begins + counts
    if len(counts) and (counts.min() < 0 or begins.min() < 0 or ends.max() > len(ordinals)):
        raise damaged("expected ascending offsets", source)
    return ordinals.take(runs(begins, counts)), int(np.count_nonzero(counts))


def count_in_spans(
    values: NumberArray,
    present: BoolArray | None,
    docnums: Int64Array | None,
    cuts: NumberArray,
) -> Int64Array:
    """Count documents by their numbers: below the first cut, between two, and from the last on.

    Takes O(D log B) at most, and O(D) where the cuts are about equally far apart.

    Args:
        values: The number of each document. Shape (doc_count,), int64 or float64.
        present: Whether it has one. Shape (doc_count,); ``None`` if all have.
        docnums: The documents. Shape (D,), int64.
        cuts: Ascending, no NaN. Shape (B,), of the type of the values.

    Returns:
        Shape (B + 1,), int64. What is not a number is not counted.

    Raises:
        IndexError: There is no such document.
    """
    if docnums is not None:
        if len(docnums) and not 0 <= docnums.min() <= docnums.max() < len(values):
            raise IndexError(f"expected documents below {len(values)}")
        values = values.take(docnums)
    if present is not None:
        values = values[present if docnums is None else present.take(docnums)]
    if values.dtype.kind == "f":
        values = values[~np.isnan(values)]
    return np.bincount(cuts.searchsorted(values, "right"), minlength=len(cuts) + 1)
