"""Counts on the command line: what is asked for, and what is drawn."""

from __future__ import annotations

import json
from datetime import date  # noqa: TC003 - pydantic looks it up
from io import StringIO
from typing import TYPE_CHECKING, Annotated

import pytest
from click.testing import CliRunner, Result
from pydantic import BaseModel
from rich.console import Console

from searchlib import (
    Article,
    Date,
    Distinct,
    Histogram,
    Index,
    Key,
    Keyword,
    Number,
    Ranges,
    Stats,
    Terms,
)
from searchlib.cli.commands import cli
from searchlib.cli.facets import print_facets
from searchlib.errors import QueryError
from searchlib.schema.models import DocumentSchema
from searchlib.search.facets.texts import read_facets
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.search.facets.requests import FacetRequest


@pytest.fixture
def index_path(tmp_path: Path) -> Path:
    path = tmp_path / "news.index"
    Index.create(path, Article).add(
        Article(title=f"Storm {number}", source=source, published=day, categories=categories)
        for number, (source, day, categories) in enumerate([
            ("bbc", "2025-01-05", ["world", "weather"]),
            ("bbc", "2025-01-09", ["world"]),
            ("zeit\x1b[31m", "2025-03-01", []),
            (None, None, ["日本"]),
        ])
    )  # fmt: skip
    return path


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args])


def drawn(index_path: Path, *texts: str, width: int = 40, encoding: str = "utf-8") -> list[str]:
    index = Index.open(index_path)
    found = index.search("storm", facets=read_facets(texts, index.schema)).facets

    class Output(StringIO):
        pass

    Output.encoding = encoding
    output = Output()
    print_facets(found, Console(file=output, width=width))
    return output.getvalue().splitlines()


def test_labels_and_a_timeline_with_bars_as_wide_as_there_is_room(index_path: Path) -> None:
    assert drawn(index_path, "source:1") == [
        "source:1",
        f"  bbc  2  {'█' * 29}",
        "  1 others, 1 without",
        "",
    ]
    timeline = drawn(index_path, "published:month", encoding="ascii")
    assert timeline == [
        "published:month",
        f"  2025-01  2  {'#' * 25}",
        "  2025-02  0",
        f"  2025-03  1  {'#' * 12}",
        "  1 without",
        "",
    ]
    for width in (20, 80, 200):
        lines = drawn(index_path, "published:month", width=width)
        assert len(lines[1]) == max(width, 26) - 1 if width > 25 else len(lines[1]) <= 26


def test_wide_characters_line_up_and_control_characters_do_nothing(index_path: Path) -> None:
    lines = drawn(index_path, "categories", "source")
    assert lines[1:4] == [
        f"  world    2  {'█' * 25}", f"  weather  1  {'█' * 12}▌", f"  日本     1  {'█' * 12}▌",
    ]  # fmt: skip
    assert not any("\x1b" in line for line in lines)


def test_statistics_and_different_values(index_path: Path) -> None:
    lines = drawn(index_path, "published:stats", "categories:distinct")
    assert "  min     2025-01-05" in lines
    assert "  missing 1" in lines
    assert "  3 different values" in lines


def test_json_holds_facets_by_what_was_typed(index_path: Path) -> None:
    done = run("search", "storm", "--facet", "source", "--facet", "published:year", "-n", 0,
               "--index", index_path, "--json")  # fmt: skip
    facets = json.loads(done.stdout)["facets"]
    assert [one["count"] for one in facets["source"]["values"]] == [2, 1]
    assert facets["published:year"]["values"][0]["label"] == "2025"
    assert "facets" in json.loads(run("search", "x", "--json", "--index", index_path).stdout)


def test_facets_stand_below_the_hits(index_path: Path) -> None:
    done = run("search", "storm", "--facet", "published", "--index", index_path)
    assert done.exit_code == 0
    assert done.stdout.index("4 hits") < done.stdout.index("published") < done.stdout.index("█")


@pytest.mark.parametrize(
    "text",
    ["nowhere", "body", "source:month", "published:decade", "published:5", "title:stats", "x:"],
)
def test_what_can_not_be_counted_is_an_error(index_path: Path, text: str) -> None:
    done = run("search", "storm", "--facet", text, "--index", index_path)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_how_numbers_and_dates_are_counted(index_path: Path) -> None:
    schema = Index.open(index_path).schema
    assert read_facets(["published"], schema) == {"published": Histogram("published", fill=True)}
    with pytest.raises(QueryError, match="expected year, quarter, month.* behind the colon, got"):
        read_facets(["published:century"], schema)


