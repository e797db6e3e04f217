"""The command line, from the outside."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from searchlib import Article, Index
from searchlib.cli.commands import cli
from searchlib.cli.terminal import print_results
from searchlib.search.results import Results
from tests.conftest import shared_file
from tests.tables import each

DOCS = Path(__file__).parents[1] / "docs" / "command-line.md"

EXPORT = """## Talks in Vienna\n\nPublished on March 4, 2025\n\nCategory: ,World - ,\n
## **Meridian Wire**\n\nVIENNA – Peace talks began on <b> Monday. \x1b[31mRed\n"""


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args])


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "talks.txt").write_text(EXPORT, encoding="utf-8")
    (folder / "more.jsonl").write_text('{"title": "Cup final", "date": "2025-05-25"}\nnonsense\n')
    return folder


@pytest.fixture
def index_path(archive: Path, tmp_path: Path) -> Path:
    path = tmp_path / "news.index"
    assert run("index", archive, "--index", path).exit_code == 0
    return path


def test_indexing_says_what_became_of_the_files(archive: Path, tmp_path: Path) -> None:
    result = run("index", archive, "--index", tmp_path / "i")
    assert result.exit_code == 0
    assert "2 articles added" in result.stdout
    assert "more.jsonl:2" in result.stderr
    again = run("index", archive, "--index", tmp_path / "i", "--json")
    report = json.loads(again.stdout)
    assert (report["added"], report["replaced"]) == (0, 0)
    assert report["files"]["unchanged"] == 2
    assert report["rejected"][0]["line"] == 2
    assert run("index", archive, "--index", tmp_path / "i", "--strict").exit_code == 3


def test_searching(index_path: Path) -> None:
    result = run("search", "peace talks", "--index", index_path)
    assert result.exit_code == 0
    assert "Talks in Vienna" in result.stdout
    assert "2025-03-04 · Meridian Wire · World" in result.stdout
    assert "1 hit in" in result.stdout
    assert "\x1b" not in result.stdout
    assert run("search", "zebra", "--index", index_path).exit_code == 0


def test_searching_for_programs(index_path: Path) -> None:
    result = run("search", '"peace talks"', "--index", index_path, "--json")
    found = json.loads(result.stdout)
    assert (found["query"], found["total"]) == ('"peace talks"', 1)
    hit = found["hits"][0]
    assert hit["document"]["published"] == "2025-03-04"
    assert "<mark>Peace talks</mark> began on &lt;b&gt;" in hit["snippets"]["body"]["html"]


def test_a_person_reads_numbers_as_one_writes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "talks.txt").write_text(EXPORT + "\n\nA ship\n\nsank.\n", encoding="utf-8")
    (folder / "empty.txt").touch()
    added = run("index", folder, "--index", "i")
    assert "1 article added" in added.stdout
    assert f"  {Path('archive', 'empty.txt')}: " in added.stderr
    stats = run("stats", "--index", "i").stdout.replace("\n", " ")
    assert "1 document, " in stats
    assert "kB on disk in 1 segment, after 1 commit" in stats
    shown = run("search", "ship sank", "--index", "i").stdout
    assert "Red A ship sank." in " ".join(shown.split("\n    "))
    assert "  sank" not in shown


def test_a_pipe_gets_one_line_for_each_text_and_a_terminal_what_fits(
    tmp_path: Path,
) -> None:
    index = Index.create(tmp_path / "index", Article)
    body = "The harbour was closed for repairs, and ships waited outside for days. " * 3
    index.add([Article(id="1", title="A harbour and its many ships " * 4, body=body)])
    results = index.search("harbour")

    def printed(*, in_terminal: bool) -> list[str]:
        file = StringIO()
        console = Console(width=60, file=file, force_terminal=in_terminal, color_system=None)
        console.soft_wrap = not in_terminal
        print_results(results, console)
        return file.getvalue().splitlines()

    title, about, text, empty, _ = printed(in_terminal=False)
    assert title.startswith(" 1. A harbour and")
    assert about == "    1"
    assert len(title) > 100
    assert len(text) > 200
    assert not empty
    wrapped = printed(in_terminal=True)
    assert all(len(line) <= 60 and line == line.rstrip() for line in wrapped)
    assert [line[:4] for line in wrapped[:3]] == [" 1. ", "    ", "    "]
    words = " ".join(line.strip() for line in wrapped[:-2]).split()
    assert words == f"{title} {about} {text}".split()


