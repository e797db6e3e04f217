"""The command that shows every occurrence in its line."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from searchlib import Article, Index
from searchlib.cli.commands import cli
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kwic") / "news.index"
    with Index.create(folder, Article) as index:
        index.add(
            [
                Article(id="a", title="", body="The storm surge came."),
                Article(id="c", title="", body="Later a storm.\n\x1b[2J"),
                Article(id="b", title="=1+1", body="嵐のあと storm 界界界界", source="AP"),
            ]
        )
    return folder


def run(*args: object, columns: int = 80) -> Result:
    result = CliRunner().invoke(cli, [str(a) for a in args], env={"COLUMNS": str(columns)})
    assert result.exit_code == 0, result.output
    return result


@each("columns", [40, 60, 80, 120])
def test_lines_are_aligned_at_the_match_and_as_wide_as_the_terminal(
    path: Path, columns: int
) -> None:
    *lines, said = run("kwic", "storm", "--index", path, columns=columns).stdout.splitlines()
    assert said == "3 lines in 3 articles"
    assert len({cell_len(line.partition("storm")[0]) for line in lines}) == 1
    assert len({cell_len(line.rpartition("  ")[0]) for line in lines}) == 1
    assert all(cell_len(line) <= columns for line in lines)
    assert "\x1b" not in "".join(lines)


def test_width_order_and_limit(path: Path) -> None:
    output = run("kwic", "storm", "--width", 7, "--sort", "right", "--index", path).stdout
    assert output.splitlines() == [
        "     a storm. \ufffd[2J   c",
        "   The storm surge   a",
        "のあと storm 界界界  b",
        "3 lines in 3 articles",
    ]
    one = run("kwic", "storm", "--width", 7, "--sort", "right", "-n", 1, "--index", path).stdout
    assert one.splitlines()[1:] == ["1 line in 1 article; 3 articles match"]
    labelled = run("kwic", "surge OR source:AP", "--width", 7, "--index", path).stdout
    assert labelled.splitlines()[1:] == ["1 line in 1 article; 2 articles match"]


def test_csv_and_json(path: Path, tmp_path: Path) -> None:
    args = ("kwic", "storm", "OR", "surge", "--filter", "source!=AP", "--index", path)
    rows = [*csv.DictReader(io.StringIO(run(*args, "--csv").stdout))]
    assert [row["match"] for row in rows] == ["storm", "surge", "storm"]
    lines = [json.loads(line) for line in run(*args, "--json").stdout.splitlines()]
    assert [line["match"] for line in lines] == ["storm", "surge", "storm"]
    assert lines[0]["marks"] == [[0, 5]]
    for name in ("lines.csv", "lines.jsonl"):
        result = run(*args, "-o", tmp_path / name)
        assert result.stdout == ""
        assert f"Written to {tmp_path / name}" in result.stderr
    assert (tmp_path / "lines.csv").read_bytes().decode() == run(
        *args, "--csv"
    ).stdout_bytes.decode()
    assert (tmp_path / "lines.jsonl").read_text("utf-8") == run(*args, "--json").stdout


def test_cells_are_harmless_if_asked_for(path: Path) -> None:
    output = run("kwic", "storm", "--filter", "source=AP", "--csv", "--safe", "--index", path)
    assert '"\'=1+1"' in output.stdout


def test_wrong_calls(path: Path) -> None:
    for args in (["--csv", "--json"], ["-o", "lines.txt"], ["--sort", "middle"], ["--width", "-1"]):
        assert (
            CliRunner().invoke(cli, ["kwic", "storm", *args, "--index", str(path)]).exit_code == 2
        )
    assert CliRunner().invoke(cli, ["kwic", "storm AND (", "--index", str(path)]).exit_code == 1
    assert "note" in run("kwic", "storm AND (", "--lenient", "--index", path).stderr
