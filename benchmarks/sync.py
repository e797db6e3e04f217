"""A folder of one text file for each article is synchronised, changed, and synchronised again.

Each step is a whole process, ``searchlib index FOLDER --json``, as a person waits for it; beside
that stands its CPU time, with that of its workers, which other programs disturb less. The counts
of a step are checked before its time is told, so that nothing wrong is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.datasets import articles_of, find_corpus
from benchmarks.machine import describe_machine, describe_software

if TYPE_CHECKING:
    from collections.abc import Callable

_PER_FOLDER: Final = 1000
_SETTLE_SECONDS: Final = 3.5
"""Until the times of files are old enough to be trusted."""
_CHANGED, _NEW, _GONE = 10, 5, 3
_GOALS: Final = ("at most a tenth of the first", "at most 2 s")


@dataclass(frozen=True, slots=True)
class Step:
    """One synchronisation.

    Attributes:
        name: What had happened before it.
        seconds: How long the process took.
        cpu_seconds: The CPU time of the process and its workers.
        files: How many files it found new, changed, and so on.
    """

    name: str
    seconds: float
    cpu_seconds: float
    files: dict[str, int]


class Archive:
    """A folder of text files, and its index.

    Args:
        base: An empty folder for both.
        corpus: Where the articles come from.
    """

    def __init__(self, base: Path, corpus: Path) -> None:
        self._root = base / "archive"
        self._index = base / "news.index"
        self.paths: list[Path] = []
        for number, article in enumerate(articles_of(corpus)):
            path = self._root / f"{number // _PER_FOLDER:04}" / f"{number:07}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{article.title}\n\n{article.body}\n", encoding="utf-8")
            self.paths.append(path)

    def change(self) -> None:
        """Change some files, add some and remove some."""
        for path in self.paths[:_CHANGED]:
            path.write_text(path.read_text(encoding="utf-8") + "\nIt was corrected.\n", "utf-8")
        for number in range(_NEW):
            text = f"New article {number}\n\nIt has come in since.\n"
            (self._root / f"new-{number}.txt").write_text(text, "utf-8")
        for path in self.paths[-_GONE:]:
            path.unlink()

    def sync(self, name: str, **expected: int) -> Step:
        """Run the command, and check that it found what it should.

        Raises:
            AssertionError: It found something else.
        """
        command = [sys.executable, "-m", "searchlib", "index", str(self._root), "--json"]
        began, cpu_began = time.perf_counter(), _cpu_of_children()
        done = subprocess.run(
            [*command, "--index", str(self._index)], stdout=subprocess.PIPE, check=True
        )
        seconds, cpu_seconds = time.perf_counter() - began, _cpu_of_children() - cpu_began
        files = json.loads(done.stdout)["files"]
        found = {what: count for what, count in files.items() if count}
        assert found == {what: count for what, count in expected.items() if count}, (
            found,
            expected,
        )
        return Step(name, seconds, cpu_seconds, found)


def _cpu_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def measure(archive: Archive, settle: Callable[[], None]) -> list[Step]:
    """Synchronise step by step."""
    count = len(archive.paths)
    settle()
    steps = [
        archive.sync("the first time", added=count),
        archive.sync("nothing changed", unchanged=count),
        archive.sync("nothing changed, again", unchanged=count),
    ]
    archive.change()
    some = {"added": _NEW, "changed": _CHANGED, "removed": _GONE}
    name = f"{_CHANGED} changed, {_NEW} new, {_GONE} gone"
    return [*steps, archive.sync(name, unchanged=count - _CHANGED - _GONE, **some)]


def to_markdown(steps: list[Step]) -> str:
    """Show the steps as a table."""
    first = steps[0].seconds
    lines = ["| files | seconds | of the first | CPU seconds |", "| --- | ---: | ---: | ---: |"]
    lines += [
        f"| {step.name} | {step.seconds:.2f} | {step.seconds / first:.3f} "
        f"| {step.cpu_seconds:.2f} |"
        for step in steps
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print what was found.

    Returns:
        1 if a goal was missed, else 0.
    """
    parser = argparse.ArgumentParser("benchmarks.sync", description=__doc__)
    parser.add_argument("--dataset", default="news21k", help="as for benchmarks.peers")
    default = Path(tempfile.gettempdir()) / "searchlib-benchmarks"
    parser.add_argument("--cache", type=Path, default=default, help="where invented articles are")
    options = parser.parse_args(arguments)
    corpus = find_corpus(options.dataset, options.cache)
    with tempfile.TemporaryDirectory(prefix="searchlib-sync-") as folder:
        archive = Archive(Path(folder), corpus)
        steps = measure(archive, lambda: time.sleep(_SETTLE_SECONDS))
    machine, software = describe_machine(), describe_software()
    print(f"{len(archive.paths):,} text files ({options.dataset}), {machine['cpu']}, "
          f"{machine['cores']} cores, load {machine['load_average']}, {software}\n")  # fmt: skip
    print(to_markdown(steps))
    met = steps[1].seconds <= steps[0].seconds / 10, steps[-1].seconds <= 2
    for goal, is_met in zip(_GOALS, met, strict=True):
        print(f"{'met' if is_met else 'MISSED'}: {goal}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
