"""How much does a term say about a document? BM25, each part a function over arrays.

The score of a document for a query of several terms is the sum, over the terms, of

    boost · idf · tf (k1 + 1) / (tf + k1 (1 - b + b dl / avgdl))

(Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section
3.4) with k1 = 1.2 and b = 0.75. What one term adds is a 32-bit float, and sums have 64 bits. Such
sums are exact as long as the parts differ by less than a factor of 2^29, so the order of adding,
and with it the way in which a query is evaluated, makes no difference to the ranking.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from searchlib.arrays import Float32Array, NumberArray

K1: Final = 1.2
"""How soon more occurrences of a term stop to matter."""
B: Final = 0.75
"""How much the length of a document counts: 0 for not at all, 1 for in full."""


def idf(doc_count: int, doc_frequency: int) -> float:
    """Compute ``ln(1 + (N - df + 0.5) / (df + 0.5))``, which is always above 0.

    Args:
        doc_count: N, the number of documents.
        doc_frequency: df, how many of them have the term.
    """
    return math.log1p((doc_count - doc_frequency + 0.5) / (doc_frequency + 0.5))


def length_norms(lengths: NumberArray, average_length: float) -> Float32Array:
    """Compute ``k1 (1 - b + b dl / avgdl)``.

    Args:
        lengths: dl, the number of tokens of each document. Shape (D,), any integers.
        average_length: avgdl, their mean over the whole index.

    Returns:
        Shape (D,), float32.
    """
    relative = lengths / max(average_length, 1.0 / (1 << 31))
    norms: Float32Array = (K1 * (1 - B + B * relative)).astype(np.float32)
    return norms


def term_weight(idf: float, boost: float) -> np.float32:
    """Compute the factor that all of a term's postings have in common: boost · idf · (k1 + 1)."""
    return np.float32(boost * idf * (K1 + 1))


def saturation(frequencies: NumberArray | None, norms: Float32Array) -> Float32Array:
    """Compute ``tf / (tf + norm)``: from 0 for a term that is hardly there up to 1.

    Args:
        frequencies: tf, how often the term is in each document. Shape (P,), float32 or integers of
            at most 32 bits; ``None`` if all are 1.
        norms: The length norms of the documents. Shape (P,), float32.

    Returns:
        Shape (P,), float32.
    """
    tf = np.float32(1) if frequencies is None else frequencies.astype(np.float32)
    parts: Float32Array = tf + norms
    return np.divide(tf, parts, out=parts)
