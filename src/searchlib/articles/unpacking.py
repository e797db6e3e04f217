"""How is a packed file unpacked as a stream, whatever it unpacks to?

Damage ends the stream early and is remembered, so that what could be read is used and the damage
is reported after it. So is a stream that unpacks to far more than text does: a bomb.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _typeshed import WriteableBuffer

    Read = Callable[[int], bytes]

CHUNK: Final = 1 << 16
UNPACKED_LIMIT: Final = 256 << 20
"""What any file may unpack to, in bytes; beyond it :data:`RATIO_LIMIT` holds."""
RATIO_LIMIT: Final = 250
"""How many times its size a large file may unpack to; text and JSON reach 5 to 50."""

_MEMORY: Final = 128 << 20  # for the dictionary of one file: xz asks for 65 MiB at its best
_DAMAGE = (
    EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError, UnicodeError, zipfile.BadZipFile,
    tarfile.TarError,
)  # fmt: skip
_MAGIC: Final = {
    b"\x1f\x8b\x08": ".gz",
    **{b"BZh%d" % level: ".bz2" for level in range(1, 10)},
    b"\xfd7zXZ\0": ".xz",
    b"\x28\xb5\x2f\xfd": ".zst",
}
PACKED: Final = frozenset(_MAGIC.values())
"""The endings of packed files."""


class Tolerant(io.RawIOBase):
    """A stream that ends where its data is damaged, and says so when asked."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.damage: Exception | None = None

    def readable(self) -> bool:
        """Tell that it can be read, as :class:`io.RawIOBase` demands."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer as far as one call of the function goes, and return how far."""
        view = memoryview(buffer)
        if self.damage is not None:
            return 0
        try:
            data = self._read(len(view))
        except _DAMAGE as error:
            self.damage = error
            return 0
        except OSError as error:
            if error.errno is not None:
                raise  # the system's, not that of the data
            self.damage = error
            return 0
        view[: len(data)] = data
        return len(data)


def buffered(read: Read) -> io.BufferedReader[Tolerant]:
    """Make a stream of a function that reads at most so many bytes."""
    return io.BufferedReader(Tolerant(read), CHUNK)


def packing_of(path: Path, stream: io.BufferedReader[Any]) -> str | None:
    """Tell how a file is packed: by its ending, else by its first bytes."""
    ending = path.suffix.lower()
    if ending in PACKED:
        return ending
    head = stream.peek(8)
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)


class Budget:
    """Limits what a file may unpack to, with everything in it, however it is packed."""

    def __init__(self, packed_size: int) -> None:
        self.left = max(UNPACKED_LIMIT, packed_size * RATIO_LIMIT)

    def charged(self, read: Read) -> Read:
        """Make a function that reads what is unpacked, until the budget is spent."""

        def charge(size: int) -> bytes:
            data = read(size)
            self.left -= len(data)
            if self.left < 0:
                raise EOFError(f"it unpacks to more than {RATIO_LIMIT} times its size")
            return data

        return charge


def unpacker(kind: str, packed: io.BufferedReader[Any]) -> Read:
    """Make a function that unpacks a stream piece by piece."""
    if kind == ".gz":
        return gzip.GzipFile(fileobj=packed).read1
    return _Unpacker(packed.read1, _DECOMPRESSORS[kind]).read


def recoder(encoding: str, stream: io.BufferedReader[Any]) -> Read:
    """Make a function that reads a stream of text and gives it in UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)()

    def read(size: int) -> bytes:
        while True:
            data = stream.read1(max(2, size // 4))  # one byte in becomes at most three out
            recoded = decoder.decode(data, final=not data).encode()
            if recoded or not data:
                return recoded

    return read


class _Decompressor(Protocol):
    """What the decompressors of :mod:`bz2` and :mod:`lzma` have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _ZstdDecompressor:
    """Unpacks zstd like bzip2 and xz.

    The output of one step can't be limited, and is up to 128 KiB for 4 bytes of input: a step takes
    few of them.
    """

    _STEP = 256

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=_MEMORY).decompressobj()
        self._packed = b""
        self._unpacked = b""

    @property
    def eof(self) -> bool:
        return self._inner.eof and not self._unpacked

    @property
    def needs_input(self) -> bool:
        return not (self._packed or self._unpacked)

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data + self._packed

    def decompress(self, data: bytes, max_length: int) -> bytes:
        self._packed += data
        while not self._unpacked and self._packed and not self._inner.eof:
            step, self._packed = self._packed[: self._STEP], self._packed[self._STEP :]
            self._unpacked = self._inner.decompress(step)
        unpacked, self._unpacked = self._unpacked[:max_length], self._unpacked[max_length:]
        return unpacked


_DECOMPRESSORS: Final[dict[str, Callable[[], _Decompressor]]] = {
    ".bz2": bz2.BZ2Decompressor,
    ".xz": lambda: lzma.LZMADecompressor(memlimit=_MEMORY),
    ".zst": _ZstdDecompressor,
}


@dataclass(slots=True)
class _Unpacker:
    """Unpacks one stream after another, as these formats put them together."""

    source: Read
    new: Callable[[], _Decompressor]
    inner: _Decompressor | None = None

    def read(self, size: int) -> bytes:
        while True:
            data = b""
            if self.inner is None or self.inner.eof:
                data = self.inner.unused_data if self.inner else b""
                data = (data or self.source(CHUNK)).lstrip(b"\0")
                if not data:
                    return b""
                self.inner = self.new()
            elif self.inner.needs_input:
                data = self.source(CHUNK)
                if not data:
                    raise EOFError("the packed data ends before its end is marked")
            unpacked = self.inner.decompress(data, size)
            if unpacked:
                return unpacked
