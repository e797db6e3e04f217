from __future__ import annotations

import builtins
import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from searchlib.errors import (
    CorruptIndexError,
    IndexExistsError,
    IndexLockedError,
    IndexNotFoundError,
    IndexVersionError,
    NotAnIndexError,
    StorageError,
)
from searchlib.storage import IndexDirectory, Manifest, SegmentEntry, directory, names
from searchlib.storage.lock import WriteLock
from tests.storage.storage_help import (
    SCHEMA,
    Opened,
    add_segment,
    delete,
    expect_clean,
    expect_readable,
)


def make(path: Path, segments: int = 2) -> IndexDirectory:
    index = IndexDirectory.create(path / "index", SCHEMA)
    with index.writer() as writer:
        entries = [add_segment(writer) for _ in range(segments)]
        writer.commit([delete(writer, entries[0], 3, 99), *entries[1:]])
    return index


def test_a_new_index_is_empty(tmp_path: Path) -> None:
    index = IndexDirectory.create(tmp_path / "some" / "where", SCHEMA)
    assert index.manifest() == Manifest(0, SCHEMA, ())
    assert IndexDirectory.open(str(index.path)).manifest() == index.manifest()
    expect_clean(index)


def test_no_index_is_made_over_another(tmp_path: Path) -> None:
    index = make(tmp_path)
    with pytest.raises(IndexExistsError, match="got one; open it"):
        IndexDirectory.create(index.path, {})
    expect_readable(index)


def test_no_index_is_made_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises((NotAnIndexError, StorageError)):
            IndexDirectory.create(path, {})
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_leftovers_of_an_earlier_attempt_are_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "write.lock").write_bytes(b'{"pid": 1')
    (tmp_path / names.new_manifest(0)).write_bytes(b"{")
    with pytest.raises(IndexNotFoundError, match="the folder is empty"):
        IndexDirectory.open(tmp_path)
    index = IndexDirectory.create(tmp_path, SCHEMA)
    with index.writer() as writer:
        writer.commit([])
    expect_clean(index)


def test_two_can_not_make_the_same_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchlib.storage.directory._MAKING_TIMEOUT", 0.05)
    with WriteLock(tmp_path / "write.lock").acquire(), pytest.raises(IndexLockedError):
        IndexDirectory.create(tmp_path, SCHEMA)


def test_an_index_that_is_made_while_its_absence_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.iterdir

    def interrupted(folder: Path) -> Any:
        monkeypatch.undo()
        made.append(IndexDirectory.create(folder, SCHEMA))
        return real(folder)

    made: list[IndexDirectory] = []
    path = tmp_path / "index"
    path.mkdir()
    monkeypatch.setattr(Path, "iterdir", interrupted)
    assert IndexDirectory.open(path).manifest() == made[0].manifest()


def test_open_says_what_is_there_instead(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError, match="no such folder"):
        IndexDirectory.open(tmp_path / "nowhere")
    with pytest.raises(IndexNotFoundError, match="empty"):
        IndexDirectory.open(tmp_path)
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(NotAnIndexError, match=r"letter\.txt"):
        IndexDirectory.open(tmp_path)
    with pytest.raises(NotAnIndexError, match="got a file"):
        IndexDirectory.open(tmp_path / "letter.txt")
    (tmp_path / "manifest.json").write_text('{"name": "A web app"}')
    for use in (IndexDirectory.open, lambda path: IndexDirectory.create(path, {})):
        with pytest.raises(NotAnIndexError, match="another file"):
            use(tmp_path)


def test_a_manifest_that_is_gone_is_damage(tmp_path: Path) -> None:
    index = make(tmp_path)
    (index.path / "manifest.json").unlink()
    with pytest.raises(CorruptIndexError, match=r"manifest\.json.*missing"):
        IndexDirectory.open(index.path)
    with pytest.raises(NotAnIndexError):
        IndexDirectory.create(index.path, {})


def test_an_index_of_a_newer_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchlib.storage.manifest.VERSION", 5)
    index = make(tmp_path)
    monkeypatch.undo()
    with pytest.raises(IndexVersionError, match="got version 5; upgrade searchlib"):
        IndexDirectory.open(index.path)


