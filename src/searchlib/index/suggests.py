"""The part of the facade that helps people to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

from searchlib.arguments import whole_number
from searchlib.errors import QueryError
from searchlib.index.changes import Changes
from searchlib.query.parser import ParsedQuery, QueryParser
from searchlib.schema.typing import M
from searchlib.search.answer import FEW_HITS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from searchlib.query.filters import Condition
    from searchlib.query.parser import Match
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.completion import Completion
    from searchlib.search.searcher import Searcher
    from searchlib.search.suggestions import Suggestion
    from searchlib.whoosh_compat.any_query import Filters


class Suggests(Changes[M]):
    """What an :class:`searchlib.Index` does for those who type; it is that and nothing else."""

    _parser: QueryParser

    def suggest(
        self,
        text: str,
        *,
        match: Match = "all",
        filter: Filters | None = None,  # noqa: A002 - as in search()
    ) -> Suggestion | None:
        """Find the query that may have been meant by another (docs/suggestions.md).

        Words of which the archive has none, or few, are replaced by those that are likely to be
        meant and go together; so are labels and names of fields. Two words that are one are put
        together, and one that is two is taken apart.

        Args:
            text: A query string. It is read leniently.
            match: As for :meth:`search`.
            filter: As for :meth:`search`: what the suggestion finds must match it.

        Returns:
            The other query, which can be searched as it is, and how many documents it finds, at
            least one, and no fewer than the one given; ``None`` if there is nothing to suggest.

        Raises:
            QueryError: ``text`` is no string, or the filter is wrong.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        if not isinstance(text, str):
            raise QueryError(f"expected a query string, got {text!r:.80}")
        also = self._filters.all(filter, lenient=True).conditions
        queries = [one.query for one in also]
        return self._suggestion(text, match, queries, self._searcher, self.schema)

    def complete(
        self,
        text: str,
        *,
        limit: int = 8,
        filter: Filters | None = None,  # noqa: A002 - as in search()
    ) -> list[Completion]:
        """Complete what someone is typing (docs/suggestions.md).

        Args:
            text: The beginning of a query. Accents and capitals make no difference.
            limit: How many completions to give at most; up to 100.
            filter: As for :meth:`search`: each completion finds what matches it.

        Returns:
            Words and phrases, those used most first, then labels and titles. The query of each can
            be searched as it is, and finds something.

        Raises:
            QueryError: ``text`` is no string, ``limit`` is out of bounds, or the filter is wrong.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        from searchlib.search.completion import MOST, Completer

        if not isinstance(text, str):
            raise QueryError(f"expected the beginning of a query, got {text!r:.80}")
        limit = whole_number("limit", limit, 0, error=QueryError)
        if limit > MOST:
            raise QueryError(f"expected limit to be at most {MOST}, got {limit}")
        also = self._filters.all(filter, lenient=True).conditions
        conditions, searcher = [one.query for one in also], self._searcher

        def count(query: Query) -> int:
            return searcher.top(self._widened(query, self.schema), 0, conditions).total

        def best(query: Query, most: int) -> list[int]:
            found: list[int] = searcher.top(query, most, conditions).docnums.tolist()
            return found

        def stored(docnum: int) -> dict[str, Any]:
            return searcher.shown[docnum].values

        every = not conditions and searcher.snapshot.doc_count == searcher.snapshot.doc_count_all
        completer = Completer(searcher.words, self._parser, count, best, stored, every=every)
        return completer.complete(text, limit)

    def _suggesting(
        self,
        query: object,
        total: int,
        match: Match,
        conditions: Sequence[Condition],
        schema: DocumentSchema,
        *,
        synonyms: bool,
    ) -> Callable[[], Suggestion | None] | None:
        """Give what finds a suggestion for a search that found few documents; else ``None``."""
        if total > FEW_HITS or not isinstance(query, str):
            return None
        if not self.in_folder:  # the words of a server are not known here
            return None
        searcher, queries = self._local.current.last(), [one.query for one in conditions]
        # Results keep the commit, and neither a searcher nor what it knows.
        known, again = ref(searcher), searcher.again()
        return lambda: self._suggestion(
            query, match, queries, known() or again(), schema, synonyms=synonyms
        )

    def _suggestion(
        self,
        text: str,
        match: Match,
        conditions: Sequence[Query],
        searcher: Searcher,
        schema: DocumentSchema,
        *,
        synonyms: bool = True,
    ) -> Suggestion | None:
        from searchlib.search.suggestions import Suggester

        parser, searcher = self._parser_for(schema), self._local.asking(searcher, schema)

        def count(query: str, *, lenient: bool = False) -> int:
            try:
                read = parser.parse(query, match, lenient=lenient).query
                wanted = self._widened(read, schema) if synonyms else read
                return searcher.top(wanted, 0, conditions).total
            except QueryError:  # it can't be read or evaluated, so nothing is found
                return 0

        read = parser.parse(text, match, lenient=True).query
        suggester = Suggester(searcher.words, schema, count, parser.closed)
        return suggester.suggest(text, read, count(text, lenient=True))

    def _widened(self, query: Query, schema: DocumentSchema) -> Query:
        """Let the words of a query also find their synonyms, as a search does."""
        return self._with_synonyms(ParsedQuery(query), schema).query

    def _parser_for(self, schema: DocumentSchema) -> QueryParser:
        """Give what reads queries for fields as a search looks into them."""
        if schema is self.schema:
            return self._parser
        return QueryParser(schema, clock=self._clock)
