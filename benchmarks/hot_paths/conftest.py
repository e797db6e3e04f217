"""What the benchmarks share: invented articles, the same everywhere, and an index of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from benchmarks.queries import KINDS, Query, draw_queries
from benchmarks.synthetic import generate
from searchlib import Article, Index

if TYPE_CHECKING:
    from pathlib import Path

ARTICLES: Final = 10_000
_QUERIES: Final = 20
_SEED: Final = 1


def make_articles(count: int, first: int = 0) -> list[Article]:
    """Make some of the invented articles."""
    made: list[Article] = []
    for article in generate(count, _SEED, first):
        values: dict[str, Any] = article
        made.append(Article(**values))
    return made


@pytest.fixture(scope="session")
def articles() -> list[Article]:
    return make_articles(ARTICLES)


@pytest.fixture(scope="session")
def index_path(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index of all articles, in several segments, which is only read."""
    index = Index.create(tmp_path_factory.mktemp("indexes") / "news.index", Article)
    for start in range(0, ARTICLES, ARTICLES // 4):
        index.add(articles[start : start + ARTICLES // 4], workers=0)
    return index.path


@pytest.fixture(scope="session")
def index(index_path: Path) -> Index:
    return Index.open(index_path)


@pytest.fixture(scope="session")
def queries(articles: list[Article]) -> dict[str, list[Query]]:
    """Twenty queries of each kind."""
    return draw_queries(articles[:2000], list(KINDS), _QUERIES, _SEED)
