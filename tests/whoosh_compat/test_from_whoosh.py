"""Query objects of Whoosh's become trees that ask for the same, and query objects again."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from whoosh import query as q
from whoosh.lang.morph_en import variations
from whoosh.query import spans
from whoosh.util.times import datetime_to_long

from searchlib.errors import QueryError, QueryTooCostly
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
    to_json,
)
from searchlib.query.tree import walk
from searchlib.whoosh_compat import WhooshQuery, from_whoosh, to_whoosh
from searchlib.whoosh_compat.exact import ExactNot, ForeignQuery
from tests.conftest import examples
from tests.tables import each
from tests.whoosh_compat.queries import FOUND, QUERIES, SCORED
from tests.whoosh_compat.reports import DAY, DELETED, OIL, PEACE, SCHEMA, TALK, T, hits

if TYPE_CHECKING:
    from whoosh.searching import Searcher


def there_and_back(query: q.Query) -> q.Query:
    return to_whoosh(from_whoosh(query, SCHEMA), SCHEMA)


def tree_of(query: q.Query) -> Query:
    return from_whoosh(query, SCHEMA).part


def objects_of(query: Query) -> q.Query:
    return to_whoosh(query, SCHEMA)


# There and back


@each("name", SCORED)
def test_there_and_back_a_query_finds_and_scores_the_same(
    searcher: Searcher, oracle: Searcher, name: str
) -> None:
    query = SCORED[name]
    if name == "andnot":  # whose matcher overlooks a document, in Whoosh's own index
        query = q.And([PEACE, ExactNot(TALK)])
    for one in (searcher, oracle):
        assert hits(one, there_and_back(query)) == pytest.approx(hits(one, query), rel=1e-6)


@each("query", FOUND.values())
def test_there_and_back_a_query_finds_the_same(searcher: Searcher, query: q.Query) -> None:
    expected = hits(searcher, query).keys() - DELETED  # a query of a column finds those, too
    assert hits(searcher, there_and_back(query)).keys() == expected


words = st.sampled_from(["peac", "talk", "oil", "nato", "treati", "price", "nothing"])
texts = st.sampled_from(["title", "body"])
boosts = st.sampled_from([1.0, 1.0, 2.0, 0.5])
flags = st.booleans()
days = st.none() | st.integers(1, 25).map(lambda day: datetime(2020, 1, day))
sizes = st.none() | st.sampled_from([-(2**63), -5, 0, 7, 2000, 2**62])
leaves = st.one_of(
    st.builds(q.Term, texts, words, boosts),
    st.builds(q.Term, st.just("tags"), st.sampled_from(["politics", "world news"]), boosts),
    st.builds(q.Term, st.just("size"), st.sampled_from([7, 0, 4096]), boosts),
    st.builds(q.Phrase, texts, st.lists(words, min_size=1, max_size=3), st.integers(1, 3), boosts),
    st.builds(q.DateRange, st.just("published"), days, days, flags, flags, boosts),
    st.builds(q.NumericRange, st.just("size"), sizes, sizes, flags, flags, boosts),
    st.builds(q.Every, st.sampled_from([None, "body", "tags", "size"]), boosts),
    st.just(spans.SpanNear(PEACE, TALK, slop=4, ordered=False)),
)


def groups(trees: st.SearchStrategy[q.Query]) -> st.SearchStrategy[q.Query]:
    lists = st.lists(trees, min_size=2, max_size=3)  # Whoosh ignores the boost of a single part
    return st.one_of(
        st.builds(q.And, lists, boosts),
        st.builds(q.Or, lists, boosts),
        st.builds(q.AndMaybe, trees, trees),
        st.builds(q.ConstantScoreQuery, trees, st.sampled_from([1.0, 0.25])),
    )


def loses_scores(query: q.Query) -> bool:
    """Whether Whoosh may not count an optional part.

    Its ``AndMaybeMatcher.skip_to``, which groups call, leaves that part behind the other one.
    """
    parts = list(query.children())
    return any(isinstance(part, q.AndMaybe) or loses_scores(part) for part in parts)


@settings(max_examples=examples(150))
@example(query=q.And([q.AndMaybe(PEACE, q.Term("body", "peac")), q.Every()]))
@given(query=st.recursive(leaves, groups, max_leaves=5))
def test_there_and_back_trees_find_and_score_the_same(searcher: Searcher, query: q.Query) -> None:
    try:
        expected = hits(searcher, query)
    except (NotImplementedError, struct.error):  # span queries in others, ranges below all numbers
        hits(searcher, there_and_back(query))
        return
    found = hits(searcher, there_and_back(query))
    assert found.keys() == expected.keys()
    if not loses_scores(query):
        assert found == pytest.approx(expected, rel=1e-6)


@settings(max_examples=examples(50))
@given(query=st.recursive(leaves, groups, max_leaves=5))
def test_trees_stay_the_same_trees(query: q.Query) -> None:
    tree = from_whoosh(query, SCHEMA)
    assert from_whoosh(to_whoosh(tree, SCHEMA), SCHEMA) == from_whoosh(
        there_and_back(query), SCHEMA
    )
    assert tree == from_whoosh(query, SCHEMA)
    assert hash(tree) == hash(from_whoosh(query, SCHEMA))


# From Whoosh

NOTHING = Or(())
ROUNDED = b"\x08\x00\x80\x00\x00\x00\x00\x00\x00"
BODY = ("body",)

TREES: dict[str, tuple[q.Query, Query]] = {
    "word": (T("peac"), Word("peac", BODY)),
    "word as bytes": (q.Term("body", "café".encode()), Word("café", BODY)),
    "boost": (T("peac", boost=2.0), Boost(Word("peac", BODY), 2.0)),
    "label": (T("Paris", "place"), Term("place", "Paris")),
    "key": (T("r1", "id"), Term("id", "r1")),
    "number": (q.Term("size", 7), Term("size", 7)),
    "number as text": (q.Term("size", "7"), Term("size", 7)),
    "number as a term": (q.Term("size", SCHEMA.whoosh["size"].to_bytes(7)), Term("size", 7)),
    "no number": (q.Term("size", "seven"), NOTHING),
    "date": (q.Term("filed", DAY), Term("filed", DAY)),
    "unknown field": (T("x", "nowhere"), NOTHING),
    "stored field": (T("x", "extra"), NOTHING),
    "phrase": (q.Phrase("body", ["a", "b"], slop=2, boost=3.0),
               Boost(Phrase("a b", 2, BODY), 3.0)),
    "phrase of one": (q.Phrase("tags", ["world news"]), Term("tags", "world news")),
    "phrase of none": (q.Phrase("body", []), NOTHING),
    "phrase unknown": (q.Phrase("nowhere", ["a", "b"]), NOTHING),
    "every": (q.Every(), MatchAll()),
    "every of field": (q.Every("size", boost=2.0), Boost(Exists("size"), 2.0)),
    "every of unknown": (q.Every("extra"), NOTHING),
    "prefix": (q.Prefix("tags", "wo"), Prefix("wo", ("tags",))),
    "prefix empty": (q.Prefix("size", ""), Exists("size")),
    "wildcard": (q.Wildcard("body", "a*b?"), Wildcard("a*b?", BODY)),
    "wildcard of all": (q.Wildcard("body", "**"), Exists("body")),
    "regex": (q.Regex("body", "a+"), Regex("a+", BODY)),
    "regex of all": (q.Regex("body", ".*"), Exists("body")),
    "fuzzy": (q.FuzzyTerm("body", "cat", maxdist=2, prefixlength=3), Fuzzy("cat", 2, 3, BODY)),
    "pattern unknown": (q.Prefix("nowhere", "a"), NOTHING),
    "variations": (q.Variations("body", "talk"),
                   Or(tuple(Word(word, BODY) for word in sorted(variations("talk"))))),
    "range": (q.NumericRange("size", 1, None, True), Range("size", 1, None, False)),
    "range of floats": (q.NumericRange("ratio", None, 0.5, endexcl=True),
                        Range("ratio", None, 0.5, True, False)),
    "range of days": (q.DateRange("published", DAY, None), Range("published", DAY)),
    "range with a zone": (q.DateRange("published", DAY.replace(tzinfo=UTC), None),
                          Range("published", DAY)),
    "range of microseconds": (q.NumericRange("published", datetime_to_long(DAY), None),
                              Range("published", datetime_to_long(DAY))),
    "range unknown": (q.NumericRange("nowhere", 1, 2), NOTHING),
    "range of no number": (q.TermRange("size", "x", None), NOTHING),
    "range of terms": (q.TermRange("body", "a", "c", endexcl=True),
                       Range("body", "a", "c", True, False)),
    "range of terms open": (q.TermRange("tags", None, None), Range("tags")),
    "terms of numbers": (q.TermRange("size", "1", "7"), Range("size", 1, 7)),
    "and": (q.And([PEACE, TALK], boost=2.0), Boost(And((tree_of(PEACE), tree_of(TALK))), 2.0)),
    "and of none": (q.And([]), NOTHING),
    "or": (q.Or([PEACE]), Or((tree_of(PEACE),))),
    "or of none": (q.Or([]), NOTHING),
    "not": (q.Not(PEACE, boost=2.0), Not(tree_of(PEACE))),
    "andnot": (q.AndNot(PEACE, TALK), And((tree_of(PEACE), Not(tree_of(TALK))))),
    "andmaybe": (q.AndMaybe(PEACE, TALK), AndMaybe(tree_of(PEACE), (tree_of(TALK),))),
    "require": (q.Require(PEACE, TALK), Require(tree_of(PEACE), (tree_of(TALK),))),
    "dismax": (q.DisjunctionMax([PEACE, TALK], 2.0, 0.3),
               Boost(DisjunctionMax((tree_of(PEACE), tree_of(TALK)), 0.3), 2.0)),
    "constant": (q.ConstantScoreQuery(PEACE, 2.5), ConstantScore(tree_of(PEACE), 2.5)),
    "null": (q.NullQuery, NOTHING),
}  # fmt: skip


@each(("query", "tree"), TREES.values())
def test_the_tree_of_an_object(query: q.Query, tree: Query) -> None:
    assert from_whoosh(query, SCHEMA) == Verbatim(tree)


class Recent(q.Query):
    """A class of a program's own, which nobody can look into."""


