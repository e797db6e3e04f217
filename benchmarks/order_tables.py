"""How do runs over orders and pages read as tables?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.tables import Table, machine_table

if TYPE_CHECKING:
    from collections.abc import Iterator


def title_of_order(run: dict[str, Any]) -> str:
    """Name a run by its dataset."""
    return f"Order and pages: {run['dataset']['name']}"


def tables_of_order(run: dict[str, Any]) -> Iterator[Table]:
    """Make the tables of a run."""
    yield machine_table(run)
    note = (
        f"{run['words']} words with some {run['hits']:,} hits in {run['dataset']['articles']:,} "
        "articles, ten hits each, without documents; CPU time in turns, the best round of a word."
    )
    yield Table("Ten hits in an order", _ORDER_COLUMNS, [*_orders(run)], note)
    rows = [
        [str(page["page"]), f"{page['cursor']:.3f}", f"{page['offset']:.3f}"]
        for page in run["pages"]
    ]
    columns = ["page", "by cursor, ms", "by offset, ms"]
    yield Table("Pages of ten, newest first", columns, rows, "One of the words.")


_ORDER_COLUMNS = ["order", "searchlib, ms", "tantivy, ms", "searchlib / tantivy"]


def _orders(run: dict[str, Any]) -> Iterator[list[str]]:
    for order, times in run["times"].items():
        ours, theirs = times["searchlib"], times.get("tantivy")
        compared = ["can't", ""] if theirs is None else [f"{theirs:.3f}", f"{ours / theirs:.2f}"]
        yield [order, f"{ours:.3f}", *compared]
