"""What stands between blanks in a heap of texts, and what was found out about it before?

A *chunk* is what is left of text between characters that no token of
:data:`searchlib.analysis.TOKEN_PATTERN` can hold, in UTF-8, without a dot at its end and with ASCII
letters in lower case: neither makes a difference to its terms. Chunks of up to 16 bytes, nearly
all of those in news, are compared as two 64-bit numbers, many thousands in one step.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.analysis.analyzers import token_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from searchlib.arrays import BoolArray, ByteArray, Int32Array, Int64Array

TEXT_END: Final = b"\x01"
"""The chunk that stands after each text."""

_BLANK: Final = ord(" ")
_DOT: Final = ord(".")
_IN_CHUNKS: Final = frozenset(f"{string.ascii_letters}{string.digits}_.".encode() + TEXT_END)
_BLANKED: Final = bytes(
    b if b > 127 or b in _IN_CHUNKS else _BLANK for b in bytes(range(256)).lower()
)

# The first bytes of U+0080 to U+00BF and of U+2000 to U+203F, where the punctuation of printed
# text is. Left in place it would glue words into chunks that occur but once.
_PUNCTUATION: Final = (b"\xc2", b"\xe2\x80")

_WORD_BYTES: Final = 8
_CHUNK_BYTES: Final = 2 * _WORD_BYTES
_MASKS: Final = np.array([(1 << 8 * size) - 1 for size in range(_WORD_BYTES + 1)], dtype=np.uint64)

# Odd numbers whose products are well mixed in the upper bits: 2**64 / phi, and one of xxHash.
_MIX_HEAD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_TAIL: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_SLOT_BITS: Final = 19


@dataclass(frozen=True, slots=True)
class Chunks:
    """The chunks of some texts, in order, each text's followed by :data:`TEXT_END`.

    Attributes:
        text: What they are parts of, in lower case, with blanks in place of all else. Shape
            (bytes,), uint8.
        starts: Where in it each begins. Shape (C,), int64.
        ends: Where in it each ends. Shape (C,), int64.
        heads: The first 8 bytes of each as a little-endian number; a shorter chunk is padded with
            zeros, which no chunk holds. Shape (C,), uint64.
        long: The chunks of more than 8 bytes. Shape (L,), int64, ascending.
        tails: Their next 8 bytes, padded likewise; 0 if there are more than 16, which stands
            in no table. Shape (L,), uint64.
        slots: Where each belongs in a :class:`ChunkTable`. Shape (C,), int64.
    """

    text: ByteArray
    starts: Int64Array
    ends: Int64Array
    heads: NDArray[np.uint64]
    long: Int64Array
    tails: NDArray[np.uint64]
    slots: Int64Array

    def raw(self, which: Int64Array) -> list[bytes]:
        """Cut out some of the chunks."""
        text = self.text.tobytes()
        bounds = zip(self.starts[which].tolist(), self.ends[which].tolist(), strict=True)
        return [text[start:end] for start, end in bounds]


def split_chunks(texts: Sequence[str]) -> Chunks:
    """Find the chunks of one or more texts. Takes time linear in their length."""
    text = _blanked(texts)
    in_chunk = text != _BLANK
    edges = np.flatnonzero(in_chunk[1:] != in_chunk[:-1])
    edges += 1
    starts, ends = edges[::2], edges[1::2]
    ends = ends - ((text[ends - 1] == _DOT) & (ends - starts > 1))
    sizes = ends - starts
    words: NDArray[np.uint64] = np.ndarray(
        len(text) - _WORD_BYTES + 1, dtype="<u8", buffer=text, strides=(1,)
    )  # the 8 bytes from each byte on
    heads = words[starts]
    heads &= _MASKS[np.minimum(sizes, _WORD_BYTES)]
    long = np.flatnonzero(sizes > _WORD_BYTES)
    sizes = sizes[long] - _WORD_BYTES
    tails = words[starts[long] + _WORD_BYTES]
    tails &= _MASKS[np.minimum(sizes, _WORD_BYTES)]
    tails[sizes > _WORD_BYTES] = 0
    slots = _slots(heads, long, tails)
    return Chunks(text, starts, ends, heads, long, tails, slots)


def _slots(heads: NDArray[np.uint64], long: Int64Array, tails: NDArray[np.uint64]) -> Int64Array:
    hashes = heads * _MIX_HEAD
    hashes[long] ^= tails * _MIX_TAIL
    hashes >>= np.uint64(64 - _SLOT_BITS)
    # Long chunks have slots of their own, so no short one is mistaken for the head of a long one.
    hashes[long] |= np.uint64(1 << _SLOT_BITS)
    return hashes.view(np.int64)


def _blanked(texts: Sequence[str]) -> ByteArray:
    end = f" {TEXT_END.decode()} "
    joined = end.join(texts)
    if joined.count(end[1]) != len(texts) - 1:
        joined = end.join([text.replace(end[1], " ") for text in texts])
    # Whatever follows a surrogate, it is in no token; so it need but survive.
    encoded = f" {joined}{end}{' ' * _CHUNK_BYTES}".encode("utf-8", "surrogatepass")
    blanked = np.frombuffer(bytearray(encoded.translate(_BLANKED)), np.uint8)
    if not joined.isascii():
        for lead in _PUNCTUATION:
            _blank_punctuation(blanked, lead)
    return blanked


def _blank_punctuation(text: ByteArray, lead: bytes) -> None:
    """Blank out the characters of a row of Unicode that are in no token, in place."""
    found = np.flatnonzero(text == lead[0])
    for offset in range(1, len(lead)):
        found = found[text[found + offset] == lead[offset]]
    found = found[_is_punctuation(lead)[text[found + len(lead)]]]
    for offset in range(len(lead) + 1):
        text[found + offset] = _BLANK


@cache
def _is_punctuation(lead: bytes) -> BoolArray:
    """Tell for each last byte after a lead whether the character can't be in a token."""
    pattern = token_pattern()
    return np.array(
        [
            0x80 <= last <= 0xBF and not pattern.fullmatch("a" + (lead + bytes([last])).decode())
            for last in range(256)
        ]
    )


