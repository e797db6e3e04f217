"""The command line in a terminal: what is on the screen, line by line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from searchlib import Article, Index
from searchlib.cli.commands import cli

if TYPE_CHECKING:
    from pathlib import Path

pty = pytest.importorskip("pty")

BARS = ("Exporting", "Reading", "Searching")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal")
    index = Index.create(folder / "news.index", Article)
    index.add(Article(id="a", title="Storm", body="A storm in the north, and a storm at sea."))
    (folder / "list.txt").write_text("storm\nflood\n")
    return folder


def screen(folder: Path, *args: str, columns: int = 80) -> str:
    """Run a command in a terminal, and give all that is written to it."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "searchlib", *args],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": str(columns), "NO_COLOR": "1"},
    )
    os.close(theirs)
    written = bytearray()
    while True:
        try:
            written += (some := os.read(ours, 65_536))
        except OSError:  # so does Linux say that the other end is closed
            break
        if not some:
            break
    os.close(ours)
    assert process.wait() == 0, written.decode()
    return written.decode().replace("\r", "")


@pytest.mark.parametrize(
    "args",
    [("export", "storm", "--fields", "key"), ("batch", "list.txt"), ("kwic", "storm", "--csv")],
    ids=lambda args: args[0],
)
def test_no_bar_is_in_the_way_of_what_is_written_to_the_terminal(
    folder: Path, args: tuple[str, ...]
) -> None:
    written = screen(folder, *args)
    assert not any(bar in written for bar in BARS)
    assert written.startswith(("key\na\n", "row,query,total,error\n", "left,match,right,key"))


def test_a_bar_is_shown_where_a_file_is_written(folder: Path) -> None:
    assert "Exporting" in screen(folder, "export", "storm", "-o", "a.csv")


def test_a_long_line_of_an_explanation_goes_on_under_its_meaning(folder: Path) -> None:
    lines = screen(folder, "explain", "storm", "a", columns=50).splitlines()
    assert max(map(len, lines)) <= 50
    (broken,) = (number for number, line in enumerate(lines) if "saturated" in line)
    start = lines[broken].index("saturated")
    assert lines[broken + 1][:start].isspace()
    assert not lines[broken + 1][start].isspace()


@pytest.mark.parametrize("args", [("--help",), ("alerts", "x", "--help")], ids=" ".join)
def test_the_list_of_commands_has_whole_sentences(args: tuple[str, ...]) -> None:
    said = CliRunner().invoke(cli, args, terminal_width=60).output
    listed = said[said.index("Commands:") :]
    assert "..." not in listed
    assert listed.rstrip().endswith(".")


@pytest.mark.parametrize("args", [("search", "storm"), ("stats",), ("trend", "storm")])
def test_a_terminal_of_unknown_width_shows_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    monkeypatch.chdir(folder)
    runner = CliRunner(env={"COLUMNS": "0"})
    shown = runner.invoke(cli, args).stdout
    usual = runner.invoke(cli, args, env={"COLUMNS": "80"}).stdout
    assert shown.splitlines()[:1] == usual.splitlines()[:1] != []
