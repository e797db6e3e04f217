"""Articles from standard input, and their encoding, on the command line."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from searchlib import Index
from searchlib.cli.commands import cli


def run(*args: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args], input=stdin)


LINES = b'{"title": "Ferry", "body": "It sails."}\n{"title": "Storm"}\n'


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (LINES, []),
        (gzip.compress(LINES), []),
        (LINES, ["--format", "jsonl"]),
        (b"title,body\nFerry,It sails.\nStorm,\n", ["--format", "csv"]),
    ],
    ids=["lines", "packed", "told", "table"],
)
def test_standard_input(data: bytes, told: list[str], tmp_path: Path) -> None:
    result = run("index", "-", *told, "--index", tmp_path / "i", stdin=data)
    assert result.exit_code == 0, result.stderr
    assert "2 articles added" in result.stdout
    index = Index.open(tmp_path / "i")
    (hit,) = index.search("sails")
    assert hit.document.file == "-"
    # More is added to what there is; nothing goes.
    run("index", "-", "--index", tmp_path / "i", stdin=b"Fog\n\nThe fog is thick.\n")
    assert len(Index.open(tmp_path / "i")) == 3


def test_what_goes_with_standard_input(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Text.")
    index = ("--index", tmp_path / "i")
    assert run("index", "-", tmp_path / "a.txt", *index).exit_code == 2
    assert run("index", tmp_path / "a.txt", "--format", "csv", *index).exit_code == 2
    assert run("index", "-", "--watch", *index).exit_code == 2
    result = run("index", "-", "--format", "docs", *index, stdin=LINES)
    assert result.exit_code == 1
    assert "expected one of the formats" in result.stderr
    result = run("index", "-", *index, stdin=b"")
    assert result.exit_code == 1
    assert "is empty" in result.stderr
    assert not (tmp_path / "i").exists()


def test_an_encoding_is_told_or_guessed_with_a_notice(tmp_path: Path) -> None:
    text = "Паром снова ходит\n\nБилеты продают на пристани, сообщила служба порта.\n"
    (tmp_path / "a.txt").write_bytes(text.encode("cp1251"))
    result = run("index", tmp_path / "a.txt", "--index", tmp_path / "i")
    assert "read as cp1251" in result.stderr
    result = run("index", "-", "--encoding", "koi8-r", "--index", tmp_path / "i", "--json",
                 stdin=text.encode("koi8-r"))  # fmt: skip
    assert json.loads(result.stdout)["notices"] == []
    assert run("search", "пристани", "--index", tmp_path / "i").stdout.count("Паром") == 1
    result = run("index", tmp_path / "a.txt", "--encoding", "x", "--index", tmp_path / "i")
    assert "name of an encoding" in result.stderr
