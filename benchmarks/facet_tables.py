"""How does a run that counted hits read as tables?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.engines import REFERENCE
from benchmarks.tables import Table, machine_table, milliseconds, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator


def title_of_facets(run: dict[str, Any]) -> str:
    """Name a run by its dataset."""
    return f"Facets: {run.get('dataset', {}).get('name', 'nothing yet')}"


def tables_of_facets(run: dict[str, Any]) -> Iterator[Table]:
    """Make the tables of a run, as far as it came."""
    yield machine_table(run)
    note = "CPU time in milliseconds; beside it how many times as much as searchlib takes."
    if run["words"]:
        hits = run["hits"]
        words = (
            f"{len(hits)} words that searchlib and tantivy find in the same articles, with "
            f"{hits[0]:,} to {hits[-1]:,} hits, {hits[len(hits) // 2]:,} in the middle. "
        )
        yield _table("A word: the median", run["words"], words + note)
        yield _table("All articles (`*`)", run["everything"], note)


def _table(title: str, times: dict[str, Any], note: str) -> Table:
    engines = list(next(iter(times.values())))
    rows = []
    for what, measured in times.items():
        ours = measured[REFERENCE]["p50"]
        row = [what]
        for name in engines:
            theirs = measured[name]["p50"]
            beside = "" if name == REFERENCE else f" ({ratio(theirs, ours)})"
            row.append(f"{milliseconds(theirs)}{beside}")
        rows.append(row)
    return Table(title, ["counted", *engines], rows, note)
