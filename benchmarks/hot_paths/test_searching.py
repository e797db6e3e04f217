"""From a query's text to hits and snippets. Twenty different queries in a row are timed as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from benchmarks.engines.language import whoosh_text
from benchmarks.queries import KINDS, Query
from searchlib import Index
from searchlib.query.parser import QueryParser

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_benchmark.fixture import BenchmarkFixture

Texts = dict[str, list[str]]

_PLAIN: Final = [kind for kind in KINDS if kind != "snippets"]


@pytest.fixture(scope="session")
def texts(queries: dict[str, list[Query]]) -> Texts:
    return {kind: list(map(whoosh_text, some)) for kind, some in queries.items()}


@pytest.mark.benchmark(group="opening")
def test_open(benchmark: BenchmarkFixture, index_path: Path) -> None:
    assert benchmark(lambda: len(Index.open(index_path))) > 0


@pytest.mark.benchmark(group="opening")
def test_open_and_first_query(benchmark: BenchmarkFixture, index_path: Path) -> None:
    def search() -> int:
        return Index.open(index_path).search("government", snippets=False).total

    assert benchmark(search) > 0


@pytest.mark.benchmark(group="parsing 20 queries")
@pytest.mark.parametrize("kind", _PLAIN)
def test_parsing(benchmark: BenchmarkFixture, index: Index, texts: Texts, kind: str) -> None:
    read = QueryParser(index.schema).parse
    assert all(benchmark(lambda: [read(text) for text in texts[kind]]))


@pytest.mark.benchmark(group="20 queries, with the ids of the ten best")
@pytest.mark.parametrize("kind", _PLAIN)
def test_searching(benchmark: BenchmarkFixture, index: Index, texts: Texts, kind: str) -> None:
    def search(text: str) -> list[str]:
        return [hit.key for hit in index.search(text, snippets=False)]

    assert any(benchmark(lambda: [search(text) for text in texts[kind]]))


@pytest.mark.benchmark(group="20 queries, with the ids of the ten best")
def test_sorting_by_date(benchmark: BenchmarkFixture, index: Index, texts: Texts) -> None:
    def search(text: str) -> list[str]:
        return [hit.key for hit in index.search(text, sort="-published", snippets=False)]

    assert any(benchmark(lambda: [search(text) for text in texts["word"]]))


@pytest.mark.benchmark(group="20 queries, with the documents of the ten best")
def test_reading_documents(benchmark: BenchmarkFixture, index: Index, texts: Texts) -> None:
    def search(text: str) -> list[str]:
        return [hit.document.title for hit in index.search(text, snippets=False)]

    assert any(benchmark(lambda: [search(text) for text in texts["word"]]))


@pytest.mark.benchmark(group="20 queries, with snippets of the ten best")
@pytest.mark.parametrize("kind", ["word", "or3", "phrase2", "prefix", "snippets"])
def test_snippets(benchmark: BenchmarkFixture, index: Index, texts: Texts, kind: str) -> None:
    def search(text: str) -> list[str]:
        return [hit.snippets["body"].html for hit in index.search(text, snippets=["body"])]

    assert any(benchmark(lambda: [search(text) for text in texts[kind]]))
