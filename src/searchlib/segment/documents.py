"""How are documents stored, and how does one get at a few of many?

Documents stand in blocks that are compressed together. A block carries a checksum, which is
verified whenever it is read, before anything in it is believed.
"""

from __future__ import annotations

import struct
import threading
import zlib
from bisect import bisect_right
from collections import OrderedDict
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import zstandard

from searchlib.segment.file import offset_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from searchlib.segment.file import SegmentFile, SegmentFileWriter
    from searchlib.types import BoolArray

BLOCK_SIZE: Final = 16 << 10
"""The bytes of documents after which a block is closed."""
LEVEL: Final = 3
"""Of compression; see ``docs/format.md`` for what others would give."""

_CHECKSUM: Final = struct.Struct("<I")
_RAW_SIZE: Final = struct.Struct("<I")
_FRAME_HEAD: Final = _CHECKSUM.size + _RAW_SIZE.size
_LARGEST: Final = (1 << 32) - 1
_CACHED_BLOCKS: Final = 16
_CACHED_SIZE: Final = 1 << 18

_Block = tuple[bytes, list[int]]
"""What is in a block, and where in it each document begins, with the end."""


class DocumentsWriter:
    """Collects documents in blocks.

    The frames of finished blocks are given back to be written; the tables come at the end.
    """

    def __init__(self) -> None:
        self.count = 0
        self._firsts: list[int] = [0]
        self._starts: list[int] = [0]
        self._pending: list[bytes] = []
        self._pending_size = 0
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, write_content_size=False)

    def add(self, documents: Iterable[bytes]) -> Iterator[bytes]:
        """Add documents, and give the frames of the blocks that they fill.

        Raises:
            ValueError: A document has 4 GB or more.
        """
        for document in documents:
            self._pending.append(document)
            self._pending_size += len(document)
            if self._pending_size >= BLOCK_SIZE:
                yield self.flush()

    def add_frame(self, frame: bytes, count: int) -> Iterator[bytes]:
        """Add a finished block of so many documents, and give the frames that are due."""
        if self._pending:
            yield self.flush()
        yield self._place(frame, count)

    def flush(self) -> bytes:
        """Finish the block that is pending, and give its frame; empty if there is none."""
        if not self._pending:
            return b""
        sizes = np.fromiter(map(len, self._pending), "<u4", len(self._pending))
        raw = b"".join([sizes.tobytes(), *self._pending])
        if len(raw) > _LARGEST:
            raise ValueError(f"expected a document below 4 GB, got {len(raw)} bytes")
        body = _RAW_SIZE.pack(len(raw)) + self._compressor.compress(raw)
        count, self._pending, self._pending_size = len(self._pending), [], 0
        return self._place(_CHECKSUM.pack(zlib.crc32(body)) + body, count)

    def write_tables(self, file: SegmentFileWriter) -> None:
        """Write where each block begins: its first document, and its offset."""
        file.write("documents.firsts", "<u4", [np.array(self._firsts)])
        file.write("documents.starts", offset_type(self._starts[-1]), [np.array(self._starts)])

    def _place(self, frame: bytes, count: int) -> bytes:
        self.count += count
        self._firsts.append(self.count)
        self._starts.append(self._starts[-1] + len(frame))
        return frame


def write_documents(file: SegmentFileWriter, documents: Iterable[bytes]) -> int:
    """Write all documents of a segment, and tell how many there were."""
    writer = DocumentsWriter()

    def frames() -> Iterator[bytes]:
        yield from writer.add(documents)
        yield writer.flush()

    file.write("documents", "|u1", frames())
    writer.write_tables(file)
    return writer.count


