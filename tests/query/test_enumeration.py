"""Every kind of query is known wherever trees are taken apart, so that none is forgotten."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING

import pytest

import searchlib.query
from searchlib.backends.opensearch.requests import RequestWriter
from searchlib.query import (
    And,
    AndMaybe,
    Boost,
    ConstantScore,
    DisjunctionMax,
    Exists,
    Fuzzy,
    MatchAll,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Require,
    Term,
    Verbatim,
    Wildcard,
    Word,
    from_json,
    to_json,
    tree,
)
from searchlib.query.field_values import SYSTEM_CLOCK
from searchlib.query.json_form import _KINDS
from searchlib.query.one_of import OneOf
from searchlib.schema.models import DocumentSchema
from searchlib.search import compiler
from searchlib.whoosh_compat import from_whoosh, to_whoosh
from searchlib.whoosh_compat.query_objects import _Writer
from tests.query.small_index import Report, small_index
from tests.tables import each

if TYPE_CHECKING:
    from searchlib import Index

KINDS = {
    kind
    for name in searchlib.query.__all__
    if inspect.isclass(kind := getattr(searchlib.query, name)) and kind is not Query
}
SCHEMA = DocumentSchema.of(Report)
STORM, FLOOD = Word("storms"), Word("flooding")

# For each kind a query, the documents that it finds, and what is marked in title and body.
EXAMPLES: dict[type[Query], tuple[Query, dict[str, list[str]]]] = {
    MatchAll: (MatchAll(), {"storm": [], "flood": [], "talks": []}),
    Exists: (Exists("note"), {"talks": []}),
    Word: (STORM, {"storm": ["Storm", "storm"], "flood": ["Storm", "storm"]}),
    Phrase: (Phrase("peace talking"), {"flood": ["Peace talks"], "talks": ["Peace talks"]}),
    Prefix: (Prefix("res"), {"talks": ["resume", "resigned"]}),
    Wildcard: (Wildcard("fl?*d"), {"flood": ["flood", "flood"]}),
    Regex: (Regex("fl.*d"), {"flood": ["flood", "flood"]}),
    Fuzzy: (Fuzzy("flod"), {"flood": ["flood", "flood"]}),
    Term: (Term("categories", "WEATHER"), {"storm": [], "flood": []}),
    Range: (Range("title", "resum", "resumz"), {"talks": ["resume"]}),
    And: (And((STORM, FLOOD)), {"flood": ["Storm", "flood", "storm", "flood"]}),
    Or: (Or((FLOOD, Word("minister"))), {"flood": ["flood", "flood"], "talks": ["minister"]}),
    Not: (Not(STORM), {"talks": []}),
    AndMaybe: (
        AndMaybe(STORM, (FLOOD,)),
        {"storm": ["Storm", "storm"], "flood": ["Storm", "flood", "storm", "flood"]},
    ),
    Require: (
        Require(STORM, (FLOOD, Range("price", 1, 3))),
        {"flood": ["Storm", "flood", "storm", "flood"]},
    ),
    DisjunctionMax: (
        DisjunctionMax((FLOOD, Word("minister"))),
        {"flood": ["flood", "flood"], "talks": ["minister"]},
    ),
    Near: (
        Near((Word("talks"), Word("peace")), 3),
        {"flood": ["Peace talks"], "talks": ["Peace talks", "peace", "talks"]},
    ),
    Boost: (Boost(FLOOD, 2.0), {"flood": ["flood", "flood"]}),
    ConstantScore: (ConstantScore(FLOOD), {"flood": ["flood", "flood"]}),
    Verbatim: (Verbatim(Word("minist")), {"talks": ["minister"]}),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return small_index(tmp_path_factory.mktemp("enumeration"))


def test_every_kind_is_exported() -> None:
    made = {one for one in vars(tree).values() if inspect.isclass(one) and issubclass(one, Query)}
    assert made - {Query} == KINDS


def test_every_kind_has_an_example() -> None:
    assert EXAMPLES.keys() == KINDS
    assert all(type(query) is kind for kind, (query, _) in EXAMPLES.items())


def test_every_kind_is_compiled() -> None:
    assert compiler._MAKERS.keys() == KINDS | {OneOf}  # which only evaluation knows


def test_every_kind_has_a_name_in_json() -> None:
    assert len(set(_KINDS)) == len(_KINDS)
    assert set(_KINDS.values()) == KINDS


@each("kind", EXAMPLES)
def test_every_kind_can_be_said_to_opensearch(kind: type[Query]) -> None:
    query, _ = EXAMPLES[kind]
    node = RequestWriter(SCHEMA, SYSTEM_CLOCK, usual=True).query(query)
    assert node
    assert "match_none" not in json.dumps(node)


def test_every_kind_can_be_said_to_whoosh() -> None:
    assert not KINDS - _Writer(SCHEMA, verbatim=False)._writers.keys()


@each("kind", EXAMPLES)
def test_every_kind_finds_and_is_marked(index: Index, kind: type[Query]) -> None:
    query, expected = EXAMPLES[kind]
    results = index.search(query)
    assert results.total == len(expected)
    found = {
        hit.key: [
            snippet.text[start:end]
            for name, snippet in hit.snippets.items()
            if name in ("title", "body")
            for start, end in snippet.spans
        ]
        for hit in results
    }
    assert found == expected


@each("kind", EXAMPLES)
def test_every_kind_finds_the_same_by_json_and_by_whoosh(index: Index, kind: type[Query]) -> None:
    query, expected = EXAMPLES[kind]
    through_whoosh = from_whoosh(to_whoosh(query, SCHEMA), SCHEMA)
    for other in (from_json(to_json(query)), through_whoosh):
        assert {hit.key for hit in index.search(other)} == expected.keys()


@each("kind", EXAMPLES)
def test_every_kind_can_be_a_part_of_others(index: Index, kind: type[Query]) -> None:
    query, expected = EXAMPLES[kind]
    everything = {"storm", "flood", "talks"}
    for whole, found in [
        (And((query, MatchAll())), expected.keys()),
        (Or((query, Word("nowhere"))), expected.keys()),
        (Not(query), everything - expected.keys()),
        (Require(MatchAll(), (query,)), expected.keys()),
        (Boost(query, 0.5), expected.keys()),
    ]:
        assert {hit.key for hit in index.search(whole)} == found