class Shouted(q.Term):
    """A class of a program's own, made after one of Whoosh's."""


def in_order(*parts: q.Query) -> Query:
    """What snippets mark for a query of positions."""
    return Near(tuple(map(tree_of, parts)), ordered=True)


FOREIGN: dict[str, tuple[q.Query, list[Query]]] = {
    "near": (spans.SpanNear(PEACE, TALK), [in_order(PEACE, TALK)]),
    "near of several": (spans.SpanNear2([PEACE, TALK, OIL]), [in_order(PEACE, TALK, OIL)]),
    "first": (spans.SpanFirst(PEACE), [tree_of(PEACE)]),
    "span or": (spans.SpanOr([PEACE, TALK]), [tree_of(PEACE), tree_of(TALK)]),
    "span not": (spans.SpanNot(PEACE, TALK), [tree_of(PEACE)]),
    "contains": (spans.SpanContains(PEACE, TALK), [tree_of(PEACE)]),
    "before": (spans.SpanBefore(PEACE, TALK), [tree_of(PEACE), tree_of(TALK)]),
    "condition": (spans.SpanCondition(PEACE, TALK), [tree_of(PEACE)]),
    "sequence": (q.Sequence([PEACE, TALK]), [in_order(PEACE, TALK)]),
    "ordered": (q.Ordered([PEACE, TALK]), [tree_of(PEACE), tree_of(TALK)]),
    "or scaled": (q.Or([PEACE, TALK], scale=0.5), [tree_of(PEACE), tree_of(TALK)]),
    "otherwise": (q.Otherwise(PEACE, TALK), [tree_of(PEACE), tree_of(TALK)]),
    "parent": (q.NestedParent(q.Every("tags"), PEACE), [tree_of(PEACE)]),
    "not within": (spans.SpanFirst(q.And([PEACE, q.Not(TALK)])),
                   [And((tree_of(PEACE), Not(tree_of(TALK))))]),
    "near within near": (spans.SpanNear(spans.SpanNear(PEACE, TALK), OIL),
                         [WhooshQuery(q.NullQuery), tree_of(OIL)]),
    "prefix of numbers": (q.Prefix("size", "1"), []),
    "variations of numbers": (q.Variations("size", "1"), []),
    "rounded number": (q.Term("size", ROUNDED), []),
    "slop of none": (q.Phrase("body", ["a", "b"], slop=0), []),
    "word with a blank": (q.Phrase("body", ["a b", "c"]), []),
    "half a letter": (q.Prefix("body", b"\xd0"), []),
    "fewer edits than none": (q.FuzzyTerm("body", "cat", maxdist=-1), []),
    "column": (q.ColumnQuery("size", 7), []),
    "own class": (Recent(), []),
    "own word": (Shouted("body", "peac"), [tree_of(PEACE)]),
}  # fmt: skip


