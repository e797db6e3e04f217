"""What was used last is kept, and no more than fits."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
import pytest

from searchlib.memory import LRUCache, zeros_of_the_system

if TYPE_CHECKING:
    from searchlib import Article, Index

KB = 1024  # what an entry takes besides its size


def test_what_was_not_used_for_the_longest_time_is_forgotten_first() -> None:
    recent = LRUCache(100 * KB)
    for name in "abc":
        recent.put(name, name.upper(), 29 * KB)
    assert recent.get("a") == "A"
    recent.put("d", "D", 29 * KB)
    assert [recent.get(name) for name in "abcd"] == ["A", None, "C", "D"]


def test_what_is_larger_than_all_of_it_is_not_kept() -> None:
    recent = LRUCache(100 * KB)
    recent.put("small", 1, 99 * KB)
    recent.put("large", 2, 100 * KB)
    recent.put("long", 3, 100 * KB)
    assert recent.get("large") is None
    assert recent.get("long") is None
    assert recent.get("small") == 1


def test_what_is_put_in_again_counts_once() -> None:
    recent = LRUCache(100 * KB)
    recent.put("a", 1, 39 * KB)
    for number in range(5):
        recent.put("b", number, 59 * KB)
    assert (recent.get("a"), recent.get("b")) == (1, 4)


def test_entries_of_no_size_are_bounded_too() -> None:
    recent = LRUCache(100 * KB)
    for number in range(1000):
        recent.put(number, None, 0)
    assert len(recent._kept) == 100


def test_threads_may_share_it() -> None:
    recent = LRUCache(200 * KB)

    def use(number: int) -> bool:
        key = number % 37
        found = recent.get(key)
        if found is None:
            recent.put(key, key, (key % 7 + 1) * KB)
        return found in (None, key)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(use, range(20_000)))
    finally:
        sys.setswitchinterval(interval)
    assert recent._bytes == sum(size for _, size in recent._kept.values())
    assert 150 * KB < recent._bytes <= 200 * KB


@pytest.mark.skipif(sys.platform != "linux", reason="expected /proc, which tells the memory in use")
def test_small_commits_in_many_threads_take_little_memory(index: Index[Article]) -> None:
    """The C library keeps what a thread frees for this thread."""

    def own_memory() -> int:
        lines = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))

    def change(number: int) -> None:
        index.update("talks", title=f"Talks {number}")

    with ThreadPoolExecutor(1) as pool:
        list(pool.map(change, range(2)))
    before = own_memory()
    for number in range(12):
        thread = Thread(target=change, args=(number,))
        thread.start()
        thread.join()
    assert own_memory() - before < 16 * KB  # kibibytes; it was 25 MiB for each of some threads


def test_zeros_of_the_system_are_zeros_that_can_be_written_to() -> None:
    zeros = zeros_of_the_system(1000, np.uint64)
    assert len(zeros) == 1000
    assert zeros.dtype.name == "uint64"
    assert not zeros.any()
    zeros[5:] = 7
    assert zeros.sum() == 7 * 995
