"""An index of another analysis says so, and a new one is made of what it keeps."""

from __future__ import annotations

import json
import shutil
import zlib
from datetime import date, datetime  # noqa: TC003 - pydantic looks at them
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel

from searchlib import Article, Date, Index, Key, Keyword, Number, Stored, Text
from searchlib.errors import (
    AnalysisVersionError,
    ArgumentError,
    IndexExistsError,
    IndexNotFoundError,
    IndexVersionError,
    NotAnIndexError,
    SchemaError,
)
from searchlib.indexing.writer import IndexWriter
from searchlib.storage import IndexDirectory
from tests.conftest import ARTICLES

if TYPE_CHECKING:
    from pathlib import Path


def of_analysis(version: int, path: Path, model: type[BaseModel] = Article) -> Index:
    """Make an index as a searchlib with another version of the analysis would."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("searchlib.backends.opening", "searchlib.search.current"):
            patch.setattr(f"{module}.ANALYSIS_VERSION", version)
        index = Index.create(path, model)
        if model is Article:
            index.add(ARTICLES)
            index.add(ARTICLES[:1])
            index.delete("cup")
    return index


def contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir() if file.name != "write.lock"}


@pytest.mark.parametrize(("version", "age"), [(7, "a newer"), (999, "a newer")])
def test_an_index_of_another_analysis_names_the_command_that_makes_it_anew(
    tmp_path: Path, version: int, age: str
) -> None:
    path = tmp_path / "my index"
    of_analysis(version, path)
    for open_it in (Index.open, lambda path: Index.open(path, Article)):
        with pytest.raises(IndexVersionError) as caught:
            open_it(path)
        assert isinstance(caught.value, AnalysisVersionError)
        assert f"got one of analysis {version}, made by {age} searchlib" in str(caught.value)
        assert f"searchlib reindex '{path}' NEW" in str(caught.value)


def test_an_index_of_an_older_analysis_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Index.create(tmp_path / "index", Article)
    monkeypatch.setattr("searchlib.search.current.ANALYSIS_VERSION", 99)
    with pytest.raises(AnalysisVersionError, match="made by an older searchlib"):
        Index.open(tmp_path / "index")


def test_an_index_that_names_no_analysis_has_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = of_analysis(1, tmp_path / "index").path
    manifest = path / "manifest.json"
    document: dict[str, Any] = json.loads(manifest.read_text())
    assert document.pop("analysis") == 1
    for member in ("checksum", "catalogue", "synonyms", "alerts"):
        del document[member]
    body = json.dumps(document | {"version": 1}, indent=2).removesuffix("\n}").encode()
    manifest.write_bytes(body + f',\n  "checksum": "{zlib.crc32(body):08x}"\n}}\n'.encode())
    assert IndexDirectory.open(path).manifest().analysis == 1
    monkeypatch.setattr("searchlib.search.current.ANALYSIS_VERSION", 1)
    assert len(Index.open(path)) == 3
    monkeypatch.setattr("searchlib.search.current.ANALYSIS_VERSION", 2)
    with pytest.raises(AnalysisVersionError):
        Index.open(path)


def test_commits_keep_the_version_of_the_analysis(tmp_path: Path) -> None:
    index = of_analysis(7, tmp_path / "index")
    assert IndexDirectory.open(index.path).manifest().analysis == 7


@pytest.mark.parametrize("version", [1, 7])
@pytest.mark.parametrize("workers", [None, 0, 1])
def test_reindexing_makes_a_new_index_of_the_documents(
    tmp_path: Path, version: int, workers: int | None
) -> None:
    old, new = tmp_path / "old", tmp_path / "some" / "where" / "new"
    of_analysis(version, old)
    before = contents(old)
    calls: list[tuple[int, int | None]] = []
    report = Index.reindex(
        old, new, workers=workers, progress=lambda done, total: calls.append((done, total))
    )
    assert (report.added, report.replaced, report.rejected) == (3, 0, [])
    assert calls[-1] == (3, 3)
    assert contents(old) == before
    index = Index.open(new, Article)
    assert index.check() == []
    assert {hit.key: hit.document for hit in index.search("*")} == {
        article.id: article for article in ARTICLES if article.id != "cup"
    }
    assert index.search("peace").total == 2
    assert [path.name for path in new.parent.iterdir()] == ["new"]


class Old(BaseModel):
    number: Annotated[str, Key()]
    title: Annotated[str, Text()]
    when: Annotated[datetime | None, Date()] = None
    tags: Annotated[list[str] | None, Keyword()] = None
    notes: Annotated[set[str], Keyword()] = set()
    share: Annotated[float, Number()] = 0.25
    more: Annotated[Any, Stored()] = None


OLD = [
    Old(number="1", title="A storm", when="2025-02-17T18:30:00+02:00", share=0.5),
    Old(number="2", title="A flood", tags=["a", "B"], notes={"n"}, more={"deep": [1, None]}),
    Old(number="3", title=""),
]


def test_without_the_model_the_documents_stay_what_they_were(tmp_path: Path) -> None:
    Index.create(tmp_path / "old", Old).add(OLD)
    assert Index.reindex(tmp_path / "old", tmp_path / "new").rejected == []
    old, new = (Index.open(tmp_path / name, Old) for name in ("old", "new"))
    assert new.schema.model_name == old.schema.model_name
    for document in OLD:
        found = new.get(document.number)
        assert found == old.get(document.number)
        assert found == document
    assert [hit.key for hit in new.search("tags:b when:2025 OR tags:b")] == ["2"]


class New(BaseModel):
    number: Annotated[str, Key()]
    title: Annotated[str, Keyword()]
    when: Annotated[date, Date(sortable=True)]


def test_documents_are_fitted_into_another_model_or_reported(tmp_path: Path) -> None:
    Index.create(tmp_path / "old", Old).add(OLD)
    Index.create(tmp_path / "day", Old).add(
        [Old(number="4", title="Calm", when="2025-02-17T00:00:00")]
    )
    report = Index.reindex(tmp_path / "old", tmp_path / "new", model=New)
    assert report.added == 0
    assert [(problem.key, problem.field) for problem in report.rejected] == [
        ("1", "when"), ("2", "when"), ("3", "when"),
    ]  # fmt: skip
    assert Index.reindex(tmp_path / "day", tmp_path / "new2", model=New).added == 1
    index = Index.open(tmp_path / "new2", New)
    assert [hit.key for hit in index.search("title:calm", sort="when")] == ["4"]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, OSError, MemoryError])
@pytest.mark.parametrize("made_before", [False, True])
def test_a_new_index_is_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException], made_before: bool
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    of_analysis(7, old)
    if made_before:
        new.mkdir()
    before = contents(old)

    def fail(_: IndexWriter) -> None:
        assert not (new / "manifest.json").exists()
        raise kind("stopped")

    monkeypatch.setattr(IndexWriter, "commit", fail)
    with pytest.raises(kind):
        Index.reindex(old, new)
    assert new.exists() is made_before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"][not made_before :]
    assert contents(old) == before
    monkeypatch.undo()
    assert Index.reindex(old, new).added == 3


def test_a_new_index_takes_the_place_of_nothing_else(tmp_path: Path) -> None:
    old = of_analysis(7, tmp_path / "old").path
    other = Index.create(tmp_path / "other", Article).path
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").touch()
    (tmp_path / "file").touch()
    before = {path.name for path in tmp_path.rglob("*")}
    for path in (other, old):
        with pytest.raises(IndexExistsError):
            Index.reindex(old, path)
    for name in ("letters", "file"):
        with pytest.raises(NotAnIndexError):
            Index.reindex(old, tmp_path / name)
    with pytest.raises(IndexNotFoundError):
        Index.reindex(tmp_path / "nowhere", tmp_path / "new")
    with pytest.raises(SchemaError):
        Index.reindex(old, tmp_path / "new", model=int)  # type: ignore[arg-type]
    assert {path.name for path in tmp_path.rglob("*")} == before


def test_an_index_that_came_to_be_meanwhile_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = of_analysis(7, tmp_path / "old").path, tmp_path / "new"
    commit = IndexWriter.commit

    def commit_late(writer: IndexWriter) -> None:
        commit(writer)
        monkeypatch.undo()
        Index.create(new, Old)

    monkeypatch.setattr(IndexWriter, "commit", commit_late)
    with pytest.raises(IndexExistsError):
        Index.reindex(old, new)
    assert len(Index.open(new, Old)) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"old", "new"}


def test_what_a_failed_creation_left_is_no_hindrance(tmp_path: Path) -> None:
    old = of_analysis(7, tmp_path / "old").path
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "write.lock").touch()
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to("target")
    assert Index.reindex(old, tmp_path / "new").added == 3
    assert Index.reindex(old, tmp_path / "link").added == 3
    assert (tmp_path / "link").is_symlink()
    assert len(Index.open(tmp_path / "target")) == 3


def test_documents_stream_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is passed on before the last document is read."""
    index = Index.create(tmp_path / "old", Article)
    index.add(Article(id=str(n), title="storm", body="x" * 10_000) for n in range(1000))
    monkeypatch.setattr("searchlib.indexing.writer._BATCH_BYTES", 100_000)
    passed: list[int] = []
    original = IndexWriter._pass_on

    def pass_on(writer: IndexWriter) -> None:
        passed.append(len(writer._columns))
        original(writer)

    monkeypatch.setattr(IndexWriter, "_pass_on", pass_on)
    assert Index.reindex(tmp_path / "old", tmp_path / "new", workers=0).added == 1000
    assert max(passed) <= 11
    shutil.rmtree(tmp_path / "old")
    assert Index.open(tmp_path / "new").search("storm").total == 1000


