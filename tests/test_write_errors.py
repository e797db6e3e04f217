"""The system refuses to write: the error says so, and the last commit stays as it was."""

import contextlib
import errno
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from searchlib import Index
from searchlib.errors import StorageError, UncertainCommitError
from searchlib.indexing.writer import IndexWriter
from searchlib.segment import spool
from searchlib.segment.file import SegmentFileWriter
from searchlib.storage import filesystem, names
from tests.crash_child import KEYS, MEMORY, SMALL, Note, State, Step, note, observe
from tests.system_calls import FailAt, SystemCalls
from tests.test_crashes import expect_clean, expect_sound

NIGHTLY = os.environ.get("SEARCHLIB_NIGHTLY") == "1"

Scenario = Callable[[Index], None]

SEED = 1
FIRST = 4


def steps(first: int, last: int, state: State) -> State:
    for number in range(first, last):
        state = Step.of(SEED, number).applied_to(state)
    return state


BEFORE = steps(0, FIRST, {})
ADDED = dict.fromkeys(["key1", "key2", *(f"new{number}" for number in range(9))], FIRST)
DELETED = [*list(BEFORE)[:5], "new7"]
AFTER = {key: at for key, at in (BEFORE | ADDED).items() if key not in DELETED}


@pytest.fixture(scope="module")
def base_to_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of several segments, some with deletions."""
    path = tmp_path_factory.mktemp("several") / "base"
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in SMALL:
            patch.setattr(module, name, value)
        Index.create(path, Note)
        for number in range(FIRST):
            Step.of(SEED, number).take(Index.open(path, Note), 0, lambda: None)
    return path


@pytest.fixture
def base(base_to_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, to be changed, while segments stay small."""
    for module, name, value in SMALL:
        monkeypatch.setattr(module, name, value)
    return shutil.copytree(base_to_copy, tmp_path / "base")


def change(writer: IndexWriter) -> None:
    writer.add(note(key, version) for key, version in ADDED.items())
    writer.delete(*DELETED)


def commit_once(index: Index) -> None:
    with index.writer(workers=0, memory=MEMORY) as writer:
        change(writer)


def commit_and_optimize(index: Index) -> None:
    with index.writer(workers=0, memory=MEMORY) as writer:
        change(writer)
        writer.optimize()


def commit_twice(index: Index) -> None:
    """Try again with the same writer, whatever the first attempt gave."""
    with index.writer(workers=0, memory=MEMORY) as writer, contextlib.suppress(StorageError):
        change(writer)
        writer.commit()


CASES = [
    (commit_once, errno.EIO, False),
    (commit_and_optimize, errno.ENOSPC, True),
    (commit_twice, errno.ENOSPC, False),
    (commit_once, errno.ENOSPC, True),
    (commit_and_optimize, errno.EIO, False),
    (commit_twice, errno.EIO, True),
]


@pytest.mark.parametrize(("scenario", "code", "lasting"), CASES if NIGHTLY else CASES[:3])
def test_a_write_error_at_each_system_call(
    base: Path, scenario: Scenario, code: int, lasting: bool
) -> None:
    outcomes = set()
    for number in itertools.count():
        path = base.with_name(f"{number}")
        shutil.copytree(base, path)
        calls = FailAt(number, code, lasting=lasting)
        outcomes.add(type(fail_once(path, calls, scenario)))
        shutil.rmtree(path)
        if not calls.failed:
            break
    assert number > 20
    assert {StorageError, type(None)} <= outcomes
    assert UncertainCommitError in outcomes or scenario is commit_twice


def fail_once(path: Path, calls: FailAt, scenario: Scenario) -> StorageError | None:
    """Let one call fail, look at what there is, and try again."""
    index = Index.open(path, Note)
    hits = list(index.search("*", limit=1000, snippets=False))
    error = attempt(index, calls, scenario)
    committed = "replace" in calls.done
    assert observe(index) == expect_sound(path, [AFTER if committed else BEFORE])
    assert {hit.key: hit.document.version for hit in hits} == BEFORE
    if error is None:
        assert committed
    else:
        assert isinstance(error, UncertainCommitError) == committed or scenario is commit_twice
        assert str(path) in str(error)
        assert str(error.filename).startswith(str(path))
    commit_once(index)
    expect_sound(path, [AFTER])
    expect_clean(path)
    return error


