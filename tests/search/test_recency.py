"""A boost for new documents: its factor, and that it goes with every kind of query."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Article, Index, Recency
from searchlib.errors import QueryError
from searchlib.query.field_values import Clock
from searchlib.search.searcher import Searcher
from searchlib.whoosh_compat.queries import from_whoosh
from tests.conftest import examples
from tests.search.corpora import Archive, some_documents
from tests.search.queries import trees
from tests.tables import each

NOW = datetime(2025, 3, 31, 12, tzinfo=UTC)
DAYS = {
    "today": date(2025, 3, 31),
    "month": date(2025, 3, 1),
    "old": date(1995, 1, 1),
    "future": date(2025, 12, 24),
    "none": None,
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index[Article]:
    index = Index.create(tmp_path_factory.mktemp("recency") / "i", Article)
    index._clock = Clock(lambda: NOW)
    index._local.current.clock = index._clock
    with index.writer() as writer:
        writer.add(
            Article(id=key, title="Storm", body="A storm came.", published=day)
            for key, day in DAYS.items()
        )
    return index


def factor(age: float, days: float, weight: float = 0.5) -> float:
    return 1 - weight + weight * 2 ** (-age / days)


@each(
    ("boost", "days", "weight"),
    [
        (Recency("published", "30d"), 30, 0.5),
        (Recency("published", "12h"), 0.5, 0.5),
        (Recency("published", "2w", weight=1), 14, 1),
        (Recency("published", "6m", weight=0.2), 182.62125, 0.2),
        (Recency("published", "1.5 Y"), 547.86375, 0.5),
        (Recency("published", timedelta(days=3), weight=0), 3, 0),
    ],
)
def test_scores_are_multiplied_by_what_age_leaves(
    index: Index[Article], boost: Recency, days: float, weight: float
) -> None:
    plain = {hit.key: hit.score for hit in index.search("storm")}
    found = {hit.key: hit.score / plain[hit.key] for hit in index.search("storm", boost=boost)}
    ages = {"today": 0.5, "month": 30.5, "old": 11_047.5, "future": 0.0, "none": math.inf}
    expected = {key: factor(age, days, weight) for key, age in ages.items()}
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    "origin", ["2025-03-01", date(2025, 3, 1), datetime(2025, 3, 1, tzinfo=UTC)]
)
def test_age_is_reckoned_from_another_day(index: Index[Article], origin: Any) -> None:
    boost = Recency("published", "1d", origin=origin)
    best = [hit.key for hit in index.search("storm", boost=boost)]
    assert set(best[:3]) == {"today", "month", "future"}
    assert best[3:] == ["old", "none"]


def test_several_boosts_are_multiplied_and_explained(index: Index[Article]) -> None:
    boosts = [Recency("published", "30d"), Recency("published", "1y", weight=0.9)]
    for hit in index.search("storm came", boost=boosts):
        explanation = index.explain("storm came", hit.key, boost=boosts)
        assert explanation.value == pytest.approx(hit.score, rel=1e-6)
        assert len(explanation.details) == 3
        product = math.prod(detail.value for detail in explanation.details)
        assert product == pytest.approx(hit.score, rel=1e-6)
    shown = str(index.explain("storm", "month", boost=boosts[0]))
    assert "age 30.5 and half-life h 30 days" in shown


def test_what_does_not_match_has_no_score(index: Index[Article]) -> None:
    explanation = index.explain("calm", "old", boost=Recency("published", "1d"))
    assert explanation.value == 0


def test_filters_offsets_and_snippets_go_with_it(index: Index[Article]) -> None:
    boost = Recency("published", "30d")
    everything = index.search("storm", boost=boost)
    some = index.search("storm", boost=boost, filter="published:>=2000", offset=1, limit=1)
    assert some.total == 3
    assert [hit.key for hit in some] == [
        [h.key for h in everything if h.key not in {"old", "none"}][1]
    ]
    assert some[0].snippets["body"].spans


@each(
    ("make", "message"),
    [
        (lambda: Recency("published", "0d"), "half_life"),
        (lambda: Recency("published", "a while"), "half_life"),
        (lambda: Recency("published", "5"), "half_life"),
        (lambda: Recency("published", timedelta(0)), "half_life"),
        (lambda: Recency("published", 30), "half_life"),  # type: ignore[arg-type]
        (lambda: Recency("published", "1d", weight=1.5), "weight"),
        (lambda: Recency("published", "1d", weight=math.nan), "weight"),
        (lambda: Recency("published", "1d", origin=3), "origin"),  # type: ignore[arg-type]
        (lambda: Recency(3, "1d"), "name of a field"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_boost_is_an_error(make: Any, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        make()


@each(
    ("boost", "message"),
    [
        ("published", "Recency or a list"),
        (Recency("title", "1d"), "date field, got 'title'; there are published"),
        (Recency("nowhere", "1d"), "date field, got 'nowhere'"),
        (Recency("published", "1d", origin="soon"), "origin: expected"),
    ],
)
def test_a_boost_that_does_not_fit_is_an_error(
    index: Index[Article], boost: Any, message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        index.search("storm", boost=boost)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    documents = some_documents(90, seed=12)
    return Archive(
        tmp_path_factory.mktemp("boosted"), [documents[:50], documents[50:]], range(3, 90, 7)
    )


@settings(max_examples=examples(120))
@given(query=trees, weight=st.floats(0, 1))
def test_every_kind_of_query_can_be_boosted(archive: Archive, query: Any, weight: float) -> None:
    boost = Recency("day", "10y", weight=weight, origin=datetime(2000, 1, 1, tzinfo=UTC))
    searcher = Searcher(archive.snapshot, archive.schema)
    tree = from_whoosh(query, archive.schema)
    plain = searcher.top(tree, 1000)
    scores = dict(zip(plain.docnums.tolist(), plain.scores.tolist(), strict=True))
    found = searcher.top(tree, 1000, boosts=[boost])
    origin = 63_082_281_600_000_000
    expected = {}
    for docnum, score in scores.items():
        day = archive.documents[docnum].day
        age = math.inf if day is None else max(origin - day, 0) / 86_400_000_000
        expected[docnum] = score * factor(age, 3652.425, weight)
    assert dict(zip(found.docnums.tolist(), found.scores.tolist(), strict=True)) == pytest.approx(
        expected, rel=1e-6, abs=1e-9
    )
    ranked = list(zip((-found.scores).tolist(), found.docnums.tolist(), strict=True))
    assert ranked == sorted(ranked)
