"""What span of time does a text name? A table for several days, and laws that hold for any text."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchlib.query.dates import TimeSpan, date_span, split_range
from searchlib.schema.values import UnreadableValue, number_of
from tests.tables import each

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
TICK = timedelta(microseconds=1)

NOW = datetime(2025, 5, 14, 15, 20, 45, 123456, tzinfo=UTC)  # a Wednesday
MONDAY = datetime(2025, 3, 3, 0, 0, tzinfo=UTC)
MONTH_END = datetime(2025, 3, 31, 12, 0, tzinfo=UTC)
LEAP_DAY = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)


def span(text: str, now: datetime = NOW, zone: tzinfo = UTC) -> TimeSpan:
    return date_span(text, now=now, zone=zone)


def until(first: str, after: str) -> TimeSpan:
    """The span from a moment to the one before another."""
    return datetime.fromisoformat(first), datetime.fromisoformat(after) - TICK


ABSOLUTE = [
    ("2025", "2025-01-01", "2026-01-01"),
    ("2025-02", "2025-02-01", "2025-03-01"),
    ("202412", "2024-12-01", "2025-01-01"),
    ("0001-01", "0001-01-01", "0001-02-01"),
    ("2024-02-29", "2024-02-29", "2024-03-01"),
    ("20250217", "2025-02-17", "2025-02-18"),
    ("  2025-02-17 ", "2025-02-17", "2025-02-18"),
    ("2025-02-17Z", "2025-02-17", "2025-02-18"),
    ("2025-02-17+0200", "2025-02-16T22:00", "2025-02-17T22:00"),
    ("2025-02-17T18", "2025-02-17T18:00", "2025-02-17T19:00"),
    ("2025-02-17T18:30", "2025-02-17T18:30", "2025-02-17T18:31"),
    ("2025-02-17 18:30", "2025-02-17T18:30", "2025-02-17T18:31"),
    ("2025-02-17  18:30  +01:00", "2025-02-17T17:30", "2025-02-17T17:31"),
    ("2025-02-17t18:30z", "2025-02-17T18:30", "2025-02-17T18:31"),
    ("2025-02-17 18:30 utc", "2025-02-17T18:30", "2025-02-17T18:31"),
    ("20250217T183005", "2025-02-17T18:30:05", "2025-02-17T18:30:06"),
    ("2025-02-17T18:30:05-05", "2025-02-17T23:30:05", "2025-02-17T23:30:06"),
    ("2025-02-17T18:30:05-0530", "2025-02-18T00:00:05", "2025-02-18T00:00:06"),
    ("2025-02-17T18:30:05.2", "2025-02-17T18:30:05.200", "2025-02-17T18:30:05.300"),
    ("2025-02-17T18:30:05,123", "2025-02-17T18:30:05.123", "2025-02-17T18:30:05.124"),
    ("2025-02-17T18:30:05.123456", "2025-02-17T18:30:05.123456", "2025-02-17T18:30:05.123457"),
    ("2025-02-17T18:30:05.123456789Z", "2025-02-17T18:30:05.123456", "2025-02-17T18:30:05.123457"),
    ("2025-Q1", "2025-01-01", "2025-04-01"),
    ("2024q4", "2024-10-01", "2025-01-01"),
    ("2025-W01", "2024-12-30", "2025-01-06"),
    ("2026W53", "2026-12-28", "2027-01-04"),
    ("February 2025", "2025-02-01", "2025-03-01"),
    ("feb 2025", "2025-02-01", "2025-03-01"),
    ("2025 sept", "2025-09-01", "2025-10-01"),
    ("17 February 2025", "2025-02-17", "2025-02-18"),
    ("Feb 17, 2025", "2025-02-17", "2025-02-18"),
    ("Feb. 1st, 2025", "2025-02-01", "2025-02-02"),
    ("3rd of may 2025", "2025-05-03", "2025-05-04"),
]


@each("zone", [UTC, BERLIN, NEW_YORK])
@each(("text", "first", "after"), ABSOLUTE)
def test_a_date_that_is_written_out_is_the_same_in_every_zone(
    text: str, first: str, after: str, zone: tzinfo
) -> None:
    assert span(text, zone=zone) == until(first, after)


def test_the_ends_of_time_are_cut_off() -> None:
    assert span("9999") == (datetime(9999, 1, 1), datetime.max)
    assert span("9999-12-31T23:59:59-05:00") == (datetime.max, datetime.max)
    assert span("0001-01-01T00:00:00+02:00") == (datetime.min, datetime.min)
    assert span("0001-01-01+02:00") == (datetime.min, datetime(1, 1, 1, 22) - TICK)
    assert span("today", datetime.max.replace(tzinfo=UTC))[1] == datetime.max


RELATIVE = [
    ("now", NOW, "2025-05-14T15:20:45", "2025-05-14T15:20:46"),
    ("today", NOW, "2025-05-14", "2025-05-15"),
    ("YESTERDAY", NOW, "2025-05-13", "2025-05-14"),
    ("tomorrow", NOW, "2025-05-15", "2025-05-16"),
    ("last week", NOW, "2025-05-05", "2025-05-12"),
    ("this week", NOW, "2025-05-12", "2025-05-19"),
    ("this week", MONDAY, "2025-03-03", "2025-03-10"),
    ("last week", MONDAY, "2025-02-24", "2025-03-03"),
    ("this month", NOW, "2025-05-01", "2025-06-01"),
    ("last month", MONTH_END, "2025-02-01", "2025-03-01"),
    ("next month", MONTH_END, "2025-04-01", "2025-05-01"),
    ("previous month", LEAP_DAY, "2024-01-01", "2024-02-01"),
    ("last quarter", NOW, "2025-01-01", "2025-04-01"),
    ("this quarter", LEAP_DAY, "2024-01-01", "2024-04-01"),
    ("next  year", NOW, "2026-01-01", "2027-01-01"),
    ("last year", LEAP_DAY, "2023-01-01", "2024-01-01"),
    ("current hour", NOW, "2025-05-14T15:00", "2025-05-14T16:00"),
    ("last 7 days", NOW, "2025-05-07", "2025-05-15"),
    ("past 3 months", NOW, "2025-02-14", "2025-05-15"),
    ("past week", NOW, "2025-05-07", "2025-05-15"),
    ("last two weeks", NOW, "2025-04-30", "2025-05-15"),
    ("next 7 days", NOW, "2025-05-14", "2025-05-22"),
    ("last 24 hours", NOW, "2025-05-13T15:20:45", "2025-05-14T15:20:46"),
    ("7 days ago", NOW, "2025-05-07", "2025-05-08"),
    ("3 weeks ago", NOW, "2025-04-23", "2025-04-24"),
    ("a year ago", LEAP_DAY, "2023-02-28", "2023-03-01"),
    ("2 hours ago", NOW, "2025-05-14T13:20:45", "2025-05-14T13:20:46"),
    ("-3 months", NOW, "2025-02-14", "2025-02-15"),
    ("-1 month", MONTH_END, "2025-02-28", "2025-03-01"),
    ("+1M", datetime(2024, 1, 31, tzinfo=UTC), "2024-02-29", "2024-03-01"),
    ("-1y", LEAP_DAY, "2023-02-28", "2023-03-01"),
    ("-7d", NOW, "2025-05-07", "2025-05-08"),
    ("+2d", NOW, "2025-05-16", "2025-05-17"),
    ("-1y 2M", NOW, "2024-03-14", "2024-03-15"),
    ("-90m", NOW, "2025-05-14T13:50:45", "2025-05-14T13:50:46"),
    ("now-7d", NOW, "2025-05-07T15:20:45", "2025-05-07T15:20:46"),
    ("now - 7 days", NOW, "2025-05-07T15:20:45", "2025-05-07T15:20:46"),
    ("now-1m", NOW, "2025-05-14T15:19:45", "2025-05-14T15:19:46"),
    ("now-1M", NOW, "2025-04-14T15:20:45", "2025-04-14T15:20:46"),
    ("now-0d", NOW, "2025-05-14T15:20:45", "2025-05-14T15:20:46"),
    ("now/d", NOW, "2025-05-14", "2025-05-15"),
    ("now/w", NOW, "2025-05-12", "2025-05-19"),
    ("now/M", NOW, "2025-05-01", "2025-06-01"),
    ("now-1M/d", MONTH_END, "2025-02-28", "2025-03-01"),
    ("now/M-1d", NOW, "2025-04-30", "2025-05-01"),
    ("NOW/DAY-7DAYS", NOW, "2025-05-07", "2025-05-08"),
    ("NOW-1YEAR/YEAR", NOW, "2024-01-01", "2025-01-01"),
    ("today-7d", NOW, "2025-05-07", "2025-05-08"),
    ("yesterday+12h", NOW, "2025-05-13T12:00", "2025-05-13T13:00"),
    ("tomorrow/M", MONTH_END, "2025-04-01", "2025-05-01"),
    ("wednesday", NOW, "2025-05-14", "2025-05-15"),
    ("monday", NOW, "2025-05-12", "2025-05-13"),
    ("Thu", NOW, "2025-05-08", "2025-05-09"),
    ("last wednesday", NOW, "2025-05-07", "2025-05-08"),
    ("last friday", NOW, "2025-05-09", "2025-05-10"),
    ("this friday", NOW, "2025-05-16", "2025-05-17"),
    ("next wednesday", NOW, "2025-05-21", "2025-05-22"),
    ("next friday", NOW, "2025-05-16", "2025-05-17"),
    ("february", NOW, "2025-02-01", "2025-03-01"),
    ("may", NOW, "2025-05-01", "2025-06-01"),
    ("june", NOW, "2024-06-01", "2024-07-01"),
    ("last may", NOW, "2024-05-01", "2024-06-01"),
    ("last february", NOW, "2025-02-01", "2025-03-01"),
    ("14 May", NOW, "2025-05-14", "2025-05-15"),
    ("May 15", NOW, "2024-05-15", "2024-05-16"),
    ("29 February", NOW, "2024-02-29", "2024-03-01"),
]


@each(("text", "now", "first", "after"), RELATIVE)
def test_relative_dates(text: str, now: datetime, first: str, after: str) -> None:
    assert span(text, now) == until(first, after)


ZONED = [
    # Late in the evening it is tomorrow in Berlin, and still today in New York.
    ("today", datetime(2025, 5, 14, 23, 30), BERLIN, "2025-05-14T22:00", "2025-05-15T22:00"),
    ("today", datetime(2025, 5, 14, 2, 30), NEW_YORK, "2025-05-13T04:00", "2025-05-14T04:00"),
    ("this year", datetime(2025, 5, 14), BERLIN, "2024-12-31T23:00", "2025-12-31T23:00"),
    ("may", datetime(2025, 4, 30, 23), BERLIN, "2025-04-30T22:00", "2025-05-31T22:00"),
    # Days on which clocks change have 23 hours or 25.
    ("today", datetime(2025, 3, 30, 12), BERLIN, "2025-03-29T23:00", "2025-03-30T22:00"),
    ("today", datetime(2025, 10, 26, 12), BERLIN, "2025-10-25T22:00", "2025-10-26T23:00"),
    ("yesterday", datetime(2025, 3, 10, 12), NEW_YORK, "2025-03-09T05:00", "2025-03-10T04:00"),
    ("yesterday", datetime(2025, 11, 3, 12), NEW_YORK, "2025-11-02T04:00", "2025-11-03T05:00"),
    # A day before is the same time of day, 24 hours before are not.
    ("now-1d", datetime(2025, 3, 30, 12), BERLIN, "2025-03-29T13:00", "2025-03-29T13:00:01"),
    ("now-24h", datetime(2025, 3, 30, 12), BERLIN, "2025-03-29T12:00", "2025-03-29T12:00:01"),
    # The hour that comes twice, each time.
    ("this hour", datetime(2025, 10, 26, 0, 30), BERLIN, "2025-10-26T00:00", "2025-10-26T01:00"),
    ("this hour", datetime(2025, 10, 26, 1, 30), BERLIN, "2025-10-26T01:00", "2025-10-26T02:00"),
    ("today+3h", datetime(2025, 3, 30, 12), BERLIN, "2025-03-30T02:00", "2025-03-30T03:00"),
    # Midnight itself is what comes twice, and what is left out.
    ("today", datetime(2024, 11, 3, 12), ZoneInfo("America/Havana"),
     "2024-11-03T04:00", "2024-11-04T05:00"),
    ("today", datetime(2024, 4, 26, 12), ZoneInfo("Africa/Cairo"),
     "2024-04-25T22:00", "2024-04-26T21:00"),
]  # fmt: skip


@each(("text", "now", "zone", "first", "after"), ZONED)
def test_relative_dates_go_by_the_zone(
    text: str, now: datetime, zone: tzinfo, first: str, after: str
) -> None:
    assert span(text, now.replace(tzinfo=UTC), zone) == until(first, after)


@each(
    "text",
    ["", "soon", "storm", "20", "999", "12025", "2025-", "2025-02-", "2025-02-17T", "2025-02-17-05",
     "now-", "now-d", "now7d", "now/", "now/7d", "now-7", "now-7x", "now--7d", "-", "-d", "- -",
     "ago", "days ago", "-7 days ago", "0x10", "last", "this 3 days", "last -3 days", "next",
     "week", "today today", "monday tuesday", "may june", "may 2025 2026", "may 1 2", "1 2025",
     "last storm", "now-1²d", "٣", "to", "2025..2026", "*"],
)  # fmt: skip
def test_what_is_no_date_is_an_error(text: str) -> None:
    with pytest.raises(UnreadableValue, match="expected a date such as 2025, ") as caught:
        span(text)
    assert caught.value.text == text


@each(
    "text",
    ["2025-13", "2025-00", "2025-02-30", "2025-02-17T25", "2025-02-17T18:60", "0000", "2025-W54",
     "2025-Q5", "2025-02-17T18:30+25:00", "2025-02-17T18:30+01:75", "30 February", "31 Apr 2025",
     "0 may", "now-999999999y", "now+999999999d", "now-" + 90 * "9" + "h", "-2026 years", "+8000y"],
)  # fmt: skip
def test_what_no_calendar_has_is_an_error_that_says_so(text: str) -> None:
    with pytest.raises(UnreadableValue, match="no such day or time exists"):
        span(text)


@each(
    ("text", "hint"),
    [
        ("17.02.2025", "write year-month-day: 2025-02-17"),
        ("02/17/2025", "write year-month-day: 2025-02-17"),
        ("2025/02/17", "write year-month-day: 2025-02-17"),
        ("2025-2-7", "write year-month-day: 2025-02-07"),
        ("3-2-2025", "write year-month-day: 2025-02-03 or 2025-03-02"),
        ("2/2/2025", "write year-month-day: 2025-02-02"),
        ("02/2025", "write year-month-day: 2025-02"),
        ("17.2.25", "write year-month-day"),
        ("99/99/2025", "write year-month-day"),
        ("yesterdy", "did you mean 'yesterday'?"),
        ("Last wek", "did you mean 'last week'?"),
        ("Febuary 2025", "did you mean 'february 2025'?"),
        ("tommorow-2h", "did you mean 'tomorrow-2h'?"),
    ],
)
def test_near_misses_have_a_hint(text: str, hint: str) -> None:
    with pytest.raises(UnreadableValue) as caught:
        span(text)
    assert str(caught.value).endswith(f"got {text!r}; {hint}")


def test_what_the_error_recommends_is_read() -> None:
    with pytest.raises(UnreadableValue) as caught:
        span("soon")
    recommended = str(caught.value).removeprefix("expected a date such as ").split(", got")[0]
    forms = [form.strip('"') for form in recommended.replace(" or ", ", ").split(", ")]
    assert len(forms) == 6
    assert all(span(form) for form in forms)


PIECES = st.sampled_from(
    ["now", "today", "last", "next", "past", "ago", "week", "month", "M", "m", "d", "y", "years",
     "monday", "february", "29", "30", "2025", "9999", "0001", "999999999", "1", "-", "+", "/", " ",
     " ", ":", ".", "T", "Z", "W", "Q", "to", "Ω", "²", "٢", "\x00"]
)  # fmt: skip
MOMENTS = st.datetimes(timezones=st.just(UTC)) | st.sampled_from([NOW, LEAP_DAY, MONTH_END])
ZONES = st.sampled_from([UTC, BERLIN, NEW_YORK, ZoneInfo("Asia/Kathmandu")])


@given(st.text(max_size=200) | st.lists(PIECES, max_size=40).map("".join), MOMENTS, ZONES)
@example("last february", datetime.min.replace(tzinfo=UTC), UTC)
@example("now", datetime.max.replace(tzinfo=UTC), BERLIN)
@example("today", datetime.min.replace(tzinfo=UTC), NEW_YORK)
def test_any_text_is_a_span_or_an_error_of_ours(text: str, now: datetime, zone: tzinfo) -> None:
    try:
        first, last = date_span(text, now=now, zone=zone)
    except UnreadableValue:
        return
    assert first <= last
    assert first.tzinfo is last.tzinfo is None


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)), ZONES)
def test_now_is_within_what_is_now(now: datetime, zone: tzinfo) -> None:
    moment = now.replace(tzinfo=None)
    for text in ("now", "now/m", "today", "this week", "this month", "this quarter", "this year"):
        first, last = date_span(text, now=now, zone=zone)
        assert first <= moment <= last


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)), ZONES)
def test_units_follow_one_another_without_a_gap(now: datetime, zone: tzinfo) -> None:
    for unit in ("day", "week", "month", "quarter", "year"):
        spans = [
            date_span(f"{which} {unit}", now=now, zone=zone) for which in ("last", "this", "next")
        ]
        assert spans[0][1] + TICK == spans[1][0]
        assert spans[1][1] + TICK == spans[2][0]


def test_very_long_texts_are_refused_at_once() -> None:
    for text in ("9" * 1_000_000, "now" + "-1d" * 300_000, "monday " * 100_000):
        with pytest.raises(UnreadableValue) as caught:
            span(text)
        assert len(str(caught.value)) < 250


@each(
    ("text", "sides"),
    [
        ("2025-01..2025-03", ("2025-01", "2025-03")),
        ("2025-01..", ("2025-01", "")),
        ("..2025-03", ("", "2025-03")),
        ("*..2025-03", ("", "2025-03")),
        ("2025 .. today", ("2025", "today")),
        ("now-7d..now", ("now-7d", "now")),
        ("5..10", ("5", "10")),
        ("1.5..2", ("1.5", "2")),
        ("-5..-2", ("-5", "-2")),
        ("-3 months to today", ("-3 months", "today")),
        ("last month TO  now", ("last month", "now")),
        ("2025 to", ("2025", "")),
        ("to 2025", ("", "2025")),
        ("5 to *", ("5", "")),
        ("", None),
        ("2025", None),
        ("tomorrow", None),
        ("today", None),
        ("1.5", None),
        ("..", None),
        ("...", None),
        ("2025...", None),
        ("1...2", None),
        ("1..2..3", None),
        ("to", None),
        ("* to *", None),
        ("1 to 2 to 3", None),
    ],
)
def test_ranges_have_two_sides(text: str, sides: tuple[str, str] | None) -> None:
    assert split_range(text) == sides


@each(
    ("text", "kind", "number"),
    [
        ("5", "int", 5),
        ("-5", "int", -5),
        ("+5", "int", 5),
        (" 5 ", "int", 5),
        ("5.0", "int", 5),
        ("1e6", "int", 1_000_000),
        ("1,234", "int", 1234),
        ("-1,234,567", "int", -1_234_567),
        ("12,34,567", "int", 1_234_567),
        ("–1'234'567", "int", -1_234_567),
        ("1 234", "int", 1234),
        ("9223372036854775807", "int", 2**63 - 1),
        ("-9,223,372,036,854,775,808", "int", -(2**63)),
        ("1.5", "float", 1.5),
        ("1,234.5", "float", 1234.5),
        ("-2.5e-3", "float", -0.0025),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, kind: str, number: float) -> None:
    found = number_of(text, kind)
    assert found == number
    assert isinstance(found, float if kind == "float" else int)


@each("kind", ["int", "float"])
@each(
    "text",
    ["", "many", "1,23", "12,34,56", "1,234'567", ",123", "1 2", "1e", "nan", "inf", "-inf",
     "1e400", "0x10", "9" * 5000, "5..10"],
)  # fmt: skip
def test_what_is_no_number_is_an_error(text: str, kind: str) -> None:
    with pytest.raises(UnreadableValue, match="number of at most 64 bits, got"):
        number_of(text, kind)


def test_whole_numbers_have_64_bits_and_floats_more() -> None:
    with pytest.raises(UnreadableValue, match="a whole number of at most 64 bits, got"):
        number_of("9223372036854775808", "int")
    assert number_of("9223372036854775808", "float") == 2.0**63


def test_a_fraction_is_no_whole_number() -> None:
    with pytest.raises(UnreadableValue, match="a whole number"):
        number_of("1.5", "int")
