"""The benchmark of alerts draws what it says, and compares every answer."""

from __future__ import annotations

import random

import pytest
from benchmarks import alerts
from benchmarks.alerts import KINDS, draw_queries, measure, search_each

from searchlib import Article
from searchlib.query.parser import QueryParser
from searchlib.query.tree import And, Or, Phrase, Prefix, Word
from searchlib.schema.models import DocumentSchema

WORDS = ["storm", "flood", "harbour", "talks", "peace", "minister", "ferry", "valley", "union",
         "strike", "election", "budget"]  # fmt: skip


def articles(count: int = 30) -> list[Article]:
    chance = random.Random(1)
    bodies = [" ".join(chance.choices(WORDS, k=15)) for _ in range(count)]
    return [
        Article(id=str(n), title="News", body=body, categories=["weather"])
        for n, body in enumerate(bodies)
    ]


def test_of_each_kind_as_many_are_drawn() -> None:
    made = draw_queries([*articles(), Article(id="x", title="x", body="too short")], 70, 1)
    assert made == draw_queries([*articles(), Article(id="x", title="x", body="too short")], 70, 1)
    kinds = [name.partition(" ")[2] for name in made]
    assert kinds == [*KINDS] * 10
    parser = QueryParser(DocumentSchema.of(Article))
    trees = [type(parser.parse(query).query) for query in made.values()]
    assert trees[:7] == [Word, And, Phrase, And, Or, Prefix, And]


def test_every_answer_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = measure(articles(), queries=21, new=5, seed=1)
    assert lines[0].startswith("21 saved queries, 5 new articles, 25 in the archive; ")
    found, _ = search_each(articles(5), {"a": "storm OR flood", "b": "nothing"})
    assert found.keys() == {"a"}
    monkeypatch.setattr(alerts, "search_each", lambda *_: ({}, 0.0))
    with pytest.raises(AssertionError, match="not that of the searches"):
        measure(articles(), queries=21, new=5, seed=1)
