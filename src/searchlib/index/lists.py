"""The part of the facade that goes through all hits, and through lists of queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from searchlib.arguments import flag, one_of, whole_number
from searchlib.errors import QueryError
from searchlib.index.compares import Compares
from searchlib.query.parser import ParsedQuery
from searchlib.query.tree import MatchAll
from searchlib.schema.typing import M
from searchlib.search.answer import SearchRequest
from searchlib.search.fields_searched import searching
from searchlib.search.typos import TYPOS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.query.parser import Match
    from searchlib.query.tree import Query
    from searchlib.search.batches import BatchRow
    from searchlib.search.concordance import Concordance, LineOrder
    from searchlib.search.fields_searched import FieldsSearched
    from searchlib.search.typos import Typos
    from searchlib.whoosh_compat.any_query import Filters
    from searchlib.whoosh_compat.queries import WhooshObject


class Lists(Compares[M]):
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
        fields: FieldsSearched | None = None,
        synonyms: bool = True,
        typos: Typos = "off",
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
            fields: As for :meth:`search`.
            synonyms: As for :meth:`search`.
            typos: As for :meth:`search`.

        Returns:
            The lines, to be iterated or written as CSV or JSON. They are read as they are needed.

        Raises:
            QueryError: As for :meth:`search`; or ``sort`` is "date", and documents have none.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        from searchlib.search.concordance import LINE_ORDERS, MOST_WIDTH, Concordance, LineReader
        from searchlib.search.order import Sort
        from searchlib.search.trend import date_field

        width = whole_number("width", width, 0, error=QueryError)
        if width > MOST_WIDTH:
            raise QueryError(f"expected width to be at most {MOST_WIDTH:,}, got {width}")
        if limit is not None:
            limit = whole_number("limit", limit, 0, instead="None for all", error=QueryError)
        if sort is not None:
            one_of("sort", sort, LINE_ORDERS, error=QueryError)
        by_date = (Sort(date_field(self.schema, None), descending=False),) if sort == "date" else ()
        self._backend.look()
        schema = searching(self.schema, fields)
        parsed = self._read(query, schema, match, lenient=lenient, synonyms=synonyms, typos=typos)
        also = self._filters.all(filter, lenient=lenient)
        request = SearchRequest(
            parsed=parsed,
            conditions=also.conditions,
            notes=also.notes,
            limit=None,
            order=by_date,
        )
        found = self._backend.every(request, schema)
        reader = LineReader(self.schema, parsed.query, tuple(schema.default_fields), width)
        return Concordance(reader, found, sort=sort, limit=limit)

    def search_many(
        self,
        queries: Iterable[str | Query | WhooshObject],
        *,
        limit: int = 10,
        match: Match = "all",
        lenient: bool = False,
        phrases: bool = False,
        filter: Filters | None = None,  # noqa: A002 - as in search()
        fields: FieldsSearched | None = None,
        synonyms: bool = True,
        typos: Typos = "off",
    ) -> Iterator[BatchRow[M]]:
        """Answer a list of queries one after another (docs/lists.md).

        Each row has what :meth:`search` finds for its query, all over one commit, or on a server
        of one moment. A query that is wrong has its error in its row, and the others are answered.
        Queries are read as they are needed, so a list may be of any length; on a server a hundred
        at a time.

        Args:
            queries: The queries, each as for :meth:`search`.
            limit: The maximum number of hits of each; 0 to count only.
            match: As for :meth:`search`; not "any" with ``phrases``.
            lenient: As for :meth:`search`.
            phrases: Whether each query is a name to be found word for word, in which nothing is an
                operator.
            filter: As for :meth:`search`, for all queries.
            fields: As for :meth:`search`.
            synonyms: As for :meth:`search`.
            typos: As for :meth:`search`.

        Returns:
            A row for each query, in the order of the list.

        Raises:
            QueryError: The filter or another argument is wrong, for all queries.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        from searchlib.search.batches import phrase_of

        if isinstance(queries, str):
            raise QueryError(f"expected several queries, got one string, {queries!r:.80}")
        if not isinstance(queries, Iterable):
            raise QueryError(f"expected a list of queries, got {queries!r:.80}")
        flag("phrases", phrases, error=QueryError)
        limit = whole_number("limit", limit, 0, error=QueryError)
        one_of("match", match, ("all", "any"), error=QueryError)
        flag("synonyms", synonyms, error=QueryError)
        if one_of("typos", typos, TYPOS, error=QueryError) == "auto":
            self._searcher  # noqa: B018 - raises what is not an error of one query alone
        if phrases and match == "any":
            raise QueryError(
                "expected phrases or match 'any', got both: a name is found word for word"
            )
        schema = searching(self.schema, fields)
        self._backend.look()
        also = self._filters.all(filter, lenient=lenient)

        def asking(parsed: ParsedQuery) -> SearchRequest:
            return SearchRequest(
                parsed=parsed,
                conditions=also.conditions,
                notes=also.notes,
                limit=limit,
                lenient=lenient,
            )

        def ask(query: object) -> SearchRequest:
            given = phrase_of(query) if phrases else query
            return asking(
                self._read(given, schema, match, lenient=lenient, synonyms=synonyms, typos=typos)
            )

        return self._backend.search_many(queries, ask, asking(ParsedQuery(MatchAll())), schema)