def test_fewer_hits_than_there_are_say_so(index_path: Path) -> None:
    assert "1 of 2 hits in" in run("search", "*", "--limit", 1, "--index", index_path).stdout


def test_search_options(index_path: Path) -> None:
    def keys(*options: str) -> list[str]:
        found = json.loads(run("search", *options, "--index", index_path, "--json").stdout)
        return [hit["document"]["title"] for hit in found["hits"]]

    assert keys("*", "--sort=-published") == ["Cup final", "Talks in Vienna"]
    assert keys("*", "--sort=published", "--offset", "1") == ["Cup final"]
    assert keys("*", "--sort=published,source", "--sort", "id") == ["Talks in Vienna", "Cup final"]
    assert keys("*", "--sort", "source", "--missing", "first") != []
    assert keys("final OR cup OR vienna", "--recency", "published:1d:1")[0] == "Cup final"
    assert keys("talks", "--fields", "title^3,body") == ["Talks in Vienna"]
    assert keys("cup", "--fields", "body") == []
    assert keys("cup vienna", "--match", "all") == []
    assert len(keys("cup vienna", "--match", "any", "--limit", "1")) == 1
    assert keys("*", "--filter", "categories:world") == ["Talks in Vienna"]


@pytest.mark.parametrize("query", ["*", "cup vienna"])  # no article has both words
def test_pages_are_turned_by_cursor(index_path: Path, query: str) -> None:
    def page(*options: str) -> dict[str, Any]:
        done = run("search", query, "-n", 1, *options, "--index", index_path, "--json")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    first = page()
    second = page("--after", first["next"])
    assert [hit["rank"] for found in (first, second) for hit in found["hits"]] == [1, 2]
    assert first["hits"][0]["key"] != second["hits"][0]["key"]
    assert second["next"] is None
    said = run("search", query, "-n", 1, "--index", index_path).stdout
    assert "the next with --offset 1" in said
    assert "the next with" not in run("search", query, "--index", index_path).stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--recency", "published"], "a half-life such as published:30d for recency, got 'publ"),
        (["--recency", "published:"], "a half-life such as published:30d for recency"),
        (["--recency", "published:soon"], "half_life"),
        (["--sort", "xx"], "expected a sortable field, got 'xx'; there are"),
        (["--sort=-xx"], "expected a sortable field, got 'xx'; there are"),
        (["--recency", "published:1d:much"], "expected a weight as a number, got 'much'"),
        (["--fields", "title^x"], "expected a weight as a number, got 'x'"),
        (["--fields", "nowhere"], "expected text fields"),
        (["--after", "nonsense"], "expected after as results.next"),
        (["--sort", "title"], "expected a sortable field"),
    ],
)
def test_wrong_options_of_order_are_explained(
    index_path: Path, options: list[str], message: str
) -> None:
    done = run("search", "cup", *options, "--index", index_path)
    assert done.exit_code == 1
    assert message in done.stderr.replace("\n", " ")


def test_explaining_with_recency_and_fields(index_path: Path) -> None:
    key = json.loads(run("search", "cup", "--index", index_path, "--json").stdout)["hits"][0]["key"]
    options = ["--recency", "published:1y", "--fields", "title^7"]
    said = run("explain", "cup", key, *options, "--index", index_path).stdout
    assert "recency of published" in said
    assert "boost 7" in said


def test_where_nothing_has_all_words_those_with_some_are_shown(index_path: Path) -> None:
    result = run("search", "cup zebra", "--index", index_path)
    assert "No article has all of the words" in result.stdout
    assert "Cup final" in result.stdout
    found = json.loads(run("search", "cup zebra", "--index", index_path, "--json").stdout)
    assert (found["match"], found["total"]) == ("any", 1)
    assert "No article" not in run("search", "zebra", "--index", index_path).stdout


def test_stats(index_path: Path) -> None:
    assert "2 documents" in run("stats", "--index", index_path).stdout
    stats = json.loads(run("stats", "--index", index_path, "--json").stdout)
    assert stats["documents"] == 2
    assert stats["kernels"] in ("compiled", "numpy")
    assert stats["fields"]["title"] == "str, Text(boost=2.0)"


