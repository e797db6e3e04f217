"""Lists of queries: the same as each by itself, whatever is wrong with some; files that go on."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Article, Between, Index
from searchlib.cli.commands import batches, cli
from searchlib.errors import QueryError, QuerySyntaxError, QueryTooCostly
from searchlib.query import And, Phrase, Term, Word
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

QUERIES: list[Any] = [
    "storm",
    "storm flood",
    '"ana korvac"',
    '"korvac storm"~4',
    "storm NEAR/5 ana",
    "sto* -flood",
    "fl?od OR korvac~",
    "source:AP",
    "published:2025-01",
    "published:>=2025-02 storm^2",
    "*",
    "the",
    "nothing here",
    "source:Nobody",
    "Ana",
    Word("storm"),
    Phrase("ana korvac"),
    And((Term("source", "AP"), Word("flood"))),
]
WRONG: list[Any] = ["", "storm AND (", "published:never", "x" * 30_000, None, 5]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lists") / "news.index"
    with Index.create(folder, Article) as index:
        index.add(
            Article(
                id=str(n),
                title=f"Storm {n}" if n % 2 else "Ana Korvac speaks",
                body="A flood and the storm." if n % 3 else "Said Korvac, Ana: no flood. Storm!",
                source=("AP", "BBC")[n % 2],
                published=f"2025-0{n % 3 + 1}-11",
            )
            for n in range(20)
        )
    return folder


@pytest.fixture(scope="module")
def index(path: Path) -> Index[Article]:
    return Index.open(path, Article)


def shown(found: Any) -> tuple[Any, ...]:
    """What a row and what results have in common."""
    hits = [(hit.rank, hit.score, hit.key, hit.document) for hit in found.hits]
    return found.total, hits, tuple(found.notes)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"limit": 3},
        {"limit": 0},
        {"match": "any"},
        {"typos": "auto"},
        {"typos": "auto", "synonyms": False},
        {"filter": {"source": "AP"}},
        {"filter": [{"published": Between("2025-01", "2025-02")}, "storm"], "lenient": True},
    ],
)
def test_a_row_is_what_the_query_finds_by_itself(
    index: Index[Article], options: dict[str, Any]
) -> None:
    rows = [*index.search_many(QUERIES, **options)]
    assert [row.query for row in rows] == QUERIES
    assert [row.row for row in rows] == [*range(1, len(QUERIES) + 1)]
    for row, query in zip(rows, QUERIES, strict=True):
        assert shown(row) == shown(index.search(query, **options)), query
        assert row.error is None


@given(st.lists(st.sampled_from([*QUERIES, *WRONG]), max_size=8), st.integers(0, 5))
@settings(max_examples=examples(60))
def test_wrong_queries_change_nothing_for_others(
    index: Index[Article], queries: list[Any], limit: int
) -> None:
    rows = [*index.search_many(queries, limit=limit)]
    assert len(rows) == len(queries)
    for row, query in zip(rows, queries, strict=True):
        if any(query is wrong for wrong in WRONG):
            with pytest.raises(QueryError) as raised:
                index.search(query, limit=limit)
            assert (type(row.error), str(row.error)) == (type(raised.value), str(raised.value))
            assert (row.total, [*row.hits]) == (0, [])
        else:
            assert shown(row) == shown(index.search(query, limit=limit))


def test_lenient_rows_have_notes_and_no_errors(index: Index[Article]) -> None:
    for query in ("storm AND (", "published:never", ""):
        [row] = index.search_many([query], lenient=True)
        assert row.error is None
        assert shown(row) == shown(index.search(query, lenient=True))
        assert row.notes


@each(
    "name", ["Ana Korvac", "ana-korvac", "Korvac, Ana", "storm", "The flood and the storm", "x y"]
)
def test_names_are_found_word_for_word(index: Index[Article], name: str) -> None:
    [row] = index.search_many([name], phrases=True)
    assert shown(row) == shown(index.search(f'"{name}"'))


def test_nothing_in_a_name_is_an_operator(index: Index[Article]) -> None:
    names = ["Korvac -Ana", 'Ana "Korvac"', "(ana) korvac*", "Ana:Korvac", "NOT Storm", "source:AP"]
    found = {row.query: row.total for row in index.search_many(names, phrases=True)}
    assert found == {
        "Korvac -Ana": 7, 'Ana "Korvac"': 10, "(ana) korvac*": 10, "Ana:Korvac": 10,
        "NOT Storm": 0, "source:AP": 0,
    }  # fmt: skip


@each(
    ("name", "error"),
    [("", QuerySyntaxError), ("?!", QuerySyntaxError), ("x " * 20_000, QueryTooCostly),
     (None, QueryError), (Word("x"), QueryError)],
)  # fmt: skip
def test_names_that_say_nothing(index: Index[Article], name: Any, error: type) -> None:
    [row] = index.search_many([name], phrases=True)
    assert type(row.error) is error


def test_queries_are_read_as_they_are_needed(index: Index[Article]) -> None:
    read = []

    def endless() -> Any:
        while True:
            read.append("storm")
            yield "storm"

    rows = index.search_many(endless())
    assert [next(rows).row, next(rows).row] == [1, 2]
    assert len(read) == 2


def test_all_rows_are_of_one_commit(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article)
    index.add(Article(id="1", title="Storm", body=""))
    rows = index.search_many(["storm", "storm"])
    first = next(rows)
    index.delete("1")
    assert (first.total, next(rows).total) == (1, 1)
    assert [row.total for row in index.search_many(["storm"])] == [0]


@each(
    "options",
    [{"limit": -1}, {"limit": None}, {"match": "most"}, {"filter": {"nofield": 1}},
     {"typos": "some"}, {"synonyms": "no"},
     {"filter": "storm AND ("}, {"filter": {"published": "never"}}],
)  # fmt: skip
def test_what_is_wrong_for_all_queries_is_raised(
    index: Index[Article], options: dict[str, Any]
) -> None:
    with pytest.raises(QueryError):
        index.search_many(["storm"], **options)


def test_one_string_is_no_list(index: Index[Article]) -> None:
    with pytest.raises(QueryError, match="expected several queries"):
        index.search_many("storm")


def test_a_row_as_json(index: Index[Article]) -> None:
    rows = [*index.search_many(["korvac", "korvac", "(", Word("storm")], limit=2)]
    best = index.search("korvac", limit=2)[0]
    hit = {"rank": 1, "score": best.score, "key": best.key}
    shown = rows[0].to_json()
    assert shown["hits"][0] == {**hit, "title": "Ana Korvac speaks", "date": "2025-01-11"}
    assert json.loads(json.dumps(shown)) == {**rows[1].to_json(), "row": 1}
    assert (shown["total"], len(shown["hits"]), shown["error"]) == (13, 2, None)
    assert rows[2].to_json()["error"].startswith("expected a ) for this (")
    assert rows[3].to_json()["query"] == repr(Word("storm"))


def run(*args: object, **options: Any) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args], **options)


def rows_of(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text))]


@pytest.fixture
def names(tmp_path: Path) -> Path:
    file = tmp_path / "names.csv"
    text = 'id;Name\n1;Ana Korvac\n2;"Storm; flood"\n\n3;\n4;storm AND (\n'
    file.write_text(text, encoding="utf-8-sig")
    return file


def test_a_row_for_each_query(path: Path, names: Path) -> None:
    result = run("batch", names, "--column", "name", "--index", path)
    assert result.exit_code == 0
    assert rows_of(result.stdout) == [
        {"row": "2", "query": "Ana Korvac", "total": "13", "error": ""},
        {"row": "3", "query": "Storm; flood", "total": "20", "error": ""},
        {"row": "5", "query": "", "total": "", "error": "expected a word to look for, got ''"},
        {"row": "6", "query": "storm AND (", "total": "", "error": "expected a ) for this ("},
    ]
    assert result.stderr.splitlines() == [
        "row 5: expected a word to look for, got ''",
        "row 6: expected a ) for this (",
        "4 queries: 2 found something, 2 wrong",
    ]


def test_hits_as_rows(path: Path, names: Path) -> None:
    result = run("batch", names, "--column", 2, "--phrase", "--hits", 2, "--index", path)
    rows = rows_of(result.stdout)
    assert [(row["row"], row["total"], row["rank"]) for row in rows] == [
        ("2", "10", "1"), ("2", "10", "2"), ("3", "0", ""), ("5", "", ""), ("6", "0", ""),
    ]  # fmt: skip
    best = Index.open(path).search('"Ana Korvac"', limit=1)[0]
    assert rows[0] == {
        "row": "2", "query": "Ana Korvac", "total": "10", "rank": "1", "score": str(best.score),
        "key": best.key, "title": best.document.title, "date": str(best.document.published),
        "error": "",
    }  # fmt: skip


def test_lines_from_standard_input_as_json(path: Path) -> None:
    given = "storm\r\n\r\n  Korvac  \r\n("
    result = run("batch", "-", "--json", "--hits", 1, "--index", path, input=given)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(one["row"], one["query"], one["total"], len(one["hits"])) for one in found] == [
        (1, "storm", 20, 1), (3, "Korvac", 13, 1), (4, "(", 0, 0),
    ]  # fmt: skip
    assert found[0]["hits"][0].keys() == {"rank", "score", "key", "title", "date"}
    assert found[2]["error"]


@pytest.mark.parametrize(
    ("text", "args", "queries"),
    [
        ("storm\nflood\n", ["--no-header"], ["storm", "flood"]),
        ("a,b\nx,storm\n", ["--column", "b"], ["storm"]),
        ("a\tb\nx\tstorm\n", ["--column", "2"], ["storm"]),
        ("a,2,b\nx,storm,y\n", ["--column", "2"], ["storm"]),
        ("a,b\nx\n", ["--column", "b"], [""]),
        ("name\n", [], []),
        ("", [], []),
    ],
)
def test_columns(
    path: Path, tmp_path: Path, text: str, args: list[str], queries: list[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text)
    result = run("batch", file, *args, "--index", path)
    assert [row["query"] for row in rows_of(result.stdout)] == queries, result.output
    assert result.stdout.startswith("row,query,total,error")


def test_lists_in_other_encodings(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes("Müller über Österreich\nJosé Sánchez\n".encode("cp1252"))
    rows = rows_of(run("batch", file, "--index", path).stdout)
    assert [row["query"] for row in rows] == ["Müller über Österreich", "José Sánchez"]


def test_columns_that_are_not_there(path: Path, names: Path) -> None:
    for column in ("nothing", "0", "9"):
        result = run("batch", names, "--column", column, "--index", path)
        assert result.exit_code == 2
        assert "there are id, Name" in " ".join(result.output.split())


def test_cells_are_harmless_if_asked_for(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("=1+1\n")
    [row] = rows_of(run("batch", file, "--safe", "--lenient", "--index", path).stdout)
    assert row["query"] == "'=1+1"


class _Stop(Exception):  # noqa: N818 - stands for a power cut
    pass


@pytest.fixture
def long_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ten queries, written three at a time."""
    monkeypatch.setattr(batches, "_CHUNK", 3)
    file = tmp_path / "long.txt"
    file.write_text("\n".join(f"storm {n}" for n in range(10)))
    return file


