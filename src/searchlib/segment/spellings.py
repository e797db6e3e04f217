"""How do documents write labels? The commonest spelling of each term of a keyword field.

Terms are folded, so "AP" and "ap" are one. What people see is the spelling that most documents
have. It is stored where it differs from the term.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, AnyStr, Final

import numpy as np

from searchlib.segment.file import narrowest, offset_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from searchlib.segment.file import SegmentFile, SegmentFileWriter

Spelling = tuple[bytes, int]
"""A label as documents have it, in UTF-8, and how often they do."""


def commonest(counts: Mapping[tuple[AnyStr, AnyStr], int]) -> dict[AnyStr, tuple[AnyStr, int]]:
    """Find the commonest spelling of each term; of equally common ones the lowest.

    Args:
        counts: How often each spelling is there: the keys are a term and a spelling of it.

    Returns:
        For each term its spelling, and how often it is there.
    """
    best: dict[AnyStr, tuple[AnyStr, int]] = {}
    for (term, spelling), count in counts.items():
        known = best.get(term)
        if known is None or (-count, spelling) < (-known[1], known[0]):
            best[term] = spelling, count
    return best


class SpellingsWriter:
    """Writes the spellings of the terms of a field, some terms at a time.

    Args:
        file: Where to.
        name: The sections are ``name``, ``name.starts``, ``name.terms`` and ``name.counts``.
    """

    def __init__(self, file: SegmentFileWriter, name: str) -> None:
        self._file = file
        self._name = name
        self._seen = 0
        self._terms: list[int] = []
        self._spellings: list[Spelling] = []

    def append(self, terms: Sequence[bytes], spellings: Sequence[Spelling]) -> None:
        """Add terms that follow those added before, with the spelling of each."""
        for ordinal, term, spelling in zip(range(len(terms)), terms, spellings, strict=True):
            if spelling[0] != term:
                self._terms.append(self._seen + ordinal)
                self._spellings.append(spelling)
        self._seen += len(terms)

    def close(self) -> int:
        """Write the sections, and tell how many spellings there are."""
        file, name = self._file, self._name
        texts = [text for text, _ in self._spellings]
        counts = [count for _, count in self._spellings]
        starts = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        file.write(name, "|u1", [b"".join(texts)])
        file.write(f"{name}.starts", offset_type(int(starts[-1])), [starts])
        file.write(f"{name}.terms", "<u4", [np.array(self._terms, np.int64)])
        file.write(f"{name}.counts", narrowest(max(counts, default=0)), [np.array(counts)])
        return len(texts)


class SpellingsReader:
    """The spellings that differ from their terms.

    Args:
        file: Where from.
        name: As given to the writer.
        count: The number of spellings.
        terms: The number of terms.
    """

    def __init__(self, file: SegmentFile, name: str, count: int, terms: int) -> None:
        self._file: Final = file
        self._name: Final = name
        self._term_count: Final = terms
        self._texts = file.array(name, "|u1", None)
        self._starts = file.array(f"{name}.starts", ("<u4", "<u8"), count + 1)
        self._terms = file.array(f"{name}.terms", "<u4", count)
        self._counts = file.array(f"{name}.counts", ("|u1", "<u2", "<u4", "<u8"), count)

    def of(self, ordinal: int) -> Spelling | None:
        """Read the spelling of a term; ``None`` if it is the term itself.

        Raises:
            CorruptIndexError: The file is damaged.
        """
        return self.of_range(ordinal, ordinal + 1).get(ordinal)

    def of_range(self, first: int, last: int) -> dict[int, Spelling]:
        """Read the spellings of terms, by ordinal, where they differ from the term.

        Args:
            first: The first term.
            last: The term after the last.

        Raises:
            CorruptIndexError: The file is damaged.
        """
        # Searched for a number of another type, the array would be converted.
        begin, end = self._terms.searchsorted(np.array([first, last], np.uint32)).tolist()
        starts = self._starts[begin : end + 1].tolist()
        terms = self._terms[begin:end].tolist()
        too_high = len(self._terms) and self._terms.item(-1) >= self._term_count
        if too_high or not all(first <= term < last for term in terms):
            raise self._file.corrupt("expected terms in ascending order", f"{self._name}.terms")
        found: dict[int, Spelling] = {}
        for place, term in enumerate(terms):
            start, stop = starts[place], starts[place + 1]
            if not start <= stop <= len(self._texts):
                raise self._file.corrupt("expected ascending offsets", f"{self._name}.starts")
            text = self._texts[start:stop].tobytes()
            # A later format may have several spellings of a term, the commonest first.
            found.setdefault(term, (text, self._counts.item(begin + place)))
        return found
