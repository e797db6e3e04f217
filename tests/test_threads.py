"""One index shared by many threads, while a writer commits."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel

from searchlib import Index, Key, Keyword, Number, Text

THREADS = 8
WORDS = [f"w{n}" for n in range(40)]


class Page(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(boost=2.0)]
    body: Annotated[str, Text()]
    shelf: Annotated[str, Keyword()]
    size: Annotated[int, Number(sortable=True)]


def page(number: int) -> Page:
    words = [WORDS[number * step % len(WORDS)] for step in range(1, 30)]
    return Page(
        id=f"p{number}",
        title=f"{words[3]} {words[5]}",
        body=" ".join(words),
        shelf=f"s{number % 5}",
        size=number,
    )


QUERIES = [
    "w1",
    "w2 w4",
    "w1 OR w7 OR w9",
    '"w3 w6"',
    "w1*",
    "w*1",
    "shelf:s3 w2",
    "size:[100 TO 200] w5",
    "w8 NOT w4",
    "w1 w2 w3 w4 w5 OR w11",
]


def answers(index: Index, query: str) -> list[tuple[str, float, str, str]]:
    return [
        (hit.key, hit.score, hit.document.title, hit.snippets["body"].html)
        for hit in index.search(query, limit=5)
    ]


def test_threads_get_the_answers_that_one_gets(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Page)
    for start in range(0, 600, 200):
        index.add(map(page, range(start, start + 200)))
    index.delete("p7", "p300")
    expected = {query: answers(Index.open(index.path), query) for query in QUERIES}
    assert all(expected.values())

    def work(number: int) -> None:
        for turn in range(40):
            query = QUERIES[(number * 7 + turn) % len(QUERIES)]
            assert answers(index, query) == expected[query], query

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(work, range(THREADS)):
            pass


def test_threads_see_whole_commits_only(tmp_path: Path) -> None:
    """Each commit replaces all pages by those of the next round, merges included."""
    index = Index.create(tmp_path / "index", Page)
    rounds, count = 8, 60

    def pages(number: int) -> list[Page]:
        return [
            page(n).model_copy(update={"shelf": f"round{number}", "size": number})
            for n in range(count)
        ]

    index.add(pages(0))
    done = threading.Event()

    def search(_: int) -> int:
        seen = 0
        while not done.is_set():
            results = index.search("*", limit=count)
            shelves = {hit.document.shelf for hit in results}
            assert results.total == len(results) == count
            assert len(shelves) == 1
            number = index.search("*", limit=1, sort="-size")[0].document.size
            assert number >= seen
            seen = number
        return seen

    with ThreadPoolExecutor(THREADS) as pool:
        searchers = [pool.submit(search, n) for n in range(THREADS)]
        try:
            for number in range(1, rounds):
                index.add(pages(number), workers=0)
        finally:
            done.set()
        assert max(searcher.result() for searcher in searchers) <= rounds - 1
    assert index.search("*", limit=1)[0].document.size == rounds - 1
