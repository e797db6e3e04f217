"""What the mapping of an index on a cluster says, and what is read from it again."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from searchlib import Article, Date, Key, Keyword, Number, Stored, Text
from searchlib.analysis import ANALYSIS_VERSION
from searchlib.backends.opensearch.address import Address
from searchlib.backends.opensearch.mapping import (
    ALL,
    Meta,
    document_id,
    expect_analysis,
    group_field,
    label_field,
    mapping_of,
    mappings_of,
    number_field,
    read_meta,
    repetitions,
    sent_label,
    sent_term,
    text_field,
)
from searchlib.errors import (
    AnalysisVersionError,
    IndexVersionError,
    NotAnIndexError,
    SchemaError,
)
from searchlib.schema.models import DocumentSchema
from tests.tables import each

ADDRESS = Address.parse("opensearch://host/news", {})


class Person(BaseModel):
    name: Annotated[str, Keyword()]


class Report(BaseModel):
    number: Annotated[int, Key()]
    title: Annotated[str, Text(boost=3.0)]
    notes: Annotated[list[str], Text(default=False, language="french")] = []
    filed: Annotated[date | None, Date()] = None
    pages: Annotated[int | None, Number()] = None
    price: Annotated[Decimal | None, Number()] = None
    desk: Annotated[str | None, Keyword()] = None
    tags: Annotated[list[str], Keyword(lowercase=False)] = []
    author: Person | None = None
    raw: Annotated[dict[str, Any], Stored()] = {}


SCHEMA = DocumentSchema.of(Report)


def fields(*, full_text: bool = False) -> dict[str, Any]:
    properties: dict[str, Any] = mappings_of(SCHEMA, full_text=full_text)["properties"]
    return properties


def at(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"properties": fields()}
    for step in name.split("."):
        found = found["properties"][step]
    return found


def test_each_field_is_searched_in_a_field_of_its_own() -> None:
    assert at(text_field("title"))["position_increment_gap"] == 100
    assert at(text_field("title"))["similarity"] == "searchlib"
    assert at(label_field("number")) == {"type": "keyword"}
    assert at(label_field("tags")) == {"type": "keyword"}
    assert at(label_field("author.name")) == {"type": "keyword"}
    assert label_field("author.name") == "searchlib.label.author::name"
    assert [at(number_field(name))["type"] for name in ("filed", "pages", "price")] == [
        "long", "long", "double",
    ]  # fmt: skip


def test_only_languages_with_second_terms_are_looked_through_for_them() -> None:
    title, notes = at(text_field("title")), at(text_field("notes"))
    assert (title["analyzer"], notes["analyzer"]) == ("searchlib_blanks", "searchlib_second_terms")
    assert title["search_analyzer"] == notes["search_analyzer"] == "searchlib_terms"
    assert at(ALL)["analyzer"] == "searchlib_second_terms"
    english = mappings_of(DocumentSchema.of(Article))["properties"]["searchlib"]["properties"]
    assert english["all"]["analyzer"] == "searchlib_blanks"


def test_documents_can_be_grouped_by_labels_of_which_they_have_one() -> None:
    assert at(group_field("desk")) == {"type": "keyword"}
    assert at("searchlib.group")["properties"].keys() == {"desk", "author::name"}


def test_default_fields_stand_in_the_one_field_as_often_as_boosts_say() -> None:
    assert at(text_field("title"))["copy_to"] == [ALL]
    assert "copy_to" not in at(text_field("notes"))
    assert repetitions(DocumentSchema.of(Article)) == {"title": 2, "body": 1}


@each(
    ("boosts", "expected"),
    [
        ({"a": 1.0, "b": 1.4}, {"a": 1, "b": 1}),
        ({"a": 0.5, "b": 1.0}, {"a": 1, "b": 2}),
        ({"a": 1.0, "b": 100.0}, {"a": 1, "b": 8}),
        ({"a": 7.0}, {"a": 1}),
        ({}, {}),
    ],
)
def test_boosts_become_small_whole_numbers(
    boosts: dict[str, float], expected: dict[str, int]
) -> None:
    class Boosted(BaseModel):
        id: Annotated[str, Key()]
        a: Annotated[str, Text()] = ""
        b: Annotated[str, Text()] = ""

    schema = DocumentSchema.of(Boosted)
    found = repetitions(schema.searching(boosts))
    assert found == expected


def test_other_tools_find_labels_dates_and_numbers_under_their_own_names() -> None:
    natural = {name: field for name, field in fields().items() if name != "searchlib"}
    assert natural.pop("author") == {
        "properties": {"name": {"type": "keyword", "ignore_above": 8000}},
    }
    assert {name: field["type"] for name, field in natural.items()} == {
        "number": "keyword", "filed": "date", "pages": "long", "price": "double",
        "desk": "keyword", "tags": "keyword",
    }  # fmt: skip
    assert fields(full_text=True)["title"] == {"type": "text"}
    assert fields(full_text=True)["notes"] == {"type": "text"}


def test_the_language_has_a_field_where_each_document_has_its_own() -> None:
    own = mappings_of(SCHEMA.in_language("auto"))["properties"]["searchlib"]["properties"]
    assert own["language"] == {"type": "keyword"}
    assert "language" not in at("searchlib")["properties"]


def test_what_is_searched_is_not_stored() -> None:
    mappings = mappings_of(SCHEMA)
    assert mappings["_source"] == {"excludes": ["searchlib"]}
    assert mappings["dynamic"] is False
    assert at("searchlib")["dynamic"] is False


def test_shards_and_replicas() -> None:
    index = mapping_of(SCHEMA, shards=3, replicas=2)["settings"]["index"]
    assert (index["number_of_shards"], index["number_of_replicas"]) == (3, 2)
    index = mapping_of(SCHEMA)["settings"]["index"]
    assert (index["number_of_shards"], index["auto_expand_replicas"]) == (1, "0-1")


def test_an_index_says_which_it_is() -> None:
    meta = read_meta({"news-1": mappings_of(SCHEMA, full_text=True)}, ADDRESS)
    assert meta == Meta("news-1", SCHEMA.to_json(), ANALYSIS_VERSION, full_text=True)
    assert DocumentSchema.from_json(meta.schema).fingerprint == SCHEMA.fingerprint
    expect_analysis(meta, ADDRESS)


@each(
    "mappings",
    [
        {},
        {"a": {}},
        {"a": {"_meta": {"searchlib": "ours"}}},
        {"a": {"_meta": {"searchlib": {"format": "1", "analysis": 2, "schema": {}}}}},
        {"a": mappings_of(SCHEMA), "b": mappings_of(SCHEMA)},
    ],
)
def test_what_is_no_index_of_ours(mappings: dict[str, Any]) -> None:
    with pytest.raises(NotAnIndexError, match="opensearch://host:9200/news"):
        read_meta(mappings, ADDRESS)


def test_indexes_of_other_versions() -> None:
    later = mappings_of(SCHEMA)
    later["_meta"]["searchlib"]["format"] = 2
    with pytest.raises(IndexVersionError, match="upgrade"):
        read_meta({"a": later}, ADDRESS)
    for version, word in ((ANALYSIS_VERSION - 1, "older"), (ANALYSIS_VERSION + 1, "newer")):
        with pytest.raises(AnalysisVersionError, match=word):
            expect_analysis(Meta("a", {}, version, full_text=False), ADDRESS)


def test_a_model_can_have_no_field_of_the_name_that_is_ours() -> None:
    class Searched(BaseModel):
        id: Annotated[str, Key()]
        searchlib: Annotated[str, Text()] = ""

    class Kept(BaseModel):
        id: Annotated[str, Key()]
        searchlib: str = ""

    for model in (Searched, Kept):
        with pytest.raises(SchemaError, match="searchlib"):
            mapping_of(DocumentSchema.of(model))


def test_ids_are_keys_that_are_not_too_long() -> None:
    assert document_id("ä" * 250) == "ä" * 250
    assert document_id("ä" * 250 + "a") == document_id("ä" * 250 + "a")
    assert document_id("a" * 501).startswith("sha:")
    assert document_id("a" * 501) != document_id("a" * 502)
    assert len({document_id(key) for key in ("", "\ud800", "a\ud800", "\ufffd")}) == 4
    assert document_id("").startswith("sha:")
    assert document_id("a\ud800").isascii()


def test_terms_have_nothing_that_would_end_them_on_the_server() -> None:
    assert sent_term("storm") == "storm"
    assert sent_term("u.s_a") == "u.s_a"
    assert sent_term("صلى الله") == "صلى\ue000الله"
    assert sent_term("a|b") != "a|b"
    assert not set(sent_term("a b|c")) & set(" |")


def test_long_terms_and_labels_are_cut_and_stay_different() -> None:
    for sent in (sent_term, sent_label):
        assert sent("a" * 8000) == "a" * 8000
        long, other = sent("a" * 8001), sent("a" * 8002)
        assert len(long.encode()) < 8000
        assert long != other
        assert len(sent("\U00020000" * 2001).encode()) < 8000
