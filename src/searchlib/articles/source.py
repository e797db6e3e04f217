"""How is a file opened and read, whatever it is packed in, without trusting its size?

A :class:`Source` gives the bytes of a file as a stream: unpacked
(:mod:`searchlib.articles.unpacking`), and recoded to UTF-8 if they are in UTF-16 or UTF-32. Text is
had of it as a whole (:meth:`Source.text`) or line by line (:meth:`Source.lines`), in the encoding
that the caller tells or that it is in (:mod:`searchlib.articles.encoding`). No record larger than
:data:`RECORD_LIMIT` is held in memory: neither a large one nor a small one that unpacks to a large
one.
"""

from __future__ import annotations

import codecs
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final

from searchlib.articles.encoding import TextDecoder, unmarked_utf16
from searchlib.articles.options import DEFAULTS, ReadOptions
from searchlib.articles.text import UnusableError
from searchlib.articles.unpacking import (
    CHUNK,
    PACKED,
    UNPACKED_LIMIT,
    Budget,
    buffered,
    packing_of,
    recoder,
    unpacker,
)
from searchlib.errors import Notice, Problem

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator

    from searchlib.articles.unpacking import Tolerant

RECORD_LIMIT = 64 * 1024 * 1024
"""The most bytes that one record, a line of JSON or a file of text, may have when unpacked."""

_PIECE: Final = 1 << 20
_LOOKED_AT: Final = 4096  # bytes at the beginning of a file, for what it is in

