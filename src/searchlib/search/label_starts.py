"""Which labels have a word that begins so?"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.analysis.terms import fold_accents

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array
    from searchlib.storage.snapshot import Snapshot

_MOST_LABELS: Final = 20_000
"""So many labels of a field are completed."""
_MOST_STARTS: Final = 4
_WORD: Final = re.compile(r"\w+")


class LabelStarts:
    """The labels of a field, by the beginnings of their words.

    Args:
        snapshot: The commit.
        field: The name of a keyword field.

    Attributes:
        field: The same.
    """

    def __init__(self, snapshot: Snapshot, field: str) -> None:
        self.field: Final = field
        counts: dict[bytes, int] = {}
        for segment in snapshot.segments:
            if field not in segment.reader.fields:
                continue  # it was written before there was the field
            reader = segment.reader.inverted(field)
            last = min(len(reader.terms), _MOST_LABELS)
            frequencies = np.diff(reader.posting_starts(0, last)).tolist()
            for term, count in zip(reader.terms.terms(0, last), frequencies, strict=True):
                counts[term] = counts.get(term, 0) + count
        self._labels: Final = list(counts)
        self._counts: Final[Int64Array] = np.array(list(counts.values()), np.int64)
        starts = sorted(
            (text[found.start() :], number)
            for number, term in enumerate(self._labels)
            for text in [fold_accents(term.decode("utf-8", "replace").lower())]
            for found in islice(_WORD.finditer(text), _MOST_STARTS)
        )
        self._texts: Final = [text for text, _ in starts]
        self._numbers: Final[Int64Array] = np.array([number for _, number in starts], np.int64)

    def starting(self, text: str, most: int) -> list[tuple[bytes, int]]:
        """Find labels, the most frequent first: their terms, and numbers of documents.

        Args:
            text: The beginning of a label, or of one from one of its words on; folded.
            most: How many to find.
        """
        start = bisect_left(self._texts, text)
        end = bisect_left(self._texts, f"{text}\U0010ffff")
        if start == end:
            return []
        numbers = np.unique(self._numbers[start:end])
        best = numbers[np.argsort(-self._counts[numbers], kind="stable")[:most]]
        return [(self._labels[number], int(self._counts[number])) for number in best.tolist()]
