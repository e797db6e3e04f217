"""The commands around an archive that changes: index, show, get, delete, and their reports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import pytest
from click.testing import CliRunner, Result

from searchlib import Article, Index, Keyword
from searchlib.cli.commands import cli
from searchlib.cli.reports import print_notices, print_problems
from searchlib.errors import Notice, Problem


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that has an archive of three files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEARCHLIB_INDEX", raising=False)
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "rink.txt").write_text("Rink opens\n\nThe rink opened on Monday.\n")
    (archive / "port.txt").write_text("Port closes\n\nThe port closed for the winter.\n")
    record = {"id": "vote", "title": "Vote", "body": "It was put off.", "url": "https://a.example/v",
              "authors": ["Ann Lee", "Bo Ek"], "desk": "City", "date": "2025-03-04"}  # fmt: skip
    (archive / "vote.json").write_text(json.dumps(record))
    return tmp_path


def run(*args: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args], input=stdin)


def found(query: str, *options: str) -> list[str]:
    hits = json.loads(run("search", query, "--json", *options).stdout)["hits"]
    return sorted(hit["document"]["title"] for hit in hits)


def test_the_index_need_not_be_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("index", "archive").exit_code == 0
    assert (folder / "news.index" / "manifest.json").exists()
    assert found("*") == ["Port closes", "Rink opens", "Vote"]
    monkeypatch.setenv("SEARCHLIB_INDEX", "other.index")
    missing = run("search", "rink")
    assert missing.exit_code == 1
    assert "other.index" in missing.stderr
    assert run("index", "archive/rink.txt").exit_code == 0
    assert found("*") == ["Rink opens"]
    assert found("*", "--index", "news.index") == ["Port closes", "Rink opens", "Vote"]


def test_where_there_is_no_index_the_command_that_makes_one_is_named() -> None:
    result = run("stats")
    assert result.exit_code == 1
    assert "searchlib index ARTICLES;" in result.stderr.replace("\n", " ")
    assert "SEARCHLIB_INDEX" in result.stderr


def test_the_folder_read_may_hold_the_index() -> None:
    result = run("index", ".")
    assert result.exit_code == 0
    assert "3 articles added" in result.stdout
    again = run("index", ".")
    assert "3 unchanged" in again.stdout
    assert "notice: news.index: left out: an index" in again.stderr


def test_a_second_run_says_what_has_changed(folder: Path) -> None:
    first = run("index", "archive")
    assert "3 articles added to news.index\nFiles: 3 added\n" in first.stdout
    (folder / "archive" / "rink.txt").write_text("Rink opens\n\nThe rink opened on Tuesday.\n")
    (folder / "archive" / "port.txt").unlink()
    (folder / "archive" / "new.txt").write_text("Bridge\n\nIt was built.\n")
    second = run("index", "archive")
    assert "1 article added to news.index, 1 replaced, 1 deleted" in second.stdout
    assert "Files: 1 added, 1 changed, 1 removed, 1 unchanged" in second.stdout
    assert found("*") == ["Bridge", "Rink opens", "Vote"]
    report = json.loads(run("index", "archive", "--full", "--json").stdout)
    assert report["files"] == {
        "added": 0, "changed": 3, "removed": 0, "unchanged": 0, "failed": 0,
    }  # fmt: skip
    assert (report["added"], report["replaced"], report["deleted"]) == (0, 3, 0)


def test_without_sync_articles_are_added_and_nothing_goes(folder: Path) -> None:
    run("index", "archive", "--no-sync")
    (folder / "archive" / "port.txt").unlink()
    result = run("index", "archive", "--no-sync")
    assert "0 articles added to news.index, 2 replaced" in result.stdout
    assert len(found("*")) == 3
    wrong = run("index", "archive", "--no-sync", "--watch")
    assert wrong.exit_code == 2


@pytest.mark.parametrize("how", ["--sync", "--no-sync"])
@pytest.mark.parametrize("content", [None, "app.js", "broken.txt"])
def test_nothing_to_read_is_an_error_and_leaves_no_index(
    folder: Path, how: str, content: str | None
) -> None:
    (folder / "other").mkdir()
    if content:
        (folder / "other" / content).write_bytes(b"\0var x;")
    result = run("index", "other", how)
    assert result.exit_code == 1
    assert "Error: " in result.stderr
    if content:
        assert content in result.stderr
    assert not (folder / "news.index").exists()
    (folder / "empty.index").mkdir()
    assert run("index", "other", how, "--index", "empty.index").exit_code == 1
    assert [*(folder / "empty.index").iterdir()] == []


def test_a_folder_that_became_empty_changes_nothing_unless_that_is_allowed(folder: Path) -> None:
    run("index", "archive")
    for path in (folder / "archive").iterdir():
        path.unlink()
    result = run("index", "archive")
    assert result.exit_code == 1
    assert "--allow-empty" in result.stderr
    assert len(found("*")) == 3
    allowed = run("index", "archive", "--allow-empty")
    assert allowed.exit_code == 0
    assert "3 deleted" in allowed.stdout


def test_problems_of_one_kind_are_one_line_and_come_last(folder: Path) -> None:
    for number in range(40):
        (folder / "archive" / f"a{number}.js").write_text("x")
    (folder / "archive" / "style.css").write_text("x")
    (folder / "archive" / "z.txt").write_bytes(b"\0")
    lines = run("index", "archive").stderr.splitlines()
    assert "42 could not be used" in lines[0]
    assert "z.txt" in lines[1]
    assert "style.css" in lines[2]
    assert lines[3].startswith("  40 times .js: no reader for .js;")
    assert "a0.js" in lines[3]
    assert "38 more" in lines[3]
    assert len(lines) == 4


def test_many_problems_that_say_the_same_are_one_line(folder: Path) -> None:
    for number in range(30):
        (folder / "archive" / f"e{number}.txt").touch()
    (folder / "archive" / "bad.json").write_text("{")
    lines = run("index", "archive").stderr.splitlines()
    assert "bad.json" in lines[1]
    assert lines[2].startswith("  30 times .txt: is empty")
    assert len(lines) == 3


def test_what_an_extra_would_read_comes_before_what_nobody_reads(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kinds = ["no reader for .js"] * 2 + ["needs searchlib[html]"] * 5
    print_problems([Problem("got it", Path(f"{n}.x"), kind=kind) for n, kind in enumerate(kinds)])
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["5", "2"]


def test_many_notices_of_one_kind_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    notices = [Notice(f"guessed {n}", Path(f"{n}.txt"), kind="encoding") for n in range(30)]
    print_notices([*notices, Notice("the index is left out", Path("news.index"), kind="index")])
    first, second = capsys.readouterr().err.splitlines()
    assert first == "notice: news.index: the index is left out"
    assert second == "notice: 30 times: guessed 0 (0.txt, 1.txt and 28 more)"


def test_problems_are_written_to_a_file(folder: Path) -> None:
    (folder / "archive" / "bad.jsonl").write_text('{"title": "Good"}\nnonsense\n')
    (folder / "archive" / "app.js").write_text("x")
    assert run("index", "archive", "--problems", "problems.jsonl").exit_code == 0
    written = [json.loads(line) for line in (folder / "problems.jsonl").read_text().splitlines()]
    assert {(Path(one["path"]).name, one["line"]) for one in written} == {
        ("app.js", None), ("bad.jsonl", 2),
    }  # fmt: skip
    assert all(one["reason"] for one in written)
    result = run("index", "archive", "--problems", "nowhere/problems.jsonl")
    assert result.exit_code == 1
    assert "write the problems" in result.stderr.replace("\n", " ")


@pytest.mark.parametrize("how", ["--sync", "--no-sync"])
def test_a_file_of_problems_among_the_articles_is_not_read(folder: Path, how: str) -> None:
    problems = folder / "archive" / "problems.jsonl"
    (folder / "archive" / "bad.jsonl").write_text('{"title": "Good"}\nnonsense\n')
    for _ in range(2):
        run("index", "archive", how, "--problems", str(problems))
        (one,) = map(json.loads, problems.read_text().splitlines())
        assert Path(one["path"]).name == "bad.jsonl"
    (folder / "archive" / "bad.jsonl").write_text('{"title": "Good"}\n')
    assert run("index", "archive", how, "--problems", str(problems), "--strict").exit_code == 0
    assert problems.read_text() == ""


def test_an_index_of_a_model_derived_from_article_can_be_added_to(folder: Path) -> None:
    class Report(Article):
        desk: Annotated[str | None, Keyword()] = None

    Index.create(folder / "news.index", Report)
    for how in ("--no-sync", "--sync"):
        assert run("index", "archive", how).exit_code == 0
        assert found("desk:city") == ["Vote"]


def test_show_prints_all_that_is_known(folder: Path) -> None:
    run("index", "archive")
    shown = run("show", "vote").stdout
    for expected in (
        "Vote\n", "id: vote", "published: 2025-03-04", "authors: Ann Lee, Bo Ek", "desk: City",
        "file: vote.json", f"path: {folder / 'archive' / 'vote.json'}", "It was put off.",
        "url: https://a.example/v",
    ):  # fmt: skip
        assert expected in shown.replace("\n    ", " ")
    missing = run("show", "nothing")
    assert missing.exit_code == 1
    assert "expected the key of an article" in missing.stderr.replace("\n", " ")


def test_a_hit_has_its_file_and_its_key() -> None:
    run("index", "archive")
    (hit,) = json.loads(run("search", "rink", "--json").stdout)["hits"]
    assert hit["document"]["file"] == "rink.txt"
    assert f"rink.txt:1 · {hit['key']}" in run("search", "rink").stdout


def test_show_opens_the_address_or_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("click.launch", opened.append)
    hostile = {"id": "x", "title": "X", "url": "file:///etc/passwd"}
    (folder / "archive" / "x.json").write_text(json.dumps(hostile))
    run("index", "archive")
    key = json.loads(run("search", "rink", "--json").stdout)["hits"][0]["key"]
    for one in ("vote", key, "x"):
        assert run("show", one, "--open").exit_code == 0
    archive = folder / "archive"
    assert opened == ["https://a.example/v", str(archive / "rink.txt"), str(archive / "x.json")]
    (archive / "x.json").unlink()
    assert run("show", "x", "--open").exit_code == 1
    assert len(opened) == 3


def test_an_article_does_not_steer_the_terminal(folder: Path) -> None:
    record = {"id": "x", "title": "X\x1b[31m", "body": "B\x1b]0;\x07", "note": "\x1b[2J",
              "\x1b[1m": "v"}  # fmt: skip
    (folder / "archive" / "x.json").write_text(json.dumps(record))
    run("index", "archive")
    assert "\x1b" not in run("show", "x").output


def test_get_prints_what_is_stored() -> None:
    run("index", "archive")
    document = json.loads(run("get", "vote").stdout)
    assert (document["id"], document["extra"]) == ("vote", {"desk": "City"})
    lines = run("get", "vote", "vote", "--json").stdout.splitlines()
    assert [json.loads(line) for line in lines] == [document, document]
    assert run("get", "vote", "nothing").exit_code == 1


def test_delete_asks_before_it_deletes() -> None:
    run("index", "archive")
    assert run("delete", "vote", stdin="n\n").exit_code == 1
    assert run("delete", "vote").exit_code == 1  # nobody is there to answer
    assert len(found("*")) == 3
    result = run("delete", "vote", stdin="y\n")
    assert (result.exit_code, "1 article deleted" in result.stdout) == (0, True)
    assert found("*") == ["Port closes", "Rink opens"]


def test_delete_by_query() -> None:
    run("index", "archive")
    result = run("delete", "--query", "file:*.txt", "--yes", "--json")
    assert json.loads(result.stdout) == {"deleted": 2, "missing": []}
    assert found("*") == ["Vote"]
    nothing = run("delete", "--query", "zebra")
    assert "0 articles deleted" in nothing.stdout


def test_delete_says_which_keys_there_are_not() -> None:
    run("index", "archive")
    result = run("delete", "vote", "nothing", "--yes")
    assert result.exit_code == 1
    assert "'nothing'" in result.stderr
    assert found("*") == ["Port closes", "Rink opens"]


@pytest.mark.parametrize("args", [[], ["vote", "--query", "x"]])
def test_delete_takes_keys_or_a_query(args: list[str]) -> None:
    run("index", "archive")
    assert run("delete", *args, "--yes").exit_code == 2


def test_watching_needs_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    result = run("index", "archive", "--watch")
    assert result.exit_code == 1
    assert "pip install 'searchlib[watch]'" in result.stderr.replace("\n", " ")


@pytest.mark.skipif(os.name != "posix", reason="expected a system with signals")
def test_watching_goes_on_until_it_is_interrupted(folder: Path) -> None:
    pytest.importorskip("watchfiles")
    process = subprocess.Popen(
        [sys.executable, "-m", "searchlib", "index", ".", "--watch"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell has the commands of its background ignore interrupts, and so what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert process.stdout is not None
        assert "3 articles added" in process.stdout.readline()
        process.stdout.readline()
        (folder / "archive" / "new.txt").write_text("Bridge\n\nIt was built.\n")
        assert "1 article added" in process.stdout.readline()
        process.stdout.readline()
        (folder / "archive" / "new.txt").unlink()
        assert "1 deleted" in process.stdout.readline()
        assert found("*") == ["Port closes", "Rink opens", "Vote"]
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.communicate()
