"""In which order do documents come that are not ranked by score?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from searchlib.arguments import names_of
from searchlib.errors import QueryError
from searchlib.schema.markers import Date, Number, Stored, Text
from searchlib.search.collectors import Collector
from searchlib.search.matcher import TopDocs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Float64Array, Int64Array, NumberArray
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.index_view import SegmentPart


def sort_order(schema: DocumentSchema, sort: str | Sequence[str] | None) -> list[tuple[str, bool]]:
    """Read the names of fields to sort by.

    Args:
        schema: The fields.
        sort: Names, "-" before one for the largest first.

    Returns:
        The fields, and whether the highest value of each comes first.

    Raises:
        QueryError: A field can't be sorted by.
    """
    if sort is None:
        return []
    names = names_of("sort", sort, error=QueryError)
    return [(_sortable(schema, name), name.startswith("-")) for name in names]


def _sortable(schema: DocumentSchema, name: str) -> str:
    sortable = [
        spec.name
        for spec in schema.fields.values()
        if isinstance(spec.marker, Date | Number) and spec.marker.sortable
    ]
    bare = name.removeprefix("-")
    if bare not in sortable:
        there = ", ".join(sortable) or "none"
        raise QueryError(f"expected a sortable field, got {name!r}; there are {there}")
    return bare


class SortedCollector(Collector):
    """Keeps the first documents by the values of fields.

    Of a field with several values in a document the lowest counts. Documents without a value come
    last in either direction; equal ones come in the order of their docnums.

    Args:
        schema: The fields.
        k: How many documents to keep.
        sort: The fields, and whether the highest value of each comes first.

    Raises:
        QueryError: A field can't be sorted by.
    """

    def __init__(self, schema: DocumentSchema, k: int, sort: Sequence[tuple[str, bool]]) -> None:
        for field, _ in sort:
            _expect_sortable(schema, field)
        self._k = max(k, 0)
        self._sort = sort
        self._descending = [reverse for _, reverse in sort]
        self._docnums: list[Int64Array] = []
        self._scores: list[Float64Array] = []
        self._columns: list[list[_Column]] = [[] for _ in sort]
        self._total = 0

    def collect(self, segment: SegmentPart, docnums: Int64Array, scores: Float64Array) -> None:
        """Take documents that match."""
        found = [_column(segment, field, docnums - segment.first) for field, _ in self._sort]
        order = _order(found, self._descending, self._k)
        self._total += len(docnums)
        self._docnums.append(docnums.take(order))
        self._scores.append(scores.take(order))
        for column, (field, _), kept in zip(self._columns, self._sort, found, strict=True):
            column.append(_named(segment, field, kept.take(order)))

    @property
    def best(self) -> TopDocs:
        """The documents, in order, with the scores that they have nevertheless."""
        if not self._docnums:
            return TopDocs.none()
        order = _order(list(map(_joined, self._columns)), self._descending, self._k)
        docnums, scores = np.concatenate(self._docnums), np.concatenate(self._scores)
        return TopDocs(docnums.take(order), scores.take(order), self._total)


@dataclass(frozen=True, slots=True)
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


def _expect_sortable(schema: DocumentSchema, field: str) -> None:
    spec = schema.fields.get(field)
    if spec is None or isinstance(spec.marker, Text | Stored):
        found = "no such field" if spec is None else spec.describe()
        raise QueryError(
            f"expected a date, number, keyword or key field to sort by, got {field!r}: {found}"
        )


def _column(segment: SegmentPart, field: str, docnums: Int64Array) -> _Column:
    numbers = segment.numbers.get(field)
    if numbers is not None:
        keys = numbers.values.take(docnums)
        return _Column(keys, ~numbers.present.take(docnums) | np.isnan(keys))
    inverted = segment.inverted.get(field)
    if inverted is None or inverted.labels is None:
        return _Column(np.zeros(len(docnums), np.int64), np.ones(len(docnums), np.bool_))
    ordinals = inverted.labels.first(docnums.astype(np.int32))
    return _Column(ordinals.astype(np.int64), ordinals < 0)


def _named(segment: SegmentPart, field: str, column: _Column) -> _Column:
    """Add the terms of a segment's ordinals."""
    inverted = segment.inverted.get(field)
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


def _order(columns: Sequence[_Column], descending: Sequence[bool], k: int) -> Int64Array:
    """Find the places of the first k rows. Shape (at most k,), int64."""
    keys = [
        _ascending(column.keys, reverse)
        for column, reverse in zip(columns, descending, strict=True)
    ]
    count = len(keys[0])
    places = np.arange(count)
    if 0 < k < count:  # sorting all of them takes far longer than leaving out most of them
        first = keys[0].copy()
        first[columns[0].missing] = _highest(first)
        places = (first <= np.partition(first, k - 1)[k - 1]).nonzero()[0]
    by: list[NumberArray] = [places]
    for key, column in zip(reversed(keys), reversed(columns), strict=True):
        missing = column.missing.take(places)
        by += [np.where(missing, 0, key.take(places)), missing]
    return places.take(np.lexsort(by)[:k])


def _ascending(keys: NumberArray, reverse: bool) -> NumberArray:
    if not reverse:
        return keys
    return ~keys if keys.dtype.kind == "i" else -keys  # ~ turns the order round without overflow


def _highest(keys: NumberArray) -> float:
    return np.iinfo(np.int64).max if keys.dtype.kind == "i" else np.inf