def test_check(index_path: Path) -> None:
    assert "sound" in run("check", "--index", index_path).stdout
    assert json.loads(run("check", "--index", index_path, "--json").stdout) == {"faults": []}
    (segment,) = index_path.glob("*.seg")
    segment.write_bytes(segment.read_bytes()[:-1] + b"?")
    result = run("check", "--index", index_path)
    assert result.exit_code == 1
    assert segment.name in result.stderr.replace("\n", "")
    faults = json.loads(run("check", "--index", index_path, "--json").stdout)["faults"]
    assert len(faults) == 1
    assert run("check", "--index", index_path).stdout == "1 fault\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["search", "x", "--index", "none"], "there is no such folder"),
        (["stats", "--index", "."], "expected an index, got a folder"),
        (["index", "missing", "--index", "new"], "missing"),
        (["search", "x", "--index", "none"], "searchlib index ARTICLES --index none"),
        (["stats", "--index", "."], "searchlib index ARTICLES --index ."),
        (["search", "(x", "--index", "{index}"], "expected a ) for this ("),
        (["search", "x", "--index", "{index}", "--sort", "title"], "expected a sortable field"),
        (
            ["significant", "x", "--index", "{index}", "--limit", "-1"],
            "expected limit to be a whole number",
        ),
    ],
)
def test_errors_are_explained_without_a_traceback(
    index_path: Path,
    args: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*[arg.replace("{index}", str(index_path)) for arg in args])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert message in result.stderr.replace("\n", " ")
    assert "Traceback" not in result.stderr


def test_a_failed_first_indexing_leaves_no_index_behind(tmp_path: Path) -> None:
    assert run("index", tmp_path / "missing", "--index", tmp_path / "new").exit_code == 1
    assert not (tmp_path / "new").exists()


