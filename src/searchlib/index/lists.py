"""The part of the facade that goes through all hits, and through lists of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.arguments import one_of, whole_number
from searchlib.errors import QueryError
from searchlib.index.searches import Searches
from searchlib.schema.typing import M

if TYPE_CHECKING:
    from searchlib.query.parser import Match
    from searchlib.query.tree import Query
    from searchlib.search.concordance import Concordance, LineOrder
    from searchlib.whoosh_compat.any_query import Filters
    from searchlib.whoosh_compat.queries import WhooshObject


class Lists(Searches[M]):
    """How an :class:`searchlib.Index` answers with long lists; it is that and nothing else."""

    def concordance(
        self,
        query: str | Query | WhooshObject,
        *,
        width: int = 40,
        sort: LineOrder | None = None,
        limit: int | None = None,
        match: Match = "all",
        lenient: bool = False,
        filter: Filters | None = None,  # noqa: A002 - as in search()
    ) -> Concordance:
        """Find every occurrence of what a query looks for, each in its line (docs/concordance.md).

        It takes all hits, and in each all that a snippet would mark. A phrase is one occurrence,
        and so are words that the query wants close together.

        Args:
            query: As for :meth:`search`.
            width: How many characters of text there are on each side at most; up to 10,000.
            sort: "left" for the order of the words before the match, the nearest first; "right" for
                that of the words behind it; "date" for the oldest documents first, and those
                without a date last; ``None`` for documents as they were added.
            limit: How many lines there are at most; ``None`` for all.
            match: As for :meth:`search`.
            lenient: As for :meth:`search`.
            filter: As for :meth:`search`.

        Returns:
            The lines, to be iterated or written as CSV or JSON. They are read as they are needed.

        Raises:
            QueryError: As for :meth:`search`; or ``sort`` is "date", and documents have none.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        from searchlib.search.concordance import LINE_ORDERS, MOST_WIDTH, Concordance, LineReader
        from searchlib.search.order import Sort
        from searchlib.search.trend import date_field

        width = min(whole_number("width", width, 0, error=QueryError), MOST_WIDTH)
        if limit is not None:
            limit = whole_number("limit", limit, 0, instead="None for all", error=QueryError)
        if sort is not None:
            one_of("sort", sort, LINE_ORDERS, error=QueryError)
        schema, parsed = self._read(query, match, lenient=lenient)
        also, searcher = self._filters.all(filter, lenient=lenient), self._searcher
        conditions = [one.query for one in also.conditions]
        if sort == "date":
            order = (Sort(date_field(self.schema, None), descending=False),)
            every = searcher.snapshot.doc_count
            docnums = searcher.top(parsed.query, every, conditions, order).docnums
        else:
            docnums = searcher.matching(parsed.query, conditions)
        reader = LineReader(
            searcher.snapshot, self.schema, parsed.query, tuple(schema.default_fields), width
        )
        return Concordance(reader, docnums, (*parsed.notes, *also.notes), sort=sort, limit=limit)
