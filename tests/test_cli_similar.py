"""The commands that compare articles."""

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
            [
                Article(id="storm", title="Storm at sea", body="The ferry stays in port."),
                Article(id="gale", title="Gale warning", body="Each Ferry stays in port.",
                        source="Wire"),
                Article(id="cup", title="Cup won", body="A late goal."),
            ]
        )  # fmt: skip
    return folder


def run(*args: object, exit_code: int = 0) -> str:
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == exit_code, result.output
    return result.output


def test_similar(path: Path) -> None:
    output = run("similar", "storm", "--index", path)
    assert " 1. Gale warning" in output
    assert "    shares: ferry, port, stays\n" in output
    assert "1 hit" in output
    assert "--offset" not in output
    found = json.loads(run("similar", "storm", "--json", "--chars", 40, "--index", path))
    assert found["similar_to"] == "storm"
    assert [(hit["key"], hit["shared"]) for hit in found["hits"]] == [
        ("gale", ["ferry", "port", "stays"])
    ]


def test_similar_to_a_text(path: Path) -> None:
    output = run("similar", "a", "late", "cup", "-n", 1, "--index", path)
    assert " 1. Cup won" in output
    assert "0 hits" in run("similar", "storm", "--filter", "source=Herald", "--index", path)
    assert "0 hits" not in run(
        "similar", "storm", "--filter", "source=Wire", "--collapse", "copies", "--index", path
    )
    assert "expected the key" in run("similar", "none", "--index", path, exit_code=1)


def test_significant(path: Path) -> None:
    output = run("significant", "ferry", "--index", path)
    assert "      3.8  ferry  2 of 2\n      3.8  port  2 of 2\n" in output
    assert output.endswith("2 of 3 articles, by their body\n")
    found = json.loads(run("significant", "gale", "--field", "source", "--json", "--index", path))
    assert found == {
        "query": "gale",
        "field": "source",
        "found": 1,
        "documents": 3,
        "terms": [{"text": "Wire", "count": 1, "total": 1, "score": 3.8191}],
    }
    assert "0 of 3 articles" in run("significant", "zebra", "--index", path)
    assert "expected a field" in run(
        "significant", "ferry", "--field", "url", "--index", path, exit_code=1
    )


def test_search_with_rerank(path: Path) -> None:
    output = run("search", "ferry", "--rerank", "neighbours", "--index", path)
    assert "2 hits" in output
    wrong = ["search", "ferry", "--rerank", "neighbours", "--sort", "source", "--index", path]
    assert "expected rerank or sort" in run(*wrong, exit_code=1)