def test_a_folder_without_articles_is_an_error_and_makes_no_index(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("index", tmp_path / "empty", "--index", tmp_path / "new")
    assert result.exit_code == 1
    assert "expected files of articles in this folder" in result.stderr.replace("\n", " ")
    assert not (tmp_path / "new").exists()


def test_a_query_may_be_several_words_without_quotes(index_path: Path) -> None:
    found = json.loads(run("search", "peace", "vienna", "--index", index_path, "--json").stdout)
    assert (found["query"], found["total"]) == ("peace vienna", 1)


@each(
    ("words", "query"),
    [
        (["storm", "-flood", "--index", "{index}"], "storm -flood"),
        (["storm", "--index", "{index}", "-flood"], "storm -flood"),
        (["--index={index}", "storm", "-flood", "-tide"], "storm -flood -tide"),
        (["--index", "{index}", "--", "-flood", "storm"], "-flood storm"),
        (["--index", "{index}", "storm", "--", "--limit", "-n"], "storm --limit -n"),
        (["storm", "-news", "--index", "{index}"], "storm -news"),
        (["storm", "-harbour", "--index", "{index}"], "storm -harbour"),
        (["storm", "-title:flood", "--index", "{index}"], "storm -title:flood"),
        (["storm", "-published:2025", "--index", "{index}"], "storm -published:2025"),
        (["storm", '-"wind farm"', "--index", "{index}"], 'storm -"wind farm"'),
        (["storm -flood", "--index", "{index}"], "storm -flood"),
        (["storm", "-5", "--index", "{index}"], "storm -5"),
        (["storm", "-", "flood", "--index", "{index}"], "storm - flood"),
        (["storm", "+flood", "--index", "{index}"], "storm +flood"),
        (["storm", "-n", "5", "--index", "{index}"], "storm"),
        (["-n5", "storm", "--index", "{index}", "-flood"], "storm -flood"),
        (["storm", "-n=5", "--index", "{index}"], None),
        (["storm", "--sort", "-published", "--index", "{index}", "-flood"], "storm -flood"),
        (["--filter", "-flood", "storm", "--index", "{index}"], "storm"),
        (["--match", "any", "storm", "--index", "{index}"], "storm"),
        (["storm", "--limit=5", "--offset", "0", "--index", "{index}"], "storm"),
        (["storm", "--limt", "5", "--index", "{index}"], None),
        (["storm", "--flood", "--index", "{index}"], None),
        (["-flood", "storm", "--index", "{index}"], None),
        (["storm", "--index", "{index}", "--limit"], None),
        (["storm", "--index", "{index}", "--filter"], None),
        (["storm", "-n", "five", "--index", "{index}"], None),
        (["--index", "{index}"], None),
        (["--index", "{index}", "--"], None),
    ],
)
def test_words_with_a_minus_are_told_from_options(
    index_path: Path, words: list[str], query: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def search(_: Index, query: str, **__: object) -> Results:
        asked.append(query)
        return Results((), 1, 0.0)

    monkeypatch.setattr(Index, "search", search)
    result = run("search", "--json", *[word.replace("{index}", str(index_path)) for word in words])
    assert result.exit_code == (2 if query is None else 0), result.output
    assert asked == ([] if query is None else [query])


def test_an_option_that_there_is_not_is_explained(index_path: Path) -> None:
    typo = run("search", "storm", "--limt", "5", "--index", index_path)
    assert "No such option" in typo.stderr
    assert "--limit" in typo.stderr
    first = run("search", "-flood", "storm", "--index", index_path)
    assert "-flood" in first.stderr
    assert "-- before it" in first.stderr.replace("\n", " ")


def test_help_is_an_option_wherever_it_stands() -> None:
    for option in ("-h", "--help"):
        assert "Search an index" in run("search", "storm", option).stdout


def test_reindexing(index_path: Path, tmp_path: Path) -> None:
    result = run("reindex", index_path, tmp_path / "new")
    assert result.exit_code == 0
    assert "2 articles added" in result.stdout
    assert Index.open(tmp_path / "new").search("peace").total == 1
    again = run("reindex", index_path, tmp_path / "new")
    assert again.exit_code == 1
    assert "expected no index yet" in again.stderr.replace("\n", " ")
    report = json.loads(run("reindex", index_path, tmp_path / "newer", "--json").stdout)
    assert report == {"added": 2, "replaced": 0, "rejected": [], "notices": [], "alerts": []}


def test_reindexing_in_place(index_path: Path) -> None:
    result = run("reindex", index_path, "--language", "german")
    assert (result.exit_code, "2 articles added" in result.stdout) == (0, True)
    assert str(index_path) in result.stdout.replace("\n", "")
    index = Index.open(index_path)
    assert (index.schema.language, index.search("peace").total) == ("german", 1)


def test_an_index_of_another_analysis_names_the_command_that_mends_it(
    index_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("search.current", "backends.reindexing"):
        monkeypatch.setattr(f"searchlib.{module}.ANALYSIS_VERSION", 99)
    for command in (["search", "x"], ["stats"], ["check"], ["index", tmp_path / "archive"]):
        result = run(*command, "--index", index_path)
        assert result.exit_code == 1
        assert f"searchlib reindex {index_path} NEW" in result.stderr.replace("\n", "")
    assert run("reindex", index_path, tmp_path / "new").exit_code == 0
    assert run("search", "peace", "--index", tmp_path / "new").exit_code == 0


def test_a_wrong_call_exits_with_2() -> None:
    assert run("search").exit_code == 2
    assert run("serach").exit_code == 2


def test_every_command_has_help_and_stands_in_the_docs() -> None:
    docs = DOCS.read_text(encoding="utf-8")
    assert cli.commands
    for name, command in cli.commands.items():
        assert command.help
        assert f"`searchlib {name}" in docs
        assert run(name, "--help").exit_code == 0
        options = [o for o in command.params if isinstance(o, click.Option)]
        assert all(option.help for option in options)


def test_the_demo_shows_the_sample_archive() -> None:
    result = run("demo")
    assert result.exit_code == 0
    assert "articles added" in result.stdout
    assert "peace talks" in result.stdout
    assert "4 could not be used" in result.stderr


def test_the_demo_takes_files_of_ones_own(archive: Path) -> None:
    result = run("demo", archive)
    assert result.exit_code == 0
    assert "2 articles added" in result.stdout


def test_without_the_extra_the_command_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    from searchlib.__main__ import main

    with pytest.raises(SystemExit, match=r"pip install 'searchlib\[cli\]'"):
        main()


def test_the_command_is_installed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "searchlib", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("searchlib, version ")


def test_the_article_the_project_began_from(tmp_path: Path) -> None:
    run("index", shared_file("seed"), "--index", tmp_path / "X")
    found = json.loads(run("search", "peace talks", "--index", tmp_path / "X", "--json").stdout)
    document = found["hits"][0]["document"]
    assert document["published"] == "2025-02-17"
    assert document["source"] == "RKI Network"
    assert document["categories"] == ["English", "International", "Snippets"]
    assert "<mark>" in found["hits"][0]["snippets"]["body"]["html"]
