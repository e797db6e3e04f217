"""How are documents stored, and how does one get at a few of many?

Documents stand in small blocks. All blocks of a segment are compressed with one dictionary, made
of some of its documents, so that a document is read without many neighbours and takes no more room
than among them. A block carries a checksum, which is verified whenever it is read, before anything
in it is believed.
"""

from __future__ import annotations

import struct
import threading
import zlib
from array import array
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import zstandard

from searchlib.segment.file import offset_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from searchlib.arrays import BoolArray
    from searchlib.segment.file import SegmentFile, SegmentFileWriter

BLOCK_SIZE: Final = 1 << 10
"""The bytes of documents after which a block is closed."""
DICTIONARY_SIZE: Final = 64 << 10
"""The bytes of a dictionary."""

_SECTION: Final = "_documents"
"""Begins like no field's name, so that no field has sections of the same names."""
_FIRST_APART: Final = 4
"""Of the versions of the format, the first with this name. Before, a text field named
``documents`` had its ``documents.starts``, too."""

_CHECKSUM: Final = struct.Struct("<I")
_RAW_SIZE: Final = struct.Struct("<I")
_FRAME_HEAD: Final = struct.Struct("<II")  # both
_LARGEST: Final = (1 << 32) - 1
_PIECE: Final = 1 << 16

_SAMPLES: Final = 600  # the documents that a dictionary is made of, at most
_SAMPLE_SIZE: Final = 1 << 10  # how much of each
_LEAST_SAMPLED: Final = 4 * DICTIONARY_SIZE  # from fewer bytes there is nothing to learn

_Block = tuple[bytes, list[int]]
"""What is in a block, and where in it each document begins, with the end."""


class DocumentsWriter:
    """Collects documents in blocks.

    The frames of finished blocks are given back to be written; the tables come at the end.

    Args:
        dictionary: What :func:`make_dictionary` made of documents like these.
    """

    def __init__(self, dictionary: bytes) -> None:
        self.count = 0
        self._dictionary = dictionary
        self._firsts = array("Q", [0])
        self._starts = array("Q", [0])
        self._pending: list[bytes] = []
        self._pending_size = 0
        self._compressor = _compressor(dictionary)

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
        count = len(self._pending)
        raw = struct.pack(f"<{count}I", *map(len, self._pending)) + b"".join(self._pending)
        if len(raw) > _LARGEST:
            raise ValueError(f"expected a document below 4 GB, got {len(raw)} bytes")
        body = _RAW_SIZE.pack(len(raw)) + self._compressor.compress(raw)
        self._pending, self._pending_size = [], 0
        return self._place(_CHECKSUM.pack(zlib.crc32(body)) + body, count)

    def write_tables(self, file: SegmentFileWriter) -> None:
        """Write where each block begins, its first document and its offset, and the dictionary."""
        starts = np.array(self._starts)
        file.write(f"{_SECTION}.firsts", "<u4", [np.array(self._firsts)])
        file.write(f"{_SECTION}.starts", offset_type(self._starts[-1]), [starts])
        if self._dictionary:
            file.write(f"{_SECTION}.dictionary", "|u1", [self._dictionary])

    def _place(self, frame: bytes, count: int) -> bytes:
        self.count += count
        self._firsts.append(self.count)
        self._starts.append(self._starts[-1] + len(frame))
        return frame


def write_documents(file: SegmentFileWriter, documents: Sequence[bytes]) -> int:
    """Write all documents of a segment, and tell how many there were."""
    numbers = _sampled(len(documents))
    writer = DocumentsWriter(make_dictionary([documents[number] for number in numbers]))

    def frames() -> Iterator[bytes]:
        yield from writer.add(documents)
        yield writer.flush()

    file.write(_SECTION, "|u1", _pieces(frames()))
    writer.write_tables(file)
    return writer.count


def _pieces(frames: Iterable[bytes]) -> Iterator[bytes]:
    """Join frames, as one call for each is what takes longest when small blocks are written."""
    pending, size = [], 0
    for frame in frames:
        pending.append(frame)
        size += len(frame)
        if size >= _PIECE:
            yield b"".join(pending)
            pending, size = [], 0
    yield b"".join(pending)


def make_dictionary(samples: Iterable[bytes]) -> bytes:
    """Make a dictionary of some documents; empty where they are too few to learn from."""
    pieces: list[bytes | bytearray | memoryview] = [sample[:_SAMPLE_SIZE] for sample in samples]
    if sum(map(len, pieces)) < _LEAST_SAMPLED:
        return b""
    try:
        # The parameters of COVER: pieces of 200 bytes, which have common 8 bytes.
        return zstandard.train_dictionary(DICTIONARY_SIZE, pieces, k=200, d=8).as_bytes()
    except zstandard.ZstdError:  # zstd finds nothing to make one of
        return b""


