"""What is said of a list of queries at its end?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from searchlib.cli.terminal import counted, printable, terminal
from searchlib.errors import first_line

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.search.batches import BatchRow

_SHOWN_ERRORS: Final = 10


class BatchReport:
    """What is said at the end: how many queries there were, and which are wrong."""

    def __init__(self) -> None:
        self.resumed = 0
        self.anew = False
        self._counts: Counter[str] = Counter()
        self._errors: list[str] = []

    def take(self, row: int, found: BatchRow[Any]) -> None:
        """Count a query."""
        self._counts["all"] += 1
        self._counts["found"] += found.total > 0
        if found.error is not None:
            self._counts["wrong"] += 1
            if len(self._errors) < _SHOWN_ERRORS:
                self._errors.append(f"row {row}: {first_line(found.error)}")

    def show(self, output: Path | None) -> None:
        """Say it on standard error."""
        console, counts = terminal(errors=True), self._counts
        if self.anew:
            console.print("The list, the options or the index have changed: begun anew.")
        if self.resumed:
            console.print(f"Continued after {counted(self.resumed, 'query', 'queries')}.")
        for error in self._errors:
            console.print(Text(printable(error), "yellow"))
        where = "" if output is None else f"; written to {printable(str(output))}"
        said = counted(counts["all"], "query", "queries")
        console.print(
            Text(f"{said}: {counts['found']:,} found something, {counts['wrong']:,} wrong{where}")
        )
