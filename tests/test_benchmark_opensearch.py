"""The benchmark of copies to OpenSearch sends what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from benchmarks import report
from benchmarks.machine import describe_machine
from benchmarks.opensearch import ARTICLES, COPY, SOURCES, is_met, write_sources

from searchlib import Article, Index

if TYPE_CHECKING:
    from pathlib import Path


def test_sources_are_written_once(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index", Article) as index:
        index.add(Article(id=f"{n}", title=f"Storm {n}") for n in range(1001))
    assert write_sources(tmp_path / "index", tmp_path / "sources") == 1001
    lines = (tmp_path / "sources").read_bytes().splitlines()
    assert len(lines) == 1001
    key, _, source = lines[-1].partition(b"\t")
    assert json.loads(key) == json.loads(source)["id"] == "1000"
    assert json.loads(source)["searchlib"]["text"]["title"] == "storm 1000"


@pytest.mark.parametrize(("seconds", "met"), [(10, True), (13, False)])
def test_the_goal_is_one_of_the_same_sources(seconds: float, met: bool) -> None:
    ways = {COPY: {"seconds": seconds}, SOURCES: {"seconds": 10}, ARTICLES: {"seconds": 1}}
    assert is_met({"ways": ways}) == met


def test_a_run_is_shown() -> None:
    way = {
        "articles": 10,
        "seconds": 2.0,
        "cpu_seconds": 1.0,
        "server_cpu_seconds": 1.0,
        "bytes": 3e6,
    }
    run = {
        "part": "opensearch", "dataset": "synthetic:10", "articles": 10, "finished": "now",
        "command": "make", "started": "2026-01-01", "versions": {}, "engines": {},
        "machine": describe_machine(),
        "ways": {COPY: way}, "resumed": {"seconds": 4.0, "skipped": 6, "added": 4},
    }  # fmt: skip
    rows = [row for table in report.tables_of(run) for row in table.rows]
    assert [COPY, "5", "2.0", "1.0", "1.0", "3"] in rows
    assert ["searchlib copy, killed after 6, and again", "2", "4.0", "", "", ""] in rows
