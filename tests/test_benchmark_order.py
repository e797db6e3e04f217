"""The benchmark of orders times nothing that is wrong, and its run reads as tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from benchmarks import order, report, results

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl"
    lines = [
        {"title": f"Title {n}", "body": "word other", "published": f"2025-03-{n + 1:02}"}
        for n in range(28)
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def test_a_run_is_measured_and_shown(corpus: Path, tmp_path: Path) -> None:
    pytest.importorskip("tantivy")
    output = tmp_path / "run.json"
    options = ["--hits=28", "--words=2", "--rounds=1", f"--indexes={tmp_path / 'indexes'}"]
    order.main([f"--dataset={corpus}", f"--output={output}", *options])
    run = results.load(output)
    assert (run["words"], run["hits"]) == (2, 28)
    assert set(run["times"]["newest first"]) == {"searchlib", "tantivy"}
    assert [page["page"] for page in run["pages"]][:2] == [1, 2]
    assert "| newest first |" in report.to_markdown([run])


def test_words_that_nothing_has_are_no_measurement(corpus: Path, tmp_path: Path) -> None:
    pytest.importorskip("tantivy")
    engines = order.Engines(tmp_path / "indexes", corpus)
    assert len(list(engines.words(28, 5))) == 2
    with pytest.raises(SystemExit, match="words with about 5,000 hits"):
        order.measure(engines, 5000, 2, 1)
