"""What does evaluation know of an index before and between queries?

The documents of a snapshot are numbered through all its segments, and a field of numbers is one
array. Postings stay where they are, in the segments.

Statistics are of the whole index, with those deleted documents that no merge has dropped yet.
Threads share all of it. What one of them computes another may compute at the same time and put in
its place; both are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from searchlib.memory import keep_freed_memory
from searchlib.postings import FieldPlace, FieldPostings, Scoring, WordFinder
from searchlib.search.label_column import LabelColumn
from searchlib.segment.doc_values import DocValues
from searchlib.segment.reader import numbers_of_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.arrays import BoolArray, Int64Array, NumberArray
    from searchlib.postings import SegmentPostings, TermFinder
    from searchlib.segment.field_reader import FieldReader
    from searchlib.storage.snapshot import OpenSegment, Snapshot

MAX_TERMS: Final = 20_000
"""How many terms are remembered with what the dictionaries say of them."""
_MAX_FINDERS: Final = 1_000  # for so many choices of fields and boosts


class SegmentPart:
    """One segment, as evaluation sees it.

    Attributes:
        first: The docnum, in the whole index, of its first document.
        end: The docnum after its last.
        inverted: Its text, keyword and key fields.
        numbers: Its date and number fields.
    """

    def __init__(self, segment: OpenSegment) -> None:
        reader = segment.reader
        self.first: Final = segment.first
        self.end: Final = segment.first + reader.doc_count
        self.inverted: Final[dict[str, FieldReader]] = {}
        self.numbers: Final[dict[str, DocValues]] = {}
        for name, kind in reader.fields.items():
            if kind == "number":
                self.numbers[name] = reader.numbers(name)
            else:
                self.inverted[name] = reader.inverted(name)

    def lengths(self, field: str) -> NumberArray:
        """Read the number of tokens of each document. Shape (end - first,), unsigned."""
        inverted = self.inverted.get(field)
        return np.zeros(self.end - self.first, np.uint8) if inverted is None else inverted.lengths


class IndexView:
    """The documents of a snapshot, and what is known of their fields and terms.

    Args:
        snapshot: What to search.
        scoring: The parameters of the scores.

    Attributes:
        scoring: The parameters of the scores.
        segments: The segments.
        doc_count: N, the number of documents with those deleted: docnums are below it.
        starts: The first docnum of each segment, and the number of all documents. Shape (S + 1,).
        live: Which documents are not deleted, shape (doc_count,); ``None`` if none is.
        nodes: Words that were looked for lately, and how many documents have each; :meth:`keep`
            adds to it.
    """

    def __init__(self, snapshot: Snapshot, scoring: Scoring | None = None) -> None:
        self.scoring: Final = scoring or Scoring()
        self.doc_count: Final = snapshot.doc_count_all
        self.segments: Final = [SegmentPart(segment) for segment in snapshot.segments]
        firsts = [segment.first for segment in self.segments]
        self.starts: Final[Int64Array] = np.array([*firsts, self.doc_count], np.int64)
        self.live = _live(snapshot)
        self.nodes: Final[dict[Any, Any]] = {}
        self._readers: Final = [segment.reader for segment in snapshot.segments]
        self._texts = _total_lengths(snapshot)
        self._lengths: dict[str, tuple[float, dict[SegmentPart, NumberArray | None]]] = {}
        self._finders: dict[str, list[tuple[SegmentPart, TermFinder]]] = {}
        self._word_finders: dict[tuple[tuple[str, float], ...], WordFinder] = {}
        self._numbers: dict[str, DocValues] = {}
        self._labels: dict[str, LabelColumn] = {}
        keep_freed_memory()

    def unmarked(self) -> BoolArray:
        """Make a mask that marks no document. Shape (doc_count,)."""
        # For zeros numpy gives the lock away, which threads would wait for.
        return np.frombuffer(bytearray(self.doc_count), np.bool_)

    def only_live(self, mask: BoolArray) -> BoolArray:
        """Leave deleted documents out of a mask of all. Shape (doc_count,)."""
        return mask if self.live is None else mask & self.live

    def average_length(self, field: str) -> float:
        """Give the mean length of a text field in the documents that have it; at least 1."""
        return self._lengths_of(field)[0]

    def finders(self, field: str) -> list[tuple[SegmentPart, TermFinder]]:
        """Give what finds the postings of a term, in each segment that has a field."""
        found = self._finders.get(field)
        if found is None:
            found = self._finders[field] = [
                (segment, segment.inverted[field].finder)
                for segment in self.segments
                if field in segment.inverted and segment.end > segment.first
            ]
        return found

    def word_finder(self, fields: tuple[tuple[str, float], ...]) -> WordFinder:
        """Give what finds the postings of words.

        Args:
            fields: The text fields, and the weight of an occurrence in each.
        """
        found = self._word_finders.get(fields)
        if found is None:
            if len(self._word_finders) >= _MAX_FINDERS:
                self._word_finders.clear()
            found = self._word_finders[fields] = self._new_word_finder(fields)
        return found

    def _new_word_finder(self, fields: tuple[tuple[str, float], ...]) -> WordFinder:
        places = []
        for number, (field, boost) in enumerate(fields):
            average, lengths = self._lengths_of(field)
            places += [
                FieldPlace(finder, segment.first, number, counts, average, boost)
                for segment, finder in self.finders(field)
                if (counts := lengths[segment]) is not None
            ]
        return WordFinder(places, self.scoring.k1, self.scoring.b)

    def in_field(
        self, field: str, found: Iterable[tuple[SegmentPart, SegmentPostings]], boost: float
    ) -> list[FieldPostings]:
        """Say what postings in a field are weighed by.

        Args:
            field: The field.
            found: The postings in each segment.
            boost: The weight of an occurrence.
        """
        average, lengths = self._lengths_of(field)
        return [
            FieldPostings(postings, lengths[segment], average, boost) for segment, postings in found
        ]

    def _lengths_of(self, field: str) -> tuple[float, dict[SegmentPart, NumberArray | None]]:
        """Find the mean length of a field, and where the lengths are; labels have none."""
        known = self._lengths.get(field)
        if known is None:
            known = self._lengths[field] = self._read_lengths(field)
        return known

    def _read_lengths(self, field: str) -> tuple[float, dict[SegmentPart, NumberArray | None]]:
        if field not in self._texts:
            return 1.0, dict.fromkeys(self.segments)
        lengths = {segment: segment.lengths(field) for segment in self.segments}
        having = sum(int(np.count_nonzero(some)) for some in lengths.values())
        return max(self._texts[field] / max(having, 1), 1.0), {**lengths}

    def length(self, field: str, docnum: int) -> int:
        """Count the tokens of a document in a text field."""
        part = next(part for part in self.segments if docnum < part.end)
        return int(part.lengths(field)[docnum - part.first])

    def numbers(self, field: str) -> DocValues | None:
        """Read a field of numbers or dates, or ``None`` if there is no such field."""
        column = self._numbers.get(field)
        if column is None:
            if not any(field in part.numbers for part in self.segments):
                return None
            column = DocValues.joined(numbers_of_all(field, self._readers))
            self._numbers[field] = column
        return column

    def labels(self, field: str) -> LabelColumn:
        """Read a field of labels; one that no segment has is empty."""
        column = self._labels.get(field)
        if column is None:
            column = self._labels[field] = LabelColumn(
                (part.first, part.inverted[field])
                for part in self.segments
                if field in part.inverted
            )
        return column

    def keep(self, key: Any, node: Any) -> None:
        """Keep a node for the next query that has it."""
        if len(self.nodes) >= MAX_TERMS:
            self.nodes.clear()
        self.nodes[key] = node


def _live(snapshot: Snapshot) -> BoolArray | None:
    if all(segment.deleted is None for segment in snapshot.segments):
        return None
    live = np.ones(snapshot.doc_count_all, np.bool_)
    for segment in snapshot.segments:
        if segment.deleted is not None:
            live[segment.first : segment.first + segment.entry.doc_count] = ~segment.deleted
    return live


def _total_lengths(snapshot: Snapshot) -> dict[str, int]:
    totals: dict[str, int] = {}
    for segment in snapshot.segments:
        for name, kind in segment.reader.fields.items():
            if kind == "text":
                length = segment.reader.inverted(name).total_length
                totals[name] = totals.get(name, 0) + length
    return totals
