"""Which are the best documents? Those with the highest scores; of equals, the lowest docnums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.arrays import Float64Array, Int64Array, NumberArray

_GROUPS: Final = 64
_FEWER_GROUPS: Final = 16


def highest(scores: NumberArray, k: int) -> Int64Array:
    """Find the k highest scores.

    Takes O(N) for N scores, and O(k log k) to put the best in order. Finding the exact k-th score
    takes ten times as long as finding a score that it reaches: see :func:`_reached`.

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
    threshold, _ = _reached(scores, k, _FEWER_GROUPS)
    if threshold is None:
        threshold = np.partition(scores, count - k)[count - k]
    return _at_least(scores, threshold, k)


def highest_above_zero(sums: Float64Array, k: int) -> Int64Array:
    """Find the k highest scores above 0 in an array of all documents.

    Only groups that reach the score of :func:`_reached` are looked into.

    Args:
        sums: The score of each document, 0 for one that does not match. Shape (D,).
        k: How many; fewer are given if fewer match.

    Returns:
        The documents, best first, equal ones in ascending order. Shape (at most k,), int64.
    """
    threshold, tallest = _reached(sums, k, _GROUPS)
    if threshold is not None and threshold > 0:
        width = len(tallest)
        columns = (tallest >= threshold).nonzero()[0]
        rest = np.arange(width * _GROUPS, len(sums))
        places = np.concatenate(((np.arange(_GROUPS)[:, None] * width + columns).ravel(), rest))
        return places.take(_at_least(sums.take(places), threshold, k))
    matching = (sums > 0).nonzero()[0]
    return matching.take(highest(sums.take(matching), k))


def reached(scores: NumberArray, k: int) -> float:
    """Find a score that at least k of many scores reach, near the highest such at little cost.

    Args:
        scores: At least 0. Shape (N,).
        k: How many, at least 1.

    Returns:
        The score; 0 if the scores are too few to tell.
    """
    threshold, _ = _reached(scores, k, _GROUPS)
    return 0.0 if threshold is None else float(threshold)


def first_equal(values: bytes, wanted: Iterable[int], k: int) -> list[int]:
    """Find the first k places where any of some values stands.

    Takes a step in Python for each place found, so it is for pages of hits, not for all of them.

    Args:
        values: Of each place.
        wanted: The values, below 256.
        k: How many; fewer are given if there are fewer.

    Returns:
        Ascending.
    """
    found = []
    for value in wanted:
        at = -1
        for _ in range(k):
            at = values.find(value, at + 1)
            if at < 0:
                break
            found.append(at)
    return sorted(found)[:k]


def _reached(scores: NumberArray, k: int, groups: int) -> tuple[float | None, NumberArray]:
    """Find a score that at least k of the scores reach, if they are many enough for it.

    Scores that stand as far apart as there are columns in a table of so many rows make a group.
    The k-th highest of the highest scores of all groups is such a score.

    Returns:
        The score, or ``None``; and the highest score of each group.
    """
    width = len(scores) // groups
    if not 0 < 4 * k < width:
        return None, scores[:0]
    tallest = scores[: width * groups].reshape(groups, width).max(0)
    return np.partition(tallest, width - k)[width - k], tallest


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
