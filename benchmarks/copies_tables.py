"""How does a run over copies read as tables?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.queries import KINDS
from benchmarks.tables import Table, machine_table, milliseconds, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator


def title_of_copies(run: dict[str, Any]) -> str:
    """Name a run by its articles."""
    data = run.get("dataset")
    if not data:
        return "a search for copies that was stopped at once"
    return f"Copies in {data['name']}: {data['documents']:,} articles"


def tables_of_copies(run: dict[str, Any]) -> Iterator[Table]:
    """Make the tables of a run, as far as it came."""
    yield machine_table(run)
    if run.get("found"):
        yield _pairs(run["found"])
    if "cost" in run:
        yield _cost(run)
    if "collapse" in run:
        yield _queries(run["collapse"])


def _pairs(found: dict[str, Any]) -> Table:
    rows = [
        [
            name,
            f"{one['articles']:,}",
            f"{one['exact']:,}",
            f"{one['found']:,}",
            f"{one['precision']:.3f}",
            f"{one['recall']:.3f}",
            f"{one['lowest_found']:.2f}",
        ]
        for name, one in found.items()
    ]
    note = "Pairs with a similarity of at least 0.8: all that there are, and those of fingerprints."
    columns = ["", "articles", "pairs", "found", "precision", "recall", "least similar found"]
    return Table("Pairs of copies", columns, rows, note)


def _cost(run: dict[str, Any]) -> Table:
    cost = run["cost"]
    seconds, sizes = cost["cpu_seconds"], cost["bytes"]
    rows = [
        [
            "indexing, CPU seconds",
            f"{min(seconds['without']):.2f}",
            f"{min(seconds['with']):.2f}",
            f"{cost['share_of_time']:+.1%}",
        ],
        [
            "size, MB",
            f"{sizes['without'] / 1e6:.1f}",
            f"{sizes['with'] / 1e6:.1f}",
            f"{cost['share_of_size']:+.1%}",
        ],
    ]
    return Table("Cost of fingerprints", ["", "without", "with", "more"], rows)


def _queries(collapse: dict[str, Any]) -> Table:
    rows = [
        [
            KINDS[kind],
            *(milliseconds(times[way]) for way in ("plain", "collapsed", "counted")),
            ratio(times["collapsed"], times["plain"]),
            ratio(times["counted"], times["plain"]),
        ]
        for kind, times in collapse["milliseconds"].items()
    ]
    note = (
        f"{collapse['documents']:,} articles are {collapse['groups']:,} groups, which are found "
        f"once, in {collapse['first_seconds']:.2f} s of CPU time. Medians of each kind in "
        "milliseconds; counted: with the number of copies of each hit, and of all groups."
    )
    columns = ["", "plain", "collapsed", "counted", "collapsed / plain", "counted / plain"]
    return Table("Collapsing copies", columns, rows, note)
