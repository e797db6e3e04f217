"""JSON Lines that json reads back as the documents that were added."""

from __future__ import annotations

import json

from searchlib import Article, Index


def test_documents_come_back(hostile: Index[Article]) -> None:
    results = hostile.search("storm OR storms", limit=1)
    text = results.to_jsonl()
    assert text.endswith("}\n")
    lines = text.splitlines()
    assert len(lines) == results.total == 9
    for line in lines:
        article = Article.model_validate_json(line)
        assert article == hostile.get(article.id)
        assert list(json.loads(line)) == list(Article.model_fields)


def test_columns_are_in_the_order_asked_for(hostile: Index) -> None:
    results = hostile.search("id:minus")
    hit = results[0]
    assert json.loads(results.to_jsonl(fields=["score", "id", "rank", "key"])) == {
        "score": hit.score, "id": "minus", "rank": 1, "key": "minus"
    }  # fmt: skip
    assert results.to_jsonl(fields=["rank", "id"]) == '{"rank":1,"id":"minus"}\n'


def test_no_hits_are_no_lines(hostile: Index) -> None:
    assert hostile.search("unheard").to_jsonl() == ""
