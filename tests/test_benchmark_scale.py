"""An archive that grows is measured size by size, and a run that was stopped goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from benchmarks import report, results, scale
from benchmarks.charts import draw
from benchmarks.turns import Turns

from tests.engines_in_threads import engines_in_threads  # noqa: F401

if TYPE_CHECKING:
    from pathlib import Path


def measure(folder: Path, *more: str) -> int:
    return scale.main(
        ["--sizes=50,100", "--engines=searchlib", "--kinds=word,or3", "--queries=5",
         "--rounds=2", f"--cache={folder}", f"--output={folder / 'scale.json'}", *more]
    )  # fmt: skip


@pytest.mark.usefixtures("engines_in_threads")
def test_a_run_that_was_stopped_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    turns = []
    time = Turns.time

    def stopped_at_the_second_size(self: Turns, rounds: int) -> None:
        turns.append(rounds)
        if len(turns) == 2:
            raise KeyboardInterrupt
        time(self, rounds)

    monkeypatch.setattr(Turns, "time", stopped_at_the_second_size)
    assert measure(tmp_path) == 1
    half = results.load(tmp_path / "scale.json")
    assert half["finished"] is None
    assert [size["finished"] for size in half["sizes"].values()] == [True, False]
    assert "stopped" in report.to_markdown([half])

    assert measure(tmp_path) == 0
    whole = results.load(tmp_path / "scale.json")
    assert f"going on with the run of {half['started']}" in capsys.readouterr().err
    assert whole["started"] == half["started"]
    assert whole["sizes"]["50"] == half["sizes"]["50"]
    before, after = (run["sizes"]["100"]["indexing"]["searchlib"] for run in (half, whole))
    assert before["seconds"] == after["seconds"]  # it is not indexed again
    assert not list(tmp_path.glob("scale-*"))  # the indexes are gone

    assert len(turns) == 3
    assert measure(tmp_path) == 0  # a run that was finished begins anew
    assert len(turns) == 5


def test_a_run_by_another_command_begins_anew(tmp_path: Path) -> None:
    before: dict[str, Any] = {
        "format": results.FORMAT, "part": "scale", "command": "another", "versions": {},
        "started": "2020-01-01", "finished": None, "sizes": {"50": {"finished": True}},
    }  # fmt: skip
    results.save(tmp_path / "scale.json", before)
    assert measure(tmp_path, "--sizes=50") == 0
    run = results.load(tmp_path / "scale.json")
    assert run["started"] > "2026"
    assert run["sizes"]["50"]["articles"] == 50
    assert run["sizes"]["50"]["text_bytes"] > 50_000


@pytest.mark.usefixtures("engines_in_threads")
def test_a_run_reads_as_tables_and_charts(tmp_path: Path) -> None:
    assert measure(tmp_path, "--engines=searchlib,sqlite") == 0
    run = results.load(tmp_path / "scale.json")
    for table in report.tables_of(run):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}, table.title
    text = report.to_markdown([run])
    assert "| query | 50, times ours | 100, times ours | 50, ms | 100, ms |" in text
    for path in draw(run, tmp_path):
        assert f"(charts/{path.name})" in text
        svg = path.read_text(encoding="utf-8")
        assert "searchlib" in svg
        assert "sqlite" in svg
