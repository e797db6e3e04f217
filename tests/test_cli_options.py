"""No option is ignored: one that has no effect beside the others is an error that says so."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from searchlib import Article, Index
from searchlib.cli.commands import cli
from searchlib.errors import QueryError
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def here(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the index of four articles, and a list of queries."""
    assert index.path == tmp_path / "news.index"
    (tmp_path / "list.txt").write_text("peace\nstrike\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@each(
    ("command", "message"),
    [
        ("search peace --best 2", "expected collapse with best"),
        ("export peace --best 2", "expected collapse with best"),
        ("search peace --missing first", "expected sort with missing"),
        ("export peace --missing last", "expected sort with missing"),
        ("export peace --format jsonl --safe", "Expected --safe with csv or tsv, got jsonl"),
        ("export peace --format jsonl --bom", "Expected --bom with csv or tsv, got jsonl"),
        ("export peace --format ris --safe", "Expected --safe with csv or tsv, got ris"),
        ("export peace -o p.bib --bom", "Expected --bom with csv or tsv, got bibtex"),
        ("batch list.txt --safe --json", "Expected --safe with csv or tsv, got json"),
        ("batch list.txt --safe -o o.jsonl", "Expected --safe with csv or tsv, got json"),
        ("batch list.txt -o o.csv --json", "ends with .jsonl or .ndjson for --json, got 'o.csv'"),
        ("kwic peace -o k.csv --json", "ends with .jsonl or .ndjson for --json, got 'k.csv'"),
        ("kwic peace -o k.jsonl --csv", "ends with .csv for --csv, got 'k.jsonl'"),
        ("kwic peace --json --safe", "Expected --safe with csv or tsv, got json"),
        ("kwic peace --safe", "Expected --safe with csv or tsv, got text"),
        ("kwic peace --bom", "Expected --bom with csv or tsv, got text"),
        ("batch list.txt --no-header", "Expected --no-header with a table, got 'list.txt'"),
        ("batch list.txt --phrase --match any", "expected phrases or match 'any', got both"),
        ("serve --demo --index news.index", "Expected --demo or --index, got both."),
        ("search peace -n 2 --limit 3", "Expected --limit once, got it 2 times."),
        ("search peace --fields title --fields body", "Expected --fields once, got it 2 times."),
        ("search peace --collapse source --collapse copies", "Expected --collapse once"),
        ("export peace --format ris --format csv", "Expected --format once, got it 2 times."),
        ("batch list.txt --hits 1 --hits 2 --hits 3", "Expected --hits once, got it 3 times."),
        ("index more --index a --index b", "Expected --index once, got it 2 times."),
        ("trend peace --by month --by year", "Expected --by once, got it 2 times."),
        ("show talks --index a --index b", "Expected --index once, got it 2 times."),
        ("search peace --limit -1", "-1 is not in the range x>=0"),
        ("similar talks --offset -1", "-1 is not in the range x>=0"),
        ("search peace --sort=", "expected sort as names with commas between them, got ''"),
        ("search peace --sort source --sort=-source", "expected sort to name 'source' once"),
        ("search peace --fields title,", "expected fields as names with commas between them"),
        ("export peace --fields id,id", "expected the field 'id' once in an export"),
        ("kwic peace --width 10001", "expected width to be at most 10,000, got 10001"),
    ],
)
def test_what_would_be_ignored_is_an_error(here: Path, command: str, message: str) -> None:
    before = {*here.iterdir()}
    done = CliRunner().invoke(cli, command.split())
    assert done.exit_code in (1, 2), done.output
    assert message in " ".join(done.stderr.split())
    assert {*here.iterdir()} == before


def test_a_list_is_written_as_the_ending_of_its_file_says(here: Path) -> None:
    assert CliRunner().invoke(cli, ["batch", "list.txt", "-o", "o.jsonl"]).exit_code == 0
    assert (here / "o.jsonl").read_text().startswith("{")
    assert CliRunner().invoke(cli, ["batch", "list.txt", "-o", "o.csv"]).exit_code == 0
    assert (here / "o.csv").read_text().startswith("row,")


@pytest.mark.parametrize(
    ("command", "ending"),
    [
        ("export peace", "csv"),
        ("export peace", "parquet"),
        ("kwic peace", "jsonl"),
        ("trend peace", "csv"),
        ("trend peace", "json"),
        ("batch list.txt", "csv"),
        ("index more --problems", "jsonl"),
    ],
)
def test_a_file_that_can_not_be_names_what_is_in_the_way(
    here: Path, command: str, ending: str
) -> None:
    (here / "more").mkdir()
    before = {*here.rglob("*")}
    target = [] if "--problems" in command else ["-o"]
    for path, said in {
        f"nowhere/x.{ending}": f"there is no folder '{here}/nowhere'",
        f"list.txt/x.{ending}": f"'{here}/list.txt' is no folder",
    }.items():
        done = CliRunner().invoke(cli, [*command.split(), *target, path])
        assert done.exit_code == 1, done.output
        assert said in done.stderr.replace("\n", "")
        assert "unfinished" not in done.stderr
        assert "Errno" not in done.stderr
        assert "check the disk" not in done.stderr
    assert {*here.rglob("*")} == before


def test_today_is_where_the_zone_says(here: Path) -> None:
    zones = {"east": "Etc/GMT-14", "west": "Etc/GMT+12"}  # never on the same day
    with Index.create(here / "days.index", Article) as index:
        index.add(
            Article(id=key, title="A storm", published=datetime.now(ZoneInfo(zone)).date())
            for key, zone in zones.items()
        )

    def run(command: str, zone: str) -> Any:
        args = [*command.split(), "--zone", zone, "--json", "--index", "days.index"]
        done = CliRunner().invoke(cli, args)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    for key, zone in zones.items():
        found = run("similar a_storm storm --filter published=today", zone)
        assert [hit["key"] for hit in found["hits"]] == [key]
    assert run("delete --yes --query published:today", zones["east"])["deleted"] == 1
    assert "west" in Index.open(here / "days.index")


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("kwic pecae", "lines in 2 articles"),
        ("significant pecae", "2 of 4"),
        ("explain pecae talks", "word 'peac'"),
    ],
)
def test_typos_and_synonyms_are_of_every_command_that_looks_for_words(
    index: Index, here: Path, command: str, found: str
) -> None:
    def run(*args: str) -> str:
        return CliRunner().invoke(cli, args).stdout

    assert found in run(*command.split(), "--typos", "auto")
    assert found not in run(*command.split())
    (here / "synonyms.txt").write_text("pecae => peace")
    index.synonyms.load(here / "synonyms.txt")
    assert found in run(*command.split())
    assert found not in run(*command.split(), "--no-synonyms")


def test_typos_can_be_counted(index: Index) -> None:
    assert index.count("pecae", typos="auto") == index.search("pecae", typos="auto").total == 2
    assert index.count("pecae") == 0
    with pytest.raises(QueryError, match="expected typos to be 'off' or 'auto'"):
        index.concordance("pecae", typos="some")  # type: ignore[arg-type]
