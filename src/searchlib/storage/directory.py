"""Where is the index, and what is in it right now?

An index is a folder: ``manifest.json``, the files that it names, and a lock file. Reading takes
no lock and writes nothing, so a folder without write permission will do.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TypeVar

from searchlib.arguments import path_of
from searchlib.errors import (
    ArgumentError,
    CorruptIndexError,
    IndexExistsError,
    IndexNotFoundError,
    NotAnIndexError,
    SearchlibError,
    StorageError,
)
from searchlib.frozen import frozen
from searchlib.storage import deletions, filesystem, names
from searchlib.storage.lock import WriteLock
from searchlib.storage.manifest import FORMAT, MAX_BYTES, Manifest, SegmentEntry, decode
from searchlib.storage.signature import signature_of, signature_of_path
from searchlib.storage.writer import DirectoryWriter, publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from searchlib.arrays import BoolArray
    from searchlib.storage.signature import Signature

_SNAPSHOT_ATTEMPTS: Final = 100

_MAKING_TIMEOUT: Final = 10.0
"""How many seconds to wait while another process makes an index: it takes milliseconds."""

_SETTLED_NS: Final = 3_000_000_000
"""Longer than the steps in which any filesystem counts time; FAT's are of two seconds."""


class Closeable(Protocol):
    """Something that holds a file open."""

    def close(self) -> None:
        """Let go of it."""


T = TypeVar("T", bound=Closeable)


@frozen
class _Reading:
    """A manifest as it was read.

    Attributes:
        signature: What the system said of the file.
        settled: Whether a file with the same signature must be the same one.
        data: Its bytes.
        manifest: What they say.
    """

    signature: Signature
    settled: bool
    data: bytes
    manifest: Manifest


