"""What was used last is kept, and no more than fits."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from searchlib.memory import LRUCache

KB = 1024  # what an entry takes without arrays


def kilobytes(count: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.zeros(count * KB, np.uint8)


def test_what_was_not_used_for_the_longest_time_is_forgotten_first() -> None:
    recent = LRUCache(100 * KB)
    for name in "abc":
        recent.put(name, name.upper(), kilobytes(29))
    assert recent.get("a") == "A"
    recent.put("d", "D", kilobytes(9), None, kilobytes(20))
    assert [recent.get(name) for name in "abcd"] == ["A", None, "C", "D"]


def test_what_is_larger_than_all_of_it_is_not_kept() -> None:
    recent = LRUCache(100 * KB)
    recent.put("small", 1, kilobytes(99))
    recent.put("large", 2, kilobytes(100))
    recent.put("long", 3, others=100 * KB)
    assert recent.get("large") is None
    assert recent.get("long") is None
    assert recent.get("small") == 1


def test_what_is_put_in_again_counts_once() -> None:
    recent = LRUCache(100 * KB)
    recent.put("a", 1, kilobytes(39))
    for number in range(5):
        recent.put("b", number, kilobytes(59))
    assert (recent.get("a"), recent.get("b")) == (1, 4)


def test_entries_without_arrays_are_bounded_too() -> None:
    recent = LRUCache(100 * KB)
    for number in range(1000):
        recent.put(number, None, np.empty(0))
        recent.met(-number)
    assert len(recent._kept) == 100


def test_what_was_met_too_long_ago_is_met_for_the_first_time() -> None:
    recent = LRUCache(10 * KB)
    assert [recent.met("a"), recent.met("a")] == [False, True]
    recent.put("b", 1, kilobytes(9))
    assert not recent.met("a")
    assert [LRUCache(0).met("a") for _ in range(2)] == [False, False]


def test_what_is_kept_cannot_be_written_to() -> None:
    recent, array = LRUCache(100 * KB), np.zeros(3)
    recent.put("a", array, array)
    with pytest.raises(ValueError, match="read-only"):
        recent.get("a")[0] = 1


def test_threads_may_share_it() -> None:
    recent = LRUCache(200 * KB)

    def use(number: int) -> bool:
        key = number % 37
        found = recent.get(key)
        if found is None:
            recent.put(key, key, kilobytes(key % 7 + 1))
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
