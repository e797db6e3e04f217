"""A running index sees what is at its place by now, from whichever folder and thread."""

from __future__ import annotations

import gc
import shutil
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from searchlib import Article, Index, Key, Text
from searchlib.errors import (
    AnalysisVersionError,
    IndexNotFoundError,
    SchemaMismatchError,
    SearchlibError,
)
from searchlib.search import current
from searchlib.storage import directory as directory_module


@pytest.fixture(params=["at once", "when the clock has gone on"])
def settled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a manifest is believed to be the same by its date alone."""
    if request.param != "at once":
        monkeypatch.setattr(directory_module, "_SETTLED_NS", -1)


def make(path: Path, *words: str) -> Path:
    """Make an index of articles with one word each, in one commit."""
    Index.create(path, Article).add(Article(id=word, title=word) for word in words)
    return path


def keys(index: Index) -> list[str]:
    return [hit.key for hit in index.search("*", limit=None)]


@pytest.mark.usefixtures("settled")
def test_a_folder_swapped_under_a_running_index_is_noticed(tmp_path: Path) -> None:
    index = Index.open(make(tmp_path / "live", "old"))
    assert keys(index) == ["old"]
    for number in range(3):
        make(tmp_path / "next", f"new{number}")
        index.path.rename(tmp_path / f"before{number}")
        (tmp_path / "next").rename(index.path)
        assert index.stats().generation == 1
        assert keys(index) == [f"new{number}"]
        assert index.get("old") is None
    assert index.add(Article(id="more", title="more")).added == 1
    assert keys(index) == ["new2", "more"]


@pytest.mark.usefixtures("settled")
def test_a_link_swapped_under_a_running_index_is_noticed(tmp_path: Path) -> None:
    make(tmp_path / "monday", "monday")
    make(tmp_path / "tuesday", "tuesday")
    link = tmp_path / "live"
    link.symlink_to("monday")
    index = Index.open(link)
    for day in ("monday", "tuesday", "monday"):
        (tmp_path / "link").symlink_to(day)
        (tmp_path / "link").replace(link)
        assert keys(index) == [day]
        assert index.path == link


@pytest.mark.usefixtures("settled")
def test_a_copy_that_has_changed_is_told_from_its_original(tmp_path: Path) -> None:
    live = make(tmp_path / "live", "a", "b", "c")
    shutil.copytree(live, tmp_path / "copy")
    index = Index.open(live)
    index.delete("a")
    Index.open(tmp_path / "copy").delete("b")
    assert keys(index) == ["b", "c"]
    live.rename(tmp_path / "before")
    (tmp_path / "copy").rename(live)
    assert index.stats().generation == 2
    assert keys(index) == ["a", "c"]


class Other(BaseModel):
    id: Annotated[str, Key()]
    text: Annotated[str, Text()]


def swap(index: Index, path: Path) -> None:
    shutil.rmtree(index.path)
    path.rename(index.path)


def test_an_index_of_other_fields_in_the_place_is_an_error(tmp_path: Path) -> None:
    index = Index.open(make(tmp_path / "live", "old"))
    assert keys(index) == ["old"]
    Index.create(tmp_path / "other", Other)
    swap(index, tmp_path / "other")
    for call in (lambda: index.search("*"), lambda: index.add([]), index.stats, lambda: len(index)):
        with pytest.raises(SchemaMismatchError, match="text: .* in the index, missing in"):
            call()
    swap(index, make(tmp_path / "again", "new"))
    assert keys(index) == ["new"]


def test_an_index_of_another_analysis_in_the_place_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index.open(make(tmp_path / "live", "old"))
    monkeypatch.setattr("searchlib.backends.opening.ANALYSIS_VERSION", 7)
    swap(index, make(tmp_path / "next", "new"))
    for call in (lambda: index.search("*"), lambda: index.add([])):
        with pytest.raises(AnalysisVersionError, match="analysis 7"):
            call()


def test_an_index_that_is_gone_is_an_error_until_it_is_back(tmp_path: Path) -> None:
    index = Index.open(make(tmp_path / "live", "old"))
    assert keys(index) == ["old"]
    index.path.rename(tmp_path / "away")
    for call in (lambda: index.search("*"), index.stats):
        with pytest.raises(IndexNotFoundError):
            call()
    (tmp_path / "away").rename(index.path)
    assert keys(index) == ["old"]


def test_a_relative_path_stays_that_of_the_folder_it_was_given_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    created = Index.create("one.index", Article)
    opened = Index.open(Path("one.index"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert created.path == opened.path == tmp_path / "one.index"
    assert created.add(Article(id="a", title="a")).added == 1
    assert keys(opened) == ["a"]
    assert opened.check() == []
    opened.optimize()
    assert opened.stats().path == tmp_path / "one.index"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_sizes_are_added_up_while_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index.open(make(tmp_path / "live", "a", "b"))
    before = index.stats().size
    assert before == sum(file.stat().st_size for file in index.path.iterdir())
    listed = Path.iterdir

    def iterdir(path: Path) -> Any:
        yield from listed(path)
        yield path / "segment-00000001-0123456789abcdef.seg"  # removed just now

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert index.stats().size == before


def test_statistics_can_be_had_while_another_writes(tmp_path: Path) -> None:
    index = Index.open(make(tmp_path / "live", "a"))
    done = threading.Event()
    wrong: list[BaseException] = []

    def look() -> None:
        while not done.is_set():
            try:
                assert index.stats().documents >= 1
            except BaseException as error:
                wrong.append(error)

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    writer = Index.open(index.path)
    for number in range(30):
        writer.add(Article(id="b", title=f"number {number}"), workers=0)
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_threads_that_search_first_at_the_same_time_share_a_searcher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "live", "storm", "flood")
    made: list[object] = []
    everyone = threading.Barrier(8)
    original: Any = current.Searcher  # type: ignore[attr-defined]

    class Counted(original):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            made.append(self)
            super().__init__(*args, **options)

    monkeypatch.setattr(current, "Searcher", Counted)
    index = Index.open(path)

    def search(_: int) -> int:
        everyone.wait(60)
        return index.search("storm OR flood").total

    with ThreadPoolExecutor(8) as pool:
        for commits in (1, 2, 3):
            assert set(pool.map(search, range(8))) == {2}
            assert len(made) == commits
            Index.open(path).add(Article(id="flood", title="flood"), workers=0)


def test_an_error_on_opening_is_no_end(tmp_path: Path) -> None:
    """The lock is free again, and what is mended is read."""
    index = Index.open(make(tmp_path / "live", "a"))
    (segment,) = index.path.glob("*.seg")
    segment.rename(tmp_path / "away")
    for _ in range(2):
        with pytest.raises(SearchlibError):
            index.search("a")
    (tmp_path / "away").replace(segment)
    assert keys(index) == ["a"]


def test_results_keep_no_searcher_alive(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "i", Article)
    index.add([Article(id="1", title="Storm", body="A storm came.")])
    results = index.search("storm")
    searcher = weakref.ref(index._local.current.get())
    index.add([Article(id="2", title="Calm", body="It was calm.")])
    assert index.search("calm").total == 1
    gc.collect()
    assert searcher() is None
    assert results.hits[0].key == "1"
    assert results.hits[0].snippets["body"].html == "A <mark>storm</mark> came."


def test_the_revision_changes_with_the_documents_and_with_nothing_else(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article)
    empty = index.revision
    index.add([Article(id="1", title="Storm"), Article(id="2", title="Flood")])
    one = index.revision
    assert len({empty, one}) == 2
    assert one == index.revision == Index.open(index.path).revision
    index.delete("1")
    assert index.revision not in {empty, one}
