"""What do the parts of a score add up to, document by document?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.postings.sets import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from searchlib.arrays import Float64Array, Int64Array, NumberArray

# By measurement, in passes over an array of all documents: what sorting takes for a posting, and
# what bisection takes for one.
_PASSES_PER_SORTED: Final = 32
_PASSES_PER_BISECTION: Final = 40


def dense_sums(
    docnums: Iterable[Int64Array], scores: Iterable[NumberArray], doc_count: int
) -> Float64Array:
    """Add up scores in an array of all documents.

    Args:
        docnums: Lists of documents, in each of them any document once.
        scores: Their scores, list by list.
        doc_count: All docnums are below it.

    Returns:
        The sum of each document, 0 for one that is in no list. Shape (doc_count,), float64.

    Raises:
        IndexError: A docnum is not below ``doc_count``.
    """
    sums = np.zeros(doc_count)
    for some, parts in zip(docnums, scores, strict=True):
        np.add.at(sums, some, parts.astype(np.float64, copy=False))
    return sums


def is_dense(sizes: Sequence[int], doc_count: int) -> bool:
    """Tell whether an array of all documents is the quickest way to add up lists of some sizes."""
    if len(sizes) <= 1:
        return False
    if len(sizes) == 2:
        return min(sizes) * _PASSES_PER_BISECTION > doc_count
    return sum(sizes) * _PASSES_PER_SORTED > doc_count


def sum_scores(
    docnums: Sequence[Int64Array], scores: Sequence[NumberArray], doc_count: int
) -> tuple[Int64Array, Float64Array]:
    """Add up the scores of the documents that are in any of several lists.

    Args:
        docnums: Lists of documents, each ascending.
        scores: Their scores, list by list; any numbers.
        doc_count: All docnums are below it.

    Returns:
        The documents, ascending, and their sums. Shapes (U,), int64 and float64.

    Raises:
        IndexError: A docnum is not below ``doc_count``.
    """
    if not docnums:
        return np.empty(0, np.int64), np.empty(0, np.float64)
    if len(docnums) == 1:
        return docnums[0], scores[0].astype(np.float64)
    sizes = list(map(len, docnums))
    if not is_dense(sizes, doc_count):
        if len(sizes) == 2:
            short, long = (0, 1) if sizes[0] < sizes[1] else (1, 0)
            return _merged(docnums[long], scores[long], docnums[short], scores[short])
        return _sorted_sums(np.concatenate(docnums), np.concatenate(scores))
    present = np.zeros(doc_count, np.bool_)
    for some in docnums:
        present[some] = True
    found = present.nonzero()[0]
    return found, dense_sums(docnums, scores, doc_count).take(found)


def _merged(
    long: Int64Array, long_scores: NumberArray, short: Int64Array, short_scores: NumberArray
) -> tuple[Int64Array, Float64Array]:
    """Add the few of one list to the many of another."""
    sums = long_scores.astype(np.float64)
    places, found = find(short, long)
    both = found.nonzero()[0]
    sums[places.take(both)] += short_scores.take(both)
    if len(both) == len(short):
        return long, sums
    rest = (~found).nonzero()[0]
    inserted = long.searchsorted(short.take(rest)) + np.arange(len(rest))
    kept = np.ones(len(long) + len(rest), np.bool_)
    kept[inserted] = False
    merged, merged_sums = np.empty(len(kept), np.int64), np.empty(len(kept))
    merged[inserted], merged_sums[inserted] = short.take(rest), short_scores.take(rest)
    merged[kept], merged_sums[kept] = long, sums
    return merged, merged_sums


def _sorted_sums(docnums: Int64Array, scores: NumberArray) -> tuple[Int64Array, Float64Array]:
    if not len(docnums):
        return docnums, scores.astype(np.float64)
    order = docnums.argsort(kind="stable")
    docnums = docnums.take(order)
    first = np.empty(len(docnums), np.bool_)
    first[0] = True
    np.not_equal(docnums[1:], docnums[:-1], out=first[1:])
    starts = first.nonzero()[0]
    sums = np.add.reduceat(scores.take(order), starts, dtype=np.float64)
    return docnums.take(starts), sums