@each(("query", "parts"), FOREIGN.values())
def test_what_only_whoosh_knows_stays_as_it_is(query: q.Query, parts: list[Query]) -> None:
    tree = tree_of(query)
    assert isinstance(tree, WhooshQuery)
    assert tree.query is query
    shown = [NOTHING if isinstance(one, WhooshQuery) else one for one in tree.children()]
    assert shown == [NOTHING if isinstance(one, WhooshQuery) else one for one in parts]
    written = objects_of(Verbatim(tree))
    assert isinstance(written, ForeignQuery)
    assert written.child is query
    assert from_whoosh(written, SCHEMA) == Verbatim(tree)


def test_foreign_parts_are_found_within() -> None:
    near = spans.SpanNear(PEACE, TALK)
    tree = tree_of(q.And([OIL, q.Not(near)]))
    assert tree == And((tree_of(OIL), Not(WhooshQuery(near))))
    assert Word("talk", BODY) in walk(tree)


def test_a_foreign_query_is_itself_and_no_other() -> None:
    one, other = q.ColumnQuery("size", 7), q.ColumnQuery("size", 7)
    assert tree_of(one) == tree_of(one)
    assert tree_of(one) != tree_of(other)
    assert len({tree_of(one), tree_of(one), tree_of(other)}) == 2
    with pytest.raises(QueryError, match="expected a kind of query that has a JSON form"):
        to_json(from_whoosh(one, SCHEMA))


