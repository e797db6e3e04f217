"""Dates are read strictly, in seven languages, and nothing is made up."""

import warnings
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.articles.date_numbers import read_number
from searchlib.articles.dates import FIRST_YEAR, LAST_YEAR, read_date
from tests.conftest import examples
from tests.tables import each

READABLE = {
    # ISO 8601
    "2025-02-17": date(2025, 2, 17),
    "20250217": date(2025, 2, 17),
    "2025-02-17T10:30:00": datetime(2025, 2, 17, 10, 30),
    "2025-02-17 10:30": datetime(2025, 2, 17, 10, 30),
    "2025-02-17T10:30:00Z": datetime(2025, 2, 17, 10, 30, tzinfo=UTC),
    "2025-02-17T10:30:00+05:30": datetime(
        2025, 2, 17, 10, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))
    ),
    # a day and a zone, as XML Schema has it: no time of day
    "2025-02-17Z": date(2025, 2, 17),
    "2025-02-17+01:00": date(2025, 2, 17),
    "2025-02-17-05:00": date(2025, 2, 17),
    "2025-02-17 +0530": date(2025, 2, 17),
    "20250217Z": date(2025, 2, 17),
    "20250217-0500": date(2025, 2, 17),
    # the archive's own
    "February 17, 2025": date(2025, 2, 17),
    "Sun, Nov 16 2025 06:43:04 pm": datetime(2025, 11, 16, 18, 43, 4),
    "Sun, Nov 16 2025 12:43:04 am": datetime(2025, 11, 16, 0, 43, 4),
    # newswires
    "26-FEB-1987 15:01:01.79": datetime(1987, 2, 26, 15, 1, 1, 790000),
    " 3-MAR-1987  09:15:05.40": datetime(1987, 3, 3, 9, 15, 5, 400000),
    "27-MAR-1987 00:02:59.13&#5;&#5;&#5;RM": datetime(1987, 3, 27, 0, 2, 59, 130000),
    "27-MAR-1987 00:02:59.13\x05\x05\x05RM": datetime(1987, 3, 27, 0, 2, 59, 130000),
    "Mon, 17 Feb 2025 10:30:00 +0000": datetime(2025, 2, 17, 10, 30, tzinfo=UTC),
    "Mon, 17 Feb 2025 10:30:00 GMT": datetime(2025, 2, 17, 10, 30, tzinfo=UTC),
    "Mon, 17 Feb 2025 10:30:00 EST": datetime(
        2025, 2, 17, 10, 30, tzinfo=timezone(timedelta(hours=-5))
    ),
    # with what announces it, and as editors set it
    "Last updated on February 17, 2025": date(2025, 2, 17),
    "Updated 10:30 GMT, 17 February 2025": datetime(2025, 2, 17, 10, 30, tzinfo=UTC),
    "Publié le 17 février 2025 à 10:30": datetime(2025, 2, 17, 10, 30),
    "Veröffentlicht am 17. Februar 2025": date(2025, 2, 17),
    "Stand: 17.02.2025": date(2025, 2, 17),
    "10:30 AM · Feb 17, 2025": datetime(2025, 2, 17, 10, 30),
    "2025年2月17日（月）": date(2025, 2, 17),
    "2025年2月17日(月) 10:30": datetime(2025, 2, 17, 10, 30),
    "2025\u201102\u201117": date(2025, 2, 17),
    "2025-02-17T10:30:00\u221201:00": datetime(
        2025, 2, 17, 10, 30, tzinfo=timezone(-timedelta(hours=1))
    ),
    # English, by hand
    "17 February 2025": date(2025, 2, 17),
    "Feb. 17, 2025": date(2025, 2, 17),
    "Sept 3rd, 2024": date(2024, 9, 3),
    "the 3rd of September 2024": date(2024, 9, 3),
    "February 17th, 2025 at 6:30 p.m.": datetime(2025, 2, 17, 18, 30),
    "6:30 PM, February 17, 2025": datetime(2025, 2, 17, 18, 30),
    "February 17, 2025 | 10:30": datetime(2025, 2, 17, 10, 30),
    "2025 Feb 17": date(2025, 2, 17),
    "26-FEB-87": date(1987, 2, 26),
    "26 Feb 21": date(2021, 2, 26),
    "Feb 26, 87": date(1987, 2, 26),
    "Published on 26 February 2025": date(2025, 2, 26),
    # other languages
    "17 février 2025": date(2025, 2, 17),
    "1er août 2025": date(2025, 8, 1),
    "lundi 17 février 2025 à 14h30": datetime(2025, 2, 17, 14, 30),
    "mar. 18 févr. 2025": date(2025, 2, 18),
    "17. Februar 2025": date(2025, 2, 17),
    "17. März 2025": date(2025, 3, 17),
    "Montag, 17. Februar 2025, 14.30 Uhr": datetime(2025, 2, 17, 14, 30),
    "17. Dezember 2025 um 14:30 Uhr": datetime(2025, 12, 17, 14, 30),
    "17 de febrero de 2025": date(2025, 2, 17),
    "17 de septiembre de 2025 a las 14:30": datetime(2025, 9, 17, 14, 30),
    "17 febbraio 2025": date(2025, 2, 17),
    "giovedì 3 luglio 2025": date(2025, 7, 3),
    "1º de março de 2025": date(2025, 3, 1),
    "segunda-feira, 17 de fevereiro de 2025": date(2025, 2, 17),
    "17 maart 2025": date(2025, 3, 17),
    "maandag 17 mrt 2025 om 14:30": datetime(2025, 3, 17, 14, 30),
    # nothing but numbers: slashes have the month first, dots and hyphens the day
    "03/04/2025": date(2025, 3, 4),
    "03.04.2025": date(2025, 4, 3),
    "03-04-2025": date(2025, 4, 3),
    "05.06.2022 07:30": datetime(2022, 6, 5, 7, 30),
    "25/12/2025": date(2025, 12, 25),
    "12.25.2025": date(2025, 12, 25),
    "2025/04/03": date(2025, 4, 3),
    "2025.04.03": date(2025, 4, 3),
    "2025-4-3": date(2025, 4, 3),
}  # fmt: skip

