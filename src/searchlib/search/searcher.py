"""Which documents of a commit match a query, and which are the best?"""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Final

from searchlib.errors import QueryTooCostly
from searchlib.query.field_values import SYSTEM_CLOCK, Clock
from searchlib.search.compiler import Compiler
from searchlib.search.document_cache import DocumentCache
from searchlib.search.explanation import Explanation
from searchlib.search.index_view import IndexView
from searchlib.search.label_hints import label_notes
from searchlib.search.order_keys import OrderKeys
from searchlib.search.ranking import first_documents, moved
from searchlib.search.recency import BoostedMatcher, Decay
from searchlib.search.term_postings import TermLookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import Int64Array
    from searchlib.postings import Scoring
    from searchlib.query.notes import Note
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.collectors import Collector
    from searchlib.search.matcher import Matcher, Matches, TopDocs
    from searchlib.search.order import Order
    from searchlib.search.recency import Recency
    from searchlib.search.sorting import After
    from searchlib.storage.snapshot import Snapshot
    from searchlib.whoosh_compat.reader import WhooshReader

DEFAULT_CACHE: Final = 32 << 20
"""How many bytes are kept of documents that were shown."""

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
        self._index = IndexView(snapshot, scoring)
        self._lookup = TermLookup(self._index)
        self._orders = OrderKeys(self._index)
        self.shown: Final = DocumentCache(snapshot, DEFAULT_CACHE if cache is None else cache)
        self._ask_with(schema, clock)

    def _ask_with(self, schema: DocumentSchema, clock: Clock) -> None:
        self._schema = schema.with_languages(self.snapshot.languages)
        self._clock = clock
        self._compiler = Compiler(self._index, self._lookup, self._schema, clock, self._foreign)

    def asking_with(self, schema: DocumentSchema, clock: Clock) -> Searcher:
        """Give a searcher that shares all this one knows, for other default fields or another time.

        Args:
            schema: The same fields, of which others may be searched by default.
            clock: What relative dates are reckoned from.
        """
        other = copy(self)
        other._ask_with(schema, clock)
        return other

    def top(
        self,
        query: Query,
        k: int,
        filter: Query | None = None,  # noqa: A002 - as index.search() calls it
        sort: Order = (),
        collectors: Sequence[Collector] = (),
        *,
        boosts: Sequence[Recency] = (),
        after: After | None = None,
    ) -> TopDocs:
        """Find the best documents: those with the highest scores, of equals the lowest docnums.

        Args:
            query: What to look for.
            k: How many documents at most.
            filter: What the documents must match besides, without a part in the score.
            sort: What to sort by instead of scores, each direction decided.
            collectors: What else is to be learned of all documents that match, in the same pass.
            boosts: What new documents get more for.
            after: Where to begin; ``None`` for the beginning.

        Raises:
            QueryError: The query, or a field to sort by, makes no sense for this schema.
            QueryTooCostly: It would take too long.
            CorruptIndexError: A segment is damaged.
        """
        try:
            matcher = self._compiler.compile(query)
            if filter is not None:
                matcher = self._compiler.restricted(matcher, self._compiler.compile(filter))
            matcher = self._boosted(matcher, boosts)
            start = moved(after, sort, matcher, self.snapshot, self._schema.key.name)
            return first_documents(
                matcher, k, sort, start, collectors, schema=self._schema, keys=self._orders
            )
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error

    def matching(self, query: Query) -> Int64Array:
        """Find all documents that match, by their numbers in the whole index.

        Args:
            query: What to look for.

        Returns:
            Docnums, ascending, without those deleted. Shape (number of matches,), int64.

        Raises:
            QueryError, QueryTooCostly, CorruptIndexError: As :meth:`top`.
        """
        try:
            return self._compiler.compile(query).docnums()
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error

    def _boosted(self, matcher: Matcher, boosts: Sequence[Recency]) -> Matcher:
        if not boosts:
            return matcher
        decays = [Decay(boost, self._index, self._schema, self._clock) for boost in boosts]
        return BoostedMatcher(matcher, decays)

    def explain(self, query: Query, docnum: int, boosts: Sequence[Recency] = ()) -> Explanation:
        """Tell how the score of a document comes about.

        Args:
            query: What to look for.
            docnum: A document that is not deleted, by its number in the whole index.
            boosts: As of :meth:`top`.

        Raises:
            QueryError, QueryTooCostly, CorruptIndexError: As :meth:`top`.
        """
        try:
            matcher = self._boosted(self._compiler.compile(query), boosts)
            found = matcher.explain(docnum)
            return found or Explanation(0.0, f"no match of {matcher.describe()}")
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error

    def label_notes(self, query: Query) -> list[Note]:
        """Remark on the labels of a query that no document has."""
        return label_notes(query, self.snapshot, self._schema)

    @cached_property
    def whoosh_reader(self) -> WhooshReader:
        """A reader for Whoosh over the same commit."""
        from searchlib.whoosh_compat.reader import WhooshReader

        return WhooshReader(self.snapshot, self._schema, self._index.scoring)

    def _foreign(self, query: Query) -> Matches:
        """Find what a query of a kind matches that is not of :mod:`searchlib.query`."""
        from searchlib.whoosh_compat.foreign import foreign_matches

        return foreign_matches(query, self.whoosh_reader)
