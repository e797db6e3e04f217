"""What is asked for in a search, and what is the answer?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from searchlib.errors import QueryError
from searchlib.query.notes import Note
from searchlib.search.matcher import TopDocs

if TYPE_CHECKING:
    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.query.parser import ParsedQuery
    from searchlib.search.collapse import Collapse
    from searchlib.search.left_out import LeftOut
    from searchlib.search.searcher import Searcher


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """What is asked for: which documents, which of them, in which order.

    Attributes:
        parsed: What to look for.
        condition: What hits must match besides, without a part in the score.
        offset: How many of the best hits come before those that are wanted.
        limit: How many hits are wanted at most; ``None`` for all that follow.
        order: Fields to sort by instead of scores, each with whether the highest value comes first.
        collapse: Of which groups of documents only the best are wanted.
        lenient: Whether a query that can't be evaluated finds nothing, with a note.
    """

    parsed: ParsedQuery
    condition: ParsedQuery | None = None
    offset: int = 0
    limit: int | None = 10
    order: list[tuple[str, bool]]
    collapse: Collapse | None = None
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found.

    Attributes:
        docnums: The documents of the page, in order, by their numbers in the whole index. Shape
            (at most the limit,), int64.
        scores: Of each. Shape as docnums, float64.
        total: How many documents match, on all pages.
        notes: Remarks on the queries.
        left_out: What is left out where only the best of each group are wanted.
    """

    docnums: Int64Array
    scores: Float64Array
    total: int
    notes: tuple[Note, ...]
    left_out: LeftOut | None = None


def answer(request: SearchRequest, searcher: Searcher) -> Answer:
    """Find what is asked for.

    Args:
        request: What is asked for.
        searcher: Where.

    Raises:
        QueryError: A query can't be evaluated. Not if it is read leniently.
    """
    parsed, condition, offset = request.parsed, request.condition, request.offset
    most = searcher.snapshot.doc_count
    last = most if request.limit is None else min(offset + request.limit, most)
    also = None if condition is None else condition.query
    try:
        found = searcher.top(parsed.query, last, also, request.order, collapse=request.collapse)
    except QueryError as error:
        if not request.lenient:
            raise
        found, hints = TopDocs.none(), [Note("limit", f"{error}; nothing is found")]
    else:
        hints = [] if found.total else searcher.label_notes(parsed.query)
    read = parsed.notes if condition is None else (*parsed.notes, *condition.notes)
    notes = (*read, *hints)
    docnums, scores = found.docnums[offset:], found.scores[offset:]
    return Answer(docnums, scores, found.total, notes, found.left_out)