def test_what_can_not_be_read_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(StorageError, match="could not read the manifest") as caught:
        IndexDirectory.open(tmp_path)
    assert caught.value.errno == errno.EISDIR


def test_reading_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = make(tmp_path)

    def state() -> list[tuple[Any, ...]]:
        paths = [index.path, *sorted(index.path.iterdir())]
        return [(path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in paths]

    before = state()
    refuse_to_write(monkeypatch)
    expect_readable(index)
    with pytest.raises(StorageError, match="check the permissions"):
        index.writer()
    assert state() == before


def refuse_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the system behave as on a read-only disk, also for root."""
    real = os.open
    read_only = OSError(errno.EROFS, "Read-only file system")

    def open_descriptor(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise read_only
        return real(path, flags, *rest, **more)

    def open_file(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if set(mode) & set("wax+"):
            raise read_only
        return real_open(file, mode, *rest, **more)

    real_open = builtins.open
    monkeypatch.setattr(os, "open", open_descriptor)
    monkeypatch.setattr(builtins, "open", open_file)
    monkeypatch.setattr(io, "open", open_file)
    for name in ("unlink", "rename", "replace", "mkdir"):
        monkeypatch.delattr(os, name)


class Reads:
    """Counts how often the manifest is read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        real = IndexDirectory._read

        def read(*args: Any) -> Any:
            self.count += 1
            return real(*args)

        monkeypatch.setattr(IndexDirectory, "_read", read)


def test_a_manifest_is_read_once_when_it_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = make(tmp_path)
    monkeypatch.setattr(directory, "_SETTLED_NS", -(10**18))
    reader = IndexDirectory.open(index.path)
    reads = Reads(monkeypatch)
    assert reader.manifest() is reader.manifest()
    assert reads.count == 0
    with index.writer() as writer:
        writer.commit([])
    assert reader.manifest().generation == 2


def test_a_young_manifest_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = make(tmp_path)
    reads = Reads(monkeypatch)
    assert index.manifest() is index.manifest()
    assert reads.count == 2


def test_two_commits_in_one_tick_of_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything that the system says of the file stays the same, as if inodes were reused."""
    for name in ("signature_of", "signature_of_path"):
        monkeypatch.setattr(directory, name, lambda _: (0,))
    index = IndexDirectory.create(tmp_path / "index", SCHEMA)
    reader = IndexDirectory.open(index.path)
    with index.writer() as writer:
        for generation in range(1, 10):
            writer.commit([])
            assert reader.manifest().generation == generation


def test_an_index_that_goes_away(tmp_path: Path) -> None:
    index = make(tmp_path)
    for path in index.path.iterdir():
        path.unlink()
    index.path.rmdir()
    with pytest.raises(IndexNotFoundError):
        index.manifest()


def test_names_are_checked(tmp_path: Path) -> None:
    index = make(tmp_path)
    (name, *_) = index.manifest().files
    assert index.path_of(name).exists()
    for wrong in ("../x", "manifest.json", "write.lock", name + "/", ""):
        with pytest.raises(ValueError, match="expected the name of a file of the index"):
            index.path_of(wrong)


def test_deletions_are_read(tmp_path: Path) -> None:
    index = make(tmp_path)
    first, second = index.manifest().segments
    deleted = index.load_deletions(first)
    assert deleted is not None
    assert np.flatnonzero(deleted).tolist() == [3, 99]
    assert (first.deleted_count, first.live_count) == (2, 98)
    assert index.load_deletions(second) is None


def test_damaged_deletions_are_found(tmp_path: Path) -> None:
    index = make(tmp_path)
    entry = index.manifest().segments[0]
    assert entry.deletions is not None
    path = index.path_of(entry.deletions.name)
    data = path.read_bytes()
    for damaged in (data[:-1], data + b"\0", b"", b"x" + data[1:]):
        path.write_bytes(damaged)
        with pytest.raises(CorruptIndexError, match=rf"{path.name}.*damaged.*backup"):
            index.load_deletions(entry)
    path.unlink()
    with pytest.raises(StorageError, match="could not read deletions") as caught:
        index.load_deletions(entry)
    assert caught.value.errno == errno.ENOENT


def test_a_snapshot_outlives_commits(tmp_path: Path) -> None:
    index = make(tmp_path)
    before, opened = index.open_snapshot(lambda path, entry: Opened(index, path, entry))
    with index.writer() as writer:
        writer.commit([add_segment(writer)])
    assert not any((index.path / name).exists() for name in before.files)
    for one in opened:
        one.expect_intact()
        one.close()
    expect_readable(index)


def test_a_commit_while_a_snapshot_is_opened(tmp_path: Path) -> None:
    index = make(tmp_path, segments=3)
    begun: list[Opened] = []

    def commit_in_between(path: Path, entry: SegmentEntry) -> Opened:
        if len(begun) == 1 and index.manifest().generation == 1:
            with index.writer() as writer:
                writer.commit([add_segment(writer), add_segment(writer)])
        begun.append(Opened(index, path, entry))
        return begun[-1]

    manifest, opened = index.open_snapshot(commit_in_between)
    assert manifest.generation == 2
    assert [one.entry for one in opened] == list(manifest.segments)
    assert [one.file.closed for one in begun] == [True, False, False]
    for one in opened:
        one.close()


def test_deletions_that_go_while_a_snapshot_is_opened(tmp_path: Path) -> None:
    index = make(tmp_path, segments=1)
    attempts = 0

    def delete_in_between(path: Path, entry: SegmentEntry) -> Opened:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            with index.writer() as writer:
                writer.commit([delete(writer, entry, 1, 2, 3)])
        return Opened(index, path, entry)

    manifest, (opened,) = index.open_snapshot(delete_in_between)
    assert (attempts, manifest.generation, opened.deleted) == (2, 2, [1, 2, 3])
    opened.close()


def test_a_commit_at_every_attempt_comes_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "_SNAPSHOT_ATTEMPTS", 3)
    index = make(tmp_path, segments=1)

    def commit_in_between(path: Path, entry: SegmentEntry) -> Opened:
        with index.writer() as writer:
            writer.commit([add_segment(writer)])
        return Opened(index, path, entry)

    with pytest.raises(StorageError, match="committed 3 times"):
        index.open_snapshot(commit_in_between)


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(b"short")])
def test_a_segment_that_is_missing_or_cut_off(tmp_path: Path, change: Any) -> None:
    index = make(tmp_path)
    change(index.path_of(index.manifest().segments[1].name))
    begun: list[Opened] = []

    def opener(path: Path, entry: SegmentEntry) -> Opened:
        begun.append(Opened(index, path, entry))
        return begun[-1]

    with pytest.raises(CorruptIndexError, match=r"segment-.*(missing|bytes, got 5)"):
        index.open_snapshot(opener)
    assert [one.file.closed for one in begun] == [True]


def test_the_error_of_an_opener_is_passed_on(tmp_path: Path) -> None:
    def opener(path: Path, _: SegmentEntry) -> Opened:
        raise PermissionError(errno.EACCES, "no", str(path))

    with pytest.raises(PermissionError):
        make(tmp_path).open_snapshot(opener)


COMMIT_ALL_THE_TIME = """
import sys
from tests.storage.storage_help import *
index = IndexDirectory.open(sys.argv[1])
with index.writer() as writer:
    kept = []
    for number in range(int(sys.argv[2])):
        fresh = add_segment(writer)
        kept = [delete(writer, entry, number % 100) for entry in kept[-3:]] + [fresh]
        writer.commit(kept)
"""


def test_readers_while_another_process_commits(tmp_path: Path) -> None:
    index = IndexDirectory.create(tmp_path / "index", SCHEMA)
    commits = 100
    child = subprocess.Popen(
        [sys.executable, "-c", COMMIT_ALL_THE_TIME, str(index.path), str(commits)],
        cwd=Path(__file__).parents[2],
    )
    seen = [0]
    with child:
        while child.poll() is None:
            manifest, opened = index.open_snapshot(lambda path, entry: Opened(index, path, entry))
            for one in opened:
                one.expect_intact()
                one.close()
            seen.append(manifest.generation)
    assert child.returncode == 0
    assert seen == sorted(seen)
    assert len(set(seen)) > 2
    assert index.manifest().generation == commits
    expect_clean(index)
