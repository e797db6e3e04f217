"""The invented articles are the same everywhere, and like real ones in what matters."""

import hashlib
import json
import os
import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from benchmarks import synthetic
from benchmarks.synthetic import generate

from searchlib.articles.model import Article


@pytest.fixture(scope="module")
def articles() -> list[dict[str, Any]]:
    return list(generate(2000, seed=7))


def test_the_same_seed_gives_the_same_articles_whatever_the_count() -> None:
    few, more = list(generate(20, seed=1)), list(generate(600, seed=1))
    assert few == more[:20]
    assert len(more) == 600
    assert few[0] != next(generate(1, seed=2))
    said = json.dumps(more, sort_keys=True).encode()
    assert hashlib.blake2b(said, digest_size=8).hexdigest() == "ce621256c2edb94d"


def test_articles_made_by_several_processes_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "_PART", 500)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    lines = b"".join(synthetic.generate_lines(1200, seed=3)).splitlines()
    assert [json.loads(line) for line in lines] == list(generate(1200, seed=3))
    assert list(generate(30, seed=3, first=490)) == [json.loads(line) for line in lines[490:520]]


def test_ids_are_unique_and_articles_valid(articles: list[dict[str, Any]]) -> None:
    assert len({article["id"] for article in articles}) == len(articles)
    for article in articles[:100]:
        Article.model_validate(article)


def test_lengths_and_typography_are_those_of_news(articles: list[dict[str, Any]]) -> None:
    bodies = [article["body"] for article in articles]
    mean = sum(len(body.encode()) for body in bodies) / len(bodies)
    assert 1800 < mean < 2300
    assert 0.2 < sum(not body.isascii() for body in bodies) / len(bodies) < 0.4


def test_new_words_keep_coming_ever_more_slowly(articles: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    sizes = [0]
    for start in range(0, 2000, 500):
        for article in articles[start : start + 500]:
            seen.update(re.findall(r"\w+", article["body"].lower()))
        sizes.append(len(seen))
    growth = [after - before for before, after in pairwise(sizes)]
    assert growth == sorted(growth, reverse=True)
    assert growth[-1] > 2000


def test_a_rare_word_tends_to_come_again(articles: list[dict[str, Any]]) -> None:
    counts: dict[str, list[int]] = {}
    for article in articles[:500]:
        for word, count in Counter(re.findall(r"[a-z]+", article["body"].lower())).items():
            counts.setdefault(word, []).append(count)
    rare = [found for found in counts.values() if 3 <= len(found) <= 5]
    again = sum(max(found) > 1 for found in rare) / len(rare)
    assert again > 0.3
