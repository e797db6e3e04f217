from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from searchlib.errors import (
    IndexClosedError,
    IndexExistsError,
    NotAnIndexError,
    StorageError,
    UncertainCommitError,
)
from searchlib.storage import (
    DirectoryWriter,
    IndexDirectory,
    Manifest,
    SegmentEntry,
    filesystem,
    names,
)
from searchlib.storage.lock import WriteLock
from tests.conftest import examples
from tests.storage.storage_help import (
    SCHEMA,
    Faults,
    PowerCut,
    add_segment,
    delete,
    expect_clean,
    expect_readable,
)

if TYPE_CHECKING:
    from searchlib.arrays import NumberArray


@pytest.fixture
def index(tmp_path: Path) -> IndexDirectory:
    return IndexDirectory.create(tmp_path / "index", SCHEMA)


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    return Faults(monkeypatch)


def test_a_commit_is_what_others_see(index: IndexDirectory) -> None:
    with index.writer() as writer:
        first, second = add_segment(writer), add_segment(writer)
        assert index.manifest().generation == 0
        committed = writer.commit([first, delete(writer, second, 5)])
    assert committed.generation == 1
    assert IndexDirectory.open(index.path).manifest() == committed
    assert committed.schema == SCHEMA
    assert [entry.deleted_count for entry in committed.segments] == [0, 1]
    expect_readable(index)
    expect_clean(index)


def test_no_deletions_are_no_file(index: IndexDirectory) -> None:
    with index.writer() as writer:
        entry = add_segment(writer)
        assert delete(writer, delete(writer, entry, 1)) == entry


@pytest.mark.parametrize(
    "wrong", [np.zeros(99, bool), np.zeros(100, int), np.zeros((100, 1), bool)]
)
def test_deletions_must_fit(index: IndexDirectory, wrong: NumberArray) -> None:
    with (
        index.writer() as writer,
        pytest.raises(ValueError, match=r"expected bool of shape \(100,\), got"),
    ):
        writer.write_deletions(add_segment(writer), wrong)


def test_what_is_new_is_durable_before_it_is_named(index: IndexDirectory, faults: Faults) -> None:
    with index.writer() as writer:
        entry = add_segment(writer)
        faults.order(None)
        writer.commit([entry])
    assert faults.steps == [
        "sync_path", "sync_directory", "create", "write", "sync_file", "replace", "sync_directory",
    ]  # fmt: skip


def test_the_layer_passes_on_to_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    filesystem.write_file(tmp_path / "file", b"content")
    filesystem.sync_path(tmp_path / "file")
    filesystem.sync_directory(tmp_path)
    inode = (tmp_path / "file").stat().st_ino
    assert synced == [inode, inode, tmp_path.stat().st_ino]


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_filesystems_that_can_not_sync_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(_: int) -> None:
        raise OSError(code, "not here")

    monkeypatch.setattr(os, "fsync", refuse)
    filesystem.sync_directory(tmp_path)
    with pytest.raises(OSError, match="not here"):
        filesystem.sync_path(tmp_path)


