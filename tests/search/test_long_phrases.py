"""Phrases of thousands of words: what is equal is read once, and a text finds its article."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from searchlib import Article, Index
from searchlib.query import Near, Phrase, Prefix
from searchlib.search.positions import AnyOfTerms
from searchlib.search.term_postings import TermPostings
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = ["the", "a", "and", "as", "at", "storm", "flood", "ferry", "north", "sea"]


@pytest.fixture(scope="module")
def index() -> Index:
    draw = random.Random(5)
    made = Index.in_memory(Article)
    bodies = [" ".join(draw.choices(WORDS, k=draw.randrange(300, 900))) for _ in range(40)]
    bodies += ["the " * 400, "as at " * 300]
    made.add({"id": str(n), "title": "x", "body": body} for n, body in enumerate(bodies))
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words whose places are read, in order."""
    found: list[str] = []

    def counting(kind: type[Any]) -> Callable[..., Any]:
        occurrences = kind.occurrences

        def counted(self: Any, among: Any) -> Any:
            found.append(str(self))
            return occurrences(self, among)

        return counted

    for kind in (TermPostings, AnyOfTerms):
        monkeypatch.setattr(kind, "occurrences", counting(kind))
    return found


@each("words", [300, 1_000, 4_000])
@each("slop", [1, 3])
def test_a_word_that_is_there_thousands_of_times_is_read_once(
    index: Index, read: list[str], words: int, slop: int
) -> None:
    read.clear()
    found = index.search(Phrase("the " * words, slop, ("body",)), limit=None)
    assert found.total == (1 if words <= 400 else 0)
    assert len(read) <= 1


@each("words", [3, 500, 2_000])
def test_a_pattern_that_is_there_thousands_of_times_is_read_once(
    index: Index, read: list[str], words: int
) -> None:
    read.clear()
    found = index.search(Near((Prefix("a", ("body",)),) * words, 1, ordered=True), limit=None)
    assert found.total >= (1 if words <= 600 else 0)
    assert read.count(max(read, key=read.count)) <= 1


@each("join", [" ", " OR "])
@each("part", ['"a* storm"', '"storm sea"~3', "(a* NEAR/4 storm)"])
def test_what_a_query_asks_for_hundreds_of_times_is_read_once(
    index: Index, read: list[str], join: str, part: str
) -> None:
    once = index.search(part, limit=None)
    read.clear()
    found = index.search(join.join([part] * 200), limit=None)
    assert found.total == once.total > 0
    assert read
    assert read.count(max(read, key=read.count)) == 1
    scores = {hit.key: hit.score for hit in once}
    assert {hit.key: hit.score for hit in found} == {
        key: pytest.approx(200 * score) for key, score in scores.items()
    }


def test_a_whole_text_finds_its_article(index: Index) -> None:
    for key in ("0", "7", "40", "41"):
        article = index.get(key)
        assert article is not None
        query = Phrase(article.body, fields=("body",))
        assert [hit.key for hit in index.search(query)] == [key]
