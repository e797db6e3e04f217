"""By what are hits ordered? Fields, and the score, as a search names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, replace
from typing import TYPE_CHECKING, Final, Literal, Self

from searchlib.errors import QueryError
from searchlib.frozen import frozen
from searchlib.query.checks import shown
from searchlib.schema.markers import Date, Key, Keyword, Number

if TYPE_CHECKING:
    from searchlib.schema.models import DocumentSchema, FieldSpec

SCORE: Final = "_score"
"""The score, in an order. No field has such a name."""
_HIGHEST_FIRST: Final = 'write "-" before the name of a field for the highest value first'
_DIRECTION: Final = re.compile(r"(asc|desc)(ending)?", re.IGNORECASE)
_BETWEEN: Final = " \t:.,+-"
"""What stands between a field and a direction that is written out."""


@frozen
class Sort:
    """What hits are ordered by. A name is short for it: ``"-published"`` has the newest first.

    Attributes:
        field: The name of a field, or "score". If the model has a field of that name, it is meant,
            and "_score" is the score.
        descending: Whether the highest value comes first. By default the lowest one does, but the
            highest score.
        missing: Whether documents without a value come "last" or "first", in either direction.

    Raises:
        QueryError: An attribute is something else.
    """

    field: str
    _: KW_ONLY
    descending: bool | None = None
    missing: Literal["last", "first"] = "last"

    def __post_init__(self) -> None:
        if not isinstance(self.field, str):
            raise QueryError(f"Sort: expected the name of a field, got {shown(self.field)}")
        if not isinstance(self.descending, bool | None):
            raise QueryError(f"Sort: expected descending as a bool, got {shown(self.descending)}")
        if self.missing not in ("last", "first"):
            raise QueryError(f"Sort: expected missing 'last' or 'first', got {shown(self.missing)}")

    @classmethod
    def named(cls, name: str, *, missing: Literal["last", "first"] = "last") -> Self:
        """Make what a name is short for.

        Args:
            name: The name, with "-" before it for the highest value first.
            missing: As of the class.
        """
        descending = True if name.startswith("-") else None
        return cls(name.removeprefix("-"), descending=descending, missing=missing)

    @property
    def is_score(self) -> bool:
        """Whether it is the score."""
        return self.field == SCORE


Order = tuple[Sort, ...]
"""What hits are ordered by, the most important first; nothing for the score, the best first."""

SortBy = str | Sort
"""What a search takes: a name, with "-" before it for the highest value first, or a Sort."""


def sort_order(schema: DocumentSchema, sort: SortBy | Iterable[SortBy] | None) -> Order:
    """Read what a search is to be sorted by.

    Args:
        schema: The fields.
        sort: A field, or several.

    Returns:
        The order, with each direction decided.

    Raises:
        QueryError: A field can't be sorted by.
    """
    if sort is None:
        return ()
    given = [sort] if isinstance(sort, SortBy) else sort
    if isinstance(given, Mapping):  # of which only the keys would be seen
        raise QueryError(
            f"expected sort to be a field's name, a Sort or a list of these, got {shown(given)}; "
            f"{_HIGHEST_FIRST}"
        )
    parts = list(given) if isinstance(given, Iterable) else [given]
    order = tuple(_resolved(schema, part) for part in parts)
    return () if order == (Sort(SCORE, descending=True),) else order


def _resolved(schema: DocumentSchema, part: object) -> Sort:
    sort = Sort.named(part) if isinstance(part, str) else part
    if not isinstance(sort, Sort):
        raise QueryError(
            f"expected sort to be a field's name, a Sort or a list of these, got {shown(part)}"
        )
    if sort.is_score or (sort.field == "score" and "score" not in schema.fields):
        return Sort(SCORE, descending=sort.descending is not False)
    expect_sortable(schema, sort.field, part if isinstance(part, str) else sort.field)
    return replace(sort, descending=bool(sort.descending))


def expect_sortable(schema: DocumentSchema, name: str, said: str) -> None:
    """Make sure that hits can be sorted by a field.

    Raises:
        QueryError: They can't.
    """
    there = sortable_fields(schema)
    if name not in there:
        raise QueryError(
            f"expected a sortable field, got {shown(said)}{_remedy(said, there)}; there are "
            f"{', '.join(there)}, and the score"
        )


def _remedy(said: str, there: Iterable[str]) -> str:
    """Say what to write for an order as other libraries have it: "published:desc", "+published"."""
    if _DIRECTION.fullmatch(said.strip()):
        return f"; {_HIGHEST_FIRST}"
    for name in (*there, "score"):
        before, found, behind = said.partition(name)
        around = [before.strip(_BETWEEN), behind.strip(_BETWEEN)]
        if found and all(not one or _DIRECTION.fullmatch(one) for one in around):
            descending = "-" in before + behind or any(one[:1] in "dD" for one in around if one)
            return f"; write {_written(name, descending=descending)}"
    return ""


def _written(name: str, *, descending: bool) -> str:
    if name == "score":
        return "'score'" if descending else "Sort('score', descending=False)"
    return repr(f"-{name}" if descending else name)


def _is_sortable(spec: FieldSpec) -> bool:
    marker = spec.marker
    return isinstance(marker, Key | Keyword) or (
        isinstance(marker, Date | Number) and marker.sortable
    )


def sortable_fields(schema: DocumentSchema) -> list[str]:
    """Name the fields that hits can be sorted by."""
    return [spec.name for spec in schema.fields.values() if _is_sortable(spec)]
