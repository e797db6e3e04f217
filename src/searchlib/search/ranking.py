"""Which documents of a query come first? By kernel where that can be, else by a collector."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from searchlib.postings import Place, ordered_documents
from searchlib.search.collectors import TopDocsCollector, collect
from searchlib.search.matcher import TopDocs
from searchlib.search.order import SCORE, Order, Sort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.schema.models import DocumentSchema
    from searchlib.search.collectors import Collector
    from searchlib.search.matcher import Matcher
    from searchlib.search.order_keys import OrderKeys
    from searchlib.search.sorting import After, SortedCollector
    from searchlib.storage.snapshot import Snapshot

BY_SCORE: Final[Order] = (Sort(SCORE, descending=True),)


def first_documents(
    matcher: Matcher,
    k: int,
    order: Order,
    after: After | None,
    collectors: Sequence[Collector],
    *,
    schema: DocumentSchema,
    keys: OrderKeys,
) -> TopDocs:
    """Find the first documents in an order, or the first behind a place in it.

    Args:
        matcher: Which documents.
        k: How many at most.
        order: What they are sorted by; nothing for the best scores first.
        after: The place; ``None`` for the beginning.
        collectors: What else takes the documents, all of them.
        schema: Their fields.
        keys: What kernels compare them by.
    """
    found = None if collectors else _by_kernel(matcher, k, order, after, keys)
    if found is not None:
        return found
    best: SortedCollector | TopDocsCollector
    if order or after:
        from searchlib.search.sorting import SortedCollector

        best = SortedCollector(schema, k, order or BY_SCORE, after)
    else:
        best = TopDocsCollector(k)
    collect(matcher, [best, *collectors])
    return best.best


def _by_kernel(
    matcher: Matcher, k: int, order: Order, after: After | None, orders: OrderKeys
) -> TopDocs | None:
    """Do so for the best score, one field of numbers, or both; ``None`` for other orders.

    Kernels know nothing of places in another commit.
    """
    if not order and after is None:
        return matcher.top_k(k)
    scored = order[1:] == BY_SCORE
    if (len(order) > 1 and not scored) or (after is not None and after.docnum is None):
        return None
    keys = orders.of(order[0]) if order and not order[0].is_score else None
    if order and keys is None:
        return None
    place = None if after is None else _place(after, order, orders)
    starts = matcher.index.starts
    return TopDocs(*ordered_documents(matcher.plan(), starts, k, keys, place, scored=scored))


def _place(after: After, order: Order, orders: OrderKeys) -> Place:
    """Say for kernels where a document of this commit is in an order."""
    assert after.docnum is not None
    key = orders.at(order[0], after.values[0]) if order else 0
    score = after.values[-1] if len(order) != 1 else 0.0
    assert isinstance(score, float)
    return Place(key, score, after.docnum)


def moved(
    after: After | None, order: Order, matcher: Matcher, snapshot: Snapshot, key_field: str
) -> After | None:
    """Move a place that was in another commit to the score that its document has in this one.

    Args:
        after: The place; ``None`` for the beginning.
        order: What documents are sorted by.
        matcher: Which documents, with their scores.
        snapshot: The commit.
        key_field: The name of the key field.

    Returns:
        The place, unchanged if the document is gone or no score is in the order.
    """
    if after is None or after.docnum is not None:
        return after
    by_score = [sort.is_score for sort in order or BY_SCORE]
    found = snapshot.find_key(key_field, after.key) if any(by_score) else None
    if found is None:
        return after
    docnum = found[0].first + found[1]
    docnums, scores = matcher.matches()
    at = int(docnums.searchsorted(docnum))
    if at == len(docnums) or docnums[at] != docnum:
        return after
    score = scores.item(at)
    values = (
        score if is_score else value for is_score, value in zip(by_score, after.values, strict=True)
    )
    return replace(after, values=tuple(values))