@pytest.mark.parametrize("inside", ["sub", "sub/deeper", "../old/sub", "../link/sub"])
def test_a_new_index_is_not_made_in_the_folder_of_the_old_one(tmp_path: Path, inside: str) -> None:
    old = tmp_path / "old"
    of_analysis(1, old)
    (tmp_path / "link").symlink_to(old)
    there = contents(old)
    with pytest.raises(ArgumentError, match="outside of other indexes"):
        Index.reindex(old, old / inside)
    with pytest.raises(ArgumentError, match="outside of other indexes"):
        Index.reindex(tmp_path / "link", old / "sub")
    assert contents(old) == there
    assert Index.reindex(old, tmp_path / "old2").added == 3  # a name alone is no folder


class Renamed(BaseModel):
    number: Annotated[str, Key()]
    headline: Annotated[str, Keyword()] = ""
    share: Annotated[float, Number()] = 0.25


class KeptAll(Renamed, extra="allow"):
    pass


@pytest.mark.parametrize("in_place", [False, True])
def test_what_the_new_model_has_no_field_for_is_not_lost_without_a_notice(
    tmp_path: Path, in_place: bool
) -> None:
    titles = ["Calm", "", "Storm"]
    documents = [Old(number=str(n), title=title) for n, title in enumerate(titles)]
    Index.create(tmp_path / "old", Old).add(documents)
    new = None if in_place else tmp_path / "new"
    report = Index.reindex(tmp_path / "old", new, model=Renamed)
    assert (report.added + report.replaced, report.rejected) == (3, [])
    assert [(notice.message, notice.kind) for notice in report.notices] == [
        (
            "2 documents have values under 'title', which is no field of "
            f"{__name__}.Renamed: left out; to keep such values, give the model the field, or "
            "extra='allow'",
            "field",
        )
    ]


