"""What did runs find? Tables of them, for the terminal and for the docs.

python -m benchmarks.report                                    # all of benchmarks/results
python -m benchmarks.report --markdown benchmarks/results/news21k.json
python -m benchmarks.report --update docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks import results
from benchmarks.tables import Table, tables_of, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS: Final = Path(__file__).parent / "results"
BEGIN: Final = "<!-- tables: begin; made by python -m benchmarks.report --update -->"
END: Final = "<!-- tables: end -->"
_WIDTH: Final = 140  # of what is not a terminal
_NOTHING: Final = "No run has been committed yet."


def show_run(run: dict[str, Any]) -> None:
    """Print the tables of a run: with rich where it is installed, else as Markdown."""
    try:
        from rich.console import Console
    except ImportError:
        print(to_markdown([run]))
        return
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.rule(title_of(run))
    for table in tables_of(run):
        console.print(_rich(table))


def _rich(table: Table) -> Any:
    from rich.table import Table as RichTable

    shown = RichTable(title=table.title, title_justify="left", caption=table.note)
    for number, column in enumerate(table.columns):
        shown.add_column(column, justify="right" if number and not table.prose else "left")
    for row in table.rows:
        shown.add_row(*row)
    return shown


def to_markdown(runs: Sequence[dict[str, Any]]) -> str:
    """Write the tables of runs as Markdown."""
    parts = []
    for run in runs:
        parts.append(f"## {title_of(run)}")
        parts.append(f"`{run['command']}`")
        for table in tables_of(run):
            parts += [f"### {table.title}", *([table.note] if table.note else []), _pipes(table)]
    return "\n\n".join(parts) or _NOTHING


def _pipes(table: Table) -> str:
    lines = [
        table.columns,
        ["---", *["---" if table.prose else "---:"] * (len(table.columns) - 1)],
        *table.rows,
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def with_tables(page: str, tables: str) -> str:
    """Put tables in the place of those that a page has.

    Raises:
        ValueError: The page has no place for them.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected the lines {BEGIN} and {END} in the page")
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def committed_runs() -> list[dict[str, Any]]:
    """Read all runs of benchmarks/results."""
    return [results.load(path) for path in sorted(RESULTS.glob("*.json"))]


def main(arguments: list[str] | None = None) -> int:
    """Print tables, or put them into a page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", type=Path, help="JSON files of runs")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    parser.add_argument("--update", type=Path, metavar="PAGE", help="put the tables into a page")
    options = parser.parse_args(arguments)
    runs = [results.load(path) for path in options.files] or committed_runs()
    if options.update:
        page = options.update.read_text(encoding="utf-8")
        options.update.write_text(with_tables(page, to_markdown(runs)), encoding="utf-8")
    elif options.markdown or not runs:
        print(to_markdown(runs))
    else:
        for run in runs:
            show_run(run)
    return 0


if __name__ == "__main__":
    sys.exit(main())
