"""What does the README show of the runs? The median of each kind of query, and what an index costs.

Only numbers of committed runs; the page of all tables is docs/benchmarks.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks.queries import KINDS
from benchmarks.tables import Table, best_indexing

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Final = (
    "word", "and2", "or3", "phrase2", "prefix", "date_word", "or12", "snippets",
)  # fmt: skip


def headline(run: dict[str, Any]) -> Table:
    """Make the short table of a comparison."""
    indexing = best_indexing(run["engines"])
    rows = [
        ["articles indexed per second", *_each(indexing, _rate(run["dataset"]["articles"]))],
        ["index, MB", *_each(indexing, lambda measured: measured["bytes"] / 1e6)],
    ]
    for kind in _KINDS:
        if kind in run["times"]:
            shown = [_first_and_repeated(run, kind, name) for name in indexing]
            rows.append([f"{KINDS[kind]}, ms", *shown])
    data, machine = run["dataset"], run["machine"]
    title = f"{data['articles']:,} articles, {data['text_bytes'] / 1e6:,.0f} MB of text"
    note = (
        f"{title} ({data['name']}), on {machine['cores']} cores ({machine['cpu']}), "
        f"{run['started'][:10]}. Queries: the median of {max(data['queries'].values())}, the very "
        "first time / repeated, with the number of all hits and the ids of the ten best."
    )
    return Table(title, ["", *indexing], rows, note)


def _first_and_repeated(run: dict[str, Any], kind: str, name: str) -> str:
    """Write the medians of a kind of query: of the very first run of each, and of later ones."""
    time = run["times"][kind].get(name)
    if time is None:
        return "–"
    first = run["checks"].get(kind, {}).get(name, {}).get("first")
    repeated = _short(time["all"]["p50"])
    return f"{_short(first['p50'])} / {repeated}" if first else repeated


def _rate(articles: int) -> Any:
    return lambda measured: articles / measured["seconds"]


def _each(indexing: Mapping[str, Any], number: Any) -> list[str]:
    return [_short(number(measured)) for measured in indexing.values()]


def _short(number: float) -> str:
    """Write a number with three digits, or fewer after the point where it is large."""
    return f"{number:,.0f}" if number >= 20 else f"{number:.3g}"