def test_a_file_that_readers_hold_open_is_replaced_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows."""
    refusals = [PermissionError(errno.EACCES, "in use")] * 2
    real = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(filesystem, "_REPLACE_ATTEMPTS", 3)
    (tmp_path / "new").write_text("x")
    filesystem.replace(tmp_path / "new", tmp_path / "old")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    refusals += [PermissionError(errno.EACCES, "in use")] * 3
    with pytest.raises(PermissionError):
        filesystem.replace(tmp_path / "old", tmp_path / "new")


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("late", [False, True])
def test_any_failure_of_create(tmp_path: Path, faults: Faults, code: int, late: bool) -> None:
    for number in range(100):
        path = tmp_path / f"{number}" / "index"
        faults.order(number, late=late, code=code)
        failure: StorageError | None = None
        try:
            IndexDirectory.create(path, SCHEMA)
        except StorageError as error:
            failure = error
        if not faults.fired:
            break
        assert failure is None or failure.errno == code
        faults.order(None)
        with contextlib.suppress(IndexExistsError):
            IndexDirectory.create(path, SCHEMA)
        assert IndexDirectory.open(path).manifest() == Manifest(0, SCHEMA)
        with IndexDirectory.open(path).writer() as writer:
            writer.commit([])
        expect_clean(IndexDirectory.open(path))
    assert number > 5
    assert "replace" in faults.steps


def begin(index: IndexDirectory) -> list[SegmentEntry]:
    with index.writer() as writer:
        segments = [add_segment(writer) for _ in range(3)]
        segments[0] = delete(writer, segments[0], 7)
        return list(writer.commit(segments).segments)


def change(writer: DirectoryWriter) -> list[SegmentEntry]:
    """Commit a new segment, more deletions, and one segment less."""
    first, second, _ = writer.manifest.segments
    segments = [delete(writer, first, 7, 8), delete(writer, second, 1), add_segment(writer)]
    writer.commit(segments)
    return segments


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EACCES])
@pytest.mark.parametrize("late", [False, True])
def test_any_failure_of_a_commit(tmp_path: Path, faults: Faults, code: int, late: bool) -> None:
    for number in range(100):
        faults.order(None)
        index = IndexDirectory.create(tmp_path / f"{number}", SCHEMA)
        begin(index)
        before = index.manifest()
        (index.path / "notes.txt").write_text("mine")
        failure: StorageError | None = None
        with index.writer() as writer:
            faults.order(number, late=late, code=code)
            try:
                change(writer)
            except StorageError as error:
                failure = error
            steps, fired = faults.steps, faults.fired
            faults.order(None)
            expect_outcome(index, before, failure, late)
        expect_readable(index)
        with index.writer() as writer:
            writer.commit(writer.manifest.segments)
        expect_readable(index)
        expect_clean(index, "notes.txt")
        if not fired:
            break
    assert {"create", "write", "sync_file", "sync_path", "sync_directory", "replace", "remove"} == (
        set(steps)
    )


def expect_outcome(
    index: IndexDirectory, before: Manifest, failure: StorageError | None, late: bool
) -> None:
    now = index.manifest()
    expect_readable(index)
    if failure is None:
        assert now.generation == before.generation + 1
    elif isinstance(failure, UncertainCommitError):
        assert now.generation == before.generation + 1
        assert all((index.path / name).exists() for name in before.files)
        assert "is in force, but a loss of power may undo it" in str(failure)
    elif now != before:
        # A network filesystem may do a rename and lose the answer.
        assert late
    if failure is not None:
        assert str(index.path) in str(failure)
        assert "; " in str(failure)


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("late", [False, True])
def test_a_failed_commit_can_be_repeated(
    index: IndexDirectory, faults: Faults, at: int, late: bool
) -> None:
    late = late and at < 5  # a rename that was done can't be repeated
    with index.writer() as writer:
        entry = add_segment(writer)
        faults.order(at, late=late, code=errno.ENOSPC)
        with pytest.raises(StorageError, match=r"\(generation 0 is in force.*free some space"):
            writer.commit([entry])
        faults.order(None)
        assert not list(index.path.glob("*.tmp"))
        assert writer.commit([entry]).generation == 1
    expect_readable(index)
    expect_clean(index)


@pytest.mark.parametrize("at", range(3))
def test_deletions_that_fail_leave_no_file(index: IndexDirectory, faults: Faults, at: int) -> None:
    with index.writer() as writer:
        entry = add_segment(writer)
        faults.order(at, code=errno.ENOSPC)
        with pytest.raises(StorageError, match=r"could not write deletions .*free some space"):
            delete(writer, entry, 1)
        assert not list(index.path.glob("deletions-*"))


def test_a_commit_after_an_uncertain_one(index: IndexDirectory, faults: Faults) -> None:
    before = begin(index)
    with index.writer() as writer:
        faults.order(6)
        with pytest.raises(UncertainCommitError) as caught:
            writer.commit([*before[:1], add_segment(writer)])
        assert faults.steps[-1] == "sync_directory"
        assert caught.value.errno == errno.EIO
        faults.order(None)
        assert writer.manifest.generation == index.manifest().generation == 2
        writer.commit(writer.manifest.segments)
    expect_clean(index)
    expect_readable(index)


def test_a_power_cut_at_any_step(tmp_path: Path, faults: Faults) -> None:
    for number in range(100):
        faults.order(None)
        index = IndexDirectory.create(tmp_path / f"{number}", SCHEMA)
        begin(index)
        writer = index.writer()
        before = index.manifest()
        faults.order(number, cut=True)
        with contextlib.suppress(PowerCut):
            change(writer)
        fired, replaced = faults.fired, "replace" in faults.done
        writer._lock.release()
        faults.order(None)
        assert index.manifest().generation == before.generation + replaced
        expect_readable(index)
        with index.writer() as next_writer:
            next_writer.commit(next_writer.manifest.segments)
        expect_readable(index)
        expect_clean(index)
        if not fired:
            break
    assert number > 10


def test_a_segment_that_is_not_there_is_not_committed(index: IndexDirectory) -> None:
    with index.writer() as writer:
        missing = SegmentEntry(writer.new_segment_name(), 1, 1, 1)
        with pytest.raises(StorageError, match="No such file") as caught:
            writer.commit([missing])
        assert caught.value.errno == errno.ENOENT
        entry = add_segment(writer)
        (index.path / entry.name).write_bytes(b"cut off")
        with pytest.raises(StorageError, match=rf"expected {entry.size} bytes, got 7"):
            writer.commit([entry])
    assert index.manifest().generation == 0


def test_files_of_others_stay(index: IndexDirectory) -> None:
    others = ["notes.txt", "segment.seg", "x.tmp", names.new_segment(3) + ".bak"]
    for name in others:
        (index.path / name).write_text("mine")
    (index.path / names.new_segment(1)).mkdir()
    (index.path / names.new_segment(1)).write_text("left by a crash")
    (index.path / (names.new_segment(1) + ".terms.tmp")).write_text("left by a crash")
    with index.writer() as writer:
        writer.commit([])
    (folder,) = (path.name for path in index.path.iterdir() if path.is_dir())
    expect_clean(index, folder, *others)


def test_what_is_being_written_stays(index: IndexDirectory) -> None:
    with index.writer() as writer:
        first = add_segment(writer)
        later = add_segment(writer)
        spool = index.path / f"{later.name}.terms.tmp"
        spool.write_bytes(b"half done")
        leftover = index.path / f"{first.name}.terms.tmp"
        leftover.write_bytes(b"left over")
        writer.commit([first])
        assert spool.exists()
        assert not leftover.exists()
        writer.commit([first, later])
        assert not spool.exists()
    expect_readable(index)
    expect_clean(index)


def test_what_is_not_committed_goes(index: IndexDirectory) -> None:
    with index.writer() as writer:
        kept, dropped, begun = (add_segment(writer) for _ in range(3))
        writer.discard(dropped.name)
        assert not (index.path / dropped.name).exists()
        assert (index.path / begun.name).exists()
        writer.commit([kept])
    expect_clean(index)
    with index.writer() as writer:
        writer.commit([delete(writer, kept, 1)])
        add_segment(writer)
        delete(writer, kept, 1, 2)
    expect_clean(index)
    assert index.manifest().generation == 2


def test_what_is_committed_is_never_discarded(index: IndexDirectory) -> None:
    segments = begin(index)
    with index.writer() as writer:
        writer.discard(*index.manifest().files)
        writer.commit(segments)
    expect_readable(index)


def test_files_that_can_not_be_removed_go_later(
    index: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, while a reader has them open."""

    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "in use", str(path))

    old = begin(index)
    with index.writer() as writer:
        with monkeypatch.context() as patch:
            patch.setattr(filesystem, "remove", refuse)
            writer.commit([add_segment(writer)])
        assert all((index.path / entry.name).exists() for entry in old)
        writer.commit(writer.manifest.segments)
    expect_clean(index)