class Sold(BaseModel):
    id: Annotated[str, Key()]
    tags: Annotated[list[str], Keyword()] = []
    day: Annotated[date | None, Date()] = None
    price: Annotated[float | None, Number()] = None


SOLD = DocumentSchema.of(Sold)


@each(
    ("text", "request_"),
    [
        ("tags", Terms("tags")),
        ("tags:", Terms("tags")),
        ("tags:20", Terms("tags", size=20)),
        ("tags:0", Terms("tags", size=0)),
        ("tags:all", Terms("tags", size=None)),
        ("tags:5,sort=label", Terms("tags", size=5, sort="label")),
        ("tags: sort=count , multi", Terms("tags", multi_select=True)),
        ("tags:prefix=St. John, N", Terms("tags", prefix="St. John, N")),
        ("tags:5,multi,prefix=a:b", Terms("tags", size=5, multi_select=True, prefix="a:b")),
        ("tags:distinct", Distinct("tags")),
        ("day", Histogram("day", fill=True)),
        ("day:auto", Histogram("day", fill=True)),
        ("day:week,fill=no", Histogram("day", by="week")),
        ("day:fill=yes,multi", Histogram("day", fill=True, multi_select=True)),
        ("day:1987-02..1987-03-10", Ranges("day", ["1987-02..1987-03-10"])),
        ("day:..2024,2025-01,last week", Ranges("day", ["..2024", "2025-01", "last week"])),
        ("day:2025-01-01T12:30..,multi", Ranges("day", ["2025-01-01T12:30.."], multi_select=True)),
        ("day:stats", Stats("day")),
        ("price:10", Histogram("price", by=10, fill=True)),
        ("price:0.5,fill=no", Histogram("price", by=0.5)),
        ("price:..10,10..20", Ranges("price", ["..10", "10..20"])),
        ("price:-5..-1", Ranges("price", ["-5..-1"])),
        ("price:distinct", Distinct("price")),
    ],
)
def test_texts_ask_for_all_that_programs_can_ask_for(text: str, request_: FacetRequest) -> None:
    assert read_facets([text], SOLD) == {text: request_}


@each(
    ("text", "says"),
    [
        ("tags:month", "expected a number of labels, all, sort=label, .*, got 'month'"),
        ("tags:5,7", "got two of a kind: '7'"),
        ("tags:sort=size", "got 'sort=size'"),
        ("tags:-5", "got '-5'"),
        (f"tags:{'9' * 5000}", "got '999"),
        ("tags:fill=no", "got 'fill=no'"),
        ("tags:1..5", "got '1..5'"),
        ("day:10", "expected year, .*, auto, ranges such as 2025-01..2025-03, .*, got '10'"),
        ("day:month,week", "got two of a kind: 'week'"),
        ("day:month,2025..", "expected ranges, or steps of equal width, got both"),
        ("day:2025..,fill=no", "expected ranges, or steps of equal width, got both"),
        ("day:sort=label", "got 'sort=label'"),
        ("day:stats,multi", "; or stats or distinct behind the colon, got 'stats'"),
        ("price:month", "expected the width of a step, auto, .*, got 'month'"),
        ("price:2025-01", "expected the width of a step, auto, .*, got '2025-01'"),
        ("price:0", "expected the width of a step, auto, .*, got '0'"),
        ("price:1e400", "got '1e400'"),
        ("price:nan", "got 'nan'"),
        ("prise:10", "facet 'prise:10': no field 'prise'; did you mean 'price'"),
        ("z" * 9999, "no field 'zzz"),
    ],
)
def test_errors_of_texts_say_what_is_expected(text: str, says: str) -> None:
    with pytest.raises(QueryError, match=says) as raised:
        read_facets([text], SOLD)
    assert len(str(raised.value)) < 400


def test_ranges_several_labels_and_stats_on_the_command_line(index_path: Path) -> None:
    facets = ["published:..2025-01-07,2025", "source:sort=label,multi", "categories:prefix=WO"]
    args = [arg for text in facets for arg in ("--facet", text)]
    done = run("search", "storm", "--filter", "source=bbc", *args, "--json", "--index", index_path)
    found = json.loads(done.stdout)["facets"]
    assert [(one["label"], one["count"]) for one in found[facets[0]]["values"]] == [
        ("..2025-01-07", 1), ("2025", 2),
    ]  # fmt: skip
    assert [one["count"] for one in found[facets[1]]["values"]] == [2, 1]
    assert [one["label"] for one in found[facets[2]]["values"]] == ["world"]
