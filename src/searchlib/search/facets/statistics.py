"""What are the mean, the spread and the number of different values of documents?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from searchlib.schema.markers import Date
from searchlib.search.facets.calendar import moment_of, value_of
from searchlib.search.facets.spans import values_of
from searchlib.search.facets.values import FieldStats

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array, NumberArray
    from searchlib.schema.models import FieldSpec
    from searchlib.search.index_view import IndexView


def compute_stats(
    spec: FieldSpec, index: IndexView, docnums: Int64Array | None, total: int
) -> FieldStats:
    """Compute the statistics of a date or number field.

    Args:
        spec: The field.
        index: Where.
        docnums: The documents; ``None`` for all. Shape (D,), int64.
        total: How many there are.
    """
    column = index.numbers(spec.name)
    values = np.empty(0) if column is None else values_of(column, docnums)
    count = len(values)
    if not count:
        return FieldStats(spec.name, total, 0, total)
    low, high = values.min().item(), values.max().item()
    is_date = isinstance(spec.marker, Date)
    base = low if is_date else 0  # dates are so large that floats have no room for their seconds
    values = values - base if is_date else values
    added = _sum(values)
    with np.errstate(all="ignore"):  # of infinite values
        mean = added / count
        variance = float(np.square(values - mean).mean())
    counted = (spec.name, total, count, total - count)
    if not is_date:
        spread = float(np.sqrt(variance))
        return FieldStats(*counted, low, high, mean, added, variance, spread)
    has_times = spec.kind == "datetime"
    low, high = value_of(low, has_times), value_of(high, has_times)
    spread_in_time = timedelta(microseconds=float(np.sqrt(variance)))
    return FieldStats(*counted, low, high, moment_of(base + round(mean)), stddev=spread_in_time)


def distinct_numbers(
    spec: FieldSpec, index: IndexView, docnums: Int64Array | None
) -> tuple[int, int]:
    """Count the different values of documents, and the documents that have one."""
    column = index.numbers(spec.name)
    values = np.empty(0) if column is None else values_of(column, docnums)
    return len(np.unique(values)), len(values)


def _sum(values: NumberArray) -> int | float:
    """Add numbers up; whole ones exactly, also beyond 64 bits."""
    if values.dtype.kind == "f":
        with np.errstate(all="ignore"):
            return float(values.sum())
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
