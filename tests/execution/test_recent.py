"""What was used last is kept, and no more than fits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from searchlib.execution.recent import RecentArrays


def test_what_was_not_used_for_the_longest_time_is_forgotten_first() -> None:
    recent = RecentArrays(100)
    for name in "abc":
        recent.put(name, name.upper(), np.zeros(30, np.uint8))
    assert recent.get("a") == "A"
    recent.put("d", "D", np.zeros(10, np.uint8), None, np.zeros(20, np.uint8))
    assert [recent.get(name) for name in "abcd"] == ["A", None, "C", "D"]


def test_what_is_larger_than_all_of_it_is_not_kept() -> None:
    recent = RecentArrays(100)
    recent.put("small", 1, np.zeros(100, np.uint8))
    recent.put("large", 2, np.zeros(101, np.uint8))
    assert recent.get("large") is None
    assert recent.get("small") == 1


def test_what_is_put_in_again_counts_once() -> None:
    recent = RecentArrays(100)
    recent.put("a", 1, np.zeros(40, np.uint8))
    for number in range(5):
        recent.put("b", number, np.zeros(60, np.uint8))
    assert (recent.get("a"), recent.get("b")) == (1, 4)


def test_what_is_kept_cannot_be_written_to() -> None:
    recent, array = RecentArrays(100), np.zeros(3)
    recent.put("a", array, array)
    with pytest.raises(ValueError, match="read-only"):
        recent.get("a")[0] = 1


def test_threads_may_share_it() -> None:
    recent = RecentArrays(1000)

    def use(number: int) -> bool:
        key = number % 37
        found = recent.get(key)
        if found is None:
            recent.put(key, key, np.zeros(10 * (key % 7) + 10, np.uint8))
        return found in (None, key)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(20_000)))
    kept = [key for key in range(37) if recent.get(key) is not None]
    assert 0 < sum(10 * (key % 7) + 10 for key in kept) <= 1000
