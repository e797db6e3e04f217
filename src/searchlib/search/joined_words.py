"""Which words are written with an apostrophe or a hyphen in them, and which never stand alone?

The index knows "doesn't" as two tokens that follow one another, so its text has to be looked at to
see what stands between them. A sample of the documents tells enough: it is read once for each
commit, when it is first asked for, in 0.15 s.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pydantic_core import from_json

from searchlib.analysis.terms import fold_accents
from searchlib.schema.paths import as_list, value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from searchlib.storage.snapshot import Snapshot

SAMPLE: Final = 2_000
"""So many documents are read at most."""

_LONGEST_TEXT: Final = 20_000
_LONGEST: Final = 40
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_JOINERS: Final = re.compile("['-]")
_MOSTLY: Final = 0.8
"""This share of the uses of a beginning such as "doesn" must have an apostrophe behind it."""
_LEAST: Final = 2
"""So often it is there, where not all documents are read."""
_SHORT: Final = 2
"""So many letters have what an apostrophe puts behind a word: "s", "t", "re", "ll"."""
_BEHIND_WORDS: Final = frozenset({"s", "re", "ve", "ll", "d", "m", "em"})
"""What stands behind an apostrophe and leaves a whole word before it."""
_RARE: Final = 100
"""A word is left out that is there so many times less often than another: often a misspelling."""
_END: Final = "\U0010ffff"


class JoinedWords:
    """The words of some text fields that have apostrophes or hyphens in them, in lower case.

    Args:
        snapshot: The commit.
        fields: The names of the fields.
    """

    def __init__(self, snapshot: Snapshot, fields: Sequence[str]) -> None:
        counts, self._scale = _sampled(snapshot, fields)
        alone, before, behind = _pieces(counts)
        least = min(self._scale, _LEAST)
        self._beginnings: Final = frozenset(
            one
            for one, count in before.items()
            if count >= least and count >= _MOSTLY * (count + alone[one])
        )
        self._ends: Final = frozenset(
            one
            for one, count in behind.items()
            if len(one) <= _SHORT and count >= _MOSTLY * (count + alone[one])
        )
        words = _by_folded(counts)
        self._words: Final = sorted((one, *words[one]) for one in words)
        self._inseparable: Final = [
            one for one in self._words if _JOINERS.split(one[0])[0] in self._beginnings
        ]
        # The commonest word comes last, and stays.
        self._wholes: Final = {
            _JOINERS.split(folded)[0]: word
            for folded, word, _ in sorted(self._inseparable, key=lambda one: one[2])
        }
        self._by_letters: Final = {
            _JOINERS.sub("", folded): word for folded, word, _ in self._words
        }

    def starting(self, prefix: str, most: int) -> list[tuple[str, int]]:
        """Find words that begin so, the most frequent first, and about how often each is there.

        Where what is typed has neither apostrophe nor hyphen, those are meant whose first piece
        never stands alone.

        Args:
            prefix: The beginning of a word, from :func:`with_plain_apostrophes`, folded.
            most: How many to find.
        """
        words = self._words if _JOINERS.search(prefix) else self._inseparable
        start, end = bisect_left(words, (prefix,)), bisect_left(words, (prefix + _END,))
        found = sorted(words[start:end], key=lambda one: -one[2])[:most]
        return [
            (word, count * self._scale) for _, word, count in found if count * _RARE > found[0][2]
        ]

    def of_letters(self, letters: str) -> str | None:
        """Find the word that has these letters, folded, with apostrophes or hyphens in between."""
        return self._by_letters.get(letters)

    def stands_alone(self, word: str) -> bool:
        """Tell whether a folded token is a word, not the beginning or end of one like "doesn"."""
        return word not in self._beginnings and word not in self._ends

    def whole(self, word: str) -> str:
        """Give the commonest word that begins with a token that never stands alone; else itself."""
        return self._wholes.get(fold_accents(word), word)

    def is_whole(self, words: Sequence[str]) -> bool:
        """Tell whether folded tokens in a row neither begin nor end inside of a word."""
        return words[0] not in self._ends and words[-1] not in self._beginnings


def joined_in(texts: Iterable[str]) -> dict[str, str]:
    """Find the words with an apostrophe of which a text has the pieces nowhere else.

    Returns:
        For each such piece, in lower case, the word that has it, as the text writes it.
    """
    found: dict[str, str] = {}
    alone: set[str] = set()
    for text in texts:
        for word in _WORD.findall(with_plain_apostrophes(text)):
            for part in word.split("-"):
                *pieces, last = part.split("'")
                if pieces and last.lower() not in _BEHIND_WORDS:
                    pieces.append(last)
                if len(pieces) > 1:
                    found.update({piece.lower(): "'".join(pieces) for piece in pieces})
                else:
                    alone.add((pieces or [last])[0].lower())
    return {piece: word for piece, word in found.items() if piece not in alone}


def with_plain_apostrophes(text: str) -> str:
    """Write typographic apostrophes as they are typed."""
    return text.replace("’", "'")


def _sampled(snapshot: Snapshot, fields: Sequence[str]) -> tuple[Counter[str], int]:
    """Count the words of a sample of the documents; tell how many documents each stands for."""
    counts: Counter[str] = Counter()
    every = sum(segment.entry.doc_count for segment in snapshot.segments)
    step = max(1, -(-every // SAMPLE))
    for segment in snapshot.segments:
        numbers = range(0, segment.entry.doc_count, step)
        for raw in segment.reader.documents_reader.ascending(numbers):
            for text in _texts(raw, fields):
                counts.update(_WORD.findall(with_plain_apostrophes(text[:_LONGEST_TEXT].lower())))
    return counts, step


def _texts(raw: bytes, fields: Iterable[str]) -> Iterator[str]:
    values = from_json(raw, cache_strings="keys")
    for field in fields:
        yield from (text for text in as_list(value_at(values, field)) if isinstance(text, str))


def _pieces(counts: Counter[str]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Count how often pieces of words stand alone, before an apostrophe, and behind one.

    Before one that a whole word may have behind it ("bank's"), a piece counts as standing alone.
    """
    alone: Counter[str] = Counter()
    before: Counter[str] = Counter()
    behind: Counter[str] = Counter()
    for word, count in counts.items():
        for part in word.split("-"):
            pieces = fold_accents(part).split("'")
            for one, following in pairwise(pieces):
                (alone if following in _BEHIND_WORDS else before)[one] += count
            (behind if len(pieces) > 1 else alone)[pieces[-1]] += count
    return alone, before, behind


def _by_folded(counts: Counter[str]) -> dict[str, tuple[str, int]]:
    """Put joined words together that differ in accents, under the commonest of them."""
    found: dict[str, tuple[str, int]] = {}
    for word, count in counts.most_common():
        if _JOINERS.search(word) and len(word) <= _LONGEST:
            folded = fold_accents(word)
            known = found.get(folded, (word, 0))
            found[folded] = known[0], known[1] + count
    return found
