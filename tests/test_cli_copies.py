"""``searchlib copies`` and ``searchlib search --collapse``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from searchlib import Article, Index
from searchlib.cli.commands import cli

if TYPE_CHECKING:
    from pathlib import Path

BODY = " ".join(f"word{number}" for number in range(80))


@pytest.fixture
def folder(tmp_path: Path) -> str:
    index = Index.create(tmp_path / "news.index", Article)
    index.add(
        [
            Article(id=f"a{n}", title="Gale", body=BODY, source="Herald" if n else "Courier")
            for n in range(7)
        ]
    )
    index.add(Article(id="b", title="Calm", body="word1 and no wind"))
    return str(index.path)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_copies_are_listed(folder: str) -> None:
    shown = run("copies", "a0", "--index", folder)
    assert shown.splitlines()[0] == "100%  Gale · a1"
    assert shown.splitlines()[-1] == "6 copies"
    assert run("copies", "b", "--index", folder).strip() == "0 copies"


def test_copies_as_json(folder: str) -> None:
    found = json.loads(run("copies", "a6", "--index", folder, "--json"))
    assert found["key"] == "a6"
    assert found["copies"][0] == {"key": "a0", "similarity": 1.0}
    assert len(found["copies"]) == 6


def test_an_unknown_key_is_an_error(folder: str) -> None:
    done = CliRunner().invoke(cli, ["copies", "nowhere", "--index", folder])
    assert done.exit_code == 1
    assert "expected the key" in done.stderr


def test_hits_say_what_is_left_out(folder: str) -> None:
    shown = run("search", "word1", "--index", folder, "--collapse", "copies")
    assert "    + 6 copies: a1, a2, a3, a4, a5, …" in shown
    assert "2 of 8 hits (2 groups) in" in shown


def test_fields_collapse_too(folder: str) -> None:
    shown = run("search", "gale", "--index", folder, "--collapse", "source", "--best", "2")
    assert "+ 4 more: a3, a4, a5, a6" in shown
    assert "3 of 7 hits (2 groups) in" in shown


def test_a_single_copy_is_called_so(folder: str) -> None:
    shown = run("search", "gale", "--index", folder, "--collapse", "copies", "--best", "6")
    assert "+ 1 copy: a6\n" in shown


def test_search_as_json(folder: str) -> None:
    found = json.loads(run("search", "gale", "--index", folder, "--collapse", "copies", "--json"))
    assert (found["total"], found["groups"], len(found["hits"])) == (7, 1, 1)
    assert found["hits"][0]["collapsed"] == {"count": 6, "keys": [f"a{n}" for n in range(1, 7)]}


@pytest.mark.parametrize(
    "arguments", [("--collapse", "title"), ("--collapse", "copies", "--best", "0")]
)
def test_what_can_not_be_is_explained(folder: str, arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, ["search", "gale", "--index", folder, *arguments])
    assert done.exit_code == 1
    assert "expected" in done.stderr
