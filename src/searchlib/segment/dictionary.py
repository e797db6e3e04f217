"""Which terms has a field, and which ordinal has each?

The terms stand in ascending order with the byte 0xFF, which UTF-8 never uses, before, between
and after them. An offset for every 32nd term is enough to find one by ``bytes.find`` and to get
its ordinal by ``bytes.count``: two passes of machine code over some 250 bytes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.postings import KERNELS
from searchlib.segment.file import offset_type

if TYPE_CHECKING or KERNELS == "compiled":
    from searchlib.postings.compiled import Terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.errors import CorruptIndexError
    from searchlib.segment.file import SegmentFile, SegmentFileWriter

_BLOCK: Final = 32
_SEPARATOR: Final = b"\xff"
_BLOCKS_AT_ONCE: Final = 256


class DictionaryWriter:
    """Writes terms, which must come in ascending order.

    Args:
        file: Where to.
        name: The sections are ``name``, ``name.blocks`` and ``name.heads``.

    Attributes:
        count: How many terms there are so far.
    """

    def __init__(self, file: SegmentFileWriter, name: str) -> None:
        self.count = 0
        self._file = file
        self._name = name
        self._text = file.spool("|u1")
        self._heads: list[bytes] = []
        self._blocks: list[int] = []

    def append(self, terms: list[bytes]) -> None:
        """Add terms that follow those added before.

        Raises:
            ValueError: A term has the byte 0xFF and therefore is not UTF-8.
        """
        if not terms:
            return
        text = _SEPARATOR + _SEPARATOR.join(terms)
        if text.count(_SEPARATOR) != len(terms):
            raise ValueError("expected terms in UTF-8, got one with the byte 0xFF")
        sizes = np.fromiter(map(len, terms), np.int64, len(terms)) + 1
        offsets = self._text.count + np.cumsum(sizes) - sizes
        first = -self.count % _BLOCK
        self._heads.extend(terms[first::_BLOCK])
        self._blocks.extend(offsets[first::_BLOCK].tolist())
        self._text.append(np.frombuffer(text, np.uint8))
        self.count += len(terms)

    def close(self) -> None:
        """Write the sections."""
        end = self._text.count
        if self.count:
            self._text.append(np.frombuffer(_SEPARATOR, np.uint8))
        self._file.write_spool(self._name, self._text)
        blocks = np.array([*self._blocks, end], np.int64)
        self._file.write(f"{self._name}.blocks", offset_type(end), [blocks])
        self._file.write(f"{self._name}.heads", "|u1", [_SEPARATOR.join(self._heads)])


class TermDictionary:
    """The terms of a field, in ascending order of their bytes; the ordinal of a term is its place.

    Args:
        file: Where from.
        name: As given to the writer.
        count: The number of terms.

    Attributes:
        compiled: What finds terms without the interpreter, if there are compiled kernels.
    """

    def __init__(self, file: SegmentFile, name: str, count: int) -> None:
        self._file = file
        self._name = name
        self._count = count
        self._offset = file.section(name).offset
        text = file.array(name, "|u1", None)
        self._size = len(text)
        block_count = -(-count // _BLOCK)
        self._blocks = file.array(f"{name}.blocks", ("<u4", "<u8"), block_count + 1)
        file.array(f"{name}.heads", "|u1", None)
        self.compiled: Final = (
            Terms(text, self._blocks, count, _BLOCK, f"{file.path}: section {name!r}")
            if KERNELS == "compiled"
            else None
        )

    def __len__(self) -> int:
        return self._count

    def __contains__(self, term: bytes) -> bool:
        return self.lookup(term) is not None

    def lookup(self, term: bytes) -> int | None:
        """Find a term's ordinal, or ``None``."""
        if self.compiled is not None:
            return self.compiled.lookup(term)
        block = bisect_right(self._heads, term) - 1
        if block < 0 or _SEPARATOR in term:
            return None
        text = self._text(block, block + 1)
        at = text.find(_SEPARATOR + term + _SEPARATOR)
        if at < 0:
            return None
        ordinal = block * _BLOCK + text.count(_SEPARATOR, 0, at)
        if ordinal >= self._count:
            raise self._corrupt(f"a block has more than {_BLOCK} terms")
        return ordinal

    def term(self, ordinal: int) -> bytes:
        """Give the term with an ordinal.

        Raises:
            IndexError: There is no such ordinal.
        """
        if self.compiled is not None:
            return self.compiled.term(ordinal)
        if not 0 <= ordinal < self._count:
            raise IndexError(f"expected an ordinal below {self._count}, got {ordinal}")
        block, place = divmod(ordinal, _BLOCK)
        pieces = self._text(block, block + 1).split(_SEPARATOR, place + 2)
        if len(pieces) < place + 3:
            raise self._corrupt(f"expected more than {place} terms in a block")
        return pieces[place + 1]

    def terms(self, first: int = 0, last: int | None = None) -> Iterator[bytes]:
        """Iterate over the terms with ordinals from ``first`` up to, without, ``last``."""
        for terms in self._pieces(first, last):
            yield from terms

    def distinct(self) -> list[bytes]:
        """Give all terms, in order.

        Raises:
            CorruptIndexError: They are of another number, or not in order.
        """
        terms = [*self.terms()]
        if len(terms) != len(self) or any(low >= high for low, high in pairwise(terms)):
            raise self._corrupt(f"expected {len(self)} terms in order")
        return terms

    def words(self, first: int = 0, last: int | None = None) -> Iterator[str]:
        """Iterate over the terms like :meth:`terms`, as text.

        Raises:
            CorruptIndexError: A term is no text.
        """
        for terms in self._pieces(first, last):
            try:
                words = list(map(bytes.decode, terms))
            except UnicodeDecodeError as error:
                raise self._corrupt(f"expected terms in UTF-8: {error}") from error
            yield from words

    def text(self, first: int, last: int) -> tuple[bytes, int]:
        """Read the terms around a range as they are stored, for patterns that run over all of them.

        Args:
            first: The first ordinal.
            last: The ordinal after the last; above the first.

        Returns:
            The terms with the byte 0xFF before, between and after them, so that counting these
            bytes tells ordinals, with some terms more at both ends; and the ordinal of the first
            of all of them.
        """
        block = first // _BLOCK
        return self._text(block, -(-last // _BLOCK)), block * _BLOCK

    def ceiling(self, term: bytes) -> int:
        """Find the first ordinal whose term is not below this one; the count if there is none."""
        if self.compiled is not None:
            return self.compiled.ceiling(term)
        block = bisect_left(self._heads, term) - 1
        if block < 0:
            return 0
        return block * _BLOCK + bisect_left(self._split(block, block + 1), term)

    def prefix_range(self, prefix: bytes) -> tuple[int, int]:
        """Find the ordinals of the terms that begin with a prefix: the first, and the one after.

        What follows a prefix in UTF-8 is below 0xFF.
        """
        if self.compiled is not None:
            return self.compiled.prefix_range(prefix)
        return self.ceiling(prefix), self.ceiling(prefix + _SEPARATOR)

    @cached_property
    def _heads(self) -> list[bytes]:
        """The first term of each block."""
        if not self._count:
            return []
        section = self._file.section(f"{self._name}.heads")
        heads = self._file.read(section.offset, section.end).split(_SEPARATOR)
        if len(heads) != len(self._blocks) - 1:
            raise self._corrupt(f"expected {len(self._blocks) - 1} blocks, got {len(heads)}")
        return heads

    def _pieces(self, first: int, last: int | None) -> Iterator[list[bytes]]:
        """Read a range of terms, some blocks at a time."""
        end = self._count if last is None else min(last, self._count)
        while first < end:
            block = first // _BLOCK
            stop = min(block + _BLOCKS_AT_ONCE, -(-end // _BLOCK))
            terms = self._split(block, stop)
            yield terms[first - block * _BLOCK : end - block * _BLOCK]
            first = stop * _BLOCK

    def _text(self, first: int, last: int) -> bytes:
        """Read blocks, with the separators before and after them."""
        start: int = self._blocks.item(first)
        end: int = self._blocks.item(last)
        if not start < end < self._size:
            raise self._corrupt(f"expected block {first} inside it, got {start} to {end}")
        return self._file.read(self._offset + start, self._offset + end + 1)

    def _split(self, first: int, last: int) -> list[bytes]:
        terms = self._text(first, last)[1:-1].split(_SEPARATOR)
        expected = min(last * _BLOCK, self._count) - first * _BLOCK
        if len(terms) != expected:
            raise self._corrupt(f"expected {expected} terms in a block, got {len(terms)}")
        return terms

    def _corrupt(self, what: str) -> CorruptIndexError:
        return self._file.corrupt(what, self._name)
