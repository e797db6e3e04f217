"""What threads share holds what they put there. Without a GIL, what is wrong soon fails.

``nox -s freethreaded`` runs them where there is a Python without a GIL.
"""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, cast

import pytest
from pydantic import BaseModel

from searchlib import Index, Key, Number, Text
from searchlib.memory import LRUCache
from searchlib.postings import WordPostings
from searchlib.search.index_view import IndexView
from searchlib.search.order import Sort
from searchlib.search.order_keys import MAX_ORDERS, OrderKeys
from searchlib.search.phrase_matchers import ExactPhrase, ExactPhraseMatcher
from searchlib.storage.snapshot import Snapshot

THREADS = 8
_KB = 1024


class Report(BaseModel):
    id: Annotated[str, Key()]
    body: Annotated[str, Text()]
    size: Annotated[int, Number(sortable=True)]
    weight: Annotated[int, Number(sortable=True)]
    pages: Annotated[int, Number(sortable=True)]


def report(number: int) -> Report:
    body = f"Report {number} " + " ".join(f"w{number * step % 997}" for step in range(200))
    return Report(id=f"r{number}", body=body, size=number, weight=-number, pages=number % 28)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    index = Index.create(tmp_path_factory.mktemp("reports") / "index", Report)
    index.add(map(report, range(400)), workers=0)
    directory = index._local.directory
    return Snapshot.open(directory)


@pytest.fixture(autouse=True)
def short_turns() -> Iterator[None]:
    """With a GIL, have threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(work: Callable[[int, int], None], turns: int) -> None:
    """Have all threads begin at the same time, and do some work many times each."""
    barrier = threading.Barrier(THREADS)

    def many(thread: int) -> None:
        barrier.wait()
        for turn in range(turns):
            work(thread, turn)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(many, range(THREADS)))


def test_what_was_used_lately() -> None:
    recent, room = LRUCache(40 * _KB), 20
    size = _KB  # with what goes with an entry, twice as much

    def use(thread: int, turn: int) -> None:
        key = (turn * turn + 13 * thread) % (2 * room)
        found = recent.get(key)
        assert found in (None, f"value {key}")
        if found is None:
            recent.put(key, f"value {key}", size)

    in_threads(use, 25_000)
    kept = {key: recent.get(key) for key in range(2 * room) if recent.get(key) is not None}
    assert len(kept) == room
    assert all(value == f"value {key}" for key, value in kept.items())


def test_the_keys_of_more_orders_than_are_kept(snapshot: Snapshot) -> None:
    orders = OrderKeys(IndexView(snapshot))
    sorts = [
        Sort(field, descending=descending, missing="last")
        for field in ("size", "weight", "pages")
        for descending in (False, True)
    ]
    assert len(sorts) > MAX_ORDERS
    expected = [
        keys[7] for sort in sorts if (keys := OrderKeys(orders._index).of(sort)) is not None
    ]

    def ask(thread: int, turn: int) -> None:
        number = (thread + turn) % len(sorts)
        keys = orders.of(sorts[number])
        assert keys is not None
        assert keys[7] == expected[number]

    in_threads(ask, 10_000)


def test_phrases_of_two_threads_do_not_wait_for_one_another(snapshot: Snapshot) -> None:
    """As they would with ``functools.cached_property`` before Python 3.12."""
    index = IndexView(snapshot)
    both = threading.Barrier(2)

    class Finder:
        def phrase(self, words: object, places: object) -> WordPostings:
            both.wait(20)  # seconds until it is an error
            return WordPostings([], 1.2, 0.6)

    def find(_: int) -> int:
        phrase = ExactPhrase([("body", 1.0)], cast("Any", Finder()), [], [], [])
        return len(ExactPhraseMatcher(index, phrase, 1.0).postings.placed)

    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(find, range(2))] == [0, 0]


def test_documents_of_the_same_blocks(snapshot: Snapshot) -> None:
    def read(thread: int, turn: int) -> None:
        docnum = (31 * turn + thread) % snapshot.doc_count_all
        assert json.loads(snapshot.document(docnum))["size"] == docnum

    in_threads(read, 3_000)
