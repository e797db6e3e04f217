"""In which order do documents come that are not ranked by score alone?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from searchlib.errors import QueryError
from searchlib.frozen import frozen
from searchlib.schema.markers import Stored, Text
from searchlib.search.collectors import Collector
from searchlib.search.matcher import TopDocs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from searchlib.arrays import BoolArray, Float64Array, Int64Array, NumberArray
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.index_view import SegmentPart
    from searchlib.search.order import Order, Sort

SortValue = int | float | str | None
"""What a document is sorted by; ``None`` if it has no value."""


@frozen
class After:
    """A place in an order: only what comes behind it is wanted.

    Attributes:
        values: What the order has there, part by part.
        limits: For the first docnum of each segment, which of its documents come behind the place
            if they have just these values: those with this docnum or a higher one.
        docnum: The document at the place; ``None`` if this is another commit.
        key: The key of that document.
    """

    values: tuple[SortValue, ...]
    limits: Mapping[int, int]
    docnum: int | None
    key: str


class SortedCollector(Collector):
    """Keeps the first documents by the values of fields.

    Of a field with several values in a document the lowest counts. Equal documents come in the
    order of their docnums.

    Args:
        schema: The fields.
        k: How many documents to keep.
        order: What they are sorted by, each direction decided.
        after: Where to begin; ``None`` for the beginning.

    Raises:
        QueryError: A field can't be sorted by.
    """

    def __init__(
        self, schema: DocumentSchema, k: int, order: Order, after: After | None = None
    ) -> None:
        for sort in order:
            if not sort.is_score:
                _expect_values(schema, sort.field)
        self._k = max(k, 0)
        self._order = order
        self._after = after
        self._docnums: list[Int64Array] = []
        self._scores: list[Float64Array] = []
        self._columns: list[list[_Column]] = [[] for _ in order]
        self._total = self._left = 0

    def collect(self, segment: SegmentPart, docnums: Int64Array, scores: Float64Array) -> None:
        """Take documents that match."""
        self._total += len(docnums)
        found = [_column(segment, sort, docnums, scores) for sort in self._order]
        if self._after is not None:
            behind = self._behind(segment, docnums, found)
            docnums, scores = docnums.take(behind), scores.take(behind)
            found = [column.take(behind) for column in found]
        self._left += len(docnums)
        places = _first(found, self._order, self._k)
        self._docnums.append(docnums.take(places))
        self._scores.append(scores.take(places))
        for column, sort, kept in zip(self._columns, self._order, found, strict=True):
            column.append(_named(segment, sort, kept.take(places)))

    def _behind(
        self, segment: SegmentPart, docnums: Int64Array, columns: Sequence[_Column]
    ) -> Int64Array:
        """Find the places of documents that come behind where to begin."""
        assert self._after is not None
        equal = np.ones(len(docnums), np.bool_)
        behind = np.zeros(len(docnums), np.bool_)
        for column, sort, value in zip(columns, self._order, self._after.values, strict=True):
            side = _side(segment, column, sort, value)
            behind |= equal & (side > 0)
            equal &= side == 0
        behind |= equal & (docnums >= self._after.limits[segment.first])
        return behind.nonzero()[0]

    @property
    def best(self) -> TopDocs:
        """The documents, in order, with the scores that they have nevertheless."""
        if not self._docnums:
            return TopDocs.none()
        places = _first(list(map(_joined, self._columns)), self._order, self._k)
        docnums, scores = np.concatenate(self._docnums), np.concatenate(self._scores)
        return TopDocs(docnums.take(places), scores.take(places), self._total, self._left)


@frozen
class _Column:
    """What some documents are sorted by: numbers, or ordinals of terms.

    Attributes:
        keys: Shape (D,), int64 or float64.
        missing: Whether the document has no value. Shape (D,).
        terms: The terms themselves, where documents of several segments are compared.
    """

    keys: NumberArray
    missing: BoolArray
    terms: list[bytes] | None = None

    def take(self, places: Int64Array) -> _Column:
        return _Column(self.keys.take(places), self.missing.take(places))


def _expect_values(schema: DocumentSchema, field: str) -> None:
    spec = schema.fields.get(field)
    if spec is None or isinstance(spec.marker, Text | Stored):
        found = "no such field" if spec is None else spec.describe()
        raise QueryError(
            f"expected a date, number, keyword or key field to sort by, got {field!r}: {found}"
        )


def _column(segment: SegmentPart, sort: Sort, docnums: Int64Array, scores: Float64Array) -> _Column:
    if sort.is_score:
        return _Column(scores, np.zeros(len(scores), np.bool_))
    places = docnums - segment.first
    numbers = segment.numbers.get(sort.field)
    if numbers is not None:
        keys, present = numbers.take(places)
        return _Column(keys, ~present | np.isnan(keys))
    inverted = segment.inverted.get(sort.field)
    if inverted is None or inverted.labels is None:
        return _Column(np.zeros(len(places), np.int64), np.ones(len(places), np.bool_))
    ordinals = inverted.labels.first(places.astype(np.int32))
    return _Column(ordinals.astype(np.int64), ordinals < 0)


def _named(segment: SegmentPart, sort: Sort, column: _Column) -> _Column:
    """Add the terms of a segment's ordinals."""
    inverted = segment.inverted.get(sort.field)
    if inverted is None:
        return column
    names = [b"" if key < 0 else inverted.terms.term(key) for key in column.keys.tolist()]
    return _Column(column.keys, column.missing, names)


