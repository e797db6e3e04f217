"""Trees become query objects of Whoosh's that ask for the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from whoosh import query as q
from whoosh.query import spans
from whoosh.util.times import datetime_to_long

import searchlib.query
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
)
from searchlib.whoosh_compat import WhooshQuery, from_whoosh, matches_of, to_whoosh
from tests.tables import each
from tests.whoosh_compat.queries import QUERIES
from tests.whoosh_compat.reports import DAY, DELETED, OIL, PEACE, SCHEMA, TALK, T, hits

if TYPE_CHECKING:
    from whoosh.searching import Searcher


BODY = ("body",)


def objects_of(query: Query) -> q.Query:
    return to_whoosh(query, SCHEMA)


def tree_of(query: q.Query) -> Query:
    return from_whoosh(query, SCHEMA).part


def title(word: str) -> q.Query:
    return T(word, "title", boost=2.0)


def notes(word: str) -> q.Query:
    return T(word, "notes")


def rest(*days: int) -> list[int]:
    return [datetime_to_long(datetime(2020, 1, day)) for day in days]


FIFTH, SIXTH, SEVENTH = rest(5, 6, 7)

OBJECTS: dict[str, tuple[Query, q.Query]] = {
    "MatchAll": (MatchAll(), q.Every()),
    "Exists": (Exists("tags"), q.Every("tags")),
    "Word": (Word("Talking"), q.Or([title("talk"), TALK, notes("talking")])),
    "Word in a field": (Word("Talking", ("title",)), T("talk", "title")),
    "Word of a label": (Word("World NEWS", ("tags",)), T("world news", "tags")),
    "Word of several": (Word("peace-talks", BODY), q.Phrase("body", ["peac", "talk"])),
    "Word of none": (Word("-", BODY), q.NullQuery),
    "Phrase": (Phrase("NATO talks", 3),
               q.Or([q.Phrase("title", ["nato", "talk"], 3, boost=2.0),
                     q.Phrase("body", ["nato", "talk"], 3),
                     q.Phrase("notes", ["nato", "talks"], 3)])),
    "Prefix": (Prefix("Pe", BODY), q.Prefix("body", "pe")),
    "Prefix of a label": (Prefix("World n", ("tags",)), q.Prefix("tags", "world n")),
    "Prefix after a word": (Prefix("nato-pe", BODY),
                            spans.SpanNear2([T("nato"), q.Prefix("body", "pe")])),
    "Wildcard": (Wildcard("t?lk", BODY), q.Wildcard("body", "t?lk")),
    "Regex": (Regex("ta.k", BODY), q.Regex("body", "ta.k")),
    "Fuzzy": (Fuzzy("Natu", 1, 2, BODY), q.FuzzyTerm("body", "natu", prefixlength=2)),
    "Term": (Term("tags", "World NEWS"), T("world news", "tags")),
    "Term in its case": (Term("place", "Paris"), T("Paris", "place")),
    "Term of a bool": (Term("urgent", True), T("true", "urgent")),
    "Term of a key": (Term("id", "r011"), T("r011", "id")),
    "Term of a number": (Term("size", 7), q.NumericRange("size", 7, 7)),
    "Term of a number as text": (Term("ratio", "-1.5"), q.NumericRange("ratio", -1.5, -1.5)),
    "Term of a day": (Term("published", date(2020, 1, 5)),
                      q.NumericRange("published", FIFTH, SIXTH - 1)),
    "Term of a day as text": (Term("published", "2020-01-05"),
                              q.NumericRange("published", FIFTH, SIXTH - 1)),
    "Term of a moment": (Term("published", DAY), q.NumericRange("published", FIFTH, FIFTH)),
    "Range": (Range("size", 1, 2000), q.NumericRange("size", 1, 2000)),
    "Range open": (Range("size"), q.Every("size")),
    "Range half open": (Range("size", low=7, include_low=False),
                        q.NumericRange("size", 7, None, startexcl=True)),
    "Range beyond all": (Range("size", -(10**30), 10**30), q.Every("size")),
    "Range of infinity": (Range("size", float("-inf"), 7), q.NumericRange("size", None, 7)),
    "Range of no number": (Range("ratio", float("nan"), None), q.NullQuery),
    "Range below all": (Range("size", None, -(2**63), include_high=False), q.NullQuery),
    "Range above all": (Range("parts", 2**63 - 1, None, include_low=False), q.NullQuery),
    "Range of days": (Range("published", "2020-01-05", "2020-01-06"),
                      q.NumericRange("published", FIFTH, SEVENTH - 1)),
    "Range between days": (Range("published", date(2020, 1, 5), "2020-01-07", False, False),
                           q.NumericRange("published", SIXTH - 1, SEVENTH, True, True)),
    "Range of terms": (Range("body", "NATO", "Peace", include_high=False),
                       q.TermRange("body", "nato", "peac", endexcl=True)),
    "Range of labels": (Range("tags", "Politics"), q.TermRange("tags", "politics", None)),
    "And": (And((Word("oil", BODY), Word("talks", BODY))), q.And([OIL, TALK])),
    "And of one": (Boost(And((Word("oil", BODY),)), 2.0), T("oil", boost=2.0)),
    "And with Not": (And((Word("oil", BODY), Not(Word("talks", BODY)))),
                     q.And([OIL, q.Not(TALK)])),
    "Or": (Or((Word("oil", BODY), Word("-", BODY), Word("talks", BODY))),
           q.Or([OIL, TALK])),
    "Or of none": (Or(()), q.NullQuery),
    "Not": (Not(Word("talks", BODY)), q.Not(TALK)),
    "AndMaybe": (AndMaybe(Word("oil", BODY), (Word("talks", BODY),)),
                 q.AndMaybe(OIL, TALK)),
    "AndMaybe of one": (AndMaybe(Word("oil", BODY), ()), OIL),
    "Require": (Require(Word("oil", BODY), (Exists("tags"), Exists("size"))),
                q.Require(OIL, q.And([q.Every("tags"), q.Every("size")]))),
    "DisjunctionMax": (DisjunctionMax((Word("oil", BODY), Word("talks", BODY)), 0.3),
                       q.DisjunctionMax([OIL, TALK], tiebreak=0.3)),
    "Near": (Near((Word("oil", BODY), Phrase("nato talks", 1, BODY)), 5),
             spans.SpanNear2([OIL, q.Phrase("body", ["nato", "talk"])], slop=5, ordered=False)),
    "Near in order": (Near((Word("oil", BODY), Or((Word("talks", BODY),
                            Prefix("pe", BODY)))), 2, ordered=True),
                      spans.SpanNear2([OIL, q.Or([TALK, q.Prefix("body", "pe")])], slop=2)),
    "Near in several": (Near((Word("oil"), Word("nato", ("title", "body")))),
                        q.Or([spans.SpanNear2([title("oil"), T("nato", "title")], ordered=False),
                              spans.SpanNear2([OIL, T("nato")], ordered=False)])),
    "Near within Near": (
        Near((Near((Word("oil", BODY), Word("nato", BODY))),
              Boost(Verbatim(Word("peac", BODY)), 2.0)), 9),
        spans.SpanNear2([spans.SpanNear2([OIL, T("nato")], ordered=False), T("peac", boost=2.0)],
                        slop=9, ordered=False)),
    "Near in none": (Near((Word("oil", BODY), Word("nato", ("title",)))), q.NullQuery),
    "Boost": (Boost(Word("talks", BODY), 3.0), T("talk", boost=3.0)),
    "Boost of fields": (Boost(Word("talks", ("title", "body")), 3.0),
                        q.Or([T("talk", "title"), TALK], boost=3.0)),
    "Boost of a boost": (Boost(Boost(Word("talks", BODY), 3.0), 0.5), T("talk", boost=1.5)),
    "Boost of AndMaybe": (
        Boost(AndMaybe(Word("oil", BODY), (Word("talks", BODY),)), 2.0),
        q.AndMaybe(T("oil", boost=2.0), T("talk", boost=2.0))),
    "Boost of Require": (Boost(Require(Word("oil", BODY), (Exists("tags"),)), 2.0),
                         q.Require(T("oil", boost=2.0), q.Every("tags"))),
    "Boost of Not": (Boost(Not(Word("oil", BODY)), 2.0), q.Not(OIL)),
    "Boost of a constant": (Boost(ConstantScore(Word("oil", BODY), 2.0), 3.0),
                            q.ConstantScoreQuery(OIL, 6.0)),
    "Boost of Near": (Boost(Near((Word("oil", BODY), Word("nato", BODY))), 2.0),
                      spans.SpanNear2([T("oil", boost=2.0), T("nato", boost=2.0)],
                                      ordered=False)),
    "Boost of nothing": (Boost(Or(()), 2.0), q.NullQuery),
    "ConstantScore": (ConstantScore(Word("oil", BODY), 2.5), q.ConstantScoreQuery(OIL, 2.5)),
    "Verbatim": (Verbatim(Word("talking", BODY)), T("talking")),
    "Verbatim label": (Verbatim(Term("tags", "World NEWS")), T("World NEWS", "tags")),
    "Verbatim phrase": (Verbatim(Phrase("the talks", 2, BODY)),
                        q.Phrase("body", ["the", "talks"], slop=2)),
    "Verbatim number": (Verbatim(Range("published", FIFTH, SIXTH)),
                        q.NumericRange("published", FIFTH, SIXTH)),
}  # fmt: skip


@each(("tree", "query"), OBJECTS.values())
def test_the_object_of_a_tree(searcher: Searcher, tree: Query, query: q.Query) -> None:
    made = objects_of(tree)
    assert made == query
    assert hits(searcher, made).keys() == hits(searcher, query).keys()


def test_no_kind_of_query_is_forgotten() -> None:
    kinds = {
        name
        for name in searchlib.query.__all__
        if isinstance(getattr(searchlib.query, name), type) and name != "Query"
    }
    assert kinds == {name.split()[0] for name in OBJECTS}
    for name, (tree, _) in OBJECTS.items():
        assert type(tree).__name__ == name.split()[0] or "of one" in name


def test_nothing_found_is_changed_by_writing_a_tree() -> None:
    near = spans.SpanNear2([OIL, TALK])
    objects_of(Boost(Verbatim(WhooshQuery(near)), 2.0))
    assert OIL.boost == TALK.boost == 1.0  # type: ignore[attr-defined]
    assert q.NullQuery.boost == 1.0


@each(("tree", "message"), [
    (Word("a", ("nowhere",)), "expected a field that is searched, got 'nowhere'; there are id, "),
    (Exists("extra"), "expected a field that is searched, got 'extra'"),
    (Prefix("1", ("size",)), "expected a text, keyword or key field for .* got 'size'"),
    (Term("body", "a"), "expected a field of labels or numbers .*; use a word"),
    (Term("size", DAY), "size: expected a number, got datetime"),
    (Term("size", "seven"), "size: expected a whole number of at most 64 bits, got 'seven'"),
    (Term("published", "yesterdate"), "published: expected a date such as"),
    (Verbatim(Phrase("a b", 1, ("tags",))), "expected a text field for .* got 'tags'"),
    (Near((Word("a", BODY), Not(Word("b", BODY)))), "Near: expected words, phrases"),
    (Query(), r"expected a kind of query that is known, got Query\(\)"),
])  # fmt: skip
def test_trees_that_make_no_sense_are_errors(tree: Query, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        objects_of(tree)


def test_deep_trees_are_refused() -> None:
    tree: Query = Word("a")
    for _ in range(10_000):
        tree = Not(tree)
    with pytest.raises(QueryTooCostly, match="nested at most 200 deep"):
        objects_of(tree)


# What Whoosh's own queries get wrong


def test_not_adds_nothing_to_a_score(searcher: Searcher) -> None:
    both = objects_of(And((tree_of(PEACE), Not(tree_of(TALK)))))
    expected = hits(searcher, PEACE)
    left_out = hits(searcher, TALK)
    wanted = {key: score for key, score in expected.items() if key not in left_out}
    assert hits(searcher, both) == pytest.approx(wanted)
    assert wanted


def test_not_finds_all_the_rest_and_nothing_deleted(searcher: Searcher) -> None:
    everything = hits(searcher, q.Every())
    for query in QUERIES.values():
        rest_of = hits(searcher, objects_of(Not(Verbatim(WhooshQuery(query)))))
        assert rest_of == dict.fromkeys(everything.keys() - hits(searcher, query).keys(), 0.0)


def test_require_scores_the_first_part_of_what_has_both(searcher: Searcher) -> None:
    conditions = (Exists("tags"), tree_of(TALK))
    found = hits(searcher, objects_of(Verbatim(Require(tree_of(PEACE), conditions))))
    tagged, talking = hits(searcher, q.Every("tags")), hits(searcher, TALK)
    peace = hits(searcher, PEACE).items()
    assert found == {key: score for key, score in peace if key in tagged and key in talking}
    assert found


def test_a_constant_score_may_be_zero(searcher: Searcher) -> None:
    found = hits(searcher, objects_of(Verbatim(ConstantScore(tree_of(PEACE), 0.0))))
    assert found == dict.fromkeys(hits(searcher, PEACE), 0.0)


def test_exact_queries_hash_as_those_they_stand_for() -> None:
    for query in (q.Not(PEACE), q.Require(PEACE, TALK), q.ConstantScoreQuery(PEACE, 2.0)):
        made = objects_of(from_whoosh(query, SCHEMA))
        assert type(made) is not type(query)
        assert made == query
        assert query == made
        assert hash(made) == hash(query)


@each("name", QUERIES)
def test_what_whoosh_matches_as_arrays(searcher: Searcher, name: str) -> None:
    docnums, scores = matches_of(QUERIES[name], searcher)
    keys = [searcher.reader().stored_fields(docnum)["id"] for docnum in docnums.tolist()]
    expected = hits(searcher, QUERIES[name])
    wanted = {key: score for key, score in expected.items() if key not in DELETED}
    assert dict(zip(keys, scores.tolist(), strict=True)) == pytest.approx(wanted)
    assert docnums.tolist() == sorted(set(docnums.tolist()))


def test_a_query_of_a_column_is_scored_alike(searcher: Searcher) -> None:
    docnums, scores = matches_of(q.ColumnQuery("size", lambda size: size == 7), searcher)
    assert len(docnums) == len(hits(searcher, q.Term("size", 7))) > 0
    assert set(scores.tolist()) == {1.0}
