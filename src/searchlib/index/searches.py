"""The half of the facade that searches."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from searchlib.arguments import flag, one_of, whole_number
from searchlib.backends.base import PageRequest
from searchlib.errors import QueryError
from searchlib.index.suggests import Suggests
from searchlib.query.tree import MatchAll
from searchlib.schema.typing import M
from searchlib.search.answer import SearchRequest
from searchlib.search.fields_searched import searching
from searchlib.search.neighbours import RERANKS
from searchlib.search.options import boosts_wanted, collapse_wanted, facets_wanted
from searchlib.search.order import sort_order
from searchlib.search.typos import TYPOS, with_typos
from searchlib.whoosh_compat.any_query import read_query
from searchlib.whoosh_compat.missing_arguments import tells_arguments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, Literal

    from searchlib.highlight import SnippetOptions
    from searchlib.query.filters import Condition
    from searchlib.query.notes import Note
    from searchlib.query.parser import Match, ParsedQuery
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.schema.typing import AnyKey
    from searchlib.search.collapse import Collapse
    from searchlib.search.copies import Copy
    from searchlib.search.explanation import Explanation
    from searchlib.search.facets.requests import Facets, Histogram, Unit
    from searchlib.search.fields_searched import FieldsSearched
    from searchlib.search.neighbours import Rerank
    from searchlib.search.order import SortBy
    from searchlib.search.recency import Recency
    from searchlib.search.results import Results
    from searchlib.search.trend import Trend
    from searchlib.search.typos import Typos
    from searchlib.whoosh_compat.any_query import Filters
    from searchlib.whoosh_compat.queries import WhooshObject


class Searches(Suggests[M]):
    """How an :class:`searchlib.Index` is searched; it is that and nothing else."""

    @tells_arguments
    def search(
        self,
        query: str | Query | WhooshObject,
        *,
        limit: int | None = 10,
        offset: int = 0,
        match: Match = "all",
        lenient: bool = False,
        filter: Filters | None = None,  # noqa: A002 - Whoosh's name for it
        sort: SortBy | Iterable[SortBy] | None = None,
        boost: Recency | Sequence[Recency] | None = None,
        fields: FieldsSearched | None = None,
        after: str | None = None,
        collapse: str | Collapse | None = None,
        snippets: bool | Sequence[str] | SnippetOptions = True,
        facets: Facets | None = None,
        typos: Typos = "off",
        rerank: Rerank | None = None,
        synonyms: bool = True,
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
            filter: What hits must match besides, with no effect on scores (docs/filters.md): a
                mapping of fields to values, such as ``{"source": ["AP", "BBC"]}``, with
                :class:`searchlib.Between` for a range, as a pair is two values; a second query; or
                a list of these, of which all must match.
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
            collapse: ``"copies"`` for one hit of articles that are nearly the same, or a field with
                one label for each document for one hit of each label; or a
                :class:`searchlib.Collapse` (docs/copies.md). The best of each group is the hit,
                ``hit.collapsed`` has the rest, and ``results.groups`` is the number of groups.
            snippets: Whether hits have snippets; or the fields that have them; or how they look.
            facets: What is to be counted of all hits (docs/facets.md): names of fields of labels,
                :class:`~searchlib.Terms`, :class:`~searchlib.Histogram`,
                :class:`~searchlib.Ranges`, :class:`~searchlib.Stats` and
                :class:`~searchlib.Distinct`, or a mapping of names of your own to these. ``True``
                counts the labels of every field marked ``Keyword(facet=True)``.
            typos: ``"auto"`` lets each word also find words like it, which count less: one typo in
                words of five letters and more, two from nine on (docs/suggestions.md).
            rerank: ``"neighbours"`` smooths the scores of the best hundred hits over those that are
                most like them, which helps where a topic is asked for (docs/similar.md).
            synonyms: Whether words also find their synonyms, if the index has some
                (docs/synonyms.md). The notes of the results say which were used.

        Returns:
            The hits of this page, the number of all hits, notes on the query, and the facets.

        Raises:
            QuerySyntaxError: A query string is empty or can't be read.
            QueryTooCostly: A query would take too long.
            QueryError: Another argument is wrong, for example a field that can't be sorted by.
            NoFingerprintsError: Copies can't be told, as the index was made before that.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        began = time.perf_counter()
        offset = whole_number("offset", offset, 0, error=QueryError)
        if offset and after is not None:
            raise QueryError("expected offset or after, got both: a cursor knows where it is")
        if limit is not None:
            limit = whole_number("limit", limit, 0, instead="None for all hits", error=QueryError)
        self._backend.look()
        schema = searching(self.schema, fields)
        parsed = self._read(query, schema, match, lenient=lenient, synonyms=synonyms, typos=typos)
        also = self._filters.all(filter, lenient=lenient)
        request = SearchRequest(
            parsed=parsed,
            conditions=also.conditions,
            notes=also.notes,
            offset=offset,
            limit=limit,
            order=sort_order(self.schema, sort),
            boosts=boosts_wanted(boost, self.schema),
            collapse=collapse_wanted(collapse, self.schema),
            rerank=rerank,
            lenient=lenient,
            facets=facets_wanted(facets, self.schema),
        )
        if rerank is not None:
            one_of("rerank", rerank, RERANKS, error=QueryError)
            if request.order:
                raise QueryError("expected rerank or sort, got both: it puts scores in order")
        results: Results[M] = self._backend.search(
            PageRequest(
                request=request,
                schema=schema,
                after=after,
                snippets=snippets,
                plain=fields is None and not request.boosts,
            )
        )
        results.took_ms = (time.perf_counter() - began) * 1000
        results.suggest = self._suggesting(
            query, results.total, match, also.conditions, schema, synonyms=synonyms
        )
        return results

    def count(
        self,
        query: str | Query | WhooshObject,
        *,
        match: Match = "all",
        lenient: bool = False,
        filter: Filters | None = None,  # noqa: A002 - as in search()
        fields: FieldsSearched | None = None,
        synonyms: bool = True,
        typos: Typos = "off",
    ) -> int:
        """Count the documents that match a query, without ranking them.

        Args:
            query: As for :meth:`search`, as are the others.
            match: As for :meth:`search`.
            lenient: As for :meth:`search`.
            filter: As for :meth:`search`.
            fields: As for :meth:`search`.
            synonyms: As for :meth:`search`.
            typos: As for :meth:`search`.

        Raises:
            QueryError, CorruptIndexError: As for :meth:`search`.
        """
        found = self.search(
            query,
            limit=0,
            match=match,
            lenient=lenient,
            filter=filter,
            fields=fields,
            snippets=False,
            synonyms=synonyms,
            typos=typos,
        )
        return found.total

    def trend(
        self,
        queries: str | Query | WhooshObject | Sequence[Any] | Mapping[str, Any],
        *,
        by: Unit | Literal["auto"] = "month",
        field: str | None = None,
        match: Match = "all",
        lenient: bool = False,
        filter: Filters | None = None,  # noqa: A002 - as in search()
        fields: FieldsSearched | None = None,
        synonyms: bool = True,
        typos: Typos = "off",
    ) -> Trend:
        """Compare queries over time: how many documents match each, and which share of all that is.

        Args:
            queries: A query or a list of several, as for :meth:`search`; or a mapping of names to
                queries.
            by: How long a span of time is: "year", "quarter", "month", "week", "day", "hour", or
                "auto" for what suits the time from the first to the last document.
            field: The date field that counts; by default the first of the model.
            match: As for :meth:`search`.
            lenient: As for :meth:`search`.
            filter: As for :meth:`search`. It holds for the queries, and for the documents of which
                shares are told.
            fields: As for :meth:`search`.
            synonyms: As for :meth:`search`.
            typos: As for :meth:`search`.

        Raises:
            QueryError: There is no query, or two are the same; there is no such date field; or as
                for :meth:`search`.
        """
        from searchlib.search.facets.requests import Histogram
        from searchlib.search.trend import date_field, named_queries, trend_of

        named, field = named_queries(queries), date_field(self.schema, field)
        schema = searching(self.schema, fields)
        also, counted = self._filters.all(filter, lenient=lenient), self._backend.counter(schema)

        def read(query: Any) -> ParsedQuery:
            return self._read(query, schema, match, lenient=lenient, synonyms=synonyms, typos=typos)

        def spans(query: Any, how: Histogram) -> tuple[Any, tuple[Note, ...]]:
            request = SearchRequest(
                parsed=read(query),
                conditions=also.conditions,
                notes=also.notes,
                limit=0,
                lenient=lenient,
                facets=facets_wanted({"": how}, self.schema),
            )
            notes, facets = counted(request)
            return facets[""], notes

        every, remarks = spans(MatchAll(), Histogram(field, by=by, fill=True))
        by = every.by or by
        found = {name: spans(query, Histogram(field, by=by)) for name, query in named.items()}
        return trend_of(by, every, remarks, found)

    def explain(
        self,
        query: str | Query | WhooshObject,
        key: AnyKey,
        *,
        match: Match = "all",
        lenient: bool = False,
        boost: Recency | Sequence[Recency] | None = None,
        fields: FieldsSearched | None = None,
        synonyms: bool = True,
        typos: Typos = "off",
    ) -> Explanation:
        """Tell how the score of a document comes about, part by part (docs/scoring.md).

        Args:
            query: As for :meth:`search`.
            key: The key of the document.
            match: As for :meth:`search`.
            lenient: As for :meth:`search`.
            boost: As for :meth:`search`.
            fields: As for :meth:`search`.
            synonyms: As for :meth:`search`.
            typos: As for :meth:`search`.

        Returns:
            The tree of what adds to the score; ``print`` shows it. Its value is the score, and 0
            for a document that does not match.

        Raises:
            QueryError: As for :meth:`search`.
            ArgumentError: There is no document with the key.
        """
        self._backend.look()
        schema = searching(self.schema, fields)
        parsed = self._read(query, schema, match, lenient=lenient, synonyms=synonyms, typos=typos)
        boosts = boosts_wanted(boost, self.schema)
        return self._backend.explain(parsed.query, self._key_of(key), schema, boosts)

    def copies(self, key: AnyKey) -> list[Copy]:
        """Find the articles that are nearly the same as one, the most similar first.

        The texts of those that may be are compared in full (docs/copies.md).

        Args:
            key: The key of the document.

        Raises:
            ArgumentError: There is no document with the key.
            NoFingerprintsError: Copies can't be told, as the index was made before that, or has no
                default text field.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        from searchlib.search.collapse import expect_texts

        local, searcher = self._local, self._searcher
        expect_texts(self.schema)
        return searcher.copies(local.docnum_of(self._key_of(key), searcher))

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
        return self._parser.parse(text, match, lenient=flag("lenient", lenient, error=QueryError))

    def parse_filter(
        self,
        filter: Filters | None,  # noqa: A002 - as search() calls it
        *,
        lenient: bool = False,
    ) -> tuple[Condition, ...]:
        """Read a filter as :meth:`search` does, and return its conditions.

        Args:
            filter: As for :meth:`search`.
            lenient: As for :meth:`search`.

        Returns:
            What hits must match: for each condition the field that the filter names, and the query
            tree; ``None`` as the field for what is a query already.

        Raises:
            QueryError: A field is not there or holds other values, or a query can't be read.
        """
        return self._filters.all(filter, lenient=lenient).conditions

    def _read(
        self,
        query: object,
        schema: DocumentSchema,
        match: Match,
        *,
        lenient: bool,
        synonyms: bool,
        typos: Typos,
    ) -> ParsedQuery:
        """Read a query for fields as the search looks into them.

        Its synonyms are those of the commit that was looked at last, and so are words like its own.
        """
        flag("synonyms", synonyms, error=QueryError)
        parsed = read_query(query, self._parser_for(schema), schema, match, lenient=lenient)
        if synonyms:
            parsed = self._with_synonyms(parsed, schema)
        if one_of("typos", typos, TYPOS, error=QueryError) == "auto":
            changed = with_typos(parsed.query, self._searcher.words.misspelt)
            parsed = replace(parsed, query=changed)
        return parsed
