"""The part of the facade that compares documents with each other."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from searchlib.arguments import whole_number
from searchlib.backends.base import PageRequest
from searchlib.errors import QueryError
from searchlib.index.searches import Searches
from searchlib.query.parser import ParsedQuery
from searchlib.query.tree import MatchAll
from searchlib.schema.typing import M
from searchlib.search.answer import SearchRequest
from searchlib.search.fields_searched import searching
from searchlib.search.options import collapse_wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.highlight import SnippetOptions
    from searchlib.query.parser import Match
    from searchlib.query.tree import Query
    from searchlib.schema.typing import AnyKey
    from searchlib.search.collapse import Collapse
    from searchlib.search.fields_searched import FieldsSearched
    from searchlib.search.results import Results
    from searchlib.search.significant import SignificantTerms
    from searchlib.search.typos import Typos
    from searchlib.whoosh_compat.any_query import Filters
    from searchlib.whoosh_compat.queries import WhooshObject


class Compares(Searches[M]):
    """How documents of an :class:`searchlib.Index` are compared; it is that and nothing else."""

    def similar(
        self,
        key_or_text: AnyKey,
        *,
        limit: int | None = 10,
        offset: int = 0,
        filter: Filters | None = None,  # noqa: A002 - as in search()
        collapse: str | Collapse | None = None,
        snippets: bool | Sequence[str] | SnippetOptions = True,
    ) -> Results[M]:
        """Find the documents that are most like one, or like a text (docs/similar.md).

        The thirty terms that tell most about it are looked for; a document that has any of them is
        a hit. The document itself and its copies are left out; on a server copies are not known.
        ``hit.shared`` has the words that make a hit similar.

        Args:
            key_or_text: The key of a document; or, if there is none with that key, a text of at
                least two words, which is compared as if it were a document.
            limit: As for :meth:`search`, as are the others.
            offset: As for :meth:`search`.
            filter: As for :meth:`search`.
            collapse: As for :meth:`search`.
            snippets: As for :meth:`search`.

        Returns:
            As of :meth:`search`. Further pages are had by ``offset``: there is no ``next``.

        Raises:
            ArgumentError: It is neither the key of a document nor a text.
            QueryError: Another argument is wrong.
            NoFingerprintsError: As for :meth:`search`, with ``collapse``. Without, the copies in an
                index that was made before fingerprints are not left out.
            UnsupportedError: ``collapse`` is "copies", and the index is on a server.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        began = time.perf_counter()
        offset = whole_number("offset", offset, 0, error=QueryError)
        if limit is not None:
            limit = whole_number("limit", limit, 0, instead="None for all hits", error=QueryError)
        self._backend.look()
        also = self._filters.all(filter, lenient=False)
        request = SearchRequest(
            parsed=ParsedQuery(MatchAll()),  # its terms take the place of this
            conditions=also.conditions,
            notes=also.notes,
            offset=offset,
            limit=limit,
            collapse=collapse_wanted(collapse, self.schema),
        )
        page = PageRequest(
            request=request, schema=self.schema, after=None, snippets=snippets, plain=True
        )
        key = self._key_of(key_or_text)
        results: Results[M] = self._backend.similar(key, key, page)
        results.took_ms = (time.perf_counter() - began) * 1000
        return results

    def significant(
        self,
        query: str | Query | WhooshObject,
        *,
        field: str | None = None,
        limit: int = 20,
        match: Match = "all",
        lenient: bool = False,
        filter: Filters | None = None,  # noqa: A002 - as in search()
        fields: FieldsSearched | None = None,
        synonyms: bool = True,
        typos: Typos = "off",
    ) -> SignificantTerms:
        """Find the words or labels that set the hits of a query apart from all other documents.

        docs/similar.md has the formula. On a server, words that none of 2,000
        of the hits has are not found.

        Args:
            query: As for :meth:`search`.
            field: Where to look: a field of text or labels; by default the text field with the
                most words, which is the body of an article.
            limit: How many words or labels at most.
            match: As for :meth:`search`.
            lenient: As for :meth:`search`.
            filter: As for :meth:`search`.
            fields: As for :meth:`search`; ``field`` says where the words or labels are from.
            synonyms: As for :meth:`search`.
            typos: As for :meth:`search`.

        Returns:
            Words as documents write them, with how many documents have each and the log-likelihood
            ratio, the most significant first.

        Raises:
            QueryError: There is no such field; or as for :meth:`search`.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        limit = whole_number("limit", limit, 0, error=QueryError)
        self._backend.look()
        schema = searching(self.schema, fields)
        parsed = self._read(query, schema, match, lenient=lenient, synonyms=synonyms, typos=typos)
        also = self._filters.all(filter, lenient=lenient)
        return self._backend.significant(parsed.query, also.conditions, schema, field, limit)
