"""What does searchlib cost besides queries? Starting, opening, and small commits."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from benchmarks.datasets import articles_of
from searchlib import Article, Index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_STARTS: Final = 7
_SMALL_COMMITS: Final = 7
_SMALL: Final = 10
_UPSERTS: Final = 5
_UPSERTED: Final = 1000

_IMPORT: Final = """
import time
began = time.perf_counter()
import searchlib
searchlib.Index
print(time.perf_counter() - began)
"""
_FIRST_QUERY: Final = """
import json, os, sys, time
import searchlib
from benchmarks.machine import memory_of

if sys.argv[3] == "all":
    searchlib.Index
before = memory_of(os.getpid())
began = time.perf_counter()
results = searchlib.Index.open(sys.argv[1]).search(sys.argv[2], snippets=False)
keys = [hit.key for hit in results]
seconds = time.perf_counter() - began
after = memory_of(os.getpid())
more = {name: after[name] - before[name] for name in ("Rss", "Pss_Anon") if name in after}
print(json.dumps({"seconds": seconds, "total": results.total, **more}))
"""


def measure_everyday(path: Path, corpus: Path, word: str) -> Iterator[tuple[str, Any]]:
    """Measure one thing after another; the index is changed by it.

    Args:
        path: An index of searchlib's.
        corpus: The file of its articles.
        word: What the first query asks for.

    Yields:
        A name and what was measured, in seconds and bytes.
    """
    imports = [float(_run(_IMPORT)) for _ in range(_STARTS)]
    yield "import", _summary(imports)
    yield "first_query", _first_queries(path, word, "all")
    yield "first_query_and_imports", _first_queries(path, word, "package")
    index = Index.open(path)
    yield "commit_10", _summary(_time_commits(index, _new_articles(corpus), _SMALL_COMMITS))
    yield "upsert_1000", _summary(_time_commits(index, _changed_articles(corpus), _UPSERTS))


def _summary(seconds: list[float]) -> dict[str, Any]:
    return {"median": median(seconds), "each": seconds}


def _first_queries(path: Path, word: str, imported: str) -> dict[str, Any]:
    """Open and search in fresh processes.

    Args:
        path: The index.
        word: What to search for.
        imported: Whether ``Index`` was imported before ("all") or only the package.
    """
    runs = [json.loads(_run(_FIRST_QUERY, str(path), word, imported)) for _ in range(_STARTS)]
    found: dict[str, Any] = _summary([run["seconds"] for run in runs])
    for name in ("Rss", "Pss_Anon"):
        if name in runs[0]:
            found[f"more_{name.lower()}"] = median(run[name] for run in runs)
    return found


def _run(code: str, *arguments: str) -> str:
    return subprocess.check_output([sys.executable, "-c", code, *arguments], text=True)


def _time_commits(
    index: Index, articles: Callable[[int], list[Article]], rounds: int
) -> list[float]:
    times = []
    for number in range(rounds):
        given = articles(number)
        began = time.perf_counter()
        index.add(given)
        times.append(time.perf_counter() - began)
    return times


def _new_articles(corpus: Path) -> Callable[[int], list[Article]]:
    """Make articles that are not in the index, of ones that are."""
    some = [article for article, _ in zip(articles_of(corpus), range(_SMALL), strict=False)]
    return lambda number: [
        article.model_copy(update={"id": f"{article.id} new {number}"}) for article in some
    ]


def _changed_articles(corpus: Path) -> Callable[[int], list[Article]]:
    """Make other versions of articles that are in the index."""
    some = [article for article, _ in zip(articles_of(corpus), range(_UPSERTED), strict=False)]
    return lambda number: [
        article.model_copy(update={"title": f"{article.title} {number}"}) for article in some
    ]