UNREADABLE = [
    "6-APR-1987 02:01:51:17",
    "6-APR-1987 02:01.17",
    "6-APR-1987 24:01",
    "", " ", "Sometime soon", "yesterday", "nan", "inf", "x" * 500,
    "May 5", "May 2025", "2025", "2025-02", "Monday", "10:30", "17",
    "Mon Feb 2025",  # a weekday must not stand in for the day
    "2025-W07",
    "30 February 2025", "2025-13-40", "99/99/9999", "Feb 29 2023",
    "31-MAR-1987 605:12:19.12", "17 Feb 2025 25:00", "17 Feb 2025 13:00 pm", "2025-02-17T25:00",
    "9-APR-1987 00:00:00.00    # a guess",
    "0001-01-01T00:00:00Z", "17-02-0025", "17 February 9999",
    "1739750400", "1701010000",  # seconds are for JSON numbers only
    "2025-02-17 10:30:00 +99:99", "2025-02-17+99:99",
    "Published in 12 3 2025",
]  # fmt: skip


@each("text", READABLE)
def test_a_date_is_read(text: str) -> None:
    found = read_date(text)
    assert found == READABLE[text]
    assert type(found) is type(READABLE[text])


@each("text", UNREADABLE)
def test_what_is_no_complete_date_is_not_read(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    "form", ["4 Mar {}", "Tuesday, 4 March {}", "4. März {}", "04.03.{}", "4-MAR-{}"]
)
@pytest.mark.parametrize(("short", "year"), [(0, 2000), (49, 2049), (50, 1950), (99, 1999)])
def test_a_year_of_two_digits_is_the_same_in_any_year(form: str, short: int, year: int) -> None:
    assert read_date(form.format(f"{short:02}")) == date(year, 3, 4)
    moment = read_date(f"{form.format(f'{short:02}')} 10:00:00 GMT")
    assert moment == datetime(year, 3, 4, 10, tzinfo=UTC)


def test_an_unknown_time_zone_is_passed_over_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_date("17 Feb 2025 10:30 PKT") == datetime(2025, 2, 17, 10, 30)


@each(
    ("number", "expected"),
    [
        (1739750400, datetime(2025, 2, 17, tzinfo=UTC)),
        (1739750400.5, datetime(2025, 2, 17, 0, 0, 0, 500000, tzinfo=UTC)),
        (-1_000_000_000, datetime(1938, 4, 24, 22, 13, 20, tzinfo=UTC)),
        (20250217, date(2025, 2, 17)),
        (20250217.0, None),
        (20251317, None),
        (0, None),
        (2025, None),
        (1.7e12, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),  # milliseconds
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
    ],
)
def test_a_number_is_seconds_or_eight_digits(number: float, expected: date | None) -> None:
    assert read_number(number) == expected


FORMATS = [
    "%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d-%b-%Y", "%a, %d %b %Y", "%m/%d/%Y", "%d.%m.%Y",
    "%d-%m-%Y", "%Y/%m/%d",
]  # fmt: skip
INCOMPLETE = ["%d %B", "%B %Y", "%Y", "%a, %d", "%H:%M", "%a %B %Y"]
DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
MOMENTS = st.datetimes(datetime(FIRST_YEAR, 1, 1), datetime(LAST_YEAR, 12, 31))


@given(DAYS, st.sampled_from(FORMATS))
@settings(max_examples=examples(400))
def test_every_day_is_read_back(day: date, form: str) -> None:
    assert read_date(day.strftime(form)) == day


@given(MOMENTS, st.sampled_from(["%d %B %Y %H:%M:%S.%f", "%A, %B %d, %Y %I:%M:%S.%f %p"]))
@settings(max_examples=examples(200))
def test_every_moment_is_read_back(moment: datetime, form: str) -> None:
    assert read_date(moment.strftime(form)) == moment


@given(MOMENTS, st.sampled_from(INCOMPLETE))
@settings(max_examples=examples(200))
def test_no_missing_part_is_made_up(moment: datetime, form: str) -> None:
    assert read_date(moment.strftime(form)) is None


PIECES = st.sampled_from(
    ["Feb", "mars", "Mon", "12", "2025", "17", ":", "30", "pm", "a", "T", "Z", "+", "-", "/", ".",
     ",", " ", "EST", "h", "W", "de", "٢", "½", "1e9", "\x00", "㏠"]
)  # fmt: skip


@given(st.text(max_size=40) | st.lists(PIECES, max_size=10).map("".join))
@settings(max_examples=examples(600))
def test_no_text_raises(text: str) -> None:
    found = read_date(text)
    assert found is None or FIRST_YEAR <= found.year <= LAST_YEAR


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5 آذار 2025", date(2025, 3, 5)),
        ("5 آذار/مارس 2025", date(2025, 3, 5)),
        ("الثلاثاء 5 كانون الثاني 2025", date(2025, 1, 5)),
        ("5 تشرين الأول / أكتوبر 2025", date(2025, 10, 5)),
        ("5 آب 2025", date(2025, 8, 5)),
        ("5 جويلية 2025", date(2025, 7, 5)),
        ("شباط/آذار 2025", None),  # of two months
    ],
)
def test_months_of_the_levant_and_the_maghreb(text: str, day: date | None) -> None:
    assert read_date(text) == day
