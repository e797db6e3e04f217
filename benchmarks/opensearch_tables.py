"""How does a run of copies to OpenSearch read as a table?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.tables import Table, machine_table

if TYPE_CHECKING:
    from collections.abc import Iterator


def title_of_opensearch(run: dict[str, Any]) -> str:
    """Name a run by its dataset."""
    return f"OpenSearch: {run.get('articles', 0):,} articles copied ({run['dataset']})"


def tables_of_opensearch(run: dict[str, Any]) -> Iterator[Table]:
    """Make the tables of a run, as far as it came."""
    yield machine_table(run)
    rows = [
        [
            way,
            f"{found['articles'] / found['seconds']:,.0f}",
            f"{found['seconds']:.1f}",
            f"{found['cpu_seconds']:.1f}",
            f"{found['server_cpu_seconds']:.1f}",
            f"{found['bytes'] / 1e6:,.0f}",
        ]
        for way, found in run["ways"].items()
    ]
    resumed = run.get("resumed")
    if resumed is not None:
        count = resumed["skipped"] + resumed["added"]
        rows.append(
            [
                f"searchlib copy, killed after {resumed['skipped']:,}, and again",
                f"{count / resumed['seconds']:,.0f}",
                f"{resumed['seconds']:.1f}",
                "",
                "",
                "",
            ]
        )
    columns = [
        "way",
        "articles/s",
        "seconds",
        "CPU seconds",
        "CPU seconds of the server",
        "index, MB",
    ]
    note = (
        "One server, one shard, on the same machine. `searchlib copy` reads the articles from a "
        "folder, analyses and sends them; its CPU seconds are those of all its processes. "
        "The same sources were made before, and are the same work for the server. The articles "
        "alone are less work for it: its own English analysis, and no field for all texts."
    )
    yield Table("Articles to a server", columns, rows, note)
