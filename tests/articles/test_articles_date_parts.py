"""A year, a month and a day under keys of their own are the date, where there is no other."""

import json
from datetime import date
from pathlib import Path

import pytest

from searchlib import Article, read_articles
from searchlib.articles.date_parts import date_of_parts


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"year": "2019", "month": "3", "day": "4"}, "2019-03-04"),
        ({"day": 4, "Month": "March", "YEAR": 2019}, "2019-03-04"),
        ({"year": "2019.0", "month": "12.0", "day": "31.0"}, "2019-12-31"),
        ({"year": 2019.0, "month": "Sept.", "day": None}, "2019-09"),
        ({"Publication Year": "1887", "pub_month": "", "day": "3"}, "1887"),
        ({"jahr": "2020", "monat": "Dezember"}, "2020-12"),
        ({"année": "2020", "mois": "août", "jour": "1"}, "2020-08-01"),
        ({"year": 2019, "month": "unknown", "day": 4}, "2019"),
        ({"year": "2020", "month": 2, "day": 29}, "2020-02-29"),
        ({"year": "2019", "month": 2, "day": 29}, None),
        ({"year": "2019", "month": 13}, None),
        ({"year": "19", "month": 2}, None),
        ({"year": True, "month": 2}, None),
        ({"year": float("nan")}, None),
        ({"year": 10**400}, None),
        ({"year": "2019-20"}, None),
        ({"month": 2, "day": 3}, None),
        ({"year" * 100: 2019}, None),
    ],
)  # fmt: skip
def test_the_date_is_as_exact_as_its_parts(record: dict[str, object], expected: str | None) -> None:
    found = date_of_parts(record)  # type: ignore[arg-type]
    assert (found and found[1]) == expected


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


def test_another_date_goes_before(tmp_path: Path) -> None:
    table = "title,body,date,year\nCalm,The sea.,2021-02-03,2019\nStorm,The sea.,,2019\n"
    articles = read(tmp_path / "a.csv", table)
    assert [one.published for one in articles] == [date(2021, 2, 3), date(2019, 1, 1)]