def interrupted(monkeypatch: pytest.MonkeyPatch, after: int, *args: object) -> list[str]:
    """Run a command that ends with the query after some, and tell which queries it came to."""
    asked: list[str] = []
    search_many = Index.search_many

    def stopping(self: Any, queries: Any, **options: Any) -> Any:
        for row in search_many(self, queries, **options):
            if len(asked) == after:
                raise _Stop
            asked.append(row.query)
            yield row

    with monkeypatch.context() as patch:
        patch.setattr(Index, "search_many", stopping)
        assert isinstance(run(*args).exception, _Stop)
    return asked


@pytest.mark.parametrize("form", [[], ["--json"], ["--hits", "2"]])
@pytest.mark.parametrize("after", [0, 2, 3, 7, 9])
def test_an_interrupted_file_is_continued(
    path: Path, long_list: Path, monkeypatch: pytest.MonkeyPatch, form: list[str], after: int
) -> None:
    whole, output = long_list.with_name("whole"), long_list.with_name("out")
    args = ("batch", long_list, *form, "--index", path, "-o")
    assert run(*args, whole).exit_code == 0
    interrupted(monkeypatch, after, *args, output)
    assert not output.exists()
    with output.with_name("out.unfinished").open("ab") as rows:
        rows.write(b"half a ro")  # was on its way when the power went
    result = run(*args, output)
    done = after // 3 * 3
    assert (f"Continued after {done} queries." in result.stderr) == (done > 0)
    assert output.read_bytes() == whole.read_bytes()
    there = {file.name for file in output.parent.iterdir()}
    assert there == {"long.txt", "whole", "out"}


