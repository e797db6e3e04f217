"""What the tests of article parsing share."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from searchlib.articles import Article, read_articles
from searchlib.articles.mapping import PLACE_FIELDS
from searchlib.errors import Notice, Problem

Read = Callable[..., list[Article | Problem]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a file and read the articles in it."""

    def write_and_read(name: str, content: str | bytes) -> list[Article | Problem]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return [item for item in read_articles(path) if not isinstance(item, Notice)]

    return write_and_read


@pytest.fixture
def read_all(tmp_path: Path) -> Callable[..., list[Article | Problem | Notice]]:
    """Write a file and read it with options of `read_articles`, notices and all."""

    def write_and_read(
        name: str, content: str | bytes, **options: Any
    ) -> list[Article | Problem | Notice]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(read_articles(path, **options))

    return write_and_read


@pytest.fixture
def read_one(read: Read) -> Callable[..., Article]:
    """Write a file that holds one article and read it."""

    def write_and_read(name: str, content: str | bytes) -> Article:
        items = read(name, content)
        assert len(items) == 1, items
        assert isinstance(items[0], Article), str(items[0])
        return items[0]

    return write_and_read


@pytest.fixture
def read_problem(read: Read) -> Callable[..., Problem]:
    """Write a file in which nothing can be used and read what is wrong with it."""

    def write_and_read(name: str, content: str | bytes) -> Problem:
        items = read(name, content)
        assert len(items) == 1, items
        assert isinstance(items[0], Problem), items[0]
        return items[0]

    return write_and_read


def without_place(article: Article) -> Article:
    """The article as it would be if it had not been read from a file."""
    return Article(**article.model_dump(exclude={*PLACE_FIELDS}))


def only_articles(items: Iterable[Article | Problem | Notice]) -> list[Article]:
    """The articles among what was read; there must be nothing else."""
    found = list(items)
    assert not [str(item) for item in found if isinstance(item, Problem)]
    return [item for item in found if isinstance(item, Article)]
