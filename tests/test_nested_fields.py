"""Nested fields, computed ones and those of many types: counted, filtered, sorted, exported."""

from __future__ import annotations

import csv
import enum
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from pydantic import BaseModel, computed_field

from searchlib import (
    Between,
    Date,
    Histogram,
    Index,
    Key,
    Keyword,
    Number,
    Ranges,
    Stats,
    Text,
)
from searchlib.cli.commands import cli

if TYPE_CHECKING:
    from pathlib import Path


class Sort(enum.Enum):
    HARDBACK = "Hardback"
    PAPERBACK = "Paperback"


class Shop(BaseModel):
    city: Annotated[str, Keyword(facet=True)]
    note: Annotated[str, Text()] = ""
    opened: Annotated[date | None, Date(sortable=True)] = None
    rent: Annotated[Decimal | None, Number(sortable=True)] = None
    tags: Annotated[list[str], Keyword()] = []


class Book(BaseModel):
    id: Annotated[UUID, Key()]
    title: Annotated[str, Text()]
    shop: Shop
    sort: Annotated[Sort, Keyword()]
    price: Annotated[Decimal, Number(sortable=True)]
    seen: Annotated[datetime, Date(sortable=True)]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def initial(self) -> Annotated[str, Keyword(facet=True)]:
        return self.title[:1]


BOOKS = [
    Book(
        id=UUID(int=number),
        title=f"{'Tides' if number % 2 else 'Coasts'} of the north, part {number}",
        shop=Shop(
            city=["Rome", "PARIS", "Rome"][number % 3],
            note="by the harbour",
            opened=date(2020, 1 + number % 3, 1),
            rent=Decimal("10.10") * number,
            tags=["Old", "maps"][: number % 3],
        ),
        sort=[*Sort][number % 2],
        price=Decimal("1.10") * number,
        seen=datetime(2024, 1, 1 + number, tzinfo=UTC),
    )
    for number in range(6)
]


@pytest.fixture
def index(tmp_path: Path) -> Index[Book]:
    index = Index.create(tmp_path / "books", Book)
    index.add(BOOKS[:4])
    index.add(BOOKS[4:])
    return index


def test_facets(index: Index[Book]) -> None:
    opened = Histogram("shop.opened", by="month")
    wanted: list[Any] = ["shop.city", "shop.tags", "initial", "sort", opened, Stats("shop.rent")]
    found = index.search("north", facets=[*wanted, Ranges("price", [(0, 2.2), (2.2, None)])]).facets
    labels = {
        name: {one.label: one.count for one in found[name]}
        for name in ("shop.city", "shop.tags", "initial", "sort", "shop.opened", "price")
    }
    assert labels == {
        "shop.city": {"Rome": 4, "PARIS": 2},
        "shop.tags": {"Old": 4, "maps": 2},
        "initial": {"C": 3, "T": 3},
        "sort": {"Hardback": 3, "Paperback": 3},
        "shop.opened": {"2020-01": 2, "2020-02": 2, "2020-03": 2},
        "price": {"0..2.2": 3, "2.2..": 4},
    }
    assert found["shop.rent"].sum == pytest.approx(151.5)
    assert [*index.search("north", facets=True).facets] == ["shop.city", "initial"]


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        ({"shop.city": "rome"}, [0, 2, 3, 5]),
        ({"shop.tags": ["old", "maps"]}, [1, 2, 4, 5]),
        ({"shop.rent": Between(Decimal(20), None)}, [2, 3, 4, 5]),
        ({"shop.opened": "2020-02"}, [1, 4]),
        ({"shop.note": "harbours"}, [0, 1, 2, 3, 4, 5]),
        ({"sort": Sort.HARDBACK}, [0, 2, 4]),
        ({"id": UUID(int=3)}, [3]),
        ({"price": Decimal("2.20")}, [2]),
        ({"seen": Between(BOOKS[4].seen, None)}, [4, 5]),
        ({"initial": "t"}, [1, 3, 5]),
    ],
    ids=str,
)
def test_filters(index: Index[Book], condition: Any, numbers: list[int]) -> None:
    found = index.search("*", filter=condition, sort="seen", snippets=False)
    assert [hit.document for hit in found] == [BOOKS[number] for number in numbers]


@pytest.mark.parametrize(
    "sort", ["shop.rent", "-shop.rent", ["shop.city", "-price"], "-shop.opened"]
)
def test_pages_in_the_order_of_nested_fields(index: Index[Book], sort: Any) -> None:
    keys = [hit.key for hit in index.search("north", sort=sort)]
    page = index.search("north", sort=sort, limit=2)
    turned = [hit.key for hit in page]
    while page.next:
        page = index.search("north", sort=sort, limit=2, after=page.next)
        turned += [hit.key for hit in page]
    assert turned == keys
    assert sorted(keys) == [str(book.id) for book in BOOKS]


