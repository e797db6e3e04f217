"""What have all parts in common? A run that says how far it is and keeps what it has measured."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import results
from benchmarks.datasets import DatasetError
from benchmarks.machine import describe_machine, describe_software
from benchmarks.report import show_run
from benchmarks.worker import EngineError, EngineProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import ExitStack


class Run:
    """One run of a part: what it has found so far, and where that is kept.

    Args:
        part: The part of the benchmarks, as in the names of make's targets.
        command: The command that repeats the run.
        options: Of the command line: ``engines`` and ``output`` at least.
    """

    def __init__(self, part: str, command: str, options: argparse.Namespace) -> None:
        self.options = options
        self.engines: list[str] = list(options.engines)
        self._began = time.perf_counter()
        self.found: dict[str, Any] = {
            "format": results.FORMAT,
            "part": part,
            "command": command,
            "started": _now(),
            "finished": None,
            "machine": describe_machine(),
            "versions": describe_software(),
            "engines": {},
        }

    def measure(self) -> None:
        """Do all of it."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """Tell how far the run is."""
        print(f"{time.perf_counter() - self._began:7.1f} s  {text}", file=sys.stderr, flush=True)

    def save(self) -> None:
        """Keep what was measured so far."""
        results.save(self.options.output, self.found)

    def finish(self) -> None:
        """Keep all of it."""
        self.found["finished"] = _now()
        self.found["machine"]["load_average_after"] = describe_machine()["load_average"]
        self.save()

    def start_engines(self, stack: ExitStack) -> dict[str, EngineProcess]:
        """Start the engines; one that is not installed is left out from then on."""
        started = {}
        for name in list(self.engines):
            try:
                started[name] = stack.enter_context(EngineProcess(name))
            except EngineError as error:
                self.leave_out(name, error)
        return started

    def leave_out(self, name: str, error: EngineError) -> None:
        """Go on without an engine."""
        self.say(f"{name} is left out: {error}")
        self.found["engines"][name] = {"left_out": str(error)}
        self.engines.remove(name)


def carry_out(run: Run) -> int:
    """Measure, print what was found, and return the program's status.

    It says where the file is that has what was measured, also when it is stopped.
    """
    output = run.options.output
    try:
        run.measure()
        run.say(f"what was measured is in {output}")
    except DatasetError as error:
        print(error, file=sys.stderr)
        return 2
    except EngineError as error:
        run.say(f"stopped by an error; what was measured is in {output}:\n{error}")
    except KeyboardInterrupt:
        run.say(f"stopped; what was measured is in {output}")
    show_run(run.found)
    return 0 if run.found["finished"] else 1


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def make_parser(module: str, description: str | None) -> argparse.ArgumentParser:
    """Make a parser with the options that all parts have."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {module}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "searchlib-benchmarks",
        help="where invented articles are kept, and indexes while they are needed",
    )
    parser.add_argument("--output", type=Path, help="the JSON file, in benchmarks/results if not")
    return parser


def default_output(name: str) -> Path:
    """Name the file of a run."""
    return Path(__file__).parent / "results" / f"{name}.json"


def names_among(known: Iterable[str]) -> Callable[[str], list[str]]:
    """Make the reader of a list of names with commas between them."""
    allowed = list(known)

    def read(text: str) -> list[str]:
        names = [] if text == "none" else [name.strip() for name in text.split(",")]
        for name in names:
            if name not in allowed:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(allowed)}")
        return names

    return read
