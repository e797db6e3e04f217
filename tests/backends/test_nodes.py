"""What is asked of a server for a query? Everything exactly, or a clear error before."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from searchlib.backends.opensearch.patterns import pattern_node
from searchlib.backends.opensearch.requests import RequestWriter
from searchlib.backends.opensearch.rows import follow_node, gapped_rows, row_node, together_node
from searchlib.errors import QueryError, QueryTooCostly, UnsupportedError
from searchlib.query import (
    And,
    Boost,
    DisjunctionMax,
    Fuzzy,
    Near,
    Not,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Term,
    Wildcard,
    Word,
)
from searchlib.query.field_terms import ANY_TERM
from searchlib.query.field_values import SYSTEM_CLOCK
from searchlib.schema.models import DocumentSchema
from tests.query.small_index import Report
from tests.tables import each

SCHEMA = DocumentSchema.of(Report)
GAP = (ANY_TERM,)


def asked(query: Query) -> Any:
    return RequestWriter(SCHEMA, SYSTEM_CLOCK, usual=True).query(query)


def row(*words: str) -> tuple[tuple[str, ...], ...]:
    return tuple((word,) for word in words)


@each(
    ("pattern", "matching", "other"),
    [
        ("a[bc]*d", ["abd", "acxd"], ["add", "abdx"]),
        ("[!a]?", ["bc"], ["ab", "b"]),
        ("[a.]*", [".x", "a"], ["bx"]),
        ("x[", ["x["], ["x"]),
    ],
)
def test_sets_of_letters_become_expressions(
    pattern: str, matching: list[str], other: list[str]
) -> None:
    expression = pattern_node("f", Wildcard(pattern))["regexp"]["f"]["value"]
    assert all(re.fullmatch(expression, word) for word in matching)
    assert not any(re.fullmatch(expression, word) for word in other)


@each(
    ("pattern", "expression"),
    [
        ("fl.*d", "fl(.){0,}d.*"),
        ("^storms?$", "storm(s){0,1}"),
        ("(rain|snow)", "((rain|snow)).*"),
        ("[a-c]x", "[a-c]x.*"),
        ("[^ab]{2,3}", "([^ab]){2,3}.*"),
        (r"3\.5", r"3\.5.*"),
        (r"[\d]+", "([0-9]){1,}.*"),
        ('a"b', 'a\\"b.*'),
        ("[^x]", "[^x].*"),
    ],
)
def test_regular_expressions_are_translated(pattern: str, expression: str) -> None:
    assert pattern_node("f", Regex(pattern))["regexp"]["f"]["value"] == expression


def test_the_case_of_letters_may_make_no_difference() -> None:
    assert pattern_node("f", Regex("(?i)Storm"))["regexp"]["f"]["case_insensitive"] is True
    assert pattern_node("f", Regex("Storm"))["regexp"]["f"]["case_insensitive"] is False


@each("pattern", [r"\w+", r"a(?=b)", r"(a)\1", r"\bstorm", "a++"])
def test_what_lucene_does_not_know_is_an_error(pattern: str) -> None:
    with pytest.raises(QueryError, match="expected a regular expression"):
        pattern_node("f", Regex(pattern))


def test_typos_are_bounded() -> None:
    assert pattern_node("f", Fuzzy("storm", 0)) == {"term": {"f": {"value": "storm"}}}
    with pytest.raises(QueryTooCostly, match="at most 2 edits"):
        pattern_node("f", Fuzzy("storm", 3))


def test_a_backslash_in_a_wildcard_is_itself() -> None:
    assert pattern_node("f", Wildcard("a\\*"))["wildcard"]["f"]["value"] == "a\\\\*"


def test_a_phrase_is_words_and_gaps() -> None:
    node = row_node("f", (("peace",), GAP, ("talk", "talks")))
    assert node == {"match_phrase": {"f": {"query": "peace | talk|talks"}}}


def test_patterns_in_a_phrase_are_spans() -> None:
    node = row_node("f", (("prime",), GAP, (Prefix("minist"),)))
    clauses = node["span_near"]["clauses"]
    assert clauses[1] == {"span_gap": {"f": 1}}
    assert clauses[2] == {"span_multi": {"match": {"prefix": {"f": {"value": "minist"}}}}}


def test_gaps_between_more_than_two_words_are_written_out() -> None:
    """Lucene would bound their sum: "a b . . c" is none of a slop of 2."""
    rows = gapped_rows([row("a"), row("b"), row("c")], 2, "query")
    assert set(rows) == {
        (("a",), ("b",), ("c",)),
        (("a",), GAP, ("b",), ("c",)),
        (("a",), ("b",), GAP, ("c",)),
        (("a",), GAP, ("b",), GAP, ("c",)),
    }
    with pytest.raises(QueryTooCostly, match="at most 512 ways"):
        gapped_rows([row("a")] * 5, 10, "query")


def test_two_words_are_close_within_one_span() -> None:
    node = follow_node("f", [row("a"), row("b")], 5, "query")
    assert (node["span_near"]["slop"], node["span_near"]["in_order"]) == (4, True)
    node = together_node("f", [row("a"), row("b")], 5, "query")
    assert (node["span_near"]["slop"], node["span_near"]["in_order"]) == (4, False)
    # Three words of which the last is five behind the first have three between them and gaps.
    node = together_node("f", [row("a"), row("b"), row("c")], 5, "query")
    assert node["span_near"]["slop"] == 3


def test_equal_words_close_together_are_at_two_places() -> None:
    node = together_node("f", [row("a"), row("a")], 5, "query")
    assert node["span_near"]["in_order"] is True


def test_words_too_many_for_their_distance_are_nowhere() -> None:
    assert together_node("f", [row("a"), row("b"), row("c")], 1, "q") == {"match_none": {}}


def test_a_word_is_looked_for_once_in_fields_of_one_language() -> None:
    node = RequestWriter(
        DocumentSchema.of(Report).searching({"title": 2.0, "body": 1.0}), SYSTEM_CLOCK, usual=True
    ).query(Word("storms"))
    assert node == {"term": {"searchlib.all": {"value": "storm", "boost": 1.0}}}


def test_other_fields_are_searched_one_by_one() -> None:
    fields = json.dumps(asked(Word("storms", ("title", "body"))))
    assert "searchlib.text.title" in fields
    assert "searchlib.text.body" in fields


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (Boost(Word("storm"), -1.0), "at least 0"),
        (DisjunctionMax((Word("a1"), Word("b1")), 2.0), "from 0 to 1"),
        (Near((Near((Word("x1"), Word("y1")), 3), Word("z1")), 3), "in an order within others"),
    ],
)
def test_what_a_server_can_not_do_is_said(query: Query, reason: str) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        asked(query)


@pytest.mark.parametrize(
    "query",
    [Word("storm", ("nowhere",)), Term("published", "soon-ish"), Phrase("a b", 1, ("source",))],
)
def test_what_makes_no_sense_is_the_same_error_as_in_a_folder(query: Query) -> None:
    with pytest.raises(QueryError):
        asked(query)


def test_bounds_that_are_infinite_are_none() -> None:
    assert asked(Range("price", float("-inf"), 3))["constant_score"]["filter"] == {
        "range": {"searchlib.number.price": {"lte": 3}}
    }
    assert asked(Range("price", float("inf"), None)) == {"match_none": {}}


def test_half_characters_are_no_label() -> None:
    assert asked(Term("source", "a\ud800")) == {"match_none": {}}


def test_stop_words_with_what_is_excluded_count_as_in_a_folder() -> None:
    node = asked(And((Word("the", ("title",)), Not(Word("storm", ("title",))))))
    assert [one for one in node["bool"]["must"] if "the" in json.dumps(one)]


def test_queries_nested_too_deeply_are_refused() -> None:
    query: Query = Word("storm")
    for _ in range(5000):
        query = Boost(query, 1.0)
    with pytest.raises(QueryTooCostly, match="nested"):
        asked(query)
