"""The half of the facade that searches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from searchlib.arguments import key_of, whole_number
from searchlib.errors import ArgumentError, QueryError
from searchlib.index.changes import Changes
from searchlib.query.parser import QueryParser
from searchlib.schema.typing import M
from searchlib.search.answer import SearchRequest, answer
from searchlib.search.fetching import HitFetcher
from searchlib.search.fields_searched import searching
from searchlib.search.order import sort_order
from searchlib.search.pages import Pages
from searchlib.search.recency import boosts_of
from searchlib.search.results import Results, hits_of
from searchlib.whoosh_compat.any_query import read_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from searchlib.highlight import SnippetOptions
    from searchlib.query.parser import Match, ParsedQuery
    from searchlib.query.tree import Query
    from searchlib.search.explanation import Explanation
    from searchlib.search.fields_searched import FieldsSearched
    from searchlib.search.order import SortBy
    from searchlib.search.recency import Recency
    from searchlib.whoosh_compat.queries import WhooshObject


class Searches(Changes[M]):
    """How an :class:`searchlib.Index` is searched; it is that and nothing else."""

    _parser: QueryParser

    def search(
        self,
        query: str | Query | WhooshObject,
        *,
        limit: int | None = 10,
        offset: int = 0,
        match: Match = "all",
        lenient: bool = False,
        filter: str | Query | WhooshObject | None = None,  # noqa: A002 - Whoosh's name for it
        sort: SortBy | Iterable[SortBy] | None = None,
        boost: Recency | Sequence[Recency] | None = None,
        fields: FieldsSearched | None = None,
        after: str | None = None,
        snippets: bool | Sequence[str] | SnippetOptions = True,
    ) -> Results[M]:
        """Find documents, best first.

        Args:
            query: A string (docs/queries.md), a query of :mod:`searchlib.query`, or one of Whoosh.
            limit: The maximum number of hits to return; ``None`` for all.
            offset: How many of the best hits to skip: 10 for the second page of ten.
            match: Whether a document must have all words that no operator joins ("all"), or any
                of them ("any", for sentences). It has an effect on strings only.
            lenient: Whether to read any string as well as possible instead of raising an error. The
                notes of the results say what was ignored or changed.
            filter: A second query that hits must match. It has no effect on scores.
            sort: What to sort by instead of by score, the most important first: names of dates and
                numbers marked ``sortable``, of labels and the key, or "score", with "-" before a
                name for the highest value first; or a :class:`Sort`, which also puts documents
                without a value first.
            boost: A factor on the scores that depends on the age of a document, or several.
            fields: The text fields to search where the query names none, if not those of the model;
                or a mapping of them to their weights.
            after: The ``next`` of the results of the page before, to get the page behind that. All
                other arguments that tell hits or their order must be the same. The page is of the
                same commit, unless that is gone; then the notes of the results say so.
            snippets: Whether hits have snippets; or the fields that have them; or how they look.

        Returns:
            The hits of this page, the number of all hits, and notes on the query.

        Raises:
            QuerySyntaxError: A query string is empty or can't be read.
            QueryTooCostly: A query would take too long.
            QueryError: Another argument is wrong, for example a field that can't be sorted by.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        began = time.perf_counter()
        offset = whole_number("offset", offset, 0, error=QueryError)
        if offset and after is not None:
            raise QueryError("expected offset or after, got both: a cursor knows where it is")
        if limit is not None:
            limit = whole_number("limit", limit, 0, instead="None for all hits", error=QueryError)
        schema = searching(self.schema, fields)
        parser = self._parser if fields is None else QueryParser(schema, clock=self._clock)
        parsed = read_query(query, parser, schema, match, lenient=lenient)
        request = SearchRequest(
            parsed=parsed,
            condition=None if filter is None else self._read(filter, lenient=lenient),
            offset=offset,
            limit=limit,
            order=sort_order(self.schema, sort),
            boosts=boosts_of(boost, self.schema),
            lenient=lenient,
        )
        plain = fields is None and not request.boosts
        pages = Pages(request, schema, self._current, self._clock, plain=plain)
        request, searcher = pages.begin(after)
        source = HitFetcher(
            searcher.snapshot,
            searcher.shown,
            self.schema,
            parsed.query,
            snippets,
            schema.default_fields,
        )
        found = answer(request, searcher)
        first = 1 + (offset if request.cursor is None else request.cursor.rank)
        hits = hits_of(found.docnums, found.scores, first, source)
        following = pages.following(found, first, searcher.snapshot)
        took_ms = (time.perf_counter() - began) * 1000
        return Results(hits, found.total, took_ms, found.notes, following)

    def explain(
        self,
        query: str | Query | WhooshObject,
        key: str,
        *,
        match: Match = "all",
        lenient: bool = False,
        boost: Recency | Sequence[Recency] | None = None,
        fields: FieldsSearched | None = None,
    ) -> Explanation:
        """Tell how the score of a document comes about, part by part (docs/scoring.md).

        Args:
            query: As for :meth:`search`.
            key: The key of the document.
            match: As for :meth:`search`.
            lenient: As for :meth:`search`.
            boost: As for :meth:`search`.
            fields: As for :meth:`search`.

        Returns:
            The tree of what adds to the score; ``print`` shows it. Its value is the score, and 0
            for a document that does not match.

        Raises:
            QueryError: As for :meth:`search`.
            ArgumentError: There is no document with the key.
        """
        schema = searching(self.schema, fields)
        parser = self._parser if fields is None else QueryParser(schema, clock=self._clock)
        parsed = read_query(query, parser, schema, match, lenient=lenient)
        boosts = boosts_of(boost, self.schema)
        searcher = self._current.get()
        if fields is not None:
            searcher = searcher.asking_with(schema, self._clock)
        found = searcher.snapshot.find_key(self.schema.key.name, key_of(key))
        if found is None:
            raise ArgumentError(f"expected the key of a document of the index, got {key!r:.80}")
        segment, docnum = found
        return searcher.explain(parsed.query, segment.first + docnum, boosts)

    def parse(self, text: str, *, match: Match = "all", lenient: bool = False) -> Query:
        """Read a query string as :meth:`search` does, and return its query tree.

        Args:
            text: The query string.
            match: As for :meth:`search`.
            lenient: As for :meth:`search`.

        Raises:
            QuerySyntaxError: The string is empty or can't be read, unless ``lenient``.
            QueryTooCostly: The string is too long or nested too deeply, unless ``lenient``.
            QueryError: ``text`` is not a string, or ``match`` is neither "all" nor "any".
        """
        return self.parse_with_notes(text, match=match, lenient=lenient).query

    def parse_with_notes(
        self, text: str, *, match: Match = "all", lenient: bool = False
    ) -> ParsedQuery:
        """Read a query string as :meth:`parse` does, and return the notes on it as well."""
        return self._parser.parse(text, match, lenient=lenient)

    def _read(self, query: object, match: Match = "all", *, lenient: bool = False) -> ParsedQuery:
        return read_query(query, self._parser, self.schema, match, lenient=lenient)
