"""What does a segment hold, before it is a file?"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np

from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Int32Array, Int64Array, NumberArray
    from searchlib.fingerprints.sketches import Fingerprints
    from searchlib.segment.spellings import Spelling
    from searchlib.segment.words import Words


@frozen
class InvertedField:
    """The postings of one field: for each term the documents it is in.

    Attributes:
        terms: The terms in UTF-8, ascending, each once. Shape (T,).
        starts: Where the postings of each term begin. Shape (T + 1,), int64, ascending.
        docnums: The document of each posting, ascending within a term. Shape (P,), int32.
        frequencies: How often the term is in that document; at least 1. Shape (P,), int32.
        positions: Where in the document, ascending within a posting. Shape (sum of frequencies,),
            int32; ``None`` for a field without positions, whose frequencies are all 1.
        lengths: The number of tokens of each document. Shape (doc_count,), int32; ``None`` for a
            field without positions.
        spellings: For each term the commonest spelling in the documents, and how often it is there;
            ``None`` where spellings are not kept. Shape (T,).
        words: The words that the terms of a text field stand for; ``None`` if they are not kept.
    """

    terms: list[bytes]
    starts: Int64Array
    docnums: Int32Array
    frequencies: Int32Array
    positions: Int32Array | None
    lengths: Int32Array | None
    spellings: list[Spelling] | None = None
    words: Words | None = None


@frozen
class NumberColumn:
    """One number for each document that has one.

    Attributes:
        values: Shape (doc_count,), int64 or float64; 0 where there is none.
        present: Whether the document has a value. Shape (doc_count,), bool.
    """

    values: NumberArray
    present: BoolArray


@frozen
class SegmentContents:
    """Documents numbered from 0, inverted field by field.

    Attributes:
        doc_count: The number of documents.
        inverted: Text, keyword and key fields by name.
        numbers: Date and number fields by name.
        documents: The documents as JSON in UTF-8, in order of their numbers.
        fingerprints: What tells which documents are copies; ``None`` for nothing.
    """

    doc_count: int
    inverted: dict[str, InvertedField] = field(default_factory=dict)
    numbers: dict[str, NumberColumn] = field(default_factory=dict)
    documents: Sequence[bytes] = ()
    fingerprints: Fingerprints | None = None


def frequency_sums(frequencies: Int32Array, starts: Int64Array) -> Int64Array:
    """Add up the frequencies of each term, and of those before: where its positions begin.

    Args:
        frequencies: Shape (P,), int32.
        starts: Where each term's postings begin, ending with P. Shape (T + 1,), int64.

    Returns:
        Shape (T + 1,), int64.
    """
    sums = np.zeros(len(starts), np.int64)
    if len(starts) > 1:
        np.cumsum(np.add.reduceat(frequencies, starts[:-1], dtype=np.int64), out=sums[1:])
    return sums
