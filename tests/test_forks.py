"""An index that was used before a fork works in both processes, as web servers need it.

Such are ``gunicorn --preload``, uWSGI, and :mod:`multiprocessing` where it forks.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
import warnings
from functools import partial
from typing import TYPE_CHECKING

import pytest

from searchlib import Article, Index
from searchlib.search.current import CurrentSearcher
from tests.conftest import ARTICLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="expected a system that can fork processes"
)
SECONDS = 60


class Child:
    """A forked process that does something; it is killed if it does not come to an end."""

    def __init__(self, work: Callable[[], object]) -> None:
        with warnings.catch_warnings():  # from Python 3.12 on, where there are threads
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if not self.pid:
            status = 1
            try:
                work()
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)

    def status(self) -> int:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)
        os.kill(self.pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def expect_works(index: Index[Article], count: int = len(ARTICLES)) -> None:
    assert len(index) == count
    results = index.search("talks")
    assert [hit.key for hit in results] == ["talks", "strike"]
    assert "<mark>" in results[0].snippets["title"].html
    assert results[0].document == index.get("talks")
    assert [hit["title"] for hit in index.searcher().documents(id="cup")] == [ARTICLES[2].title]


def test_an_index_is_used_before_and_after_a_fork(index: Index[Article]) -> None:
    expect_works(index)
    children = [Child(lambda: expect_works(index)) for _ in range(4)]
    expect_works(index)
    assert [child.status() for child in children] == [0] * 4


def test_commits_are_seen_on_both_sides(index: Index[Article]) -> None:
    expect_works(index)

    def add(key: str) -> None:
        before = len(index)
        index.add(Article(id=key, title=key), workers=0)
        assert len(index) == before + 1

    assert Child(lambda: add("a")).status() == 0
    add("b")
    assert Child(lambda: expect_works(index, len(ARTICLES) + 2)).status() == 0
    assert Child(index.optimize).status() == 0
    expect_works(index, len(ARTICLES) + 2)


def test_children_write_one_after_another(index: Index[Article]) -> None:
    def add(key: str) -> None:
        index.add(Article(id=key, title="New"), workers=0, timeout=SECONDS)

    children = [Child(partial(add, f"{number}")) for number in range(4)]
    assert [child.status() for child in children] == [0] * 4
    assert len(index) == len(ARTICLES) + 4


def test_closing_in_a_child_closes_nothing_elsewhere(index: Index[Article]) -> None:
    assert Child(index.close).status() == 0
    expect_works(index)
    with Index.in_memory(Article) as scratch:
        scratch.add(ARTICLES)
        assert Child(scratch.close).status() == 0
        expect_works(scratch)


def test_a_fork_while_another_thread_opens_a_commit(
    index: Index[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock that the thread holds is locked in the child, where the thread is not."""
    real, inside, go_on = CurrentSearcher._searcher_of, threading.Event(), threading.Event()
    parent = os.getpid()

    def slow(*args: object) -> object:
        if os.getpid() == parent:
            inside.set()
            assert go_on.wait(SECONDS)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(CurrentSearcher, "_searcher_of", slow)
    thread = threading.Thread(target=len, args=(index,))
    thread.start()
    assert inside.wait(SECONDS)
    child = Child(lambda: expect_works(index))
    status = child.status()
    go_on.set()
    thread.join()
    assert status == 0
    expect_works(index)


def test_a_fork_while_another_thread_remembers_a_document(index: Index[Article]) -> None:
    with index._searcher.shown._recent._lock:
        assert Child(lambda: expect_works(index)).status() == 0
    expect_works(index)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


def test_the_lock_of_a_writer_is_not_held_by_its_children(
    index: Index[Article], pipe: tuple[int, int]
) -> None:
    """A writer is killed, and a process that was forked from it lives on."""
    reading, writing = pipe

    def write() -> None:
        with index.writer(workers=0) as writer:
            writer.add(Article(id="lost", title="Lost"))
            grandchild = Child(lambda: time.sleep(SECONDS))
            os.write(writing, grandchild.pid.to_bytes(4, "little"))
            os._exit(3)

    assert Child(write).status() == 3
    grandchild = int.from_bytes(os.read(reading, 4), "little")
    try:
        index.add(Article(id="kept", title="Kept"), workers=0)
        expect_works(index, len(ARTICLES) + 1)
    finally:
        os.kill(grandchild, signal.SIGKILL)


def test_a_writer_goes_on_after_a_fork(index: Index[Article]) -> None:
    with index.writer(workers=0) as writer:
        writer.add(Article(id="one", title="One"))
        assert Child(lambda: expect_works(index)).status() == 0
        writer.add(Article(id="two", title="Two"))
    expect_works(index, len(ARTICLES) + 2)
