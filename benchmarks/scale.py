"""What becomes of speed, size and memory as an archive grows to a million articles?

    python -m benchmarks.scale
    python -m benchmarks.scale --sizes 10000,50000 --engines searchlib

Each size is an archive of invented articles that begins with the next smaller one, so the same
queries go to all of them. Articles are indexed while they are read from a file: they need not fit
into memory. What was measured is written after every step; a run that was stopped goes on where it
was when the same command is given again.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from benchmarks import results
from benchmarks.datasets import find_corpus, survey
from benchmarks.engines import ENGINES
from benchmarks.machine import MemoryWatch, memory_of
from benchmarks.queries import KINDS, Query, draw_queries
from benchmarks.runs import Run, carry_out, default_output, make_parser, names_among
from benchmarks.turns import Turns
from benchmarks.worker import EngineProcess

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

_SIZES: Final = [10_000, 50_000, 200_000, 1_000_000]
_ENGINES: Final = ["searchlib", "tantivy"]
_SAMPLE: Final = 3000


class ScaleRun(Run):
    """One run over all sizes."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__("scale", _command(options), options)
        self.found["sizes"] = {}

    def measure(self) -> None:
        """Do what was not yet done."""
        self._go_on()
        for size in self.options.sizes:
            self.say(f"looking at {size:,} articles (they are made the first time)")
            find_corpus(f"synthetic:{size}", self.options.cache)
        queries = self._draw()
        self._describe()
        for size in self.options.sizes:
            found = self.found["sizes"].setdefault(str(size), {"indexing": {}, "finished": False})
            if not found["finished"]:
                SizeRun(self, size, found).measure(queries)
        self.finish()

    def _go_on(self) -> None:
        """Take up a run that was stopped, if it was by this command with this software."""
        try:
            before = results.load(self.options.output)
        except (OSError, ValueError):
            return
        same = all(before.get(name) == self.found[name] for name in ("command", "versions"))
        if same and not before["finished"]:
            self.say(f"going on with the run of {before['started']}")
            self.found = before

    def _draw(self) -> dict[str, list[Query]]:
        """Draw the queries from the smallest archive, which all others begin with."""
        options = self.options
        corpus = find_corpus(f"synthetic:{min(options.sizes)}", options.cache)
        sample = survey(corpus, _SAMPLE, options.seed).sample
        drawn = draw_queries(sample, options.kinds, options.queries, options.seed)
        self.found["queries"] = {kind: len(some) for kind, some in drawn.items()}
        return {kind: some for kind, some in drawn.items() if some}

    def _describe(self) -> None:
        with ExitStack() as stack:
            for name, process in self.start_engines(stack).items():
                self.found["engines"][name] = process.call("describe")


class SizeRun:
    """The engines with an archive of one size.

    Args:
        run: What it is a part of.
        size: The number of articles.
        found: What was found for this size; what follows is added to it.
    """

    def __init__(self, run: ScaleRun, size: int, found: dict[str, Any]) -> None:
        self._run = run
        self._found = found
        self._name = f"{size:,} articles"
        self._corpus = find_corpus(f"synthetic:{size}", run.options.cache)
        self._folder: Path = run.options.cache / f"scale-{size}"

    def measure(self, queries: dict[str, list[Query]]) -> None:
        """Index with each engine, let them answer in turns, and remove the indexes."""
        for name in list(self._run.engines):
            # The measurement is kept after the index is there, so the one stands for the other.
            if name not in self._found["indexing"] or not (self._folder / name).exists():
                self._index(name)
        with ExitStack() as stack:
            self._search(self._run.start_engines(stack), queries)
        shutil.rmtree(self._folder)
        self._found["finished"] = True
        self._run.save()

    def _index(self, name: str) -> None:
        path = self._folder / name
        unfinished = path.with_suffix(".unfinished")
        with EngineProcess(name) as process:
            if "text_bytes" not in self._found:
                self._run.say(f"{self._name}: reading them, for the time that it takes alone")
                self._found.update(process.call("read_file", self._corpus))
            self._run.say(f"{self._name}: indexing with {name}")
            with MemoryWatch(process.pid) as memory:
                measured = process.call("index_file", self._corpus, unfinished)
        measured["memory"] = memory.to_json()
        unfinished.replace(path)
        self._found["indexing"][name] = measured
        self._run.save()

    def _search(self, processes: dict[str, EngineProcess], queries: dict[str, list[Query]]) -> None:
        def say(text: str) -> None:
            self._run.say(f"{self._name}: {text}")

        for name, process in processes.items():
            self._found["indexing"][name]["segments"] = process.call("open", self._folder / name)
        turns = Turns(processes, self._run.found["engines"], queries, say, self._run.save)
        self._found["checks"], self._found["times"] = turns.checks, turns.times
        turns.prepare(hits_only=False)
        turns.check()
        turns.time(self._run.options.rounds)
        self._found["search_memory"] = {
            name: memory_of(process.pid) for name, process in processes.items()
        }


def _command(options: argparse.Namespace) -> str:
    return (
        f"python -m benchmarks.scale --sizes {','.join(map(str, options.sizes))} "
        f"--engines {','.join(options.engines)} --kinds {','.join(options.kinds)} "
        f"--queries {options.queries} --rounds {options.rounds} --seed {options.seed}"
    )


def _sizes(text: str) -> list[int]:
    return sorted(int(size) for size in text.split(","))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = make_parser("benchmarks.scale", __doc__)
    parser.add_argument(
        "--sizes", type=_sizes, default=_SIZES, help="numbers of articles, with commas between"
    )
    parser.add_argument(
        "--engines", type=names_among(ENGINES), default=_ENGINES, help=", ".join(ENGINES)
    )
    parser.add_argument(
        "--kinds", type=names_among(KINDS), default=list(KINDS), help=", ".join(KINDS)
    )
    parser.add_argument("--queries", type=int, default=100, help="of each kind (default: 100)")
    parser.add_argument("--rounds", type=int, default=3, help="of all queries (default: 3)")
    parser.add_argument("--seed", type=int, default=1, help="draws other queries")
    options = parser.parse_args(arguments)
    options.output = options.output or default_output("scale")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print what was found."""
    options = _options(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    return carry_out(ScaleRun(options))


if __name__ == "__main__":
    sys.exit(main())
