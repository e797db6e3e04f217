"""While one process writes, others see one commit after another, each of them whole."""

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from searchlib import Index
from searchlib.storage import IndexDirectory
from searchlib.storage.snapshot import Snapshot
from tests.crash_child import Note, Request, Server, State, Step, note, observe

NIGHTLY = os.environ.get("SEARCHLIB_NIGHTLY") == "1"
SECONDS = 60 if NIGHTLY else 1
SEED = 4


def watch(path: Path, seen: list[State], stop: threading.Event) -> None:
    """Search an index that stays open, and one that is opened anew, again and again."""
    index = Index.open(path, Note)
    while not stop.is_set():
        seen.append(observe(index))
        seen.append(observe(Index.open(path, Note)))
        assert index.check() == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="expected a system with fork")
def test_searches_see_whole_commits_while_another_process_writes(tmp_path: Path) -> None:
    path = tmp_path / "index"
    Index.create(path, Note)
    stop, here = threading.Event(), list[State]()
    thread = _Watcher(target=watch, args=(path, here, stop))
    with Server() as writing, Server() as reading:
        writing.start(Request(str(path), SEED))
        reading.start(Request(str(path), search=True))
        thread.start()
        end = time.monotonic() + SECONDS
        words = []
        slow = True
        while time.monotonic() < end or (slow and thread.is_alive()):
            words.append(reading.hear())
            slow = min(len(words), len(here)) < 9
        heard = writing.kill()
        stop.set()
        thread.join()
        words += reading.kill()
    assert thread.error is None
    assert heard[-1][1][1] == words[-1][1][1] == ""
    there = [value for what, value in words if what == "state"]
    states: list[State] = [{}]
    for number in [number for what, number in heard if what == "begin"]:
        states.append(Step.of(SEED, number).applied_to(states[-1]))
    for seen in (here, there):
        assert len(seen) > 3
        expect_in_order(seen, states)


class _Watcher(threading.Thread):
    """A thread whose error can be looked at."""

    error: BaseException | None = None

    def run(self) -> None:
        try:
            super().run()
        except BaseException as error:
            self.error = error


def expect_in_order(seen: list[State], states: list[State]) -> None:
    at = 0
    for state in seen:
        assert state in states[at:]
        at += states[at:].index(state)
    assert at > 0


def test_a_segment_that_is_removed_while_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shrunk: a commit came between looking at the size of a segment and opening it."""
    path = tmp_path / "index"
    index = Index.create(path, Note)
    index.add(note("a", 1), workers=0)
    real = Path.open

    def interrupted(file: Path, *args: Any, **options: Any) -> Any:
        if file.suffix == ".seg":
            monkeypatch.undo()
            Index.open(path, Note).add(note("a", 2), workers=0)
            assert not file.exists()
        return real(file, *args, **options)

    monkeypatch.setattr(Path, "open", interrupted)
    assert observe(Index.open(path, Note)) == {"a": 2}


def test_checking_an_index_that_changes_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shrunk: a commit came between reading the manifest and checking a segment that it names."""
    path = tmp_path / "index"
    index = Index.create(path, Note)
    index.add(note("a", 1), workers=0)
    real = IndexDirectory.path_of

    def interrupted(directory: IndexDirectory, name: str) -> Path:
        monkeypatch.undo()
        Index.open(path, Note).add(note("a", 2), workers=0)
        return real(directory, name)

    monkeypatch.setattr(IndexDirectory, "path_of", interrupted)
    assert index.check() == []
    (segment,) = Snapshot.open(IndexDirectory.open(path)).segments
    (path / segment.entry.name).unlink()
    assert len(index.check()) == 1
