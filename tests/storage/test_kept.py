"""What an index keeps besides documents: written, changed, kept by later commits, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from searchlib.errors import CorruptIndexError, IndexLockedError, StorageError
from searchlib.storage import IndexDirectory, filesystem
from searchlib.storage.kept import NOTHING, change_kept, check_kept, copy_kept, kept_name, read_kept

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def index(tmp_path: Path) -> IndexDirectory:
    return IndexDirectory.create(tmp_path / "index", {"a": 1})


def files(index: IndexDirectory) -> list[str]:
    return sorted(path.name.split("-")[0] for path in index.path.iterdir())


def test_at_first_there_is_nothing(index: IndexDirectory) -> None:
    assert read_kept(index, "synonyms") == NOTHING
    assert kept_name(index, "synonyms") == ""
    change_kept(index, "synonyms", b"", 0)
    assert index.manifest().generation == 0


def test_each_kind_is_kept_by_itself(index: IndexDirectory) -> None:
    change_kept(index, "synonyms", b"a, b", 0)
    change_kept(index, "alerts", lambda old: old + b"x", 0)
    change_kept(index, "alerts", lambda old: old + b"y", 0)
    assert read_kept(index, "synonyms").data == b"a, b"
    assert read_kept(index, "alerts").data == b"xy"
    assert files(index) == ["alerts", "manifest.json", "synonyms", "write.lock"]
    assert check_kept(index) == []
    change_kept(index, "alerts", b"", 0)
    assert read_kept(index, "alerts") == NOTHING
    assert files(index) == ["manifest.json", "synonyms", "write.lock"]


def test_a_later_commit_keeps_it(index: IndexDirectory) -> None:
    change_kept(index, "synonyms", b"a, b", 0)
    name = kept_name(index, "synonyms")
    with IndexDirectory.open(index.path).writer() as writer:
        writer.commit([], schema={"b": 2})
    assert kept_name(index, "synonyms") == name
    assert read_kept(index, "synonyms").data == b"a, b"


def test_it_is_copied_to_another_index(index: IndexDirectory, tmp_path: Path) -> None:
    other = IndexDirectory.create(tmp_path / "other", {})
    copy_kept(index, other)
    assert other.manifest().generation == 0
    change_kept(index, "synonyms", b"a, b", 0)
    copy_kept(index, other)
    assert read_kept(other, "synonyms").data == b"a, b"
    assert read_kept(other, "alerts") == NOTHING


@pytest.mark.parametrize("damage", [b"a, c", b"a, b, c", b"", None])
def test_damage_is_found_and_can_be_cleared(index: IndexDirectory, damage: bytes | None) -> None:
    change_kept(index, "synonyms", b"a, b", 0)
    path = index.path_of(kept_name(index, "synonyms"))
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(CorruptIndexError, match=r"synonyms is damaged.*clear"):
        read_kept(index, "synonyms")
    assert len(check_kept(index)) == 1
    with pytest.raises(CorruptIndexError):
        change_kept(index, "synonyms", lambda old: old + b"!", 0)
    change_kept(index, "synonyms", b"c, d", 0)
    assert read_kept(index, "synonyms").data == b"c, d"


def test_a_change_that_fails_leaves_all_as_it_was(
    index: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_kept(index, "synonyms", b"a, b", 0)
    before = index.manifest()

    def fail(*_: object) -> None:
        raise OSError(28, "no space left")

    for step in ("write_file", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(filesystem, step, fail)
            with pytest.raises(StorageError, match="in force|nothing of the index"):
                change_kept(index, "synonyms", b"c, d", 0)
        assert index.manifest() == before
        assert read_kept(index, "synonyms").data == b"a, b"
        assert files(index) == ["manifest.json", "synonyms", "write.lock"]
    with pytest.raises(ZeroDivisionError):
        change_kept(index, "synonyms", lambda old: old[1 // 0 :], 0)
    assert index.manifest() == before


def test_there_is_one_writer_at_a_time(index: IndexDirectory) -> None:
    with index.writer(), pytest.raises(IndexLockedError):
        change_kept(index, "synonyms", b"a, b", 0)


def test_a_reader_that_comes_too_late_finds_the_newer_file(
    index: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_kept(index, "synonyms", b"old", 0)
    outdated = index.manifest()
    change_kept(index, "synonyms", b"new", 0)
    answers = iter([outdated])
    manifest = index.manifest
    monkeypatch.setattr(index, "manifest", lambda: next(answers, None) or manifest())
    assert read_kept(index, "synonyms").data == b"new"
