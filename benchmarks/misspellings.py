"""How often is the right word the first that is suggested for a misspelt one?

Words of an archive that at least 20 articles have, of at least six letters, are damaged by one or
two edits of any kind at any place with any letter; and right words are tried that must be left
alone. ``python -m benchmarks.misspellings INDEX`` prints the shares and times.
"""

from __future__ import annotations

import random
import re
import string
import sys
import time
from collections import Counter
from statistics import median
from typing import TYPE_CHECKING

from searchlib import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WORD = re.compile(r"[a-z]{6,}")
LEAST_ARTICLES = 20


def frequent_words(texts: Iterable[str]) -> list[str]:
    """List the words of at least six letters that at least 20 texts have."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(
            {token for token in re.findall(r"\w+", text.lower()) if WORD.fullmatch(token)}
        )
    return sorted(word for word, count in counts.items() if count >= LEAST_ARTICLES)


def damaged(word: str, edits: int, chance: random.Random) -> str:
    """Edit a word so often: each edit leaves out, adds, replaces or swaps, anywhere."""
    while True:
        text = word
        for _ in range(edits):
            text = _edited(text, chance)
        if text != word:
            return text


def _edited(text: str, chance: random.Random) -> str:
    place, letter = chance.randrange(len(text)), chance.choice(string.ascii_lowercase)
    match chance.randrange(4):
        case 0:
            return text[:place] + text[place + 1 :]
        case 1:
            place = chance.randrange(len(text) + 1)
            return text[:place] + letter + text[place:]
        case 2:
            return text[:place] + letter + text[place + 1 :]
        case _:
            place = chance.randrange(len(text) - 1)
            return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def misspellings(words: Sequence[str], count: int, seed: int) -> list[tuple[str, str, int]]:
    """Draw misspellings, half of one edit and half of two: typed, meant, edits."""
    chance, known = random.Random(seed), set(words)
    found: list[tuple[str, str, int]] = []
    while len(found) < count:
        edits = 1 + len(found) % 2
        word = chance.choice(words)
        typed = damaged(word, edits, chance)
        if typed not in known:
            found.append((typed, word, edits))
    return found


def shares(index: Index, words: Sequence[str], count: int, seed: int) -> dict[str, float]:
    """Try misspellings and right words: the shares that are right, and the median CPU time."""
    cases, times = misspellings(words, count, seed), []
    right = {1: 0, 2: 0}
    for typed, word, edits in cases:
        began = time.process_time()
        found = index.suggest(typed)
        times.append((time.process_time() - began) * 1000)
        right[edits] += found is not None and found.text == word
    chance = random.Random(seed)
    alone = sum(index.suggest(chance.choice(words)) is None for _ in range(count))
    of_each = count / 2
    return {
        "one edit": right[1] / of_each,
        "two edits": right[2] / of_each,
        "left alone": alone / count,
        "p50 ms": median(times),
    }


def main() -> None:
    with Index.open(sys.argv[1]) as index:
        words = frequent_words(f"{one.title} {one.body}" for one in index)
        index.suggest("begining")  # what is made once
        print(f"{len(words)} words")
        for seed in range(1, 6):
            found = shares(index, words, 400, seed)
            print(seed, " ".join(f"{name} {value:.3f}" for name, value in found.items()))


if __name__ == "__main__":
    main()
