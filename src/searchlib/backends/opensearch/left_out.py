"""Of documents that belong together only the best are hits. What is left out, on a server?"""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Any, NamedTuple

from searchlib.backends.opensearch.requests import REST
from searchlib.memory import unlocked_cached_property

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Json = dict[str, Any]


class Member(NamedTuple):
    """A hit, and its place in its group.

    Attributes:
        hit: The hit.
        place: Its place, from 0.
        group: The group: the hits of it that are known.
        size: How many documents the group has.
    """

    hit: Json
    place: int
    group: Sequence[Json]
    size: int


def best_of_groups(hits: Sequence[Json], best: int, sort: Sequence[Json]) -> list[Member]:
    """Find the best documents of some groups, in the order of the results.

    Args:
        hits: The best document of each group, with others of it.
        best: How many of each group are wanted.
        sort: What hits are sorted by.
    """
    members = []
    for hit in hits:
        inner = hit["inner_hits"][REST]["hits"]
        group, size = inner["hits"], inner["total"]["value"]
        chosen = [hit] if best == 1 else group[:best]
        members += [Member(one, place, group, size) for place, one in enumerate(chosen)]
    if best == 1:
        return members

    def compared(one: Member, other: Member) -> int:
        return _compared(one.hit, other.hit, sort)

    return sorted(members, key=cmp_to_key(compared))


def _compared(one: Json, other: Json, sort: Sequence[Json]) -> int:
    """Compare hits by what the server has sorted them by, part by part."""
    for mine, theirs, part in zip(one["sort"], other["sort"], sort, strict=True):
        if mine == theirs:
            continue
        (how,) = part.values()
        if mine is None or theirs is None:
            is_first = (mine is None) == (how.get("missing") == "_first")
        else:
            is_first = (mine < theirs) == (how["order"] == "asc")
        return -1 if is_first else 1
    return 0


class ServerLeftOut:
    """The documents that match and are no hits; see :class:`searchlib.search.left_out.LeftOut`.

    Args:
        members: The hits of the page.
        first: The place of the first of them among all hits.
        best: How many of each group are hits.
        count: Counts all groups.
        put: Takes documents to be shown, and gives the number of the first of them.
    """

    def __init__(
        self,
        members: Sequence[Member],
        first: int,
        best: int,
        count: Callable[[], int],
        put: Callable[[Sequence[Json]], int],
    ) -> None:
        self._members = members
        self._first = first
        self._best = best
        self._count = count
        self._put = put

    @unlocked_cached_property
    def groups(self) -> int:
        """The number of groups among the documents that match; one on its own is one."""
        return self._count()

    def count(self, place: int) -> int:
        """Count those left out after a hit: the last one of its group has all."""
        member = self._members[place - self._first]
        return max(member.size - self._best, 0) if member.place == self._best - 1 else 0

    def docnums(self, place: int) -> list[int]:
        """Find those left out after a hit, in the order of the results; the first hundred."""
        if not self.count(place):
            return []
        rest = self._members[place - self._first].group[self._best :]
        first = self._put(rest)
        return [*range(first, first + len(rest))]
