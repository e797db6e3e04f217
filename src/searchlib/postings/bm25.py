"""How much does a word say about a document? BM25F, each part a function over arrays.

The score of a document is the sum, over the words of the query, of

    (k3 + 1) qtf / (k3 + qtf) · idf · ((cf + 1) / (df + 1))^burst · (k1 + 1) x / (k1 + x)

where x is the weighted frequency of the word in the document, over all fields searched:

    x = sum over fields of boost · tf / (1 - b + b dl / avgdl)

docs/scoring.md names the sources and every symbol. What one word adds is a 32-bit float, and sums
have 64 bits. Such sums are exact as long as the parts differ by less than a factor of 2^29, so the
order of adding, and with it the way in which a query is evaluated, makes no difference to the
ranking. The same holds for the fields of a word,
whose parts of x are 32-bit floats too.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.errors import ArgumentError
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from searchlib.arrays import Float32Array, Float64Array, NumberArray

_MOST: Final = {"k1": 1e6, "b": 1.0, "k3": 1e6, "burst": 10.0}
"""The largest values: with a higher power scores would be too large for a number."""


@frozen(kw_only=True)
class Scoring:
    """The parameters of the scores. None of them needs other postings.

    Attributes:
        k1: How soon more occurrences of a word in a document stop to matter; 0 for at once.
        b: How much the length of a text counts: 0 for not at all, 1 for in full.
        k3: How soon repeating a word in a query stops to matter; 0 for at once.
        burst: How much it counts that a word comes in bursts, that is, is there several times
            where it is there at all; 0 for not at all.

    Raises:
        ArgumentError: One is not a number, below 0, or too large.
    """

    k1: float = 1.2
    b: float = 0.6
    k3: float = 8.0
    burst: float = 0.5

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value <= _MOST[name]:
                raise ArgumentError(
                    f"expected a number from 0 to {_MOST[name]:,.0f} for {name}, got {value!r}"
                )

    def repetition(self, count: int) -> float:
        """Compute ``(k3 + 1) qtf / (k3 + qtf)``: 1 for a word that a query has once."""
        return (self.k3 + 1) * count / (self.k3 + count)

    def burstiness(self, doc_frequency: int, collection_frequency: int) -> float:
        """Compute ``((cf + 1) / (df + 1))^burst``: 1 for a word that no document has twice.

        Args:
            doc_frequency: df, how many documents have the word.
            collection_frequency: cf, how often all of them have it together.
        """
        return float(((collection_frequency + 1) / (doc_frequency + 1)) ** self.burst)


def scoring_of(scoring: object) -> Scoring:
    """Take the parameters of scores, or ``None`` for the usual ones.

    Raises:
        ArgumentError: It is something else.
    """
    if scoring is None:
        return Scoring()
    if not isinstance(scoring, Scoring):
        raise ArgumentError(
            f"expected scoring to be a searchlib.Scoring, got {scoring!r:.80}; give "
            "Scoring(k1=1.2), for instance"
        )
    return scoring


def idf(doc_count: int, doc_frequency: int) -> float:
    """Compute ``ln(1 + (N - df + 0.5) / (df + 0.5))``, which is always above 0.

    Args:
        doc_count: N, the number of documents.
        doc_frequency: df, how many of them have the term.
    """
    return math.log1p((doc_count - doc_frequency + 0.5) / (doc_frequency + 0.5))


def weighted_frequencies(
    frequencies: NumberArray | None,
    lengths: NumberArray,
    average_length: float,
    *,
    boost: float,
    b: float,
) -> Float32Array:
    """Compute a field's part of x, ``boost tf / (1 - b + b dl / avgdl)``.

    Args:
        frequencies: tf, how often the word is in each document. Shape (P,), integers of at most
            32 bits; ``None`` if all are 1.
        lengths: dl, the number of tokens of each document; 0 is taken for 1. Shape (P,), integers
            of at most 32 bits.
        average_length: avgdl, their mean over the documents that have the field.
        boost: The weight of an occurrence.
        b: As of :class:`Scoring`.

    Returns:
        Shape (P,), float32.
    """
    per_token = np.float32(b / max(average_length, 1.0))
    norms = np.float32(1 - b) + per_token * np.maximum(lengths.astype(np.float32), 1)
    counts = np.ones(1, np.float32) if frequencies is None else frequencies.astype(np.float32)
    weighted: Float32Array = np.float32(boost) * counts / norms
    return weighted


def word_weight(factor: float, k1: float) -> np.float32:
    """Compute what a word adds to a score at most: its factors, and k1 + 1."""
    return np.float32(factor * (k1 + 1))


def word_scores(x: Float64Array, weight: np.float32, k1: float) -> Float64Array:
    """Compute ``weight · x / (k1 + x)`` in 32 bits.

    Args:
        x: The weighted frequencies, above 0. Shape (P,), float64.
        weight: As of :func:`word_weight`.
        k1: As of :class:`Scoring`.

    Returns:
        Shape (P,), float64.
    """
    rounded = x.astype(np.float32)
    parts = rounded / (rounded + np.float32(k1)) * weight
    return parts.astype(np.float64)
