"""What does an index keep besides its documents? Synonyms and saved queries, committed with them.

Each kind is one file, which is written anew whenever it changes. Nothing here knows what it means.
A commit of documents leaves it as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple
from zlib import crc32

from searchlib.errors import CorruptIndexError, SearchlibError
from searchlib.storage import filesystem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from searchlib.storage.directory import IndexDirectory
    from searchlib.storage.manifest import KeptEntry

Kind = Literal["synonyms", "alerts"]


class Kept(NamedTuple):
    """What a file holds.

    Attributes:
        name: Its name, which no other content ever has; empty if there is none.
        data: Its bytes.
    """

    name: str
    data: bytes


NOTHING = Kept("", b"")


class KeptFile:
    """What an index in a folder keeps of one kind, as its commits have it.

    Args:
        directory: The index.
        kind: What is kept.
    """

    def __init__(self, directory: IndexDirectory, kind: Kind) -> None:
        self._directory = directory
        self._kind: Kind = kind

    def look(self) -> str:
        """Look for another commit; give the name of what it keeps, and nothing for nothing."""
        return kept_name(self._directory, self._kind)

    def known(self) -> str:
        """Give the name of what is kept as of the last look, without another one."""
        entry: KeptEntry | None = getattr(self._directory.known_manifest(), self._kind)
        return "" if entry is None else entry.name

    def read(self) -> Kept:
        """Read what the last commit keeps.

        Raises:
            CorruptIndexError, StorageError: As :func:`read_kept`.
        """
        return read_kept(self._directory, self._kind)

    def change(self, new: bytes, timeout: float) -> None:
        """Put something in its place.

        Raises:
            IndexLockedError, StorageError: As :func:`change_kept`.
        """
        change_kept(self._directory, self._kind, new, timeout)


def kept_name(directory: IndexDirectory, kind: Kind) -> str:
    """Give the name of the file of the last commit; empty if there is none."""
    entry = directory.manifest().kept.get(kind)
    return "" if entry is None else entry.name


def read_kept(directory: IndexDirectory, kind: Kind) -> Kept:
    """Read the file of the last commit, though others may commit meanwhile.

    Raises:
        CorruptIndexError: It is missing, or not as it was written.
        StorageError: The operating system refused to read it.
    """
    while (entry := directory.manifest().kept.get(kind)) is not None:
        try:
            return Kept(entry.name, _read(directory, kind, entry))
        except CorruptIndexError:
            if directory.manifest().kept.get(kind) == entry:
                raise
    return NOTHING


def change_kept(
    directory: IndexDirectory, kind: Kind, new: bytes | Callable[[bytes], bytes], timeout: float
) -> None:
    """Put something in the place of a file, in a commit that no other writer can come between.

    Args:
        directory: The index.
        kind: What is to be changed.
        new: The new content, whatever the old one is, even if it is damaged; or what makes it of
            the old one, whose errors leave the index as it is. No bytes are for no file.
        timeout: How long to wait for another writer to finish, in seconds.

    Raises:
        CorruptIndexError: The old file is damaged, and the new content is made of it.
        IndexLockedError: Another writer was at work all that time.
        StorageError: The operating system refused to write; nothing has changed.
    """
    with directory.writer(timeout) as writer:
        before = writer.manifest.kept.get(kind)
        if not isinstance(new, bytes):
            new = new(b"" if before is None else _read(directory, kind, before))
        if new or before is not None:
            kept: dict[str, KeptEntry | None] = {kind: writer.write_kept(kind, new)}
            writer.commit(writer.manifest.segments, kept=kept)


def copy_kept(source: IndexDirectory, target: IndexDirectory) -> None:
    """Give an index what another one keeps besides its documents.

    Raises:
        CorruptIndexError: A file is missing or damaged.
        StorageError: The operating system refused to read or write.
    """
    with target.writer() as writer:
        kept = {
            kind: writer.write_kept(kind, _read(source, kind, entry))
            for kind, entry in source.manifest().kept.items()
        }
        if kept:
            writer.commit(writer.manifest.segments, kept=kept)


def check_kept(directory: IndexDirectory) -> list[str]:
    """Compare the files with their checksums.

    Returns:
        A sentence for each fault; none if they are sound, or not of the index any more.
    """
    faults = []
    for kind, entry in directory.manifest().kept.items():
        try:
            _read(directory, kind, entry)
        except SearchlibError as error:
            if directory.manifest().kept.get(kind) == entry:
                faults.append(str(error))
    return faults


def _read(directory: IndexDirectory, kind: str, entry: KeptEntry) -> bytes:
    path = directory.path_of(entry.name)
    with filesystem.explaining(f"read {kind}", path):
        if not path.exists():
            raise _damaged(path, kind, "it is missing")
        with path.open("rb") as file:
            data = file.read(entry.size + 1)
    if (len(data), crc32(data)) != (entry.size, entry.checksum):
        raise _damaged(path, kind, "the checksum does not match")
    return data


def _damaged(path: Path, kind: str, reason: str) -> CorruptIndexError:
    return CorruptIndexError(
        f"{path}: the file of {kind} is damaged: {reason}; restore the index from a backup, or "
        f"clear them with index.{kind}.clear() and load them again"
    )
