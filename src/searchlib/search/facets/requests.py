"""What can be counted of the documents that match?

Raises (all classes):
    QueryError: An argument is not what it should be.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from searchlib.arguments import flag, one_of, whole_number
from searchlib.errors import QueryError
from searchlib.frozen import frozen
from searchlib.query.checks import shown
from searchlib.query.dates import split_range
from searchlib.query.tree import Range, Term
from searchlib.schema.markers import Date, Keyword, Number

if TYPE_CHECKING:
    from searchlib.schema.models import DocumentSchema, FieldSpec

Unit = Literal["year", "quarter", "month", "week", "day", "hour"]

UNITS: Final[tuple[Unit, ...]] = ("year", "quarter", "month", "week", "day", "hour")
"""How long the spans of a histogram of dates can be, the longest first."""
AUTO: Final = "auto"


@frozen
class FacetRequest:
    """What all requests have in common.

    Attributes:
        field: What is counted.
    """

    field: str

    def __post_init__(self) -> None:
        if not isinstance(self.field, str):
            raise QueryError(f"expected the name of a field to count by, got {shown(self.field)}")


@frozen
class Terms(FacetRequest):
    """Count documents by their labels.

    Attributes:
        field: A field marked ``Keyword``.
        size: How many labels are told; ``None`` for all.
        sort: The most frequent first, equally frequent ones in the order of their letters
            ("count"); or all in that order ("label").
        prefix: Only labels that begin so, in capital letters or not.
        multi_select: Whether to count as if the filter had no condition on this field: what a
            person needs to see who has chosen one label and may choose another.
    """

    size: int | None = 10
    sort: Literal["count", "label"] = "count"
    prefix: str | None = None
    multi_select: bool = False

    def __post_init__(self) -> None:
        _expect_common(self)
        if self.size is not None:
            whole_number("size", self.size, 0, instead="None for all labels", error=QueryError)
        one_of("sort", self.sort, ("count", "label"), error=QueryError)
        if self.prefix is not None and not isinstance(self.prefix, str):
            raise QueryError(f"expected prefix to be a text or None, got {shown(self.prefix)}")


@frozen
class Histogram(FacetRequest):
    """Count documents by spans of time, or by numbers in steps of equal width.

    Attributes:
        field: A date or number field.
        by: For dates "year", "quarter", "month", "week" (from Monday on), "day" or "hour"; for
            numbers the width of a step, whose borders are its multiples. "auto" chooses by how far
            apart the lowest and the highest value are, so that there are about 50 spans at most.
        fill: Whether spans between the first and the last that no document is in are told, too. If
            they would be more than 10,000, they are not, and a note says so.
        multi_select: As of :class:`Terms`.
    """

    by: Unit | Literal["auto"] | float = AUTO
    fill: bool = False
    multi_select: bool = False

    def __post_init__(self) -> None:
        _expect_common(self)
        flag("fill", self.fill, error=QueryError)
        if isinstance(self.by, str):
            one_of("by", self.by, (*UNITS, AUTO), error=QueryError)
        elif (
            isinstance(self.by, bool)
            or not isinstance(self.by, int | float)
            or not 0 < self.by < math.inf
        ):
            raise QueryError(
                f"expected by to be a unit of time ({', '.join(UNITS)}), a number above 0 or "
                f"{AUTO!r}, got {shown(self.by)}"
            )


@frozen
class Ranges(FacetRequest):
    """Count documents by ranges of your own, which may overlap.

    Attributes:
        field: A date or number field.
        ranges: Each a pair of the lowest and the highest value, both of which count, with ``None``
            for an open end; or a text as in a query (``"2025-01..2025-03"``, ``"last week"``); or
            anything with the attributes ``low`` and ``high``, and perhaps ``include_low`` and
            ``include_high``, such as a :class:`searchlib.query.Range`.
        multi_select: As of :class:`Terms`.
    """

    ranges: Sequence[Any]
    multi_select: bool = False

    def __post_init__(self) -> None:
        _expect_common(self)
        given: Any = self.ranges
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise QueryError(f"Ranges: expected a list of ranges, got {shown(given)}")
        object.__setattr__(self, "ranges", tuple(given))
        if not self.ranges:
            raise QueryError(f"Ranges: expected at least one range of {self.field!r}, got none")
        self.queries()

    def queries(self) -> list[tuple[str, Term | Range]]:
        """Give a label for each range, and a query for what is in it."""
        return [_range_query(self.field, one) for one in self.ranges]


@frozen
class Stats(FacetRequest):
    """Compute the lowest, the highest and the mean value of a field, their sum and their spread.

    Attributes:
        field: A date or number field.
    """


@frozen
class Distinct(FacetRequest):
    """Count the different values of a field.

    Attributes:
        field: A field marked ``Keyword``, or a date or number field.
    """


Facets = bool | str | FacetRequest | Iterable[str | FacetRequest] | Mapping[str, str | FacetRequest]
"""What ``facets`` of a search may be: ``True`` for all fields marked so; requests; or requests by
names. The name of a field stands for ``Terms`` of it."""

_FIELDS: Final[dict[type, str]] = {
    Terms: "a keyword field",
    Histogram: "a date or number field",
    Ranges: "a date or number field",
    Stats: "a date or number field",
    Distinct: "a keyword, date or number field",
}


def facet_requests(facets: Facets, schema: DocumentSchema) -> dict[str, FacetRequest]:
    """Read what a search is to count.

    Args:
        facets: As of :meth:`searchlib.Index.search`.
        schema: The fields.

    Returns:
        The requests, by the names of what they give.

    Raises:
        QueryError: It is something else, or a field has nothing that can be counted so.
    """
    named = _named(facets, schema)
    for request in named.values():
        _expect_suited(request, schema)
    return named


def _named(facets: Any, schema: DocumentSchema) -> dict[str, FacetRequest]:
    if facets is False:
        return {}
    if facets is True:
        specs = schema.fields.values()
        return {
            spec.name: Terms(spec.name)
            for spec in specs
            if isinstance(spec.marker, Keyword) and spec.marker.facet
        }
    if isinstance(facets, Mapping):
        return {_name(name): _request(one) for name, one in facets.items()}
    if isinstance(facets, str | FacetRequest):
        facets = [facets]
    if not isinstance(facets, Iterable):
        raise QueryError(
            "expected facets to be True, names of fields, Terms, Histogram, Ranges, Stats or "
            f"Distinct, or a mapping of names to these, got {shown(facets)}"
        )
    named: dict[str, FacetRequest] = {}
    for request in map(_request, facets):
        if request.field in named:
            raise QueryError(
                f"expected one facet of {request.field!r}, got two; give them names: "
                f"facets={{'{request.field}': ..., '{request.field}_2': ...}}"
            )
        named[request.field] = request
    return named


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise QueryError(f"expected the name of a facet to be a text, got {shown(name)}")
    return name


def _request(one: Any) -> FacetRequest:
    if isinstance(one, str):
        return Terms(one)
    if not isinstance(one, FacetRequest):
        raise QueryError(
            "expected a facet to be the name of a field, or Terms, Histogram, Ranges, Stats or "
            f"Distinct, got {shown(one)}"
        )
    return one


def _suits(request: FacetRequest, spec: FieldSpec) -> bool:
    if isinstance(spec.marker, Date | Number):
        return not isinstance(request, Terms)
    return isinstance(spec.marker, Keyword) and isinstance(request, Terms | Distinct)


def _expect_suited(request: FacetRequest, schema: DocumentSchema) -> None:
    spec = schema.fields.get(request.field)
    if spec is None or not _suits(request, spec):
        kind, specs = type(request), schema.fields.values()
        there = ", ".join(spec.name for spec in specs if _suits(request, spec)) or "none"
        instead = ""
        if kind is Terms and spec is not None and isinstance(spec.marker, Date | Number):
            instead = f"; to count {spec.name!r} by spans: Histogram({spec.name!r}), or Ranges"
        raise QueryError(
            f"{kind.__name__}: expected {_FIELDS[kind]}, got {shown(request.field)}; there are "
            f"{there}{instead}"
        )
    if isinstance(request, Histogram) and request.by != AUTO:
        _expect_suited_by(request.by, spec)


def _expect_suited_by(by: str | float, spec: FieldSpec) -> None:
    if isinstance(spec.marker, Date):
        expected, suited = f"one of {', '.join(UNITS)}", isinstance(by, str)
    elif spec.kind == "int":
        expected = "a whole number"
        suited = not isinstance(by, str) and int(by) == by
    else:
        expected = f"a number up to {sys.float_info.max}"
        suited = not isinstance(by, str) and by <= sys.float_info.max
    if not suited:
        raise QueryError(
            f"Histogram: expected by to be {expected} for {spec.name!r}, got {shown(by)}"
        )


def _expect_common(request: Terms | Histogram | Ranges) -> None:
    FacetRequest.__post_init__(request)
    flag("multi_select", request.multi_select, error=QueryError)


def _range_query(field: str, one: Any) -> tuple[str, Term | Range]:
    if isinstance(one, str):
        sides = split_range(one)
        if sides is None:
            return one, Term(field, one)
        return one, Range(field, sides[0] or None, sides[1] or None)
    if isinstance(one, tuple | list) and len(one) == 2:
        query = Range(field, *one)
    elif hasattr(one, "low") and hasattr(one, "high"):
        inclusive = [getattr(one, name, True) for name in ("include_low", "include_high")]
        query = Range(field, one.low, one.high, *inclusive)
    else:
        raise QueryError(
            "Ranges: expected a pair of the lowest and the highest value, a text such as "
            f"'10..20', or a range, got {shown(one)}"
        )
    if query.low != query.low or query.high != query.high:
        raise QueryError(f"Ranges: expected numbers or dates, got {shown(one)}")
    return _label(query), query


def _label(query: Range) -> str:
    """Write a range as a query has it behind the name of the field."""
    low, high = map(_written, (query.low, query.high))
    if query.include_low and query.include_high:
        return f"{low}..{high}" if low or high else "*"
    opening, closing = "{["[query.include_low], "}]"[query.include_high]
    return f"{opening}{low} TO {high}{closing}"


def _written(value: Any) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float | str) else str(value.isoformat())
