"""Where do years, quarters, months, weeks, days and hours begin?

A date is the number of microseconds from the beginning of the year 1, in UTC where documents have a
time zone: as the index has it. So a span has just the documents that its label finds in a query.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from searchlib.schema.values import DAY
from searchlib.search.facets.requests import UNITS

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array
    from searchlib.search.facets.requests import Unit

_EXACT: Final = {"hour": DAY // 24, "day": DAY, "week": 7 * DAY}  # year 1 begins on a Monday
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_MOST_AUTO: Final = 50
LATEST: Final = 3_652_059 * DAY - 1
"""The last microsecond of the year 9999."""

_YEAR_1: Final = np.datetime64("0001-01-01", "us").astype(np.int64)
_MONTH_1: Final = np.datetime64("0001-01", "M").astype(np.int64)


class Spans(NamedTuple):
    """Spans of time or numbers that follow one another.

    Attributes:
        labels: What a query has behind the name of the field to find what is in each.
        starts: The first value in each.
        ends: The last.
    """

    labels: list[str]
    starts: list[Any]
    ends: list[Any]


def numbers_of(unit: Unit, moments: Int64Array) -> Int64Array:
    """Tell how many whole units have gone by since the year 1 began. Shape as moments, int64."""
    if unit in _EXACT:
        return moments // _EXACT[unit]
    months = (moments + _YEAR_1).view("M8[us]").astype("M8[M]").astype(np.int64) - _MONTH_1
    numbers: Int64Array = months // _MONTHS[unit]
    return numbers


def starts_of(unit: Unit, numbers: Int64Array) -> Int64Array:
    """Tell when so many units have gone by since the year 1 began. Shape as numbers, int64."""
    if unit in _EXACT:
        return numbers * _EXACT[unit]
    months = (numbers * _MONTHS[unit] + _MONTH_1).view("M8[M]")
    starts: Int64Array = months.astype("M8[us]").astype(np.int64) - _YEAR_1
    return starts


def unit_for(low: int, high: int, has_times: bool) -> Unit:
    """Choose the shortest unit of which there are about 50 at most between two moments."""
    for unit in reversed(UNITS if has_times else UNITS[:-1]):
        first, last = numbers_of(unit, np.array([low, high])).tolist()
        if last - first < _MOST_AUTO:
            return unit
    return UNITS[0]


def spans_of(unit: Unit, numbers: Int64Array, has_times: bool) -> Spans:
    """Give the spans that begin after so many units.

    Args:
        unit: The unit.
        numbers: How many units after the beginning of the year 1. Shape (N,), int64.
        has_times: Whether bounds are moments; days, if not.
    """
    starts = starts_of(unit, numbers)
    ends = np.minimum(starts_of(unit, numbers + 1) - 1, LATEST)
    labels = [_label(unit, moment) for moment in _values_of(starts, True)]
    return Spans(labels, _values_of(starts, has_times), _values_of(ends, has_times))


def _values_of(moments: Int64Array, has_times: bool) -> list[Any]:
    """Give moments, or their days, as the field has them."""
    times = (moments + _YEAR_1).view("M8[us]")
    values: list[Any] = (times if has_times else times.astype("M8[D]")).tolist()
    return values


def moment_of(microseconds: int) -> datetime:
    """Give a moment as the index has it; the first or the last where no calendar has it."""
    within = min(max(microseconds, 0), LATEST)
    return datetime.min + timedelta(microseconds=within)  # noqa: DTZ901


def value_of(microseconds: int, has_times: bool) -> date | datetime:
    """Give a moment, or its day, as the field has it."""
    moment = moment_of(microseconds)
    return moment if has_times else moment.date()


def _label(unit: Unit, moment: datetime) -> str:
    match unit:
        case "year":
            return f"{moment.year:04}"
        case "quarter":
            return f"{moment.year:04}-Q{(moment.month + 2) // 3}"
        case "month":
            return f"{moment.year:04}-{moment.month:02}"
        case "week":
            year, week, _ = moment.isocalendar()
            return f"{year:04}-W{week:02}"
        case "day":
            return moment.date().isoformat()
        case "hour":
            return moment.isoformat(timespec="hours")
