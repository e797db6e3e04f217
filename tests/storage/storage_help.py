"""Faults to order, and segments that are easy to tell apart."""

from __future__ import annotations

import errno
import os
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from searchlib.storage import IndexDirectory, SegmentEntry, filesystem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from searchlib.storage import DirectoryWriter

SCHEMA: dict[str, Any] = {"model": "Article", "fields": [{"name": "Überschrift", "boost": 2.5}]}

STEPS = (
    "create", "write", "sync_file", "sync_path", "sync_directory",
    "open_lock", "make_directory", "replace", "remove",
)  # fmt: skip


class PowerCut(BaseException):
    """The machine stops: nothing that was to come after it happens."""


class Faults:
    """Fails the n-th step of the filesystem layer, counted from 0.

    Attributes:
        steps: The steps that were asked for.
        done: Those of them that took effect.
        fired: Whether it came to that.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.steps: list[str] = []
        self.done: list[str] = []
        self.fired = False
        self._at: int | None = None
        self._late = False
        self._cut = False
        self._code = errno.EIO
        # No power is lost here, so the disk need not be waited for.
        patch.setattr(filesystem, "_sync", lambda _: None)
        for name in STEPS:
            patch.setattr(filesystem, name, self._wrap(name, getattr(filesystem, name)))

    def order(
        self, at: int | None, *, late: bool = False, cut: bool = False, code: int = errno.EIO
    ) -> None:
        """Fail at that step: before or after it has taken effect, once or for good."""
        self.steps, self.done, self.fired = [], [], False
        self._at, self._late, self._cut, self._code = at, late, cut, code

    def _wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any) -> Any:
            number = len(self.steps)
            self.steps.append(name)
            if self._cut and self.fired:
                raise PowerCut
            if number != self._at:
                made = real(*args)
                self.done.append(name)
                return made
            self.fired = True
            if name == "write":
                file, data = args
                file.write(data[: len(data) // 2])
            elif self._late:
                made = real(*args)
                self.done.append(name)
                if name in ("create", "open_lock"):
                    made.close()
            if self._cut:
                raise PowerCut
            raise OSError(self._code, os.strerror(self._code))

        return step


class Opened:
    """A segment that is open.

    Attributes:
        entry: Its entry in the manifest.
        file: Its file.
        deleted: Which documents are deleted.
    """

    def __init__(self, directory: IndexDirectory, path: Path, entry: SegmentEntry) -> None:
        self.entry = entry
        self.file: BinaryIO = path.open("rb")
        try:
            deleted = directory.load_deletions(entry)
        except BaseException:
            self.file.close()
            raise
        self.deleted = [] if deleted is None else np.flatnonzero(deleted).tolist()

    def expect_intact(self) -> None:
        self.file.seek(0)
        assert self.file.read() == contents(self.entry.name)
        assert len(self.deleted) == self.entry.deleted_count

    def close(self) -> None:
        self.file.close()


def contents(name: str) -> bytes:
    return name.encode() * 20


def add_segment(writer: DirectoryWriter, doc_count: int = 100) -> SegmentEntry:
    """Write a segment as the layer's users are told to."""
    name = writer.new_segment_name()
    data = contents(name)
    (writer._folder / name).write_bytes(data)
    return SegmentEntry(name, doc_count, len(data), zlib.crc32(data))


def delete(writer: DirectoryWriter, entry: SegmentEntry, *docnums: int) -> SegmentEntry:
    deleted = np.zeros(entry.doc_count, dtype=bool)
    deleted[list(docnums)] = True
    return writer.write_deletions(entry, deleted)


def expect_readable(directory: IndexDirectory) -> None:
    """Open everything that the manifest names, in a directory object that knows nothing yet."""
    fresh = IndexDirectory.open(directory.path)
    manifest, opened = fresh.open_snapshot(lambda path, entry: Opened(fresh, path, entry))
    assert [one.entry for one in opened] == list(manifest.segments)
    for one in opened:
        one.expect_intact()
        one.close()


def expect_clean(directory: IndexDirectory, *others: str) -> None:
    found = {path.name for path in directory.path.iterdir()}
    assert found == {"manifest.json", "write.lock", *others} | directory.manifest().files
