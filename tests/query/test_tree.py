"""Trees are values: they compare by what they ask for, and can be written and read back."""

from __future__ import annotations

import dataclasses
import datetime
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchlib.query
from searchlib.errors import QueryError, QueryTooCostly, SearchlibError
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
)
from searchlib.query.json_form import MAX_DEPTH
from searchlib.query.tree import walk
from tests.conftest import examples
from tests.query.trees import ONE_OF_EACH, A, B, C, trees
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = {name: getattr(searchlib.query, name) for name in searchlib.query.__all__} | {
    "datetime": datetime,
    "inf": float("inf"),
}


def spans_of(query: Query) -> list[tuple[int, int] | None]:
    return [part.span for part in walk(query)]


def moved(query: Query) -> Query:
    """The same query from another place in another string."""
    return dataclasses.replace(query, span=(100, 200))


# Values


@given(trees)
def test_a_span_takes_no_part_in_equality(query: Query) -> None:
    assert moved(query) == query
    assert hash(moved(query)) == hash(query)
    assert repr(moved(query)) == repr(query)


@given(trees, trees)
def test_trees_are_equal_where_they_look_the_same(one: Query, other: Query) -> None:
    if repr(one) == repr(other):
        assert one == other
    if one == other:
        assert hash(one) == hash(other)


@given(trees)
def test_what_is_shown_makes_an_equal_tree(query: Query) -> None:
    assert eval(repr(query), NAMES) == query


@each(
    ("query", "shown"),
    [
        (Word("storm"), "Word('storm')"),
        (Word("storm", ("title",)), "Word('storm', fields=('title',))"),
        (Phrase("a b", 3), "Phrase('a b', slop=3)"),
        (Fuzzy("flod", prefix_length=1), "Fuzzy('flod', prefix_length=1)"),
        (Range("day", high=5, include_high=False), "Range('day', high=5, include_high=False)"),
        (And((A, Not(B))), "And((Word('a'), Not(Word('b'))))"),
        (Near((A, B), 5, ordered=True), "Near((Word('a'), Word('b')), distance=5, ordered=True)"),
        (MatchAll(), "MatchAll()"),
    ],
)
def test_defaults_are_not_shown(query: Query, shown: str) -> None:
    assert repr(query) == shown


@each(
    ("one", "other"),
    [
        (Word("a"), Prefix("a")),
        (Word("a"), Word("A")),
        (Word("a"), Word("a", ("title",))),
        (And((A, B)), And((B, A))),
        (And((A, B)), Or((A, B))),
        (And((A,)), A),
        (Term("source", "1"), Term("source", 1)),
        (Phrase("a b"), Phrase("a b", 2)),
        (Near((A, B)), Near((A, B), ordered=True)),
    ],
)
def test_what_differs_is_not_equal(one: Query, other: Query) -> None:
    assert one != other


@each("query", ONE_OF_EACH)
def test_trees_cannot_be_changed(query: Query) -> None:
    for name in [one.name for one in dataclasses.fields(query)]:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(query, name, None)
    assert not hasattr(query, "__dict__")


def test_trees_are_keys_of_mappings() -> None:
    assert {query: number for number, query in enumerate(ONE_OF_EACH)}[Near((A, B), 5)] == (
        ONE_OF_EACH.index(Near((A, B), 5))
    )
    assert len({*ONE_OF_EACH, *map(moved, ONE_OF_EACH)}) == len(ONE_OF_EACH)


def test_operators_join_trees() -> None:
    made = [A & B, A | B, ~A, A & B | ~C, (A & B) & C]
    assert made == [
        And((A, B)), Or((A, B)), Not(A), Or((And((A, B)), Not(C))), And((And((A, B)), C)),
    ]  # fmt: skip


def test_walk_gives_each_part_before_its_parts() -> None:
    query = AndMaybe(And((A, Not(B))), (Near((A, C)), MatchAll()))
    shown = [type(part).__name__ for part in walk(query)]
    assert shown == "AndMaybe And Word Not Word Near Word Word MatchAll".split()  # noqa: SIM905
    assert list(walk(A)) == [A]