def attempt(index: Index, calls: FailAt, scenario: Scenario) -> StorageError | None:
    with pytest.MonkeyPatch.context() as patch:
        calls.install(patch.setattr)
        calls.armed = True
        try:
            scenario(index)
        except StorageError as error:
            return error
        finally:
            calls.armed = False
    return None


def test_a_disk_that_stays_full_is_one_error_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shrunk: closing a spool wrote what it had left, failed once more, and left the segment."""
    monkeypatch.setattr(spool, "_MEMORY", 1)
    calls = FailAt(0, errno.ENOSPC, lasting=True)
    calls.install(monkeypatch.setattr)
    path = tmp_path / "segment"
    failing = pytest.raises(StorageError, match="No space left")
    with failing as caught, SegmentFileWriter(path) as file:
        spools = [file.spool("<u4") for _ in range(3)]
        for each in spools:
            each.append(np.arange(10))
        calls.armed = True
        file.write_spool("name", spools[0])
        file.close({})
    assert caught.value.filename == str(path)
    assert calls.failed[1:]
    assert list(tmp_path.iterdir()) == []


def test_a_named_temporary_file_is_cleaned_up(tmp_path: Path) -> None:
    """Some systems have no unnamed ones; a process that is killed right then leaves it."""
    index = Index.create(tmp_path / "index", Note)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "_O_TMPFILE_WORKS", False, raising=False)
        patch.setattr(spool, "_MEMORY", 1)
        patch.setattr(os, "unlink", stop)
        growing = spool.Spool(index.path / names.new_segment(1), "<u4")
        with pytest.raises(KeyboardInterrupt):
            growing.append(np.arange(10))
        growing.close()
    assert [file.suffix for file in index.path.iterdir()].count(".tmp") == 1
    index.add(note("a", 1), workers=0)
    expect_clean(index.path)


@pytest.mark.parametrize("again", ["add", "commit"])
def test_a_writer_that_lost_documents_commits_nothing(
    base: Path, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    """Shrunk: the second commit gave no error, and left out what the first could not write."""

    def fail(*_: object) -> None:
        raise StorageError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(base))

    index = Index.open(base, Note)
    more = [note(key, 99) for key in KEYS]
    arguments = [more] if again == "add" else []
    with pytest.raises(StorageError, match="get another writer"), index.writer(workers=0) as writer:
        change(writer)
        with monkeypatch.context() as patch, pytest.raises(StorageError, match="No space"):
            patch.setattr("searchlib.indexing.builder.write_segment", fail)
            writer.commit()
        getattr(writer, again)(*arguments)
    assert observe(index) == BEFORE
    commit_once(index)
    assert observe(index) == AFTER
    expect_clean(base)


def test_an_uncertain_commit_is_made_certain_by_the_next(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shrunk: nothing was left to change, so the second commit did not wait for the disk."""
    synced: list[Path] = []

    def refuse_the_second(path: Path) -> None:
        synced.append(path)
        if len(synced) == 2:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    index = Index.open(base, Note)
    with index.writer(workers=0, memory=MEMORY) as writer:
        writer.add(note("extra", FIRST))
        with monkeypatch.context() as patch, pytest.raises(UncertainCommitError):
            patch.setattr(filesystem, "sync_directory", refuse_the_second)
            writer.commit()
        calls = SystemCalls()
        calls.install(monkeypatch.setattr)
        writer.commit()
        assert calls.done[calls.done.index("replace") :][:3] == ["replace", "open", "fsync"]
    assert observe(index) == BEFORE | {"extra": FIRST}