_BOMS: Final = {
    codecs.BOM_UTF32_LE: "utf-32",  # before that of UTF-16, which is its beginning
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(slots=True)
class Source:
    """An open file of articles.

    Attributes:
        path: The file, and inside an archive the member: ``archive.zip/member.txt``.
        stream: Its bytes, unpacked and not in UTF-16.
        file: The name of it that its articles keep: relative to the root that was given to
            read, with slashes.
        encoding: The encoding of text in it that is not in UTF-8, if the caller tells.
        line: The line that was read last or that the last record began on, counted from 1; 0 if it
            is not known.
        limit: The most bytes or characters that a record may have.
        told_ending: The ending that a name of it would have, where it has no name.
        budget: What it may unpack to, with everything in it.
        notices: What was guessed about the file as a whole.
        options: How its user wants its records to be read.
    """

    path: Path
    stream: io.BufferedReader[Any]
    file: str = ""
    encoding: str | None = None
    line: int = 0
    limit: int = field(default_factory=lambda: RECORD_LIMIT)
    told_ending: str = ""
    budget: Budget = field(default_factory=lambda: Budget(0))
    notices: list[Notice] = field(default_factory=list)
    options: ReadOptions = DEFAULTS
    _layers: list[Tolerant] = field(default_factory=list)
    _decoder: TextDecoder = field(default_factory=TextDecoder)
    _is_recoded: bool = False
    _plain: IO[bytes] | None = None

    @property
    def damage(self) -> Exception | None:
        """What ended the stream before its end, if anything did."""
        return next((layer.damage for layer in self._layers if layer.damage), None)

    @property
    def ending(self) -> str:
        """The ending of the name in small letters, without that of a compression: ``.txt``."""
        if self.told_ending:
            return self.told_ending
        ending = self.path.suffix.lower()
        return Path(self.path.stem).suffix.lower() if ending in PACKED else ending

    def head(self) -> bytes:
        """Look at the first bytes without taking them from the stream."""
        return self.stream.peek(CHUNK)[:CHUNK]

    def inner(self, name: str, read: Callable[[int], bytes]) -> Source:
        """Make the source of a file that is packed into this one.

        Args:
            name: Its name, with slashes.
            read: Reads at most so many bytes of it.
        """
        return stream_source(
            self.budget.charged(read),
            Path(f"{self.path}/{name}"),  # a name may begin with a slash
            f"{self.file}/{name}",
            encoding=self.encoding,
            budget=self.budget,
        )

    @contextmanager
    def seekable(self) -> Iterator[IO[bytes]]:
        """Give the bytes as a file that can be read at any place.

        Raises:
            UnusableError: It is packed, and too large to be unpacked for that.
        """
        if self._plain is not None:
            self._plain.seek(0)
            yield self._plain
            return
        with TemporaryFile() as file:
            while chunk := self.stream.read(CHUNK):
                file.write(chunk)
                if file.tell() > UNPACKED_LIMIT:
                    raise UnusableError(too_large("packed file", UNPACKED_LIMIT))
            file.seek(0)
            yield file

    def problem(self, reason: str, line: int | None = None, kind: str | None = None) -> Problem:
        """Report a problem with this file."""
        return Problem(reason, self.path, line, kind=kind)

    def notice(self, message: str, kind: str, line: int | None = None) -> Notice:
        """Remark on this file."""
        return Notice(message, self.path, line, kind)

    def read(self) -> bytes:
        """Read every byte that is left.

        Raises:
            UnusableError: There are more of them than a record may have.
        """
        chunks: list[bytes] = []
        left = self.limit
        # Piece by piece: to ask for it all at once would reserve the limit for every small file.
        while chunk := self.stream.read(CHUNK):
            chunks.append(chunk)
            left -= len(chunk)
            if left < 0:
                raise UnusableError(too_large("file"))
        data = b"".join(chunks)
        return _whole_characters(data) if self.damage else data

    def text(self) -> str:
        """Read all text that is left, with a line feed at the end of every line.

        Raises:
            UnusableError: It is no text, or more of it than a record may have.
        """
        self.recode()
        text = self._decoder.decode(self.read())
        self._note_guess()
        return text

    def lines(self) -> Iterator[str | Problem]:
        """Read line by line; ``line`` tells which one. One that can't be used is a problem."""
        return map(self.decode_line, self.raw_lines())

    def raw_lines(self) -> Iterator[bytes | Problem]:
        """Read line by line as :meth:`lines` does, but leave the decoding to the caller."""
        self.recode()
        number, limit, mark = self.line, self.limit, codecs.BOM_UTF8
        while raw := self.stream.readline(limit + 1):
            self.line = number = number + 1  # readers set it to where a record begins
            if raw.startswith(mark):  # also where files were put together
                raw = raw[3:]
            if len(raw) > limit:
                self._skip_line(raw)
                yield self.problem(too_large("line"), self.line)
            else:
                yield raw

    def decode_line(self, raw: bytes | Problem) -> str | Problem:
        """Decode the line that was read last; one that is no text is a problem."""
        if isinstance(raw, Problem):
            return raw
        try:
            return raw.decode() if 0 not in raw else self._decode_line(raw)
        except UnicodeDecodeError:
            return self._decode_line(raw)

    def pieces(self) -> Iterator[str]:
        """Read text piece by piece, for what has no lines.

        Raises:
            UnusableError: There is no place to cut for longer than a record may be, or no text.
        """
        self.recode()
        mark = codecs.BOM_UTF8
        line, rest = 1, self.stream.read(len(mark)).removeprefix(mark)
        while chunk := self.stream.read(_PIECE):
            rest += chunk
            if b"\0" in rest:  # before anything of it is taken for text
                self._decode_piece(rest, line)
            # No encoding has these bytes in the middle of a character.
            cut = max(map(rest.rfind, (b"\n", b" ", b'"', b","))) + 1
            if cut == 0 and len(rest) > self.limit:
                raise UnusableError(too_large("piece of text without blanks"), line)
            piece = self._decode_piece(rest[:cut], line)
            yield piece
            line += piece.count("\n")
            rest = rest[cut:]
        yield self._decode_piece(_whole_characters(rest) if self.damage else rest, line)

    def recode(self) -> None:
        """Let the stream give UTF-8 from here on, if the caller told that it is something else."""
        encoding = self.encoding
        if encoding is None or self._is_recoded:
            return
        self._is_recoded = True
        if not encoding.startswith("utf-8") and _is_utf8(self.head()):
            message = f"is in UTF-8, and was read so; the encoding {encoding} was not needed"
            self.notices.append(self.notice(message, "encoding"))
        else:
            self.push(recoder(encoding, self.stream))

    def push(self, read: Callable[[int], bytes]) -> None:
        """Read from here on what a function makes of the stream."""
        self.stream = buffered(read)
        self._layers.append(self.stream.raw)

    def _decode_line(self, raw: bytes) -> str | Problem:
        try:
            ahead, end, _ = self.head().rpartition(b"\n")
            line = self._decoder.decode_line(raw, self.line, raw + ahead + end)
        except UnusableError as error:
            return self.problem(str(error), self.line)
        self._note_guess()
        return line

    def _decode_piece(self, data: bytes, line: int) -> str:
        try:
            return self._decoder.decode_part(data, line)
        finally:
            self._note_guess()

    def _note_guess(self) -> None:
        is_told = any(notice.kind == "encoding" for notice in self.notices)
        if self._decoder.guessed is not None and not is_told:
            message = (
                f"is not in UTF-8 throughout: the rest was read as {self._decoder.guessed}, a "
                "guess; if words look wrong, tell the encoding (encoding=, --encoding)"
            )
            self.notices.append(self.notice(message, "encoding", self._decoder.line))

    def _skip_line(self, raw: bytes) -> None:
        while raw and not raw.endswith(b"\n"):
            raw = self.stream.readline(CHUNK)


@contextmanager
def open_source(path: Path, file: str = "", *, encoding: str | None = None) -> Iterator[Source]:
    """Open a file of articles for reading.

    Args:
        path: The file.
        file: The name that its articles keep of it.
        encoding: The encoding of text in it that is not in UTF-8; by default it is guessed.

    Raises:
        OSError: The system does not let us.
    """
    with path.open("rb", buffering=0) as raw:
        budget = Budget(os.fstat(raw.fileno()).st_size)
        source = stream_source(raw.read, path, file, encoding=encoding, budget=budget)
        if len(source._layers) == 1:  # it is not packed
            source._plain = raw
        yield source


def stream_source(
    read: Callable[[int], bytes],
    path: Path,
    file: str = "",
    *,
    encoding: str | None = None,
    budget: Budget | None = None,
) -> Source:
    """Make a source of a function that reads at most so many bytes of a file.

    Args:
        read: The function.
        path: The name of the file, for its ending and for reports.
        file: As for :func:`open_source`.
        encoding: As for :func:`open_source`.
        budget: What it may unpack to.
    """
    stream = buffered(read)
    source = Source(path, stream, file or path.name, encoding, _layers=[stream.raw])
    source.budget = budget or source.budget
    packing = packing_of(path, source.stream)
    if packing:
        source.push(source.budget.charged(unpacker(packing, source.stream)))
    head = source.stream.peek(_LOOKED_AT)[:_LOOKED_AT]
    found = next((name for mark, name in _BOMS.items() if head.startswith(mark)), None)
    is_told = (encoding or "").startswith(("utf-16", "utf-32"))
    if found is None and b"\0" in head and not is_told and (found := unmarked_utf16(head)):
        message = "has no byte order mark and was read as UTF-16, a guess by its zero bytes"
        source.notices.append(source.notice(message, "encoding"))
    if found:
        source.push(recoder(found, source.stream))
        source._is_recoded = True
    return source


def _is_utf8(head: bytes) -> bool:
    """Whether the beginning of a text is in UTF-8 for certain: it has more than ASCII."""
    if head.isascii():
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head


def _whole_characters(data: bytes) -> bytes:
    """Leave out the character that damage has cut in two: it would be read as something else."""
    for length in range(1, min(4, len(data) + 1)):
        if data[-length] >= 0xC0:
            needed = 2 + (data[-length] >= 0xE0) + (data[-length] >= 0xF0)
            return data[:-length] if length < needed else data
    return data


def too_large(what: str, limit: int = RECORD_LIMIT) -> str:
    """Say that a record is larger than it may be."""
    return (
        f"expected a {what} of at most {limit >> 20} MiB (unpacked), got a larger one; "
        "split it, or write it as JSON Lines with one article to a line"
    )
