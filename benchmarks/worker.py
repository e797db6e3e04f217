"""How does one engine run in a process of its own, and take orders?

The runner and the engine's process speak through a pipe: a method's name and its arguments one
way, what it returns or the text of its error the other.
"""

from __future__ import annotations

import gc
import multiprocessing
import shutil
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any, Final, Self

from benchmarks.datasets import articles_of
from benchmarks.engines import make_engine
from searchlib import Article, read_articles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    from benchmarks.engines.base import Search
    from benchmarks.queries import Query

_START: Final = multiprocessing.get_context("spawn")
_READ_AT_ONCE: Final = 1 << 24  # bytes


class EngineError(Exception):
    """An engine's process reported an error, or died."""


class EngineProcess:
    """The runner's end: an engine in a process of its own.

    Raises:
        EngineError: The engine can't be made.
    """

    def __init__(self, engine: str) -> None:
        self._connection, theirs = _START.Pipe()
        self._process = _START.Process(target=_serve, args=(theirs, engine))
        self._process.start()
        theirs.close()
        self.receive()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def call(self, method: str, *arguments: object) -> Any:
        """Call a method of the :class:`Worker` and wait for what it returns.

        Raises:
            EngineError: It failed.
        """
        self.order(method, *arguments)
        return self.receive()

    def order(self, method: str, *arguments: object) -> None:
        """Have a method called, whose result is to be received later.

        Raises:
            EngineError: The process has ended.
        """
        try:
            self._connection.send((method, arguments))
        except OSError as error:
            raise EngineError("the engine's process has ended") from error

    def receive(self) -> Any:
        """Wait for the result of the last order.

        Raises:
            EngineError: It failed.
        """
        try:
            result, error = self._connection.recv()
        except (EOFError, OSError) as gone:
            raise EngineError("the engine's process has ended") from gone
        if error:
            raise EngineError(error)
        return result

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._connection.close()
        self._process.join(timeout=2)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _serve(connection: Connection, engine: str) -> None:
    """Do what is asked until the other end is closed."""
    try:
        worker = Worker(engine)
    except ImportError as error:
        connection.send((None, f"not installed: {error}"))
        return
    connection.send((None, ""))
    while True:
        try:
            method, arguments = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            connection.send((getattr(worker, method)(*arguments), ""))
        except KeyboardInterrupt:
            return
        except Exception:
            connection.send((None, traceback.format_exc(limit=-3)))


class Worker:
    """The engine's end: what the runner may ask for."""

    def __init__(self, engine: str) -> None:
        self._engine = make_engine(engine)
        self._articles: list[Article] = []
        self._searches: dict[str, list[Search]] = {}
        self._bare: dict[str, list[Search]] = {}

    def describe(self) -> dict[str, Any]:
        """Tell what the engine can do and how it differs."""
        engine = self._engine
        return {
            "versions": engine.versions(),
            "kinds": sorted(engine.kinds),
            "differences": list(engine.differences),
            "agreement": engine.agreement,
            "threads": engine.threads,
            "hits_only": engine.hits_only,
        }

    def load(self, corpus: Path) -> int:
        """Read the articles into memory, and put them out of the garbage collector's sight."""
        self._articles = list(articles_of(corpus))
        gc.collect()
        gc.freeze()
        return len(self._articles)

    def index(self, path: Path) -> dict[str, float]:
        """Index what was loaded, in a new folder."""
        return self._index(self._articles, path)

    def index_file(self, corpus: Path, path: Path) -> dict[str, float]:
        """Index the articles of a file while it is read, in a new folder."""
        return self._index(_read(corpus), path)

    def read_file(self, corpus: Path) -> dict[str, float]:
        """Read the articles of a file and count them."""
        began = time.perf_counter()
        articles = text_bytes = 0
        for article in _read(corpus):
            articles += 1
            text_bytes += len(article.title.encode()) + len(article.body.encode())
        seconds = time.perf_counter() - began
        return {"articles": articles, "text_bytes": text_bytes, "reading_seconds": seconds}

    def _index(self, articles: Iterable[Article], path: Path) -> dict[str, float]:
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        began = time.perf_counter()
        seconds = self._engine.index(articles, path)
        settled = time.perf_counter() - began
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        return {"seconds": seconds, "settled_seconds": settled, "bytes": size}

    def open(self, path: Path) -> int:
        """Make ready to search, and count the parts of the index.

        Its files are read before that, so that each engine finds its own in the system's cache,
        where those of the one that indexed last are anyway.
        """
        for file in path.rglob("*"):
            if file.is_file():
                with file.open("rb") as content:
                    while content.read(_READ_AT_ONCE):
                        pass
        self._engine.open(path)
        return self._engine.segments()

    def prepare(self, kind: str, queries: Sequence[Query], hits_only: bool) -> None:
        """Write the queries of one kind in the engine's language."""
        self._searches[kind] = [self._engine.prepare(query, True) for query in queries]
        if hits_only and self._engine.hits_only and kind != "snippets":
            self._bare[kind] = [self._engine.prepare(query, False) for query in queries]

    def check(self, kind: str) -> list[tuple[int | None, list[str], int, float]]:
        """Run the queries of one kind for the first time.

        Returns:
            For each the number of hits, the ids of the best, the number of snippets that are not
            empty, and the seconds it took.
        """
        seen = []
        for search in self._searches[kind]:
            began = time.perf_counter()
            found = search()
            seconds = time.perf_counter() - began
            seen.append((found.total, found.ids, sum(map(bool, found.snippets)), seconds))
        return seen

    def time(self, kind: str) -> dict[str, list[float]]:
        """Run the queries of one kind, and tell how many seconds each took."""
        times = {"all": _time(self._searches[kind])}
        if kind in self._bare:
            times["hits_only"] = _time(self._bare[kind])
        return times

    def throughput(self, kinds: Sequence[str], threads: int, seconds: float) -> float:
        """Count the queries per second that some threads get answers to together."""
        searches = [search for kind in kinds for search in self._searches[kind]]
        done = [0] * threads
        end = time.perf_counter() + seconds

        def work(number: int) -> None:
            at = number * len(searches) // threads
            while time.perf_counter() < end:
                searches[at % len(searches)]()
                at += 1
                done[number] += 1

        workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
        began = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return sum(done) / (time.perf_counter() - began)


def _read(corpus: Path) -> Iterator[Article]:
    """Read articles that have different ids."""
    return (article for article in read_articles(corpus) if isinstance(article, Article))


def _time(searches: Sequence[Search]) -> list[float]:
    clock = time.perf_counter
    times = []
    for search in searches:
        began = clock()
        search()
        times.append(clock() - began)
    return times
