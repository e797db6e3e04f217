"""Numbers where labels are expected: references to what has a name elsewhere, years, and words."""

import json
from collections.abc import Callable

import pytest

from searchlib.articles import Article
from searchlib.errors import Notice, Problem

ReadAll = Callable[..., list[Article | Problem | Notice]]
ReadOne = Callable[..., Article]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("author", 3),
        ("authors", [3, 4]),
        ("authors", [{"id": 3}]),
        ("places", [7]),
        ("categories", [1, 2]),
        ("categories", [1.0, 2.0]),
        ("tags", [5, 2024]),
        ("tags", 5),
    ],
)
def test_mere_numbers_are_no_labels(key: str, value: object, read_one: ReadOne) -> None:
    article = read_one("a.json", json.dumps({"title": "A", "body": "b", key: value}))
    assert (article.authors, article.places, article.categories) == ([], [], [])
    assert article.extra == {key: value}


def test_an_empty_label_is_not_kept(read_one: ReadOne) -> None:
    article = read_one("a.json", '{"title": "A", "authors": [""], "tags": [null]}')
    assert (article.authors, article.categories, article.extra) == ([], [], {})


def test_numbers_beside_labels_are_kept(read_one: ReadOne) -> None:
    article = read_one("a.json", json.dumps({"title": "A", "categories": [5], "tags": ["ships"]}))
    assert (article.categories, article.extra) == (["ships"], {"categories": [5]})
    article = read_one("b.json", json.dumps({"title": "A", "categories": [5], "tags": [6]}))
    assert (article.categories, article.extra) == ([], {"categories": [5], "tags": [6]})


@pytest.mark.parametrize("mapping", [{"author": "who"}, {"author": ["who", "by"]}])
def test_numbers_under_a_key_that_was_chosen_are_kept(
    mapping: dict[str, str | list[str]], read_all: ReadAll
) -> None:
    record = {"title": "A", "body": "b", "who": 3, "by": "Ida Blom"}
    article, *_ = read_all("a.json", json.dumps(record), mapping=mapping)
    assert isinstance(article, Article)
    assert article.extra["who"] == 3
    assert "3" not in article.authors


def test_numbers_that_are_written_as_text_are_labels(read_one: ReadOne) -> None:
    article = read_one("a.json", '{"title": "A", "tags": ["737", "1"], "author": "3"}')
    assert (article.categories, article.authors) == (["737", "1"], ["3"])
    article = read_one("a.csv", 'title,tags,categories\nA,2024,"[4, 5]"\n')
    assert article.categories == ["4", "5", "2024"]
    assert read_one("b.json", '{"title": "A", "tags": ["covid", 19]}').categories == ["covid", "19"]


def test_years_are_labels(read_one: ReadOne) -> None:
    assert read_one("a.json", '{"title": "A", "tags": [2024]}').categories == ["2024"]
