"""``searchlib export``: what goes where, in which format."""

from __future__ import annotations

import csv
import io
import json
import os
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from searchlib import Article, Index
from searchlib.cli.commands import cli
from searchlib.search import all_hits
from tests.stopped_readers import said_to_nobody
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an index of 30 articles, ``news.index``."""
    index = Index.create(tmp_path / "news.index", Article)
    index.add(
        Article(
            id=f"{number:02}",
            title=f"=Storm {number}",
            body="calm " * number,
            source="Odd" if number % 2 else "Even",
            published=f"2025-01-{number + 1:02}",
        )
        for number in range(30)
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, ["export", *arguments])
    assert result.exit_code == code, result.output
    return result


@pytest.mark.usefixtures("folder")
def test_all_hits_go_to_standard_output_as_csv() -> None:
    text = run("storm", "--fields", "id, title").stdout_bytes.decode()
    assert text.startswith("id,title\r\n00,=Storm 0\r\n01,=Storm 1\r\n")
    assert len(text.splitlines()) == 31
    everything = run("*", "-o", "-").stdout_bytes.decode()
    rows = list(csv.DictReader(io.StringIO(everything, newline="")))
    assert len(rows) == 30
    assert list(rows[0]) == list(Article.model_fields)


@pytest.mark.usefixtures("folder")
def test_options_of_a_search_hold() -> None:
    options = ["--filter", "source:odd", "--sort=-published", "--limit", "3", "--fields", "key"]
    assert run("storm", *options).stdout_bytes == b"key\r\n29\r\n27\r\n25\r\n"
    assert run("storm", "-n0", "--fields", "key").stdout_bytes == b"key\r\n"
    assert run("storm", "unheard", "--fields", "key").stdout_bytes == b"key\r\n"
    found = run("storm", "unheard", "--match", "any", "--fields", "key").stdout_bytes
    assert len(found.splitlines()) == 31
    assert run("storm", "-calm", "--fields", "key").stdout_bytes == b"key\r\n00\r\n"


@pytest.mark.usefixtures("folder")
def test_formats_of_text() -> None:
    assert run("id:07", "--format", "tsv", "--fields", "id,source").stdout_bytes == (
        b"id\tsource\r\n07\tOdd\r\n"
    )
    line = run("id:07", "--format", "jsonl", "--fields", "id,rank").stdout
    assert json.loads(line) == {"id": "07", "rank": 1}
    assert run("id:07", "--format", "bibtex").stdout.startswith("@article{odd2025-07,\n")
    assert run("id:07", "--format", "ris").stdout_bytes.startswith(b"TY  - NEWS\r\n")
    text = run("id:07", "--format", "ris", "--fields", "title=source").stdout
    assert "TI  - Odd" in text


@pytest.mark.usefixtures("folder")
@each(
    "options",
    [
        [],
        ["--collapse", "source"],
        ["--collapse", "source", "--best", "2"],
        ["--rerank", "neighbours"],
        ["--recency", "published:3d:0.9"],
        ["--typos", "auto"],
        ["--no-synonyms"],
        ["--sort=-published", "--missing", "first"],
        ["--filter", "source=Odd"],
    ],
)
@each("query", ["storm calm", "strom"])
def test_what_a_search_shows_can_be_taken_home(query: str, options: list[str]) -> None:
    shown = CliRunner().invoke(cli, ["search", query, "--match", "any", "--json", "-n30", *options])
    hits = json.loads(shown.stdout)["hits"]
    assert len(hits) > 1 or query == "strom"
    wanted = [f"{hit['key']},{hit['score']}" for hit in hits]
    found = run(query, "--match", "any", "--fields", "key,score", *options).stdout
    assert found.splitlines()[1:] == wanted
    if options[:1] == ["--typos"]:
        assert len(wanted) == 30


def test_an_export_that_collapses_says_how_many_hits_it_has(folder: Path) -> None:
    found = run("storm", "--collapse", "source", "--best", "2", "-o", "a.csv", "--fields", "key")
    assert found.stderr == "4 hits written to a.csv\n"
    assert len((folder / "a.csv").read_text().splitlines()) == 5


def test_where_to_search_is_told_from_the_columns(folder: Path) -> None:
    (folder / "synonyms.txt").write_text("tempest, storm")
    Index.open(folder / "news.index").synonyms.load(folder / "synonyms.txt")
    fields = ["--fields", "key"]
    assert len(run("storm", *fields, "--search-fields", "title^2,body").stdout.splitlines()) == 31
    assert len(run("storm", *fields, "--search-fields", "body").stdout.splitlines()) == 1
    assert len(run("tempest", *fields).stdout.splitlines()) == 31
    assert len(run("tempest", *fields, "--no-synonyms").stdout.splitlines()) == 1


def test_the_ending_of_a_file_names_the_format(folder: Path) -> None:
    found = run("id:07", "--fields", "title", "--safe", "--bom", "-o", "a.csv")
    assert (found.stdout, found.stderr) == ("", "1 hit written to a.csv\n")
    assert (folder / "a.csv").read_bytes() == '\ufeff"title"\r\n"\'=Storm 7"\r\n'.encode()
    run("*", "--fields", "id", "--output", "a.TSV")
    assert (folder / "a.TSV").read_text().count("\n") == 31
    run("*", "-o", "a.ndjson")
    assert len((folder / "a.ndjson").read_text().splitlines()) == 30
    run("*", "-o", "a.bib")
    assert (folder / "a.bib").read_text().count("@article{") == 30
    run("*", "-o", "a.ris")
    assert (folder / "a.ris").read_text().count("ER  - ") == 30
    run("*", "-o", "a.bib", "--format", "csv")
    assert (folder / "a.bib").read_text().startswith("id,title")


def test_binary_formats_go_to_files(folder: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra arrow is not installed")
    run("storm", "-o", "a.parquet", "--fields", "id,score")
    run("storm", "-o", "a.feather")
    assert (folder / "a.parquet").read_bytes()[:4] == b"PAR1"
    assert (folder / "a.feather").read_bytes()[:6] == b"ARROW1"
    assert (
        "Expected --output FILE for parquet" in run("storm", "--format", "parquet", code=2).output
    )


@pytest.mark.usefixtures("folder")
def test_mistakes_are_explained() -> None:
    other = " ".join(run("storm", "-o", "a.txt", code=2).output.split())
    assert "Expected a file that ends with .csv, " in other
    assert "Excel" not in other
    excel = " ".join(run("storm", "-o", "a.XLSX", code=2).output.split())
    assert "Excel opens .csv, best with --safe --bom" in excel
    assert "got 'a.txt'" in run("storm", "-o", "a.txt", code=2).output
    wrong = run("storm", "--fields", "titel", code=1).output
    assert "expected a field to export, got 'titel'; there are id, title" in wrong
    assert wrong.endswith("snippet, key\n")
    found = run("storm", "--format", "ris", "--fields", "title", code=1)
    assert "expected fields as title=FIELD" in found.output
    found = run("storm", "--format", "ris", "--fields", "title=id,title=body", code=1)
    assert "expected 'title' once in fields" in found.output
    assert "with commas between them" in run("storm", "--fields", "id,,title", code=1).output
    assert "could not write the export" in run("storm", "-o", "no/a.csv", code=1).output
    assert "there is no such folder" in run("storm", "--index", "nowhere", code=1).output


@pytest.mark.usefixtures("folder")
def test_notes_are_told_beside() -> None:
    found = run("(storm", "--lenient", "--fields", "id")
    assert "note: " in found.stderr
    assert "note: " not in found.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="expected a system with fork")
def test_a_reader_that_stops_early_ends_the_command_quietly(folder: Path) -> None:
    index = Index.open(folder / "news.index")
    index.add(
        Article(id=f"x{number}", title="storm", body="a storm " * 50)
        for number in range(all_hits.BATCH + 1)
    )
    formats = ("csv", "jsonl", "bibtex", "ris")
    commands = (["export", "storm", "--format", format_] for format_ in formats)
    warming_up = ["export", "calm", "--limit", "1"]
    assert said_to_nobody(folder, *commands, warming_up=warming_up, characters=1) == [""] * 4
