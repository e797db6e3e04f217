"""How does searchlib compare with what a user would pick instead?

    python -m benchmarks.peers --dataset news21k --engines searchlib,tantivy,whoosh3,sqlite
    python -m benchmarks.peers --dataset synthetic:200000 --engines searchlib,tantivy

Each engine has a process of its own, and they take turns: one kind of query at a time, round by
round, so that whatever else the machine does meets all of them. What was measured is written
after every step, so a run that is stopped keeps it. docs/benchmarks.md says what is measured how.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.datasets import find_corpus, survey
from benchmarks.engines import ENGINES, REFERENCE
from benchmarks.everyday import measure_everyday
from benchmarks.machine import MemoryWatch
from benchmarks.queries import KINDS, Query, draw_queries
from benchmarks.runs import Run, carry_out, default_output, make_parser, names_among
from benchmarks.turns import Turns
from benchmarks.worker import EngineError, EngineProcess

if TYPE_CHECKING:
    import argparse

_SAMPLE: Final = 3000
_THREADS: Final = (1, 2, 4)
_THREADED_KINDS: Final = ("word", "and2", "or3", "phrase2")
_THREADED_SECONDS: Final = 2.0
_PARTS: Final = ("threads", "everyday")


class Comparison(Run):
    """One comparison, step by step.

    Args:
        options: Of the command line.
        folder: Where indexes are made.
    """

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        super().__init__("peers", _command(options), options)
        self.found |= {"checks": {}, "times": {}}
        self.folder = folder

    def measure(self) -> None:
        """Do all of it."""
        self.say(f"looking at {self.options.dataset} (invented articles are made the first time)")
        self.corpus = find_corpus(self.options.dataset, self.options.cache)
        self._draw()
        self._index()
        with ExitStack() as stack:
            processes = self._open(stack)
            turns = Turns(processes, self.found["engines"], self.queries, self.say, self.save)
            self.found["checks"], self.found["times"] = turns.checks, turns.times
            turns.prepare(hits_only=True)
            turns.check()
            turns.time(self.options.rounds)
            if "threads" in self.options.parts:
                self._measure_throughput(processes)
        if "everyday" in self.options.parts and REFERENCE in self.engines:
            self._measure_everyday()
        self.finish()

    def _draw(self) -> None:
        options = self.options
        seen = survey(self.corpus, _SAMPLE, options.seed)
        drawn = draw_queries(seen.sample, options.kinds, options.queries, options.seed)
        self.queries: dict[str, list[Query]] = {kind: some for kind, some in drawn.items() if some}
        self.found["dataset"] = {
            "name": options.dataset,
            "articles": seen.documents,
            "text_bytes": seen.text_bytes,
            "queries": {kind: len(some) for kind, some in drawn.items()},
            "seed": options.seed,
        }
        self.say(f"{seen.documents:,} articles, {seen.text_bytes / 1e6:,.1f} MB of text")
        self.save()

    def _index(self) -> None:
        """Index with each engine in turn, in fresh processes that hold the articles."""
        with ExitStack() as stack:
            processes = self.start_engines(stack)
            self.say("reading the articles into memory")
            for name, process in processes.items():
                self.found["engines"][name] = {**process.call("describe"), "indexing": []}
                process.order("load", self.corpus)
            for process in processes.values():
                process.receive()
            for number in range(self.options.index_rounds):
                for name in list(self.engines):
                    self.say(f"{name}: indexing, round {number + 1}")
                    self._index_once(name, processes[name])
                    self.save()

    def _index_once(self, name: str, process: EngineProcess) -> None:
        try:
            with MemoryWatch(process.pid) as memory:
                measured = process.call("index", self.folder / name)
        except EngineError as error:
            self.leave_out(name, error)
            return
        measured["memory"] = memory.to_json()
        self.found["engines"][name]["indexing"].append(measured)

    def _open(self, stack: ExitStack) -> dict[str, EngineProcess]:
        """Open the indexes in fresh processes."""
        processes = self.start_engines(stack)
        for name, process in processes.items():
            self.found["engines"][name]["segments"] = process.call("open", self.folder / name)
        return processes

    def _measure_throughput(self, processes: dict[str, EngineProcess]) -> None:
        """Count the queries per second of engines that may be searched by several threads."""
        kinds = [kind for kind in _THREADED_KINDS if kind in self.queries]
        for threads in _THREADS if kinds else ():
            for name in self.engines:
                if not self.found["engines"][name]["threads"]:
                    continue
                self.say(f"{name}: {threads} threads")
                rate = processes[name].call("throughput", kinds, threads, _THREADED_SECONDS)
                measured = self.found["engines"][name].setdefault("queries_per_second", {})
                measured[str(threads)] = round(rate, 1)
                self.save()

    def _measure_everyday(self) -> None:
        words = self.queries.get("word")
        word = words[0].words[0] if words else "government"
        for name, measured in measure_everyday(self.folder / REFERENCE, self.corpus, word):
            self.say(f"{REFERENCE}: {name}")
            self.found.setdefault("everyday", {})[name] = measured
            self.save()


def _command(options: argparse.Namespace) -> str:
    """Write the command that repeats the run, without what is peculiar to this machine."""
    return (
        f"python -m benchmarks.peers --dataset {options.dataset} "
        f"--engines {','.join(options.engines)} --kinds {','.join(options.kinds)} "
        f"--queries {options.queries} --rounds {options.rounds} "
        f"--index-rounds {options.index_rounds} --parts {','.join(options.parts) or 'none'} "
        f"--seed {options.seed}"
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = make_parser("benchmarks.peers", __doc__)
    parser.add_argument(
        "--dataset",
        "--corpus",
        default="news21k",
        help="news21k, synthetic:N, or a file that searchlib can read (default: news21k)",
    )
    parser.add_argument(
        "--engines", type=names_among(ENGINES), default=list(ENGINES), help=", ".join(ENGINES)
    )
    parser.add_argument(
        "--kinds", type=names_among(KINDS), default=list(KINDS), help=", ".join(KINDS)
    )
    parser.add_argument("--queries", type=int, default=100, help="of each kind (default: 100)")
    parser.add_argument("--rounds", type=int, default=5, help="of all queries (default: 5)")
    parser.add_argument("--index-rounds", type=int, default=1, help="of indexing (default: 1)")
    parser.add_argument(
        "--parts",
        type=names_among(_PARTS),
        default=list(_PARTS),
        help="what to do beside indexing and queries: threads, everyday, or none",
    )
    parser.add_argument("--seed", type=int, default=1, help="draws other queries")
    options = parser.parse_args(arguments)
    if options.output is None:
        name = Path(options.dataset.replace(":", "-")).name.split(".")[0]
        options.output = default_output(name)
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run a comparison and print what it found."""
    options = _options(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=options.cache) as folder:
        return carry_out(Comparison(options, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