def test_walk_goes_as_deep_as_there_is() -> None:
    query: Query = A
    for _ in range(10_000):
        query = Not(query)
    assert sum(1 for _ in walk(query)) == 10_001


def test_lists_become_tuples() -> None:
    made: Any = And([A, B]), Word("a", ["title"]), Word("a", "title"), Or(iter([A]))  # type: ignore[arg-type]
    assert made == (And((A, B)), Word("a", ("title",)), Word("a", ("title",)), Or((A,)))


# What is refused

REFUSED: dict[str, Callable[[Any], Query]] = {
    "Word('a') & 5": lambda bad: A & bad,
    "Word('a') | 5": lambda bad: A | bad,
    "Word": Word, "Phrase": Phrase, "Prefix": Prefix, "Wildcard": Wildcard, "Regex": Regex,
    "Fuzzy": Fuzzy, "Exists": Exists, "And": And, "Or": Or, "Not": lambda bad: Not(bad).negated,
    "DisjunctionMax": DisjunctionMax, "Near": Near, "Verbatim": Verbatim,
    "fields": lambda bad: Word("a", bad),
    "a field": lambda bad: Word("a", (bad,)),
    "fields of a phrase": lambda bad: Phrase("a", 1, bad),
    "slop": lambda bad: Phrase("a b", bad),
    "edits": lambda bad: Fuzzy("a", bad),
    "prefix_length": lambda bad: Fuzzy("a", 1, bad),
    "a part of And": lambda bad: And((A, bad)),
    "AndMaybe": lambda bad: AndMaybe(bad, (A,)),
    "optional": lambda bad: AndMaybe(A, bad),
    "Require": lambda bad: Require(bad, (A,)),
    "conditions": lambda bad: Require(A, (A, bad)),
    "distance": lambda bad: Near((A, B), bad),
    "ordered": lambda bad: Near((A, B), 1, bad),
    "factor": lambda bad: Boost(A, bad),
    "a boosted part": lambda bad: Boost(bad, 2.0),
    "score": lambda bad: ConstantScore(A, bad),
    "field of a term": lambda bad: Term(bad, "a"),
    "value": lambda bad: Term("a", bad),
    "low": lambda bad: Range("a", [bad]),  # type: ignore[arg-type]
    "field of a range": lambda bad: Range(bad),
    "include_low": lambda bad: Range("a", 1, 2, bad),
    "include_high": lambda bad: Range("a", 1, 2, True, bad),
}  # fmt: skip


class Odd:
    """What can't even be shown."""

    def __repr__(self) -> str:
        raise LookupError("no")


