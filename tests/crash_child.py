"""A process that changes an index step by step until it is killed.

:class:`Server` starts a program that forks a child for each request, so that a child need not
import anything. What a step does follows from a seed, so that whoever started it can tell which
contents the index may have.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import IO, TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel

from searchlib import Article, Date, Index, Key, Keyword, Number, Text
from searchlib.indexing import merge_policy
from searchlib.indexing import writer as index_writer
from searchlib.segment import spool
from tests.system_calls import KillAt

if TYPE_CHECKING:
    from collections.abc import Callable

State = dict[str, int]
"""The contents of an index: the version of each document by its key."""

MEMORY = 25_000
"""For the writer: enough for some ten documents in a segment."""
SMALL: list[tuple[Any, str, int]] = [
    (index_writer, "_BATCH_BYTES", 1200),
    (index_writer, "_INLINE_BYTES", 2400),
    (merge_policy, "SEGMENTS_PER_TIER", 3),
    (spool, "_MEMORY", 700),
]
"""Constants with values that bring about many batches, segments, merges and temporary files."""

WORDS = [f"{a}{b}" for a in ("pea", "wa", "tal", "to", "zo") for b in ("ce", "r", "k", "ne")]
TAGS = ["one", "two", "three", "four"]
KEYS = [f"key{number}" for number in range(60)]


class Note(BaseModel):
    id: Annotated[str, Key()]
    version: Annotated[int, Number(sortable=True)]
    title: Annotated[str, Text(boost=2.0)]
    text: Annotated[str | None, Text(language=None)] = None
    tags: Annotated[list[str], Keyword()] = []
    share: Annotated[float | None, Number()] = None
    made: Annotated[date | None, Date()] = None


@cache
def note(key: str, version: int) -> Note:
    """Make the document with this key and version: always the same."""
    random = Random(f"{key} {version}")
    return Note(
        id=key,
        version=version,
        title=" ".join(random.choices(WORDS, k=3)),
        text=" ".join(random.choices(WORDS, k=30)) if random.random() < 0.8 else None,
        tags=random.sample(TAGS, random.randrange(3)),
        share=random.random() if random.random() < 0.5 else None,
        made=date(2020, 1, 1) + timedelta(random.randrange(1000)),
    )


@dataclass(frozen=True)
class Step:
    """What becomes one commit."""

    added: State
    deleted: list[str]
    tag: str | None
    optimize: bool

    @classmethod
    def of(cls, seed: int, number: int) -> Step:
        random = Random(f"{seed} {number}")
        return cls(
            dict.fromkeys(random.sample(KEYS, random.randint(1, 30)), number),
            random.sample(KEYS, random.randrange(8)),
            random.choice(TAGS) if random.random() < 0.15 else None,
            random.random() < 0.2,
        )

    def applied_to(self, state: State) -> State:
        kept = {key: at for key, at in (state | self.added).items() if key not in self.deleted}
        if self.tag is None:
            return kept
        return {key: at for key, at in kept.items() if self.tag not in note(key, at).tags}

    def take(self, index: Index, workers: int, before_commit: Callable[[], None]) -> None:
        with index.writer(workers=workers, memory=MEMORY) as writer:
            writer.add(note(key, version) for key, version in self.added.items())
            writer.delete(*self.deleted)
            if self.tag is not None:
                writer.delete_by_query(f"tags:{self.tag}")
            before_commit()
            if self.optimize:
                writer.optimize()


@dataclass
class Request:
    """What a child shall do.

    Attributes:
        path: The index.
        seed: Of the steps.
        first: The number of the first step.
        count: How many steps to take; ``None`` for no end.
        workers: How many processes the writer starts.
        kill_at: The system call at which the child kills itself.
        search: Whether to search the index without end instead.
        sync: The folder of articles to synchronise instead.
    """

    path: str
    seed: int = 0
    first: int = 0
    count: int | None = None
    workers: int = 0
    kill_at: int | None = None
    search: bool = False
    sync: str | None = None


def work(request: Request) -> None:
    index = Index.open(request.path, Note)
    if request.kill_at is not None:
        KillAt(request.kill_at).install(setattr)
    number = request.first
    while request.count is None or number < request.first + request.count:
        step = Step.of(request.seed, number)
        step.take(index, request.workers, lambda: tell("begin", number))  # noqa: B023 - at once
        tell("done", number)
        number += 1


def sync(request: Request, folder: str) -> None:
    index = Index.open(request.path, Article)
    if request.kill_at is not None:
        KillAt(request.kill_at).install(setattr)
    index.sync(folder, workers=0)
    tell("done", 0)


def search(request: Request) -> None:
    """Say again and again what is in the index."""
    index = Index.open(request.path, Note)
    while True:
        tell("state", observe(index))
        tell("state", observe(Index.open(request.path, Note)))


def observe(index: Index) -> State:
    """Search for all documents, and expect that each is whole."""
    found = {}
    for hit in index.search("*", limit=1000, snippets=False):
        document = hit.document
        assert document == note(hit.key, document.version)
        assert hit.key not in found
        found[hit.key] = document.version
    return found


def tell(what: str, value: object) -> None:
    os.write(1, json.dumps([what, value]).encode() + b"\n")


def warm_up() -> None:
    """Do once what children do, so that none of them imports or compiles anything."""
    with tempfile.TemporaryDirectory() as folder:
        index = Index.create(Path(folder, "notes"), Note)
        Step.of(0, 0).take(index, 0, lambda: None)
        observe(index)
        archive = Path(folder, "archive")
        archive.mkdir()
        (archive / "a.txt").write_text("Title\n\nText.\n")
        Index.create(Path(folder, "articles"), Article).sync(archive, workers=0)


def serve() -> None:
    warm_up()
    for module, name, value in SMALL:
        setattr(module, name, value)
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            _be_child(json.loads(line), writing)
        os.close(writing)
        # The pipe ends when the last process that has it as its standard error does.
        with os.fdopen(reading, errors="replace") as errors:
            text = errors.read()
        tell("end", [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text])


def _be_child(given: dict[str, Any], errors: int) -> None:
    status = 1
    try:
        os.setpgid(0, 0)
        os.dup2(errors, 2)
        os.close(errors)
        tell("start", os.getpid())
        request = Request(**given)
        if request.sync is not None:
            sync(request, request.sync)
        else:
            search(request) if request.search else work(request)
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(status)


class Server:
    """:func:`serve` as a program; a context manager."""

    def __enter__(self) -> Server:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from tests.crash_child import serve; serve()"],
            cwd=Path(__file__).parents[1],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._child: int | None = None
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()
        self._pipe(self._process.stdin).close()
        self._process.wait()
        self._pipe(self._process.stdout).close()

    def start(self, request: Request) -> int:
        """Start a child, and tell its number: also that of its group."""
        requests = self._pipe(self._process.stdin)
        requests.write(json.dumps(vars(request)) + "\n")
        requests.flush()
        what, child = self.hear()
        assert what == "start"
        self._child = child
        return int(child)

    def hear(self) -> tuple[str, Any]:
        """Wait for what the child says next; its end is what it says last."""
        what, value = json.loads(self._pipe(self._process.stdout).readline())
        if what == "end":
            self._child = None
        return what, value

    def kill(self, *, workers: bool = True) -> list[tuple[str, Any]]:
        """Kill the child if there is one, with its workers or without; give its last words."""
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError):
                (os.killpg if workers else os.kill)(self._child, signal.SIGKILL)
        return self.rest()

    def rest(self) -> list[tuple[str, Any]]:
        """Wait for the end of the child and of its workers, and give all that it says."""
        heard = []
        while self._child is not None:
            heard.append(self.hear())
        return heard

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe
