"""Which are the best documents? Those with the highest scores; of equals, the lowest docnums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array, NumberArray


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
    places: Int64Array = np.arange(count)
    if 0 < k < count:
        places = (scores >= np.partition(scores, count - k)[count - k]).nonzero()[0]
    order = (-scores.take(places)).argsort(kind="stable")
    return places.take(order[: max(k, 0)])
