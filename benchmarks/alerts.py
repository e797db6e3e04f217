"""How long does it take to tell which of many saved queries match new articles?

    python -m benchmarks.alerts
    python -m benchmarks.alerts --queries 100000 --articles 100

The queries are made of words of the archive: a word, two words, a phrase, a word and a label, any
of three words, the beginning of a word, two words without a third. The new articles are not in the
archive. Every answer is compared with that of a search for each query, which is timed as well. CPU
times.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.datasets import articles_of, find_corpus
from searchlib import Article, Index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KINDS: Final = (
    "word", "two words", "phrase", "label", "any of three", "prefix", "without",
)  # fmt: skip
_FEWEST: Final = 10


def draw_queries(articles: Sequence[Article], count: int, seed: int) -> dict[str, str]:
    """Make queries of articles, of each kind as many, under the names "0 word", "1 two words" ...

    Args:
        articles: Where their words are from; some must have ten.
        count: How many queries.
        seed: Of the generator.
    """
    chance = random.Random(seed)
    found: dict[str, str] = {}
    while len(found) < count:
        article = chance.choice(articles)
        words = [word for word in article.body.split() if word.isalpha() and len(word) > 3]
        if len(words) >= _FEWEST:
            kind = KINDS[len(found) % len(KINDS)]
            found[f"{len(found)} {kind}"] = _query(kind, words, article.categories, chance)
    return found


def _query(kind: str, words: list[str], labels: list[str], chance: random.Random) -> str:
    one, two, three = chance.sample(words, 3)
    start = chance.randrange(len(words) - 1)
    made = {
        "word": one,
        "two words": f"{one} {two}",
        "phrase": f'"{words[start]} {words[start + 1]}"',
        "label": f'{one} categories:"{chance.choice(labels)}"' if labels else one,
        "any of three": f"{one} OR {two} OR {three}",
        "prefix": f"{one[:5]}*",
        "without": f"{one} {two} -{three}",
    }
    return made[kind]


def search_each(
    articles: Sequence[Article], queries: dict[str, str]
) -> tuple[dict[str, set[str]], float]:
    """Index articles, and search for each query.

    Returns:
        The keys of the articles that each query finds, if there are any, and the seconds of CPU
        time that all searches took.
    """
    index = Index.in_memory(Article)
    index.add(articles, workers=0)
    began = time.process_time()
    found = {}
    for name, query in queries.items():
        keys = {hit.key for hit in index.search(query, limit=None, snippets=False)}
        if keys:
            found[name] = keys
    return found, time.process_time() - began


def timed(work: Callable[[], object]) -> float:
    """Do something, and give the seconds of CPU time that it took."""
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(articles: list[Article], *, queries: int, new: int, seed: int) -> list[str]:
    """Save queries, match articles with them, and say how long each step took.

    Args:
        articles: The archive, and the new ones.
        queries: How many queries.
        new: How many of the articles are new.
        seed: Of the generator.

    Raises:
        AssertionError: An answer is not that of the searches.
    """
    random.Random(seed).shuffle(articles)
    made = draw_queries(articles, queries, seed)
    incoming, archive = articles[:new], articles[new:]
    with Index.in_memory(Article) as index:
        index.add(archive)
        saving = timed(lambda: index.alerts.add_many(made))
        first = timed(lambda: index.alerts.match(incoming))
        again = timed(lambda: index.alerts.match(incoming))
        one = timed(lambda: index.alerts.match(incoming[:1]))
        alerts = {alert.name: set(alert.keys) for alert in index.alerts.match(incoming)}
    expected, searching = search_each(incoming, made)
    assert alerts == expected, "an answer is not that of the searches"
    return [
        f"{queries:,} saved queries, {new:,} new articles, {len(archive):,} in the archive; "
        f"{len(alerts):,} queries match",
        f"saving the queries: {saving:.2f} s",
        f"matching, the first time in a process: {first:.2f} s",
        f"matching, later: {again:.2f} s",
        f"matching one article: {one:.3f} s",
        f"a search for each query: {searching:.2f} s",
    ]


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="news21k", help="as for the other benchmarks")
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=1_000, help="how many are new")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    articles = list(articles_of(find_corpus(options.dataset, Path.home() / ".cache/searchlib")))
    lines = measure(articles, queries=options.queries, new=options.articles, seed=options.seed)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
