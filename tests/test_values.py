"""What documents hold is found as it was written: moments at the ends of time, labels of enums."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Date, Index, Key, Keyword, Text
from searchlib.query.dates import date_span
from searchlib.schema.values import UnreadableValue, indexed_time
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path

FIRST, LAST = datetime.min, datetime.max
EARLY, LATE = "0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-05:00"


class Event(BaseModel):
    id: Annotated[str, Key()]
    at: Annotated[datetime | None, Date(sortable=True)] = None
    day: Annotated[date | None, Date(sortable=True)] = None


@pytest.mark.parametrize("workers", [0, 1])
def test_moments_that_a_zone_shifts_out_of_range_are_the_first_and_the_last(
    tmp_path: Path, workers: int
) -> None:
    index = Index.create(tmp_path / "index", Event)
    documents = [
        {"id": "early", "at": EARLY},
        {"id": "bad", "at": "9999-13-31"},
        {"id": "late", "at": LATE},
        {"id": "now", "at": "2025-02-17T18:30:05.000001+02:00"},
        {"id": "worse", "day": "no day"},
        {"id": "last", "day": "9999-12-31", "at": "9999-12-31T23:59:59.999999"},
        {"id": "first", "day": "0001-01-01", "at": "0001-01-01T00:00:00"},
    ]
    report = index.add(documents, workers=workers)
    assert report.added == 5
    assert [problem.key for problem in report.rejected] == ["bad", "worse"]

    def found(query: str, sort: str | None = "at") -> list[str]:
        return [hit.key for hit in index.search(query, sort=sort)]

    assert found("*") == ["early", "first", "now", "late", "last"]
    assert found("at:0001") == found(f'at:"{EARLY}"') == ["early", "first"]
    assert found("at:9999") == ["late", "last"]
    assert found(f'at:"{LATE}"') == ["late", "last"]
    assert found("day:9999") == found("day:9999-12") == found("day:9999-12-31") == ["last"]
    assert found("day:0001") == ["first"]
    assert found("at:[2025 TO 9999]") == ["now", "late", "last"]
    assert found("at:[0001 TO 2024]") == ["early", "first"]
    assert found('at:"2025-02-17T16:30:05.000001"') == ["now"]
    shown = index.get("early")
    assert shown is not None
    assert shown.at == datetime.fromisoformat(EARLY)


@each(
    ("text", "first", "last"),
    [
        ("9999", datetime(9999, 1, 1), LAST),
        ("9999-12", datetime(9999, 12, 1), LAST),
        ("9999-12-31", datetime(9999, 12, 31), LAST),
        ("9999-12-31T23:59:59.999999", LAST, LAST),
        ("0001", FIRST, datetime(1, 12, 31, 23, 59, 59, 999999)),
        ("2024-02", datetime(2024, 2, 1), datetime(2024, 2, 29, 23, 59, 59, 999999)),
        (EARLY, FIRST, FIRST),
        ("0001-01-01T01:59+02:00", FIRST, FIRST),
        ("0001-01-01T02+02:00", FIRST, datetime(1, 1, 1, 0, 59, 59, 999999)),
        (LATE, LAST, LAST),
        ("9999-12-31T19-05:00", LAST, LAST),
        ("9999-12-31T18-05:00", datetime(9999, 12, 31, 23), LAST),
    ],
)
def test_the_span_of_a_date_ends_where_time_does(
    text: str, first: datetime, last: datetime
) -> None:
    assert date_span(text, now=NOW) == (first, last)


@each("text", ["0000", "0000-01-01", "10000", "2025-02-29", "9999-12-32"])
def test_what_is_no_date_at_the_ends_of_time_is_none(text: str) -> None:
    with pytest.raises(UnreadableValue):
        date_span(text, now=NOW)


NOW = datetime(2026, 11, 27, tzinfo=UTC)
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=zones | st.just(UTC)))
def test_a_moment_in_a_zone_is_indexed_in_utc(moment: datetime) -> None:
    try:
        expected = moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        expected = FIRST if moment.year == 1 else LAST
    assert indexed_time(moment) == expected


@given(st.datetimes(timezones=zones | st.none()))
def test_the_span_of_a_moment_is_that_moment(moment: datetime) -> None:
    text = moment.isoformat(timespec="microseconds")
    assert date_span(text, now=NOW) == (indexed_time(moment),) * 2


@pytest.mark.parametrize("name", ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati"])
def test_named_zones_have_ends_too(name: str) -> None:
    for moment in (FIRST, LAST):
        assert FIRST <= indexed_time(moment.replace(tzinfo=ZoneInfo(name))) <= LAST


class Nowhere(tzinfo):
    def utcoffset(self, dt: datetime | None) -> None:
        return None

    dst = tzname = utcoffset


def test_a_zone_that_has_no_offset_is_none() -> None:
    moment = datetime(2025, 2, 17, 18, 30)
    assert indexed_time(moment.replace(tzinfo=Nowhere())) == moment


class Status(str, Enum):  # noqa: UP042 - of both kinds, this is the one whose str() is its name
    OPEN = "Open"
    SHUT = "Shut"


class Desk(StrEnum):
    CITY = "City"


class Case(BaseModel):
    id: Annotated[Status, Key()]
    status: Annotated[Status | None, Keyword()] = None
    exact: Annotated[Status, Keyword(lowercase=False)] = Status.OPEN
    many: Annotated[list[Status], Keyword()] = []
    desk: Annotated[Desk, Keyword()] = Desk.CITY
    text: Annotated[Status, Text()] = Status.OPEN
    texts: Annotated[list[Status], Text()] = []


@pytest.mark.parametrize("workers", [0, 1])
def test_a_label_of_an_enum_is_indexed_by_its_value(tmp_path: Path, workers: int) -> None:
    index = Index.create(tmp_path / "index", Case)
    with index.writer(workers=workers) as writer:
        writer.add(Case(id=Status.OPEN, status=Status.SHUT))
        writer.add(
            [Case(id=Status.OPEN, status=Status.OPEN, many=[Status.SHUT], texts=[Status.SHUT])]
            * 4000
        )
        assert writer.report.added == 1
    for query in (
        "status:open", "exact:Open", "many:shut", "desk:city", "text:open", "texts:shut", "id:Open",
    ):  # fmt: skip
        assert [hit.key for hit in index.search(query)] == ["Open"], query
    for query in ("status:shut", "status:Status.OPEN", "exact:open"):
        assert index.search(query).total == 0, query
    found = index.get("Open")
    assert found is not None
    assert found.status is Status.OPEN
    assert Status.OPEN in index
    assert index.delete(Status.OPEN) == 1
