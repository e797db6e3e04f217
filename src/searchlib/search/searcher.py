"""Which documents of a commit match a query, and which are the best?"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from searchlib.errors import QueryTooCostly
from searchlib.query.field_values import SYSTEM_CLOCK, Clock
from searchlib.search.collapse import Collapsing
from searchlib.search.collectors import TopDocsCollector, collect
from searchlib.search.compiler import Compiler
from searchlib.search.copies import find_copies
from searchlib.search.document_cache import DocumentCache
from searchlib.search.explanation import Explanation
from searchlib.search.groups import Groups
from searchlib.search.index_view import IndexView
from searchlib.search.label_hints import label_notes
from searchlib.search.sorting import SortedCollector
from searchlib.search.term_postings import TermLookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import Int64Array
    from searchlib.postings import Scoring
    from searchlib.query.notes import Note
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.collapse import Collapse
    from searchlib.search.collectors import Collector
    from searchlib.search.copies import Copy
    from searchlib.search.matcher import Matches, TopDocs
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
        before: A searcher of an earlier commit: what it knows of copies is taken over.

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
        before: Searcher | None = None,
    ) -> None:
        self.snapshot: Final = snapshot
        self._schema = schema.with_languages(snapshot.languages)
        self._index = IndexView(snapshot, scoring)
        self._groups: Groups = Groups(
            snapshot, self._index, None if before is None else before._groups
        )
        self._lookup = TermLookup(self._index)
        self._compiler = Compiler(self._index, self._lookup, self._schema, clock, self._foreign)
        self.shown: Final = DocumentCache(snapshot, DEFAULT_CACHE if cache is None else cache)

    def top(
        self,
        query: Query,
        k: int,
        filter: Query | None = None,  # noqa: A002 - as index.search() calls it
        sort: Sequence[tuple[str, bool]] = (),
        collectors: Sequence[Collector] = (),
        collapse: Collapse | None = None,
    ) -> TopDocs:
        """Find the best documents: those with the highest scores, of equals the lowest docnums.

        Args:
            query: What to look for.
            k: How many documents at most.
            filter: What the documents must match besides, without a part in the score.
            sort: Fields to sort by instead of scores, each with whether the highest value comes
                first. Documents without a value come last.
            collectors: What else is to be learned of all documents that match, in the same pass.
            collapse: Of which groups of documents only the best are wanted.

        Raises:
            QueryError: The query, or a field to sort by, makes no sense for this schema.
            QueryTooCostly: It would take too long.
            NoFingerprintsError: Copies can't be told, as the index was made before that.
            CorruptIndexError: A segment is damaged.
        """
        try:
            matcher = self._compiler.compile(query)
            if filter is not None:
                matcher = self._compiler.restricted(matcher, self._compiler.compile(filter))
            if not sort and not collectors and collapse is None:
                return matcher.top_k(k)
            if collapse is not None:
                column = self._groups.column(collapse.field)
                ranking = partial(SortedCollector, self._schema, sort=sort) if sort else None
                return Collapsing(matcher, column, collapse.best, ranking, collectors).top(k)
            best = SortedCollector(self._schema, k, sort) if sort else TopDocsCollector(k)
            collect(matcher, [best, *collectors])
            return best.best
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error

    def copies(self, docnum: int) -> list[Copy]:
        """Find the copies of a document, the most similar first.

        Args:
            docnum: The document, by its number in the whole index.

        Raises:
            NoFingerprintsError, CorruptIndexError: As :meth:`top`.
        """
        return find_copies(self.snapshot, self._index.live, self._schema, docnum)

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
