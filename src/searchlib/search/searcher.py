"""Which documents of a commit match a query, and which are the best?"""

from __future__ import annotations

import weakref
from copy import copy
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.errors import QueryTooCostly
from searchlib.query.field_values import SYSTEM_CLOCK, Clock
from searchlib.search.compiler import Compiler, MatcherNodes
from searchlib.search.document_cache import DocumentCache
from searchlib.search.explanation import Explanation
from searchlib.search.groups import Groups
from searchlib.search.index_view import IndexView
from searchlib.search.leaf_compiler import LeafCompiler
from searchlib.search.left_out import KnownLeftOut, ReorderedLeftOut
from searchlib.search.matcher import TopDocs
from searchlib.search.neighbours import BEST, smoothed
from searchlib.search.order_keys import OrderKeys
from searchlib.search.ranking import first_documents, moved
from searchlib.search.term_postings import TermLookup
from searchlib.search.topic_words import TopicWords
from searchlib.search.word_index import WordIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from searchlib.arrays import BoolArray, Int64Array
    from searchlib.postings import Scoring
    from searchlib.query.filters import Condition
    from searchlib.query.notes import Note
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.collapse import Collapse
    from searchlib.search.collectors import Collector
    from searchlib.search.copies import Copy
    from searchlib.search.facets.hits import CountableHits
    from searchlib.search.facets.requests import FacetRequest
    from searchlib.search.matcher import Matcher, Matches
    from searchlib.search.order import Order
    from searchlib.search.recency import Recency
    from searchlib.search.significant import SignificantTerms
    from searchlib.search.similar import Likenesses
    from searchlib.search.sorting import After
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
        before: A searcher of an earlier commit: what it knows of copies is taken over.

    Attributes:
        snapshot: The commit.
        shown: Its documents, to show them.
        words: Its words as people write them.
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
        self._index = IndexView(snapshot, scoring)
        # The matchers that the view remembers refer to it. Cleared with the last searcher that
        # shares it, they let go of its commit's files at once, not when Python collects cycles.
        self._sharing = _Sharing()
        weakref.finalize(self._sharing, self._index.nodes.clear)
        self._groups: Groups = Groups(
            snapshot, self._index, None if before is None else before._groups
        )
        self._lookup = TermLookup(self._index)
        self._orders = OrderKeys(self._index)
        self.words: Final = WordIndex(snapshot, schema.with_languages(snapshot.languages))
        self.shown: Final = DocumentCache(snapshot, DEFAULT_CACHE if cache is None else cache)
        self._ask_with(schema, clock)
        self._topics = TopicWords(self._index, self._schema, self._compiler.word_of_term)

    def _ask_with(self, schema: DocumentSchema, clock: Clock) -> None:
        self._schema = schema.with_languages(self.snapshot.languages)
        self._clock = clock
        self._whoosh = _InWhoosh(self.snapshot, self._schema, self._index.scoring)
        self._compiler = Compiler(
            MatcherNodes(self._index, self._whoosh.matches),
            LeafCompiler(self._index, self._lookup, self._schema, clock),
        )

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
        conditions: Sequence[Query] = (),
        sort: Order = (),
        collectors: Sequence[Collector] = (),
        *,
        boosts: Sequence[Recency] = (),
        after: After | None = None,
        collapse: Collapse | None = None,
    ) -> TopDocs:
        """Find the best documents: those with the highest scores, of equals the lowest docnums.

        Args:
            query: What to look for.
            k: How many documents at most.
            conditions: What the documents must match besides, without a part in the score.
            sort: What to sort by instead of scores, each direction decided.
            collectors: What else is to be learned of all documents that match, in the same pass.
            boosts: What new documents get more for.
            after: Where to begin; ``None`` for the beginning.
            collapse: Of which groups of documents only the best are wanted.

        Raises:
            QueryError: The query, or a field to sort by, makes no sense for this schema.
            QueryTooCostly: It would take too long.
            NoFingerprintsError: Copies can't be told, as the index was made before that.
            CorruptIndexError: A segment is damaged.
        """
        try:
            matcher = self._compiler.restricted(self._compiler.compile(query), conditions)
            return self._first(matcher, k, sort, collectors, boosts, after, collapse)
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error

    def _first(
        self,
        matcher: Matcher,
        k: int,
        sort: Order,
        collectors: Sequence[Collector],
        boosts: Sequence[Recency],
        after: After | None,
        collapse: Collapse | None,
    ) -> TopDocs:
        matcher = self._boosted(matcher, boosts)
        key = self._schema.key.name
        if collapse is not None and collapse.field != key:
            from searchlib.search.collapse import Collapsing
            from searchlib.search.sorting import SortedCollector

            column = self._groups.column(collapse.field)
            ranking = partial(SortedCollector, self._schema, order=sort) if sort else None
            return Collapsing(matcher, column, collapse.best, ranking, collectors).top(k)
        start = moved(after, sort, matcher, self.snapshot, key)
        found = first_documents(
            matcher, k, sort, start, collectors, schema=self._schema, keys=self._orders
        )
        # By the key each document is a group of its own.
        return found if collapse is None else replace(found, left_out=KnownLeftOut(found.total))

    def find(
        self,
        query: Query,
        k: int,
        conditions: Sequence[Condition] = (),
        sort: Order = (),
        facets: Collection[FacetRequest] = (),
        *,
        boosts: Sequence[Recency] = (),
        after: After | None = None,
        collapse: Collapse | None = None,
    ) -> tuple[TopDocs, CountableHits | None]:
        """Find the best documents as :meth:`top` does, and all that facets are to count.

        In the order of scores, one pass over the postings finds both.

        Args:
            query: What to look for.
            k: How many documents at most.
            conditions: What the documents must match besides, without a part in the score.
            sort: As of :meth:`top`, as are the others.
            facets: What is to be counted. Facets of several choices are counted without the
                conditions on their fields.
            boosts: As of :meth:`top`.
            after: As of :meth:`top`.
            collapse: As of :meth:`top`. Facets count documents, not groups.

        Returns:
            The best documents, and what counts; ``None`` without facets.

        Raises:
            QueryError, QueryTooCostly, CorruptIndexError: As :meth:`top`.
        """
        every = [condition.query for condition in conditions]
        try:
            part = self._compiler.compile(query)
            matcher = self._compiler.restricted(part, every)
            if not facets:
                return self._first(matcher, k, sort, (), boosts, after, collapse), None
            from searchlib.search.facets.hits import left_out_by

            common, apart = left_out_by(facets, conditions)
            if not apart and not (k and (sort or boosts or after or collapse)):
                return self._best_and_all(matcher, k)
            best = self._first(matcher, k, sort, (), boosts, after, collapse)
            if not apart:
                return best, self._countable(matcher.unscored())
            return best, self._all(part, common, apart)
        except RecursionError as error:
            raise QueryTooCostly(_TOO_DEEP) from error

    def _best_and_all(self, matcher: Matcher, k: int) -> tuple[TopDocs, CountableHits]:
        if matcher.matches_everything():
            return matcher.top_k(k), self._countable(None)
        best, found = matcher.top_and_all(k)
        return best, self._countable(found)

    def _all(
        self, part: Matcher, common: Sequence[Condition], apart: Sequence[Condition]
    ) -> CountableHits:
        """Find all that facets count, some of them without the conditions on their fields."""
        from searchlib.search.facets.hits import without_each

        matcher = self._compiler.restricted(part, [condition.query for condition in common])
        docnums = matcher.unscored()
        fulfilled: dict[str, BoolArray] = {}
        for name, condition in apart:
            flags = self._compiler.compile(condition).mask().take(docnums)
            fulfilled[str(name)] = fulfilled.get(str(name), flags) & flags
        hits, without = without_each(docnums, fulfilled)
        return self._countable(docnums[hits], without)

    def nothing(self) -> tuple[TopDocs, CountableHits]:
        """Give what is found where nothing is."""
        return TopDocs.none(), self._countable(_NOTHING)

    def _countable(
        self, docnums: Int64Array | None, without: Mapping[str, Int64Array] | None = None
    ) -> CountableHits:
        from searchlib.search.facets.counting import Counter
        from searchlib.search.facets.hits import CountableHits

        counter = Counter(self._index, self._schema, self._clock)
        return CountableHits(counter, docnums, without or {})

    def copies(self, docnum: int) -> list[Copy]:
        """Find the copies of a document, the most similar first.

        Args:
            docnum: The document, by its number in the whole index.

        Raises:
            NoFingerprintsError, CorruptIndexError: As :meth:`top`.
        """
        from searchlib.search.copies import find_copies

        return find_copies(self.snapshot, self._index.live, self._schema, docnum)

    @property
    def likenesses(self) -> Likenesses:
        """What makes of documents and texts what is similar to them."""
        from searchlib.search.commit_texts import CommitTexts
        from searchlib.search.similar import Likenesses

        texts = CommitTexts(
            self.snapshot, self._index, self._schema, self.shown, self._compiler.word_of_term
        )
        return Likenesses(texts, self._schema, self._index.scoring)

    def significant(
        self, query: Query, conditions: Sequence[Query], field: str | None, limit: int
    ) -> SignificantTerms:
        """Find what sets the documents that match apart from all others.

        Args:
            query: Which documents.
            conditions: What they must match besides.
            field: Where to look; ``None`` for the text field with the most words.
            limit: How many words or labels at most.

        Raises:
            QueryError, QueryTooCostly, CorruptIndexError: As :meth:`top`.
        """
        from searchlib.search.significant import (
            count_terms,
            field_of,
            terms_as_written,
            token_count,
        )

        snapshot = self.snapshot
        spec = field_of(field, self._schema, partial(token_count, snapshot))
        some = self._index.unmarked()
        some[self.matching(query, conditions)] = True
        every = self._index.only_live(np.ones_like(some))
        counted = count_terms(snapshot, spec.name, some, every)

        def written(terms: Sequence[bytes]) -> Iterator[str]:
            found = terms_as_written(snapshot, spec, terms)
            # "didn" is no word that anyone wrote
            return (
                map(self.words.joined.whole, found)
                if spec.name in self.words.text_fields
                else found
            )

        return counted.significant(spec, limit, written)

    def smoothed(self, found: TopDocs) -> TopDocs:
        """Put the best of the best documents in the order of their smoothed scores.

        The others keep theirs, and come behind them.

        Args:
            found: The best documents.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        best = smoothed(found.scores[:BEST], self._topics.vectors(found.docnums[:BEST]))
        order = np.arange(len(found.docnums))
        order[: len(best)] = np.argsort(-best, kind="stable")
        scores = np.concatenate([best, found.scores[BEST:]])[order]
        left_out = found.left_out
        if left_out is not None:
            left_out = ReorderedLeftOut(left_out, order)
        return replace(found, docnums=found.docnums[order], scores=scores, left_out=left_out)

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

    def _boosted(self, matcher: Matcher, boosts: Sequence[Recency]) -> Matcher:
        if not boosts:
            return matcher
        from searchlib.search.recency import BoostedMatcher, Decay

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

    def again(self) -> Callable[[], Searcher]:
        """Give what makes another searcher of the commit, whose "today" is that of this moment.

        It keeps the commit, and neither this searcher nor what it has cached.
        """
        clock, scoring = self._clock.stopped(), self._index.scoring
        return partial(Searcher, self.snapshot, self._schema, 0, clock=clock, scoring=scoring)

    def label_notes(self, query: Query) -> list[Note]:
        """Remark on the labels of a query that no document has."""
        from searchlib.search.label_hints import label_notes

        return label_notes(query, self.snapshot, self._schema)

    def filter_label_notes(self, conditions: Iterable[Query], *, hints: bool) -> list[Note]:
        """Remark on the labels of a filter that no document has; with hints on those like them."""
        from searchlib.search.label_hints import filter_label_notes

        return filter_label_notes(conditions, self.snapshot, self._schema, hints=hints)

    @property
    def whoosh_reader(self) -> WhooshReader:
        """A reader for Whoosh over the same commit."""
        return self._whoosh.reader


class _Sharing:
    """Lives as long as the last of the searchers that share what one of them knows."""


class _InWhoosh:
    """A commit as Whoosh sees it.

    It is apart from the searcher, which would otherwise refer to itself, and hold the files of an
    old commit until Python collects.
    """

    def __init__(self, snapshot: Snapshot, schema: DocumentSchema, scoring: Scoring) -> None:
        self._snapshot = snapshot
        self._schema = schema
        self._scoring = scoring

    @cached_property
    def reader(self) -> WhooshReader:
        from searchlib.whoosh_compat.reader import WhooshReader

        return WhooshReader(self._snapshot, self._schema, self._scoring)

    def matches(self, query: Query) -> Matches:
        """Find what a query of a kind matches that is not of :mod:`searchlib.query`."""
        from searchlib.whoosh_compat.foreign import foreign_matches

        return foreign_matches(query, self.reader)