def _sampled(count: int) -> range:
    """Choose the documents to make a dictionary of, out of so many."""
    return range(0, count, max(1, -(-count // _SAMPLES)))


def _compressor(dictionary: bytes) -> zstandard.ZstdCompressor:
    """Make a compressor; ``docs/format.md`` says what other parameters would give."""
    parameters = zstandard.ZstdCompressionParameters.from_level(
        1, hash_log=16, min_match=6, write_content_size=False, write_dict_id=False
    )
    if not dictionary:
        return zstandard.ZstdCompressor(compression_params=parameters)
    data = zstandard.ZstdCompressionDict(dictionary)
    data.precompute_compress(compression_params=parameters)
    return zstandard.ZstdCompressor(compression_params=parameters, dict_data=data)


class DocumentsReader:
    """Reads the documents of a segment. Threads may share it.

    Args:
        file: Where from.
        doc_count: The number of documents.
    """

    def __init__(self, file: SegmentFile, doc_count: int) -> None:
        self._file = file
        self._doc_count = doc_count
        self._name = name = _SECTION if file.version >= _FIRST_APART else "documents"
        firsts = file.array(f"{name}.firsts", "<u4", None)
        self.block_count: Final = len(firsts) - 1
        if self.block_count < 0 or firsts[-1] != doc_count:
            raise file.corrupt(f"expected blocks of {doc_count} documents", f"{name}.firsts")
        starts = file.array(f"{name}.starts", ("<u4", "<u8"), self.block_count + 1)
        self._frames = file.array(name, "|u1", None)
        # Memoryviews give single numbers in half the time that arrays need.
        self._firsts = np.asarray(firsts, np.uint32).data
        self._starts = np.asarray(starts, starts.dtype.newbyteorder("=")).data
        self._local = threading.local()

    def __len__(self) -> int:
        return self._doc_count

    def document(self, docnum: int) -> bytes:
        """Read one document.

        Raises:
            IndexError: There is no such document.
            CorruptIndexError: The file is damaged.
        """
        block, place = self._place_of(docnum)
        raw, offsets = self._decompressed(block)
        return raw[offsets[place] : offsets[place + 1]]

    def documents(self, docnums: Iterable[int]) -> list[bytes]:
        """Read documents, in the order given. Each block is decompressed once.

        Raises:
            IndexError: There is no such document.
            CorruptIndexError: The file is damaged.
        """
        blocks: dict[int, list[bytes]] = {}
        found = []
        for docnum in docnums:
            block, place = self._place_of(int(docnum))
            if block not in blocks:
                blocks[block] = self.block(block)
            found.append(blocks[block][place])
        return found

    def ascending(self, docnums: Iterable[int]) -> Iterator[bytes]:
        """Read documents whose numbers ascend, one at a time. Each block is decompressed once.

        Raises:
            IndexError: There is no such document.
            CorruptIndexError: The file is damaged.
        """
        raw, offsets, first, last = b"", [0], 0, 0
        for docnum in docnums:
            if not first <= docnum < last:
                block, place = self._place_of(docnum)
                raw, offsets = self._decompressed(block)
                first, last = docnum - place, self._firsts[block + 1]
            place = docnum - first
            yield raw[offsets[place] : offsets[place + 1]]

    def first(self, block: int) -> int:
        """Give the first document of a block."""
        return self._firsts[block]

    def frame(self, block: int) -> bytes:
        """Read a block as it stands in the file."""
        frame, _, _ = self._frame(block)
        return bytes(frame)

    def block(self, block: int) -> list[bytes]:
        """Read the documents of a block."""
        raw, offsets = self._decompressed(block)
        return [raw[start:end] for start, end in pairwise(offsets)]

    @cached_property
    def dictionary(self) -> bytes:
        """What all blocks were compressed with; empty for nothing.

        Raises:
            CorruptIndexError: The file is damaged.
        """
        section = self._file.sections.get(f"{self._name}.dictionary")
        if section is None:
            return b""
        found = self._file.read(section.offset, section.end)
        if zlib.crc32(found) != section.crc32:
            raise self._file.corrupt("its checksum does not match", section.name)
        return found

    def _place_of(self, docnum: int) -> tuple[int, int]:
        """Find the block that a document is in, and its place there."""
        if not 0 <= docnum < self._doc_count:
            raise IndexError(f"expected a docnum below {self._doc_count}, got {docnum}")
        block = bisect_right(self._firsts, docnum) - 1
        if not 0 <= block < self.block_count or docnum >= self._firsts[block + 1]:
            raise self._file.corrupt(f"expected document {docnum}", f"{self._name}.firsts")
        return block, docnum - self._firsts[block]

    def _frame(self, block: int) -> tuple[memoryview, memoryview, int]:
        """View a block, what is compressed in it, and the size that it says this had before."""
        start, end = self._starts[block], self._starts[block + 1]
        if not start + _FRAME_HEAD.size < end <= len(self._frames):
            raise self._file.corrupt(
                f"expected block {block} among {len(self._frames)} bytes, got {start} to {end}",
                self._name,
            )
        # Without a GIL, threads that slice one memoryview release it: python/cpython#155606.
        frame = self._frames[start:end].data
        checksum, size = _FRAME_HEAD.unpack_from(frame)
        if zlib.crc32(frame[_CHECKSUM.size :]) != checksum:
            raise self._file.corrupt(f"the checksum of block {block} does not match", self._name)
        return frame, frame[_FRAME_HEAD.size :], size

    def _decompressed(self, block: int) -> _Block:
        _, compressed, size = self._frame(block)
        try:
            raw = self._decompressor.decompress(compressed, max_output_size=size)
        except zstandard.ZstdError as error:
            raise self._file.corrupt(f"block {block}: {error}", self._name) from error
        count = self._firsts[block + 1] - self._firsts[block]
        if count < 1 or len(raw) != size or size < 4 * count:
            raise self._file.corrupt(f"block {block} has not {count} documents", self._name)
        # For so few numbers this takes a third of the time that numpy takes.
        sizes = struct.unpack_from(f"<{count}I", raw)
        offsets = list(accumulate(sizes, initial=4 * count))
        if offsets[-1] != size:
            raise self._file.corrupt(f"block {block} has not {count} documents", self._name)
        return raw, offsets

    @property
    def _decompressor(self) -> zstandard.ZstdDecompressor:
        """One for each thread: they can't be shared."""
        try:
            found: zstandard.ZstdDecompressor = self._local.decompressor
        except AttributeError:
            found = self._local.decompressor = zstandard.ZstdDecompressor(self._made_dictionary)
        return found

    @cached_property
    def _made_dictionary(self) -> zstandard.ZstdCompressionDict | None:
        return zstandard.ZstdCompressionDict(self.dictionary) if self.dictionary else None


def merge_documents(
    file: SegmentFileWriter,
    readers: Sequence[DocumentsReader],
    keep: Sequence[BoolArray | None],
) -> int:
    """Write the documents of several segments, and tell how many there were.

    The dictionary is that of the largest segment, if it has one. Blocks that were compressed with
    it, and of which all documents are kept, are copied as they are, unless they are small: the
    last blocks of many small segments should become one.
    """
    largest = max(readers, key=len)
    dictionary = largest.dictionary or make_dictionary(_samples(readers, keep))
    writer = DocumentsWriter(dictionary)

    def frames() -> Iterator[bytes]:
        for reader, kept in zip(readers, keep, strict=True):
            copying = reader.dictionary == dictionary
            for block in range(reader.block_count):
                yield from _merge_block(writer, reader, block, kept, copying=copying)
        yield writer.flush()

    file.write(_SECTION, "|u1", _pieces(frames()))
    writer.write_tables(file)
    return writer.count


def _samples(readers: Sequence[DocumentsReader], keep: Sequence[BoolArray | None]) -> list[bytes]:
    """Read the documents to make a dictionary of: those :func:`write_documents` would choose."""
    numbers = [
        np.arange(len(reader)) if kept is None else np.flatnonzero(kept)
        for reader, kept in zip(readers, keep, strict=True)
    ]
    chosen = np.array(_sampled(sum(map(len, numbers))), dtype=np.int64)
    samples: list[bytes] = []
    for reader, kept in zip(readers, numbers, strict=True):
        here = chosen[(chosen >= 0) & (chosen < len(kept))]
        samples += reader.documents(kept[here].tolist())
        chosen -= len(kept)
    return samples


def _merge_block(
    writer: DocumentsWriter,
    reader: DocumentsReader,
    block: int,
    kept: BoolArray | None,
    *,
    copying: bool,
) -> Iterator[bytes]:
    first, last = reader.first(block), reader.first(block + 1)
    chosen = None if kept is None else kept[first:last]
    if chosen is not None and not chosen.any():
        return
    if copying and (chosen is None or chosen.all()):
        frame = reader.frame(block)
        if _RAW_SIZE.unpack_from(frame, _CHECKSUM.size)[0] >= BLOCK_SIZE // 2:
            yield from writer.add_frame(frame, last - first)
            return
    documents = reader.block(block)
    numbers = range(len(documents)) if chosen is None else np.flatnonzero(chosen).tolist()
    yield from writer.add([documents[number] for number in numbers])
