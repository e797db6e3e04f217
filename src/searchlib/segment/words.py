"""Which words does a term stand for? The words of a text field as documents have them.

The terms of a text field are stems: "elect" is that of "elections" and "elected". What people see,
and what their mistakes are compared with, are words. They are read all at once or not at all, so
they are compressed, unlike the spellings of labels, which are looked up one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import zstandard

from searchlib.frozen import frozen
from searchlib.segment.file import narrowest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from searchlib.arrays import BoolArray, Int64Array, NumberArray
    from searchlib.segment.file import SegmentFile, SegmentFileWriter

_SEPARATOR: Final = b"\xff"
_LEVEL: Final = 3
_MOST_BYTES: Final = 1 << 31
"""So many bytes a section of words may have at most, so that a damaged one can't ask for more."""


@frozen
class Words:
    """Words of terms, those of a term together, the commonest first; of equally common the lowest.

    A term that stands for nothing but itself is left out.

    Attributes:
        ordinals: The term of each word. Shape (W,), int64, ascending.
        texts: The words, in lower case and UTF-8. Shape (W,).
        counts: How often each is there. Shape (W,), int64.
    """

    ordinals: Int64Array
    texts: list[bytes]
    counts: Int64Array

    def slice(self, first: int, last: int) -> Words:
        """Take those of some terms, whose ordinals then count from the first."""
        start, end = np.searchsorted(self.ordinals, [first, last]).tolist()
        ordinals = self.ordinals[start:end] - first
        return Words(ordinals, self.texts[start:end], self.counts[start:end])

    def keep(self, kept: BoolArray, tokens: Int64Array) -> Words:
        """Take those of terms that are kept; none counts for more than is left of its term.

        Args:
            kept: Whether each term is kept. Shape (number of terms,).
            tokens: How often each term is left. Shape (number of terms,), int64.
        """
        mine = np.flatnonzero(kept[self.ordinals])
        ordinals = self.ordinals[mine]
        counts = np.minimum(self.counts[mine], tokens[ordinals])
        texts = [self.texts[place] for place in mine.tolist()]
        return Words((np.cumsum(kept) - 1)[ordinals], texts, counts)


def words_of(
    ordinals: Int64Array,
    counts: Int64Array,
    are_terms: BoolArray,
    texts_of: Callable[[Int64Array], list[bytes]],
) -> Words:
    """Put words in order, and leave out those that are all that their term stands for.

    Args:
        ordinals: The term of each word. Shape (W,).
        counts: How often each is there. Shape (W,).
        are_terms: Whether each is the term itself. Shape (W,).
        texts_of: Gives the words themselves, some of them by their places; no two are equal for the
            same term.
    """
    alone = np.bincount(ordinals)[ordinals] == 1
    chosen = np.flatnonzero(~(alone & are_terms))
    chosen = chosen[np.lexsort((-counts[chosen], ordinals[chosen]))]
    ordinals, counts = ordinals[chosen], counts[chosen]
    texts = texts_of(chosen)
    tied = np.zeros(len(chosen) + 1, np.bool_)
    tied[1:-1] = (np.diff(ordinals) == 0) & (np.diff(counts) == 0)
    starts = np.flatnonzero(~tied[:-1] & tied[1:]).tolist()
    ends = np.flatnonzero(tied[:-1] & ~tied[1:]).tolist()
    for start, end in zip(starts, ends, strict=True):
        texts[start : end + 1] = sorted(texts[start : end + 1])
    return Words(ordinals, texts, counts)


def join_words(
    terms: Sequence[bytes],
    parts: Sequence[tuple[Sequence[bytes], Words | None, Int64Array]],
    places: Sequence[Int64Array],
) -> Words | None:
    """Add up the words of segments; ``None`` if no segment has any kept.

    Args:
        terms: The terms of all segments.
        parts: Of each segment its terms, their words, and how often each term is there.
        places: The ordinal, among all terms, of each term of a segment.
    """
    if all(words is None for _, words, _ in parts):
        return None
    counts: dict[tuple[int, bytes], int] = {}
    for (own, words, tokens), ordinals in zip(parts, places, strict=True):
        if words is not None:
            every = _with_terms(own, words, tokens)
            keys = zip(ordinals[every.ordinals].tolist(), every.texts, strict=True)
            for key, count in zip(keys, every.counts.tolist(), strict=True):
                counts[key] = counts.get(key, 0) + count
    found = list(counts)
    return words_of(
        np.array([ordinal for ordinal, _ in found], np.int64),
        np.array(list(counts.values()), np.int64),
        np.array([text == terms[ordinal] for ordinal, text in found], np.bool_),
        lambda some: [found[place][1] for place in some.tolist()],
    )


