"""The half of the facade that searches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from searchlib.arguments import key_of, whole_number
from searchlib.errors import ArgumentError, QueryError
from searchlib.index.changes import Changes
from searchlib.schema.typing import M
from searchlib.search.answer import SearchRequest, answer
from searchlib.search.collapse import collapse_of
from searchlib.search.fetching import HitFetcher
from searchlib.search.results import Results, hits_of
from searchlib.search.sorting import sort_order
from searchlib.whoosh_compat.any_query import read_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.highlight import SnippetOptions
    from searchlib.query.parser import Match, ParsedQuery, QueryParser
    from searchlib.query.tree import Query
    from searchlib.search.collapse import Collapse
    from searchlib.search.copies import Copy
    from searchlib.search.explanation import Explanation
    from searchlib.search.searcher import Searcher
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
        sort: str | Sequence[str] | None = None,
        collapse: str | Collapse | None = None,
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
            sort: The name of a field to sort by instead of by score, or several names, the most
                important first. A "-" before a name puts the highest value first. Fields must be
                dates or numbers marked ``sortable``.
            collapse: ``"copies"`` for one hit of articles that are nearly the same, or a field with
                one label for each document for one hit of each label; or a
                :class:`searchlib.Collapse` (docs/copies.md). The best of each group is the hit,
                ``hit.collapsed`` has the rest, and ``results.groups`` is the number of groups.
            snippets: Whether hits have snippets; or the fields that have them; or how they look.

        Returns:
            The hits of this page, the number of all hits, and notes on the query.

        Raises:
            QuerySyntaxError: A query string is empty or can't be read.
            QueryTooCostly: A query would take too long.
            QueryError: Another argument is wrong, for example a field that can't be sorted by.
            NoFingerprintsError: Copies can't be told, as the index was made before that.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        began = time.perf_counter()
        offset = whole_number("offset", offset, 0, error=QueryError)
        if limit is not None:
            limit = whole_number("limit", limit, 0, instead="None for all hits", error=QueryError)
        parsed = self._read(query, match, lenient=lenient)
        request = SearchRequest(
            parsed=parsed,
            condition=None if filter is None else self._read(filter, lenient=lenient),
            offset=offset,
            limit=limit,
            order=sort_order(self.schema, sort),
            collapse=collapse_of(collapse, self.schema),
            lenient=lenient,
        )
        searcher = self._current.get()
        source = HitFetcher(searcher.snapshot, searcher.shown, self.schema, parsed.query, snippets)
        found = answer(request, searcher)
        hits = hits_of(found.docnums, found.scores, offset + 1, source, found.left_out)
        took_ms = (time.perf_counter() - began) * 1000
        return Results(hits, found.total, took_ms, found.notes, found.left_out)

    def explain(
        self,
        query: str | Query | WhooshObject,
        key: str,
        *,
        match: Match = "all",
        lenient: bool = False,
    ) -> Explanation:
        """Tell how the score of a document comes about, part by part (docs/scoring.md).

        Args:
            query: As for :meth:`search`.
            key: The key of the document.
            match: As for :meth:`search`.
            lenient: As for :meth:`search`.

        Returns:
            The tree of what adds to the score; ``print`` shows it. Its value is the score, and 0
            for a document that does not match.

        Raises:
            QueryError: As for :meth:`search`.
            ArgumentError: There is no document with the key.
        """
        parsed = self._read(query, match, lenient=lenient)
        searcher = self._current.get()
        return searcher.explain(parsed.query, self._docnum_of(key, searcher))

    def copies(self, key: str) -> list[Copy]:
        """Find the articles that are nearly the same as one, the most similar first.

        The texts of those that may be are compared in full (docs/copies.md).

        Args:
            key: The key of the document.

        Raises:
            ArgumentError: There is no document with the key.
            NoFingerprintsError: Copies can't be told, as the index was made before that.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        searcher = self._current.get()
        return searcher.copies(self._docnum_of(key, searcher))

    def _docnum_of(self, key: str, searcher: Searcher) -> int:
        """Find the number, in the whole index, of the document with a key."""
        found = searcher.snapshot.find_key(self.schema.key.name, key_of(key))
        if found is None:
            raise ArgumentError(f"expected the key of a document of the index, got {key!r:.80}")
        segment, docnum = found
        return segment.first + docnum

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
