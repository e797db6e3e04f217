"""Where does the next page begin on a server? A cursor with a point in time, and a place in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from searchlib.search.cursors import (
    DAMAGED,
    OF_ANOTHER_SEARCH,
    moment_of,
    sealed,
    unsealed,
    unusable,
)

if TYPE_CHECKING:
    from datetime import datetime

_VERSION: Final = 1


class Place:
    """Where a page begins, as a cursor has it.

    Args:
        pit: The point in time that the pages are of.
        now: What relative dates are reckoned from, in microseconds since 1970.
        rank: The rank of the last hit of the page before.
        values: What that is sorted by.
    """

    def __init__(self, pit: str, now: int, rank: int, values: list[Any]) -> None:
        self.pit = pit
        self.now = now
        self.rank = rank
        self.values = values

    @classmethod
    def read(cls, text: object, search: str, sorts: int) -> Place:
        """Read a cursor.

        Args:
            text: The cursor.
            search: The fingerprint of the search that it is for.
            sorts: By how many values hits are sorted.

        Raises:
            QueryError: It is something else, damaged, or of another search.
        """
        match unsealed(text):
            case ["opensearch", int(version), *rest] if version == _VERSION:
                place, of_search = cls._placed(rest)
            case _:
                raise unusable(DAMAGED)
        if of_search != search:
            raise unusable(OF_ANOTHER_SEARCH)
        if not (place.rank > 0 and len(place.values) == sorts and place.moment is not None):
            raise unusable(DAMAGED)
        return place

    @classmethod
    def _placed(cls, given: list[Any]) -> tuple[Place, str]:
        """Take what a cursor holds: the place, and the fingerprint of its search."""
        match given:
            case [str(pit), str(search), int(now), int(rank), list(values)] if all(
                isinstance(one, str | int | float | None) for one in values
            ):
                return cls(pit, now, rank, values), search
            case _:
                raise unusable(DAMAGED)

    def write(self, search: str) -> str:
        """Write the cursor."""
        return sealed(["opensearch", _VERSION, self.pit, search, self.now, self.rank, self.values])

    @property
    def moment(self) -> datetime | None:
        """The moment that relative dates are reckoned from; ``None`` if there is none such."""
        return moment_of(self.now)
