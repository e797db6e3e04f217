"""What stands between blanks in a heap of texts, and what was found out about it before?

A *chunk* is what is left of text between characters that no token of
:data:`searchlib.analysis.tokens.TOKEN_PATTERN` can hold, in UTF-8, without a dot at its end and
with ASCII letters in lower case: neither makes a difference to its terms. Chunks of up to 16 bytes,
nearly all of those in news, are compared as two 64-bit numbers, many thousands in one step.

What depends on the characters around it is decided before: dots that end a word
(:func:`searchlib.analysis.words_apart`) are blanks as other punctuation is, and a comma or blank
between two digits stays in the chunk, as they may be one number. Where that takes more than
ASCII to decide, the chunk keeps its capitals and the pattern decides.
"""

from __future__ import annotations

import string
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.analysis.tokens import ASCII_SEPARATORS, token_pattern
from searchlib.frozen import frozen
from searchlib.memory import zeros_of_the_system

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from searchlib.arrays import BoolArray, ByteArray, Int32Array, Int64Array

TEXT_END: Final = b"\x01"
"""The chunk that stands after each text."""

_BLANK: Final = ord(" ")
_DOT: Final = ord(".")
_QUOTE: Final = ord("'")  # the first in Unicode of what numbers hold, and the dot is the last
_IN_CHUNKS: Final = frozenset(f"{string.ascii_letters}{string.digits}_.".encode() + TEXT_END)
_BLANKED: Final = bytes(
    b if b > 127 or b in _IN_CHUNKS else _BLANK for b in bytes(range(256)).lower()
)

# The first bytes of U+0080 to U+00BF and of U+2000 to U+203F, where the punctuation of printed
# text is. Left in place it would glue words into chunks that occur but once.
_PUNCTUATION: Final = (b"\xc2", b"\xe2\x80")

_LAST_ASCII: Final = 127


def _are(characters: str) -> BoolArray:
    """Tell of each byte whether it is one of these characters. Shape (256,)."""
    return np.isin(np.arange(256), list(characters.encode()))


_DIGIT: Final = _are(string.digits)
_SMALL: Final = _are(string.ascii_lowercase)
_CAPITAL: Final = _are(string.ascii_uppercase)
_IN_TOKEN: Final = _are(string.ascii_letters + string.digits + "_.") | (np.arange(256) > 127)
_SEPARATES: Final = _are(ASCII_SEPARATORS)
_MATTERS_BEHIND: Final = _DIGIT | _CAPITAL | (np.arange(256) > _LAST_ASCII)

_WORD_BYTES: Final = 8
_CHUNK_BYTES: Final = 2 * _WORD_BYTES
_MASKS: Final = np.array([(1 << 8 * size) - 1 for size in range(_WORD_BYTES + 1)], dtype=np.uint64)

# Odd numbers whose products are well mixed in the upper bits: 2**64 / phi, and one of xxHash.
_MIX_HEAD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_TAIL: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_SLOT_BITS: Final = 19
_LONGEST_LETTER: Final = 6
"""How many bytes of a letter with its marks and invisible characters are expected."""


@frozen
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
    ends = ends - _with_final_dot(text, starts, ends)
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


def _with_final_dot(text: ByteArray, starts: Int64Array, ends: Int64Array) -> BoolArray:
    """Tell which chunks have a final dot that changes no term: not "led.A.", which is no "led.A".

    Another dot shortly before it may be one of these. Shape (C,), bool.
    """
    dotted: BoolArray = (text[ends - 1] == _DOT) & (ends - starts > 1)
    which = np.flatnonzero(dotted)
    last = ends[which]
    for back in range(3, _LONGEST_LETTER + 3):
        dotted[which] &= text[last - back] != _DOT
    return dotted


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
    _decide_by_neighbours(np.frombuffer(encoded, np.uint8), blanked)
    return blanked