def _joined(columns: Sequence[_Column]) -> _Column:
    """Put the columns of segments together, with terms numbered in order through all of them."""
    missing = np.concatenate([column.missing for column in columns])
    if not any(column.terms for column in columns):
        return _Column(np.concatenate([column.keys for column in columns]), missing)
    # A segment without the field has no terms.
    names = [name for column in columns for name in column.terms or [b""] * len(column.keys)]
    ranks = {name: rank for rank, name in enumerate(sorted(set(names)))}
    return _Column(np.array([ranks[name] for name in names], np.int64), missing)


def _first(columns: Sequence[_Column], order: Order, k: int) -> Int64Array:
    """Find the places of the first k rows. Shape (at most k,), int64."""
    keys = [
        _ascending(column.keys, sort.descending)
        for column, sort in zip(columns, order, strict=True)
    ]
    count = len(keys[0])
    places = np.arange(count)
    if 0 < k < count:  # sorting all of them takes far longer than leaving out most of them
        first = keys[0].copy()
        first[columns[0].missing] = _extreme(first, highest=order[0].missing == "last")
        places = (first <= np.partition(first, k - 1)[k - 1]).nonzero()[0]
    by: list[NumberArray] = [places]
    for key, column, sort in zip(reversed(keys), reversed(columns), reversed(order), strict=True):
        missing = column.missing.take(places)
        by += [np.where(missing, 0, key.take(places)), missing ^ (sort.missing == "first")]
    return places.take(np.lexsort(by)[:k])


def _ascending(keys: NumberArray, reverse: bool | None) -> NumberArray:
    if not reverse:
        return keys
    return ~keys if keys.dtype.kind == "i" else -keys  # ~ turns the order round without overflow


def _extreme(keys: NumberArray, *, highest: bool) -> float:
    if keys.dtype.kind == "i":
        return np.iinfo(np.int64).max if highest else np.iinfo(np.int64).min
    return np.inf if highest else -np.inf


def _side(segment: SegmentPart, column: _Column, sort: Sort, value: SortValue) -> NumberArray:
    """Tell which documents come before a value (-1), have it (0), or come behind it (1)."""
    missing = -1 if sort.missing == "first" else 1
    if value is None:
        return np.where(column.missing, 0, -missing)
    side = _compared(segment, column, sort.field, value)
    return np.where(column.missing, missing, -side if sort.descending else side)


def _compared(segment: SegmentPart, column: _Column, field: str, value: float | str) -> NumberArray:
    """Tell which documents have a lower value (-1), the same (0), or a higher one (1)."""
    keys = column.keys
    if not isinstance(value, str):
        return (keys > value).astype(np.int8) - (keys < value).astype(np.int8)
    inverted = segment.inverted.get(field)
    if inverted is None:  # no document of the segment has a value
        return np.zeros(len(keys), np.int8)
    term = label_bytes(value)
    place = inverted.terms.ceiling(term)
    is_there = inverted.terms.lookup(term) is not None
    return np.where(keys < place, -1, np.where((keys == place) & is_there, 0, 1))


def label_bytes(label: str) -> bytes:
    """Write a label that a cursor has as the index has it: any bytes come back as they were."""
    return label.encode("utf-8", "surrogateescape")


def label_text(term: bytes) -> str:
    """Write a label for a cursor, the other way round."""
    return term.decode("utf-8", "surrogateescape")
