"""Fields whose values are of several types, or single ones beside lists, work like any other."""

from __future__ import annotations

import enum
import json
from collections import deque
from datetime import date, datetime
from decimal import Decimal
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, create_model

from searchlib import Date, Index, Key, Keyword, Number, Text
from searchlib.errors import QueryError


class Mixed(enum.Enum):
    ONE = 1
    TWO = "two"


class Rights(enum.IntFlag):
    READ = 1
    WRITE = 2


def model_of(annotation: Any, marker: Any) -> type[BaseModel]:
    class Made(BaseModel):
        id: Annotated[str, Key()]
        f: Annotated[annotation, marker]
        g: Annotated[annotation | None, marker] = None

    return Made


CASES: list[tuple[Any, Any, list[Any]]] = [
    (int | str, Keyword(), [3, "x"]),
    (bool | str, Keyword(), [True, "x"]),
    (bool | int, Keyword(), [True, 7]),
    (Literal["a", 1], Keyword(), ["a", 1]),
    (Mixed, Keyword(), [Mixed.ONE, Mixed.TWO]),
    (Rights, Keyword(), [Rights.READ, Rights.READ | Rights.WRITE]),
    (UUID | int, Keyword(), [5, UUID(int=7)]),
    (list[int | str], Keyword(), [[1, "a"]]),
    (str | list[str], Keyword(), ["x", ["x", "y"]]),
    (list[str | None], Keyword(), [[None, "a"]]),
    (deque[str | None], Keyword(), [deque(["a", None])]),
    (int | float, Number(sortable=True), [1, 1.5]),
    (Decimal | int, Number(), [Decimal("1.10"), 1]),
    (date | datetime, Date(sortable=True), [date(2025, 1, 1), datetime(2025, 1, 1)]),
    (list[str | None], Text(), [["alpha", None]]),
    (str | list[str], Text(), ["alpha", ["alpha", "beta"]]),
]


@pytest.mark.parametrize(
    ("annotation", "marker", "value"),
    [(kind, marker, value) for kind, marker, values in CASES for value in values],
)
def test_with_the_model_and_without_it(
    tmp_path: Path, annotation: Any, marker: Any, value: Any
) -> None:
    path = tmp_path / "index"
    model = model_of(annotation, marker)
    document = model(id="1", f=value, g=value)
    other = model(id="2", f=value)
    Index.create(path, model).add([document, other], strict=True)

    def check() -> None:
        index = Index.open(path, model)
        assert [*index] == [document, other]
        assert type(index.get("1").f) is type(value)  # type: ignore[union-attr]
        for one in (index, Index.open(path)):
            sought = one.get("1").f if not isinstance(marker, Text) else "alpha"  # type: ignore[union-attr]
            sought = (
                [part for part in sought if part] if isinstance(sought, list | deque) else sought
            )
            assert one.count("*", filter={"f": sought}) == 2
            assert one.count("*", filter={"g": sought}) == one.count("g:*") == 1
            results = one.search("*", facets=["f"] if isinstance(marker, Keyword) else [])
            assert [hit.snippets.keys() >= {"f"} for hit in results] == [
                isinstance(marker, Text)
            ] * 2
            json.dumps(results.to_json())
            results.to_csv(tmp_path / "f.csv")
            results.to_jsonl(tmp_path / "f.jsonl")
            assert "<table>" in results._repr_html_()
            assert results.to_arrow().num_rows == 2
            with one.searcher() as searcher:
                assert sorted(one["id"] for one in searcher.documents()) == ["1", "2"]

    check()
    assert Index.reindex(path).rejected == []  # without the model
    check()
    assert Index.open(path).update("1").id == "1"
    assert Index.reindex(path, model=model).rejected == []
    Index.open(path).optimize()
    index = Index.open(path, model)
    assert sorted(index, key=lambda one: one.id) == [document, other]  # type: ignore[attr-defined]


def test_labels_of_one_type_are_still_compared_with_that_type_alone() -> None:
    index = Index.in_memory(model_of(str, Keyword()))
    for value in (3, True):
        with pytest.raises(QueryError, match="field 'f': expected a label as text, got"):
            index.count("*", filter={"f": value})
    index = Index.in_memory(model_of(int, Keyword()))
    with pytest.raises(QueryError, match="expected a label as text, got True"):
        index.count("*", filter={"f": True})


def test_gaps_in_lists_of_texts_shift_no_word(tmp_path: Path) -> None:
    model = model_of(list[str | None], Text())
    index = Index.create(tmp_path / "index", model)
    index.add(model(id="1", f=[None, "a red door", None, "opens slowly"]))
    [hit] = index.search('"red door" slowly')
    assert hit.snippets["f"].html == "a <mark>red door</mark>\n\nopens <mark>slowly</mark>"
    assert index.count('"door opens"') == 0
    with index.searcher() as searcher:
        found = searcher.document(id="1")
    assert found is not None
    assert found["f"] == "a red door\n\nopens slowly"


