"""The benchmark of facets times only what the engines count alike, and shows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def test_a_small_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tantivy")
    from benchmarks import facets, report, results

    words = ["storm", "flood", "harbour", "talks", "strike"]
    corpus, output = tmp_path / "corpus.jsonl", tmp_path / "facets.json"
    corpus.write_text("".join(
        json.dumps({
            "id": str(number), "title": f"Article {number}",
            "body": " ".join(words[number % 3 : number % 3 + 1 + number % 2]),
            "source": f"Paper {number % 4}", "categories": ["News", f"Desk {number % 5}"],
            "published": f"2025-0{number % 9 + 1}-1{number % 7}",
        }) + "\n"
        for number in range(90)
    ))  # fmt: skip
    options = ["--dataset", str(corpus), "--cache", str(tmp_path), "--output", str(output),
               "--words", "3", "--rounds", "1"]  # fmt: skip
    assert facets.main(options) == 0
    run = results.load(output)
    assert run["finished"]
    assert run["hits"]
    for measured in (run["words"], run["everything"]):
        assert list(measured) == list(facets.KINDS)
        assert all(list(times) == ["searchlib", "tantivy", "sqlite"] for times in measured.values())
    assert "categories, source and month" in report.to_markdown([run])
    assert "All articles" in capsys.readouterr().out
