"""Which of many saved queries match some new documents?

An index of terms over the queries tells which of them can match: for each query some terms one of
which a document must have, the rarest of those that it names. Only these queries are evaluated, and
those that name no such terms.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from searchlib.errors import QueryError
from searchlib.indexing.report import Alert
from searchlib.query.field_values import SYSTEM_CLOCK, Clock
from searchlib.search.alerts.required_terms import RequiredTerms
from searchlib.search.searcher import Searcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from searchlib.query.synonyms import Synonyms
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.alerts.saved import SavedQuery
    from searchlib.segment.dictionary import TermDictionary
    from searchlib.storage.snapshot import Snapshot


class AlertIndex:
    """Saved queries, by the terms that documents must have to match them.

    Args:
        saved: The queries.
        schema: The fields.
        synonyms: What widens the queries.
        frequency: As for :class:`~searchlib.search.alerts.required_terms.RequiredTerms`.
    """

    def __init__(
        self,
        saved: Iterable[SavedQuery],
        schema: DocumentSchema,
        synonyms: Synonyms | None,
        frequency: Callable[[str, bytes], int],
    ) -> None:
        self._schema: Final = schema
        self._saved: Final = list(saved)
        self._queries: list[Query | str] = []  # or why there is none
        self._always: list[int] = []
        self._waiting: dict[str, dict[bytes, list[int]]] = {}
        required = RequiredTerms(schema, frequency)
        for number, one in enumerate(self._saved):
            query = _tree_of(one, schema, synonyms)
            self._queries.append(query)
            terms = None if isinstance(query, str) else required.of(query)
            if terms is None:
                self._always.append(number)
            for field, term in terms or ():
                self._waiting.setdefault(field, defaultdict(list))[term].append(number)

    def match(self, snapshot: Snapshot, clock: Clock = SYSTEM_CLOCK) -> list[Alert]:
        """Find the queries that match documents, in their order, with those documents.

        Args:
            snapshot: The documents.
            clock: What relative dates are reckoned from.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        searcher = Searcher(snapshot, self._schema, 0, clock=clock)
        keys: dict[int, str] = {}
        found = (self._match(number, searcher, keys) for number in self._candidates(snapshot))
        return [alert for alert in found if alert is not None]

    def _candidates(self, snapshot: Snapshot) -> list[int]:
        """Find the numbers of the queries that may match."""
        found = set(self._always)
        for field, waiting in self._waiting.items():
            for segment in snapshot.segments:
                if field in segment.reader.fields:
                    terms = segment.reader.inverted(field).terms
                    found.update(*_of_common(waiting, terms))
        return sorted(found)

    def _match(self, number: int, searcher: Searcher, keys: dict[int, str]) -> Alert | None:
        saved, query = self._saved[number], self._queries[number]
        if isinstance(query, str):
            return Alert(saved.name, str(saved), problem=query)
        try:
            docnums = searcher.matching(query).tolist()
        except QueryError as error:
            return Alert(saved.name, str(saved), problem=str(error))
        key_of = searcher.snapshot.keys(self._schema.key.name)
        for docnum in docnums:
            if docnum not in keys:
                keys[docnum] = key_of(docnum)
        found = tuple(map(keys.__getitem__, docnums))
        return Alert(saved.name, str(saved), found) if found else None


def _of_common(waiting: dict[bytes, list[int]], terms: TermDictionary) -> Iterator[list[int]]:
    """Give what waits for the terms of a dictionary; the fewer of both are looked up."""
    if len(terms) < len(waiting):
        return (waiting[term] for term in terms.terms() if term in waiting)
    return (numbers for term, numbers in waiting.items() if term in terms)


def _tree_of(saved: SavedQuery, schema: DocumentSchema, synonyms: Synonyms | None) -> Query | str:
    """Give the tree of a query; or why there is none."""
    try:
        query = saved.query
    except QueryError as error:
        return str(error)
    if synonyms is None:
        return query
    return synonyms.widen(query, schema.default_fields)[0]
