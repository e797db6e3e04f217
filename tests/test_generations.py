"""How long does a program hold the files of a commit that is not the last any more?

Python collects cycles when it pleases, and in a server that may be long after a commit. So nothing
that a search makes may refer to itself: what nobody refers to is closed at once.
"""

from __future__ import annotations

import gc
import sys
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from whoosh import query as whoosh_query

from searchlib import Article, Index, Recency
from searchlib.search import held as held_commits
from tests.conftest import ARTICLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.storage.snapshot import Snapshot

QUERIES = [
    "talks",
    "peace talks -cup",
    '"peace talks"',
    "talks talks peace",
    "peace NEAR/9 talks",
    "tal*",
    "talcs~",
    "/tal.+/",
    "published:[2025-01 TO 2025-04] talks",
    'source:"Harbour News" OR dateline:vienna',
    "title:*",
    "*",
]


@pytest.fixture
def _without_collections() -> Iterator[None]:
    gc.collect()
    gc.freeze()  # so that the next test does not look at all of it again
    gc.disable()
    yield
    gc.enable()


def commit(index: Index[Article]) -> None:
    """Leave nothing of the commit before in use."""
    index.add(Article(id="late", title="Late edition"), workers=0)
    index.optimize()
    assert len(index) == len(ARTICLES) + 1


def held(index: Index[Article]) -> weakref.ref[Snapshot]:
    return weakref.ref(index._local.snapshot)


def mapped(path: Path) -> int:
    """Count the files of an index that the process has mapped."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return len({line.split()[5] for line in lines if f"{path}/" in line})


@pytest.mark.usefixtures("_without_collections")
@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("language", [None, "auto"])
def test_results_that_are_dropped_hold_nothing(
    tmp_path: Path, query: str, language: str | None
) -> None:
    index = Index.create(tmp_path / "index", Article, language=language)
    index.add([one.model_copy(update={"language": "en"}) for one in ARTICLES], workers=0)
    snapshot = held(index)
    results = index.search(query)
    assert results.total
    assert [hit.to_json() for hit in results]
    assert index.explain(query, results[0].key).value
    commit(index)
    assert snapshot() is not None  # the results hold it
    del results
    assert snapshot() is None
    if sys.platform == "linux":
        assert mapped(index.path) == 1


@pytest.mark.usefixtures("_without_collections")
@pytest.mark.parametrize("sort", [None, "left", "date"])
def test_lines_and_rows_that_are_dropped_hold_nothing(index: Index[Article], sort: Any) -> None:
    snapshot = held(index)
    lines = index.concordance("talks", sort=sort)
    assert [line.match for line in lines]
    rows = index.search_many(["talks", "peace AND ("])
    assert next(rows).hits[0].document.title
    commit(index)
    assert snapshot() is not None
    del lines, rows
    assert snapshot() is None


@pytest.mark.usefixtures("_without_collections")
def test_a_commit_lets_go_of_the_one_before(index: Index[Article]) -> None:
    snapshot = held(index)
    index.count("talks")
    index.get("talks")
    index.count(whoosh_query.Regex("title", "tal.*"))
    assert list(index)
    commit(index)
    assert snapshot() is None


@pytest.mark.usefixtures("_without_collections")
def test_a_closed_index_holds_nothing(index: Index[Article]) -> None:
    snapshot = held(index)
    hit = index.search("talks")[0]
    index.close()
    assert hit.document.title
    del hit
    assert snapshot() is None


@pytest.mark.usefixtures("_without_collections")
def test_a_whoosh_searcher_that_is_dropped_holds_nothing(index: Index[Article]) -> None:
    snapshot = held(index)
    searcher = index.searcher()
    assert len(searcher.search(whoosh_query.Term("title", "talk"))) == 1
    commit(index)
    assert snapshot() is not None
    del searcher
    assert snapshot() is None


@pytest.mark.usefixtures("_without_collections")
def test_a_commit_is_kept_for_its_next_page_for_a_while(
    index: Index[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = held(index)
    following = index.search("talks", limit=1).next
    commit(index)
    assert snapshot() is not None
    assert [hit.key for hit in index.search("talks", limit=1, after=following)] == ["strike"]
    monkeypatch.setattr(held_commits, "MAX_AGE", 0)
    index.add(Article(id="later", title="Later edition"), workers=0)
    assert len(index)  # it is let go when the next commit is opened
    assert snapshot() is None


@pytest.mark.usefixtures("_without_collections")
def test_a_search_in_other_fields_holds_nothing(index: Index[Article]) -> None:
    snapshot = held(index)
    assert index.search("talks", fields=["body"], boost=Recency("published", "30d")).total
    assert index.search("talks", collapse="copies", facets=True)[0].collapsed.count == 0
    commit(index)
    assert snapshot() is None
