"""Hits in an order, and page after page: searchlib beside tantivy, in one run and one process.

Both search for the same words, which so many articles have as is asked for, and give the ten newest
or the ten best. The counts and the dates of the ten must be equal before anything is timed. Engines
take turns, query by query, and CPU time is measured, which other programs disturb less.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks import results
from benchmarks.datasets import articles_of, find_corpus
from benchmarks.machine import describe_machine, describe_software
from searchlib import Article, Index, Recency

if TYPE_CHECKING:
    from benchmarks.engines.tantivy import TantivyEngine

Search = Callable[[], Any]

LIMIT: Final = 10
_WIDE: Final = 0.1  # how far the number of hits may be from what was asked for
_PAGES: Final = (2, 1000)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Engines:
    """Both engines over the same articles.

    Args:
        folder: Where their indexes are, or are made.
        corpus: The articles.
    """

    def __init__(self, folder: Path, corpus: Path) -> None:
        from benchmarks.engines.tantivy import TantivyEngine

        ours, theirs = folder / "searchlib", folder / "tantivy"
        if not ours.exists():
            Index.create(ours, Article).add(articles_of(corpus))
        self.ours: Final = Index.open(ours, Article)
        self.theirs: Final[TantivyEngine] = TantivyEngine()
        if not theirs.exists():
            theirs.mkdir(parents=True)
            self.theirs.index(articles_of(corpus), theirs)
        self.theirs.open(theirs)

    def tantivy(self, word: str, order: str | None) -> tuple[int, list[tuple[Any, Any]]]:
        """Search for a word in tantivy; give the count, and key and address of each hit."""
        index, searcher = self.theirs._index, self.theirs._searcher
        query = index.parse_query(word, ["title", "body"], field_boosts={"title": 2.0})
        by = {} if order is None else {"order_by_field": order}
        found = searcher.search(query, LIMIT, count=True, **by)
        return found.count, found.hits

    def searchlib(self, word: str, **options: Any) -> Any:
        """Search for a word in searchlib, without documents and snippets."""
        return self.ours.search(word, limit=LIMIT, snippets=False, **options)

    def words(self, hits: int, count: int) -> Iterator[str]:
        """Find words with about so many hits, of which both engines find the same newest."""
        terms = self.ours._local.current.get().snapshot.segments[0].reader.inverted("body").terms
        for term in np.random.default_rng(1).permutation(len(terms)).tolist():
            word = terms.term(term).decode()
            if not word.isalpha() or count <= 0:
                continue
            found = self.searchlib(word, sort="-published").total
            if abs(found - hits) <= _WIDE * hits and self._agree(word):
                yield word
                count -= 1

    def _agree(self, word: str) -> bool:
        ours = self.searchlib(word, sort="-published")
        total, theirs = self.tantivy(word, "published")
        days = [(_EPOCH + (hit.document.published - _EPOCH.date())).timestamp() for hit in ours]
        return ours.total == total and days == [key / 1e9 for key, _ in theirs]


def measure(engines: Engines, hits: int, words: int, rounds: int) -> dict[str, Any]:
    """Time each way to order hits, in CPU milliseconds: the median of the words' best rounds."""
    chosen = list(engines.words(hits, words))
    if not chosen:
        raise SystemExit(f"expected words with about {hits:,} hits, got none; see --hits")
    boost = Recency("published", "1y")
    times = {
        "best first": _in_turns(
            chosen, rounds, engines.searchlib, lambda word: engines.tantivy(word, None)
        ),
        "newest first": _in_turns(
            chosen,
            rounds,
            lambda word: engines.searchlib(word, sort="-published"),
            lambda word: engines.tantivy(word, "published"),
        ),
        "newest, then best first": _ours(engines, chosen, rounds, sort=["-published", "score"]),
        "by source": _ours(engines, chosen, rounds, sort="source"),
        "best first, with recency": _ours(engines, chosen, rounds, boost=boost),
    }
    return {
        "words": len(chosen),
        "hits": round(float(np.mean([engines.searchlib(word).total for word in chosen]))),
        "times": times,
        "pages": [*_pages(engines, chosen[0], rounds)],
    }


def _ours(engines: Engines, words: list[str], rounds: int, **options: Any) -> dict[str, float]:
    return _in_turns(words, rounds, lambda word: engines.searchlib(word, **options))


def _in_turns(words: list[str], rounds: int, *searches: Callable[[str], Any]) -> dict[str, float]:
    """Time searches in turns: ours first, then tantivy's."""
    times = np.zeros((len(searches), rounds, len(words)))
    for number in range(rounds):
        for place, word in enumerate(words):
            for engine, search in enumerate(searches):
                times[engine, number, place] = _seconds(partial(search, word))
    medians = [results.summarize(taken.tolist())["p50"] for taken in times]
    return dict(zip(("searchlib", "tantivy"), medians, strict=False))


def _seconds(run: Search) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


def _pages(engines: Engines, word: str, rounds: int) -> Iterator[dict[str, Any]]:
    """Time a page by cursor, and by offset, in the order of dates."""
    found, after, page = engines.searchlib(word, sort="-published"), None, 1
    for wanted in (1, *_PAGES):
        while page < wanted and found.next is not None:
            after, page = found.next, page + 1
            found = engines.searchlib(word, sort="-published", after=after)
        options: list[dict[str, Any]] = [{"after": after}, {"offset": (page - 1) * LIMIT}]
        by_cursor, by_offset = (
            _ours(engines, [word], rounds * 5, sort="-published", **one)["searchlib"]
            for one in options
        )
        yield {"page": page, "cursor": by_cursor, "offset": by_offset}


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the tables and keep the run.

    Returns:
        1 if the newest ten take longer than in tantivy, else 0.
    """
    parser = argparse.ArgumentParser("benchmarks.order", description=__doc__)
    cache = Path(tempfile.gettempdir()) / "searchlib-benchmarks"
    parser.add_argument("--dataset", default="synthetic:200000", help="as for benchmarks.peers")
    parser.add_argument("--cache", type=Path, default=cache, help="where invented articles are")
    parser.add_argument("--indexes", type=Path, help="where indexes are kept")
    parser.add_argument("--hits", type=int, default=20_000, help="of a word, about")
    parser.add_argument("--words", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--output", type=Path, help="a JSON file for the run")
    options = parser.parse_args(arguments)
    corpus = find_corpus(options.dataset, options.cache)
    machine = describe_machine()
    run: dict[str, Any] = {
        "format": results.FORMAT,
        "part": "order",
        "finished": True,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": shlex.join(["python", "-m", "benchmarks.order", "--dataset", options.dataset]),
        "machine": machine,
        "versions": describe_software(),
    }
    with tempfile.TemporaryDirectory(prefix="searchlib-order-") as folder:
        engines = Engines(options.indexes or Path(folder), corpus)
        run["dataset"] = {"name": options.dataset, "articles": len(engines.ours)}
        run["engines"] = {"tantivy": {"versions": engines.theirs.versions()}}
        found = measure(engines, options.hits, options.words, options.rounds)
    machine["load_average_after"] = describe_machine()["load_average"]
    if options.output:
        results.save(options.output, run | found)
    from benchmarks.report import show_run

    show_run(run | found)
    newest = found["times"]["newest first"]
    return 0 if newest["searchlib"] <= newest["tantivy"] else 1


if __name__ == "__main__":
    sys.exit(main())
