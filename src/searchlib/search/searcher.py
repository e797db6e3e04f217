"""Which documents of a commit match a query, and which are the best?"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.errors import QueryTooCostly
from searchlib.query.field_values import SYSTEM_CLOCK, Clock
from searchlib.search.collectors import TopDocsCollector, collect, collect_found
from searchlib.search.compiler import Compiler
from searchlib.search.document_cache import DocumentCache
from searchlib.search.explanation import Explanation
from searchlib.search.facets.counting import Counter
from searchlib.search.facets.hits import CountableHits, left_out_by, without_each
from searchlib.search.index_view import IndexView
from searchlib.search.label_hints import filter_label_notes, label_notes
from searchlib.search.matcher import TopDocs
from searchlib.search.sorting import SortedCollector
from searchlib.search.term_postings import TermLookup

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from searchlib.arrays import BoolArray, Int64Array
    from searchlib.postings import Scoring
    from searchlib.query.filters import Condition
    from searchlib.query.notes import Note
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.collectors import Collector
    from searchlib.search.facets.requests import FacetRequest
    from searchlib.search.matcher import Matcher, Matches
    from searchlib.storage.snapshot import Snapshot
    from searchlib.whoosh_compat.reader import WhooshReader

DEFAULT_CACHE: Final = 32 << 20
"""How many bytes are kept of documents that were shown."""

_NOTHING: Final[Int64Array] = np.empty(0, np.int64)
_TOO_DEEP: Final = "expected a query that is nested less deeply"


class Searcher:
    """Answers queries over one commit. Threads may share it.

    It remembers the words that it looked up and the documents that it showed last.

    Args:
        snapshot: The commit.
        schema: Its fields.
        cache: How many bytes to keep of documents that were shown; ``None`` for
            :data:`DEFAULT_CACHE`.
        clock: What relative dates are reckoned from.
        scoring: The parameters of the scores; ``None`` for the usual ones.

    Attributes:
        snapshot: The commit.
        shown: Its documents, to show them.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        schema: DocumentSchema,
        cache: int | None = None,
        *,
        clock: Clock = SYSTEM_CLOCK,
        scoring: Scoring | None = None,
    ) -> None:
        self.snapshot: Final = snapshot
        self._schema = schema.with_languages(snapshot.languages)
        self._clock = clock
        self._index = IndexView(snapshot, scoring)
        self._lookup = TermLookup(self._index)
        self._counter = Counter(self._index, self._schema, clock)
        self._compiler = Compiler(self._index, self._lookup, self._schema, clock, self._foreign)
        self.shown: Final = DocumentCache(snapshot, DEFAULT_CACHE if cache is None else cache)

    def top(
        self,
        query: Query,
        k: int,
        conditions: Sequence[Query] = (),
        sort: Sequence[tuple[str, bool]] = (),
        collectors: Sequence[Collector] = (),
    ) -> TopDocs:
        """Find the best documents: those with the highest scores, of equals the lowest docnums.

        Args:
            query: What to look for.
            k: How many documents at most.
            conditions: What the documents must match besides, without a part in the score.
            sort: Fields to sort by instead of scores, each with whether the highest value comes
                first. Documents without a value come last.
            collectors: What else is to be learned of all documents that match, in the same pass.

        Raises:
            QueryError: The query, or a field to sort by, makes no sense for this schema.
            QueryTooCostly: It would take too long.
            CorruptIndexError: A segment is damaged.
        """
        try:
            matcher = self._compiler.restricted(self._compiler.compile(query), conditions)
            if not sort and not collectors:
                return matcher.top_k(k)
            best = self._keeper(k, sort)
            collect(matcher, [best, *collectors])
            return best.best
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error

    def find(
        self,
        query: Query,
        k: int,
        conditions: Sequence[Condition] = (),
        sort: Sequence[tuple[str, bool]] = (),
        facets: Collection[FacetRequest] = (),
    ) -> tuple[TopDocs, CountableHits]:
        """Find the best documents as :meth:`top` does, and all that facets are to count.

        Args:
            query: What to look for.
            k: How many documents at most.
            conditions: What the documents must match besides, without a part in the score.
            sort: As of :meth:`top`.
            facets: What is to be counted. Facets of several choices are counted without the
                conditions on their fields.

        Raises:
            QueryError, QueryTooCostly, CorruptIndexError: As :meth:`top`.
        """
        common, apart = left_out_by(facets, conditions)
        try:
            matcher = self._compiler.restricted(
                self._compiler.compile(query), [condition.query for condition in common]
            )
            if not apart and not (sort and k):
                return self._find_unsorted(matcher, k, counts=bool(facets))
            docnums, scores = matcher.matches()
            fulfilled: dict[str, BoolArray] = {}
            for name, condition in apart:
                flags = self._compiler.compile(condition).mask().take(docnums)
                fulfilled[str(name)] = fulfilled.get(str(name), flags) & flags
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error
        hits, without = without_each(docnums, fulfilled)
        docnums, scores = docnums[hits], scores[hits]
        keeper = self._keeper(k, sort)
        collect_found(self._index, docnums, scores, [keeper])
        return keeper.best, CountableHits(self._counter, docnums, without)

    def _find_unsorted(
        self, matcher: Matcher, k: int, *, counts: bool
    ) -> tuple[TopDocs, CountableHits]:
        if not counts:
            return matcher.top_k(k), self._countable(_NOTHING)
        if matcher.matches_everything():
            return matcher.top_k(k), self._countable(None)
        best, found = matcher.top_and_all(k)
        return best, self._countable(found)

    def nothing(self) -> tuple[TopDocs, CountableHits]:
        """Give what is found where nothing is."""
        return TopDocs.none(), self._countable(_NOTHING)

    def _countable(self, docnums: Int64Array | None) -> CountableHits:
        return CountableHits(self._counter, docnums)

    def _keeper(
        self, k: int, sort: Sequence[tuple[str, bool]]
    ) -> SortedCollector | TopDocsCollector:
        return SortedCollector(self._schema, k, sort) if sort else TopDocsCollector(k)

    def matching(self, query: Query, conditions: Sequence[Query] = ()) -> Int64Array:
        """Find all documents that match, by their numbers in the whole index.

        Args:
            query: What to look for.
            conditions: What the documents must match besides.

        Returns:
            Docnums, ascending, without those deleted. Shape (number of matches,), int64.

        Raises:
            QueryError, QueryTooCostly, CorruptIndexError: As :meth:`top`.
        """
        try:
            matcher = self._compiler.restricted(self._compiler.compile(query), conditions)
            return matcher.docnums()
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error

    def explain(self, query: Query, docnum: int) -> Explanation:
        """Tell how the score of a document comes about.

        Args:
            query: What to look for.
            docnum: A document that is not deleted, by its number in the whole index.

        Raises:
            QueryError, QueryTooCostly, CorruptIndexError: As :meth:`top`.
        """
        try:
            matcher = self._compiler.compile(query)
            found = matcher.explain(docnum)
            return found or Explanation(0.0, f"no match of {matcher.describe()}")
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error

    def again(self) -> Callable[[], Searcher]:
        """Give what makes another searcher of the commit, whose "today" is that of this moment.

        It keeps the commit, and neither this searcher nor what it has cached.
        """
        clock, scoring = self._clock.stopped(), self._index.scoring
        return partial(Searcher, self.snapshot, self._schema, 0, clock=clock, scoring=scoring)

    def label_notes(self, query: Query) -> list[Note]:
        """Remark on the labels of a query that no document has."""
        return label_notes(query, self.snapshot, self._schema)

    def filter_label_notes(self, conditions: Iterable[Query], *, hints: bool) -> list[Note]:
        """Remark on the labels of a filter that no document has; with hints on those like them."""
        return filter_label_notes(conditions, self.snapshot, self._schema, hints=hints)

    @cached_property
    def whoosh_reader(self) -> WhooshReader:
        """A reader for Whoosh over the same commit."""
        from searchlib.whoosh_compat.reader import WhooshReader

        return WhooshReader(self.snapshot, self._schema, self._index.scoring)

    def _foreign(self, query: Query) -> Matches:
        """Find what a query of a kind matches that is not of :mod:`searchlib.query`."""
        from searchlib.whoosh_compat.foreign import foreign_matches

        return foreign_matches(query, self.whoosh_reader)
