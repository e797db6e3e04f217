"""Which group is each document of an index in: that of its copies, or of those with its label?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from searchlib.arrays import Int32Array
    from searchlib.fingerprints.pairs import NearPairs
    from searchlib.search.index_view import IndexView
    from searchlib.storage.snapshot import Snapshot

COPIES: Final = "copies"
"""What to collapse by, beside the names of fields."""


class GroupColumn:
    """The group that each document of an index is in.

    Args:
        numbers: As the attribute.
        count: As the attribute.

    Attributes:
        numbers: From 1; 0 for a document on its own. Shape (number of all documents,), int32.
        count: How many groups there are.
        single: How many documents are in none.
    """

    def __init__(self, numbers: Int32Array, count: int) -> None:
        self.numbers: Final = numbers
        self.count: Final = count
        self.single: Final = len(numbers) - int(np.count_nonzero(numbers))
        self._likely: dict[int, float] = {}

    def likely(self, look: int) -> float:
        """Tell of how many groups so many documents probably are; one on its own is one."""
        found = self._likely.get(look)
        if found is None:
            total = max(len(self.numbers), 1)
            sizes = np.bincount(self.numbers, minlength=self.count + 1)[1:]
            absent = (1 - sizes / total) ** look
            found = self._likely[look] = float((1 - absent).sum()) + look * self.single / total
        return found


class Groups:
    """The groups of a snapshot's documents, found on first use. Threads may share it.

    Args:
        snapshot: The documents.
        index: The same, as evaluation sees them.
        before: The groups of an earlier snapshot: which documents of it are copies is taken over.
    """

    def __init__(self, snapshot: Snapshot, index: IndexView, before: Groups | None = None) -> None:
        self._snapshot = snapshot
        self._index = index
        self._columns: dict[str, GroupColumn] = {}
        self._pairs: NearPairs | None = None if before is None else before._pairs

    def column(self, by: str) -> GroupColumn:
        """Find the group of each document.

        Args:
            by: :data:`COPIES`, or a field with one label for each document.

        Raises:
            NoFingerprintsError: The index was made before there were fingerprints.
            CorruptIndexError: A segment is damaged.
        """
        column = self._columns.get(by)
        if column is None:
            column = self._columns[by] = self._copies() if by == COPIES else self._labels(by)
        return column

    def _copies(self) -> GroupColumn:
        from searchlib.search.copies import copy_groups, known_pairs

        pairs = self._pairs or known_pairs()
        numbers, self._pairs = copy_groups(self._snapshot, self._index.live, pairs)
        return GroupColumn(numbers, int(numbers.max(initial=0)))

    def _labels(self, field: str) -> GroupColumn:
        labels = self._index.labels(field)
        numbers = labels.first_of_each(self._index.doc_count) + 1
        return GroupColumn(numbers, labels.size)
