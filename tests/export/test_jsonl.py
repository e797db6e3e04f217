"""JSON Lines that json reads back as the documents that were added."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel

from searchlib import Article, Index, Key, Stored, Text

if TYPE_CHECKING:
    from pathlib import Path


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


class Reading(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = "reading"
    value: Annotated[float, Stored()] = 0


def test_what_json_has_no_number_for_is_null(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Reading)
    index.add(Reading(id="a", value=float("inf")))
    text = index.search("reading").to_jsonl(fields="value")
    assert json.loads(text, parse_constant=lambda name: name) in ({"value": None},)
