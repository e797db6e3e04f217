"""How is a segment laid out as a file: head, sections, table of contents, footer?

``docs/format.md`` describes every byte. This module knows sections by name, type and checksum;
what they mean is the business of the modules that write and read them.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import struct
import zlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from searchlib.errors import CorruptIndexError, IndexVersionError, StorageError
from searchlib.frozen import frozen
from searchlib.segment.spool import Spool, writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from searchlib.arrays import NumberArray

FORMAT_VERSION: Final = 6
_FIRST_WITH_VERSION: Final = 3
"""Of the versions, the first whose table of contents names it."""

_HEAD: Final = struct.Struct("<8sII")
_FOOTER: Final = struct.Struct("<QQQ8s")
_HEAD_MAGIC: Final = b"\x89SLSEG\r\n"
_FOOTER_MAGIC: Final = b"SLSEGEND"
_ALIGNMENT: Final = 8
_DTYPES: Final = frozenset(("|u1", "<u2", "<u4", "<u8", "<i8", "<f4", "<f8"))
_PIECE: Final = 1 << 20


@frozen
class Section:
    """An entry of the table of contents.

    Attributes:
        name: What is in it, unique in the file.
        dtype: The type of its elements in numpy's notation, little-endian.
        offset: Where it begins, in bytes from the start of the file; a multiple of 8.
        length: Its length in bytes.
        crc32: The checksum of these bytes.
    """

    name: str
    dtype: str
    offset: int
    length: int
    crc32: int

    @property
    def end(self) -> int:
        """Where the section ends, in bytes from the start of the file."""
        return self.offset + self.length


def narrowest(highest: int) -> str:
    """Name the narrowest unsigned type that holds numbers from 0 to ``highest``."""
    return np.dtype(np.min_scalar_type(highest)).newbyteorder("<").str


def offset_type(highest: int) -> str:
    """Name the type of offsets up to ``highest``: 4 bytes where they suffice, else 8."""
    return "<u4" if highest < 1 << 32 else "<u8"


class SegmentFileWriter:
    """Writes the file of a segment, section after section.

    The file is whole once :meth:`close` has returned, and removed when an exception leaves the
    ``with`` block before that.

    Raises:
        StorageError: The file exists, or the operating system refused to write.
    """

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self._sections: dict[str, Section] = {}
        self._spools: list[Spool] = []
        with writing(path):
            self._file = path.open("xb")
        self._offset = 0
        self._closed = False

    def __enter__(self) -> Self:
        try:
            self._put(_HEAD.pack(_HEAD_MAGIC, FORMAT_VERSION, 0))
        except StorageError:
            self._give_up()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for spool in self._spools:
            spool.close()
        if not self._closed:
            self._give_up()

    def spool(self, dtype: str) -> Spool:
        """Make an array that grows beside others, to be written when it is complete."""
        spool = Spool(self.path, dtype)
        self._spools.append(spool)
        return spool

    def write(self, name: str, dtype: str, pieces: Iterable[bytes | NumberArray]) -> None:
        """Write a section of pieces that are bytes, or arrays of the section's type.

        Raises:
            ValueError: There is a section of that name already: nobody could read the file.
        """
        if name in self._sections:
            raise ValueError(f"{self.path}: expected each section once, got {name!r} twice")
        self._pad()
        offset, checksum = self._offset, 0
        for piece in pieces:
            data = piece if isinstance(piece, bytes) else np.ascontiguousarray(piece, dtype).data
            checksum = zlib.crc32(data, checksum)
            self._put(data)
        length = self._offset - offset
        self._sections[name] = Section(name, dtype, offset, length, checksum)

    def write_spool(self, name: str, spool: Spool) -> None:
        """Write a section of what a spool has collected, and close the spool."""
        self.write(name, spool.dtype, spool.pieces())

    def close(self, meta: dict[str, Any]) -> tuple[int, int]:
        """Write the table of contents and the footer, and wait until all of it is on disk.

        Args:
            meta: What the table says beside its sections; must be JSON.

        Returns:
            The size of the file in bytes, and the checksum of the table. The table holds the
            checksums of all sections, so its own identifies the contents.
        """
        self._pad()
        names = [each.name for each in fields(Section)]  # `asdict` copies each value
        sections = [
            {name: getattr(section, name) for name in names} for section in self._sections.values()
        ]
        table = {"version": FORMAT_VERSION, **meta, "sections": sections}
        data = json.dumps(table, separators=(",", ":")).encode()
        checksum, offset = zlib.crc32(data), self._offset
        self._put(data)
        self._put(_FOOTER.pack(offset, len(data), checksum, _FOOTER_MAGIC))
        with writing(self.path):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        self._closed = True
        return self._offset, checksum

    def _give_up(self) -> None:
        # Closing flushes, and may fail for the same reason as the write before it.
        for undo in (self._file.close, self.path.unlink):
            with contextlib.suppress(OSError):
                undo()

    def _pad(self) -> None:
        self._put(bytes(-self._offset % _ALIGNMENT))

    def _put(self, data: bytes | memoryview) -> None:
        with writing(self.path):
            self._file.write(data)
        self._offset += len(data) if isinstance(data, bytes) else data.nbytes


class SegmentFile:
    """A segment's file, mapped into memory.

    Opening reads the head, the footer and the table of contents, whatever the size of the rest.

    Attributes:
        path: The file.
        size: Its size in bytes.
        version: The version of its format.
        checksum: The checksum of its table of contents, which identifies the contents.
        meta: The table of contents.
        sections: The sections by name, in the order of the file.

    Raises:
        CorruptIndexError: The file is missing, cut short, or not a segment.
        IndexVersionError: It is of a later format.
        StorageError: The operating system refused to read it.
    """

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self._map = _map(path)
        self.size: Final = len(self._map)
        self.version: Final = self._check_head()
        self.meta, self.checksum = self._read_table()
        self.sections: Final = {section.name: section for section in self._read_sections()}

    def corrupt(self, what: str, section: str | None = None) -> CorruptIndexError:
        """Make the error that says that the file is damaged, and where."""
        where = f"{self.path}: section {section!r}" if section else str(self.path)
        return CorruptIndexError(
            f"{where}: {what}; the file is damaged: restore it from a copy, or make the index "
            "again from the articles"
        )

    def array(self, name: str, dtypes: str | tuple[str, ...], count: int | None) -> NumberArray:
        """View a section as an array, without reading it.

        Args:
            name: The section.
            dtypes: The type that it must have, or those it may have.
            count: The number of elements that it must have, or ``None`` for any.
        """
        section = self.section(name)
        allowed = (dtypes,) if isinstance(dtypes, str) else dtypes
        if section.dtype not in allowed:
            raise self.corrupt(f"expected {' or '.join(allowed)}, got {section.dtype}", name)
        dtype = np.dtype(section.dtype)
        found = section.length // dtype.itemsize
        if count is not None and found != count:
            raise self.corrupt(f"expected {count} elements, got {found}", name)
        return np.frombuffer(self._map, dtype, found, section.offset)

    def section(self, name: str) -> Section:
        """Look up a section."""
        try:
            return self.sections[name]
        except KeyError:
            raise self.corrupt("expected this section, got none", name) from None

    def read(self, start: int, end: int) -> bytes:
        """Read bytes of the file."""
        return self._map[start:end]

    def number(self, entry: object, key: str) -> int:
        """Take a count from an object of the table of contents."""
        value = entry.get(key) if isinstance(entry, dict) else None
        if type(value) is not int or not 0 <= value < 1 << 63:
            raise self.corrupt(f"table of contents: expected a count as {key!r}, got {value!r}")
        return value

    def mapping(self, key: str) -> dict[str, Any]:
        """Take an object from the table of contents."""
        value = self.meta.get(key)
        if not isinstance(value, dict):
            raise self.corrupt(f"table of contents: expected an object as {key!r}")
        return value

    def check(self) -> list[str]:
        """Read the whole file and compare it with its checksums.

        Returns:
            One sentence for each section that is damaged.
        """
        problems, end = [], _HEAD.size
        table_offset = _FOOTER.unpack(self._map[-_FOOTER.size :])[0]
        for section in self.sections.values():
            if any(self._map[end : section.offset]):
                problems.append(str(self.corrupt("expected zeros before it", section.name)))
            if self._crc32(section) != section.crc32:
                problems.append(str(self.corrupt("its checksum does not match", section.name)))
            end = section.end
        if any(self._map[end:table_offset]):
            problems.append(str(self.corrupt("expected zeros before the table of contents")))
        return problems

    def close(self) -> None:
        """Release the file, at once or when the last array that views it is gone."""
        with contextlib.suppress(BufferError):
            self._map.close()

    def _crc32(self, section: Section) -> int:
        checksum = 0
        for start in range(section.offset, section.end, _PIECE):
            checksum = zlib.crc32(self._map[start : min(start + _PIECE, section.end)], checksum)
        return checksum

    def _read_table(self) -> tuple[dict[str, Any], int]:
        end = self.size - _FOOTER.size
        offset, length, checksum, magic = _FOOTER.unpack(self._map[end:])
        if magic != _FOOTER_MAGIC or offset + length != end or offset < _HEAD.size:
            raise self.corrupt("its footer is not that of a whole segment")
        data = self._map[offset:end]
        if zlib.crc32(data) != checksum:
            raise self.corrupt("the checksum of its table of contents does not match")
        try:
            table = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self.corrupt(f"its table of contents is not JSON ({error})") from error
        if not isinstance(table, dict):
            raise self.corrupt("its table of contents is not an object")
        named = self.version if self.version >= _FIRST_WITH_VERSION else None
        if table.get("version") != named:
            raise self.corrupt(f"its table of contents is not of format {self.version}")
        return table, checksum

    def _check_head(self) -> int:
        """Tell the version of the format."""
        if self.size < _HEAD.size + _FOOTER.size:
            raise self.corrupt(f"expected a segment, got {self.size} bytes")
        magic, version, zero = _HEAD.unpack(self._map[: _HEAD.size])
        if magic != _HEAD_MAGIC or zero:
            raise self.corrupt("it does not begin like a segment")
        if version > FORMAT_VERSION:
            raise IndexVersionError(
                f"{self.path}: expected a segment of format {FORMAT_VERSION} or before, got "
                f"{version}; it was made by a newer searchlib: upgrade to read it"
            )
        if version < 1:
            raise self.corrupt(f"expected a format version of at least 1, got {version}")
        return int(version)

    def _read_sections(self) -> Iterator[Section]:
        entries = self.meta.get("sections")
        if not isinstance(entries, list):
            raise self.corrupt("table of contents: expected a list of sections")
        names, end = set(), _HEAD.size
        limit: int = _FOOTER.unpack(self._map[-_FOOTER.size :])[0]
        for entry in entries:
            section = self._section_of(entry)
            if section.name in names or section.offset != _aligned(end) or section.end > limit:
                raise self.corrupt("it is not where the table of contents has it", section.name)
            names.add(section.name)
            end = section.end
            yield section
        if _aligned(end) != limit:
            raise self.corrupt("the table of contents does not follow the sections")

    def _section_of(self, entry: object) -> Section:
        name, dtype = (
            (entry.get("name"), entry.get("dtype")) if isinstance(entry, dict) else (None, None)
        )
        if not isinstance(name, str) or not isinstance(dtype, str) or dtype not in _DTYPES:
            raise self.corrupt(f"table of contents: expected a section, got {entry!r:.80}")
        offset, length = self.number(entry, "offset"), self.number(entry, "length")
        if length % np.dtype(dtype).itemsize:
            raise self.corrupt(f"{length} bytes are no whole number of {dtype}", name)
        return Section(name, dtype, offset, length, self.number(entry, "crc32"))


def _aligned(offset: int) -> int:
    return offset + -offset % _ALIGNMENT


def _map(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError as error:
        raise CorruptIndexError(
            f"{path}: expected a segment, got no file; restore it from a copy, or make the index "
            "again from the articles"
        ) from error
    except ValueError as error:  # an empty file can't be mapped
        raise CorruptIndexError(f"{path}: expected a segment, got an empty file") from error
    except OSError as error:
        reason = f"reading a segment failed: {error.strerror or error}"
        raise StorageError(error.errno, reason, str(path)) from error
