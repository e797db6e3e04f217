"""Which words does an archive have, as people write them, and how often?

Read from what segments keep of their text fields when it is first asked for, once for each commit:
a tenth of a second for 80,000 words.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.analysis.terms import fold_accents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from searchlib.arrays import Int64Array
    from searchlib.segment.field_reader import FieldReader
    from searchlib.storage.snapshot import Snapshot

MOST_WORDS: Final = 150_000
"""So many words are known, the commonest. Behind them come words of an article or two."""


class KnownWords:
    """The words of some text fields, in lower case and in order of what they are without accents.

    Attributes:
        words: The words, as most documents write them. Shape (N,).
        folded: The same without accents, each once, ascending. Shape (N,).
        counts: How often each is there, in all fields together. Shape (N,), int64.
    """

    def __init__(self, snapshot: Snapshot, fields: Iterable[str]) -> None:
        counts: dict[bytes, int] = {}
        for reader in _readers(snapshot, fields):
            for text, count in _words_in(reader):
                counts[text] = counts.get(text, 0) + count
        words = _by_folded(counts)
        folded = sorted(words)
        uses = np.array([words[one][2] for one in folded], np.int64)
        if len(folded) > MOST_WORDS:
            kept = np.sort(np.argsort(-uses, kind="stable")[:MOST_WORDS])
            folded, uses = [folded[place] for place in kept.tolist()], uses[kept]
        self.folded: Final = folded
        self.words: Final = [words[one][0] for one in folded]
        self.counts: Final[Int64Array] = uses
        self._places = dict(zip(self.folded, range(len(self.folded)), strict=True))

    def count(self, word: str) -> int:
        """Tell how often a word is there, whatever its accents and capitals."""
        place = self._places.get(fold_accents(word.lower()))
        return 0 if place is None else int(self.counts[place])


def _readers(snapshot: Snapshot, fields: Iterable[str]) -> Iterator[FieldReader]:
    for name in fields:
        for segment in snapshot.segments:
            if segment.reader.fields.get(name) == "text":
                yield segment.reader.inverted(name)


def _words_in(reader: FieldReader) -> Iterator[tuple[bytes, int]]:
    """Give the words of a field: those kept, and terms that stand for nothing but themselves."""
    words = reader.words
    tokens = np.diff(reader.token_starts(0, len(reader.terms))).tolist()
    if words is None:
        yield from zip(reader.terms.terms(), tokens, strict=True)
        return
    yield from zip(words.texts, words.counts.tolist(), strict=True)
    alone = np.ones(len(reader.terms), np.bool_)
    alone[words.ordinals] = False
    yield from compress(zip(reader.terms.terms(), tokens, strict=True), alone.tolist())


def _by_folded(counts: dict[bytes, int]) -> dict[str, tuple[str, int, int]]:
    """Put words together that differ in accents.

    Returns:
        For each word without accents the commonest of them, how often that is there, and how often
        they are there together.
    """
    found: dict[str, tuple[str, int, int]] = {}
    for text, count in counts.items():
        word = text.decode("utf-8", "replace")
        folded = fold_accents(word)
        known = found.get(folded)
        if known is None:
            found[folded] = word, count, count
        else:
            best = min((known[0], known[1]), (word, count), key=lambda one: (-one[1], one[0]))
            found[folded] = *best, known[2] + count
    return found
