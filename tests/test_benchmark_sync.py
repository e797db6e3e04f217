"""The benchmark of a folder that changes measures nothing that is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from benchmarks import sync

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> sync.Archive:
    corpus = tmp_path / "corpus.jsonl"
    lines = [json.dumps({"title": f"Title {n}", "body": f"It is text {n}."}) for n in range(30)]
    corpus.write_text("\n".join(lines))
    return sync.Archive(tmp_path / "base", corpus)


def test_each_step_finds_what_was_done(archive: sync.Archive) -> None:
    steps = sync.measure(archive, lambda: None)
    assert [step.files for step in steps] == [
        {"added": 30},
        {"unchanged": 30},
        {"unchanged": 30},
        {"added": 5, "changed": 10, "removed": 3, "unchanged": 17},
    ]
    assert sync.to_markdown(steps).count("\n") == 5


def test_a_step_that_finds_something_else_is_no_measurement(archive: sync.Archive) -> None:
    with pytest.raises(AssertionError):
        archive.sync("the first time", added=29)