# Left out is a query whose matcher overlooks a document.
@each("name", sorted(QUERIES.keys() - {"andnot"}))
def test_any_query_runs_within_a_tree(searcher: Searcher, name: str) -> None:
    tree = And((MatchAll(), Boost(from_whoosh(QUERIES[name], SCHEMA), 2.0)))
    expected = hits(searcher, QUERIES[name]).keys() - DELETED  # some find deleted documents
    assert hits(searcher, objects_of(tree)).keys() == expected


@each("name", ["spannear", "spanfirst", "spannot", "or scaled", "otherwise"])
def test_a_boost_on_a_foreign_query(searcher: Searcher, name: str) -> None:
    made = objects_of(Boost(from_whoosh(SCORED[name], SCHEMA), 2.0))
    expected = {key: 2 * score for key, score in hits(searcher, SCORED[name]).items()}
    assert hits(searcher, made) == pytest.approx(expected)


def test_a_foreign_query_runs_within_another_kind(searcher: Searcher) -> None:
    near = spans.SpanNear(PEACE, TALK, slop=9, ordered=False)
    tree = And((from_whoosh(near, SCHEMA), Not(Term("tags", "Politics"))))
    expected = hits(searcher, near).keys() - hits(searcher, T("politics", "tags")).keys()
    assert hits(searcher, objects_of(tree)).keys() == expected
    assert 0 < len(expected) < len(hits(searcher, near))


@pytest.mark.parametrize("query", [
    q.Phrase("tags", ["a", "b"]), q.NumericRange("body", 1, 2), q.DateRange("tags", DAY, None),
])  # fmt: skip
def test_what_makes_no_sense_for_a_field_is_an_error(query: q.Query) -> None:
    with pytest.raises(QueryError, match=r"expected a (text|number or date) field for"):
        from_whoosh(query, SCHEMA)


@pytest.mark.parametrize("nest", [
    q.Not, q.ConstantScoreQuery, spans.SpanFirst, lambda inner: q.And([inner, TALK]),
    lambda inner: q.AndNot(inner, TALK), lambda inner: q.Sequence([TALK, inner]),
    lambda inner: spans.SpanOr([inner]), lambda inner: spans.SpanNot(inner, TALK),
])  # fmt: skip
def test_deep_objects_are_refused(nest: Any) -> None:
    query: q.Query = PEACE
    for _ in range(100):
        query = nest(query)
    assert isinstance(from_whoosh(query, SCHEMA), Verbatim)
    for _ in range(10_000):
        query = nest(query)
    with pytest.raises(QueryTooCostly, match="nested at most 200 deep"):
        from_whoosh(query, SCHEMA)
