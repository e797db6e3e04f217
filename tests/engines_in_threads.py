"""The engines of benchmarks in threads of this process, which start sooner than processes do."""

from __future__ import annotations

import os
import threading
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks import worker

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


class TheirEnd:
    """An end of a pipe that a process inherits: closing it here closes nothing there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.send, self.recv = connection.send, connection.recv

    def close(self) -> None:
        """The thread has the only copy."""


class EngineThread(threading.Thread):
    """As far as a benchmark asks, a process."""

    pid = os.getpid()

    def __init__(self, target: Any, args: tuple[Any, ...]) -> None:
        super().__init__(target=target, args=args, daemon=True)


class Threads:
    """What multiprocessing has, with threads."""

    Process = EngineThread

    @staticmethod
    def Pipe() -> tuple[Connection, TheirEnd]:  # noqa: N802 - as in multiprocessing
        ours, theirs = Pipe()
        return ours, TheirEnd(theirs)


@pytest.fixture
def engines_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_START", Threads)
