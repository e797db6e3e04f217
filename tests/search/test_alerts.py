"""Which saved queries match new documents: those that a search for each of them finds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zlib import crc32

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib import Alert, Article, CorruptIndexError, Index, QueryError
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
from searchlib.search.alerts.matching import AlertIndex
from searchlib.search.alerts.required_terms import RequiredTerms
from searchlib.search.alerts.saved import SavedQuery, read, written
from searchlib.search.searcher import Searcher
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from searchlib.query.synonyms import Synonyms

WORDS = ["storm", "flood", "the", "who", "of", "talks", "peace", "co-op", "minister", "Storms"]
TEXTS = [
    ("Storm and flood", "The storm brought a flood of mud."),
    ("Peace talks", "The minister of peace talks of the storm."),
    ("Who", "Who is the minister? The one of the co-op."),
    ("", "Talks, talks and peace."),
]
SYNONYMS = "storm, gale, flood water\nminister => who, peace talks\npeace, talks\n"


def articles() -> list[Article]:
    return [
        Article(
            id=f"a{number}",
            title=title,
            body=body,
            source=["AP", "BBC"][number % 2],
            categories=[f"c{number}", "all"],
            published=f"2025-0{number + 1}-03",
        )
        for number, (title, body) in enumerate(TEXTS)
    ]


@pytest.fixture(scope="module", params=["english", "auto", "none"])
def indexes(request: pytest.FixtureRequest) -> list[Index[Article]]:
    """One index with all articles, and one for each of them."""
    made = []
    for some in [articles(), *([one] for one in articles())]:
        index = Index.in_memory(Article, language=request.param)
        index.add(some, workers=0)
        made.append(index)
    return made


words = st.sampled_from(WORDS)
fields: st.SearchStrategy[tuple[str, ...]] = st.sampled_from(
    [(), (), (), ("title",), ("body", "title"), ("source",), ("title", "source"), ("published",)]
)
texts = st.sampled_from([(), (), ("title",), ("body",), ("title", "body")])
places: st.SearchStrategy[Query] = st.one_of(
    st.builds(Word, words, texts),
    st.builds(Phrase, st.lists(words, min_size=1, max_size=3).map(" ".join), fields=texts),
    st.builds(Prefix, words.map(lambda word: word[:3]), texts),
    st.builds(Fuzzy, words, fields=texts),
    st.just(Wildcard("*")),
)
nears = st.recursive(
    places,
    lambda parts: st.one_of(
        st.builds(Or, st.lists(parts, min_size=1, max_size=2)),
        st.builds(Near, st.lists(parts, min_size=1, max_size=3), st.integers(1, 4), st.booleans()),
    ),
    max_leaves=4,
)
leaves: st.SearchStrategy[Query] = st.one_of(
    st.builds(Word, words, fields),
    st.builds(Word, words, fields),
    places,
    st.builds(Phrase, st.just("peace talks"), st.integers(1, 3), texts),
    st.builds(Wildcard, st.sampled_from(["st?rm", "*", "co-o*", "fl*d"]), fields),
    st.builds(Regex, st.sampled_from(["st.rm", ".*"]), texts),
    st.builds(Term, st.just("source"), st.sampled_from(["AP", "ap", "none"])),
    st.builds(Term, st.just("title"), words),
    st.builds(Term, st.just("published"), st.sampled_from(["2025-01", "2025-03-03"])),
    st.builds(Term, st.just("id"), st.sampled_from(["a0", "a2"])),
    st.builds(Term, st.just("nofield"), words),
    st.builds(Range, st.just("published"), st.just("2025-02"), st.none()),
    st.builds(Range, st.just("title"), st.just("pea"), st.just("sto")),
    st.builds(Exists, st.sampled_from(["title", "source"])),
    st.just(MatchAll()),
    st.builds(Verbatim, st.builds(Word, st.sampled_from(["storm", "talk", "the"]))),
    st.builds(Near, st.lists(nears, min_size=1, max_size=3), st.integers(1, 4), st.booleans()),
)


def groups(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    some = st.lists(parts, max_size=3)
    return st.one_of(
        st.builds(And, some),
        st.builds(Or, some),
        st.builds(Not, parts),
        st.builds(AndMaybe, parts, some),
        st.builds(Require, parts, some),
        st.builds(DisjunctionMax, some),
        st.builds(Boost, parts, st.sampled_from([0.0, 2.0, -1.0])),
        st.builds(ConstantScore, parts, st.sampled_from([0.0, 1.0])),
        st.builds(Verbatim, parts),
    )


trees = st.recursive(leaves, groups, max_leaves=6)


def expected(
    queries: Iterable[Query], index: Index[Article], *, with_synonyms: bool
) -> list[Alert]:
    """Search for each query, one after another."""
    found = []
    for number, query in enumerate(queries):
        name = str(number)
        try:
            hits = index.search(
                query, limit=None, sort="id", snippets=False, synonyms=with_synonyms
            )
        except QueryError as error:
            found.append(Alert(name, repr(query), problem=str(error)))
            continue
        if hits.total:
            found.append(Alert(name, repr(query), tuple(hit.key for hit in hits)))
    return found


def matched(
    queries: Iterable[Query], index: Index[Article], synonyms: Synonyms | None = None
) -> list[Alert]:
    snapshot = index._local.snapshot
    saved = [SavedQuery.of(str(number), query, query) for number, query in enumerate(queries)]
    schema = index.schema.with_languages(snapshot.languages)
    return AlertIndex(saved, schema, synonyms, any_frequency).match(snapshot)


def any_frequency(field: str, term: bytes) -> int:
    """Tell of some frequent words that they are rare: which terms are taken changes no answer."""
    return crc32(field.encode() + term) % 5


def expect_the_same(found: list[Alert], expected: list[Alert]) -> None:
    """Compare alerts. A query that can't be evaluated need not be, if it can't match."""
    wrong = {alert.name for alert in expected if alert.problem}
    assert {alert.name for alert in found if alert.problem} <= wrong
    fine = [alert for alert in found if not alert.problem]
    assert fine == [alert for alert in expected if not alert.problem]


@settings(max_examples=examples(60))
@given(st.lists(trees, min_size=1, max_size=6))
@example([And((Word("the"), Word("storm"))), Or((Word("the"), Word("storm"))), Word("who")])
@example([Near((Word("peace", ("title",)), Word("talks"))), Phrase("of the"), Word("co-op")])
@example([And((Word("the"), Word("peace"))), And((Word("of"), Word("talks")))])
@example([Or(()), And(()), And((Or(()), Word("storm"))), AndMaybe(Word("the"), (Word("storm"),))])
@example([Require(Word("the"), (Word("storm"),)), Not(Not(Word("storm"))), Term("title", "the")])
def test_the_answers_are_those_of_a_search_for_each(
    indexes: list[Index[Article]], queries: list[Query]
) -> None:
    for index in indexes:
        expect_the_same(matched(queries, index), expected(queries, index, with_synonyms=False))


@settings(max_examples=examples(30))
@given(st.lists(trees, min_size=1, max_size=4))
@example([Word("minister"), Phrase("peace talks"), And((Word("flood"), Word("water")))])
def test_so_they_are_with_synonyms(indexes: list[Index[Article]], queries: list[Query]) -> None:
    for index in indexes:
        if index.synonyms.text != SYNONYMS:
            index.synonyms.set(SYNONYMS)
        synonyms = index.synonyms.current()
        assert synonyms is not None
        widened = expected(queries, index, with_synonyms=True)
        expect_the_same(matched(queries, index, synonyms), widened)


SCHEMA = Index.in_memory(Article).schema
COUNTS = {b"storm": 3, b"flood": 2, b"talk": 1, b"peac": 5, b"minist": 4}


def required(query: Query) -> set[str] | None:
    found = RequiredTerms(SCHEMA, lambda _, term: COUNTS.get(term, 9)).of(query)
    return None if found is None else {f"{field}:{term.decode()}" for field, term in found}


BOTH = {"title:storm", "body:storm"}


@each(
    ("query", "terms"),
    [
        (Word("storms"), BOTH),
        (Word("storm", ("title",)), {"title:storm"}),
        (Word("the"), None),
        (Word("AP", ("source",)), {"source:ap"}),
        (Word("2025", ("published",)), None),
        (Word("storm", ("title", "published")), None),
        (Term("source", "AP"), {"source:ap"}),
        (Term("published", "2025"), None),
        (Phrase("peace talks"), {"title:talk", "body:talk"}),
        (Phrase("of the"), {"title:of", "body:of"}),
        (And((Word("peace"), Word("storm"))), BOTH),
        (And((Prefix("pea"), Word("storm"))), BOTH),
        (And((Not(Word("peace")), Word("storm"))), BOTH),
        (And((Prefix("pea"), Not(Word("storm")))), None),
        (Or((Word("storm"), Word("talks", ("title",)))), {*BOTH, "title:talk"}),
        (Or((Word("storm"), Prefix("pea"))), None),
        (Or(()), None),
        (DisjunctionMax((Word("storm"), Word("storms"))), BOTH),
        (AndMaybe(Word("storm"), (Word("flood"),)), BOTH),
        (Require(Word("peace"), (Word("storm"),)), BOTH),
        (Boost(Word("storm"), 2.0), BOTH),
        (ConstantScore(Word("storm"), 2.0), BOTH),
        (Verbatim(Word("storms")), {"title:storms", "body:storms"}),
        (Near((Word("peace"), Word("storm"), Wildcard("*"))), BOTH),
        (Near((Word("peace", ("title",)), Word("storm"))), {"title:storm"}),
        (Prefix("co-op"), {"title:co", "body:co"}),
        *((one, None) for one in [MatchAll(), Exists("title"), Prefix("s"), Wildcard("s*m")]),
        *((one, None) for one in [Regex("st.*"), Fuzzy("storm"), Range("title", "a", "b")]),
        (Not(Word("storm")), None),
        (Word("storm", ("nofield",)), None),
    ],
)
def test_required_terms(query: Query, terms: set[str] | None) -> None:
    assert required(query) == terms


def test_queries_that_can_not_match_are_not_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index.in_memory(Article)
    index.add(Article(id="a", title="A storm"))
    asked: list[Query] = []
    matching = Searcher.matching

    def counted(self: Searcher, query: Query) -> object:
        asked.append(query)
        return matching(self, query)

    monkeypatch.setattr(Searcher, "matching", counted)
    many = [Word(f"word{number}x") for number in range(50)]
    for queries in ([Word("storm"), Word("flood"), Prefix("f")], [Word("storm"), *many]):
        asked.clear()
        assert [alert.name for alert in matched(queries, index)] == ["0"]
        assert asked == [one for one in queries if one in (Word("storm"), Prefix("f"))]


STORM = Word("storm", span=(0, 5))


def test_saved_queries_are_lines(tmp_path: Path) -> None:
    saved = [
        SavedQuery.of("städte\n", "storm -flood", And((Word("storm"), Not(Word("flood"))))),
        SavedQuery.of("tree", STORM, STORM),
    ]
    data = written(saved)
    assert data.isascii()
    assert data.count(b"\n") == 2
    assert list(read(data, tmp_path).values()) == saved
    assert [one.query for one in saved][1] == Word("storm")
    assert [str(one) for one in saved] == ["storm -flood", "Word('storm')"]
    assert read(b"", tmp_path) == {}
    for wrong in (b"x\n", b"[1]\n", b'{"name": "a"}\n', b"7\n", b"\xff\n"):
        with pytest.raises(CorruptIndexError, match="expected saved queries"):
            read(wrong, tmp_path)


def test_what_can_not_be_evaluated_is_reported(indexes: list[Index[Article]]) -> None:
    later = SavedQuery("later", "?", {"version": 99, "query": {}})
    wrong = SavedQuery.of("wrong", "?", Word("x", ("nofield",)))
    fine = SavedQuery.of("fine", "storm", Word("storm"))
    index = indexes[0]
    schema = index.schema.with_languages(index._local.snapshot.languages)
    snapshot = index._local.snapshot
    alerts = AlertIndex([later, wrong, fine], schema, None, lambda *_: 0).match(snapshot)
    assert [alert.name for alert in alerts] == ["later", "wrong", "fine"]
    assert re.search("version 1", str(alerts[0].problem))
    assert re.search("nofield", str(alerts[1].problem))
    assert alerts[2].problem is None
    assert alerts[2].to_json() == {
        "name": "fine", "query": "storm", "keys": ["a0", "a1"], "problem": None
    }  # fmt: skip
