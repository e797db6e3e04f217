from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from searchlib.errors import IndexLockedError, StorageError
from searchlib.storage import filesystem, lock
from searchlib.storage.lock import WriteLock

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys, time
from pathlib import Path
from searchlib.storage.lock import WriteLock
with WriteLock(Path(sys.argv[1])).acquire():
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(path: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_it_is_held_and_released(tmp_path: Path) -> None:
    path = tmp_path / "write.lock"
    first, second = WriteLock(path), WriteLock(path)
    with first.acquire():
        assert json.loads(path.read_bytes())["pid"] == os.getpid()
        with pytest.raises(IndexLockedError):
            second.acquire()
        assert [first.held, second.held] == [True, False]
    assert [first.held, second.held] == [False, False]
    assert path.read_bytes() == b""
    with second.acquire(), pytest.raises(IndexLockedError):
        first.acquire(0.05)
    first.release()


def test_another_process_is_named_and_its_death_frees_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "write.lock"
    with hold(path) as child:
        message = rf"write\.lock: process {child.pid}, since 20\d\d-.*Z, is writing.*longer timeout"
        with pytest.raises(IndexLockedError, match=message):
            WriteLock(path).acquire(0.05)
        child.kill()
        child.wait()
        with WriteLock(path).acquire():
            assert json.loads(path.read_bytes())["pid"] == os.getpid()


def test_waiting_helps(tmp_path: Path) -> None:
    path = tmp_path / "write.lock"
    with hold(path) as child:
        timer = threading.Timer(0.1, child.kill)
        timer.start()
        with WriteLock(path).acquire(30):
            assert child.wait() != 0
        timer.join()


def test_only_one_thread_at_a_time(tmp_path: Path) -> None:
    inside, most = 0, []

    def work() -> None:
        nonlocal inside
        for _ in range(5):
            with WriteLock(tmp_path / "write.lock").acquire(30):
                inside += 1
                most.append(inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 20


def test_programs_that_are_started_do_not_inherit_it(tmp_path: Path) -> None:
    path = tmp_path / "write.lock"
    with WriteLock(path).acquire() as held:
        assert held._file is not None
        assert not os.get_inheritable(held._file.fileno())
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"],
            stdin=subprocess.PIPE, close_fds=False,
        )  # fmt: skip
    with child, WriteLock(path).acquire():
        pass


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": 1}', b"\xff" * 999])
def test_a_holder_that_is_not_known(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "write.lock"
    with WriteLock(path).acquire():
        path.write_bytes(content)
        with pytest.raises(IndexLockedError, match="another process is writing"):
            WriteLock(path).acquire()


def test_it_is_held_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(filesystem, "write", full)
    with WriteLock(tmp_path / "write.lock").acquire() as held:
        assert held.held


def test_a_filesystem_without_locks_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "_try_lock", refuse)
    with pytest.raises(StorageError, match="could not lock the index for writing: No locks"):
        WriteLock(tmp_path / "write.lock").acquire()
