"""``fields`` says where to look in everything that takes a query, as it does in a search."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from searchlib import Article, Index
from searchlib.cli.commands import cli
from searchlib.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


ASKING: dict[str, Callable[..., Any]] = {
    "count": Index.count,
    "trend": Index.trend,
    "concordance": Index.concordance,
    "search_many": lambda index, query, **options: index.search_many([query], **options),
    "significant": Index.significant,
}


@pytest.mark.parametrize("fields", [["title"], "title", {"title": 3.0}], ids=str)
def test_all_look_where_a_search_looks(index: Index, fields: Any) -> None:
    assert index.count("peace") == 2
    assert [hit.key for hit in index.search("peace", fields=fields)] == ["talks"]
    assert index.count("peace", fields=fields) == 1
    trend = index.trend(["peace", "dockers OR peace"], fields=fields)
    assert [one.total for one in trend.series] == [1, 2]
    rows = [*index.search_many(["peace", "title:peace", "body:peace"], fields=fields)]
    assert [row.total for row in rows] == [1, 1, 2]
    [row] = index.search_many(["peace talks"], fields=fields, phrases=True)
    assert [hit.key for hit in row.hits] == ["talks"]
    assert {line.field for line in index.concordance("peace", fields=fields)} == {"title"}
    assert index.significant("peace", fields=fields) == index.significant("title:peace")


def test_names_that_come_one_by_one_serve_for_all_queries(index: Index) -> None:
    trend = index.trend(["peace", "talks"], fields=iter(["title"]))
    assert [one.total for one in trend.series] == [1, 1]
    rows = index.search_many(["peace", "talks"], fields=iter(["title"]))
    assert [row.total for row in rows] == [1, 1]


def test_weights_decide_the_order_in_a_list(index: Index) -> None:
    weights = {"title": 1.0, "body": 50.0}
    [row] = index.search_many(["peace"], fields=weights)
    found = index.search("peace", fields=weights)
    assert [(hit.key, hit.score) for hit in row.hits] == [(hit.key, hit.score) for hit in found]


@pytest.mark.parametrize("call", ASKING)
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ([], "expected at least one text field to search"),
        (["source"], "expected text fields, got 'source'"),
        ({"title": 0}, "expected a weight above 0"),
        (7, "expected fields to be names or a mapping"),
    ],
    ids=str,
)
def test_wrong_fields_are_an_error_at_once(
    index: Index, call: str, fields: Any, message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        ASKING[call](index, "peace", fields=fields)


def test_a_suggestion_finds_something_where_the_search_looks() -> None:
    index = Index.in_memory(Article)
    index.add(Article(id=f"s{number}", title="Calm", body="A storm.") for number in range(20))
    index.add(Article(id="form", title="A form", body="Nothing."))
    suggestion = index.search("strom").suggestion
    assert suggestion is not None
    assert suggestion.text == "storm"
    suggestion = index.search("strom", fields=["title"]).suggestion
    assert suggestion is None or index.count(suggestion.text, fields=["title"])
    index.add(Article(id="title", title="The storm", body="Nothing."))
    suggestion = index.search("strom", fields=["title"]).suggestion
    assert suggestion is not None
    assert (suggestion.text, suggestion.total) == ("storm", 1)


def test_commands_take_fields(index: Index, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("peace\n")

    def run(command: str) -> str:
        args = [*command.split(), "--index", str(index.path)]
        done = CliRunner().invoke(cli, args)
        assert done.exit_code == 0, done.stderr
        return done.stdout

    [one] = json.loads(run("trend peace --fields title --json"))["series"]
    assert sum(one["counts"]) == 1
    [line] = run("kwic peace --fields title^2 --json").splitlines()
    assert json.loads(line)["field"] == "title"
    [row] = run(f"batch {tmp_path / 'list.txt'} --fields title --json").splitlines()
    assert json.loads(row)["total"] == 1
    assert json.loads(run("significant peace --fields title --json")) == {
        **json.loads(run("significant title:peace --json")),
        "query": "peace",
    }
    done = CliRunner().invoke(cli, ["trend", "a", "--fields", "source", "--index", str(index.path)])
    assert done.exit_code == 1
    assert "expected text fields, got 'source'" in done.stderr
