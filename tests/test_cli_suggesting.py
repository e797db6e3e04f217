"""The commands that help to ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from searchlib import Article, Index
from searchlib.cli.commands import cli

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "news.index"
    with Index.create(folder, Article) as index:
        index.add(
            Article(id=str(n), title="Ceasefire holds", body="The minister spoke.", source=source)
            for n, source in enumerate(["Harbour News", "Reuters", "Reuters"])
        )
    return folder


def run(*args: object) -> str:
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == 0, result.output
    return result.output


def test_suggest(path: Path) -> None:
    assert run("suggest", "ceasfire", "ministr", "--index", path) == (
        "Did you mean ceasefire minister? (3 hits)\n"
    )
    assert run("suggest", "ceasefire", "--index", path) == "Nothing to suggest.\n"
    filtered = run("suggest", "ceasfire", "--filter", "source=Harbour News", "--index", path)
    assert filtered == "Did you mean ceasefire? (1 hit)\n"
    found = json.loads(run("suggest", "ceasfire", "--json", "--index", path))
    suggestion = {"text": "ceasefire", "html": "<em>ceasefire</em>", "total": 3}
    assert found == {"query": "ceasfire", "suggestion": suggestion}


def test_search_asks_whether_something_else_was_meant(path: Path) -> None:
    assert "Did you mean ceasefire? (3 hits)" in run("search", "ceasfire", "--index", path)
    assert "Did you mean" not in run("search", "ceasefire", "--index", path)
    found = json.loads(run("search", "ceasfire", "--json", "--index", path))
    assert found["suggestion"]["text"] == "ceasefire"


def test_search_asks_where_it_shows_what_has_some_of_the_words(path: Path) -> None:
    output = run("search", "minister ceasfire", "--index", path)
    assert "these have some of them" in output
    assert "Did you mean minister ceasefire? (3 hits)" in output


def test_search_with_typos(path: Path) -> None:
    assert "3 hits" in run("search", "ceasfire", "--typos", "auto", "--index", path)


def test_complete(path: Path) -> None:
    assert run("complete", "cease", "--index", path).splitlines() == [
        "ceasefire  (word, 3 articles)",
        "ceasefire holds  (phrase, 3 titles)",
        "Ceasefire holds  (title, title)",
    ]
    found = json.loads(run("complete", "reut", "--json", "-n", "1", "--index", path))
    assert found["text"] == "reut"
    assert [one["query"] for one in found["completions"]] == ["source:Reuters"]
    filtered = run("complete", "reut", "--filter", "source=Harbour News", "--index", path)
    assert filtered == "Nothing to complete.\n"
    excluded = run("complete", "--index", path, "--", "-cease")
    assert excluded == "Nothing to complete.\n"  # all articles have it


def test_what_is_suggested_for_a_query_with_open_quotes_can_be_searched(path: Path) -> None:
    asked = run("suggest", '"ceasfire holds', "--index", path)
    assert asked == 'Did you mean "ceasefire holds"? (3 hits)\n'
