"""A year, a month and a day under keys of their own are the date, where there is no other."""

import json
from datetime import date
from pathlib import Path

import pytest
from pydantic import JsonValue

from searchlib import Article, read_articles
from searchlib.articles.date_parts import when_of_parts


def days(first: date, last: date | None = None) -> tuple[date, date | None]:
    return first, last


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"year": "2019", "month": "3", "day": "4"}, days(date(2019, 3, 4))),
        ({"day": 4, "Month": "March", "YEAR": 2019}, days(date(2019, 3, 4))),
        ({"year": "2019.0", "month": "12.0", "day": "31.0"}, days(date(2019, 12, 31))),
        ({"year": 2019.0, "month": "Sept."}, days(date(2019, 9, 1), date(2019, 9, 30))),
        ({"Publication Year": "1887", "day": "3"}, days(date(1887, 1, 1), date(1887, 12, 31))),
        ({"jahr": "2020", "monat": "Dezember"}, days(date(2020, 12, 1), date(2020, 12, 31))),
        ({"année": "2020", "mois": "août", "jour": "1"}, days(date(2020, 8, 1))),
        ({"anne\u0301e": "1500"}, days(date(1500, 1, 1), date(1500, 12, 31))),
        # "mar" is a Tuesday, too, and names of months are no days
        ({"año": 2019, "mes": "mayo", "día": "mar"}, days(date(2019, 5, 1), date(2019, 5, 31))),
        ({"year": 2019, "month": "unknown", "day": 4}, days(date(2019, 1, 1), date(2019, 12, 31))),
        ({"year": 2019, "month": 3, "day": 0}, days(date(2019, 3, 1), date(2019, 3, 31))),
        ({"year": 2019, "month": "00", "day": "00"}, days(date(2019, 1, 1), date(2019, 12, 31))),
        ({"year": "2020", "month": 2, "day": 29}, days(date(2020, 2, 29))),
        ({"year": "2019", "month": 2, "day": 29}, None),
        ({"year": "2019", "month": 13}, None),
        ({"year": "1499"}, None),
        ({"year": "19", "month": 2}, None),
        ({"year": True, "month": 2}, None),
        ({"year": float("nan")}, None),
        ({"year": 10**400}, None),
        ({"year": "2019-20"}, None),
        ({"month": 2, "day": 3}, None),
        ({"year" * 100: 2019}, None),
    ],
)
def test_the_date_is_as_exact_as_its_parts(
    record: dict[str, JsonValue], expected: tuple[date, date | None] | None
) -> None:
    found = when_of_parts(record)
    assert (found and (found.first, found.last)) == expected


def read(path: Path, text: str) -> list[Article]:
    path.write_text(text, "utf-8")
    return [one for one in read_articles(path) if isinstance(one, Article)]


def test_tables_and_records_are_read_alike(tmp_path: Path) -> None:
    rows = [("Calm", "2019", "3", "4"), ("Storm", "2020", "May", ""), ("Flood", "", "1", "2")]
    table = "title,body,year,month,day\n" + "".join(
        f"{title},The sea.,{year},{month},{day}\n" for title, year, month, day in rows
    )
    records = [
        {"title": title, "body": "The sea.", "year": year, "month": month, "day": day}
        for title, year, month, day in rows
    ]
    for articles in (
        read(tmp_path / "a.csv", table),
        read(tmp_path / "a.json", json.dumps(records)),
    ):
        assert [(one.published, one.published_last) for one in articles] == [
            (date(2019, 3, 4), None),
            (date(2020, 5, 1), date(2020, 5, 31)),
            (None, None),
        ]
        # What it was made of is there still.
        assert articles[0].extra == {"year": "2019", "month": "3", "day": "4"}


@pytest.mark.parametrize("key", ["date", "created"])
def test_another_date_goes_before(tmp_path: Path, key: str) -> None:
    table = (
        f"title,body,{key},year\nCalm,Sea.,2021-02-03,2019\nFog,Sea.,,2019\nIce,Sea.,n.d.,2019\n"
    )
    articles = read(tmp_path / "a.csv", table)
    assert [one.published for one in articles] == [
        date(2021, 2, 3), date(2019, 1, 1), date(2019, 1, 1),
    ]  # fmt: skip
    moment = '{"title": "Calm", "body": "Sea.", "document_date": "2019-01-02T10:00", "year": 1980}'
    [article] = read(tmp_path / "a.json", moment)
    assert article.published is None


def test_no_article_is_lost_for_a_year_that_can_not_be(tmp_path: Path) -> None:
    table = "title,body,year\nCalm,The sea.,1455\nFog,The sea.,9999\n"
    articles = read(tmp_path / "a.csv", table)
    assert [(one.published, one.extra) for one in articles] == [
        (None, {"year": "1455"}), (None, {"year": "9999"}),
    ]  # fmt: skip


def test_a_table_of_many_columns(tmp_path: Path) -> None:
    names = ["title", "body", *(f"c{number}" for number in range(2, 1600))]
    names[5], names[1450] = "month", "year"
    cells = ["Calm", "The sea.", *("7" for _ in names[2:])]
    cells[5], cells[1450] = "5", "2019"
    [article] = read(tmp_path / "a.csv", ",".join(names) + "\n" + ",".join(cells) + "\n")
    assert (article.published, article.published_last) == (date(2019, 5, 1), date(2019, 5, 31))


def test_what_the_library_wrote_is_read_as_it_was(tmp_path: Path) -> None:
    article = Article(id="a", title="Calm", body="The sea.", extra={"year": 2019, "month": 5})
    [again] = read(tmp_path / "a.json", article.model_dump_json())
    assert (again.published, again.extra) == (None, article.extra)
