"""How are documents counted that were found? One function for each kind of request.

Raises (all functions):
    QueryError: A bound is not what the field holds, or there would be too many spans.
    CorruptIndexError: A segment is damaged.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.frozen import frozen
from searchlib.postings import highest
from searchlib.schema.markers import Keyword
from searchlib.schema.values import label_term
from searchlib.search.facets import requests
from searchlib.search.facets.spans import count_histogram, count_ranges
from searchlib.search.facets.statistics import compute_stats, distinct_numbers
from searchlib.search.facets.values import DistinctCount, Facet, LabelCount

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array
    from searchlib.query.field_values import Clock
    from searchlib.schema.models import DocumentSchema, FieldSpec
    from searchlib.search.facets.requests import FacetRequest
    from searchlib.search.facets.values import FacetResult
    from searchlib.search.index_view import IndexView
    from searchlib.search.label_column import LabelColumn

_new_count: Final = partial(tuple.__new__, LabelCount)  # half the time of LabelCount(...)


@frozen
class Counter:
    """Counts documents of a commit.

    Attributes:
        index: The commit.
        schema: Its fields.
        clock: What relative dates are reckoned from.
    """

    index: IndexView
    schema: DocumentSchema
    clock: Clock

    def count(self, request: FacetRequest, docnums: Int64Array | None) -> FacetResult:
        """Count documents.

        Args:
            request: What of them.
            docnums: The documents, each once, those of a segment before those of the next; ``None``
                for all there are, if none is deleted. Shape (D,), int64.
        """
        spec = self.schema.fields[request.field]
        total = self.index.doc_count if docnums is None else len(docnums)
        match request:
            case requests.Terms():
                return count_terms(request, spec, self.index.labels(spec.name), docnums, total)
            case requests.Histogram():
                return count_histogram(request, spec, self.index, docnums, total)
            case requests.Ranges():
                return count_ranges(request, spec, self.index, docnums, total, self.clock)
            case requests.Stats():
                return compute_stats(spec, self.index, docnums, total)
            case requests.Distinct() if isinstance(spec.marker, Keyword):
                counts, having = self.index.labels(spec.name).counts(docnums)
                different = int(np.count_nonzero(counts))
                return DistinctCount(spec.name, total, different, total - having)
            case _:
                different, having = distinct_numbers(spec, self.index, docnums)
                return DistinctCount(spec.name, total, different, total - having)


def count_terms(
    request: requests.Terms,
    spec: FieldSpec,
    labels: LabelColumn,
    docnums: Int64Array | None,
    total: int,
) -> Facet:
    """Count documents by their labels."""
    counts, having = labels.counts(docnums)
    lowercase = isinstance(spec.marker, Keyword) and spec.marker.lowercase
    numbers = _allowed(request.prefix, labels, counts, lowercase)
    of_each = counts.take(numbers)
    size = len(numbers) if request.size is None else request.size
    if request.sort == "count":
        places = highest(of_each, size)
    else:
        places = _by_letters(labels, numbers, lowercase)[:size]
    chosen = zip(numbers.take(places).tolist(), of_each.take(places).tolist(), strict=True)
    values = tuple([_new_count((labels.as_written(number), count)) for number, count in chosen])
    other = int(of_each.sum()) - sum(count for _, count in values)
    return Facet(spec.name, values, total, total - having, other, distinct=len(numbers))


def _allowed(
    prefix: str | None, labels: LabelColumn, counts: Int64Array, lowercase: bool
) -> Int64Array:
    """Find the labels that are told of: those that a document has, and that begin as wished."""
    if not prefix:
        return counts.nonzero()[0]
    begins = label_term(prefix, lowercase=True)
    if lowercase:  # then terms are written so, too
        first, end = labels.beginning_with(begins.encode("utf-8", "surrogatepass"))
        return counts[first:end].nonzero()[0] + first
    numbers = counts.nonzero()[0].tolist()
    alike = [number for number in numbers if _letters(labels, number).startswith(begins)]
    return np.array(alike, np.int64)


def _by_letters(labels: LabelColumn, numbers: Int64Array, lowercase: bool) -> Int64Array:
    """Put labels in the order of their letters, in which capital ones count as small ones."""
    if lowercase:
        return np.arange(len(numbers))
    letters = [_letters(labels, number) for number in numbers.tolist()]
    return np.array(sorted(range(len(letters)), key=letters.__getitem__), np.int64)


def _letters(labels: LabelColumn, number: int) -> str:
    return label_term(labels.term(number).decode("utf-8", "replace"), lowercase=True)
