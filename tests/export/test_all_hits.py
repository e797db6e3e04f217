"""An export has all hits of a search, in its order, as they were when it was made."""

from __future__ import annotations

import gc
import json
import weakref
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from searchlib import Article, Index, Results
from searchlib.errors import ArgumentError
from searchlib.search import all_hits
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path


def keys(results: Results, **options: Any) -> list[str]:
    lines = results.to_jsonl(fields="id", **options).splitlines()
    return [json.loads(line)["id"] for line in lines]


@each("batch", [1, 7, 1024])
@each(
    "asked",
    [
        {},
        {"sort": "-published"},
        {"sort": "published"},
        {"filter": "source:odd"},
        {"offset": 20, "limit": 10},
        {"limit": 0},
        {"limit": None},
        {"limit": None, "offset": 3},
        {"offset": 1000},
    ],
)
def test_all_hits_come_in_the_order_of_the_search(
    many: Index, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], batch: int
) -> None:
    monkeypatch.setattr(all_hits, "BATCH", batch)
    results = many.search("storm", **asked)
    everything = many.search("storm", **{**asked, "offset": 0, "limit": None})
    assert keys(results) == [hit.key for hit in everything]
    assert len(everything) == results.total >= 30
    assert keys(results, hits="page") == [hit.key for hit in results]


def test_ranks_and_scores_are_those_of_the_hits(many: Index) -> None:
    results = many.search("storm", offset=10, limit=5)
    of_page = results.to_csv(fields=["rank", "score", "key"], hits="page", header=False)
    assert of_page.splitlines() == [f"{hit.rank},{hit.score},{hit.key}" for hit in results]
    of_all = results.to_csv(fields=["rank", "score", "key"], header=False).splitlines()
    assert of_all[10:15] == of_page.splitlines()
    assert [line.split(",")[0] for line in of_all] == [str(rank) for rank in range(1, 61)]


def test_the_snippet_is_the_one_that_shows_most(many: Index) -> None:
    many.add(Article(id="s", title="No wind", body="A storm came. The storm went."))
    results = many.search("storm", limit=1)
    rows = [json.loads(line) for line in results.to_jsonl(fields=["key", "snippet"]).splitlines()]
    assert {row["key"]: row["snippet"] for row in rows}["s"] == "A storm came. The storm went."
    assert {row["snippet"] for row in rows if row["key"] != "s"} == {"Storm"}
    without = many.search("storm", snippets=False, limit=1)
    assert json.loads(without.to_jsonl(fields="snippet").splitlines()[0]) == {"snippet": None}


def test_later_commits_change_nothing(many: Index) -> None:
    results = many.search("storm")
    before = keys(results)
    many.delete(*before[:30])
    many.add(Article(id="new", title="Storm storm"))
    many.optimize()
    assert keys(results) == before
    assert "new" in keys(many.search("storm"))


def test_today_is_the_day_of_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index.create(tmp_path / "index", Article)
    index.add(Article(id=day, title="x", published=f"2025-03-{day}") for day in ("04", "05"))
    moment = datetime(2025, 3, 4, 23, 59, tzinfo=UTC)
    monkeypatch.setattr(index._local.current, "clock", index._clock._replace(now=lambda: moment))
    results = index.search("published:today", limit=0)
    assert results.total == 1
    moment += timedelta(minutes=2)
    assert keys(results) == ["04"]


def test_results_keep_no_searcher(many: Index) -> None:
    results = many.search("storm")
    searcher = weakref.ref(many._local.current.get())
    many.add(Article(title="Another"))
    many.search("another")
    gc.collect()
    assert searcher() is None
    assert len(keys(results)) == 60


def test_rows_are_read_batch_by_batch(many: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(all_hits, "BATCH", 8)
    read: list[int] = []
    written: list[int] = []
    batch_of = all_hits.ReadRows._batch

    def counted(rows: all_hits.ReadRows, part: slice) -> list[list[Any]]:
        read.append(part.start)
        return batch_of(rows, part)

    class Sink:
        def write(self, text: str) -> None:
            if text:
                written.append(len(read))

    monkeypatch.setattr(all_hits.ReadRows, "_batch", counted)
    many.search("storm").to_jsonl(Sink())
    assert read == [0, 8, 16, 24, 32, 40, 48, 56]
    assert written == [1, 2, 3, 4, 5, 6, 7, 8]  # each batch is written before the next is read


def test_progress_is_told(many: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(all_hits, "BATCH", 25)
    told: list[tuple[int, int]] = []
    many.search("storm").to_csv(progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 60), (25, 60), (50, 60), (60, 60)]


def test_a_lenient_search_that_failed_has_no_rows(many: Index) -> None:
    results = many.search("published:[2025 TO nonsense]", lenient=True)
    assert keys(results) == [hit.key for hit in results]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fields": ["titel"]}, "expected a field to export, got 'titel'; there are id, title"),
        ({"fields": []}, "expected the names of some fields"),
        ({"fields": 3}, "expected fields to be"),
        ({"hits": "some"}, "expected hits to be 'all' or 'page', got 'some'"),
    ],
)
@pytest.mark.parametrize("method", ["to_csv", "to_jsonl"])
def test_wrong_arguments(many: Index, method: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        getattr(many.search("storm"), method)(**options)


def test_results_made_by_hand_have_nothing_to_export() -> None:
    results: Results = Results((), 0, 0.0)
    with pytest.raises(ArgumentError, match="made by hand"):
        results.to_csv()


@pytest.mark.parametrize(
    "method", ["to_csv", "to_jsonl", "to_arrow", "to_pandas", "to_polars", "to_parquet", "to_ipc"]
)
def test_a_column_that_is_named_twice_is_an_error(many: Index, tmp_path: Path, method: str) -> None:
    results = many.search("storm")
    target = [tmp_path / "hits"] if method in ("to_parquet", "to_ipc") else []
    with pytest.raises(ArgumentError, match="expected the field 'id' once in an export, got it t"):
        getattr(results, method)(*target, fields=["id", "title", "id"])
    assert getattr(results, method)(*target, fields=["id", "key"]) is not None or target