def deep(levels: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


@each("bad", [None, object(), b"a", {}, deep(3_000), Odd()])
@each("make", REFUSED.values())
def test_what_is_no_part_of_a_query_is_an_error_of_ours(
    make: Callable[[Any], Query], bad: Any
) -> None:
    if (make is And or make is Or or make is DisjunctionMax or make is Near) and bad == {}:
        assert make(bad).children() == ()  # an empty collection of parts
    elif make in (REFUSED["fields"], REFUSED["fields of a phrase"], REFUSED["optional"]) and (
        bad == {}
    ):
        make(bad)
    else:
        with pytest.raises(QueryError, match="expected "):
            make(bad)


@each(
    ("kind", "given", "message"),
    [
        (Word, (5,), "Word: expected a text to look for, got 5"),
        (And, ("ab",), "And: expected several queries as parts, got 'ab'"),
        (And, (A,), r"And: expected several queries as parts, got Word\('a'\)"),
        (lambda part: Not(part).negated, ("a",), "Not: expected a query as its part, got 'a'"),
        (Phrase, ("a b", 0), "Phrase: expected slop to be a whole number from 1 on, got 0"),
        (Phrase, ("a b", True), "expected slop to be a whole number from 1 on, got True"),
        (Near, ((A, B), -1), "Near: expected distance to be a whole number from 1 on"),
        (Fuzzy, ("a", -1), "Fuzzy: expected edits to be a whole number from 0 on, got -1"),
        (Boost, (A, "2"), "Boost: expected factor to be a number, got '2'"),
        (Word, ("a", 5), "Word: expected names of fields, got 5"),
        (Near, ((A, B), 1, "no"), "Near: expected ordered to be True or False, got 'no'"),
        (Term, ("a", None), "Term: expected a text, number, bool or date, got None"),
    ],
)
def test_an_error_says_what_was_expected(
    kind: Callable[..., Query], given: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        kind(*given)


# JSON


def through_json(query: Query) -> Query:
    return from_json(json.loads(json.dumps(to_json(query))))


@given(trees)
@settings(max_examples=examples(300))
def test_json_gives_the_same_tree_back(query: Query) -> None:
    again = through_json(query)
    assert again == query
    assert spans_of(again) == spans_of(query)
    assert repr(again) == repr(query)  # 1 is not 1.0, and True is neither


@each("query", ONE_OF_EACH)
def test_one_of_each_kind_goes_through_json(query: Query) -> None:
    written = to_json(query)
    assert written["version"] == 1
    assert from_json(written) == query
    with pytest.raises(QueryError, match="expected"):
        from_json({"version": 1, "query": written["query"] | {"kind": "unheard"}})
    with pytest.raises(QueryError, match="got more_of_it"):
        from_json({"version": 1, "query": written["query"] | {"more_of_it": 1}})


def test_json_is_as_short_as_can_be() -> None:
    query = And((Word("a", span=(0, 1)), Range("day", datetime.date(2025, 2, 17))))
    assert to_json(query) == {
        "version": 1,
        "query": {
            "kind": "and",
            "parts": [
                {"kind": "word", "text": "a", "span": [0, 1]},
                {"kind": "range", "field": "day", "low": {"date": "2025-02-17"}},
            ],
        },
    }


WORD = {"kind": "word", "text": "a"}
NOT_JSON: dict[str, Any] = {
    "no object": [WORD],
    "text": "a",
    "no kind": {"text": "a"},
    "unknown kind": {"kind": "words", "text": "a"},
    "kind of another type": {"kind": 5},
    "kind that can't be a key": {"kind": ["word"], "text": "a"},
    "kind in capitals": {"kind": "Word", "text": "a"},
    "missing": {"kind": "word"},
    "missing of two": {"kind": "boost", "part": WORD},
    "unknown member": WORD | {"boost": 2},
    "unknown member that is no text": WORD | {5: 2, "x": 1},
    "number for text": {"kind": "word", "text": 5},
    "null for text": {"kind": "prefix", "text": None},
    "query for text": {"kind": "word", "text": WORD},
    "date for text": {"kind": "word", "text": {"date": "2025-02-17"}},
    "list for text": {"kind": "phrase", "text": ["a", "b"]},
    "number among parts": {"kind": "and", "parts": [1]},
    "text among parts": {"kind": "or", "parts": ["a"]},
    "list among parts": {"kind": "or", "parts": [[WORD]]},
    "null among parts": {"kind": "near", "parts": [WORD, None]},
    "number for parts": {"kind": "and", "parts": 5},
    "text for parts": {"kind": "and", "parts": "ab"},
    "query for parts": {"kind": "and", "parts": WORD},
    "null for parts": {"kind": "disjunction_max", "parts": None},
    "object for part": {"kind": "not", "part": {}},
    "list for part": {"kind": "not", "part": [WORD]},
    "number for fields": WORD | {"fields": 5},
    "number among fields": WORD | {"fields": ["title", 5]},
    "null for fields": WORD | {"fields": None},
    "fraction for slop": {"kind": "phrase", "text": "a b", "slop": 1.5},
    "no slop": {"kind": "phrase", "text": "a b", "slop": 0},
    "bool for edits": {"kind": "fuzzy", "text": "a", "edits": True},
    "list for value": {"kind": "term", "field": "day", "value": [1]},
    "null for value": {"kind": "term", "field": "day", "value": None},
    "query for value": {"kind": "term", "field": "day", "value": WORD},
    "object for low": {"kind": "range", "field": "day", "low": {}},
    "no date": {"kind": "term", "field": "day", "value": {"date": "soon"}},
    "number for date": {"kind": "term", "field": "day", "value": {"date": 20250217}},
    "list for datetime": {"kind": "term", "field": "day", "value": {"datetime": []}},
    "date and more": {"kind": "term", "field": "d", "value": {"date": "2025-01-01", "x": 1}},
    "text for ordered": {"kind": "near", "parts": [WORD], "ordered": "no"},
    "list for include_low": {"kind": "range", "field": "day", "include_low": [1]},
    "text for factor": {"kind": "boost", "part": WORD, "factor": "2"},
    "number for span": WORD | {"span": 5},
    "span of one": WORD | {"span": [1]},
    "span of three": WORD | {"span": [1, 2, 3]},
    "span of texts": WORD | {"span": ["1", "2"]},
    "span the other way round": WORD | {"span": [5, 2]},
    "span below zero": WORD | {"span": [-1, 2]},
    "too many lists": {"kind": "and", "parts": deep(3_000)},
}


@each("data", NOT_JSON.values())
@each("nest", [lambda data: data, lambda data: {"kind": "not", "part": data}])
def test_json_that_is_no_query_is_an_error_of_ours(data: Any, nest: Callable[[Any], Any]) -> None:
    with pytest.raises(QueryError, match="expected"):
        from_json({"version": 1, "query": nest(data)})


@each(
    "data",
    [None, 5, [], {}, {"version": 1}, {"query": WORD}, {"version": 2, "query": WORD}, WORD,
     {"version": "1", "query": WORD}, {"version": [], "query": WORD}, deep(3_000)],
)  # fmt: skip
def test_json_of_no_version_that_is_known_is_refused(data: Any) -> None:
    with pytest.raises(QueryError, match="expected a query of version 1 as JSON"):
        from_json(data)


plain_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
)


@given(st.data())
@settings(max_examples=examples(300))
def test_a_query_with_a_member_that_is_anything_is_read_or_refused(data: st.DataObject) -> None:
    query: Any = to_json(data.draw(st.sampled_from(ONE_OF_EACH)))["query"]
    name = data.draw(st.sampled_from([*query, "span", "fields"]))
    query[name] = data.draw(plain_json)
    try:
        read = from_json({"version": 1, "query": query})
    except QueryError:
        return
    assert hash(read) == hash(read)
    assert from_json(to_json(read)) == read or "nan" in repr(read)


@given(plain_json)
def test_anything_is_read_or_refused(data: Any) -> None:
    for whole in (data, {"version": 1, "query": data}):
        with pytest.raises(SearchlibError):
            from_json(whole)


def nested(depth: int, wrap: Callable[[Query], Query]) -> Query:
    query: Query = A
    for _ in range(depth - 1):
        query = wrap(query)
    return query


WRAPS: list[Callable[[Query], Query]] = [
    Not, lambda part: And((B, part)), lambda part: AndMaybe(A, (part,)), lambda p: Boost(p, 2.0),
]  # fmt: skip


@pytest.mark.parametrize("wrap", WRAPS)
def test_json_may_be_nested_deeply_but_not_without_end(wrap: Callable[[Query], Query]) -> None:
    query = nested(MAX_DEPTH, wrap)
    assert [type(part) for part in walk(from_json(to_json(query)))] == [*map(type, walk(query))]
    for depth in (MAX_DEPTH + 1, 10_000):
        with pytest.raises(QueryTooCostly, match=f"at most {MAX_DEPTH} deep"):
            to_json(nested(depth, wrap))
    data = to_json(nested(MAX_DEPTH, wrap))
    for levels in (1, 10_000):
        for _ in range(levels):
            data["query"] = {"kind": "not", "part": data["query"]}
        with pytest.raises(QueryTooCostly, match=f"at most {MAX_DEPTH} deep"):
            from_json(data)
