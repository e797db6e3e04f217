"""In which order do documents come that are not ranked by score?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from searchlib.arguments import names_of
from searchlib.errors import QueryError
from searchlib.schema.markers import Date, Number, Stored, Text
from searchlib.search.matcher import TopDocs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import BoolArray, Int64Array, NumberArray
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.index_view import IndexView, SegmentPart
    from searchlib.search.matcher import Matcher


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
    names = names_of("sort", () if sort is None else sort, error=QueryError)
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


def sorted_best(
    index: IndexView,
    schema: DocumentSchema,
    node: Matcher,
    k: int,
    sort: Sequence[tuple[str, bool]],
) -> TopDocs:
    """Find the first documents by the values of fields.

    Of a field with several values in a document the lowest counts. Documents without a value come
    last in either direction; equal ones come in the order of their docnums.

    Args:
        index: The segments.
        schema: Their fields.
        node: What the documents must match.
        k: How many documents.
        sort: The fields, and whether the highest value of each comes first.

    Returns:
        The documents, in order, with the scores that they have nevertheless.

    Raises:
        QueryError: A field can't be sorted by.
    """
    for field, _ in sort:
        _expect_sortable(schema, field)
    k = max(k, 0)
    descending = [reverse for _, reverse in sort]
    docnums, scores = node.matches()
    chosen: list[Int64Array] = []
    columns: list[list[_Column]] = [[] for _ in sort]
    for segment, some in index.split(docnums):
        found = [_column(segment, field, some) for field, _ in sort]
        order = _order(found, descending, k)
        chosen.append(docnums.searchsorted(segment.first) + order)
        for column, (field, _), kept in zip(columns, sort, found, strict=True):
            column.append(_named(segment, field, kept.take(order)))
    if not chosen:
        return TopDocs(docnums, scores, 0)
    order = np.concatenate(chosen).take(_order([_joined(c) for c in columns], descending, k))
    return TopDocs(docnums.take(order), scores.take(order), len(docnums))


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
    names = [name for column in columns for name in column.terms or ()]
    if not names:
        return _Column(np.concatenate([column.keys for column in columns]), missing)
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
