"""How do runs over archives of several sizes read as tables?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchmarks.engines import REFERENCE
from benchmarks.losses import Loss, indexing_losses, loss_table, time_losses
from benchmarks.queries import KINDS
from benchmarks.tables import Table, differences_table, machine_table, milliseconds, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator


def title_of_scale(run: dict[str, Any]) -> str:
    """Name a run by its sizes."""
    sizes = [f"{int(size):,}" for size in run["sizes"]]
    return f"Growing: {', '.join(sizes)} invented articles"


def tables_of_scale(run: dict[str, Any]) -> Iterator[Table]:
    """Make the tables of a run, as far as it came."""
    if not run["sizes"]:
        return
    yield machine_table(run)
    yield _indexing(run)
    for statistic, title in (("p50", "the median"), ("p99", "the 99th percentile")):
        for name in run["engines"]:
            yield from _times(run, name, statistic, title)
    yield from loss_table(_losses(run))
    described = {name: engine for name, engine in run["engines"].items() if "kinds" in engine}
    yield from differences_table(described)


def _indexing(run: dict[str, Any]) -> Table:
    rows = []
    for size, found in run["sizes"].items():
        for name, measured in found["indexing"].items():
            ours = found["indexing"].get(REFERENCE, {})
            rows.append(
                [
                    f"{int(size):,}",
                    name,
                    ratio(measured["seconds"], ours.get("seconds")),
                    f"{found['articles'] / measured['seconds']:,.0f}",
                    f"{found['text_bytes'] / 1e6 / measured['seconds']:,.1f}",
                    f"{measured['seconds']:,.1f}",
                    f"{found['reading_seconds']:,.1f}",
                    f"{measured['bytes'] / 1e6:,.0f}",
                    _memory(measured["memory"], "more", "peak_anonymous"),
                    str(measured.get("segments", "")),
                    _memory(found.get("search_memory", {}).get(name), "Pss", "Pss_Anon"),
                ]
            )
    columns = [
        "articles", "engine", "time, times ours", "articles/s", "MB/s", "seconds",
        "of it reading", "size, MB", "peak memory, MB more", "segments",
        "memory of searching, MB",
    ]  # fmt: skip
    note = (
        "Articles are indexed while they are read, as JSON Lines, and validated; how long reading "
        "them takes alone is shown beside. Peak memory is what indexing took besides the program; "
        "that of searching is of the whole process after all queries. Mapped files count as far as "
        "they are in memory, where others may take their place; in brackets is the rest."
    )
    return Table("Indexing", columns, rows, note)


def _memory(memory: dict[str, int] | None, whole: str, anonymous: str) -> str:
    if not memory:
        return "unknown"
    return f"{memory[whole] / 1e6:,.0f} ({memory[anonymous] / 1e6:,.0f})"


def _times(run: dict[str, Any], name: str, statistic: str, title: str) -> Iterator[Table]:
    """Show what becomes of an engine's times as the archive grows."""
    sizes = [size for size, found in run["sizes"].items() if "times" in found]
    rows = []
    for kind in run["queries"]:
        times = [_time(run, size, kind, name, statistic) for size in sizes]
        if any(time is not None for time in times):
            ratios = [
                ratio(time, _time(run, size, kind, REFERENCE, statistic))
                for size, time in zip(sizes, times, strict=True)
                if name != REFERENCE
            ]
            rows.append([KINDS[kind], *ratios, *map(milliseconds, times)])
    if rows:
        ours = [f"{int(size):,}, times ours" for size in sizes if name != REFERENCE]
        columns = ["query", *ours, *(f"{int(size):,}, ms" for size in sizes)]
        yield Table(f"Queries of {name}: {title}", columns, rows)


def _time(run: dict[str, Any], size: str, kind: str, name: str, statistic: str) -> float | None:
    measured = run["sizes"][size]["times"].get(kind, {}).get(name)
    return None if measured is None else float(measured["all"][statistic])


def _losses(run: dict[str, Any]) -> list[Loss]:
    losses = [
        replace(loss, what=f"{int(size):,} articles: {loss.what}")
        for size, found in run["sizes"].items()
        for loss in (*indexing_losses(found["indexing"]), *time_losses(found.get("times", {})))
    ]
    return sorted(losses, key=lambda loss: -loss.times)