class ChunkTable:
    """A number for each of many chunks, looked up for thousands of them in a few array operations.

    Each chunk has one slot. Of several with the same slot the first is kept, and as frequent
    words come early, they are in the table; it need not hold all.
    """

    def __init__(self) -> None:
        size = 2 << _SLOT_BITS
        self._entries = np.zeros(size, [("head", np.uint64), ("code", np.int64)])
        self._tails = np.zeros(size, np.uint64)

    def find(self, chunks: Chunks) -> tuple[Int32Array, Int64Array]:
        """Look chunks up.

        Returns:
            The code of each chunk, shape (C,), int32, and which are not in the table, ascending,
            int64; their codes mean nothing.
        """
        slots, long = chunks.slots, chunks.long
        entries = self._entries[slots]  # side by side, so that a look-up reads memory once
        found = entries["head"] == chunks.heads
        found[long] &= self._tails[slots[long]] == chunks.tails
        return entries["code"].astype(np.int32), np.flatnonzero(~found)

    def add(self, chunks: Chunks, which: Int64Array, codes: Int32Array) -> None:
        """Note the codes of chunks that were not found, of as many as there is room for.

        Args:
            chunks: What was looked up.
            which: Which of them were not found. Shape (M,), int64, ascending.
            codes: Their codes. Shape (M,), int32.
        """
        tails = np.zeros(len(chunks.starts), np.uint64)
        tails[chunks.long] = chunks.tails
        free = self._entries["head"][chunks.slots[which]] == 0
        chosen = np.flatnonzero(free & self._fits(chunks, which))[::-1]  # the last one is kept
        kept = which[chosen]
        slots = chunks.slots[kept]
        self._entries["head"][slots] = chunks.heads[kept]
        self._entries["code"][slots] = codes[chosen]
        self._tails[slots] = tails[kept]

    @staticmethod
    def _fits(chunks: Chunks, which: Int64Array) -> BoolArray:
        fits: BoolArray = chunks.ends[which] - chunks.starts[which] <= _CHUNK_BYTES
        return fits
