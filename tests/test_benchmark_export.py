"""The benchmark of exports counts what was written before it tells a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from benchmarks import export, report, results
from benchmarks.export import EXPORTS, count_rows, is_met, measure

from searchlib import Article, Index

if TYPE_CHECKING:
    from pathlib import Path

BODY = 'one\n\n"two"\n}\nER  - \nthree'


@pytest.fixture
def index(tmp_path: Path) -> Index[Article]:
    made = Index.create(tmp_path / "index", Article)
    made.add(
        Article(title=f'Title "{n}"', body=BODY, published=f"2025-01-{n:02}") for n in range(1, 31)
    )
    return made


@pytest.mark.parametrize("name", EXPORTS)
def test_rows_are_counted(index: Index, tmp_path: Path, name: str) -> None:
    if EXPORTS[name][0] == "to_parquet":
        pytest.importorskip("pyarrow", reason="the extra arrow is not installed")
    found = measure(index.path, name, tmp_path / "file")
    assert found["rows"] == 30
    assert found["bytes"] == (tmp_path / "file").stat().st_size > 0


def test_other_rows_are_no_measurement(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "count_rows", lambda *_: 29)
    with pytest.raises(AssertionError, match="expected 30 rows, got 29"):
        measure(index.path, "RIS", tmp_path / "file")


def test_a_run_is_kept_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("\n".join(json.dumps({"title": f"Title {n}"}) for n in range(5)))
    monkeypatch.setattr(export, "EXPORTS", {"RIS": EXPORTS["RIS"]})
    output = tmp_path / "run.json"
    assert export.main(["--dataset", str(corpus), "--output", str(output)]) == 0
    run = results.load(output)
    assert run["finished"]
    assert run["articles"] == run["exports"]["RIS"]["rows"] == 5
    assert "| RIS |" in report.to_markdown([run])


@pytest.mark.parametrize(("seconds", "met"), [(1, True), (2, False)])
def test_the_goal_is_one_of_csv(seconds: float, met: bool) -> None:
    few = {"rows": 30_000, "seconds": seconds}
    slow = {"rows": 1, "seconds": 100}
    assert is_met({"exports": {"CSV, four fields": few, "BibTeX": slow}}) == met


def test_lines_in_cells_are_no_rows(index: Index, tmp_path: Path) -> None:
    index.search("*").to_csv(tmp_path / "file")
    assert count_rows("to_csv", tmp_path / "file") == 30
