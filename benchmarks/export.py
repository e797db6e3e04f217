"""How fast are all hits of a search exported, and how much memory does that take?

Each export is a process of its own over the same index. The rows of the file are counted before
the time is told. Goals: CSV with a few fields at 20,000 rows a second, in bounded memory.

    make bench-export                                        # a million invented articles
    make bench-export OPTIONS="--dataset synthetic:20000"
"""

from __future__ import annotations

import contextlib
import csv
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.datasets import find_corpus
from benchmarks.runs import Run, carry_out, default_output, make_parser
from searchlib import Article, Index, read_articles

if TYPE_CHECKING:
    from collections.abc import Callable

FEW: Final = ("id", "title", "published", "source")
GOAL: Final = 20_000
"""How many rows of CSV a second there should be."""

EXPORTS: Final[dict[str, tuple[str, str | None, dict[str, Any]]]] = {
    "CSV, four fields": ("to_csv", None, {"fields": FEW}),
    "CSV, four fields, newest first": ("to_csv", "-published", {"fields": FEW}),
    "CSV, four fields, safe": ("to_csv", None, {"fields": FEW, "safe": True}),
    "CSV, all fields": ("to_csv", None, {}),
    "JSON Lines, four fields": ("to_jsonl", None, {"fields": FEW}),
    "Parquet, four fields": ("to_parquet", None, {"fields": FEW}),
    "BibTeX": ("to_bibtex", None, {}),
    "RIS": ("to_ris", None, {}),
}
"""What is exported: the method, the order of the hits, and the options."""


class ExportRun(Run):
    """One run over one dataset."""

    def measure(self) -> None:
        """Make an index, and export all of it in each way."""
        options = self.options
        corpus = find_corpus(options.dataset, options.cache)
        self.found |= {"dataset": options.dataset, "exports": {}}
        with tempfile.TemporaryDirectory(prefix="searchlib-export-") as folder:
            path = options.index or Path(folder) / "index"
            if options.index is None:
                self.say("indexing")
                Index.create(path, Article).add(read_articles(corpus))
            self.found["articles"] = len(Index.open(path))
            for name in EXPORTS:
                self.say(name)
                self.found["exports"][name] = measure_apart(path, name, Path(folder) / "export")
                self.save()
        self.finish()


def measure_apart(index: Path, name: str, target: Path) -> dict[str, Any]:
    """Measure an export in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.export", "--measure", str(index), name]
    done = subprocess.run([*command, str(target)], stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(path: Path, name: str, target: Path) -> dict[str, Any]:
    """Export all documents of an index, and count what was written.

    Raises:
        AssertionError: It has other rows than the index has documents.
    """
    method, sort, options = EXPORTS[name]
    results = Index.open(path, Article).search("*", sort=sort)
    before, most = _anonymous(), 0

    def look(*_: int) -> None:
        nonlocal most
        most = max(most, _anonymous())

    began, cpu_began = time.perf_counter(), time.process_time()
    export: Callable[..., None] = getattr(results, method)
    export(target, progress=look, **options)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    rows = count_rows(method, target)
    assert rows == results.total, f"{name}: expected {results.total} rows, got {rows}"
    return {
        "rows": rows,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu_seconds, 3),
        "bytes": target.stat().st_size,
        "more_memory": max(0, most - before),
    }


def count_rows(method: str, path: Path) -> int:
    """Count the rows of a file that an export has written."""
    if method == "to_parquet":
        from pyarrow import parquet

        return int(parquet.ParquetFile(path).metadata.num_rows)
    if method == "to_csv":
        csv.field_size_limit(sys.maxsize)
        with path.open(newline="", encoding="utf-8") as file:
            return sum(1 for _ in csv.reader(file)) - 1
    begins = {"to_jsonl": "{", "to_bibtex": "@", "to_ris": "TY  - "}[method]
    with path.open(encoding="utf-8") as file:
        return sum(line.startswith(begins) for line in file)


def _anonymous() -> int:
    """Tell how much memory this process has that is not the content of a mapped file."""
    # Not benchmarks.machine.memory_of: that walks all mapped pages, for longer than a batch takes.
    with contextlib.suppress(OSError):
        found = re.search(r"^RssAnon:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.M)
        return int(found[1]) << 10 if found else 0
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Measure; the status is 1 if the goal was missed."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["--measure"]:
        print(json.dumps(measure(Path(given[1]), given[2], Path(given[3]))))
        return 0
    parser = make_parser("benchmarks.export", __doc__)
    parser.add_argument("--dataset", default="synthetic:1000000", help="as for benchmarks.peers")
    parser.add_argument("--index", type=Path, help="an index of it, if there is one")
    options = parser.parse_args(given)
    options.engines = []
    options.output = options.output or default_output("export")
    run = ExportRun("export", f'make bench-export OPTIONS="--dataset {options.dataset}"', options)
    status = carry_out(run)
    return status or (0 if is_met(run.found) else 1)


def is_met(run: dict[str, Any]) -> bool:
    """Tell whether the goal was met: of CSV with four fields, in every order."""
    few = [found for name, found in run["exports"].items() if name.startswith("CSV, four")]
    return all(found["rows"] / found["seconds"] >= GOAL for found in few)


if __name__ == "__main__":
    sys.exit(main())
