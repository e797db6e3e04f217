"""Dates that name several days are spans; numbers are moments; nothing is made up."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Index, Notice
from searchlib.articles import Article
from searchlib.articles.date_numbers import read_digits
from searchlib.articles.date_order import evidence_of
from searchlib.articles.date_spans import read_span, says_no_date
from searchlib.articles.dates import read_date
from searchlib.articles.when import read_when
from searchlib.errors import Problem
from tests.conftest import examples
from tests.tables import each

ReadAll = Callable[..., list[Article | Problem | Notice]]


def days(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


MARCH_4_5 = days("2025-03-04", "2025-03-05")
MARCH = days("2025-03-01", "2025-03-31")
YEAR = days("1987-01-01", "1987-12-31")

SPANS = {
    # days of one month
    **dict.fromkeys([
        "March 4-5, 2025", "4-5 March 2025", "Saturday-Sunday, March 4-5, 2025", "4/5 March 2025",
        "March 4–5, 2025", "March 4 - 5 2025", "4 and 5 March 2025", "4 & 5 March 2025",
        "March 4 to 5, 2025", "4th-5th March 2025", "Mar. 4-5, 2025", "2025 March 4-5",
        "Tue 4 - Wed 5 March 2025", "4.-5. März 2025", "4. bis 5. März 2025", "4-5 mars 2025",
        "du 4 au 5 mars 2025", "4-5 de marzo de 2025", "del 4 al 5 de marzo de 2025",
        "4 e 5 marzo 2025", "4 a 5 de março de 2025", "4-5 марта 2025 г.", "4–5 marca 2025",
        "2025-03-04/2025-03-05", "2025-03-04 - 2025-03-05", "2025-03-04 to 2025-03-05",
        "04.-05.03.2025", "04.03.-05.03.2025", "04.03.2025 - 05.03.2025", "4-5/3/2025",
        "2025/03/04-2025/03/05", "Sat.-Sun., March 4-5, 2025", "Published on March 4-5, 2025",
        "March 4, 2025 - March 5, 2025", "4 March 2025 – 5 March 2025",
    ], MARCH_4_5),
    "March 4, 5 and 6, 2025": days("2025-03-04", "2025-03-06"),
    # days of two months
    "28 Feb - 1 Mar 2025": days("2025-02-28", "2025-03-01"),
    "Feb 28 - Mar 1, 2025": days("2025-02-28", "2025-03-01"),
    "28.02.-01.03.2025": days("2025-02-28", "2025-03-01"),
    "30 December - 2 January 2025": days("2024-12-30", "2025-01-02"),
    "December 30, 2024 - January 2, 2025": days("2024-12-30", "2025-01-02"),
    # months
    **dict.fromkeys([
        "March 2025", "Mar. 2025", "March, 2025", "2025 March", "2025-03", "2025/03", "03/2025",
        "3.2025", "März 2025", "marzo de 2025", "mars 2025", "Март 2025", "2025年3月", "2025-03-00",
        "early March 2025", "Mon, March 2025", "[March 2025]", "2025-03Z", "2025-03+01:00",
    ], MARCH),
    "March-April 2025": days("2025-03-01", "2025-04-30"),
    "Dec 2024 - Jan 2025": days("2024-12-01", "2025-01-31"),
    "2024-12/2025-01": days("2024-12-01", "2025-01-31"),
    "2024-12 - 2025-01": days("2024-12-01", "2025-01-31"),
    "Dec-Jan 2025": days("2024-12-01", "2025-01-31"),
    "February 2024": days("2024-02-01", "2024-02-29"),
    "Q1 2025": days("2025-01-01", "2025-03-31"),
    "2025-Q4": days("2025-10-01", "2025-12-31"),
    "2025-W07": days("2025-02-10", "2025-02-16"),
    # years
    **dict.fromkeys([
        "1987", "c. 1987", "ca. 1987", "[1987?]", "Spring 1987", "summer of 1987", "1987-00-00",
        "1987年", "Anfang 1987", "mid-1987", "1987Z", "1987-05:00",
    ], YEAR),
    "1914-1918": days("1914-01-01", "1918-12-31"),
    "1987/88": days("1987-01-01", "1988-12-31"),
    "1914 to 1918": days("1914-01-01", "1918-12-31"),
    "the 1980s": days("1980-01-01", "1989-12-31"),
    "1980er": days("1980-01-01", "1989-12-31"),
}  # fmt: skip

NO_SPANS = [
    "", "soon", "yesterday", "May 5", "1987/90", "March 4-5", "5", "March",
    "12 3 2025", "17 2025 x", "0000-00-00", "123",
    "March 5-4, 2025", "28 Feb - 31 Feb 2025", "30-31 February 2025", "1918-1914", "2025-13",
    "13/2025", "before 1987", "until March 2025", "1987 perhaps", "Q5 2025", "2025-W60", "9999",
    "April 1 - March 1, 2025 - May 2025", "a 2025", "March 4 5 2025", "x" * 500,
]  # fmt: skip


@each("text", SPANS)
def test_a_span(text: str) -> None:
    assert read_span(text) == SPANS[text]
    assert read_date(text) is None
    when = read_when(text)
    assert when is not None
    assert (when.first, when.last, when.text, when.is_whole) == (*SPANS[text], text, True)


@each("text", NO_SPANS)
def test_no_span(text: str) -> None:
    assert read_span(text) is None


NO_DATES_AT_ALL = [
    "March 5-4, 2025", "28 Feb - 31 Feb 2025", "May 5", "soon", "March 4-5", "March 4-15",
    "4/5 March",
]  # fmt: skip


@each("text", NO_DATES_AT_ALL)
def test_what_no_calendar_has_is_no_date_at_all(text: str) -> None:
    assert read_when(text) is None


def test_a_date_at_the_start() -> None:
    when = read_when("4-5 March 2025 (to be confirmed)")
    assert when is not None
    assert (when.first, when.last, when.is_whole) == (*MARCH_4_5, False)
    assert read_when("1987 was a good year") is None


@given(
    st.dates(date(1500, 1, 1), date(2999, 12, 25)),
    st.integers(1, 400),
    st.sampled_from(["{:%d %B %Y} - {:%d %B %Y}", "{:%B %d, %Y} to {:%b %d, %Y}", "{}/{}"]),
)
@settings(max_examples=examples(300))
def test_every_range_is_read_back(first: date, length: int, form: str) -> None:
    last = min(first + timedelta(length), date(2999, 12, 31))
    assert read_span(form.format(first, last)) == (first, last)


@given(st.integers(1500, 2999), st.integers(1, 12))
@settings(max_examples=examples(100))
def test_every_month_is_read_back(year: int, month: int) -> None:
    first = date(year, month, 1)
    found = read_span(f"{first:%B} {year}")
    assert found is not None
    assert found == read_span(f"{year}-{month:02}")
    assert found.first == first
    assert (found.last + timedelta(1)).day == 1


PIECES = st.sampled_from(
    ["4", "5", "31", "2025", "Mar", "March", "mars", "Mon", "lun", "-", "–", "/", ".", ",", "to",
     "bis", "a", "and", "of", "c.", "年", "月", "Q", "W", "s", "(", "?", " ", "٢"]
)  # fmt: skip


@given(st.text(max_size=30) | st.lists(PIECES, max_size=12).map(" ".join))
@settings(max_examples=examples(600))
def test_every_number_of_a_span_is_in_its_text(text: str) -> None:
    when = read_when(text)
    if when is None or when.last is None:
        return
    years = {str(when.first.year), str(when.first.year + 1), str(when.first.year)[:3]}
    plain = "".join(c if not c.isdecimal() else str(int(c)) for c in text)
    if not re.search(r"\d{3}", plain):  # "1 1 00 - 1 1 00"
        years = {year[2:4] for year in years}
    assert any(year in plain for year in years)


@pytest.mark.parametrize("text", ["1 1 00 - 1 1 00", "1/1/00 - 2/1/00"])
def test_a_span_may_have_years_of_two_digits(text: str) -> None:
    when = read_when(text)
    assert when is not None
    assert when.first == date(2000, 1, 1)
    assert when.last is not None
    assert when.last.year == 2000


# ---------------------------------------------------------------- zones, numbers, no date

ZONES = {
    "Tue Mar 05 2024 10:11:12 GMT+0100": 60,
    "Tue Mar 05 2024 10:11:12 GMT+0100 (Central European Standard Time)": 60,
    "Tue Mar 05 2024 10:11:12 GMT-0500": -300,
    "Tue Mar 05 2024 10:11:12 UTC+1": 60,
    "Tue Mar 05 2024 10:11:12 GMT+5:30": 330,
    "Tue Mar 05 2024 10:11:12 UTC": 0,
    "2024-03-05T10:11:12+01:00[Europe/Paris]": 60,
    "2024-03-05T10:11:12Z[UTC]": 0,
    "5 Mar 2024 10:11:12 +0100": 60,
}


@each("text", ZONES)
def test_a_zone(text: str) -> None:
    zone = timezone(timedelta(minutes=ZONES[text]))
    assert read_date(text) == datetime(2024, 3, 5, 10, 11, 12, tzinfo=zone)


@each(
    ("text", "expected"),
    [
        ("1607738460", datetime(2020, 12, 12, 2, 1, tzinfo=UTC)),
        ("1607738460.5", datetime(2020, 12, 12, 2, 1, 0, 500000, tzinfo=UTC)),
        ("1607738460000", datetime(2020, 12, 12, 2, 1, tzinfo=UTC)),
        ("-14182940000", datetime(1969, 7, 20, 20, 17, 40, tzinfo=UTC)),
        ("-141829400", datetime(1965, 7, 4, 10, 56, 40, tzinfo=UTC)),
        ("1607738460000000", datetime(2020, 12, 12, 2, 1, tzinfo=UTC)),
        ("202502171830", datetime(2025, 2, 17, 18, 30)),
        ("20250217183005", datetime(2025, 2, 17, 18, 30, 5)),
        ("12345", None),
        ("9" * 30, None),
        ("1607738460x", None),
    ],
)
def test_a_number_as_text(text: str, expected: datetime | None) -> None:
    assert read_digits(text) == expected


NO_DATES = [
    "n.d.",
    "[undated]",
    "NaN",
    "-",
    "0",
    "None",
    "unknown",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "00000000",
    "0001-01-01T00:00:00Z",
    "0000/00/00",
    "0001-01-01",
    "0001-01-01Z",
    "1/1/0001 12:00:00 AM",
    "-0001-11-30T00:00:00+00:00",
    "o. J.",
    "ohne Datum",
    "Date unknown",
    "senza data",
    "без даты",
    "不明",
]


@each("text", NO_DATES)
def test_no_date(text: str, read_all: ReadAll) -> None:
    assert says_no_date(text)
    (article,) = read_all("a.json", f'{{"title": "A", "date": "{text}"}}')
    assert isinstance(article, Article)
    assert (article.published, article.extra) == (None, {"date": text})


# ---------------------------------------------------------------- articles


def test_an_article_of_a_month_is_found_by_it(tmp_path: Path, read_all: ReadAll) -> None:
    lines = [f'{{"id": "{text}", "title": "A", "date": "{text}"}}\n' for text in
             ["March 2025", "2025-03-15", "1987", "4-5 March 2025", "2025-04-01"]]  # fmt: skip
    articles = read_all("a.jsonl", "".join(lines))
    month = articles[0]
    assert isinstance(month, Article)
    assert (month.published, month.published_last) == MARCH
    assert (month.published_text, month.extra) == ("March 2025", {})
    index = Index.create(tmp_path / "index", Article)
    index.add([item for item in articles if isinstance(item, Article)])

    def found(query: str) -> list[str]:
        return [hit.key for hit in index.search(query, sort="published")]

    assert found("published:2025-03") == ["March 2025", "4-5 March 2025", "2025-03-15"]
    assert found("published:2025-03-15") == ["2025-03-15"]
    assert found("published:2025-03-04") == ["4-5 March 2025"]
    assert found("published:1987") == ["1987"]
    assert found("published:1987-05") == []
    # What may be of a day: it had begun, and was not over.
    query = "published:<=2025-03-05 AND (published_last:>=2025-03-05 OR published:>=2025-03-05)"
    assert found(query) == ["March 2025", "4-5 March 2025"]


def test_a_span_is_read_back_as_it_was_written(read_all: ReadAll) -> None:
    (made,) = read_all("a.json", '{"title": "A", "date": "4-5 March 2025"}')
    assert isinstance(made, Article)
    (again,) = read_all("b.json", made.model_dump_json(exclude={"file", "line", "record"}))
    assert isinstance(again, Article)
    assert again.model_dump(exclude={"file"}) == made.model_dump(exclude={"file"})


def test_a_span_in_an_export(read_all: ReadAll) -> None:
    (article,) = read_all("a.txt", "## A\n\nPublished on March 4-5, 2025\n\nCategory: x\n\nText.")
    assert isinstance(article, Article)
    assert (article.published, article.published_text) == (MARCH_4_5[0], "March 4-5, 2025")


# ---------------------------------------------------------------- the order of day and month


@each(
    ("text", "shown"),
    [
        ("07/01/2025", "either"),
        ("7-1-2025", "either"),
        ("Wed 07/01/2025 10:30", "either"),
        ("07/01/25", "either"),
        ("25/01/2025", "dmy"),
        ("01/25/2025", "mdy"),
        ("07/07/2025", "none"),
        ("07.01.2025", "none"),
        ("2025/01/07", "none"),
        ("45/01/2025", "none"),
        ("13/13/2025", "none"),
        ("7 January 2025", "none"),
        ("07/01", "none"),
    ],
)
def test_what_a_date_shows_of_its_order(text: str, shown: str) -> None:
    assert evidence_of(text) == shown


def published(items: list[Article | Problem | Notice]) -> list[date | None]:
    return [item.published for item in items if isinstance(item, Article)]


def rows(*dates: str) -> str:
    return "title,date\n" + "".join(f"T{n},{text}\n" for n, text in enumerate(dates))


JULY, JANUARY = date(2025, 7, 1), date(2025, 1, 7)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_other_dates_of_a_file_show_the_order(name: str, read_all: ReadAll) -> None:
    def read(*dates: str) -> list[Article | Problem | Notice]:
        lines = "".join(f'{{"title": "T", "date": "{text}"}}\n' for text in dates)
        return read_all(name, rows(*dates) if name == "a.csv" else lines)

    later = read("07/01/2025", "x 2025", "8 May 2025", "25/01/2025", "08/01/2025")
    days = [JANUARY, date(2025, 5, 8), date(2025, 1, 25), date(2025, 1, 8)]
    assert published(later) == days
    assert [type(item) for item in later] == [Article, Problem, Article, Article, Article]
    assert [item.record for item in later if isinstance(item, Article)] == [1, 3, 4, 5]
    assert published(read("01/25/2025", "07/01/2025")) == [date(2025, 1, 25), JULY]


def test_an_order_that_nothing_shows_is_told(read_all: ReadAll) -> None:
    items = read_all("a.csv", rows("07/01/2025", "08/01/2025"))
    assert published(items) == [JULY, date(2025, 8, 1)]
    notice = items[-1]
    assert isinstance(notice, Notice)
    assert notice.kind == "date"
    for said in ("'07/01/2025' (and 1 other)", "month first", "--dates dmy"):
        assert said in notice.message


def test_the_order_by_option(read_all: ReadAll) -> None:
    text = rows("07/01/2025", "2025-01-07", "07.01.2025")
    assert published(read_all("a.csv", text, dates="dmy")) == [JANUARY, JANUARY, JANUARY]
    assert published(read_all("b.csv", text, dates="mdy")) == [JULY, JANUARY, JULY]
    assert not any(isinstance(item, Notice) for item in read_all("c.csv", text, dates="dmy"))


def test_records_are_not_held_back_without_end(
    read_all: ReadAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchlib.articles.records._MOST_HELD", 3)
    items = read_all("a.csv", rows(*["07/01/2025"] * 4, "25/01/2025", "07/01/2025"))
    assert published(items) == [*[JULY] * 4, date(2025, 1, 25), JANUARY]
    assert isinstance(items[-1], Notice)


def test_what_is_held_back_is_given_before_the_file_breaks(read_all: ReadAll) -> None:
    items = read_all("a.json", '[{"title": "A", "date": "07/01/2025"}, {]')
    assert [type(item) for item in items] == [Article, Notice, Problem]
