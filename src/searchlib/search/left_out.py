"""What is left out in favour of a hit, where only the best of each group are hits?

A page needs a few of the best documents; how many there are besides takes a look at all that match.
So that is found when a program asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from searchlib.frozen import frozen
from searchlib.memory import unlocked_cached_property

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from searchlib.arrays import Float64Array, Int32Array, Int64Array
    from searchlib.search.groups import GroupColumn

MAX_KEYS: Final = 100
"""So many of the documents that are left out for a hit have their keys listed."""


class LeftOut(Protocol):
    """The documents that match and are no hits, as others of their groups are better."""

    @property
    def groups(self) -> int:
        """The number of groups among the documents that match; one on its own is one."""

    def count(self, place: int) -> int:
        """Count those left out after a hit: the last one of its group has all.

        Args:
            place: The place of the hit, from 0 for the best of all.
        """

    def docnums(self, place: int) -> list[int]:
        """Find those left out after a hit, in the order of the results; the first hundred."""


class FoundLeftOut:
    """The documents that match and are no hits, as others of their groups are better.

    Args:
        column: The groups.
        best: How many of each group are hits.
        found: All documents that match, in any order.
        matching: Finds them in ascending order, with their scores.
        rank: Puts some of them in the order of the results: so many of the first.
        hits: The group of each hit.
        before: How many hits of its group come before each.
    """

    def __init__(
        self,
        column: GroupColumn,
        best: int,
        found: Int64Array,
        matching: Callable[[], tuple[Int64Array, Float64Array]],
        rank: Callable[[Int64Array, Float64Array, int], Int64Array],
        hits: Int32Array,
        before: Int64Array,
    ) -> None:
        self._column = column
        self._best = best
        self._found = found
        self._matching = matching
        self._rank = rank
        self._hits = hits
        self._before = before

    @unlocked_cached_property
    def groups(self) -> int:
        """The number of groups among the documents that match; one on its own is one."""
        return int(self._sizes[0] + np.count_nonzero(self._sizes[1:]))

    def count(self, place: int) -> int:
        """Count those left out after a hit: the last one of its group has all.

        Args:
            place: The place of the hit, from 0 for the best of all.
        """
        group = self._hits[place]
        if not group or self._before[place] != self._best - 1:
            return 0
        return max(int(self._sizes[group]) - self._best, 0)

    def docnums(self, place: int) -> list[int]:
        """Find those left out after a hit, in the order of the results; the first hundred."""
        if not self.count(place):
            return []
        docnums, scores = self._matching()
        group = np.flatnonzero(self._groups(docnums) == self._hits[place])
        first = self._rank(docnums[group], scores[group], self._best + MAX_KEYS)
        left_out: list[int] = first[self._best :].tolist()
        return left_out

    def _groups(self, docnums: Int64Array) -> Int32Array:
        return self._column.numbers.take(docnums)

    @unlocked_cached_property
    def _sizes(self) -> Int64Array:
        return np.bincount(self._groups(self._found), minlength=self._column.count + 1)


class ReorderedLeftOut:
    """The same, where hits were put in another order.

    Args:
        left_out: What is left out in the order that there was.
        places: The place of each hit in that. Shape (number of hits,), int64.
    """

    def __init__(self, left_out: LeftOut, places: Int64Array) -> None:
        self._left_out = left_out
        self._places = places

    @property
    def groups(self) -> int:
        """The number of groups among the documents that match; one on its own is one."""
        return self._left_out.groups

    def count(self, place: int) -> int:
        """Count those left out after a hit."""
        return self._left_out.count(self._places.item(place))

    def docnums(self, place: int) -> list[int]:
        """Find those left out after a hit, as they were ordered before; the first hundred."""
        return self._left_out.docnums(self._places.item(place))


@frozen
class KnownLeftOut:
    """What was left out in favour of hits, counted.

    Attributes:
        groups: How many groups there are.
        number: How many documents were left out for a hit.
        keys: Their keys, of the first hundred.
    """

    groups: int
    number: int = 0
    keys: Sequence[str] = ()

    def count(self, place: int) -> int:
        """Count those left out after the hit."""
        return self.number

    def docnums(self, place: int) -> list[int]:
        """Give the places of their keys."""
        return [*range(len(self.keys))]


class Collapsed:
    """The documents that match and are left out in favour of a hit; found when asked for."""

    __slots__ = ("_key", "_left_out", "_place")

    def __init__(self, left_out: LeftOut | None, place: int, key: Callable[[int], str]) -> None:
        self._left_out = left_out
        self._place = place
        self._key = key

    @property
    def count(self) -> int:
        """How many there are; 0 without ``collapse``."""
        return 0 if self._left_out is None else self._left_out.count(self._place)

    @property
    def keys(self) -> list[str]:
        """Their keys in the order of the results, of the first hundred."""
        return (
            [] if self._left_out is None else [*map(self._key, self._left_out.docnums(self._place))]
        )

    def __len__(self) -> int:
        return self.count

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Collapsed):
            return NotImplemented
        return (self.count, self.keys) == (other.count, other.keys)

    def __hash__(self) -> int:
        return hash(self.count)

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Pickle it counted, as the one object that it is where nothing can be left out."""
        return "NOTHING" if self is NOTHING else (known, (self.count, self.keys))

    def __repr__(self) -> str:
        return f"Collapsed(count={self.count})"

    def to_json(self) -> dict[str, Any]:
        """Convert to values that JSON can hold."""
        return {"count": self.count, "keys": self.keys}


def known(count: int, keys: Sequence[str]) -> Collapsed:
    """Give what is left out in favour of a hit, as it was counted before."""
    return Collapsed(KnownLeftOut(1, count, keys), 0, keys.__getitem__)


NOTHING: Final = Collapsed(None, 0, str)
"""What is left out in favour of a hit where each document may be one."""
