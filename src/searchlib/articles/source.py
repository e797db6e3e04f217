"""How is a file opened and read, whatever it is packed in, without trusting its size?

A :class:`Source` gives the bytes of a file as a stream: unpacked if its name ends in ``.gz``,
recoded to UTF-8 if it begins with the byte order mark of UTF-16. Damage in either ends the
stream early and is remembered in :attr:`Source.damage`, so that what could be read is used and
the damage is reported after it. No record larger than :data:`RECORD_LIMIT` is held in memory:
neither a large one nor a small one that unpacks to a large one.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from searchlib.articles.text import UnusableError, decode_line
from searchlib.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import WriteableBuffer

RECORD_LIMIT = 64 * 1024 * 1024
"""The most bytes that one record, a line of JSON or a file of text, may have when unpacked."""

_CHUNK = 1 << 16
_BOMS_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError)


class _Tolerant(io.RawIOBase):
    """A stream that ends where its data is damaged, and says so when asked."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self.damage: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        if self.damage is not None:
            return 0
        try:
            data = self._read(len(view))
        except _DAMAGE as error:
            self.damage = error
            return 0
        view[: len(data)] = data
        return len(data)


@dataclass(slots=True)
class Source:
    """An open file of articles.

    Attributes:
        path: The file, and inside an archive the member: ``archive.zip/member.txt``.
        stream: Its bytes, unpacked and not in UTF-16.
        file: The name of it that its articles keep: relative to the root that was given to
            read, with slashes. A member's is made by whoever opens the archive, from the
            archive's.
        line: The line that was read last or that the last record began on, counted from 1; 0 if it
            is not known.
    """

    path: Path
    stream: io.BufferedReader[io.RawIOBase]
    file: str = ""
    line: int = 0
    _layers: list[_Tolerant] = field(default_factory=list)

    @property
    def damage(self) -> Exception | None:
        """What ended the stream before its end, if anything did."""
        return next((layer.damage for layer in self._layers if layer.damage), None)

    @property
    def ending(self) -> str:
        """The ending of the name in small letters, without that of a compression: ``.txt``."""
        ending = self.path.suffix.lower()
        return Path(self.path.stem).suffix.lower() if ending == ".gz" else ending

    def head(self) -> bytes:
        """Look at the first bytes without taking them from the stream."""
        return self.stream.peek(_CHUNK)[:_CHUNK]

    def problem(self, reason: str, line: int | None = None, kind: str | None = None) -> Problem:
        """Report a problem with this file."""
        return Problem(reason, self.path, line, kind=kind)

    def read(self) -> bytes:
        """Read everything that is left.

        Raises:
            UnusableError: There is more of it than a record may have.
        """
        chunks: list[bytes] = []
        left = RECORD_LIMIT
        # Piece by piece: to ask for it all at once would reserve the limit for every small file.
        while chunk := self.stream.read(_CHUNK):
            chunks.append(chunk)
            left -= len(chunk)
            if left < 0:
                raise UnusableError(_too_large("file"))
        data = b"".join(chunks)
        return _whole_characters(data) if self.damage else data

    def lines(self) -> Iterator[str | Problem]:
        """Read line by line; ``line`` tells which one. One that can't be used is a problem."""
        while raw := self.stream.readline(RECORD_LIMIT + 1):
            self.line += 1
            if self.line == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            if len(raw) > RECORD_LIMIT:
                self._skip_line(raw)
                yield self.problem(_too_large("line"), self.line)
                continue
            try:
                yield decode_line(raw)
            except UnusableError as error:
                yield self.problem(str(error), self.line)

    def _skip_line(self, raw: bytes) -> None:
        while raw and not raw.endswith(b"\n"):
            raw = self.stream.readline(_CHUNK)


@contextmanager
def open_source(path: Path, file: str = "") -> Iterator[Source]:
    """Open a file of articles for reading.

    Args:
        path: The file.
        file: The name that its articles keep of it.

    Raises:
        OSError: The system does not let us.
    """
    with ExitStack() as stack:
        raw: io.RawIOBase = stack.enter_context(path.open("rb", buffering=0))
        layers: list[_Tolerant] = []
        if path.suffix.lower() == ".gz":
            unpacked = stack.enter_context(gzip.GzipFile(fileobj=raw))
            raw = _Tolerant(unpacked.read1)
            layers.append(raw)
        stream = stack.enter_context(io.BufferedReader(raw, _CHUNK))
        if stream.peek(2)[:2] in _BOMS_UTF16:
            raw = _Tolerant(_from_utf16(stream))
            layers.append(raw)
            stream = stack.enter_context(io.BufferedReader(raw, _CHUNK))
        yield Source(path, stream, file or path.name, _layers=layers)


def _from_utf16(stream: io.BufferedReader[io.RawIOBase]) -> Callable[[int], bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")()

    def read(size: int) -> bytes:
        while True:
            data = stream.read1(max(2, size // 3))  # two bytes in become at most three out
            recoded = decoder.decode(data, final=not data).encode()
            if recoded or not data:
                return recoded

    return read


def _whole_characters(data: bytes) -> bytes:
    """Leave out the character that damage has cut in two: it would make its line Windows-1252."""
    for length in range(1, min(4, len(data) + 1)):
        if data[-length] >= 0xC0:
            needed = 2 + (data[-length] >= 0xE0) + (data[-length] >= 0xF0)
            return data[:-length] if length < needed else data
    return data


def _too_large(what: str) -> str:
    return (
        f"expected a {what} of at most {RECORD_LIMIT >> 20} MiB (unpacked), got a larger one; "
        "split it, or write it as JSON Lines with one article to a line"
    )
