"""How does searchlib compare with what a user would pick instead?

    python -m benchmarks.peers --dataset news21k --engines searchlib,tantivy,whoosh3,sqlite
    python -m benchmarks.peers --dataset synthetic:200000 --engines searchlib,tantivy

Each engine has a process of its own, and they take turns: one kind of query at a time, round by
round, so that whatever else the machine does meets all of them. What was measured is written
after every step, so a run that is stopped keeps it. docs/benchmarks.md says what is measured how.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks import results
from benchmarks.agreement import Answer, compare
from benchmarks.datasets import DatasetError, find_corpus, survey
from benchmarks.engines import ENGINES
from benchmarks.everyday import measure_everyday
from benchmarks.machine import MemoryWatch, describe_machine, describe_software
from benchmarks.queries import KINDS, Query, draw_queries
from benchmarks.report import show_run
from benchmarks.worker import EngineError, EngineProcess

REFERENCE: Final = "searchlib"
_SAMPLE: Final = 3000
_THREADS: Final = (1, 2, 4)
_THREADED_KINDS: Final = ("word", "and2", "or3", "phrase2")
_THREADED_SECONDS: Final = 2.0
_PARTS: Final = ("threads", "everyday")


class Run:
    """One comparison: what it does, step by step, and what it has found so far.

    Args:
        options: Of the command line.
        folder: Where indexes are made.
    """

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        self.folder = folder
        self.began = time.perf_counter()
        self.engines: list[str] = list(options.engines)
        self.found: dict[str, Any] = {
            "format": results.FORMAT,
            "command": _command(options),
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "finished": None,
            "machine": describe_machine(),
            "versions": describe_software(),
            "engines": {},
            "checks": {},
            "times": {},
        }

    def say(self, text: str) -> None:
        """Tell how far the run is."""
        print(f"{time.perf_counter() - self.began:7.1f} s  {text}", file=sys.stderr, flush=True)

    def save(self) -> None:
        """Keep what was measured so far."""
        results.save(self.options.output, self.found)

    def measure(self) -> None:
        """Do all of it."""
        self.say(f"looking at {self.options.dataset} (invented articles are made the first time)")
        self.corpus = find_corpus(self.options.dataset, self.options.cache)
        self._draw()
        self._index()
        with ExitStack() as stack:
            self._start(stack)
            self._check()
            self._time()
            if "threads" in self.options.parts:
                self._measure_throughput()
        if "everyday" in self.options.parts and REFERENCE in self.engines:
            self._measure_everyday()
        self.found["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
        self.found["machine"]["load_average_after"] = describe_machine()["load_average"]
        self.save()

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
            processes = self._processes(stack)
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
            self._leave_out(name, error)
            return
        measured["memory"] = memory.to_json()
        self.found["engines"][name]["indexing"].append(measured)

    def _processes(self, stack: ExitStack) -> dict[str, EngineProcess]:
        """Start the engines; one that is not installed is left out from then on."""
        started = {}
        for name in list(self.engines):
            try:
                started[name] = stack.enter_context(EngineProcess(name))
            except EngineError as error:
                self._leave_out(name, error)
        return started

    def _leave_out(self, name: str, error: EngineError) -> None:
        self.say(f"{name} is left out: {error}")
        self.found["engines"][name] = {"left_out": str(error)}
        self.engines.remove(name)

    def _start(self, stack: ExitStack) -> None:
        """Open the indexes in fresh processes, and hand over the queries."""
        self.processes = self._processes(stack)
        for name, process in self.processes.items():
            engine = self.found["engines"][name]
            engine["segments"] = process.call("open", self.folder / name)
            for kind in self._kinds_of(name):
                process.call("prepare", kind, self.queries[kind])

    def _kinds_of(self, name: str) -> list[str]:
        return [kind for kind in self.queries if kind in self.found["engines"][name]["kinds"]]

    def _check(self) -> None:
        """Run every query once, and compare the numbers of hits: only what agrees is timed."""
        self.agreed: list[tuple[str, str]] = []
        for kind in self.queries:
            self.say(f"checking the hits of {kind}")
            able = [name for name in self.engines if kind in self._kinds_of(name)]
            answers = {}
            checks = self.found["checks"].setdefault(kind, {})
            for name in able:
                try:
                    answers[name] = self.processes[name].call("check", kind)
                except EngineError as error:
                    checks[name] = {"ok": False, "error": str(error)}
                    self.say(f"  {name} failed: {error}")
            for name, given in answers.items():
                self._compare(kind, name, given, answers.get(REFERENCE, given))
            self.save()

    def _compare(
        self, kind: str, name: str, answers: list[Answer], reference: list[Answer]
    ) -> None:
        agreement = self.found["engines"][name]["agreement"]
        check = compare(answers, reference, agreement)
        check["first"] = results.summarize([[seconds for *_, seconds in answers]])
        check["snippets"] = sum(snippets for _, _, snippets, _ in answers)
        self.found["checks"][kind][name] = check
        if check["ok"]:
            self.agreed.append((kind, name))
        else:
            self.say(f"  {name} is not timed: only {check['near']:.0%} of the queries agree")

    def _time(self) -> None:
        """Let the engines take turns, kind by kind, in each round."""
        taken: dict[tuple[str, str, str], list[list[float]]] = {}
        for number in range(self.options.rounds):
            for kind, name in self.agreed:
                self.say(f"round {number + 1} of {self.options.rounds}: {kind}, {name}")
                for what, times in self.processes[name].call("time", kind).items():
                    rounds = taken.setdefault((kind, name, what), [])
                    rounds.append(times)
                    measured = self.found["times"].setdefault(kind, {}).setdefault(name, {})
                    measured[what] = results.summarize(rounds)
            self.save()

    def _measure_throughput(self) -> None:
        """Count the queries per second of engines that may be searched by several threads."""
        kinds = [kind for kind in _THREADED_KINDS if kind in self.queries]
        for threads in _THREADS if kinds else ():
            for name in self.engines:
                if not self.found["engines"][name]["threads"]:
                    continue
                self.say(f"{name}: {threads} threads")
                process = self.processes[name]
                rate = process.call("throughput", kinds, threads, _THREADED_SECONDS)
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
        f"--index-rounds {options.index_rounds} --seed {options.seed}"
    )


def _names(allowed: object) -> Any:
    """Make the reader of a list of names with commas between them."""
    known = list(allowed)  # type: ignore[call-overload]

    def read(text: str) -> list[str]:
        names = [] if text == "none" else [name.strip() for name in text.split(",")]
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return names

    return read


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--dataset",
        "--corpus",
        default="news21k",
        help="news21k, synthetic:N, or a file that searchlib can read (default: news21k)",
    )
    parser.add_argument(
        "--engines", type=_names(ENGINES), default=list(ENGINES), help=", ".join(ENGINES)
    )
    parser.add_argument("--kinds", type=_names(KINDS), default=list(KINDS), help=", ".join(KINDS))
    parser.add_argument("--queries", type=int, default=100, help="of each kind (default: 100)")
    parser.add_argument("--rounds", type=int, default=5, help="of all queries (default: 5)")
    parser.add_argument("--index-rounds", type=int, default=1, help="of indexing (default: 1)")
    parser.add_argument(
        "--parts",
        type=_names(_PARTS),
        default=list(_PARTS),
        help="what to do beside indexing and queries: threads, everyday, or none",
    )
    parser.add_argument("--seed", type=int, default=1, help="draws other queries")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "searchlib-benchmarks",
        help="where invented articles are kept, and indexes while they are needed",
    )
    parser.add_argument(
        "--output",
        type=Path,
        help="the JSON file (default: benchmarks/results/DATASET.json)",
    )
    options = parser.parse_args(arguments)
    if options.output is None:
        name = Path(options.dataset.replace(":", "-")).name.split(".")[0]
        options.output = Path(__file__).parent / "results" / f"{name}.json"
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run a comparison and print what it found."""
    options = _options(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=options.cache))
    run = Run(options, folder)
    try:
        run.measure()
    except DatasetError as error:
        print(error, file=sys.stderr)
        return 2
    except EngineError as error:
        run.say(f"stopped by an error; what was measured is in {options.output}:\n{error}")
    except KeyboardInterrupt:
        run.say(f"stopped; what was measured is in {options.output}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    show_run(run.found)
    return 0 if run.found["finished"] else 1


if __name__ == "__main__":
    sys.exit(main())
