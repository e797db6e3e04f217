"""Who indexes? This process, or workers that it starts once there is enough to do."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, Protocol

from searchlib.errors import StorageError
from searchlib.frozen import frozen
from searchlib.indexing.batch import DocumentBatch
from searchlib.indexing.builder import SegmentBuilder
from searchlib.indexing.worker import receive, send
from searchlib.memory import share_of_memory
from searchlib.segment.writer import SegmentInfo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from searchlib.indexing.batch import FieldPlan

_WAITING_PART: Final = 1 << 24
"""For how many bytes of its memory one batch waits for a worker."""
_PIPE_SIZE: Final = 1 << 20
"""A batch is to come in few pieces: for each, the thread that reads must wait for its turn."""


@frozen
class WrittenSegment:
    """A segment that was written, not yet committed.

    Attributes:
        info: The file.
        batches: The numbers of the batches whose documents it holds, in this order.
    """

    info: SegmentInfo
    batches: list[int]


class Indexers(Protocol):
    """Something that makes segments of batches."""

    def add(self, number: int, batch: DocumentBatch) -> None:
        """Index a batch, now or soon."""

    def finish(self) -> list[WrittenSegment]:
        """Wait until all is written."""

    def close(self) -> None:
        """Stop, wherever it is. Does nothing after :meth:`finish`."""


class InlineIndexer:
    """Indexes in this process: what a few documents want.

    Args:
        plan: How the columns are indexed.
        memory: How many bytes to use.
        new_path: Names the files.
    """

    def __init__(self, plan: FieldPlan, memory: int, new_path: Callable[[], Path]) -> None:
        self._builder = SegmentBuilder(plan, memory)
        self._new_path = new_path
        self._written: list[WrittenSegment] = []
        self._numbers: list[int] = []

    def add(self, number: int, batch: DocumentBatch) -> None:
        """Index a batch."""
        self._builder.add(batch)
        self._numbers.append(number)
        if self._builder.full:
            self._write()

    def finish(self) -> list[WrittenSegment]:
        """Write what is left."""
        if self._numbers:
            self._write()
        written, self._written = self._written, []
        return written

    def close(self) -> None:
        """Do nothing: no process and no open file is left."""

    def _write(self) -> None:
        info = self._builder.write(self._new_path())
        self._written.append(WrittenSegment(info, self._numbers))
        self._numbers = []


class WorkerPool:
    """Indexes in this process and in others.

    Batches wait for the workers, so that these have something to do while this process writes a
    segment; it indexes what there is no room for. At the end it works along with them at what
    still waits, so that all end together.

    Args:
        count: The number of other processes.
        plan: How the columns are indexed.
        memory: How many bytes all of them may use.
        new_path: Names the files.
    """

    def __init__(
        self, count: int, plan: FieldPlan, memory: int, new_path: Callable[[], Path]
    ) -> None:
        share = memory // (count + 1)
        self._new_path = new_path
        self._workers = [_Worker(plan, share) for _ in range(count)]
        self._own = InlineIndexer(plan, share, new_path)  # while the workers start

    def add(self, number: int, batch: DocumentBatch) -> None:
        """Pass a batch on to a worker, or index it here if they have enough to do.

        Raises:
            StorageError: Writing failed, here or there, or a worker was killed.
        """
        worker = min(self._workers, key=lambda worker: worker.taken)
        if worker.free():
            columns = (batch.columns, batch.documents, batch.size, batch.spellings)
            worker.taken += 1
            worker.put({"number": number, "batch": columns, "path": str(self._new_path())})
        else:
            self._own.add(number, batch)

    def finish(self) -> list[WrittenSegment]:
        """Wait until all is written.

        Raises:
            StorageError: Writing failed, here or there, or a worker was killed.
        """
        self._take_back()
        for worker in self._workers:
            if worker.taken:
                worker.put({"finish": str(self._new_path())})
            else:
                worker.close()
        written = self._own.finish()
        for worker in self._workers:
            if worker.taken:
                written += worker.result()
        return sorted(written, key=lambda segment: segment.batches)

    def _take_back(self) -> None:
        """Index what waits for the workers, until they have begun with all that is left."""
        for worker in self._workers:
            while (message := worker.take_back()) is not None:
                self._own.add(message["number"], DocumentBatch(*message["batch"]))

    def close(self) -> None:
        """Stop all workers at once."""
        for worker in self._workers:
            worker.close()


def start_python(module: str) -> subprocess.Popen[bytes]:
    """Start a process that runs ``main()`` of a module, and is spoken to by pipes.

    It finds what this process finds, without importing this process's program.
    """
    code = (
        f"import json, sys; sys.path[:] = json.loads({json.dumps(sys.path)!r}); "
        f"from {module} import main; main()"
    )
    return subprocess.Popen(  # noqa: S603 - our own Python, our own code
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pipesize=_PIPE_SIZE,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # numpy would start a thread per CPU
    )


class _Worker:
    """A process, and the thread that feeds it."""

    def __init__(self, plan: FieldPlan, memory: int) -> None:
        self._process = start_python("searchlib.indexing.worker")
        waiting = max(1, memory // _WAITING_PART)
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue(waiting)
        self._broken = threading.Event()
        self._answered = False
        self.taken = 0
        self._thread = threading.Thread(
            target=self._feed, args=({"plan": asdict(plan), "memory": memory},), daemon=True
        )
        self._thread.start()

    def free(self) -> bool:
        """Tell whether a message would be taken at once."""
        return not self._messages.full()

    def put(self, message: dict[str, Any]) -> None:
        while not self._broken.is_set():
            try:
                self._messages.put(message, timeout=0.1)
            except queue.Full:
                continue
            return
        self.result()  # raises what broke it

    def take_back(self) -> dict[str, Any] | None:
        """Give the batch that has waited longest, if one still does."""
        try:
            message = self._messages.get_nowait()
        except queue.Empty:
            return None
        self.taken -= 1
        return message

    def _feed(self, start: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        message = start
        try:
            while True:
                send(self._process.stdin, message)
                if "finish" in message:
                    return
                message = self._messages.get()
        except (OSError, ValueError):
            self._broken.set()

    def result(self) -> list[WrittenSegment]:
        assert self._process.stdout is not None
        answer = receive(self._process.stdout)
        self._answered = True  # so the process is about to end by itself, or has ended
        self.close()
        if answer is None:
            raise StorageError(
                f"an indexing process ended with status {self._process.returncode}, perhaps for "
                "want of memory: nothing has changed; try again with fewer workers or less memory"
            )
        if "error" in answer:
            raise _raised_again(answer)
        return [_written(segment) for segment in answer["segments"]]

    def close(self) -> None:
        if not self._answered:
            self._process.kill()
        self._process.wait()
        self._broken.set()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not sent is not wanted any more
                    pipe.close()


def _written(segment: dict[str, Any]) -> WrittenSegment:
    batches = segment.pop("batches")
    return WrittenSegment(SegmentInfo(**segment), batches)


def _raised_again(answer: dict[str, Any]) -> StorageError:
    if "errno" in answer:
        return StorageError(answer["errno"], answer["message"], answer["path"])
    return StorageError(f"an indexing process failed: {answer['error']}: {answer['message']}")


def default_workers() -> int:
    """Find how many processes to start where the caller has not said: one CPU each, up to 8.

    None where the Python that runs can't be started again by its own name.
    """
    if getattr(sys, "frozen", False) or not sys.executable:
        return 0
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, 8) - 1


def default_memory() -> int:
    """Find how many bytes to use where the caller has not said: a quarter of all, up to 1.5 GiB.

    More memory makes fewer, larger segments, in which searches are faster.
    """
    return share_of_memory(4, 3 << 29)
