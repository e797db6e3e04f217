"""Trees of every kind, for hypothesis to draw."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import strategies as st

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

spans = st.none() | st.tuples(st.integers(0, 9), st.integers(10, 99))
texts = st.text(max_size=6)
names = st.text("abc_", min_size=1, max_size=3)
fields = st.lists(names, max_size=2).map(tuple)
counts = st.integers(1, 5)
factors = st.floats(allow_nan=False) | st.integers(-9, 9)
zones = st.sampled_from([None, UTC, timezone(timedelta(hours=-5, minutes=-30))])
times = st.datetimes(timezones=zones).map(lambda time: time.replace(fold=0))
values = st.one_of(
    texts, st.booleans(), st.integers(), st.floats(allow_nan=False), st.dates(), times
)
flags = st.booleans()

leaves: st.SearchStrategy[Query] = st.one_of(
    st.builds(MatchAll, span=spans),
    st.builds(Exists, names, span=spans),
    st.builds(Word, texts, fields, span=spans),
    st.builds(Phrase, texts, counts, fields, span=spans),
    st.builds(Prefix, texts, fields, span=spans),
    st.builds(Wildcard, texts, fields, span=spans),
    st.builds(Regex, texts, fields, span=spans),
    st.builds(Fuzzy, texts, st.integers(0, 3), st.integers(0, 3), fields, span=spans),
    st.builds(Term, names, values, span=spans),
    st.builds(Range, names, st.none() | values, st.none() | values, flags, flags, span=spans),
)


def groups(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    lists = st.lists(parts, max_size=3)
    return st.one_of(
        st.builds(And, lists, span=spans),
        st.builds(Or, lists, span=spans),
        st.builds(Not, parts, span=spans),
        st.builds(AndMaybe, parts, lists, span=spans),
        st.builds(Require, parts, lists, span=spans),
        st.builds(DisjunctionMax, lists, factors, span=spans),
        st.builds(Near, lists, counts, flags, span=spans),
        st.builds(Boost, parts, factors, span=spans),
        st.builds(ConstantScore, parts, factors, span=spans),
        st.builds(Verbatim, parts, span=spans),
    )


trees = st.recursive(leaves, groups, max_leaves=6)

A, B, C = Word("a"), Word("b"), Word("c")
DAY, MOMENT = date(2025, 2, 17), datetime(2025, 2, 17, 18, 30, tzinfo=UTC)

ONE_OF_EACH: list[Query] = [
    MatchAll(), Exists("title"), A, Phrase("a b"), Prefix("a"), Wildcard("a*b"), Regex("a.b"),
    Fuzzy("a"), Term("source", "x"), Range("day", DAY, MOMENT, include_high=False), And((A, B)),
    Or((A, B)), Not(A), AndMaybe(A, (B,)), Require(A, (B,)), DisjunctionMax((A, B), 0.3),
    Near((A, B), 5), Boost(A, 2.0), ConstantScore(A, 2.0), Verbatim(A),
]  # fmt: skip
