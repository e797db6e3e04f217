"""How does a comparison read as tables? Ratios first, then what they are ratios of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks.engines import REFERENCE
from benchmarks.goals import judge
from benchmarks.losses import loss_table, losses_of
from benchmarks.queries import KINDS
from benchmarks.tables import (
    Table,
    best_indexing,
    differences_table,
    machine_table,
    milliseconds,
    ratio,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def title_of_peers(run: dict[str, Any]) -> str:
    """Name a run by its dataset."""
    data = run.get("dataset")
    if not data:
        return "a run that was stopped at once"
    size = f"{data['articles']:,} articles, {data['text_bytes'] / 1e6:,.0f} MB of text"
    return f"{data['name']}: {size}"


def tables_of_peers(run: dict[str, Any]) -> Iterator[Table]:
    """Make the tables of a run, as far as it came."""
    engines = {name: engine for name, engine in run["engines"].items() if "indexing" in engine}
    if not engines:
        return
    yield machine_table(run)
    yield from _indexing(run, engines)
    for statistic, title, what in _STATISTICS if run["times"] else ():
        yield _times(run, title, _measured(run, statistic, what))
    if run["checks"]:
        yield _times(run, "Queries that are new to the engine: the median", _first(run, "p50"))
        title = "Queries that are new to the engine: the 99th percentile"
        yield _times(run, title, _first(run, "p99"))
    if run["checks"]:
        yield _checks(run)
    yield from _throughput(engines)
    yield from loss_table(losses_of(run))
    if "everyday" in run:
        yield _everyday(run)
    goals = list(judge(run))
    if goals:
        yield Table("Goals", ["goal", "wanted", "measured", "reached"], goals)
    yield from differences_table(engines)


def _indexing(run: dict[str, Any], engines: dict[str, Any]) -> Iterator[Table]:
    """Compare the best round of each engine."""
    best = best_indexing(engines)
    if not best:
        return
    articles, text = run["dataset"]["articles"], run["dataset"]["text_bytes"] / 1e6
    ours = best.get(REFERENCE, {})
    yield Table(
        "Indexing: time",
        ["engine", "times ours", "articles/s", "MB/s", "seconds", "until at rest"],
        [
            [
                name,
                ratio(measured["seconds"], ours.get("seconds")),
                f"{articles / measured['seconds']:,.0f}",
                f"{text / measured['seconds']:,.1f}",
                f"{measured['seconds']:,.2f}",
                f"{measured['settled_seconds']:,.2f}",
            ]
            for name, measured in best.items()
        ],
    )
    yield Table(
        "Indexing: space",
        ["engine", "size, times ours", "size, MB", "peak memory, MB more", "segments"],
        [
            [
                name,
                ratio(measured["bytes"], ours.get("bytes")),
                f"{measured['bytes'] / 1e6:,.1f}",
                f"{measured['memory']['more'] / 1e6:,.0f}" if measured["memory"] else "unknown",
                str(engines[name].get("segments", "")),
            ]
            for name, measured in best.items()
        ],
    )


_STATISTICS: Final = (
    ("p50", "Queries: the median", "all"),
    ("p99", "Queries: the 99th percentile", "all"),
    ("p50", "Queries without reading ids: the median", "hits_only"),
    ("raw_p50", "Queries in every round, not the best: the median", "all"),
    ("raw_p99", "Queries in every round, not the best: the 99th percentile", "all"),
)


def _measured(run: dict[str, Any], statistic: str, what: str) -> dict[str, dict[str, float]]:
    """Take one statistic of the rounds, by kind of query and engine, in milliseconds."""
    return {
        kind: {name: times[what][statistic] for name, times in engines.items() if what in times}
        for kind, engines in run["times"].items()
    }


def _first(run: dict[str, Any], statistic: str) -> dict[str, dict[str, float]]:
    """Take a statistic of the very first run of each query, in which hits were checked."""
    return {
        kind: {
            name: check["first"][statistic] for name, check in checks.items() if "first" in check
        }
        for kind, checks in run["checks"].items()
    }


def _times(run: dict[str, Any], title: str, measured: dict[str, dict[str, float]]) -> Table:
    """Set the engines side by side: how many times as long they take, then milliseconds."""
    names = [
        name for name in run["engines"] if any(name in engines for engines in measured.values())
    ]
    others = [name for name in names if name != REFERENCE]
    rows = []
    for kind, times in measured.items():
        if not times:
            continue
        ratios = [ratio(times.get(name), times.get(REFERENCE)) for name in others]
        rows.append([KINDS[kind], *ratios, *(milliseconds(times.get(name)) for name in names)])
    columns = [
        "query",
        *(f"{name}, times ours" for name in others),
        *(f"{name}, ms" for name in names),
    ]
    return Table(title, columns, rows)


def _checks(run: dict[str, Any]) -> Table:
    """Show how far the engines agree on what matches."""
    names = list(dict.fromkeys(name for checks in run["checks"].values() for name in checks))
    names = [name for name in names if name != REFERENCE]
    rows = []
    for kind, checks in run["checks"].items():
        hits = checks.get(REFERENCE, {}).get("hits")
        shown = [_agreement(checks.get(name)) for name in names]
        rows.append([KINDS[kind], "" if hits is None else f"{hits:,}", *shown])
    note = (
        "The share of queries with the same number of hits as searchlib, with one that is off by "
        "at most a tenth or two hits, and the mean share of the best ten that are the same."
    )
    return Table("Agreement", ["query", "hits of all", *names], rows, note)


def _agreement(check: dict[str, Any] | None) -> str:
    if check is None:
        return "–"
    if "error" in check:
        return "failed"
    if not check["counted"]:
        return f"no counts; best {check['same_best']:.0%}"
    shown = f"{check['equal']:.0%}; {check['near']:.0%}; best {check['same_best']:.0%}"
    return shown if check["ok"] else f"{shown}: not timed"


def _throughput(engines: dict[str, Any]) -> Iterator[Table]:
    rates = {
        name: engine["queries_per_second"]
        for name, engine in engines.items()
        if "queries_per_second" in engine
    }
    if rates:
        threads = list(next(iter(rates.values())))
        rows = [
            [name, *(f"{rate[number]:,.0f}" if number in rate else "–" for number in threads)]
            for name, rate in rates.items()
        ]
        columns = ["engine", *(f"{number} thread{'s' * (number != '1')}" for number in threads)]
        yield Table("Queries per second: words, AND, OR and phrases in turn", columns, rows)


_EVERYDAY: Final = {
    "import": "import searchlib; searchlib.Index",
    "first_query": "open and first query, Index imported before",
    "first_query_and_imports": "open and first query after a bare import searchlib",
    "commit_10": "commit of 10 new articles",
    "upsert_1000": "replace 1,000 articles",
}


def _everyday(run: dict[str, Any]) -> Table:
    rows = []
    for name, measured in run["everyday"].items():
        each = [seconds * 1000 for seconds in measured["each"]]
        memory = measured.get("more_rss")
        rows.append(
            [
                _EVERYDAY[name],
                f"{measured['median'] * 1000:,.1f}",
                f"{min(each):,.1f}",
                f"{max(each):,.1f}",
                "" if memory is None else f"{memory / 1e6:,.1f}",
            ]
        )
    columns = ["searchlib", "median, ms", "least", "most", "memory, MB more"]
    return Table("Starting and small changes", columns, rows)
