"""A sync is killed: articles and catalogue are those before, or those after."""

from __future__ import annotations

import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from searchlib import Article, Index
from searchlib.storage import IndexDirectory
from tests.crash_child import Request, Server

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="expected a system with fork")


def write(path: Path, title: str, body: str) -> None:
    path.write_text(f"{title}\n\n{body}\n")


def contents(path: Path) -> set[tuple[str, str]]:
    index = Index.open(path, Article)
    assert index.check() == []
    return {(hit.key, hit.document.body) for hit in index.search("*", limit=None)}


def expect_clean(path: Path) -> None:
    files = IndexDirectory.open(path).manifest().files
    assert {file.name for file in path.iterdir()} == {"manifest.json", "write.lock", *files}


def test_a_sync_is_killed_at_each_system_call(tmp_path: Path) -> None:
    root, base = tmp_path / "archive", tmp_path / "base"
    root.mkdir()
    for number in range(6):
        write(root / f"{number}.txt", f"Title {number}", "It was written first.")
    Index.create(base, Article).sync(root, workers=0)
    before = contents(base)
    write(root / "1.txt", "Title 1", "It was edited.")
    write(root / "7.txt", "Title 7", "It is new.")
    (root / "3.txt").unlink()
    whole = shutil.copytree(base, tmp_path / "whole")
    Index.open(whole, Article).sync(root, workers=0)
    after = contents(whole)
    assert len(before) == len(after) == 6
    assert before != after

    states: list[bool] = []
    with Server() as server:
        ended = False
        while not ended:
            path = shutil.copytree(base, tmp_path / f"{len(states)}")
            server.start(Request(str(path), kill_at=len(states), sync=str(root)))
            *_, (_, (status, errors)) = server.rest()
            ended = status != -signal.SIGKILL
            assert status == 0 or not ended, errors
            state = contents(path)
            assert state in (before, after)
            states.append(state == after)
            report = Index.open(path, Article).sync(root, workers=0)
            assert report.changed == (0 if state == after else 1)
            assert contents(path) == after
            if state == before:
                expect_clean(path)
            shutil.rmtree(path)
    assert states == sorted(states)  # one call makes the commit: none before it, all after it
    assert states.count(False) > 10
    assert states.count(True) > 1