class DocumentsReader:
    """Reads the documents of a segment. Threads may share it.

    Args:
        file: Where from.
        doc_count: The number of documents.
    """

    def __init__(self, file: SegmentFile, doc_count: int) -> None:
        self._file = file
        self._doc_count = doc_count
        section = file.section("documents")
        self._offset = section.offset
        self._size = len(file.array("documents", "|u1", None))
        self._firsts = file.array("documents.firsts", "<u4", None)
        self.block_count: Final = len(self._firsts) - 1
        if self.block_count < 0 or self._firsts.item(-1) != doc_count:
            raise file.corrupt(f"expected blocks of {doc_count} documents", "documents.firsts")
        self._starts = file.array("documents.starts", ("<u4", "<u8"), self.block_count + 1)
        self._local = threading.local()
        self._lock = threading.Lock()
        self._cache: OrderedDict[int, _Block] = OrderedDict()

    def document(self, docnum: int) -> bytes:
        """Read one document.

        Raises:
            IndexError: There is no such document.
            CorruptIndexError: The file is damaged.
        """
        return self.documents([docnum])[0]

    def documents(self, docnums: Iterable[int]) -> list[bytes]:
        """Read documents, in the order given. Each block is decompressed once.

        Raises:
            IndexError: There is no such document.
            CorruptIndexError: The file is damaged.
        """
        blocks: dict[int, _Block] = {}
        found = []
        for docnum in map(int, docnums):
            if not 0 <= docnum < self._doc_count:
                raise IndexError(f"expected a docnum below {self._doc_count}, got {docnum}")
            block = bisect_right(self._searchable, docnum) - 1
            if not 0 <= block < self.block_count:
                raise self._file.corrupt(f"expected document {docnum}", "documents.firsts")
            if block not in blocks:
                blocks[block] = self._cached(block)
            place = docnum - self._searchable[block]
            raw, offsets = blocks[block]
            if place >= len(offsets) - 1:
                raise self._file.corrupt(f"expected document {docnum}", "documents.firsts")
            found.append(raw[offsets[place] : offsets[place + 1]])
        return found

    def first(self, block: int) -> int:
        """Give the first document of a block."""
        first: int = self._firsts.item(block)
        return first

    def frame(self, block: int) -> bytes:
        """Read a block as it stands in the file."""
        start: int = self._starts.item(block)
        end: int = self._starts.item(block + 1)
        if not start + _FRAME_HEAD < end <= self._size:
            raise self._file.corrupt(
                f"expected block {block} among {self._size} bytes, got {start} to {end}",
                "documents",
            )
        frame = self._file.read(self._offset + start, self._offset + end)
        if zlib.crc32(memoryview(frame)[_CHECKSUM.size :]) != _CHECKSUM.unpack_from(frame)[0]:
            raise self._file.corrupt(f"the checksum of block {block} does not match", "documents")
        return frame

    def block(self, block: int) -> list[bytes]:
        """Read the documents of a block."""
        raw, offsets = self._decompressed(block)
        return [raw[start:end] for start, end in pairwise(offsets)]

    def _decompressed(self, block: int) -> _Block:
        frame = self.frame(block)
        (size,) = _RAW_SIZE.unpack_from(frame, _CHECKSUM.size)
        try:
            raw = self._decompressor.decompress(
                memoryview(frame)[_FRAME_HEAD:], max_output_size=size
            )
        except zstandard.ZstdError as error:
            raise self._file.corrupt(f"block {block}: {error}", "documents") from error
        count = self.first(block + 1) - self.first(block)
        if count < 1 or len(raw) != size or len(raw) < 4 * count:
            raise self._file.corrupt(f"block {block} has not {count} documents", "documents")
        # For so few numbers this takes a third of the time that numpy takes.
        sizes = struct.unpack_from(f"<{count}I", raw)
        offsets = list(accumulate(sizes, initial=4 * count))
        if offsets[-1] != size:
            raise self._file.corrupt(f"block {block} has not {count} documents", "documents")
        return raw, offsets

    def _cached(self, block: int) -> _Block:
        with self._lock:
            found = self._cache.get(block)
            if found is not None:
                self._cache.move_to_end(block)
                return found
        found = self._decompressed(block)
        if len(found[0]) <= _CACHED_SIZE:
            with self._lock:
                self._cache[block] = found
                if len(self._cache) > _CACHED_BLOCKS:
                    self._cache.popitem(last=False)
        return found

    @cached_property
    def _searchable(self) -> memoryview:
        return np.asarray(self._firsts, np.uint32).data

    @property
    def _decompressor(self) -> zstandard.ZstdDecompressor:
        """One for each thread: they can't be shared."""
        if not hasattr(self._local, "decompressor"):
            self._local.decompressor = zstandard.ZstdDecompressor()
        found: zstandard.ZstdDecompressor = self._local.decompressor
        return found


def merge_documents(
    file: SegmentFileWriter,
    readers: Sequence[DocumentsReader],
    keep: Sequence[BoolArray | None],
) -> int:
    """Write the documents of several segments, and tell how many there were.

    Blocks of which all documents are kept are copied as they are, unless they are small: the
    last blocks of many small segments should become one.
    """
    writer = DocumentsWriter()

    def frames() -> Iterator[bytes]:
        for reader, kept in zip(readers, keep, strict=True):
            for block in range(reader.block_count):
                yield from _merge_block(writer, reader, block, kept)
        yield writer.flush()

    file.write("documents", "|u1", frames())
    writer.write_tables(file)
    return writer.count


def _merge_block(
    writer: DocumentsWriter, reader: DocumentsReader, block: int, kept: BoolArray | None
) -> Iterator[bytes]:
    first, last = reader.first(block), reader.first(block + 1)
    chosen = None if kept is None else kept[first:last]
    if chosen is not None and not chosen.any():
        return
    if chosen is None or chosen.all():
        frame = reader.frame(block)
        if _RAW_SIZE.unpack_from(frame, _CHECKSUM.size)[0] >= BLOCK_SIZE // 2:
            yield from writer.add_frame(frame, last - first)
            return
    documents = reader.block(block)
    numbers = range(len(documents)) if chosen is None else np.flatnonzero(chosen).tolist()
    yield from writer.add([documents[number] for number in numbers])
