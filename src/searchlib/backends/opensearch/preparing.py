"""Who analyses what is sent to a cluster? This process, and others once there is enough to do.

Batches come back in the order in which they were given, so that of two documents with one key the
later one is sent later.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from searchlib.backends.opensearch.documents import Source, SourceMaker, SourcePlan
from searchlib.errors import StorageError
from searchlib.indexing.batch import DocumentBatch, FieldPlan
from searchlib.indexing.pool import start_python
from searchlib.indexing.worker import receive, send

if TYPE_CHECKING:
    from collections.abc import Iterator

_AHEAD: Final = 2
"""How many batches a process is given before it has done the first."""


class Preparer:
    """Makes what is sent of batches, here and in other processes.

    Args:
        plan: What is sent.
        workers: How many other processes there may be.
    """

    def __init__(self, plan: SourcePlan, workers: int) -> None:
        self._plan = plan
        self._own = SourceMaker(plan)
        self._count = workers
        self._workers: list[_Worker] = []
        self._waiting: deque[Future[list[Source]]] = deque()

    def start_workers(self) -> None:
        """Start the other processes: there will be enough to do."""
        while len(self._workers) < self._count:
            self._workers.append(_Worker(self._plan))

    def add(self, batch: DocumentBatch, first: int) -> None:
        """Take a batch; what all others have no time for is done at once.

        Args:
            batch: The documents.
            first: The order of the first of them.
        """
        worker = min(self._workers, key=lambda one: one.waiting, default=None)
        if worker is not None and worker.waiting < _AHEAD:
            self._waiting.append(worker.make(batch, first))
            return
        done: Future[list[Source]] = Future()
        done.set_result(self._own.make(batch, first))
        self._waiting.append(done)

    def ready(self) -> Iterator[list[Source]]:
        """Yield what is done, in order, without waiting for more than memory demands.

        Raises:
            StorageError: A process was killed.
        """
        most = 4 * _AHEAD * len(self._workers)
        while self._waiting and (self._waiting[0].done() or len(self._waiting) > most):
            yield self._waiting.popleft().result()

    def rest(self) -> Iterator[list[Source]]:
        """Yield what is not done yet, too, in order.

        Raises:
            StorageError: A process was killed.
        """
        while self._waiting:
            yield self._waiting.popleft().result()

    def close(self) -> None:
        """Stop all processes at once."""
        for worker in self._workers:
            worker.close()
        self._workers = []


class _Worker:
    """A process, and the thread that speaks to it."""

    def __init__(self, plan: SourcePlan) -> None:
        self._process = start_python(__name__)
        self._thread = ThreadPoolExecutor(1, "searchlib-preparing")
        self._thread.submit(self._send, asdict(plan))
        self._given: list[Future[list[Source]]] = []

    @property
    def waiting(self) -> int:
        """How many batches it has not done yet."""
        self._given = [one for one in self._given if not one.done()]
        return len(self._given)

    def make(self, batch: DocumentBatch, first: int) -> Future[list[Source]]:
        made = self._thread.submit(self._make, (batch.columns, batch.documents), first)
        self._given.append(made)
        return made

    def _send(self, message: Any) -> None:
        assert self._process.stdin is not None
        send(self._process.stdin, message)

    def _make(self, batch: tuple[Any, ...], first: int) -> list[Source]:
        try:
            self._send((batch, first))
            assert self._process.stdout is not None
            answer = receive(self._process.stdout)
        except (OSError, ValueError):
            answer = None
        if answer is None:
            raise StorageError(
                "expected a process that prepares documents, got one that has ended, perhaps for "
                "want of memory; the documents before are written: add the others again, with "
                "fewer workers"
            )
        return [Source(*one) for one in answer]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.shutdown(cancel_futures=True)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not sent is not wanted any more
                    pipe.close()


def main() -> None:
    """Make what is sent of the batches that come from standard input."""
    gc.disable()  # nothing here makes cycles
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, and closes the pipe
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not get in between
    plan = receive(requests)
    maker = SourceMaker(SourcePlan(FieldPlan(**plan.pop("fields")), **plan))
    while (message := receive(requests)) is not None:
        (columns, documents), first = message
        made = maker.make(DocumentBatch(columns, documents), first)
        send(answers, [tuple(one) for one in made])
