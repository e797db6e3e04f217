"""How many documents have a date or a number in each of some spans?

Raises (all functions):
    QueryError: A bound is not what the field holds, or there would be too many spans.
    CorruptIndexError: A segment is damaged.
"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from itertools import compress, islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from searchlib.errors import QueryError
from searchlib.postings import SegmentLabels, count_in_spans, count_labels
from searchlib.query.field_values import value_bounds
from searchlib.query.notes import Note
from searchlib.schema.markers import Date
from searchlib.schema.values import UnreadableValue
from searchlib.search.facets import calendar, steps
from searchlib.search.facets.calendar import LATEST, Spans, value_of
from searchlib.search.facets.requests import AUTO
from searchlib.search.facets.values import Facet, SpanCount
from searchlib.search.ranges import HIGHEST, LOWEST, whole_bounds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.arrays import BoolArray, Int64Array, NumberArray
    from searchlib.query.field_values import Bounds, Clock
    from searchlib.query.tree import Range, Term
    from searchlib.schema.models import FieldSpec
    from searchlib.search.facets.requests import Histogram, Ranges, Unit
    from searchlib.search.facets.values import Bound
    from searchlib.search.index_view import IndexView
    from searchlib.segment.doc_values import DocValues, Steps

MAX_SPANS: Final = 10_000
"""How many spans of a histogram are told at most."""
_MOST_LISTED: Final = 1 << 16
"""How many steps a column may have for their spans to be listed."""


class Scale(NamedTuple):
    """How values are divided into spans of equal kind, each with a whole number.

    Attributes:
        by: The unit, or the width.
        kind: The type of the values of the field.
    """

    by: Unit | float
    kind: str

    def numbers_of(self, values: NumberArray) -> Int64Array:
        """Tell the number of the span of each value."""
        if isinstance(self.by, str):
            return calendar.numbers_of(self.by, values)
        return steps.numbers_of(self.by, values)

    def starts_of(self, numbers: Int64Array) -> NumberArray:
        """Tell where spans begin."""
        if isinstance(self.by, str):
            return calendar.starts_of(self.by, numbers)
        return steps.starts_of(self.by, numbers, self.kind)

    def spans_of(self, numbers: Int64Array) -> Spans:
        """Give the spans with these numbers."""
        if isinstance(self.by, str):
            return calendar.spans_of(self.by, numbers, self.kind == "datetime")
        return steps.spans_of(self.by, numbers, self.kind)

    def ends_of(self, extent: tuple[float, float]) -> tuple[int, int]:
        """Tell the numbers of the first and the last span that there may be."""
        dtype = np.float64 if self.kind == "float" else np.int64
        first, last = self.numbers_of(np.array(extent, dtype)).tolist()
        return first, last


@lru_cache(maxsize=16)
def _laid_out(scale: Scale, extent: tuple[float, float]) -> tuple[NumberArray, Spans] | None:
    """Tell where spans begin and end, and give them.

    ``None`` if there may be too many, or if what they are to hold is no number or date.
    """
    if not _divisible(np.array(extent), scale.kind).all():
        return None
    first, last = scale.ends_of(extent)
    if last - first >= MAX_SPANS:
        return None
    numbers = first + np.arange(last - first + 1)  # the last may be the highest there is
    # What is beyond all spans, infinity or no date, is in none. There are no such whole numbers.
    bounds = numbers if scale.kind == "int" else np.append(numbers, last + 1)
    return scale.starts_of(bounds), scale.spans_of(numbers)


_new_count: Final = partial(tuple.__new__, SpanCount)  # half the time of SpanCount(...)
_Row = tuple[str, int, Any, Any]


def count_histogram(
    request: Histogram, spec: FieldSpec, index: IndexView, docnums: Int64Array | None, total: int
) -> Facet:
    """Count documents by equal spans of time or numbers."""
    column = index.numbers(spec.name)
    if column is None:
        return Facet(spec.name, (), total, total, 0, by=_given(request))
    # What the values of the whole index are between is known; what those of the hits are, not.
    if request.by != AUTO and column.extent is not None:
        scale = Scale(request.by, spec.column_kind)
        layout = _laid_out(scale, column.extent)
        if layout is not None:
            return _dense(request, scale, layout, column, docnums, total)
    found = values_of(column, docnums)
    finite = found[_divisible(found, spec.kind)]
    if not len(finite):
        return Facet(spec.name, (), total, total - len(found), len(found), by=_given(request))
    extent = finite.min().item(), finite.max().item()
    scale = scale_of(request, spec, extent)
    layout = _laid_out(scale, extent)
    if layout is None:
        return _sparse(request, scale, found, finite, total)
    return _dense(request, scale, layout, column, docnums, total)


def _divisible(values: NumberArray, kind: str) -> BoolArray:
    """Tell which values are in a span at all: numbers that are finite, dates of the calendar."""
    if kind in ("date", "datetime"):
        return (values >= 0) & (values <= LATEST)
    return np.isfinite(values)


def _given(request: Histogram) -> Unit | float | None:
    return None if request.by == AUTO else request.by


def scale_of(request: Histogram, spec: FieldSpec, extent: tuple[float, float]) -> Scale:
    """Choose how the values of a field are divided into spans.

    Args:
        request: What is asked for.
        spec: The field.
        extent: The lowest and the highest value.
    """
    by = request.by
    if by == AUTO and isinstance(spec.marker, Date):
        by = calendar.unit_for(int(extent[0]), int(extent[1]), spec.kind == "datetime")
    elif by == AUTO:
        by = steps.width_for(*extent, spec.column_kind)
    return Scale(by, spec.column_kind)


def _dense(
    request: Histogram,
    scale: Scale,
    layout: tuple[NumberArray, Spans],
    column: DocValues,
    docnums: Int64Array | None,
    total: int,
) -> Facet:
    """Count all spans that there may be, in one pass."""
    cuts, spans = layout
    counts = _counts(column, docnums, cuts)
    of_each = counts.tolist()
    inside = of_each[1 : len(spans.labels) + 1]
    having, told = sum(of_each), sum(inside)
    rows = zip(spans.labels, inside, spans.starts, spans.ends, strict=True)
    chosen = _from_first_to_last(rows, inside) if request.fill else compress(rows, inside)
    values = tuple(map(_new_count, chosen))
    return Facet(request.field, values, total, total - having, having - told, by=scale.by)


def _from_first_to_last(rows: Iterable[_Row], counts: list[int]) -> Iterable[_Row]:
    places = [place for place, count in enumerate(counts) if count] or [0, -1]
    return islice(rows, places[0], places[-1] + 1)


def _sparse(
    request: Histogram, scale: Scale, found: NumberArray, finite: NumberArray, total: int
) -> Facet:
    """Count spans that are so many that only those with documents are looked at."""
    numbers, counts = np.unique(scale.numbers_of(finite), return_counts=True)
    return spans_facet(request, scale, numbers, counts, having=len(found), total=total)


def spans_facet(
    request: Histogram,
    scale: Scale,
    numbers: Int64Array,
    counts: Int64Array,
    *,
    having: int,
    total: int,
) -> Facet:
    """Tell of spans that were counted.

    Args:
        request: What was asked for.
        scale: How values are divided into spans.
        numbers: The spans with documents, at least one, ascending. Shape (S,), int64.
        counts: How many documents each has. Shape (S,), int64.
        having: How many documents have a value.
        total: How many were looked at.

    Raises:
        QueryError: There are too many spans.
    """
    if len(numbers) > MAX_SPANS:
        raise QueryError(
            f"expected at most {MAX_SPANS:,} spans of {request.field!r}, got {len(numbers):,} by "
            f"{scale.by}; choose longer ones, or a filter on {request.field!r}"
        )
    told = int(counts.sum())
    length = int(numbers[-1]) - int(numbers[0]) + 1
    gaps = request.fill and length > MAX_SPANS
    if request.fill and not gaps:
        all_counts = np.zeros(length, np.int64)
        all_counts[numbers - numbers[0]] = counts
        numbers, counts = numbers[0] + np.arange(length), all_counts
    spans = scale.spans_of(numbers)
    rows = zip(spans.labels, counts.tolist(), spans.starts, spans.ends, strict=True)
    values = tuple(map(_new_count, rows))
    missing, other = total - having, having - told
    return Facet(request.field, values, total, missing, other, by=scale.by, gaps=gaps)


def gap_notes(facets: Iterable[object]) -> list[Note]:
    """Remark on spans that are left out although they were asked for, and say what helps."""
    return [
        Note(
            "limit",
            f"spans of {facet.field!r} without a document are left out, as there would be more "
            f"than {MAX_SPANS:,} by {facet.by}; a filter on {facet.field!r} leaves out what lies "
            "far from the rest",
        )
        for facet in facets
        if isinstance(facet, Facet) and facet.gaps
    ]


def _counts(column: DocValues, docnums: Int64Array | None, cuts: NumberArray) -> Int64Array:
    """Count documents by how many cuts are not above their values."""
    steps = column.steps
    if steps is None or steps.last > _MOST_LISTED:
        present = None if column.complete else column.present
        return count_in_spans(column.values, present, docnums, cuts)
    # Few steps are counted as labels are, as it is known of each between which cuts it is.
    places = SegmentLabels(column.stored, None, _places(steps, cuts.tobytes()), 0)
    counts, _ = count_labels([places], docnums, len(cuts) + 2)
    return counts[:-1]


@lru_cache(maxsize=16)
def _places(steps: Steps, cuts: bytes) -> Int64Array:
    """Tell of each step how many cuts are not above it; of step 0, that it is beyond them.

    Args:
        steps: The steps.
        cuts: Values, ascending: int64 in bytes. B of them.

    Returns:
        Shape (number of steps + 1,), int64.
    """
    below = steps.below(np.frombuffer(cuts, np.int64))
    runs = np.diff(below, prepend=0, append=steps.last)
    return np.concatenate([[len(below) + 1], np.arange(len(below) + 1).repeat(runs)])


def values_of(column: DocValues, docnums: Int64Array | None) -> NumberArray:
    """Take the values of documents that have one; what is not a number is none."""
    values, present = (column.values, column.present) if docnums is None else column.take(docnums)
    values = values[present]
    return values[~np.isnan(values)] if values.dtype.kind == "f" else values


def count_ranges(
    request: Ranges,
    spec: FieldSpec,
    index: IndexView,
    docnums: Int64Array | None,
    total: int,
    clock: Clock,
) -> Facet:
    """Count documents by ranges, which may overlap: cut where any begins or ends, and added up."""
    column = index.numbers(spec.name)
    ranges = RangeCuts.of(request, spec, clock)
    counts = np.zeros(len(ranges.cuts) + 1, np.int64)
    if column is not None:
        counts = _counts(column, docnums, ranges.cuts)
    return ranges.facet(request, spec, counts, total)


class RangeCuts(NamedTuple):
    """Ranges, which may overlap, and where any of them begins or ends.

    Attributes:
        ranges: The label of each, and its ends.
        cuts: Where any begins, or is over. Shape (C,), int64 or float64, ascending.
    """

    ranges: list[tuple[str, _Ends]]
    cuts: NumberArray

    @classmethod
    def of(cls, request: Ranges, spec: FieldSpec, clock: Clock) -> RangeCuts:
        """Read the ranges of a request."""
        ranges = [(label, _ends_of(query, spec, clock)) for label, query in request.queries()]
        dtype = np.float64 if spec.column_kind == "float" else np.int64
        ends = {end for _, ends in ranges for end in ends if end is not None}
        return cls(ranges, np.array(sorted(ends), dtype))

    def facet(self, request: Ranges, spec: FieldSpec, counts: Int64Array, total: int) -> Facet:
        """Add up what lies between the cuts.

        Args:
            request: The ranges.
            spec: The field.
            counts: How many documents have a value before the first cut, between it and the next,
                and so on. Shape (C + 1,), int64.
            total: How many documents were looked at.
        """
        cuts, having = self.cuts, int(counts.sum())
        covered = np.zeros(len(counts), np.bool_)
        values = []
        for label, (start, after) in self.ranges:
            first = 0 if start is None else int(cuts.searchsorted(start)) + 1
            last = len(counts) if after is None else int(cuts.searchsorted(after)) + 1
            covered[first:last] = True
            told = _first_value(start, spec), _last_value(after, spec)
            values.append(SpanCount(label, int(counts[first:last].sum()), *told))
        other = int(counts[~covered].sum())
        return Facet(request.field, tuple(values), total, total - having, other)


_Ends = tuple[float | None, float | None]
"""The first value of a range, and the first after it; ``None`` for open ends."""


def _ends_of(query: Term | Range, spec: FieldSpec, clock: Clock) -> _Ends:
    try:
        bounds = value_bounds(query, spec, clock)
    except UnreadableValue as error:
        raise QueryError(f"Ranges: field {spec.name!r}: {error}") from error
    if bounds.is_reversed:
        raise QueryError(f"Ranges: expected the lowest value before the highest, got {query}")
    if spec.column_kind == "float":
        return _float_ends(bounds)
    low, high = whole_bounds(bounds)
    if low > HIGHEST or high < LOWEST:
        return 0, 0
    return None if low == LOWEST else low, None if high == HIGHEST else max(high + 1, low)


def _float_ends(bounds: Bounds) -> _Ends:
    low = None if bounds.low == -math.inf else bounds.low
    after = None if bounds.high == math.inf else bounds.high
    if low is not None:
        low = math.nextafter(low, math.inf) if bounds.open_low else float(low)
    if after is not None:
        after = float(after) if bounds.open_high else math.nextafter(after, math.inf)
    return low, after if after is None or low is None else max(low, after)


def _first_value(start: float | None, spec: FieldSpec) -> Bound | None:
    return None if start is None else _value(start, spec)


def _last_value(after: float | None, spec: FieldSpec) -> Bound | None:
    if after is None:
        return None
    return _value(
        math.nextafter(after, -math.inf) if spec.column_kind == "float" else after - 1, spec
    )


def _value(number: float, spec: FieldSpec) -> Bound:
    if not isinstance(spec.marker, Date):
        return number
    return value_of(int(number), spec.kind == "datetime")
