"""Many questions at once: each line of a file is a query, and threads share one index.

::

    python thread_pool.py news.index queries.txt

A search is compiled code for the most part, which lets other threads run while it takes long.
"""

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from searchlib import Article, Index, QueryError


def answer(index: Index[Article], query: str) -> str:
    """Say what a query finds. Titles are read here, in the thread: hits read only when asked."""
    try:
        results = index.search(query, limit=3, snippets=False)
    except QueryError as error:
        return f"{query}: {error}"
    titles = "; ".join(hit.document.title for hit in results)
    return f"{query}: {results.total} found: {titles}"


def answers(index: Index[Article], queries: Iterable[str], threads: int = 4) -> Iterator[str]:
    """Answer queries in threads, and give the answers in the order of the queries."""
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(partial(answer, index), queries)


def main(path: str, queries: str) -> None:
    """Print an answer to each line of a file."""
    with Index.open(path, Article) as index:
        for line in answers(index, Path(queries).read_text(encoding="utf-8").splitlines()):
            print(line)


if __name__ == "__main__":
    main(*sys.argv[1:])
