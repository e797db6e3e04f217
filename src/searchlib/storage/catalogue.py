"""Which files do the documents come from? A catalogue of lines, committed with the segments.

Nothing here knows what a line means; :mod:`searchlib.articles.catalogue` does. A catalogue is
written once, line by line, and never changed. The manifest has its length and the CRC-32 of it.
Reading gives each line as it comes, so that a catalogue need not fit into memory; whether the
checksum matches turns out at the end. So nothing may be committed before the last line is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final, Self
from zlib import crc32

from searchlib.errors import CorruptIndexError, SearchlibError
from searchlib.storage import filesystem
from searchlib.storage.manifest import CatalogueEntry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from searchlib.storage.directory import IndexDirectory

_BUFFER: Final = 1 << 18


class CatalogueWriter:
    """Writes a catalogue; a context manager, which closes the file.

    Args:
        path: Where to; the name is one from :meth:`DirectoryWriter.new_catalogue_name`.

    Raises:
        StorageError: The operating system refused to write, here or in any method.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[bytes] = []
        self._waiting_size = self._size = self._checksum = 0
        with self._explaining():
            self._file: BinaryIO = filesystem.create(path)

    def append(self, line: bytes) -> None:
        """Write a line, which is without its end."""
        self._waiting.append(line)
        self._waiting_size += len(line) + 1
        if self._waiting_size >= _BUFFER:
            self._write()

    def finish(self) -> CatalogueEntry:
        """Write what is left, and make the file survive a loss of power.

        Returns:
            What the manifest shall say of it.
        """
        self._write()
        with self._explaining():
            filesystem.sync_file(self._file)
        return CatalogueEntry(self._path.name, self._size, self._checksum)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def _write(self) -> None:
        data = b"".join(line + b"\n" for line in self._waiting)
        self._waiting, self._waiting_size = [], 0
        with self._explaining():
            filesystem.write(self._file, data)
        self._size += len(data)
        self._checksum = crc32(data, self._checksum)

    def _explaining(self) -> AbstractContextManager[None]:
        action = "write the catalogue of files (nothing of the index has changed)"
        return filesystem.explaining(action, self._path)


def read_lines(directory: IndexDirectory, entry: CatalogueEntry) -> Iterator[bytes]:
    """Read a catalogue line by line, each without its end.

    Args:
        directory: The index.
        entry: What the manifest says of the catalogue.

    Raises:
        CorruptIndexError: It is missing, or not as it was written: after the last line, too.
        StorageError: The operating system refused to read it.
    """
    path = directory.path_of(entry.name)
    size = checksum = 0
    with filesystem.explaining("read the catalogue of files", path):
        if not path.exists():
            raise _damaged(path, "it is missing")
        with path.open("rb") as file:
            for line in file:
                size += len(line)
                checksum = crc32(line, checksum)
                yield line.removesuffix(b"\n")
    if (size, checksum) != (entry.size, entry.checksum):
        raise _damaged(path, "the checksum does not match")


def check_catalogue(directory: IndexDirectory) -> list[str]:
    """Compare the catalogue, if there is one, with its checksum.

    Returns:
        A sentence for each fault; none if it is sound, or not of the index any more.
    """
    entry = directory.manifest().catalogue
    if entry is None:
        return []
    try:
        for _ in read_lines(directory, entry):
            pass
    except SearchlibError as error:
        return [str(error)] if directory.manifest().catalogue == entry else []
    return []


def _damaged(path: Path, reason: str) -> CorruptIndexError:
    return CorruptIndexError(
        f"{path}: the catalogue of files is damaged: {reason}; the documents can be searched, but "
        "to change them restore the index from a backup, or index the files into a new index"
    )


def read_current(directory: IndexDirectory) -> Iterator[bytes]:
    """Read the catalogue of the last commit, though others may commit meanwhile.

    Raises:
        CorruptIndexError, StorageError: As for :func:`read_lines`.
    """
    while (entry := directory.manifest().catalogue) is not None:
        lines = read_lines(directory, entry)
        try:
            first = next(lines, None)
        except CorruptIndexError:
            if directory.manifest().catalogue == entry:
                raise
            continue  # an open file outlives its removal, so this can happen here only
        if first is not None:
            yield first
            yield from lines
        return
