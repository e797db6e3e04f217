"""The benchmark of lists tries what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.lists import WAYS, list_of, names_in, rate

from searchlib import Article, Index

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Ana Korvac met Ida\nBlom. In Vienna, Ana Korvac spoke; IBM did not."


def test_names_are_capitalised_words_the_most_frequent_first() -> None:
    assert names_in([TEXT]) == ["Ana Korvac", "Ida Blom", "In Vienna"]
    assert names_in(["Storm. Storm! Calm"]) == ["Storm", "Calm"]


def test_most_queries_are_of_two_words() -> None:
    names = [*(f"Single{n}" for n in range(30)), *(f"Ana Korvac{n}" for n in range(200))]
    queries = list_of(names, 100, 1)
    assert queries == list_of(names, 100, 1) != list_of(names, 100, 2)
    assert len({*queries}) == 100
    assert sum(query.startswith("Single") for query in queries) == 10
    assert sum(query.startswith('"Ana ') for query in queries) == 45


def test_both_ways_find_the_same(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index", Article) as index:
        index.add(Article(id=str(n), title="", body=TEXT) for n in range(3))
    queries = list_of(names_in([TEXT]), 10, 1)
    found = [rate(way, index.path, queries)[2] for way in WAYS.values()]
    assert found[0] == found[1] == [(3, ["0", "1", "2"])] * 3