class Numbered(BaseModel):
    id: Annotated[int, Key()]
    level: Annotated[int | None, Keyword()] = None
    tags: Annotated[list[str], Keyword()] = []


def test_whole_numbers_below_zero_as_keys_and_labels() -> None:
    index = Index.in_memory(Numbered)
    index.add([Numbered(id=3, level=3), Numbered(id=-3, level=-3, tags=["3"]), Numbered(id=5)])
    for query, keys in {
        "id:-3": ["-3"], "level:-3": ["-3"], "level:3": ["3"], "-level:3": ["-3", "5"],
        "level:-3 tags:3": ["-3"], "id:-3 OR id:5": ["-3", "5"], "tags:-3": ["3", "5"],
        "level:'-3'": ["-3"], "NOT level:-3": ["3", "5"],
    }.items():  # fmt: skip
        assert sorted(hit.key for hit in index.search(query)) == keys, query
    assert [one and one.id for one in index.get_many([-3, "-3", 4])] == [-3, -3, None]


class ByValue(BaseModel):
    model_config = ConfigDict(use_enum_values=True)
    id: Annotated[str, Key()]
    mixed: Annotated[Mixed, Keyword()] = Field(Mixed.ONE, validate_default=True)
    rights: Annotated[Rights, Keyword()] = Rights.READ
    several: Annotated[list[Mixed], Keyword()] = []
    level: Annotated[Rights | None, Number(sortable=True)] = None


class Careless(BaseModel):
    model_config = ConfigDict(use_enum_values=True)
    id: Annotated[str, Key()]
    mixed: Mixed = Mixed.ONE


def test_models_that_have_the_values_of_enumerations(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", ByValue)
    documents = [
        ByValue(id="1", mixed=Mixed.TWO, rights=Rights.WRITE, several=[Mixed.ONE], level=Rights(3)),
        ByValue(id="2"),
    ]
    assert documents[0].model_dump()["mixed"] == "two"
    index.add(documents, strict=True)
    assert [*index] == documents
    for query in ("mixed:two", "mixed:TWO", "rights:WRITE", "several:1", "level:>2"):
        assert [hit.document for hit in index.search(query)] == documents[:1], query
    assert index.count("*", filter={"mixed": Mixed.TWO}) == 1
    assert index.update("2", rights=2).rights == 2
    assert Index.reindex(index.path).added == 2
    assert next(iter(index)) == documents[0]


def test_a_default_that_is_a_member_where_values_are_wanted_is_explained() -> None:
    index = Index.in_memory(Careless)
    [problem] = index.add([Careless(id="1", mixed=Mixed.TWO), Careless(id="2")]).rejected
    assert problem.key == "2"
    assert "give it validate_default=True, too" in problem.reason


@pytest.mark.parametrize(
    ("annotation", "key"),
    [
        (IPv4Address, IPv4Address("1.2.3.4")),
        (HttpUrl, HttpUrl("https://example.org/")),
        (Path, Path("a/b")),
        (int | str, 5),
        (int | str, "5a"),
        (UUID | int, UUID(int=7)),
        (Mixed, Mixed.ONE),
    ],
)
def test_keys_are_given_as_documents_have_them(tmp_path: Path, annotation: Any, key: Any) -> None:
    model = create_model("Made", id=(Annotated[annotation, Key()], ...))
    document = model(id=key)
    index = Index.create(tmp_path / "index", model)
    index.add(document, strict=True)
    assert index.get(key) == document
    assert key in index
    assert index.count("*", filter={"id": key}) == 1
    without = Index.open(index.path)
    assert without.get(key) is not None
    assert without.update(key) is not None
    assert index.delete(key) == 1


def test_gaps_among_texts_are_nothing_to_read() -> None:
    words = " ".join(f"word{number}" for number in range(60))
    model = model_of(list[str | None], Text())
    index = Index.in_memory(model)
    index.add(model(id=str(number), f=["A storm", None, words]) for number in range(3))
    lines = [(line.key, line.match, line.field) for line in index.concordance("storm OR word59")]
    assert lines == [(key, word, "f") for key in "012" for word in ("storm", "word59")]
    assert [(copy.key, copy.similarity) for copy in index.copies("0")] == [("1", 1.0), ("2", 1.0)]
    assert index.search("storm", collapse="copies").groups == 1
    assert index.search("storm")[0].snippets["f"].text.startswith("A storm")
