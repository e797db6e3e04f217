"""Sorting by fields, and many threads at once."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as q
from whoosh.fields import DATETIME, NUMERIC
from whoosh.util.times import datetime_to_long

from searchlib.errors import QueryError
from searchlib.search import index_view
from searchlib.search.order import SCORE, Sort
from tests.conftest import examples
from tests.search.brute_force import Document
from tests.search.corpora import Archive, WhooshExecutor, some_documents
from tests.search.queries import trees, word_trees
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.search.order import Order


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    documents = some_documents(90, seed=11)
    batches = [documents[:20], documents[20:70], documents[70:]]
    return Archive(tmp_path_factory.mktemp("sorted"), batches, range(4, 90, 5))


def value_of(document: Document, field: str) -> Any:
    if field == "id":
        return document.id
    if field == "tags":
        return min(document.tags, key=str.encode, default=None)
    value = getattr(document, field)
    return None if value is None or math.isnan(value) else value


def expected_order(
    archive: Archive, query: q.Query, order: Order, scores: dict[int, float]
) -> list[int]:
    docnums = sorted(docnum for docnum, _ in archive.brute_force.ranking(query))
    for sort in reversed(order):
        values = {
            docnum: scores[docnum]
            if sort.is_score
            else value_of(archive.documents[docnum], sort.field)
            for docnum in docnums
        }
        present = [docnum for docnum in docnums if values[docnum] is not None]
        present.sort(key=lambda docnum: values[docnum], reverse=sort.descending is True)
        missing = [docnum for docnum in docnums if values[docnum] is None]
        docnums = missing + present if sort.missing == "first" else present + missing
    return docnums


sorts = st.builds(
    Sort,
    st.sampled_from(["id", "tags", "day", "weight", SCORE]),
    descending=st.booleans(),
    missing=st.sampled_from(["first", "last"]),
)
orders = st.lists(sorts, min_size=1, max_size=3).map(tuple)


@given(query=word_trees | st.just(q.Every()), sort=orders, k=st.integers(0, 100))
def test_documents_come_in_the_order_of_their_values(
    archive: Archive, query: q.Query, sort: Order, k: int
) -> None:
    executor = WhooshExecutor(archive.snapshot, archive.schema)
    ranked = executor.top(query, 1000)
    scores = dict(zip(ranked.docnums.tolist(), ranked.scores.tolist(), strict=True))
    expected = expected_order(archive, query, sort, scores)
    found = executor.top(query, k, sort=sort)
    assert found.total == len(expected)
    assert found.docnums.tolist() == expected[:k]
    assert found.scores.tolist() == [scores[docnum] for docnum in expected[:k]]


@pytest.mark.parametrize("field", ["body", "nowhere"])
def test_not_every_field_can_be_sorted_by(archive: Archive, field: str) -> None:
    with pytest.raises(QueryError, match=field):
        WhooshExecutor(archive.snapshot, archive.schema).top(q.Every(), 5, sort=(Sort(field),))


DAY = datetime(2025, 2, 17, 18, 30)


@each(
    ("field", "value", "same"),
    [
        ("day", DAY, datetime_to_long(DAY)),
        ("day", DATETIME().to_bytes(DAY), datetime_to_long(DAY)),
        ("weight", NUMERIC(float, 64).to_bytes(0.5), 0.5),
        ("weight", "0.5", 0.5),
        ("weight", 2, 2.0),
    ],
)
def test_numbers_and_dates_may_come_in_any_form(
    archive: Archive, field: str, value: Any, same: float
) -> None:
    executor = WhooshExecutor(archive.snapshot, archive.schema)
    expected = executor.matching(q.NumericRange(field, same, same)).tolist()
    assert executor.matching(q.Term(field, value)).tolist() == expected
    assert executor.matching(q.TermRange(field, value, value)).tolist() == expected
    assert len(expected) > 0 or field == "day"


def test_many_threads_share_an_executor(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_view, "MAX_TERMS", 3)
    queries: list[q.Query] = [
        q.Or([q.Term("title", word), q.Term("body", word)]) for word in "abcd"
    ]
    queries += [q.Phrase("body", ["a", "b"]), q.And(queries[:2]), q.Prefix("body", "ab")]
    fresh = [WhooshExecutor(archive.snapshot, archive.schema).top(query, 5) for query in queries]
    shared = WhooshExecutor(archive.snapshot, archive.schema, cache=10_000)

    def ask(number: int) -> bool:
        expected, found = (
            fresh[number % len(queries)],
            shared.top(queries[number % len(queries)], 5),
        )
        return (
            found.total == expected.total
            and found.docnums.tolist() == expected.docnums.tolist()
            and found.scores.tolist() == expected.scores.tolist()
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(400)))


@settings(max_examples=examples(120))
@given(query=trees, cache=st.sampled_from([0, 5_000, 1 << 20]))
def test_an_executor_remembers_nothing_that_changes_an_answer(
    archive: Archive, query: q.Query, cache: int
) -> None:
    executor = WhooshExecutor(archive.snapshot, archive.schema, cache)
    first = executor.top(query, 7)
    for _ in range(2):
        again = executor.top(query, 7)
        assert again.total == first.total
        assert again.docnums.tolist() == first.docnums.tolist()
        assert again.scores.tolist() == first.scores.tolist()


@pytest.mark.parametrize("reverse", [False, True])
def test_a_segment_without_a_field_comes_last(tmp_path: Path, reverse: bool) -> None:
    batches = [
        [Document("0", ("a",), tags=frozenset(["red"])), Document("1", ("a",))],
        [Document("2", ("a",), tags=frozenset(["blue"]))],
        [Document("3", ("a",), tags=frozenset(["green"]))],
    ]
    archive = Archive(tmp_path, batches)
    executor = WhooshExecutor(archive.snapshot, archive.schema)
    del executor._index.segments[0].inverted["tags"]
    best = executor.top(q.Every(), 9, sort=(Sort("tags", descending=reverse),))
    assert best.docnums.tolist() == [*([3, 2] if reverse else [2, 3]), 0, 1]
