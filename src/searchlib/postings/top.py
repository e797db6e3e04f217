"""Which are the best documents? Those with the highest scores; of equals, the lowest docnums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from searchlib.types import Float64Array, Int64Array, NumberArray

_GROUPS: Final = 64


def highest(scores: NumberArray, k: int) -> Int64Array:
    """Find the k highest scores.

    Takes O(N) for N scores, and O(k log k) to put the best in order.

    Args:
        scores: No NaN. Shape (N,).
        k: How many; fewer are given if there are fewer.

    Returns:
        Their places, best first, equal ones in ascending order. Shape (min(k, N),), int64.
    """
    count = len(scores)
    if k <= 0:
        return np.empty(0, np.int64)
    if k >= count:
        return (-scores).argsort(kind="stable")
    threshold = np.partition(scores, count - k)[count - k]
    return _at_least(scores, threshold, k)


def highest_above_zero(sums: Float64Array, k: int) -> Int64Array:
    """Find the k highest scores above 0 in an array of all documents.

    All documents are grouped, and the highest of each group compared first: the k-th of them is a
    score that the best reach, so only groups that reach it are looked into.

    Args:
        sums: The score of each document, 0 for one that does not match. Shape (D,).
        k: How many; fewer are given if fewer match.

    Returns:
        The documents, best first, equal ones in ascending order. Shape (at most k,), int64.
    """
    width = len(sums) // _GROUPS
    if 0 < k < width:
        table = sums[: width * _GROUPS].reshape(_GROUPS, width)
        tallest = table.max(0)
        threshold = np.partition(tallest, width - k)[width - k]
        if threshold > 0:
            columns = (tallest >= threshold).nonzero()[0]
            rest = np.arange(width * _GROUPS, len(sums))
            places = np.concatenate(((np.arange(_GROUPS)[:, None] * width + columns).ravel(), rest))
            return places.take(_at_least(sums.take(places), threshold, k))
    matching = (sums > 0).nonzero()[0]
    return matching.take(highest(sums.take(matching), k))


def _at_least(scores: NumberArray, threshold: float, k: int) -> Int64Array:
    """Find the k highest of the scores, of which at least k reach a threshold."""
    places = (scores >= threshold).nonzero()[0]
    found = scores.take(places)
    if len(places) > 4 * k:
        exact = np.partition(found, len(found) - k)[len(found) - k]
        better = (found > exact).nonzero()[0]
        equal = (found == exact).nonzero()[0][: k - len(better)]
        chosen = np.concatenate((better, equal))
        places, found = places.take(chosen), found.take(chosen)
    # Where better and equal ones meet, equal scores still stand in ascending order.
    return places.take((-found).argsort(kind="stable")[:k])
