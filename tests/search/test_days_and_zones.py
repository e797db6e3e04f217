"""Relative dates go by the calendar of the zone, over days as over times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from searchlib import Date, Index, Key
from searchlib.query import Range, Term
from searchlib.query.field_values import Clock, value_bounds
from searchlib.schema.models import DocumentSchema
from searchlib.schema.values import microseconds
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path


class Story(BaseModel):
    id: Annotated[str, Key()]
    day: Annotated[date | None, Date()] = None
    moment: Annotated[datetime | None, Date()] = None


SPECS = DocumentSchema.of(Story).fields
LOS_ANGELES, AUCKLAND = ZoneInfo("America/Los_Angeles"), ZoneInfo("Pacific/Auckland")
EARLY = datetime(2025, 5, 14, 3, 0, tzinfo=UTC)  # 20:00 of the 13th in Los Angeles
LATE = datetime(2025, 5, 14, 15, 0, tzinfo=UTC)  # 3:00 of the 15th in Auckland
DAYS = [date(2025, 1, 1) + timedelta(days=count) for count in range(365)]


def days_found(query: Term | Range, now: datetime, zone: tzinfo) -> list[date]:
    low, high, *_ = value_bounds(query, SPECS[query.field], Clock(lambda: now, zone))
    assert low is not None
    assert high is not None
    return [day for day in DAYS if low <= microseconds(day) <= high]


@each(
    ("text", "now", "zone", "first", "last"),
    [
        ("today", EARLY, LOS_ANGELES, "2025-05-13", "2025-05-13"),
        ("yesterday", EARLY, LOS_ANGELES, "2025-05-12", "2025-05-12"),
        ("tomorrow", EARLY, LOS_ANGELES, "2025-05-14", "2025-05-14"),
        ("-1d", EARLY, LOS_ANGELES, "2025-05-12", "2025-05-12"),
        ("now/d", EARLY, LOS_ANGELES, "2025-05-13", "2025-05-13"),
        ("tuesday", EARLY, LOS_ANGELES, "2025-05-13", "2025-05-13"),
        ("last 7 days", EARLY, LOS_ANGELES, "2025-05-06", "2025-05-13"),
        ("this week", EARLY, LOS_ANGELES, "2025-05-12", "2025-05-18"),
        ("this month", EARLY, LOS_ANGELES, "2025-05-01", "2025-05-31"),
        ("may", EARLY, LOS_ANGELES, "2025-05-01", "2025-05-31"),
        ("last 24 hours", EARLY, LOS_ANGELES, "2025-05-13", "2025-05-13"),
        ("today", LATE, AUCKLAND, "2025-05-15", "2025-05-15"),
        ("this week", LATE, AUCKLAND, "2025-05-12", "2025-05-18"),
        ("today", EARLY, UTC, "2025-05-14", "2025-05-14"),
        ("2025-05-14", EARLY, LOS_ANGELES, "2025-05-14", "2025-05-14"),
        ("May 2025", LATE, AUCKLAND, "2025-05-01", "2025-05-31"),
    ],
)
def test_a_relative_date_over_days_is_what_the_calendar_of_the_zone_shows(
    text: str, now: datetime, zone: tzinfo, first: str, last: str
) -> None:
    found = days_found(Term("day", text), now, zone)
    assert [found[0].isoformat(), found[-1].isoformat()] == [first, last]
    assert found == days_found(Range("day", text, text), now, zone)


def test_a_relative_date_over_times_is_in_utc_what_it_is_in_the_zone() -> None:
    low, *_ = value_bounds(Term("moment", "today"), SPECS["moment"], Clock(lambda: EARLY, AUCKLAND))
    assert low == microseconds(datetime(2025, 5, 13, 12, 0, tzinfo=UTC))


@pytest.mark.parametrize("hours", [-12, -8, 0, 9, 14])
def test_todays_stories_are_found_in_any_zone(tmp_path: Path, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    index = Index.create(tmp_path / "index", Story, zone=zone)
    before = datetime.now(zone).date()
    index.add(Story(id=str(day), day=day) for day in (before + timedelta(n) for n in range(-3, 4)))
    found: Any = {hit.key for hit in index.search("day:today")}
    assert found in ({str(before)}, {str(datetime.now(zone).date())})
