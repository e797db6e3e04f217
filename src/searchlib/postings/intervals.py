"""Where do words stand close together? Minimal intervals, by arithmetic on keys.

An interval is a stretch of a text, from the key of its first word to that of its last (see
:mod:`searchlib.postings.phrases` for keys). A list of intervals is *minimal* if none of them holds
another one; then starts and ends both ascend, and the next interval behind a place is found by
bisection (Clarke, Cormack and Burkowski, "An Algebra for Structured Text Search and a Framework
for its Implementation", 1995).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from searchlib.postings.phrases import MOST_SLOP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Int64Array


class Intervals(NamedTuple):
    """Intervals in the texts of a field, minimal.

    Attributes:
        starts: The key of the first word of each, strictly ascending. Shape (N,), int64.
        ends: The key of the last word of each, strictly ascending. Shape (N,), int64.
    """

    starts: Int64Array
    ends: Int64Array

    def take(self, places: Int64Array) -> Intervals:
        """Choose some of them, ascending."""
        return Intervals(self.starts.take(places), self.ends.take(places))


NO_INTERVALS = Intervals(np.empty(0, np.int64), np.empty(0, np.int64))


def minimal(starts: Int64Array, ends: Int64Array) -> Intervals:
    """Leave out intervals that hold another one, and all but one of equal ones.

    Args:
        starts: Of intervals in any order. Shape (N,), int64.
        ends: Not below ``starts``. Shape (N,), int64.
    """
    if not len(starts):
        return NO_INTERVALS
    order = np.lexsort((-ends, starts))
    starts, ends = starts.take(order), ends.take(order)
    # The lowest end of those that begin later, or at the same place and end earlier.
    later = np.minimum.accumulate(ends[::-1])[::-1]
    kept: BoolArray = np.ones(len(ends), np.bool_)
    kept[:-1] = ends[:-1] < later[1:]
    return Intervals(starts[kept], ends[kept])


def any_interval(parts: Sequence[Intervals]) -> Intervals:
    """Put several lists of intervals together."""
    if len(parts) == 1:
        return parts[0]
    return minimal(
        np.concatenate([part.starts for part in parts] or [np.empty(0, np.int64)]),
        np.concatenate([part.ends for part in parts] or [np.empty(0, np.int64)]),
    )


def in_order(parts: Sequence[Intervals], slop: int) -> Intervals:
    """Find where an interval of each part comes soon after one of the part before.

    Args:
        parts: Lists of intervals, at least one.
        slop: How many positions after the end of the one before at most; 1 for the very next.

    Returns:
        From the start of the first to the end of the last.
    """
    (starts, ends), *rest = parts
    # Those on the way are not minimal: of two with the same start, what follows may be close
    # enough to the one that ends later only. Starts ascend as ends do, but not strictly.
    for then in rest:
        if not len(starts) or not len(then.starts):
            return NO_INTERVALS
        last = ends.searchsorted(then.starts) - 1  # the last one that ends before
        found = last >= 0
        found &= then.starts - ends.take(np.maximum(last, 0)) <= min(slop, MOST_SLOP)
        places = found.nonzero()[0]
        starts, ends = starts.take(last.take(places)), then.ends.take(places)
    return minimal(starts, ends)


def in_any_order(parts: Sequence[Intervals], counts: Sequence[int], distance: int) -> Intervals:
    """Find where an interval of each part stands in a short stretch, in any order.

    Args:
        parts: Lists of intervals, of different things.
        counts: How many of each part there must be, at different places.
        distance: How many positions after the end of the first interval the last may start.
            Intervals of different parts may begin at the same place.
    """
    found = [_from_each(place, parts, counts, distance) for place in range(len(parts))]
    return any_interval(found)


def _from_each(
    leading: int, parts: Sequence[Intervals], counts: Sequence[int], distance: int
) -> Intervals:
    """Find the short stretches that begin with an interval of one part."""
    first = parts[leading]
    ends = first.ends
    last_starts = first.starts
    fits = np.ones(len(first.starts), np.bool_)
    for number, (part, count) in enumerate(zip(parts, counts, strict=True)):
        needed = count - (number == leading)
        if not needed:
            continue
        side: Literal["left", "right"] = "right" if number == leading else "left"
        places = part.starts.searchsorted(first.starts, side) + (needed - 1)
        there = places < len(part.starts)
        fits &= there
        if not len(part.starts):
            return NO_INTERVALS
        places[~there] = 0
        last_starts = np.maximum(last_starts, part.starts.take(places))
        ends = np.maximum(ends, part.ends.take(places))
    fits &= last_starts - first.ends <= min(distance, MOST_SLOP)
    places = fits.nonzero()[0]
    return minimal(first.starts.take(places), ends.take(places))