def _blank_punctuation(text: ByteArray, lead: bytes) -> None:
    """Blank out the characters of a row of Unicode that are in no token, in place."""
    found = np.flatnonzero(text == lead[0])
    for offset in range(1, len(lead)):
        found = found[text[found + offset] == lead[offset]]
    last = text[found + len(lead)]
    between_digits = _DIGIT[text[found - 1]] & _DIGIT[text[found + len(lead) + 1]]
    in_number, in_word = _can_be(lead, "1{}234")[last], _can_be(lead, "a{}b")[last]
    found = found[~np.where(between_digits, in_number, in_word)]
    for offset in range(len(lead) + 1):
        text[found + offset] = _BLANK


@cache
def _can_be(lead: bytes, word: str) -> BoolArray:
    """Tell for each last byte after a lead whether the character can be where braces are.

    Bytes that are no last ones count as those that can. Shape (256,).
    """
    pattern = token_pattern()
    can = np.ones(256, np.bool_)
    for last in range(0x80, 0xC0):
        character = (lead + bytes([last])).decode()
        can[last] = pattern.fullmatch(word.format(character)) is not None
    return can


def _decide_by_neighbours(raw: ByteArray, blanked: ByteArray) -> None:
    """Blank dots that end a word, and give back separators between digits, in place.

    Args:
        raw: The text. Shape (bytes,), uint8.
        blanked: The same in lower case, with blanks for what no token holds. Shape as ``raw``.
    """
    places = np.flatnonzero(raw - _QUOTE <= _DOT - _QUOTE)  # and some punctuation between
    places = places[_MATTERS_BEHIND[raw[places + 1]]]
    marks = raw[places]
    kept = places[_SEPARATES[marks]]
    kept = kept[_DIGIT[raw[kept - 1]] & _DIGIT[raw[kept + 1]]]
    blanked[kept] = raw[kept]

    places = places[marks == _DOT]
    before, after = (_known(raw, blanked, places + step) for step in (-1, 1))
    joined = np.flatnonzero((before != _BLANK) & (after != _BLANK))
    places, before, after = places[joined], before[joined], after[joined]
    third, earlier = _known(raw, blanked, places + 2), _known(raw, blanked, places - 2)
    small = _SMALL[before] | _DIGIT[before]
    capital = _CAPITAL[after]
    alone = capital & _SMALL[before] & ~_IN_TOKEN[third]
    blanked[places[capital & small & _SMALL[third] | alone & _SMALL[earlier]]] = _BLANK
    unknown = before > _LAST_ASCII
    unknown |= after > _LAST_ASCII
    unknown |= small & (third > _LAST_ASCII)
    unknown |= alone & (earlier > _LAST_ASCII)
    _give_back_capitals(raw, blanked, places[unknown].tolist())


def _known(raw: ByteArray, blanked: ByteArray, places: Int64Array) -> ByteArray:
    """Take bytes as they were written, but punctuation beyond ASCII as blanks."""
    found, written = blanked[places], raw[places]
    return np.where(written > _LAST_ASCII, found, written)


def _give_back_capitals(raw: ByteArray, blanked: ByteArray, places: Sequence[int]) -> None:
    """Write the chunks that some places are in as they were, in place."""
    text, done = blanked.tobytes() if places else b"", 0
    for place in places:
        if place >= done:
            start, done = text.rfind(b" ", 0, place) + 1, text.find(b" ", place)
            blanked[start:done] = raw[start:done]


class ChunkTable:
    """A number for each of many chunks, looked up for thousands of them in a few array operations.

    Each chunk has one slot. Of several with the same slot the first is kept, and as frequent
    words come early, they are in the table; it need not hold all.
    """

    def __init__(self) -> None:
        size = 2 << _SLOT_BITS
        entry = [("head", np.uint64), ("code", np.int64)]
        # 24 MiB, of which a small commit needs a few pages.
        self._entries = zeros_of_the_system(size, entry)
        self._tails = zeros_of_the_system(size, np.uint64)

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