def test_what_was_made_otherwise_begins_anew(
    path: Path, long_list: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = long_list.with_name("out.csv")
    args = ("batch", long_list, "--index", path, "-o", output)
    changes = (["--hits", "1"], ["--phrase"], ["--filter", "source=AP"], ["--typos", "auto"])
    for change in changes:
        interrupted(monkeypatch, 7, *args)
        result = run(*args, *change)
        assert "begun anew" in result.stderr
        assert "10 queries" in result.stderr
    interrupted(monkeypatch, 7, *args)
    long_list.write_text("flood\n")
    run(*args)
    assert [row["query"] for row in rows_of(output.read_text())] == ["flood"]


def test_a_later_commit_begins_anew(
    tmp_path: Path, long_list: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, output = tmp_path / "index", tmp_path / "out.csv"
    with Index.create(folder, Article) as index:
        index.add(Article(id="1", title="Storm 1", body=""))
        args = ("batch", long_list, "--index", folder, "-o", output)
        interrupted(monkeypatch, 7, *args)
        index.add(Article(id="2", title="Storm 2", body=""))
    assert "begun anew" in run(*args).stderr
    assert [row["total"] for row in rows_of(output.read_text())][1:3] == ["1", "1"]


def test_files_that_can_not_be_written(path: Path, long_list: Path) -> None:
    output = long_list.with_name("nowhere") / "out.csv"
    result = run("batch", long_list, "--index", path, "-o", output)
    assert result.exit_code == 1
    assert "nowhere" in result.output
