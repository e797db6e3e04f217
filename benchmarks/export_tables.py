"""How does a run of exports read as a table?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.tables import Table, machine_table

if TYPE_CHECKING:
    from collections.abc import Iterator


def title_of_export(run: dict[str, Any]) -> str:
    """Name a run by its dataset."""
    return f"Exports: all of {run.get('articles', 0):,} articles ({run['dataset']})"


def tables_of_export(run: dict[str, Any]) -> Iterator[Table]:
    """Make the tables of a run, as far as it came."""
    yield machine_table(run)
    rows = [
        [
            name,
            f"{found['rows'] / found['seconds']:,.0f}",
            f"{found['rows'] / found['cpu_seconds']:,.0f}",
            f"{found['seconds']:.1f}",
            f"{found['cpu_seconds']:.1f}",
            f"{found['bytes'] / 1e6:,.0f}",
            f"{found['more_memory'] / 1e6:,.0f}",
        ]
        for name, found in run["exports"].items()
    ]
    columns = [
        "export", "rows/s", "rows/CPU second", "seconds", "CPU seconds", "file, MB",
        "more memory, MB",
    ]  # fmt: skip
    note = (
        "Every export has all documents of the index, found by the query `*`, and is a process of "
        "its own. The query is evaluated again for it, which is part of the time. Memory is what "
        "the process had more than before the export, without mapped files; 16 MB are the numbers "
        "and scores of a million hits."
    )
    yield Table("All hits of a search", columns, rows, note)
