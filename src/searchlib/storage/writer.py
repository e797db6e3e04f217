"""How does the index get from one commit to the next, whatever happens in between?

A commit makes all new files durable, then writes the new manifest under a temporary name, makes
it durable and renames it over the old one. Until the rename the old commit is in force, after it
the new one. Only then, still under the lock, are files removed that the new manifest does not
name: a reader that comes too late for them finds the new manifest, see
:meth:`IndexDirectory.open_snapshot`.
"""

from __future__ import annotations

import contextlib
import errno
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self
from zlib import crc32

import numpy as np

from searchlib.errors import IndexClosedError, SearchlibError, StorageError, UncertainCommitError
from searchlib.storage import deletions, filesystem, names
from searchlib.storage.manifest import (
    CatalogueEntry,
    DeletionsEntry,
    KeptEntry,
    Manifest,
    SegmentEntry,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from searchlib.arrays import BoolArray
    from searchlib.storage.lock import WriteLock


class DirectoryWriter:
    """The one writer of an index, from :meth:`IndexDirectory.writer`; a context manager.

    Closing it lets the next writer in, and removes the files that were begun and not committed.

    Args:
        folder: The folder of the index.
        read_manifest: Reads the manifest in force.
        lock: The lock that keeps other writers out.

    Attributes:
        certain: Whether a loss of power can't undo the last commit of this writer.
    """

    def __init__(
        self, folder: Path, read_manifest: Callable[[], Manifest], lock: WriteLock
    ) -> None:
        self._folder = folder
        self._read_manifest = read_manifest
        self._lock = lock
        self._manifest = read_manifest()
        self._pending: set[str] = set()
        self.certain = True

    @property
    def manifest(self) -> Manifest:
        """The last commit: what this writer builds upon."""
        return self._manifest

    def expect_open(self) -> None:
        """Make sure that this writer was not closed.

        Raises:
            IndexClosedError: It was.
        """
        if not self._lock.held:
            raise IndexClosedError(
                f"{self._folder}: this writer is closed and others may write; get another"
            )

    def new_segment_name(self) -> str:
        """Name a segment file, for this process or a worker of it to write.

        The file, and temporary files named like it (see :mod:`searchlib.storage.names`), are safe
        from clean-up until it is committed, discarded, or the writer is closed.
        """
        return self._reserve(names.new_segment(self._manifest.generation + 1))

    def new_catalogue_name(self) -> str:
        """Name a catalogue, for its writer to write; safe from clean-up like a segment."""
        return self._reserve(names.new_catalogue(self._manifest.generation + 1))

    def write_deletions(self, entry: SegmentEntry, deleted: BoolArray) -> SegmentEntry:
        """Write which documents of a segment are deleted, all of them and not just the new ones.

        Args:
            entry: The segment.
            deleted: Whether each document is deleted. Shape (doc_count,), bool.

        Returns:
            The segment with these deletions, to be committed.

        Raises:
            StorageError: The file could not be written; there is none.
            ValueError: The array is of another shape or dtype.
        """
        self.expect_open()
        if deleted.shape != (entry.doc_count,) or deleted.dtype != np.bool_:
            raise ValueError(
                f"{entry.name}: expected bool of shape ({entry.doc_count},), "
                f"got {deleted.dtype} of shape {deleted.shape}"
            )
        count = int(np.count_nonzero(deleted))
        if not count:
            return replace(entry, deletions=None)
        name = self._reserve(names.new_deletions(self._manifest.generation + 1))
        data, checksum = deletions.encode(deleted)
        path = self._folder / name
        with filesystem.explaining("write deletions (nothing of the index has changed)", path):
            filesystem.write_file(path, data)
        return replace(entry, deletions=DeletionsEntry(name, count, checksum))

    def write_kept(self, kind: str, data: bytes) -> KeptEntry | None:
        """Write what the index keeps besides documents, to be committed.

        Args:
            kind: Either "synonyms" or "alerts".
            data: What the file holds; nothing for no file.

        Raises:
            StorageError: The file could not be written; there is none.
        """
        if not data:
            return None
        name = self._reserve(names.new_kept(kind, self._manifest.generation + 1))
        path = self._folder / name
        with filesystem.explaining(f"write {kind} (nothing of the index has changed)", path):
            filesystem.write_file(path, data)
        return KeptEntry(name, len(data), crc32(data))

    def commit(
        self,
        segments: Iterable[SegmentEntry],
        catalogue: CatalogueEntry | None = None,
        *,
        schema: dict[str, Any] | None = None,
        analysis: int | None = None,
        kept: Mapping[str, KeptEntry | None] | None = None,
    ) -> Manifest:
        """Make these the segments of the index, and remove the files that it no longer needs.

        Args:
            segments: All of them, those that stay as they are included. After an error the same
                segments can be committed again.
            catalogue: The new catalogue; without one, that of the last commit stays.
            schema: The schema from now on; without one, that of the last commit stays.
            analysis: The version of the analysis that made the terms of all segments, likewise.
            kept: What the index keeps besides documents from now on, by its kind, with ``None`` for
                nothing; what is not named stays.

        Returns:
            The new manifest.

        Raises:
            UncertainCommitError: The commit is in force, but a loss of power may undo it.
            StorageError: The system refused to write; the last commit is in force and intact.
            ValueError: The same file is named twice.
        """
        self._expect_unchanged()
        before = self._manifest
        manifest = replace(
            before,
            generation=before.generation + 1,
            segments=tuple(segments),
            catalogue=catalogue or before.catalogue,
            schema=before.schema if schema is None else schema,
            analysis=before.analysis if analysis is None else analysis,
            **(kept or {}),
        )
        self._make_durable(manifest)
        try:
            publish(self._folder, manifest)
        except UncertainCommitError:
            self.certain = False
            self._adopt(manifest)
            raise
        self.certain = True
        self._adopt(manifest)
        self._sweep()
        return manifest

    def discard(self, *segment_names: str) -> None:
        """Remove segments that will not be committed, whether or not they are written already.

        Args:
            segment_names: Names from :meth:`new_segment_name`.
        """
        self.expect_open()
        self._pending.difference_update(segment_names)
        self._sweep(frozenset(segment_names))

    def close(self) -> None:
        """Remove what is not committed, and let go of the lock. Does nothing the second time."""
        if self._lock.held:
            try:
                self.discard(*self._pending)
            finally:
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _reserve(self, name: str) -> str:
        self.expect_open()
        self._pending.add(name)
        return name

    def _expect_unchanged(self) -> None:
        """Make sure that the lock did keep others out: not every network filesystem has locks."""
        self.expect_open()
        found = self._read_manifest()
        if found != self._manifest:
            raise StorageError(
                errno.ESTALE,
                f"expected generation {self._manifest.generation} of this writer, got generation "
                f"{found.generation}: another writer got past the lock, or a commit was done "
                "though the system said it failed; close this writer and get another",
                str(self._folder),
            )

    def _make_durable(self, manifest: Manifest) -> None:
        """Wait for the new files; quickly done where their writers have waited already."""
        sizes = {entry.name: entry.size for entry in manifest.segments}
        if manifest.catalogue is not None:
            sizes[manifest.catalogue.name] = manifest.catalogue.size
        sizes |= {entry.name: entry.size for entry in manifest.kept.values()}
        new = sorted(manifest.files - self._manifest.files)
        with filesystem.explaining(_committing(manifest), self._folder):
            for name in new:
                path = self._folder / name
                size = path.stat().st_size
                if size != sizes.get(name, size):
                    reason = f"expected {sizes[name]} bytes, got {size}"
                    raise OSError(errno.EIO, reason, str(path))
                filesystem.sync_path(path)
            if new:
                filesystem.sync_directory(self._folder)

    def _adopt(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._pending -= manifest.files

    def _sweep(self, among: frozenset[str] | None = None) -> None:
        """Remove files that neither the manifest nor this writer needs; all such, or of these.

        What can't be removed now, as an open file on Windows, is tried again at the next commit.
        """
        with contextlib.suppress(OSError, SearchlibError):
            # As it is on disk: a rename that was reported as failed may have been done.
            needed = self._read_manifest().files
            for path in list(self._folder.iterdir()):
                owner = names.owner(path.name)
                if owner is None or path.name in needed or owner in self._pending:
                    continue
                if among is None or owner in among:
                    filesystem.remove_quietly(path)


def publish(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in force.

    Raises:
        UncertainCommitError: It is in force, but a loss of power may undo it.
        StorageError: It is not, and the one before is.
    """
    data = encode(manifest)
    temporary = folder / names.new_manifest(manifest.generation)
    with filesystem.explaining(_committing(manifest), folder):
        filesystem.write_file(temporary, data)
        try:
            filesystem.replace(temporary, folder / names.MANIFEST)
        except BaseException:
            filesystem.remove_quietly(temporary)
            raise
    try:
        filesystem.sync_directory(folder)
    except OSError as error:
        raise UncertainCommitError(
            error.errno or errno.EIO,
            f"generation {manifest.generation} of the index is in force, but a loss of power may "
            f"undo it: {error.strerror or error}; check the disk, then commit again",
            str(folder),
        ) from error


def _committing(manifest: Manifest) -> str:
    if manifest.generation == 0:
        return "make the index"
    last = manifest.generation - 1
    return f"commit generation {manifest.generation} (generation {last} is in force and intact)"
