"""What is asked for in a search, and what is the answer?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from searchlib.errors import QueryError
from searchlib.query.filters import Condition
from searchlib.query.notes import Note
from searchlib.query.parser import ParsedQuery
from searchlib.search.neighbours import BEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.search.collapse import Collapse
    from searchlib.search.cursors import Cursor
    from searchlib.search.facets.requests import FacetRequest
    from searchlib.search.facets.values import FacetResult
    from searchlib.search.left_out import LeftOut
    from searchlib.search.neighbours import Rerank
    from searchlib.search.order import Order
    from searchlib.search.recency import Recency
    from searchlib.search.searcher import Searcher
    from searchlib.search.similar import Likeness

FEW_HITS: Final = 5
"""A search that finds no more than so many articles has a suggestion, if there is one."""

MOVED_ON: Final = (
    "the index has changed since the page before, whose commit is gone: hits go on behind the "
    "place of its last one, so some may come again, and what has changed its place may be missed"
)


@dataclass(slots=True, kw_only=True)  # frozen, it would take thrice as long to make
class SearchRequest:
    """What is asked for: which documents, which of them, in which order.

    Attributes:
        parsed: What to look for.
        conditions: What hits must match besides, without a part in the score; each with the field
            that it is a filter on.
        notes: Remarks on the conditions.
        offset: How many of the best hits come before those that are wanted.
        limit: How many hits are wanted at most; ``None`` for all that follow.
        order: What to sort by instead of scores.
        boosts: What new documents get more for.
        cursor: The last hit of the page before; ``None`` for the first page.
        collapse: Of which groups of documents only the best are wanted.
        rerank: What the best hits are put in another order by.
        lenient: Whether a query that can't be evaluated finds nothing, with a note.
        facets: What is to be counted of all hits, by the names of what is found.
    """

    parsed: ParsedQuery
    conditions: tuple[Condition, ...] = ()
    notes: tuple[Note, ...] = ()
    offset: int = 0
    limit: int | None = 10
    order: Order = ()
    boosts: tuple[Recency, ...] = ()
    cursor: Cursor | None = None
    collapse: Collapse | None = None
    rerank: Rerank | None = None
    lenient: bool = False
    facets: Mapping[str, FacetRequest] = field(default_factory=dict)

    def about(self, likeness: Likeness) -> SearchRequest:
        """Ask for what is similar to something, with all else that is asked for."""
        others = (Condition(None, one) for one in likeness.others)
        conditions = (*self.conditions, *others)
        return replace(self, parsed=ParsedQuery(likeness.query), conditions=conditions)

    def of_all_hits(self) -> SearchRequest:
        """Ask the same, for all hits instead of a page of them, and without facets."""
        return replace(self, offset=0, limit=None, cursor=None, facets={})


@dataclass(slots=True)
class Answer:
    """What was found.

    Attributes:
        docnums: The documents of the page, in order, by their numbers in the whole index. Shape
            (at most the limit,), int64.
        scores: Of each. Shape as docnums, float64.
        total: How many documents match, on all pages.
        notes: Remarks on the queries.
        left: How many hits come behind those of the page.
        facets: What was counted, by name.
        left_out: What is left out where only the best of each group are wanted.
    """

    docnums: Int64Array
    scores: Float64Array
    total: int
    notes: tuple[Note, ...]
    left: int
    facets: Mapping[str, FacetResult]
    left_out: LeftOut | None = None


def nothing_found(error: QueryError) -> Note:
    """Remark on a query that can't be evaluated, in a lenient search."""
    return Note("limit", f"{error}; nothing is found")


def answer(request: SearchRequest, searcher: Searcher) -> Answer:
    """Find what is asked for.

    Args:
        request: What is asked for.
        searcher: Where.

    Raises:
        QueryError: A query can't be evaluated, unless it is read leniently; or a facet is wrong.
    """
    parsed, offset = request.parsed, request.offset
    place = None if request.cursor is None else request.cursor.place_in(searcher.snapshot)
    after, one_more = place, 0
    from_first = request.collapse is not None or request.rerank is not None
    if from_first:
        # Groups are told from the first hit on, and so is another order; one hit more tells whether
        # another page follows.
        after, one_more = None, 1
        offset = request.offset if request.cursor is None else request.cursor.rank
    most = searcher.snapshot.doc_count
    last = most if request.limit is None else min(offset + request.limit, most)
    conditions = [condition for _, condition in request.conditions]
    wanted, look = request.facets, last + one_more
    if request.rerank is not None and request.limit != 0:
        look = max(look, BEST)
    try:
        found, countable = searcher.find(
            parsed.query,
            look,
            request.conditions,
            request.order,
            wanted.values(),
            boosts=request.boosts,
            after=after,
            collapse=request.collapse,
        )
    except QueryError as error:
        if not request.lenient:
            raise
        found, countable = searcher.nothing()
        hints = [nothing_found(error)]
    else:
        hints = [] if found.total else searcher.label_notes(parsed.query)
        if conditions:
            hints += searcher.filter_label_notes(conditions, hints=not found.total)
    if place is not None and place.docnum is None:
        hints.append(Note("page", MOVED_ON))
    if request.rerank is not None:
        found = searcher.smoothed(found)
    docnums, scores = found.docnums[offset:last], found.scores[offset:last]
    if not from_first:
        left = (found.total if found.left is None else found.left) - len(found.docnums)
    else:
        left = len(found.docnums[last:])
    facets: dict[str, FacetResult] = {}
    if countable is not None:
        from searchlib.search.facets.spans import gap_notes

        facets = {name: countable.count(one) for name, one in wanted.items()}
        hints += gap_notes(facets.values())
    notes = (*parsed.notes, *request.notes, *hints)
    return Answer(docnums, scores, found.total, notes, left, facets, found.left_out)
