"""Counts on the command line: what is asked for, and what is drawn."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from searchlib import Article, Histogram, Index
from searchlib.cli.commands import cli
from searchlib.cli.facets import print_facets
from searchlib.errors import QueryError
from searchlib.search.facets.texts import read_facets

if TYPE_CHECKING:
    from pathlib import Path


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
    with pytest.raises(QueryError, match="expected year, quarter, month, week, day, hour behind"):
        read_facets(["published:century"], schema)
