"""Which are the best documents? Those with the highest scores; of equals, the lowest docnums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from searchlib.arrays import Float64Array, Int32Array, Int64Array, NumberArray


_FEW: Final = 200  # sorting so many takes no longer than leaving most of them out


def highest(scores: NumberArray, k: int, docnums: Int64Array | None = None) -> Int64Array:
    """Find the k highest scores.

    Takes O(N) for N scores, and O(k log k) to put the best in order.

    Args:
        scores: No NaN. Shape (N,).
        k: How many; fewer are given if there are fewer.
        docnums: Of each: of equal scores the lowest comes first. ``None`` if they ascend. Shape
            (N,), int64.

    Returns:
        Their places, best first, equal ones in ascending order of docnums. Shape (min(k, N),),
        int64.
    """
    count = len(scores)
    places: Int64Array = np.arange(count)
    if 0 < k < count and count > _FEW:
        places = (scores >= np.partition(scores, count - k)[count - k]).nonzero()[0]
    negative = -scores.take(places)
    if docnums is None:
        order = negative.argsort(kind="stable")
    else:
        order = np.lexsort((docnums.take(places), negative))
    return places.take(order[: max(k, 0)])


def first_of_groups(groups: NumberArray, best: int) -> tuple[Int64Array, Int64Array]:
    """Find the first documents of each group; those of group 0 are each on their own.

    Args:
        groups: Of documents in order, from 0. Shape (N,), integers.
        best: How many of each group.

    Returns:
        Their places, ascending, and how many of the same group come before each. Shapes (number
        found,), int64.
    """
    order = groups.argsort(kind="stable")
    ordered = groups.take(order)
    before = np.empty(len(groups), np.int64)
    before[order] = np.arange(len(groups)) - ordered.searchsorted(ordered)
    before[groups == 0] = 0
    places = (before < best).nonzero()[0]
    return places, before.take(places)


def best_of_groups(
    docnums: Int64Array, scores: Float64Array, groups: Int32Array, count: int, best: int
) -> Int64Array:
    """Find the documents of each group with the highest scores; of equals, the lowest docnums.

    Args:
        docnums: In any order, each once. Shape (N,), int64.
        scores: Of each, no NaN. Shape (N,), float64.
        groups: Of all documents of the index, up to ``count``; 0 for one on its own. Shape
            (doc_count,), int32.
        count: The number of groups.
        best: How many of each group.

    Returns:
        The places of the best among the docnums, in any order. Shape (number found,), int64.

    Raises:
        IndexError: There is no such document, or no such group.
        ValueError: There is not one score for each document.
    """
    if len(scores) != len(docnums):
        raise ValueError(f"expected {len(docnums)} scores, got {len(scores)}")
    if len(docnums) and not 0 <= docnums.min() <= docnums.max() < len(groups):
        raise IndexError(f"expected documents below {len(groups)}")
    numbers = groups.take(docnums)
    if len(numbers) and not 0 <= numbers.min() <= numbers.max() <= count:
        raise IndexError(f"expected groups to {count}")
    order = np.lexsort((docnums, -scores))
    places, _ = first_of_groups(numbers.take(order), best)
    return order.take(places)
