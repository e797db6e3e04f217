"""How long does it take to complete what is typed?

Words and phrases of titles are cut off somewhere, as they are while someone types.
``python -m benchmarks.completions INDEX`` prints CPU times.
"""

from __future__ import annotations

import random
import sys
import time
from statistics import median, quantiles
from typing import TYPE_CHECKING

from searchlib import Index

if TYPE_CHECKING:
    from collections.abc import Sequence


def beginnings(titles: Sequence[str], count: int, seed: int) -> list[str]:
    """Draw one to three words of titles, the last of them cut off."""
    chance = random.Random(seed)
    found: list[str] = []
    while len(found) < count:
        words = chance.choice(titles).lower().split()
        place = chance.randrange(len(words)) if words else 0
        *before, last = words[place : place + chance.randint(1, 3)] or [""]
        if last.isalpha() and all(map(str.isalpha, before)):
            cut = last[: chance.randint(1, len(last))]
            found.append(" ".join([*before, cut]))
    return found


def times(index: Index, texts: Sequence[str]) -> list[float]:
    """Complete each text once: CPU times in milliseconds."""
    found = []
    for text in texts:
        began = time.process_time()
        index.complete(text)
        found.append((time.process_time() - began) * 1000)
    return found


def main() -> None:
    with Index.open(sys.argv[1]) as index:
        chance = random.Random(0)
        titles = [
            hit.stored["title"] for hit in index.search("*", limit=None, snippets=False)[:20_000]
        ]
        chance.shuffle(titles)
        began = time.process_time()
        index.complete("zq")
        print(f"made once: {time.process_time() - began:.2f} s")
        for seed in range(1, 4):
            found = times(index, beginnings(titles, 1000, seed))
            print(
                f"seed {seed}: p50 {median(found):.3f} ms, p95 {quantiles(found, n=20)[-1]:.3f} ms"
            )


if __name__ == "__main__":
    main()
