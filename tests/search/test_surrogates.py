"""Half characters are in no text, so a query with some finds nothing: it is no error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import pytest
from pydantic import BaseModel

from searchlib import Index, Key, Keyword, Text
from searchlib.query import (
    Fuzzy,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Term,
    Verbatim,
    Wildcard,
    Word,
)
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path


class Story(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(language="english")] = ""
    summary: Annotated[str, Text(language="french")] = ""
    text: Annotated[str, Text(language=None)] = ""
    tags: Annotated[list[str], Keyword()] = []


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    path: Path = tmp_path_factory.mktemp("halves") / "index"
    index = Index.create(path, Story)
    index.add(Story(id="a", title="Frost", summary="Le gel", text="Reif", tags=["Weather"]))
    return index


def queries(text: str, field: str) -> list[Query]:
    leaves: list[Query] = [
        Word(text, (field,)), Prefix(text, (field,)),
        Wildcard(text, (field,)), Wildcard(f"*{text}?a*", (field,)), Regex(f".*{text}", (field,)),
        Fuzzy(text, 2, 0, (field,)), Term(field, text), Range(field, text, None),
        Range(field, None, text), Range(field, text, text),
    ]  # fmt: skip
    if field in ("title", "summary", "text"):  # the others have no positions
        leaves.append(Phrase(f"frost {text}", 2, (field,)))
    return [*leaves, *map(Verbatim, leaves)]


@each("text", ["\ud800", "x\udfffy", "\udc00é", "frost\ud83d"])
@each("field", ["title", "summary", "text", "tags", "id"])
def test_half_characters_are_no_error(index: Index, text: str, field: str) -> None:
    for query in queries(text, field):
        index.search(query)
        found = index.search(Or((query, Word("frost", ("title",)))))
        assert found.total == 1
        assert found[0].snippets["title"].html == "<mark>Frost</mark>"
        index.search(Not(query))
    near = Near((Word(text), Word("frost")), 3)
    assert index.search(Or((near, Word("gel")))).total == 1


@each("query", ["tags:\ud800", "title:a\ud800b*", "frost\udfff~", "\ud800?a frost"])
def test_query_strings_may_have_half_characters(index: Index, query: str) -> None:
    assert index.search(query).total == ("~" in query)
