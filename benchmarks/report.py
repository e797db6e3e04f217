"""What did runs find? Tables of them, for the terminal, the docs and the README.

python -m benchmarks.report                                    # all of benchmarks/results
python -m benchmarks.report --markdown benchmarks/results/news21k.json
python -m benchmarks.report --update        # docs/benchmarks.md, its charts, and README.md
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks import results
from benchmarks.charts import charts_of, draw
from benchmarks.copies_tables import tables_of_copies, title_of_copies
from benchmarks.export_tables import tables_of_export, title_of_export
from benchmarks.facet_tables import tables_of_facets, title_of_facets
from benchmarks.headline import headline
from benchmarks.opensearch_tables import tables_of_opensearch, title_of_opensearch
from benchmarks.order_tables import tables_of_order, title_of_order
from benchmarks.peer_tables import tables_of_peers, title_of_peers
from benchmarks.relevance_tables import tables_of_relevance, title_of_relevance
from benchmarks.scale_tables import tables_of_scale, title_of_scale
from benchmarks.similar_tables import tables_of_similar, title_of_similar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.tables import Table

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = ROOT / "benchmarks" / "results"
PAGE: Final = ROOT / "docs" / "benchmarks.md"
CHARTS: Final = PAGE.parent / "charts"
README: Final = ROOT / "README.md"
BEGIN: Final = "<!-- tables: begin; made by python -m benchmarks.report --update -->"
END: Final = "<!-- tables: end -->"
_WIDTH: Final = 140  # of what is not a terminal
_NOTHING: Final = "No run has been committed yet."

_PARTS: Final[dict[str, tuple[Callable[..., str], Callable[..., Iterator[Table]]]]] = {
    "peers": (title_of_peers, tables_of_peers),
    "scale": (title_of_scale, tables_of_scale),
    "facets": (title_of_facets, tables_of_facets),
    "order": (title_of_order, tables_of_order),
    "relevance": (title_of_relevance, tables_of_relevance),
    "opensearch": (title_of_opensearch, tables_of_opensearch),
    "export": (title_of_export, tables_of_export),
    "copies": (title_of_copies, tables_of_copies),
    "similar": (title_of_similar, tables_of_similar),
}
"""How a run of each part is called and shown, in the order of the page."""


def title_of(run: dict[str, Any]) -> str:
    """Name a run by what it measured."""
    title = _PARTS[run["part"]][0](run)
    return title if run["finished"] else f"{title}; stopped before its end"


def tables_of(run: dict[str, Any]) -> Iterator[Table]:
    """Make the tables of a run, as far as it came."""
    return _PARTS[run["part"]][1](run)


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
        parts += [f"![{chart.shows}](charts/{chart.name}.svg)" for chart in charts_of(run)]
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
    runs = [results.load(path) for path in sorted(RESULTS.glob("*.json"))]
    return sorted(runs, key=lambda run: list(_PARTS).index(run["part"]))


def headlines(runs: Sequence[dict[str, Any]]) -> str:
    """Write the short tables of comparisons as Markdown."""
    tables = [headline(run) for run in runs if run["part"] == "peers" and run["finished"]]
    return "\n\n".join(f"{table.note}\n\n{_pipes(table)}" for table in tables) or _NOTHING


def update(runs: Sequence[dict[str, Any]]) -> None:
    """Put runs into the docs and the README, and draw their charts anew."""
    drawn = [path for run in runs for path in draw(run, CHARTS)]
    for path in CHARTS.glob("*.svg"):
        if path not in drawn:
            path.unlink()
    for page, text in ((PAGE, to_markdown(runs)), (README, headlines(runs))):
        page.write_text(with_tables(page.read_text(encoding="utf-8"), text), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Print tables, or put them into the docs."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", type=Path, help="JSON files of runs")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    parser.add_argument("--update", action="store_true", help="put committed runs into the docs")
    options = parser.parse_args(arguments)
    if options.update:
        update(committed_runs())
        return 0
    runs = [results.load(path) for path in options.files] or committed_runs()
    if options.markdown or not runs:
        print(to_markdown(runs))
    else:
        for run in runs:
            show_run(run)
    return 0


if __name__ == "__main__":
    sys.exit(main())
