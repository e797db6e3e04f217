"""Saved queries of an index: kept, changed, matched with documents, reported by what adds some."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from searchlib import (
    Alert,
    ArgumentError,
    Article,
    CorruptIndexError,
    DocumentError,
    Index,
    IndexClosedError,
    IndexLockedError,
    Problem,
    QueryError,
    QuerySyntaxError,
    QueryTooCostly,
)
from searchlib.cli.commands import cli
from searchlib.query import And, Query, Term, Word

if TYPE_CHECKING:
    from pathlib import Path

STORM = Article(id="storm", title="A storm", body="Trees fell.", source="AP")
FLOOD = Article(id="flood", title="A flood", body="After the storm, mud.", source="BBC")
TALKS = Article(id="talks", title="Peace talks", body="In Vienna.", published="2025-02-17")


@pytest.fixture
def index(tmp_path: Path) -> Index[Article]:
    made = Index.create(tmp_path / "index", Article)
    made.add(Article(id="old", title="Old storm"))
    made.alerts.add_many(
        {"storms": "storm", "floods": "flood storm", "ap": Term("source", "AP"), "tree": "trees"}
    )
    return made


def fired(alerts: list[Alert]) -> dict[str, tuple[str, ...]]:
    assert all(alert.problem is None for alert in alerts)
    return {alert.name: alert.keys for alert in alerts}


def test_queries_are_kept_by_name(index: Index[Article]) -> None:
    alerts = index.alerts
    assert list(alerts) == ["storms", "floods", "ap", "tree"]
    assert len(alerts) == 4
    assert "ap" in alerts
    assert str(alerts["storms"].query) == "Word('storm')"
    assert alerts["floods"].text == "flood storm"
    assert alerts["ap"].text is None
    assert alerts["ap"].query == Term("source", "AP")
    assert alerts.get("none") is None
    with pytest.raises(KeyError):
        alerts["none"]
    alerts.add("storms", '"a storm"', replace=True)
    alerts.add("any", "storm flood", match="any")
    assert str(alerts["storms"].query) == "Phrase('a storm')"
    assert list(alerts) == ["storms", "floods", "ap", "tree", "any"]
    assert alerts.remove("floods", "none", "ap") == 2
    assert [one.name for one in alerts.values()] == ["storms", "tree", "any"]
    assert dict(alerts.items()).keys() == {"storms", "tree", "any"}
    alerts.clear()
    assert list(alerts) == []
    assert alerts.revision == ""


def test_documents_are_matched_and_not_added(index: Index[Article]) -> None:
    assert fired(index.alerts.match([STORM, FLOOD, TALKS])) == {
        "storms": ("storm", "flood"), "floods": ("flood",), "ap": ("storm",), "tree": ("storm",)
    }  # fmt: skip
    assert fired(index.alerts.match(TALKS)) == {}
    assert fired(index.alerts.match({"id": "m", "title": "Storms"})) == {"storms": ("m",)}
    mixed: list[Any] = [Problem("broken"), {"nonsense": 1}, STORM]
    assert fired(index.alerts.match(mixed))["ap"] == ("storm",)
    assert fired(index.alerts.match([])) == {}
    assert len(index) == 1
    with pytest.raises(DocumentError):
        index.alerts.match("storm")  # type: ignore[arg-type]


def test_documents_that_can_not_be_used_are_told(index: Index[Article]) -> None:
    documents: list[Any] = [3, "x", {"title": "A storm", "body": 5}, Article(id="s", title="Storm")]
    found = index.alerts.match(documents)
    assert [one.name for one in found][:1] == ["storms"]
    assert len(found.rejected) == 3
    assert [str(one) for one in found.rejected] == [
        str(one) for one in index.add(documents).rejected
    ]
    assert index.alerts.match([]).rejected == []


def test_the_answers_are_those_of_a_search_for_each(index: Index[Article]) -> None:
    articles = [STORM, FLOOD, TALKS]
    index.alerts.add_many({"dates": "published:2025-02", "any": "mud talks", "not": "a -storm"})
    new = Index.in_memory(Article)
    new.add(articles)
    expected = {
        name: {hit.key for hit in new.search(saved.query, limit=None)}
        for name, saved in index.alerts.items()
    }
    found = {name: set(keys) for name, keys in fired(index.alerts.match(articles)).items()}
    assert found == {name: keys for name, keys in expected.items() if keys}


def test_adding_reports_what_is_new(index: Index[Article]) -> None:
    told: list[Alert] = []
    report = index.add([STORM, TALKS], on_alert=told.append)
    assert fired(report.alerts) == {"storms": ("storm",), "ap": ("storm",), "tree": ("storm",)}
    assert told == report.alerts
    assert "storm" in index
    assert fired(index.add(TALKS).alerts) == {}
    assert fired(index.add(FLOOD).alerts) == {"storms": ("flood",), "floods": ("flood",)}
    index.alerts.clear()
    assert index.add(STORM).alerts == []


def test_one_commit_reports_all_of_it_and_nothing_that_was_replaced(index: Index[Article]) -> None:
    with index.writer() as writer:
        writer.add([STORM, FLOOD])
        writer.delete_by_query("mud")
        writer.add(STORM.model_copy(update={"title": "Calm", "body": ""}))
        writer.add(TALKS.model_copy(update={"source": "AP"}))
        assert writer.report.alerts == []
    assert fired(writer.report.alerts) == {"ap": ("storm", "talks")}


def test_what_is_told_is_committed(index: Index[Article]) -> None:
    seen: list[int] = []
    index.add([STORM, FLOOD], on_alert=lambda _: seen.append(index.count("storm")))
    assert seen == [3, 3, 3, 3]

    def fail(_: Alert) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        index.add(Article(id="more", title="More storm"), on_alert=fail)
    assert "more" in index


def test_many_documents_in_several_processes(index: Index[Article]) -> None:
    titles = ["calm " * 20 + ("storm" if number % 100 == 0 else "") for number in range(4100)]
    many = [Article(id=f"n{number}", title=title) for number, title in enumerate(titles)]
    report = index.add(many, workers=2)
    assert len(fired(report.alerts)["storms"]) == 41


def test_a_sync_reports_new_and_changed_articles(index: Index[Article], tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps({"id": "a", "title": "A storm", "body": "x"}))
    (folder / "b.json").write_text(json.dumps({"id": "b", "title": "Calm", "body": "x"}))
    told: list[str] = []
    report = index.sync(folder, on_alert=lambda alert: told.append(alert.name))
    assert fired(report.alerts) == {"storms": ("a",)}
    assert told == ["storms"]
    assert index.sync(folder).alerts == []
    (folder / "b.json").write_text(json.dumps({"id": "b", "title": "Flood and storm", "body": "x"}))
    assert fired(index.sync(folder).alerts) == {"storms": ("b",), "floods": ("b",)}


def test_synonyms_hold_for_saved_queries(index: Index[Article]) -> None:
    gale = Article(id="gale", title="A gale")
    assert fired(index.alerts.match(gale)) == {}
    index.synonyms.set("storm, gale")
    assert fired(index.alerts.match(gale)) == {"storms": ("gale",)}
    index.synonyms.clear()
    assert fired(index.alerts.match(gale)) == {}


def test_every_process_sees_the_last_ones(index: Index[Article], tmp_path: Path) -> None:
    other = Index.open(index.path)
    assert len(other.alerts) == 4
    index.alerts.add("peace", "peace")
    assert fired(other.alerts.match(TALKS)) == {"peace": ("talks",)}
    other.add(TALKS)
    other.optimize()
    assert list(index.alerts)[-1] == "peace"
    Index.reindex(index.path, tmp_path / "new")
    assert list(Index.open(tmp_path / "new").alerts) == list(index.alerts)


def test_documents_in_several_languages(tmp_path: Path) -> None:
    pytest.importorskip("py3langid")
    index = Index.create(tmp_path / "index", Article, language="auto")
    index.alerts.add_many({"waffen": "Waffenruhen", "storms": "storms"})
    german = Article(id="de", title="Die Waffenruhe", body="Die Waffenruhe gilt ab Mittag im Tal.")
    english = Article(id="en", title="The storm", body="The storm was over the valley by noon.")
    assert fired(index.alerts.match(german)) == {"waffen": ("de",)}
    assert fired(index.add([german, english]).alerts) == {"waffen": ("de",), "storms": ("en",)}


def test_what_can_not_be_kept_is_refused(index: Index[Article]) -> None:
    deep: Query = Word("storm")
    for _ in range(300):
        deep = And((deep,))
    for name, query, error in [
        ("storms", "x", ArgumentError),
        ("", "x", ArgumentError),
        (" ", "x", ArgumentError),
        (7, "x", ArgumentError),
        ("new", "(((", QuerySyntaxError),
        ("new", "", QuerySyntaxError),
        ("new", 7, QueryError),
        ("new", Word("x", ("nofield",)), QueryError),
        ("new", Term("published", "soon"), QueryError),
        ("new", deep, QueryTooCostly),
    ]:
        with pytest.raises(error, match="expected"):
            index.alerts.add(name, query)  # type: ignore[arg-type]
    with pytest.raises(QueryError):
        index.alerts.add_many({"fine": "x", "wrong": "((("})
    with pytest.raises(ArgumentError, match="expected a mapping"):
        index.alerts.add_many(["x"])  # type: ignore[arg-type]
    assert len(index.alerts) == 4
    with index.writer(), pytest.raises(IndexLockedError):
        index.alerts.add("new", "x", timeout=0)
    index.close()
    with pytest.raises(IndexClosedError):
        index.alerts  # noqa: B018


def test_damage_stops_adding_until_it_is_cleared(index: Index[Article]) -> None:
    index.path.joinpath(index.alerts.revision).write_bytes(b"damaged")
    other = Index.open(index.path)
    with pytest.raises(CorruptIndexError, match="alerts is damaged"):
        other.add(STORM)
    assert "storm" not in other
    assert len(other.check()) == 1
    other.alerts.clear()
    other.add(STORM)
    assert other.check() == []


def run(*args: object) -> str:
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_name_that_there_is_not_is_told_when_it_is_to_be_removed(index: Index[Article]) -> None:
    args = ["alerts", str(index.path), "remove", "storm", "ap"]
    result = CliRunner().invoke(cli, args)
    assert result.stdout == "1 removed; 3 saved queries\n"
    assert result.stderr == "There is no saved query 'storm'.\n"
    assert result.exit_code == 1


def test_on_the_command_line(
    index: Index[Article], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("alerts", index.path)
    assert run(*at, "list").startswith("storms: storm\nfloods: flood storm\nap: Term(")
    assert run(*at, "remove", "ap", "tree") == "2 removed; 2 saved queries\n"
    assert run(*at, "add", "not storms", "flood", "-storm") == "3 saved queries\n"
    assert index.alerts["not storms"].text == "flood -storm"
    assert run(*at, "add", "storms", "storms", "--replace") == "3 saved queries\n"
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps({"id": "a", "title": "A storm", "body": "x"}))
    matched = run(*at, "match", folder)
    assert matched == "Alert storms: 1 article: a\n1 of 3 saved queries match\n"
    (folder / "a.json").write_text("not json")
    wrong_file = CliRunner().invoke(cli, [str(part) for part in (*at, "match", folder)])
    assert "1 could not be used" in wrong_file.stderr
    (folder / "a.json").write_text(json.dumps({"id": "a", "title": "A storm", "body": "x"}))
    taken = CliRunner().invoke(cli, [str(part) for part in (*at, "add", "storms", "x")])
    assert "replace=True (on the command line, --replace)" in taken.stderr
    assert json.loads(run(*at, "match", folder, "--json")) == [
        {"name": "storms", "query": "storms", "keys": ["a"], "problem": None}
    ]
    monkeypatch.setenv("SEARCHLIB_INDEX", str(index.path))
    assert [one["name"] for one in json.loads(run("alerts", "list", "--json"))] == [
        "storms", "floods", "not storms"
    ]  # fmt: skip
    assert "Alert storms: 1 article: a\n" in run("index", folder)
    assert "Alert" not in run("index", folder)
    again = json.loads(run("index", folder, "--full", "--json"))
    assert [one["keys"] for one in again["alerts"]] == [["a"]]
    wrong = CliRunner().invoke(cli, ["alerts", str(index.path), "add", "storms", "x"])
    assert wrong.exit_code == 1
    assert "expected a new name" in wrong.output


def test_many_keys_and_problems_are_printed_short(index: Index[Article], tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = [json.dumps({"id": f"k{n}", "title": "storm", "body": "x"}) for n in range(8)]
    file.write_text("\n".join(["broken", *lines]))
    said = CliRunner().invoke(cli, ["alerts", str(index.path), "match", str(file)])
    assert "Alert storms: 8 articles: k0, k1, k2, k3, k4 and 3 more" in said.output
    assert "could not be used" in said.output