def test_the_best_of_each_nested_label(index: Index[Book]) -> None:
    found = index.search("north", collapse="shop.city")
    assert sorted(hit.document.shop.city for hit in found) == ["PARIS", "Rome"]


def test_exports_have_columns_of_nested_fields(index: Index[Book]) -> None:
    found = index.search("north", sort="seen")
    fields = ["shop.city", "shop.rent", "shop.tags", "sort", "initial"]
    rows = [*csv.reader(io.StringIO(found.to_csv(fields=fields) or ""))]
    assert rows[:3] == [
        fields,
        ["Rome", "0.00", "", "Hardback", "C"],
        ["PARIS", "10.10", "Old", "Paperback", "T"],
    ]
    whole = next(csv.reader(io.StringIO(found.to_csv() or "")))
    assert whole == ["id", "title", "shop", "sort", "price", "seen", "initial"]


def test_arrow_has_the_types_of_nested_fields(index: Index[Book]) -> None:
    pa = pytest.importorskip("pyarrow")
    table = index.search("north", sort="seen").to_arrow(fields=["shop.opened", "shop.tags", "sort"])
    assert table.schema.types == [pa.date32(), pa.list_(pa.string()), pa.string()]
    assert table.column("shop.tags").to_pylist()[:3] == [[], ["Old"], ["Old", "maps"]]


def test_trend_and_label_hints(index: Index[Book]) -> None:
    trend = index.trend("tides", by="month", field="shop.opened")
    assert [series.counts for series in trend.series] == [(1, 1, 1)]
    [note] = index.search("north", filter={"shop.city": "Pariss"}).notes
    assert "there is 'PARIS'" in note.message


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shop.ctiy:rome", "shop.city:rome"),
        ("shp.city:rome", "shop.city:rome"),
        ("title:hill shop.ctiy:rome", "title:hill shop.city:rome"),
        ("-shop.rnet:5 rome", None),
        ("https://shop.city:80/x", None),
    ],
)
def test_names_with_dots_are_suggested(typed: str, meant: str | None) -> None:
    index = Index.in_memory(Book)
    index.add(
        {"id": UUID(int=1), "title": "Hill", "shop": {"city": "Rome"}, "sort": "Hardback",
         "price": 1, "seen": "2025-03-04T05:06"}
    )  # fmt: skip
    found = index.suggest(typed)
    assert (found and found.text) == meant


def test_on_the_command_line(index: Index[Book]) -> None:
    asked = ["search", "north", "--index", str(index.path), "--filter", "shop.city=paris"]
    shown = CliRunner().invoke(cli, [*asked, "--facet", "shop.opened:month", "--sort", "-price"])
    assert "2020-02" in shown.output
    assert shown.output.index("part 4") < shown.output.index("part 1")


class Note(BaseModel):
    id: Annotated[str, Key()]
    body: Annotated[str, Text()]


class Stamp(BaseModel):
    by: Annotated[str, Keyword(facet=True)]


class GrownNote(Note):
    tags: Annotated[list[str], Keyword(facet=True)] = []
    day: Annotated[date | None, Date(sortable=True)] = None
    rank: Annotated[int | None, Number(sortable=True)] = None
    remark: Annotated[str | None, Text()] = None
    stamp: Stamp | None = None


def test_fields_that_older_segments_lack(tmp_path: Path) -> None:
    before: Index[Note] = Index.create(tmp_path / "notes", Note)
    before.add(Note(id=str(number), body="storm over the coast") for number in range(3))
    index = Index.open(tmp_path / "notes", GrownNote)
    new = GrownNote(
        id="9", body="storm", tags=["Sea"], day=date(2025, 3, 1), rank=4, remark="calm",
        stamp=Stamp(by="Ann"),
    )  # fmt: skip
    for committed in (False, True, "merged"):
        if committed is True:
            index.add(new)
        elif committed:
            index.optimize()
        have = int(bool(committed))
        wanted: list[Any] = ["tags", "stamp.by", Histogram("day", by="month"), Stats("rank")]
        found = index.search("storm", facets=wanted, sort=["-rank", "tags"], limit=2)
        assert found.total == 3 + have
        assert [one.missing for one in found.facets.values()] == [3] * 4
        assert found[0].key == ("9" if committed else "0")
        pages = [hit.key for hit in index.search("storm", sort=["-rank", "tags"], after=found.next)]
        assert len(pages) == 1 + have
        assert index.search("storm", collapse="stamp.by").total == 3 + have
        assert index.search("calm OR tags:sea OR stamp.by:ann").total == have
        assert index.search("*", filter={"rank": Between(1, 9)}).total == have
        notes = index.search("*", filter={"tags": "sae"}).notes
        assert ("'Sea'" in notes[0].message) == bool(committed)
        text = index.search("storm", sort="rank").to_csv(fields=["id", "stamp.by", "rank"]) or ""
        assert text.count("Ann") == have
        assert index.get("0") == GrownNote(id="0", body="storm over the coast")