def _with_terms(terms: Sequence[bytes], words: Words, tokens: Int64Array) -> Words:
    """Add to words the terms that stand for nothing but themselves; in no order."""
    alone = np.ones(len(terms), np.bool_)
    alone[words.ordinals] = False
    others = np.flatnonzero(alone)
    return Words(
        np.concatenate([words.ordinals, others]),
        [*words.texts, *map(terms.__getitem__, others.tolist())],
        np.concatenate([words.counts, tokens[others]]),
    )


class WordsWriter:
    """Writes the words of a field, some terms at a time.

    Args:
        file: Where to.
        name: The sections are ``name``, ``name.terms`` and ``name.counts``.
    """

    def __init__(self, file: SegmentFileWriter, name: str) -> None:
        self._file = file
        self._name = name
        self._seen = 0
        self._parts: list[Words] = []

    def append(self, terms: int, words: Words) -> None:
        """Add the words of so many terms that follow those added before."""
        ordinals = words.ordinals + self._seen
        self._parts.append(Words(ordinals, words.texts, words.counts))
        self._seen += terms

    def close(self) -> int:
        """Write the sections, and tell how many words there are."""
        texts = [text for part in self._parts for text in part.texts]
        nothing = np.empty(0, np.int64)
        ordinals = np.concatenate([nothing, *(part.ordinals for part in self._parts)])
        counts = np.concatenate([nothing, *(part.counts for part in self._parts)])
        self._write("", _SEPARATOR.join(texts))
        steps = np.diff(ordinals, prepend=0)
        for part, numbers in ((".terms", steps), (".counts", counts)):
            dtype = narrowest(int(numbers.max(initial=0)))
            self._write(part, numbers.astype(dtype).tobytes(), int(dtype[-1]))
        return len(texts)

    def _write(self, part: str, data: bytes, width: int = 1) -> None:
        """Compress a section, with the width of its numbers as its first byte."""
        packed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(data)
        self._file.write(f"{self._name}{part}", "|u1", [bytes([width]), packed])


class WordsReader:
    """The words of a field.

    Args:
        file: Where from.
        name: As given to the writer.
        count: The number of words.
        terms: The number of terms.
    """

    def __init__(self, file: SegmentFile, name: str, count: int, terms: int) -> None:
        self._file: Final = file
        self._name: Final = name
        self._count: Final = count
        self._term_count: Final = terms
        for part in ("", ".terms", ".counts"):
            file.array(f"{name}{part}", "|u1", None)

    def read(self) -> Words:
        """Read all words.

        Raises:
            CorruptIndexError: The file is damaged.
        """
        texts = self._unpack("")[1].split(_SEPARATOR) if self._count else []
        ordinals = np.cumsum(self._numbers(".terms"), dtype=np.int64)
        counts = self._numbers(".counts").astype(np.int64)
        if len(texts) != self._count:
            raise self._file.corrupt(f"expected {self._count} words", self._name)
        if len(ordinals) and (ordinals.min() < 0 or ordinals.max() >= self._term_count):
            raise self._file.corrupt("expected terms in ascending order", f"{self._name}.terms")
        return Words(ordinals, texts, counts)

    def _numbers(self, part: str) -> NumberArray:
        width, data = self._unpack(part)
        if width not in (1, 2, 4, 8) or len(data) != width * self._count:
            raise self._file.corrupt(f"expected {self._count} numbers", f"{self._name}{part}")
        return np.frombuffer(data, f"<u{width}")

    def _unpack(self, part: str) -> tuple[int, bytes]:
        packed = self._file.array(f"{self._name}{part}", "|u1", None).tobytes()
        try:
            unpack = zstandard.ZstdDecompressor().decompress
            return packed[0], unpack(packed[1:], max_output_size=_MOST_BYTES)
        except (zstandard.ZstdError, IndexError, MemoryError) as error:
            raise self._file.corrupt(
                f"its compressed data is damaged: {error}", f"{self._name}{part}"
            ) from error
