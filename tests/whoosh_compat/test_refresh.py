"""A Whoosh searcher tells when there is a later commit, and shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from whoosh import query as q
from whoosh.sorting import FieldFacet

from searchlib import Index
from searchlib.whoosh_compat import whoosh_searcher
from tests.whoosh_compat.reports import Report

if TYPE_CHECKING:
    from pathlib import Path

    from whoosh.searching import Searcher


@pytest.fixture
def path(tmp_path: Path) -> Path:
    index = Index.create(tmp_path / "news.index", Report)
    index.add([Report(id=name, title="peace", size=1) for name in ("a", "b")])
    return index.path


@pytest.fixture
def searcher(path: Path) -> Searcher:
    index = Index.open(path, Report)
    return whoosh_searcher(index.reader(), index.reader)


def found(searcher: Searcher) -> list[str]:
    return [hit["id"] for hit in searcher.search(q.Every(), limit=None)]


def test_nothing_to_refresh(searcher: Searcher) -> None:
    assert searcher.up_to_date()
    assert searcher.refresh() is searcher
    assert found(searcher) == ["a", "b"]


def test_another_writer_adds_replaces_and_deletes(path: Path, searcher: Searcher) -> None:
    other = Index.open(path, Report)
    other.add([Report(id="c", title="peace"), Report(id="b", title="war", size=3)])
    other.delete("a")
    assert not searcher.up_to_date()
    assert found(searcher) == ["a", "b"]  # it still shows what it was opened on
    fresh = searcher.refresh()
    assert fresh.up_to_date()
    assert not searcher.up_to_date()
    assert fresh.refresh() is fresh
    assert sorted(found(fresh)) == ["b", "c"]
    assert fresh.doc_count() == 2
    assert [hit["id"] for hit in fresh.search(q.Term("title", "peac"))] == ["c"]
    grouped = fresh.search(q.Every(), groupedby=FieldFacet("size"), sortedby="size")
    assert len(grouped) == 2


def test_refreshed_again_and_again(path: Path, searcher: Searcher) -> None:
    other = Index.open(path, Report)
    for number in range(5):
        other.add(Report(id=f"r{number}", title="peace"))
        searcher = searcher.refresh()
        assert len(found(searcher)) == len(set(found(searcher))) == number + 3
    other.optimize()
    searcher = searcher.refresh()
    assert searcher.up_to_date()
    assert len(found(searcher)) == 7


def test_scores_are_of_the_new_commit(path: Path, searcher: Searcher) -> None:
    Index.open(path, Report).add([Report(id=f"r{n}", title="war") for n in range(50)])
    fresh = searcher.refresh()
    index = Index.open(path, Report)
    expected = {hit.key: hit.score for hit in index.search("title:peace", snippets=False)}
    hits = {hit["id"]: hit.score for hit in fresh.search(q.Term("title", "peac"))}
    assert hits == pytest.approx(expected)


def test_a_searcher_of_a_reader_alone_can_not_tell(path: Path) -> None:
    searcher: Any = whoosh_searcher(Index.open(path, Report).reader())
    for ask in (searcher.up_to_date, searcher.refresh):
        with pytest.raises(ValueError, match="No reference to index"):
            ask()
