"""Which documents are in both, in either, in one of two lists?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from searchlib.types import BoolArray, Int64Array


def find(needles: Int64Array, haystack: Int64Array) -> tuple[Int64Array, BoolArray]:
    """Look for docnums in a list, by bisection from where the one before was found.

    Args:
        needles: Docnums, ascending. Shape (N,).
        haystack: Docnums, ascending. Shape (H,).

    Returns:
        For each needle its place in the haystack, and whether it is there; where it is not, the
        place says nothing, but is a valid one if there are any. Shapes (N,).
    """
    if not len(haystack):
        return np.zeros(len(needles), np.int64), np.zeros(len(needles), np.bool_)
    places = haystack.searchsorted(needles)
    np.minimum(places, len(haystack) - 1, out=places)
    return places, haystack.take(places) == needles


def membership(docnums: Int64Array, others: Int64Array) -> BoolArray:
    """Tell which docnums are among others. Takes O(N log H); shape (N,).

    Args:
        docnums: Ascending. Shape (N,).
        others: Ascending. Shape (H,).
    """
    return find(docnums, others)[1]


def intersect(first: Int64Array, second: Int64Array) -> Int64Array:
    """Give the docnums that are in both lists. The shorter is looked for in the longer one."""
    if len(first) > len(second):
        first, second = second, first
    return first[membership(first, second)]


def difference(first: Int64Array, second: Int64Array) -> Int64Array:
    """Give the docnums of the first list that are not in the second."""
    return first[~membership(first, second)]


def union(first: Int64Array, second: Int64Array) -> Int64Array:
    """Give the docnums that are in one list or in both. Takes O(N + H): two runs are merged."""
    if not len(first) or not len(second):
        return second if len(second) else first
    both = np.concatenate((first, second))
    both.sort(kind="stable")
    kept = np.empty(len(both), np.bool_)
    kept[0] = True
    np.not_equal(both[1:], both[:-1], out=kept[1:])
    return both[kept]
