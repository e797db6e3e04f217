"""What can't be answered is refused, and nothing takes long."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as q
from whoosh.query import spans

from searchlib.errors import CorruptIndexError, QueryError, QuerySyntaxError, QueryTooCostly
from searchlib.query import Phrase, regexes
from searchlib.search import index_view, multiterm
from searchlib.search.edits import edit_distances
from searchlib.search.order import Sort
from searchlib.search.searcher import Searcher
from searchlib.segment import field_reader
from searchlib.segment.field_reader import FieldReader
from tests.search.brute_force import Document, damerau
from tests.search.corpora import Archive, WhooshExecutor
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LONG_WORDS = ("a" * 60, "a" * 61 + "b", "ab" * 30, "a" * 5000)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    documents = [Document(str(number), body=(word, "x")) for number, word in enumerate(LONG_WORDS)]
    return Archive(tmp_path_factory.mktemp("limits"), [documents])


@pytest.fixture(scope="module")
def executor(archive: Archive) -> WhooshExecutor:
    return WhooshExecutor(archive.snapshot, archive.schema)


@each(
    "pattern",
    [
        r"(a+)+$", r"(a|a)*$", r"(a|aa)+b$", r"(a*)*b", r"(.*)*x", "a?" * 30 + "a" * 30,
        ".*a.*a.*a.*a.*b", r"(a)\1", r"(?=a)a", r"(?:a{1,30}){1,30}b", r"((a{0,60}){0,60}){0,60}",
        "(" * 2000 + ")" * 2000, "a" * 501,
    ],
)  # fmt: skip
def test_regular_expressions_that_can_run_away_are_refused(
    executor: WhooshExecutor, pattern: str
) -> None:
    with pytest.raises(QueryTooCostly):
        executor.top(q.Regex("body", pattern), 10)


@each(
    ("pattern", "count"),
    [("a+b?$", 2), ("(ab)+$", 1), ("a{60}b?", 2), ("(a|b)", 3), ("[ab]*b", 2), (".*b.*a", 1)],
)
def test_other_regular_expressions_match_terms_of_up_to_64_letters(
    executor: WhooshExecutor, pattern: str, count: int
) -> None:
    assert executor.top(q.Regex("body", pattern), 10).total == count


def test_a_regular_expression_that_is_none_is_shown(executor: WhooshExecutor) -> None:
    with pytest.raises(QuerySyntaxError, match=r"\(a"):
        executor.top(q.Regex("body", "(a"), 10)


def test_regular_expressions_have_a_time_limit(
    executor: WhooshExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with pytest.raises(QueryTooCostly, match="seconds"):
        executor.top(q.Regex("body", ".*"), 10, filter=q.Regex("body", "a.*"))


@each(
    "pattern", ["*a" * 200, "a*" * 200 + "b", "*?" * 200, "[a]*" * 100 + "b", "a*" * 100 + "?b*?"]
)
def test_wildcards_of_many_stars_end(executor: WhooshExecutor, pattern: str) -> None:
    assert executor.top(q.Wildcard("body", pattern), 10).total >= 0


def test_a_wildcard_that_is_too_long_is_refused(executor: WhooshExecutor) -> None:
    with pytest.raises(QueryTooCostly, match="500"):
        executor.top(q.Wildcard("body", "*a" * 300), 10)


def test_the_terms_of_a_pattern_are_limited(
    executor: WhooshExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multiterm, "MAX_EXPANSIONS", 2)
    for query in (q.Prefix("body", "a"), q.Wildcard("body", "*a*"), q.TermRange("body", "a", "b")):
        with pytest.raises(QueryTooCostly, match="at most 2 terms"):
            executor.top(query, 10)
    assert executor.top(q.Prefix("body", "x"), 10).total == 4


def test_patterns_are_read_in_pieces(
    executor: WhooshExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(field_reader, "_POSTINGS_AT_ONCE", 1)
    monkeypatch.setattr(multiterm, "_WORDS_AT_ONCE", 1)
    for query in (q.Prefix("body", "a"), q.Wildcard("body", "*a"), q.FuzzyTerm("body", "a" * 60)):
        assert executor.matching(query).tolist() in ([0, 1, 2, 3], [0, 3], [0])


def test_more_than_two_edits_are_refused(executor: WhooshExecutor) -> None:
    with pytest.raises(QueryTooCostly, match="at most 2 edits"):
        executor.top(q.FuzzyTerm("body", "abc", maxdist=3), 10)


@given(st.lists(st.text("ab日", max_size=5)), st.text("ab日", max_size=5), st.integers(0, 4))
def test_edits_are_counted_up_to_the_limit(words: list[str], text: str, limit: int) -> None:
    expected = [min(damerau(word, text), limit + 1) for word in words]
    assert edit_distances(words, text, limit).tolist() == expected


def nested(wrap: Callable[[q.Query], q.Query], depth: int) -> q.Query:
    query: q.Query = q.Term("body", "x")
    for _ in range(depth):
        query = wrap(query)
    return query


@pytest.mark.parametrize(
    "wrap", [q.Not, q.ConstantScoreQuery, lambda inner: q.And([inner, q.Term("body", "x")])]
)
def test_a_query_nested_too_deeply_is_refused(
    executor: WhooshExecutor, wrap: Callable[[q.Query], q.Query]
) -> None:
    with pytest.raises(QueryTooCostly, match="nested"):
        executor.top(nested(wrap, 20_000), 10)


@each(
    "query",
    [
        spans.SpanFirst(q.Term("body", "x"), limit=9),
        q.And([q.Term("body", "x"), q.Otherwise(q.Term("body", "x"), q.Term("body", "y"))]),
        q.Or([q.Term("body", "x")], scale=0.5),
        type("Own", (q.Term,), {})("body", "x"),
    ],
)
def test_what_only_whoosh_can_do_is_left_to_it(executor: WhooshExecutor, query: q.Query) -> None:
    found = executor.top(query, 10)
    assert found.total == len(found.docnums) > 0
    assert executor.matching(query).tolist() == sorted(found.docnums.tolist())


@pytest.mark.parametrize(
    "query", [q.Phrase("tags", ["a", "b"]), q.NumericRange("tags", 1, 2)], ids=str
)
def test_a_query_that_makes_no_sense_for_its_field_says_so(
    executor: WhooshExecutor, query: q.Query
) -> None:
    with pytest.raises(QueryError, match="'tags'"):
        executor.top(query, 10)


@each(
    "query",
    [
        q.Term("nowhere", "x"), q.Phrase("nowhere", ["x", "y"]), q.Prefix("nowhere", "x"),
        q.NumericRange("nowhere", 1, 2), q.Every("nowhere"), q.Or([]), q.And([]), q.NullQuery,
        q.Phrase("body", []), q.Term("day", "no number"), q.Term("body", "\ud800"),
        q.Term("day", "x"), q.Term("weight", b"zz"), q.NumericRange("day", None, -math.inf),
        q.DisjunctionMax([]),
    ],
)  # fmt: skip
def test_what_is_nowhere_is_not_found(executor: WhooshExecutor, query: q.Query) -> None:
    found = executor.top(query, 10)
    assert (found.total, found.docnums.tolist(), found.scores.tolist()) == (0, [], [])


def damaged(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> WhooshExecutor:
    """An executor that reads postings of documents that there are not."""
    executor = WhooshExecutor(archive.snapshot, archive.schema)
    reader: Any = archive.snapshot.segments[0].reader.inverted("body")
    low = reader._docnums._low.copy()
    low[::2] = 60_000
    replace_docnums(reader, low, monkeypatch)
    return executor


def replace_docnums(reader: Any, low: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader._docnums, "_low", low)
    finder = vars(FieldReader)["_compiled"].func(reader)  # one that reads the new ones
    monkeypatch.setitem(reader.__dict__, "_compiled", finder)


@pytest.mark.parametrize(
    "query",
    [
        q.Term("body", "x"),
        q.Or([q.Term("body", "x"), q.Term("body", "a" * 60)]),
        q.And([q.Every(), q.Term("body", "x")]),
        q.Phrase("body", ["a" * 60, "x"]),
        q.Prefix("body", "x"),
        q.Wildcard("body", "*x"),
    ],
    ids=lambda query: type(query).__name__,
)
def test_a_damaged_posting_is_an_error_of_ours(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, query: q.Query
) -> None:
    executor = damaged(archive, monkeypatch)
    with pytest.raises(CorruptIndexError):
        executor.top(query, 10)


def test_an_empty_index_has_no_hits(tmp_path_factory: pytest.TempPathFactory) -> None:
    none: list[list[Document]] = []
    for batches in (none, [*none, []]):
        archive = Archive(tmp_path_factory.mktemp("empty"), batches)
        executor = WhooshExecutor(archive.snapshot, archive.schema)
        for query in (q.Term("body", "x"), q.Every(), q.Not(q.Term("body", "x"))):
            assert executor.top(query, 10).total == 0
            assert executor.top(query, 10, sort=(Sort("day", descending=True),)).total == 0
            assert executor.matching(query).dtype == np.int64


def test_patterns_know_how_many_ways_there_are() -> None:
    assert regexes.MAX_WAYS >= regexes.MAX_REGEX_TERM**3


@each("boost", [math.inf, -math.inf, math.nan, 1e39])
@each(
    "make",
    [
        lambda boost: q.Term("body", "x", boost=boost),
        lambda boost: q.Or([q.Term("title", "x"), q.Term("body", "x", boost=boost)]),
        lambda boost: q.Or([q.Term("body", "x"), q.Prefix("body", "a", boost=boost)]),
        lambda boost: q.ConstantScoreQuery(q.Term("body", "x"), boost),
        lambda boost: q.DisjunctionMax([q.Term("body", "x")], tiebreak=boost),
    ],
)
def test_scores_that_would_be_no_numbers_are_refused(
    executor: WhooshExecutor, make: Callable[[float], q.Query], boost: float
) -> None:
    with pytest.raises(QueryError, match="expected factors"):
        executor.top(make(boost), 10)


def test_nodes_of_unknown_words_are_not_kept_without_end(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_view, "MAX_TERMS", 10)
    executor = WhooshExecutor(archive.snapshot, archive.schema)
    for number in range(100):
        word = f"unknown{number}"
        executor.top(q.Or([q.Term("title", word), q.Term("body", word)]), 10)
    assert len(executor._index.nodes) <= 10


def test_a_docnum_that_is_too_high_is_found_where_a_list_is_read(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader: Any = archive.snapshot.segments[0].reader.inverted("body")
    (start, _) = reader._span(reader.terms.lookup(b"x"))
    low = reader._docnums._low.copy()
    low[start] = 1000  # the first of four, while the last is right
    replace_docnums(reader, low, monkeypatch)
    for query in (
        q.Term("body", "x"), q.Phrase("body", ["x", "x"]), q.Prefix("body", "x"),
        q.Wildcard("body", "?"), q.Or([q.Term("body", "x"), q.Term("body", "a" * 60)]),
    ):  # fmt: skip
        with pytest.raises(CorruptIndexError, match=r"body.docnums.*(ascending|right|of no doc)"):
            WhooshExecutor(archive.snapshot, archive.schema).top(query, 10)


@pytest.mark.parametrize("error", [IndexError, KeyError, ValueError, UnicodeDecodeError])
def test_a_mistake_in_the_program_is_no_damage_of_the_index(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """It must surface as what it is, or nobody would look for it."""
    raised = error("utf-8", b"", 0, 1, "?") if error is UnicodeDecodeError else error("mistake")

    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(index_view.IndexView, "word_finder", fail)
    executor = WhooshExecutor(archive.snapshot, archive.schema)
    with pytest.raises(error):
        executor.top(q.Term("body", "x"), 10)
    with pytest.raises(error):
        executor.matching(q.Term("body", "x"))


def test_a_term_that_is_no_text_is_an_error_of_ours(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = WhooshExecutor(archive.snapshot, archive.schema)
    terms: Any = archive.snapshot.segments[0].reader.inverted("body").terms
    monkeypatch.setattr(terms, "_pieces", lambda *_: [[b"\x80"]])
    read = [q.Regex("body", ".*b.*")] + [q.FuzzyTerm("body", "x")] * (terms.compiled is None)
    for query in read:
        with pytest.raises(CorruptIndexError):
            executor.top(query, 10)


def test_regular_expressions_of_a_query_share_their_time(
    executor: WhooshExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([0.0, 0.0, *(5.0 for _ in range(100))])
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    with pytest.raises(QueryTooCostly, match="seconds"):
        executor.top(q.Or([q.Regex("body", "a.*"), q.Regex("body", "x.*")]), 10)


@pytest.mark.parametrize("count", [249, 250, 251, 600])
def test_phrases_may_be_long(tmp_path: Path, count: int) -> None:
    words = [*"abc"] * 200
    documents = [
        Document("whole", body=tuple(words)),
        Document("short", body=tuple(words[: count - 1])),
        Document("other", body=(*words[: count - 1], "d")),
    ]
    archive = Archive(tmp_path, [documents])
    searcher = Searcher(archive.snapshot, archive.schema)
    assert searcher.matching(Phrase(" ".join(words[:count]))).tolist() == [0]
    times = (600 - count) // 3 + 1
    explained = str(searcher.explain(Phrase(" ".join(words[:count])), 0))
    assert f"tf {times}" in explained
