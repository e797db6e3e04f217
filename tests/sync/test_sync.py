"""Folders that change, and what becomes of the index."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel

from searchlib import Article, Index, Key, Keyword, read_articles
from searchlib.articles import sync as sync_module
from searchlib.errors import (
    CorruptIndexError,
    SchemaMismatchError,
    SourceNotFoundError,
    StorageError,
)
from searchlib.storage import IndexDirectory
from searchlib.storage.catalogue import CatalogueWriter

LONG_AGO = 1_500_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of three files with one article each."""
    folder = tmp_path / "archive"
    write(folder / "2024" / "rink.txt", "Rink opens\n\nThe rink opened on Monday.\n")
    write(folder / "2024" / "port.txt", "Port closes\n\nThe port closed for the winter.\n")
    write(folder / "2025" / "vote.txt", "Vote delayed\n\nThe council put off its vote.\n")
    return folder


@pytest.fixture
def index(tmp_path: Path, root: Path) -> Index[Article]:
    made = Index.create(tmp_path / "news.index", Article)
    assert counts(made, root) == "3 added"
    return made


def write(path: Path, text: str | bytes, *, seconds: int | None = LONG_AGO) -> Path:
    """Write a file as if it had been written long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    if seconds is not None:
        os.utime(path, (seconds, seconds))
    return path


def write_lines(path: Path, *records: object, seconds: int | None = LONG_AGO) -> Path:
    lines = [one if isinstance(one, str) else json.dumps(one) for one in records]
    return write(path, "\n".join(lines) + "\n", seconds=seconds)


def counts(index: Index, *paths: Path, **options: bool) -> str:
    """Sync, and say what was not zero."""
    report = index.sync(paths, **options)  # type: ignore[arg-type]
    names = ("added", "changed", "removed", "unchanged", "failed")
    return ", ".join(f"{getattr(report, name)} {name}" for name in names if getattr(report, name))


def keys(index: Index) -> dict[str, str]:
    """Give the key of each article by its title."""
    return {hit.document.title: hit.key for hit in index.search("*", limit=None)}


def test_a_word_is_changed_and_there_is_one_version_with_the_same_key(
    index: Index, root: Path
) -> None:
    before = keys(index)
    write(root / "2024" / "rink.txt", "Rink opens\n\nThe rink opened on Tuesday.\n", seconds=None)
    assert counts(index, root) == "1 changed, 2 unchanged"
    assert index.search("Monday").total == 0
    (hit,) = index.search("Tuesday")
    assert hit.key == before["Rink opens"]
    assert keys(index) == before
    assert index.get(hit.key) == hit.document
    assert hit.document.id == hit.key


def test_an_article_that_is_edited_again_and_back_keeps_its_key(index: Index, root: Path) -> None:
    before = keys(index)["Rink opens"]
    for number, day in enumerate(["Tuesday", "Friday", "Monday"], 1):
        text = f"Rink opens\n\nThe rink opened on {day}.\n"
        write(root / "2024" / "rink.txt", text, seconds=LONG_AGO + number)
        assert counts(index, root) == "1 changed, 2 unchanged"
        assert [hit.key for hit in index.search(day)] == [before]
    assert len(index) == 3


def test_what_is_gone_goes_and_what_is_new_comes(index: Index, root: Path) -> None:
    (root / "2024" / "port.txt").unlink()
    write(root / "2026" / "new" / "bridge.md", "# Bridge built\n\nIt is open.\n")
    report = index.sync(root)
    assert (report.added, report.removed, report.unchanged, report.articles_deleted) == (1, 1, 2, 1)
    assert keys(index).keys() == {"Rink opens", "Vote delayed", "Bridge built"}
    assert counts(index, root) == "3 unchanged"


def test_nothing_new_is_no_commit(index: Index, root: Path) -> None:
    before = {path.name: path.read_bytes() for path in index.path.iterdir()}
    assert counts(index, root) == "3 unchanged"
    assert {path.name: path.read_bytes() for path in index.path.iterdir()} == before


def test_unchanged_files_are_not_read(
    index: Index, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(sync_module, "read_file", refuse)
    monkeypatch.setattr(sync_module, "digest_of", refuse)
    assert counts(index, root) == "3 unchanged"


def test_a_file_with_another_time_but_the_same_bytes_is_unchanged(
    index: Index, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_module, "read_file", None)
    os.utime(root / "2024" / "rink.txt", (LONG_AGO + 9, LONG_AGO + 9))
    assert counts(index, root) == "3 unchanged"
    monkeypatch.setattr(sync_module, "digest_of", None)  # the new time is known now
    assert counts(index, root) == "3 unchanged"


def test_a_change_within_one_tick_of_the_clock_is_seen(index: Index, root: Path) -> None:
    path = write(root / "a.txt", "Mayor says no\n\nShe did.\n", seconds=None)
    status = path.stat()
    index.sync(root)
    path.write_text("Mayor says ay\n\nShe did.\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert counts(index, root) == "1 changed, 3 unchanged"
    assert "Mayor says ay" in keys(index)


def test_all_files_are_read_again_on_request(index: Index, root: Path) -> None:
    before = keys(index)
    assert counts(index, root, full=True) == "3 changed"
    assert keys(index) == before


def test_only_files_under_the_paths_are_removed(index: Index, root: Path) -> None:
    (root / "2024" / "port.txt").unlink()
    (root / "2025" / "vote.txt").unlink()
    write(root / "2025" / "poll.txt", "Poll\n\nA poll was held.\n")
    assert counts(index, root / "2025") == "1 added, 1 removed"
    assert keys(index).keys() == {"Rink opens", "Port closes", "Poll"}
    assert counts(index, root / "2024" / "rink.txt") == "1 unchanged"
    assert len(index) == 3
    assert counts(index, root) == "1 removed, 2 unchanged"


def test_a_folder_whose_name_begins_like_the_path_is_another(index: Index, root: Path) -> None:
    other = root.with_name("archive-old")
    write(other / "old.txt", "Old\n\nAn old text.\n")
    assert counts(index, other) == "1 added"
    (other / "old.txt").unlink()
    assert counts(index, root) == "3 unchanged"
    assert "Old" in keys(index)


def test_paths_within_others_and_twice_are_read_once(index: Index, root: Path) -> None:
    paths = [root / "2025", root, root / "2024" / "rink.txt", root]
    assert counts(index, *paths) == "3 unchanged"


def test_the_working_directory_and_the_way_of_writing_make_no_difference(
    index: Index, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    assert counts(index, Path()) == "3 unchanged"
    assert counts(index, Path("2024", "..", "2024")) == "2 unchanged"


@pytest.mark.parametrize("missing", ["nowhere", "archive/2023"])
def test_a_path_that_is_not_there_is_an_error_and_removes_nothing(
    index: Index, root: Path, missing: str
) -> None:
    (root / "2025" / "vote.txt").unlink()
    with pytest.raises(SourceNotFoundError, match=missing):
        index.sync([root, root.parent / missing])
    assert len(index) == 3


def test_a_folder_that_is_empty_may_be_a_disk_that_is_not_mounted(index: Index, root: Path) -> None:
    for path in root.rglob("*.txt"):
        path.unlink()
    with pytest.raises(SourceNotFoundError, match="whether its disk is there"):
        index.sync(root)
    assert len(index) == 3
    assert counts(index, root, allow_empty=True) == "3 removed"
    assert len(index) == 0


def test_a_folder_that_can_not_be_looked_into_keeps_its_articles(
    index: Index, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.listdir

    def listdir(path: str) -> list[str]:
        if path == str(root / "2024"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    (root / "2025" / "vote.txt").unlink()
    write(root / "2025" / "poll.txt", "Poll\n\nA poll was held.\n")
    monkeypatch.setattr(os, "listdir", listdir)
    report = index.sync(root)
    assert (report.removed, report.added) == (1, 1)
    assert [problem.path for problem in report.problems] == [root / "2024"]
    assert keys(index).keys() == {"Rink opens", "Port closes", "Poll"}
    monkeypatch.undo()
    assert counts(index, root) == "3 unchanged"


def test_a_file_that_fails_keeps_its_articles_and_is_reported_each_time(
    index: Index, root: Path
) -> None:
    write(root / "2024" / "rink.txt", b"\0\1\2")
    for _ in range(2):
        report = index.sync(root)
        assert (report.failed, report.unchanged) == (1, 2)
        assert [problem.path for problem in report.problems] == [root / "2024" / "rink.txt"]
        assert index.search("rink").total == 1
    write(root / "2024" / "rink.txt", "Rink opens\n\nThe rink opened on Sunday.\n", seconds=None)
    assert counts(index, root) == "1 changed, 2 unchanged"
    assert index.search("rink").total == index.search("Sunday").total == 1


def test_a_file_that_can_not_be_opened_keeps_its_articles(
    index: Index, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    write(root / "2024" / "rink.txt", "Rink\n\nOpen.\n", seconds=LONG_AGO + 5)
    write(root / "2024" / "new.txt", "New\n\nFile.\n")
    monkeypatch.setattr(sync_module, "digest_of", refuse)
    report = index.sync(root)
    assert (report.failed, report.unchanged) == (2, 2)
    assert all("Permission denied" in problem.reason for problem in report.problems)
    monkeypatch.undo()
    assert counts(index, root) == "1 added, 1 changed, 2 unchanged"


def test_two_files_with_the_same_article_survive_the_removal_of_one(
    index: Index, root: Path
) -> None:
    for first, second in [("a.txt", "b.txt"), ("b.txt", "a.txt")]:
        for name in (first, second):
            write(root / name, "Twice\n\nThe same in two files.\n")
        index.sync(root)
        assert index.search("twice").total == 1
        (root / first).unlink()
        report = index.sync(root)
        assert (report.removed, report.articles_deleted) == (1, 0)
        (hit,) = index.search("twice")
        assert hit.document.file == second  # where it still is
        (root / second).unlink()
        assert index.sync(root).articles_deleted == 1
        assert index.search("twice").total == 0


def test_two_files_with_the_same_article_one_of_which_is_edited(index: Index, root: Path) -> None:
    for name in ("a.txt", "b.txt"):
        write(root / name, "Twice\n\nThe same in two files.\n")
    index.sync(root)
    (before,) = [hit.key for hit in index.search("twice")]
    write(root / "a.txt", "Twice\n\nThe first is different.\n")
    assert counts(index, root) == "1 changed, 4 unchanged"
    found = {hit.document.file: hit.key for hit in index.search("twice")}
    assert found.keys() == {"a.txt", "b.txt"}
    assert found["b.txt"] == before


@pytest.mark.parametrize("copy", ["2024/a copy.txt", "2024/z copy.txt"])
def test_a_copy_of_the_old_text_beside_the_edited_one_takes_no_key(
    index: Index, root: Path, copy: str
) -> None:
    old = (root / "2024" / "rink.txt").read_text()
    write(root / "2024" / "rink.txt", old.replace("Monday", "Tuesday"), seconds=LONG_AGO + 1)
    index.sync(root)
    write(root / copy, old)
    assert counts(index, root) == "1 added, 3 unchanged"
    assert index.search("rink Monday").total == index.search("rink Tuesday").total == 1
    write(root / copy, old.replace("Monday", "Friday"))
    index.sync(root)
    found = {hit.document.file for hit in index.search("rink")}
    assert found == {copy, "2024/rink.txt"}


@pytest.mark.parametrize("copy", ["2024/a copy.txt", "2024/z copy.txt"])
def test_a_copy_and_an_edit_at_once(index: Index, root: Path, copy: str) -> None:
    old = (root / "2024" / "rink.txt").read_text()
    write(root / "2024" / "rink.txt", old.replace("Monday", "Tuesday"), seconds=LONG_AGO + 1)
    write(root / copy, old)
    assert counts(index, root) == "1 added, 1 changed, 2 unchanged"
    found = {hit.document.file: hit.document.body.split()[-1] for hit in index.search("rink")}
    assert found == {copy: "Monday.", "2024/rink.txt": "Tuesday."}


def test_a_file_that_is_moved(index: Index, root: Path) -> None:
    before = keys(index)
    (root / "2024" / "rink.txt").rename(root / "2025" / "rink.txt")
    assert counts(index, root) == "1 added, 1 removed, 2 unchanged"
    assert keys(index) == before
    assert index.search("rink")[0].document.file == "2025/rink.txt"


def test_articles_of_one_file_keep_their_keys_as_they_move_in_it(index: Index, root: Path) -> None:
    path = root / "many.jsonl"
    write_lines(path, *({"title": f"Title {n}"} for n in range(6)))
    index.sync(root)
    before = keys(index)
    titles = ["Title 0", "Inserted", "Title 1", "Title two", "Title 3", "Title 5", "Added"]
    write_lines(path, *({"title": title} for title in titles), seconds=LONG_AGO + 1)
    report = index.sync(root)
    assert (report.articles_added, report.articles_replaced) == (2, 5)
    assert report.articles_deleted == 1
    after = keys(index)
    assert after.keys() - {"Rink opens", "Port closes", "Vote delayed"} == set(titles)
    assert after["Title two"] == before["Title 2"]
    for title in ("Title 0", "Title 1", "Title 3", "Title 5"):
        assert after[title] == before[title]
    assert after["Inserted"] not in before.values()


def test_articles_with_ids_keep_them_and_go_when_no_file_has_them(index: Index, root: Path) -> None:
    write_lines(root / "a.jsonl", {"id": "1", "title": "One"}, {"id": "2", "title": "Two"})
    write_lines(root / "b.jsonl", {"id": "2", "title": "Two, too"})
    index.sync(root)
    write_lines(root / "b.jsonl", {"id": "3", "title": "Three"}, seconds=LONG_AGO + 1)
    report = index.sync(root)
    assert (report.changed, report.articles_deleted) == (1, 0)
    assert [index.get(key) and index.get(key).title for key in "123"] == ["One", "Two", "Three"]  # type: ignore[union-attr]
    write_lines(root / "a.jsonl", {"id": "1", "title": "One"}, seconds=LONG_AGO + 1)
    assert index.sync(root).articles_deleted == 1
    assert "2" not in index


def test_an_id_of_two_articles_is_told(index: Index, root: Path) -> None:
    one, another = ({"id": 1, "title": title, "slug": title} for title in ("One", "Another"))
    write_lines(root / "a.jsonl", one, {"id": 2, "title": "Same"})
    write_lines(root / "b.jsonl", {"id": 2, "title": "Same"}, another)
    (notice,) = index.sync(root).notices
    assert (notice.path, notice.line, notice.kind) == (root / "b.jsonl", 2, "id")
    assert "has the id '1' of another article" in notice.message
    write_lines(root / "b.jsonl", {**another, "body": "It is edited."}, seconds=None)
    assert index.sync(root).notices == []
    assert index.sync(root, mapping={"id": "slug"}).notices == []
    assert {"One", "Same", "Another"} <= keys(index).keys()


def write_zip(path: Path, members: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)


def test_an_edited_member_of_an_archive_keeps_its_key(index: Index, root: Path) -> None:
    path = root / "a.zip"
    write_zip(path, {"a.txt": "Fog\n\nThick.\n", "b.txt": "Sun\n\nOut.\n", "c.txt": "Ice\n\nOn.\n"})
    index.sync(root)
    before = keys(index)
    lines = '{"title": "Wind"}\n{"title": "Hail"}\n'
    write_zip(path, {"a.jsonl": lines, "a.txt": "Fog\n\nThin.\n", "c.txt": "Ice\n\nOff.\n"})
    report = index.sync(root)
    assert (report.articles_added, report.articles_replaced, report.articles_deleted) == (2, 2, 1)
    after = keys(index)
    assert (after["Fog"], after["Ice"]) == (before["Fog"], before["Ice"])
    assert not {after["Wind"], after["Hail"]} & set(before.values())
    assert "Sun" not in after


def test_the_problem_of_a_member_keeps_its_place_and_kind(index: Index, root: Path) -> None:
    path = root / "a.zip"
    write_zip(path, {"a.txt": "Fog\n\nThick.\n", "b.jsonl": "{\n", "c.xyz": "?"})
    first, second = (index.sync(root).problems for _ in range(2))
    assert first == second  # though it is unchanged
    assert [problem.path for problem in second] == [path / "b.jsonl", path / "c.xyz"]
    assert [problem.kind for problem in second] == [None, "no reader for .xyz"]


def test_a_record_that_breaks_keeps_its_article_until_the_file_is_mended(
    index: Index, root: Path
) -> None:
    path = root / "many.jsonl"
    lines = [{"title": f"Title {n}"} for n in range(4)]
    write_lines(path, *lines)
    index.sync(root)
    before = keys(index)
    write_lines(path, lines[0], "{broken", {"title": "Edited 2"}, lines[3], seconds=None)
    report = index.sync(root)
    assert (report.changed, report.failed, report.articles_deleted) == (1, 0, 0)
    assert [problem.line for problem in report.problems] == [2]
    assert keys(index) == {
        title.replace("Title 2", "Edited 2"): key for title, key in before.items()
    }
    assert [problem.line for problem in index.sync(root).problems] == [2]  # though it is unchanged
    write_lines(
        path, lines[0], {"title": "Edited 1"}, {"title": "Edited 2"}, lines[3], seconds=None
    )
    assert index.sync(root).problems == []
    after = keys(index)
    assert len(after) == len(before)
    assert after["Edited 1"] == before["Title 1"]


def test_a_record_that_was_never_good_keeps_nothing(index: Index, root: Path) -> None:
    path = root / "many.jsonl"
    write_lines(path, "{broken", {"title": "One"}, {"title": "Two"})
    index.sync(root)
    before = keys(index)
    write_lines(path, "{broken", {"title": "Second"}, seconds=LONG_AGO + 1)
    assert index.sync(root).articles_deleted == 1
    assert keys(index)["Second"] == before["One"]
    assert "Two" not in keys(index)


def test_of_a_file_that_is_cut_short_the_rest_stays(index: Index, root: Path) -> None:
    path = root / "many.jsonl.gz"
    lines = "".join(json.dumps({"title": f"Title {n}", "x": os.urandom(50).hex()}) + "\n"
                    for n in range(100))  # fmt: skip
    whole = gzip.compress(lines.encode())
    write(path, whole)
    index.sync(root)
    write(path, whole[: len(whole) // 2])
    report = index.sync(root)
    assert report.changed == 1
    assert "damaged" in report.problems[-1].reason
    assert len(index) == 103


def test_many_problems_of_a_file_are_counted(index: Index, root: Path) -> None:
    write_lines(root / "many.jsonl", {"title": "Good"}, *["bad"] * 50)
    assert len(index.sync(root).problems) == 50
    again = index.sync(root).problems
    assert len(again) == 21
    assert "30 more problems" in again[-1].reason


def test_an_index_in_the_folder_is_left_out(root: Path) -> None:
    index = Index.create(root / "news.index", Article)
    report = index.sync(root)
    assert (report.added, report.failed) == (3, 0)
    assert [notice.path for notice in report.notices] == [root / "news.index"]
    write(root / "app" / "manifest.json", '{"title": "A web app", "body": "It is none of ours."}')
    assert counts(index, root) == "1 added, 3 unchanged"


def test_an_index_is_not_read_as_articles(index: Index) -> None:
    report = index.sync(index.path, allow_empty=True)
    assert "got an index" in report.problems[0].reason


def test_an_index_made_by_adding_gets_a_catalogue(tmp_path: Path, root: Path) -> None:
    from searchlib import read_articles

    index = Index.create(tmp_path / "added.index", Article)
    index.add(read_articles(root))
    before = keys(index)
    manifest = json.loads((index.path / "manifest.json").read_text())
    assert manifest["catalogue"] is None
    assert counts(index, root) == "3 added"
    assert keys(index) == before
    write(root / "2024" / "rink.txt", "Rink opens\n\nTuesday.\n", seconds=None)
    assert counts(index, root) == "1 changed, 2 unchanged"
    assert keys(index) == before


def test_adding_and_deleting_besides_leave_the_catalogue_alone(index: Index, root: Path) -> None:
    key = keys(index)["Rink opens"]
    index.delete(key)
    index.add(Article(id="mine", title="Mine"))
    index.optimize()
    assert counts(index, root) == "3 unchanged"
    assert key not in index
    write(root / "2024" / "rink.txt", "Rink opens\n\nTuesday.\n", seconds=None)
    assert counts(index, root) == "1 changed, 2 unchanged"
    assert keys(index)["Rink opens"] == key
    assert "mine" in index


def test_an_index_of_a_model_derived_from_article(tmp_path: Path, root: Path) -> None:
    class Report(Article):
        desk: Annotated[str | None, Keyword()] = None

    write_lines(root / "a.jsonl", {"title": "Storm", "Desk": "Foreign", "page": 3})
    index = Index.create(tmp_path / "reports.index", Report)
    assert counts(index, root) == "4 added"
    (hit,) = index.search("desk:foreign")
    assert isinstance(hit.document, Report)
    assert (hit.document.desk, hit.document.extra) == ("Foreign", {"page": 3})
    assert counts(Index.open(index.path), root) == "4 unchanged"
    assert counts(Index.open(index.path), root, full=True) == "4 changed"
    assert Index.open(index.path).search("desk:foreign").total == 1


def test_what_the_model_refuses_is_a_problem_of_the_file(tmp_path: Path, root: Path) -> None:
    class Report(Article):
        desk: Annotated[str, Keyword()]

    index = Index.create(tmp_path / "reports.index", Report)
    report = index.sync(root)
    assert report.failed == 3
    assert report.problems[0].path == root / "2024" / "port.txt"
    assert "desk" in report.problems[0].reason


def test_an_index_of_something_else_is_refused(tmp_path: Path, root: Path) -> None:
    class Note(BaseModel):
        name: Annotated[str, Key()]

    index = Index.create(tmp_path / "notes.index", Note)
    with pytest.raises(SchemaMismatchError, match="expected an index of articles"):
        index.sync(root)


def catalogue_of(index: Index) -> Path:
    entry = IndexDirectory.open(index.path).manifest().catalogue
    assert entry is not None
    return index.path / entry.name


@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "more"])
def test_a_damaged_catalogue_is_found_and_changes_nothing(
    index: Index, root: Path, damage: str
) -> None:
    path = catalogue_of(index)
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(
            {"flip": data.replace(b"2024", b"2034"), "cut": data[:-9], "more": data * 2}[damage]
        )
    assert len(index.check()) == 1
    write(root / "new.txt", "New\n\nFile.\n")
    with pytest.raises(CorruptIndexError, match="catalogue"):
        index.sync(root)
    assert len(index) == 3
    assert index.search("rink").total == 1


def test_the_catalogue_of_before_is_cleaned_up(index: Index, root: Path) -> None:
    before = catalogue_of(index)
    write(root / "new.txt", "New\n\nFile.\n")
    index.sync(root)
    assert not before.exists()
    assert [*index.path.glob("catalogue-*")] == [catalogue_of(index)]


def test_where_the_catalogue_can_not_be_written_nothing_changes(
    index: Index, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: CatalogueWriter) -> None:
        raise StorageError(28, "No space left on device")

    before = {path.name for path in index.path.iterdir()}
    write(root / "new.txt", "New\n\nFile.\n")
    monkeypatch.setattr(CatalogueWriter, "finish", fail)
    with pytest.raises(StorageError):
        index.sync(root)
    monkeypatch.undo()
    assert {path.name for path in index.path.iterdir()} == before
    assert counts(index, root) == "1 added, 3 unchanged"


def test_names_that_are_no_unicode(index: Index, root: Path) -> None:
    try:
        write(Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.txt")), "Coffee\n\nIt is hot.\n")
    except OSError:
        pytest.skip("this filesystem takes no such names")
    assert counts(index, root) == "1 added, 3 unchanged"
    assert counts(index, root) == "4 unchanged"


def test_progress_ends_with_the_number_of_files(index: Index, root: Path) -> None:
    told: list[tuple[int, int | None]] = []
    index.sync(root, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)


def test_files_are_read_again_with_other_options(index: Index, root: Path) -> None:
    write_lines(root / "a.jsonl", {"title": "Storm", "prose": "It was heard at night."})
    index.sync(root)
    assert index.search("heard").total == 0
    before = keys(index)
    for expected in ("4 changed", "4 unchanged"):
        report = index.sync(root, mapping={"body": "prose"})
        assert expected == (
            f"{report.changed} changed" if report.changed else f"{report.unchanged} unchanged"
        )
        assert index.search("heard").total == 1
    assert keys(index) == before
    with pytest.raises(ValueError, match="expected dates"):
        index.sync(root, dates="ymd")  # type: ignore[arg-type]


def test_a_new_index_of_the_documents_of_an_old_one_knows_its_files(
    index: Index, root: Path, tmp_path: Path
) -> None:
    write(root / "2024" / "rink.txt", "Rink opens\n\nOn Tuesday.\n", seconds=None)
    index.sync(root)
    before = keys(index)
    Index.reindex(index.path, tmp_path / "new.index")
    again = Index.open(tmp_path / "new.index", Article)
    assert counts(again, root) == "3 unchanged"
    write(root / "2024" / "rink.txt", "Rink opens\n\nOn Wednesday.\n", seconds=None)
    assert counts(again, root) == "1 changed, 2 unchanged"
    assert keys(again) == before


def test_an_index_of_the_version_before_gets_a_catalogue(index: Index, root: Path) -> None:
    manifest = index.path / "manifest.json"
    document = json.loads(manifest.read_text())
    for member in ("checksum", "catalogue", "synonyms", "alerts"):
        del document[member]
    body = json.dumps(document | {"version": 2}, indent=2).removesuffix("\n}").encode()
    manifest.write_bytes(body + f',\n  "checksum": "{zlib.crc32(body):08x}"\n}}\n'.encode())
    opened = Index.open(index.path, Article)
    before = keys(opened)
    assert counts(opened, root) == "3 added"
    assert counts(opened, root) == "3 unchanged"
    assert keys(opened) == before
    assert opened.check() == []


def test_the_file_of_an_article_is_found(index: Index, root: Path) -> None:
    known = keys(index)
    assert index.source(known["Rink opens"]) == root / "2024" / "rink.txt"
    for name in ("a.txt", "z.txt"):
        write(root / name, "Twice\n\nThe same in two files.\n")
    index.sync(root)
    assert index.source(keys(index)["Twice"]) == root / "z.txt"  # as Article.file says
    index.add(Article(id="mine", title="Mine"))
    assert index.source("mine") is None
    assert index.source("nothing") is None


def test_an_index_without_a_catalogue_knows_no_files(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "plain.index", Article)
    index.add(Article(id="mine", title="Mine"))
    assert index.source("mine") is None


def test_links_in_a_circle_and_to_nothing(index: Index, root: Path) -> None:
    try:
        (root / "2024" / "up").symlink_to(root, target_is_directory=True)
        (root / "2025" / "nothing.txt").symlink_to(root / "nowhere")
    except OSError:
        pytest.skip("this system makes no links")
    report = index.sync(root)
    assert (report.unchanged, len(report.problems)) == (3, 1)
    assert len(index) == 3


def test_a_file_that_became_a_folder_and_the_other_way_round(index: Index, root: Path) -> None:
    write(root / "x.txt", "X one\n\nIt is a file.\n")
    write(root / "y.txt" / "inner.txt", "Y one\n\nIt is in a folder.\n")
    index.sync(root)
    (root / "x.txt").unlink()
    write(root / "x.txt" / "inner.txt", "X two\n\nIt is in a folder.\n")
    (root / "y.txt" / "inner.txt").unlink()
    (root / "y.txt").rmdir()
    write(root / "y.txt", "Y two\n\nIt is a file.\n")
    assert counts(index, root) == "2 added, 2 removed, 3 unchanged"
    assert {"X two", "Y two"} < keys(index).keys()
    assert len(index) == 5


def test_what_is_left_out_is_not_read(root: Path, index: Index[Article]) -> None:
    own, folder = root / "own.jsonl", root / "drafts"
    folder.mkdir()
    (folder / "a.txt").write_text("Draft\n\nNot yet.\n")
    before = len([*read_articles(root, leave_out=folder)])
    own.write_text("nonsense")
    assert len([*read_articles(root, leave_out=[own, folder, root / "missing"])]) == before
    report = index.sync(root, leave_out=[own, folder])
    assert (report.files, report.problems) == (before, [])
