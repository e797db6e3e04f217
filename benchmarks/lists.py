"""How many queries of a list are answered in a second, one by one and together?

The list is of names: capitalised words of the archive that follow one another, as they are written.
A tenth are single words; of the others half are phrases, and half are two words of which a hit must
have both. Both ways give the total and the keys of the best ten hits, which are compared.
``python -m benchmarks.lists [INDEX]`` prints rates by CPU time; without an index it makes one of
news21k. Each run opens the index anew, so nothing is known of any word.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from benchmarks.datasets import find_corpus
from searchlib import Article, Index, read_articles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Found = list[tuple[int, list[str]]]

COUNT: Final = 10_000
RUNS: Final = 3
_HITS: Final = 10
_NAME: Final = re.compile(r"\b[A-Z][a-z]+(?:[ \n]+[A-Z][a-z]+)?\b")


def names_in(texts: Iterable[str]) -> list[str]:
    """Find all names, the most frequent first: one or two capitalised words."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(" ".join(name.split()) for name in _NAME.findall(text))
    return [name for name, _ in counts.most_common()]


def list_of(names: Sequence[str], count: int, seed: int) -> list[str]:
    """Draw a list of different queries: most of two words.

    Args:
        names: The names to draw from.
        count: How many queries; fewer if there are not as many names.
        seed: The same seed gives the same list.
    """
    chance = random.Random(seed)
    single = [name for name in names if " " not in name][: count // 10]
    pairs = [name for name in names if " " in name][: count - len(single)]
    queries = [f'"{name}"' if place % 2 else name for place, name in enumerate(pairs)]
    chance.shuffle(made := [*single, *queries])
    return made


def one_by_one(index: Index[Any], queries: Sequence[str]) -> Found:
    """Search for each query."""
    found = []
    for query in queries:
        results = index.search(query, limit=_HITS, snippets=False)
        found.append((results.total, [hit.key for hit in results]))
    return found


def together(index: Index[Any], queries: Sequence[str]) -> Found:
    """Search for all of them."""
    rows = index.search_many(queries, limit=_HITS)
    return [(row.total, [hit.key for hit in row.hits]) for row in rows]


WAYS: Final = {"one by one": one_by_one, "together": together}


def rate(
    way: Callable[[Index[Any], Sequence[str]], Found], path: Path, queries: Sequence[str]
) -> tuple[float, float, Found]:
    """Run a list over an index that is opened for it.

    Returns:
        Queries a second by CPU time and by the clock, and what was found.
    """
    with Index.open(path) as index:
        cpu, clock = time.process_time(), time.perf_counter()
        found = way(index, queries)
        cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
    return len(queries) / cpu, len(queries) / clock, found


@contextmanager
def _index_at(given: list[str]) -> Iterator[Path]:
    if given:
        yield Path(given[0])
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        with Index.create(path, Article) as index:
            index.add(read_articles(find_corpus("news21k", Path(folder))))
        yield path


def main() -> None:
    with _index_at(sys.argv[1:]) as path:
        with Index.open(path) as index:
            names = names_in(str(article.body) for article in index)
        for seed in range(1, RUNS + 1):
            queries, expected = list_of(names, COUNT, seed), None
            for name, way in WAYS.items():
                by_cpu, by_clock, found = rate(way, path, queries)
                print(
                    f"seed {seed}, {name}: {by_cpu:,.0f} queries a second of CPU time, "
                    f"{by_clock:,.0f} by the clock ({len(queries):,} queries, "
                    f"{sum(total > 0 for total, _ in found):,} find something)"
                )
                assert expected in (None, found)
                expected = found


if __name__ == "__main__":
    main()
