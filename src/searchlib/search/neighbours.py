"""How do the scores of documents agree with those of the documents that are most like them?

Documents that are alike should have scores that are (Diaz, "Regularizing ad hoc retrieval scores",
CIKM 2005): one that is among many good ones comes up, one that is like no other comes down. With z
the scores, standardised to mean 0 and deviation 1, and A the affinities of nearest neighbours,
scaled on both sides by the square roots of their sums, smoothed scores are

    f = (1 - share) (I - share A)^-1 z

which twenty rounds of f <- (1 - share) z + share A f come near to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from searchlib.arrays import Float32Array, Float64Array

Rerank = Literal["neighbours"]
"""What the best hits may be put in order by, once they are found."""
RERANKS: Final = ("neighbours",)

BEST: Final = 100
"""So many of the best documents are smoothed."""
NEAREST: Final = 10
"""So many neighbours does a document have; those that it is a neighbour of are neighbours, too."""
SHARE: Final = 0.8
"""How much neighbours count."""
_ROUNDS: Final = 20
_ROWS: Final = 8
"""Products of so many rows are so small that BLAS starts no threads, which wait for each other."""


def smoothed(scores: Float64Array, vectors: Float32Array) -> Float64Array:
    """Smooth scores over the nearest neighbours, in time quadratic in the number of documents.

    Args:
        scores: Shape (D,), float64.
        vectors: What documents are about; the length of each is 1, or 0. Shape (D, W), float32.

    Returns:
        Scores on the same scale. Shape (D,), float64.
    """
    deviation = scores.std() if len(scores) else 0.0
    if not deviation > 0:
        return scores
    mean = scores.mean()
    affinity = _affinity(vectors)
    own = (1 - SHARE) * (scores - mean) / deviation
    found: Float64Array = own
    for _ in range(_ROUNDS):
        found = own + SHARE * (affinity @ found)
    on_the_scale: Float64Array = mean + deviation * found
    return on_the_scale


def _affinity(vectors: Float32Array) -> Float64Array:
    """Compare documents: cosines with nearest neighbours, scaled. Shape (D, D), float64."""
    count = len(vectors)
    slices = (vectors[first : first + _ROWS] for first in range(0, count, _ROWS))
    cosines = np.concatenate([some @ vectors.T for some in slices]).astype(np.float64)
    np.fill_diagonal(cosines, 0)
    if count > NEAREST + 1:
        least = np.partition(cosines, count - NEAREST, axis=1)[:, count - NEAREST]
        nearest = np.where(cosines >= least[:, np.newaxis], cosines, 0)
        cosines = np.maximum(nearest, nearest.T)
    roots = np.sqrt(cosines.sum(axis=1))
    roots[roots == 0] = 1
    scaled: Float64Array = cosines / roots / roots[:, np.newaxis]
    return scaled
