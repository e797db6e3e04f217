"""What does searchlib want to reach, and did a run reach it?

Each goal compares searchlib with another engine in the same run, on real articles and on invented
ones, or is an amount of its own. Rows where we lose stay in the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks.engines import REFERENCE
from benchmarks.queries import KINDS
from searchlib.indexing.pool import default_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

_REAL, _INVENTED = 0, 1

# How many times tantivy's time searchlib may take, on real and on invented articles: when a query
# comes again, and when it is new to the engine; the median, and the 99th percentile.
_WORDS: Final = ("word", "and2", "or3", "phrase2", "or12", "date_word", "keyword_word")
_PATTERNS: Final = ("prefix", "wildcard")
_TANTIVY: Final = (
    (_WORDS, "repeated", "p50", (0.7, 0.6)),
    (_WORDS, "first", "p50", (0.8, 0.6)),
    (_WORDS, "repeated", "p99", (0.8, 0.6)),
    (_WORDS, "first", "p99", (1.0, 0.8)),
    (_PATTERNS, "repeated", "p50", (0.5, 0.5)),
    (_PATTERNS, "first", "p50", (0.5, 0.5)),
    (("snippets",), "repeated", "p50", (0.8, 0.7)),
    (("snippets",), "first", "p50", (1.2, 1.0)),
)
_STATISTICS: Final = {"p50": "median", "p99": "99th percentile"}
_TWO_THREADS: Final = (1.3, 1.7)  # times as many queries as one
_WHOOSH_P50: Final = {
    "word": 25, "and2": 25, "or3": 25, "phrase2": 25, "prefix": 50, "wildcard": 50,
    "date_word": 20, "keyword_word": 20, "or12": 50, "snippets": 15,
}  # fmt: skip
_TANTIVY_INDEXING: Final = (1.0, 1.5)
_WHOOSH_INDEXING: Final = 25.0
_TANTIVY_SIZE: Final = 1.1
_MILLISECONDS: Final = {
    "import": 250, "first_query": 40, "commit_10": 50, "upsert_1000": 300,
}  # fmt: skip
_FIRST_QUERY_MB: Final = 30
_INDEXING_MB: Final = 300 + (default_memory() >> 20)  # what may come on top of the budget

Row = tuple[str, str, str, str]


def judge(run: dict[str, Any]) -> Iterator[Row]:
    """Compare a run with the goals that it says something about.

    Yields:
        The goal, what is wanted, what was measured, and "yes" or "no".
    """
    invented = run.get("dataset", {}).get("name", "").startswith("synthetic:")
    which = _INVENTED if invented else _REAL
    yield from _judge_indexing(run, which)
    for kinds, when, statistic, bars in _TANTIVY:
        for kind in kinds:
            yield from _judge_times(run, kind, "tantivy", when, statistic, bars[which])
    for kind, factor in _WHOOSH_P50.items():
        yield from _judge_speed(run, kind, "whoosh3", factor)
    for kind in KINDS:
        yield from _judge_times(run, kind, "sqlite", "repeated", "p50", 1.0)
    yield from _judge_threads(run, _TWO_THREADS[which])
    yield from _judge_everyday(run)


def _judge_times(
    run: dict[str, Any], kind: str, peer: str, when: str, statistic: str, bar: float
) -> Iterator[Row]:
    measured = [_times(run, kind, name, when) for name in (REFERENCE, peer)]
    if all(measured):
        ours, theirs = (times[statistic] for times in measured)
        goal = f"{KINDS[kind]}, {when}: {_STATISTICS[statistic]} against {peer}"
        yield _at_most(goal, bar, ours / theirs, "times")


def _times(run: dict[str, Any], kind: str, name: str, when: str) -> dict[str, float]:
    """Give the summary of an engine's times, empty if there is none."""
    part, what = ("checks", "first") if when == "first" else ("times", "all")
    found: dict[str, float] = run.get(part, {}).get(kind, {}).get(name, {}).get(what, {})
    return found


def _judge_threads(run: dict[str, Any], bar: float) -> Iterator[Row]:
    rates = run["engines"].get(REFERENCE, {}).get("queries_per_second", {})
    if {"1", "2"} <= rates.keys():
        yield _at_least("queries of 2 threads: against one", bar, rates["2"] / rates["1"])


def _judge_speed(run: dict[str, Any], kind: str, peer: str, bar: float) -> Iterator[Row]:
    times = run["times"].get(kind, {})
    if REFERENCE in times and peer in times:
        speed = times[peer]["all"]["p50"] / times[REFERENCE]["all"]["p50"]
        yield _at_least(f"{KINDS[kind]}: speed against {peer}", bar, speed)


def _judge_indexing(run: dict[str, Any], which: int) -> Iterator[Row]:
    best = {
        name: {
            what: min(measured[what] for measured in engine["indexing"])
            for what in ("seconds", "bytes")
        }
        for name, engine in run["engines"].items()
        if engine.get("indexing")
    }
    if REFERENCE not in best:
        return
    ours = best[REFERENCE]
    for peer, factor in (("tantivy", _TANTIVY_INDEXING[which]), ("whoosh3", _WHOOSH_INDEXING)):
        if peer in best:
            speed = best[peer]["seconds"] / ours["seconds"]
            yield _at_least(f"indexing: speed against {peer}", factor, speed)
    if "tantivy" in best:
        size = ours["bytes"] / best["tantivy"]["bytes"]
        yield _at_most("size against tantivy", _TANTIVY_SIZE, size, "times")
    memory = [measured["memory"] for measured in run["engines"][REFERENCE]["indexing"]]
    if all(memory):
        most = max(seen["more"] for seen in memory) / (1 << 20)
        yield _at_most("indexing: memory beside the articles", _INDEXING_MB, most, "MB")


def _judge_everyday(run: dict[str, Any]) -> Iterator[Row]:
    everyday = run.get("everyday", {})
    for name, bar in _MILLISECONDS.items():
        if name not in everyday:
            continue
        measured, goal = everyday[name], name.replace("_", " ")
        yield _at_most(goal, bar, measured["median"] * 1000, "ms")
        if "more_rss" in measured:
            more = measured["more_rss"] / (1 << 20)
            yield _at_most(f"{goal}: memory", _FIRST_QUERY_MB, more, "MB")


def _at_most(goal: str, bar: float, measured: float, unit: str) -> Row:
    reached = "yes" if measured <= bar else "no"
    return goal, f"at most {bar:.3g} {unit}", f"{measured:.3g} {unit}", reached


def _at_least(goal: str, bar: float, measured: float) -> Row:
    reached = "yes" if measured >= bar else "no"
    return goal, f"at least {bar:.3g} times", f"{measured:.3g} times", reached
