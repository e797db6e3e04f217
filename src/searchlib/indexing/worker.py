"""What does a worker process do? Batches in by a pipe, segments out as files.

A worker is a Python of its own, started by its command line. So it does not import the program
that uses searchlib, as :mod:`multiprocessing` would have it do, and that program needs no guard
around its main part. Messages are plain values, written by :mod:`marshal`: both ends are the same
Python, and reading them can't run code.
"""

from __future__ import annotations

import gc
import marshal
import os
import queue
import signal
import struct
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

from searchlib.indexing.batch import DocumentBatch, FieldPlan
from searchlib.indexing.builder import SegmentBuilder

_LENGTH: Final = struct.Struct("<Q")
_MARSHAL_VERSION: Final = 2  # the last that does not look for objects that are there twice


def send(pipe: IO[bytes], message: Any) -> None:
    """Write a message of plain values."""
    data = marshal.dumps(message, _MARSHAL_VERSION)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read a message; ``None`` at the end of the pipe."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    return marshal.loads(data) if len(data) == length else None  # noqa: S302 - see the module


def main() -> None:
    """Index what comes from standard input, and say on standard output what was written."""
    gc.disable()  # nothing here makes cycles, and looking for them takes a tenth of the time
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, and closes the pipe
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not get in between
    answer: dict[str, Any]
    try:
        answer = {"segments": _index(requests)}
    except Exception as error:  # it is raised again by the parent
        answer = {"error": type(error).__name__, "message": str(error)}
        if isinstance(error, OSError) and error.errno:
            answer |= {"errno": error.errno, "message": error.strerror, "path": error.filename}
    send(answers, answer)


def _index(requests: BinaryIO) -> list[dict[str, Any]]:
    start = receive(requests)
    builder = SegmentBuilder(FieldPlan(**start["plan"]), start["memory"])
    written: list[dict[str, Any]] = []
    numbers: list[int] = []
    for message in _prefetched(requests):
        if message is None:  # the parent is gone: nobody will commit this
            raise EOFError("the pipe was closed")
        if "finish" in message:
            break
        builder.add(DocumentBatch(*message["batch"]))
        numbers.append(message["number"])
        if builder.full:
            written.append(_write(builder, message["path"], numbers))
            numbers = []
    if numbers:
        written.append(_write(builder, message["finish"], numbers))
    return written


def _write(builder: SegmentBuilder, path: str, numbers: list[int]) -> dict[str, Any]:
    return {**asdict(builder.write(Path(path))), "batches": numbers}


def _prefetched(requests: BinaryIO) -> Any:
    """Read the next message while the one before is worked on."""
    messages: queue.Queue[Any] = queue.Queue(maxsize=1)

    def read() -> None:
        message: Any = {}
        while message is not None and "finish" not in message:
            message = receive(requests)
            messages.put(message)

    threading.Thread(target=read, daemon=True).start()
    return iter(messages.get, object())