def test_a_closed_writer_writes_nothing(index: IndexDirectory) -> None:
    with index.writer() as writer:
        entry = add_segment(writer)
    writer.close()
    for use in (
        lambda: writer.commit([entry]),
        lambda: delete(writer, entry, 1),
        writer.new_segment_name,
        lambda: writer.discard(entry.name),
    ):
        with pytest.raises(IndexClosedError, match="this writer is closed"):
            use()


def test_a_writer_past_the_lock_is_noticed(index: IndexDirectory) -> None:
    with index.writer() as writer:
        (index.path / "write.lock").unlink()
        with index.writer() as other:
            other.commit([])
        with pytest.raises(StorageError, match=r"expected generation 0 .* got generation 1"):
            writer.commit([])


def test_a_damaged_index_leaves_the_lock_free(
    index: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = WriteLock.acquire

    def damage_meanwhile(lock: WriteLock, timeout: float = 0.0) -> WriteLock:
        (index.path / "manifest.json").write_bytes(b"{}")
        return real(lock, timeout)

    monkeypatch.setattr(WriteLock, "acquire", damage_meanwhile)
    with pytest.raises(NotAnIndexError) as caught:
        index.writer()
    with real(WriteLock(index.path / "write.lock")):
        # Held on to until here, so that it is not its end that frees the lock.
        assert caught.match("another file")


class Life(RuleBasedStateMachine):
    """Commits, failures and power cuts in any order; the model is the list of segments."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.patch = pytest.MonkeyPatch()
        self.faults = Faults(self.patch)
        self.faults.order(None)
        self.index = IndexDirectory.create(Path(self.folder.name) / "index", SCHEMA)
        self.writer: DirectoryWriter | None = None
        self.staged: list[SegmentEntry] = []
        self.committed: tuple[SegmentEntry, ...] = ()

    @precondition(lambda self: self.writer is None)
    @rule()
    def open_writer(self) -> None:
        self.writer = self.index.writer()
        self.staged = list(self.writer.manifest.segments)

    @precondition(lambda self: self.writer is not None)
    @rule()
    def add(self) -> None:
        assert self.writer is not None
        self.staged.append(add_segment(self.writer))

    @precondition(lambda self: self.writer is not None and self.staged)
    @rule(docnum=st.integers(0, 99), which=st.integers(0, 9))
    def delete(self, docnum: int, which: int) -> None:
        assert self.writer is not None
        which %= len(self.staged)
        self.staged[which] = delete(self.writer, self.staged[which], docnum)

    @precondition(lambda self: self.writer is not None and self.staged)
    @rule(which=st.integers(0, 9))
    def drop(self, which: int) -> None:
        del self.staged[which % len(self.staged)]

    @precondition(lambda self: self.writer is not None)
    @rule(at=st.none() | st.integers(0, 12), cut=st.booleans())
    def commit(self, at: int | None, cut: bool) -> None:
        assert self.writer is not None
        self.faults.order(at, cut=cut)
        try:
            self.writer.commit(self.staged)
            self.committed = tuple(self.staged)
        except (UncertainCommitError, PowerCut):
            if "replace" in self.faults.done:
                self.committed = tuple(self.staged)
        except StorageError:
            pass
        broken = cut and self.faults.fired
        self.faults.order(None)
        if broken:
            self.writer._lock.release()
            self.writer = None

    @precondition(lambda self: self.writer is not None)
    @rule()
    def close(self) -> None:
        assert self.writer is not None
        self.writer.close()
        self.writer = None

    @invariant()
    def the_last_commit_is_readable(self) -> None:
        assert self.index.manifest().segments == self.committed
        expect_readable(self.index)

    def teardown(self) -> None:
        if not hasattr(self, "index"):
            return
        if self.writer is not None:
            self.writer.close()
        with self.index.writer() as writer:
            writer.commit(self.committed)
        expect_clean(self.index)
        self.patch.undo()
        self.folder.cleanup()


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=examples(80), stateful_step_count=20)