class IndexDirectory:
    """The folder of an index, from :meth:`create` or :meth:`open`; for any number of threads.

    Attributes:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self._manifest_path = str(path / names.MANIFEST)
        self._last: _Reading | None = None

    @classmethod
    def create(
        cls, path: str | os.PathLike[str], schema: dict[str, Any], analysis: int = 1
    ) -> Self:
        """Make an index without documents, and the folder and those above it where needed.

        Args:
            path: A folder that is empty or not there. What an earlier attempt left is no hindrance.
            schema: Any JSON object.
            analysis: The version of the analysis that will make the terms.

        Raises:
            IndexExistsError: There is an index already.
            NotAnIndexError: There is a file, or a folder with something else in it.
            IndexLockedError: Another process holds the lock, and makes no index.
            UncertainCommitError: The index is made, but a loss of power may undo it.
            StorageError: The system refused to write.
        """
        folder = path_of(path).absolute()
        with filesystem.explaining("make the index", folder):
            _make_directories(folder)
            _expect_vacant(folder)
            with WriteLock(folder / names.LOCK).acquire(_MAKING_TIMEOUT):
                _expect_vacant(folder)
                publish(folder, Manifest(0, schema, analysis=analysis))
        return cls(folder)

    @classmethod
    @contextlib.contextmanager
    def build(
        cls, path: str | os.PathLike[str], schema: dict[str, Any], analysis: int = 1
    ) -> Iterator[Self]:
        """Make an index that is not there before it is whole.

        The body of the ``with`` block fills it in a folder beside its place, with a name that
        begins with a dot and ends in ``.tmp``. At the end that folder is moved to its place; it is
        removed if the body raises, and only left over if the process is killed.

        Args:
            path: As for :meth:`create`, as are the others.
            schema: Any JSON object.
            analysis: The version of the analysis that will make the terms.

        Raises:
            IndexExistsError, NotAnIndexError, StorageError: As :meth:`create`, before the body or
                after it.
        """
        place = Path(os.path.realpath(path_of(path)))  # a link to an empty folder stays one
        beside = place.with_name(names.new_beside(place.name))
        with filesystem.explaining("make the index", place):
            _expect_outside_indexes(place)
            if place.exists():
                _expect_vacant(place)
        try:
            yield cls.create(beside, schema, analysis)
            with filesystem.explaining("move the new index to its place", place):
                _move_index(beside, place)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Self:
        """Find the index in a folder, and read its manifest.

        Raises:
            IndexNotFoundError: There is no such folder, or it is empty.
            NotAnIndexError: There is something else.
            IndexVersionError: The index was made by a newer searchlib.
            CorruptIndexError: The manifest is damaged or gone.
            StorageError: The system refused to read it.
        """
        directory = cls(path_of(path).absolute())
        directory.manifest()
        return directory

    def manifest(self) -> Manifest:
        """Read the last commit; a look at the file's date suffices if that is seconds old.

        A file's number, size and times are no proof that it is still the same: numbers are used
        again, and two commits may fall into one tick of the filesystem's clock. So they are
        trusted only if the file was older than such a tick when it was read; until then its bytes
        are read each time. A clock that is set back by just the right amount could still deceive.

        Raises:
            IndexNotFoundError, NotAnIndexError, IndexVersionError, CorruptIndexError,
            StorageError: As for :meth:`open`.
        """
        try:
            return self._last_manifest()
        except FileNotFoundError as error:
            absence = _explain_absence(self.path)
            if absence is not None:
                raise absence from error
            return self._last_manifest()

    def known_manifest(self) -> Manifest:
        """Give the commit that :meth:`manifest` read last, without another look at the file.

        Raises:
            SearchlibError: As :meth:`manifest`, which is asked if it was not before.
        """
        last = self._last
        return self.manifest() if last is None else last.manifest

    def path_of(self, name: str) -> Path:
        """Give the path of a file that a manifest names, or that a writer has named.

        Raises:
            ValueError: It is not a name that searchlib gives.
        """
        for is_ours in (names.is_segment, names.is_deletions, names.is_catalogue, names.kept_kind):
            if is_ours(name):
                return self.path / name
        raise ValueError(f"expected the name of a file of the index, got {name!r:.80}")

    def load_deletions(self, entry: SegmentEntry) -> BoolArray | None:
        """Read which documents of a segment are deleted.

        Returns:
            Whether each document is deleted. Shape (doc_count,), bool, the caller's to change;
            ``None`` if all are alive.

        Raises:
            CorruptIndexError: The file is damaged.
            StorageError: The system refused to read it. With errno ``ENOENT``, the entry is of an
                older manifest than the last; :meth:`open_snapshot` takes care of that.
        """
        if entry.deletions is None:
            return None
        path = self.path_of(entry.deletions.name)
        expected = deletions.length(entry.doc_count)
        with filesystem.explaining("read deletions", path), path.open("rb") as file:
            data = file.read(min(os.fstat(file.fileno()).st_size, expected) + 1)
        try:
            given = entry.deletions
            return deletions.decode(data, entry.doc_count, given.count, given.checksum)
        except ValueError as error:
            raise _damaged(path, str(error)) from error

    def open_snapshot(self, opener: Callable[[Path, SegmentEntry], T]) -> tuple[Manifest, list[T]]:
        """Open all segments of the last commit, though others may commit and clean up meanwhile.

        An open file outlives its removal, so only the time from reading the manifest to opening
        the last file counts. If a file is gone by then, there is a newer manifest to start over
        with. Locks of readers would make the writer wait for them, or leave files behind for
        readers that were killed, and could not be had in a folder without write permission.

        Args:
            opener: Opens a segment, given its path and entry. May call :meth:`load_deletions`.

        Returns:
            The manifest, and what the opener made of each of its segments.

        Raises:
            CorruptIndexError: A file is missing or of another size.
            StorageError: The system refused to read, or there was a commit at every attempt.
            Exception: Whatever the opener raises, but for a file that is not found.
        """
        manifest = self.manifest()
        for _ in range(_SNAPSHOT_ATTEMPTS):
            try:
                return manifest, self._open_all(manifest, opener)
            except OSError as error:
                if error.errno != errno.ENOENT:
                    raise
                outdated, manifest = manifest, self.manifest()
                if manifest == outdated:
                    path = Path(error.filename or self.path)
                    raise _damaged(path, "it is missing") from error
        raise StorageError(
            errno.EAGAIN,
            f"could not open the index: others committed {_SNAPSHOT_ATTEMPTS} times meanwhile; "
            "commit less often",
            str(self.path),
        )

    def writer(self, timeout: float = 0.0) -> DirectoryWriter:
        """Become the writer of the index, of which there is one at a time.

        Args:
            timeout: How long to wait for another one to finish, in seconds.

        Raises:
            IndexLockedError: Another writer was at work for all that time.
            StorageError: The folder can't be written to.
        """
        self.manifest()
        lock = WriteLock(self.path / names.LOCK).acquire(timeout)
        try:
            return DirectoryWriter(self.path, self.manifest, lock)
        except BaseException:
            lock.release()
            raise

    def size(self) -> int:
        """Add up the bytes of all files in the folder, while others may add and remove some.

        Raises:
            StorageError: The folder can't be read.
        """
        with filesystem.explaining("look at the files of the index", self.path):
            return sum(map(_size_if_there, self.path.iterdir()))

    def _last_manifest(self) -> Manifest:
        last = self._last
        try:
            if (
                last is not None
                and last.settled
                and signature_of_path(self._manifest_path) == last.signature
            ):
                return last.manifest
            self._last = last = self._read(last)
        except FileNotFoundError:
            raise
        except NotADirectoryError as error:
            raise NotAnIndexError(f"{self.path}: expected a folder, got a file") from error
        except OSError as error:
            raise filesystem.storage_error(error, "read the manifest", self.path) from error
        return last.manifest

    def _read(self, last: _Reading | None) -> _Reading:
        now = time.time_ns()
        with open(self._manifest_path, "rb") as file:  # noqa: PTH123 - half the time of Path.open
            status = os.fstat(file.fileno())
            data = file.read(min(status.st_size, MAX_BYTES) + 1)
        if last is not None and data == last.data:
            manifest = last.manifest
        else:
            manifest = decode(data, Path(self._manifest_path))
        settled = now - max(status.st_mtime_ns, status.st_ctime_ns) > _SETTLED_NS
        return _Reading(signature_of(status), settled, data, manifest)

    def _open_all(self, manifest: Manifest, opener: Callable[[Path, SegmentEntry], T]) -> list[T]:
        opened: list[T] = []
        try:
            for entry in manifest.segments:
                path = self.path / entry.name
                size = path.stat().st_size
                if size != entry.size:
                    raise _damaged(path, f"expected {entry.size} bytes, got {size}")
                opened.append(opener(path, entry))
        except BaseException:
            for resource in opened:
                resource.close()
            raise
        return opened


def holds_index(folder: Path) -> bool:
    """Tell whether there is an index in a folder, whatever its version and however damaged.

    Raises:
        OSError: The system does not let us look.
    """
    try:
        with (folder / names.MANIFEST).open("rb") as file:
            return FORMAT.encode("ascii") in file.read(100)
    except (FileNotFoundError, IsADirectoryError):
        return False


def _make_directories(folder: Path) -> None:
    missing = [place for place in (folder, *folder.parents) if not os.path.lexists(place)]
    for place in reversed(missing):
        try:
            filesystem.make_directory(place)
        except FileExistsError:
            continue  # made by another process just now


def _expect_vacant(folder: Path) -> None:
    if not folder.is_dir():
        raise NotAnIndexError(f"{folder}: expected a folder or nothing, got something else")
    found = _names_in(folder)
    if names.MANIFEST in found:
        IndexDirectory.open(folder)
        raise IndexExistsError(
            f"{folder}: expected no index yet, got one; open it with Index.open, or remove the "
            "folder to start over"
        )
    others = [name for name in found if not names.is_left_by_create(name)]
    if others:
        raise NotAnIndexError(
            f"{folder}: expected an empty folder, got one with {others[0]!r} in it; "
            "choose another for the index"
        )


def _expect_outside_indexes(folder: Path) -> None:
    for above in folder.parents:
        if (above / names.MANIFEST).is_file():
            raise ArgumentError(
                f"{folder}: expected a folder outside of other indexes, got one in the index "
                f"{above}; choose one beside it"
            )


def _move_index(beside: Path, place: Path) -> None:
    """Move an index to where there is nothing, or what a failed attempt to make one left."""
    if place.exists():
        _expect_vacant(place)
        for left in place.iterdir():
            filesystem.remove(left)
        place.rmdir()  # not on every system is an empty folder replaced
    filesystem.move_directory(beside, place)


def _size_if_there(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _explain_absence(folder: Path) -> SearchlibError | None:
    """Say what is there in place of a manifest; ``None`` if another process has just made one."""
    remedy = "check the path, or make an index with Index.create"
    try:
        found = _names_in(folder)
    except OSError:
        return IndexNotFoundError(f"{folder}: there is no such folder; {remedy}")
    if names.MANIFEST in found and (folder / names.MANIFEST).exists():
        return None
    if any(names.is_segment(name) for name in found):
        return _damaged(folder / names.MANIFEST, "it is missing")
    others = [name for name in found if not names.is_left_by_create(name)]
    if others:
        return NotAnIndexError(
            f"{folder}: expected an index, got a folder with {others[0]!r} and without a manifest; "
            f"{remedy}"
        )
    return IndexNotFoundError(f"{folder}: the folder is empty; {remedy}")


def _damaged(path: Path, reason: str) -> CorruptIndexError:
    return CorruptIndexError(
        f"{path}: the file is damaged: {reason}; "
        "restore the index from a backup, or index the documents again"
    )