def test_a_model_that_keeps_all_values_loses_none(tmp_path: Path) -> None:
    Index.create(tmp_path / "old", Old).add([Old(number="1", title="Calm")])
    report = Index.reindex(tmp_path / "old", tmp_path / "new", model=KeptAll)
    assert report.notices == []
    kept = Index.open(tmp_path / "new", KeptAll).get("1")
    assert kept is not None
    assert (kept.model_extra or {})["title"] == "Calm"
    # Without the field in the model, what is kept besides would be lost the next time.
    report = Index.reindex(tmp_path / "new", model=Renamed)
    assert [notice.message.split(",")[0] for notice in report.notices] == [
        "1 document has a value under 'title'"
    ]


def test_the_same_model_gives_no_notice(tmp_path: Path) -> None:
    Index.create(tmp_path / "old", Old).add([Old(number="1", title="Calm")])
    assert Index.reindex(tmp_path / "old", tmp_path / "new").notices == []
    assert Index.reindex(tmp_path / "old", model=Old).notices == []


class Place(BaseModel):
    city: str
    code: str = ""


class City(BaseModel):
    city: str


class Before(BaseModel):
    number: Annotated[str, Key()]
    root: Annotated[str, Stored()] = ""
    place: Annotated[Place, Stored()]
    places: Annotated[list[Place], Stored()] = []


class After(BaseModel):
    number: Annotated[str, Key()]
    root: Annotated[str, Stored()] = ""
    place: Annotated[City, Stored()]
    places: Annotated[list[City], Stored()] = []


def test_values_within_values_are_not_lost_without_a_notice(tmp_path: Path) -> None:
    berne, basel = Place(city="Berne", code="3000"), Place(city="Basel")
    documents = [
        Before(number="1", place=berne, places=[basel, berne]),
        Before(number="2", place=basel, places=[basel]),
        Before(number="3", place=berne),
    ]
    Index.create(tmp_path / "old", Before).add(documents)
    done: list[tuple[int, int | None]] = []
    report = Index.reindex(
        tmp_path / "old", tmp_path / "new", model=After, progress=lambda *now: done.append(now)
    )
    assert [notice.message.split(",")[0] for notice in report.notices] == [
        "2 documents have values under 'place.code'",
        "1 document has a value under 'places.code'",
    ]
    assert done[-1] == (3, 3)


class Bare(BaseModel):
    number: Annotated[str, Key()]


def test_of_many_names_some_are_told(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "old", KeptAll)
    index.add([KeptAll(number="1", **{f"name{n}": "x" for n in range(50)})])
    report = Index.reindex(tmp_path / "old", tmp_path / "new", model=Bare)
    assert len(report.notices) == 21
    # "share" has a number, which is a value
    assert report.notices[-1].message == "values under 31 other names are left out, too"
