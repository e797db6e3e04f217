"""What the executor finds is what the definitions say, however it goes about it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from whoosh import query as q

from tests.conftest import examples
from tests.search.corpora import Archive, WhooshExecutor, some_documents
from tests.search.queries import trees, word_trees

if TYPE_CHECKING:
    from whoosh.query import Query

patient = settings(
    max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Archive]:
    documents = some_documents(70, seed=1)
    sizes = {
        "one": [documents],
        "several": [documents[:30], documents[30:31], [], documents[31:]],
    }
    return [
        Archive(tmp_path_factory.mktemp(name), batches, deleted)
        for name, batches in sizes.items()
        for deleted in [(), range(3, 70, 4)]
    ]


def expect_exact(archive: Archive, query: Query) -> None:
    """Compare all of a ranking with brute force, and the beginnings of it with all of it."""
    executor = WhooshExecutor(archive.snapshot, archive.schema)
    expected = dict(archive.brute_force.ranking(query))
    everything = executor.top(query, 1000)
    assert everything.total == len(expected)
    assert sorted(everything.docnums.tolist()) == sorted(expected)
    scores = [expected[docnum] for docnum in everything.docnums.tolist()]
    np.testing.assert_allclose(everything.scores, scores, rtol=2e-6, atol=1e-12)
    order = np.lexsort((everything.docnums, -everything.scores))
    assert order.tolist() == list(range(len(order)))
    for k in (0, 1, 3, 10):
        best = executor.top(query, k)
        assert best.total == len(expected)
        assert best.docnums.tolist() == everything.docnums[:k].tolist()
        assert best.scores.tolist() == everything.scores[:k].tolist()
    assert executor.matching(query).tolist() == sorted(expected)


@settings(patient, max_examples=examples(150))
@given(query=trees)
@example(query=q.NumericRange("weight", None, math.inf, False, True))
@example(query=q.NumericRange("weight", -math.inf, math.inf))
def test_any_tree_of_queries(archives: list[Archive], query: Query) -> None:
    for archive in archives:
        expect_exact(archive, query)


@pytest.fixture(scope="module")
def lasting(archives: list[Archive]) -> list[WhooshExecutor]:
    return [WhooshExecutor(archive.snapshot, archive.schema) for archive in archives]


@settings(patient, max_examples=examples(150))
@given(query=trees)
def test_an_executor_that_had_other_queries_before(
    archives: list[Archive], lasting: list[WhooshExecutor], query: Query
) -> None:
    for archive, executor in zip(archives, lasting, strict=True):
        expected = archive.brute_force.ranking(query)
        assert executor.matching(query).tolist() == sorted(docnum for docnum, _ in expected)
        found = executor.top(query, 1000)
        assert dict(zip(found.docnums.tolist(), found.scores.tolist(), strict=True)) == (
            pytest.approx(dict(expected), rel=2e-6, abs=1e-12)
        )


def test_what_is_kept_of_similar_patterns_is_not_mixed_up(
    archives: list[Archive], lasting: list[WhooshExecutor]
) -> None:
    queries: list[Query] = [
        kind(field, text)
        for kind in (q.Prefix, q.Wildcard, q.Regex, q.Variations)
        for field in ("title", "body", "tags")
        for text in ("a", "b", "t?l*", "r.*")
    ]
    queries += [
        q.FuzzyTerm("body", "cab", maxdist=edits, prefixlength=prefix)
        for edits in (0, 1, 2)
        for prefix in (0, 1, 2)
    ]
    queries += [
        q.TermRange("body", "a", end, open_start, open_end)
        for end in ("b", "cab", "talks")
        for open_start in (False, True)
        for open_end in (False, True)
    ]
    for archive, executor in zip(archives, lasting, strict=True):
        for query in [*queries, *queries]:
            expected = sorted(docnum for docnum, _ in archive.brute_force.ranking(query))
            assert executor.matching(query).tolist() == expected, query


@patient
@given(query=word_trees)
def test_words_and_phrases(archives: list[Archive], query: Query) -> None:
    for archive in archives:
        expect_exact(archive, query)


@patient
@given(query=word_trees, condition=trees)
def test_a_filter_restricts_without_scoring(
    archives: list[Archive], query: Query, condition: Query
) -> None:
    archive = archives[-1]
    executor = WhooshExecutor(archive.snapshot, archive.schema)
    allowed = set(executor.matching(condition).tolist())
    everything = executor.top(query, 1000)
    expected = [
        (docnum, score)
        for docnum, score in zip(
            everything.docnums.tolist(), everything.scores.tolist(), strict=True
        )
        if docnum in allowed
    ]
    found = executor.top(query, 5, filter=condition)
    assert found.total == len(expected)
    pairs = list(zip(found.docnums.tolist(), found.scores.tolist(), strict=True))
    assert pairs == expected[:5]


LONG = [q.Term("body", "a"), q.Term("body", "b"), q.Term("body", "talks")]
TITLES = [q.Term("title", "cab", boost=2.0), q.Term("title", "a", boost=0.1)]
LONG_QUERIES = [
    *LONG,
    q.Or([q.Term("title", "unknown"), q.Term("body", "unknown")]),
    q.Or(LONG),
    q.Or([*LONG, *TITLES]),
    q.Or([*TITLES, q.Term("tags", "red"), q.Term("body", "xyz")]),
    q.Or([q.Term("body", "a"), q.Phrase("body", ["a", "b"])]),
    q.Or([q.Term("body", "a"), q.Prefix("body", "t")]),
    q.Or([q.Term("title", word) for word in "abcd"] + LONG),
    q.And([q.Or(LONG[:2]), q.Or(LONG[1:])]),
]


@pytest.fixture(scope="module")
def long_archives(tmp_path_factory: pytest.TempPathFactory) -> list[Archive]:
    """Posting lists of many blocks, in one segment and in several whose articles differ."""
    short = some_documents(3000, seed=2, length=6)
    long = some_documents(2000, seed=3, length=60)
    return [
        Archive(tmp_path_factory.mktemp("long"), batches, deleted)
        for batches, deleted in [
            ([short + long], ()),
            ([short, long], range(0, 5000, 3)),
        ]
    ]


@pytest.mark.parametrize("query", LONG_QUERIES, ids=str)
def test_the_best_are_the_beginning_of_all(long_archives: list[Archive], query: Query) -> None:
    for archive in long_archives:
        executor = WhooshExecutor(archive.snapshot, archive.schema)
        everything = executor.top(query, 5000)
        assert everything.total == len(everything.docnums) == len(executor.matching(query))
        for k in (1, 10, 100):
            best = executor.top(query, k)
            assert best.total == everything.total
            assert best.docnums.tolist() == everything.docnums[:k].tolist()
            assert best.scores.tolist() == everything.scores[:k].tolist()


@pytest.mark.parametrize("query", LONG_QUERIES[:5], ids=str)
def test_long_lists_are_scored_by_the_definition(
    long_archives: list[Archive], query: Query
) -> None:
    for archive in long_archives:
        found = WhooshExecutor(archive.snapshot, archive.schema).top(query, 10)
        expected = archive.brute_force.ranking(query)
        assert found.total == len(expected)
        np.testing.assert_allclose(found.scores, [score for _, score in expected[:10]], rtol=2e-6)


@pytest.mark.parametrize("words", [["a", "b"], ["talks", "a"], ["a", "cab", "b"], ["a", "a"]])
def test_long_phrases_are_found_whatever_is_known_of_their_words(
    long_archives: list[Archive], words: list[str]
) -> None:
    query = q.Or([q.Phrase("title", words, boost=2.0), q.Phrase("body", words)])
    for archive in long_archives:
        expected = archive.brute_force.ranking(query)
        executor = WhooshExecutor(archive.snapshot, archive.schema)
        for _ in range(3):
            found = executor.top(query, 10)
            assert found.total == len(expected)
            np.testing.assert_allclose(
                found.scores, [score for _, score in expected[:10]], rtol=2e-6
            )
