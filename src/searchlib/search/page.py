"""Which hits are on a page of the results?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from searchlib.errors import QueryError
from searchlib.query.notes import Note
from searchlib.search.matcher import TopDocs
from searchlib.search.results import Hit, hits_of

if TYPE_CHECKING:
    from searchlib.query.parser import ParsedQuery
    from searchlib.search.results import HitSource
    from searchlib.search.searcher import Searcher


class Page(NamedTuple):
    """A part of the results, in some order.

    Attributes:
        offset: How many of the best hits come before it.
        limit: How many hits it has at most; ``None`` for all that follow.
        order: Fields to sort by instead of scores, each with whether the highest value comes first.
    """

    offset: int
    limit: int | None
    order: list[tuple[str, bool]]

    def of(
        self,
        searcher: Searcher,
        parsed: ParsedQuery,
        condition: ParsedQuery | None,
        source: HitSource,
        *,
        lenient: bool,
    ) -> tuple[tuple[Hit[Any], ...], int, tuple[Note, ...]]:
        """Find the hits of the page.

        Args:
            searcher: Where.
            parsed: What to look for.
            condition: What hits must match besides, without a part in the score.
            source: Where hits get what they show.
            lenient: Whether a query that can't be evaluated finds nothing, with a note.

        Returns:
            The hits, the number of all that match, and the notes on the queries.

        Raises:
            QueryError: The query can't be evaluated. Not if ``lenient``.
        """
        most = searcher.snapshot.doc_count
        last = most if self.limit is None else min(self.offset + self.limit, most)
        also = None if condition is None else condition.query
        try:
            found = searcher.top(parsed.query, last, also, self.order)
        except QueryError as error:
            if not lenient:
                raise
            found, hints = TopDocs.none(), [Note("limit", f"{error}; nothing is found")]
        else:
            hints = [] if found.total else searcher.label_notes(parsed.query)
        docnums, scores = found.docnums[self.offset :], found.scores[self.offset :]
        read = parsed.notes if condition is None else (*parsed.notes, *condition.notes)
        return hits_of(docnums, scores, self.offset + 1, source), found.total, (*read, *hints)
