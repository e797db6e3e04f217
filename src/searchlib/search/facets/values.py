"""What does counting give? Labels, spans and ranges with their numbers of documents."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from searchlib.frozen import frozen
from searchlib.schema.values import label_term
from searchlib.search.dumping import Dumped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.search.facets.requests import Unit

Bound = date | datetime | int | float


class LabelCount(NamedTuple):
    """A label, and how many documents have it.

    Attributes:
        label: The label as documents write it.
        count: How many documents.
    """

    label: str
    count: int  # type: ignore[assignment]  # tuples have a method of that name

    def to_json(self) -> dict[str, Any]:
        """Convert it to values that JSON can hold."""
        return self._asdict()


class SpanCount(NamedTuple):
    """A span of time or numbers, and how many documents have a value in it.

    ``published:LABEL`` finds just these documents, and so does a range from ``start`` to ``end``.

    Attributes:
        label: The span as a query has it behind the name of the field: ``2025-02``, ``10..19``.
        count: How many documents.
        start: The first value of the span; ``None`` for an open end.
        end: The last value of the span, which is in it; ``None`` for an open end.
    """

    label: str
    count: int  # type: ignore[assignment]
    start: Bound | None
    end: Bound | None

    def to_json(self) -> dict[str, Any]:
        """Convert it to values that JSON can hold."""
        return {name: plain(value) for name, value in self._asdict().items()}


@frozen
class Facet(Dumped, Sequence[Any]):
    """The counts of a ``Terms``, ``Histogram`` or ``Ranges``.

    It is a sequence of its values, which are also found by label: ``facet["Sport"].count``.

    Attributes:
        field: The field.
        values: The labels, spans or ranges, in order, each with its ``label`` and ``count``.
        total: How many documents were counted; more than hits where the facet leaves a condition
            of the filter out.
        missing: How many of them have no value. What is not a number is none.
        other: Of ``Terms`` the sum of the counts of the labels that are not told; of ``Histogram``
            and ``Ranges`` how many documents have a value that is in no span.
        distinct: How many different labels there are, of all that the prefix allows; ``None`` but
            for ``Terms``.
        by: The unit or width of the spans of a ``Histogram``.
        gaps: Whether spans without a document are left out that ``fill`` asks for, as there would
            be too many.
    """

    field: str
    values: tuple[LabelCount, ...] | tuple[SpanCount, ...]
    total: int
    missing: int
    other: int
    distinct: int | None = None
    by: Unit | float | None = None
    gaps: bool = False

    @overload
    def __getitem__(self, index: int | str) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | str | slice) -> Any:
        """Give a value by its place or label, in capital letters or not.

        Raises:
            IndexError: There is no such place.
            KeyError: No value has that label.
        """
        if not isinstance(index, str):
            return self.values[index]
        wanted = label_term(index, lowercase=True)
        alike = [one for one in self.values if label_term(one.label, lowercase=True) == wanted]
        if not alike:
            raise KeyError(index)
        return next((one for one in alike if one.label == index), alike[0])

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)

    def to_json(self) -> dict[str, Any]:
        """Convert the facet to values that JSON can hold."""
        optional = {"distinct": self.distinct, "by": self.by, "gaps": self.gaps or None}
        return {
            "field": self.field,
            "total": self.total,
            "missing": self.missing,
            "other": self.other,
            **{name: value for name, value in optional.items() if value is not None},
            "values": [one.to_json() for one in self.values],
        }


@frozen
class FieldStats(Dumped):
    """What ``Stats`` computes. Without a value all but the counts are ``None``.

    Attributes:
        field: The field.
        total: How many documents were looked at.
        count: How many of them have a value.
        missing: How many have none. What is not a number is none.
        min: The lowest value.
        max: The highest value.
        mean: The mean value.
        sum: The sum; ``None`` for dates.
        variance: The mean square distance from the mean; ``None`` for dates.
        stddev: The square root of the variance, the standard deviation; of dates a ``timedelta``.
    """

    field: str
    total: int
    count: int
    missing: int
    min: Bound | None = None
    max: Bound | None = None
    mean: datetime | float | None = None
    sum: int | float | None = None
    variance: float | None = None
    stddev: timedelta | float | None = None

    def to_json(self) -> dict[str, Any]:
        """Convert them to values that JSON can hold; a ``timedelta`` to seconds."""
        return {one.name: plain(getattr(self, one.name)) for one in fields(self)}


@frozen
class DistinctCount(Dumped):
    """What ``Distinct`` counts.

    Attributes:
        field: The field.
        total: How many documents were looked at.
        count: How many different values they have.
        missing: How many have none. What is not a number is none.
    """

    field: str
    total: int
    count: int
    missing: int

    def to_json(self) -> dict[str, Any]:
        """Convert it to values that JSON can hold."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


FacetResult = Facet | FieldStats | DistinctCount


def plain(value: Any) -> Any:
    """Write a value as JSON can hold it, which has no infinity."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return None if isinstance(value, float) and not math.isfinite(value) else value
