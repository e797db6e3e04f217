"""An index in a folder: :mod:`searchlib.search` finds, :mod:`searchlib.indexing` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from searchlib.backends.base import Counted, Opening, PageRequest
from searchlib.errors import ArgumentError
from searchlib.query.tree import MatchAll
from searchlib.search.all_hits import FoundRows
from searchlib.search.answer import answer
from searchlib.search.current import CurrentSearcher
from searchlib.search.fetching import HitFetcher
from searchlib.search.found_documents import CommitDocuments
from searchlib.search.hits import Hits
from searchlib.search.pages import Pages
from searchlib.search.results import Results
from searchlib.search.searcher import Searcher
from searchlib.storage.catalogue import check_catalogue, read_current
from searchlib.storage.kept import KeptFile, check_kept
from searchlib.storage.snapshot import check_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from searchlib.analysis import Languages
    from searchlib.arrays import Int64Array
    from searchlib.highlight import SnippetOptions
    from searchlib.indexing.writer import IndexWriter
    from searchlib.query.filters import Condition
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.answer import SearchRequest
    from searchlib.search.batches import BatchRow
    from searchlib.search.explanation import Explanation
    from searchlib.search.fetching import Sharing
    from searchlib.search.recency import Recency
    from searchlib.search.significant import SignificantTerms
    from searchlib.storage import IndexDirectory
    from searchlib.storage.snapshot import OpenSegment, Snapshot
    from searchlib.storage.stats import IndexStats


class LocalBackend:
    """An index in a folder.

    Args:
        directory: The folder.
        schema: The fields.
        opening: How it is opened.

    Attributes:
        directory: The folder.
        schema: The fields.
        opening: How it is opened.
        current: Gives searchers of the last commit.
        synonyms: The file of synonyms.
    """

    def __init__(self, directory: IndexDirectory, schema: DocumentSchema, opening: Opening) -> None:
        self.directory: Final = directory
        self.schema: Final = schema
        self.opening: Final = opening
        self.synonyms: Final = KeptFile(directory, "synonyms")
        self.current: Final = CurrentSearcher(
            directory, schema, opening.cache, clock=opening.clock, scoring=opening.scoring
        )

    @property
    def place(self) -> Path:
        """The folder, as an absolute path, so the program may change its working directory."""
        return self.directory.path

    @property
    def location(self) -> Path:
        """The folder."""
        return self.directory.path

    @property
    def snapshot(self) -> Snapshot:
        """The last commit."""
        return self.current.get().snapshot

    def look(self) -> None:
        """See whether there is another commit: what a search does next is of the last one."""
        self.current.get()

    def languages(self) -> Languages:
        """Give the languages of the documents of the last commit, where each is in its own."""
        return self.current.last().snapshot.languages if self.schema.is_mixed else ()

    def revision(self) -> str:
        """Give the identity of the last commit."""
        return self.snapshot.identity

    def doc_count(self) -> int:
        """Count the documents."""
        return self.snapshot.doc_count

    def has(self, key: str) -> bool:
        """Tell whether there is a document with a key."""
        return self._found(self.snapshot, key) is not None

    def have(self, keys: Sequence[str]) -> list[bool]:
        """Tell for each of some keys whether there is a document with it, as of one commit."""
        snapshot = self.snapshot
        return [self._found(snapshot, key) is not None for key in keys]

    def stored(self, keys: Sequence[str]) -> list[bytes | None]:
        """Read the documents with some keys, all as of one commit."""
        snapshot = self.snapshot
        found = [self._found(snapshot, key) for key in keys]
        return [None if one is None else one[0].reader.document(one[1]) for one in found]

    def all_stored(self) -> Iterator[bytes]:
        """Read all documents of the last commit, block by block."""
        return iter(self.snapshot.stored())

    def search(self, page: PageRequest) -> Results[Any]:
        """Find a page of hits."""
        schema, clock = page.schema, self.current.clock
        pages = Pages(page.request, schema, self.current, clock, plain=page.plain)
        request, searcher = pages.begin(page.after)
        return self.results(request, searcher, schema, page.snippets, pages=pages)

    def results(
        self,
        request: SearchRequest,
        searcher: Searcher,
        schema: DocumentSchema,
        snippets: bool | Sequence[str] | SnippetOptions,
        *,
        pages: Pages | None = None,
        sharing: Sharing | None = None,
    ) -> Results[Any]:
        """Answer a request.

        Args:
            request: What is asked for.
            searcher: Where.
            schema: The fields, as the search looks into them.
            snippets: As of :meth:`searchlib.Index.search`.
            pages: The pages that it is one of; without them there is no cursor of the next.
            sharing: Names what hits share with a document that they are to be like.
        """
        source = HitFetcher(
            searcher.snapshot,
            searcher.shown,
            self.schema,
            request.parsed.query,
            snippets,
            schema.default_fields,
            sharing,
        )
        found = answer(request, searcher)
        rows = FoundRows(request, found, source, searcher.again())
        ranks = rows.page_ranks
        hits: Hits[Any] = Hits(found.docnums, found.scores, ranks, source, found.left_out)
        return Results(
            hits,
            found.total,
            0.0,
            found.notes,
            found.facets,
            next_page=pages.following(found, ranks.start, searcher.snapshot) if pages else None,
            rows=rows,
            left_out=found.left_out,
        )

    def search_many(
        self,
        queries: Iterable[Any],
        ask: Callable[[Any], SearchRequest],
        common: SearchRequest,
        schema: DocumentSchema,
    ) -> Iterator[BatchRow[Any]]:
        """Answer queries one after another, all of the last commit."""
        from searchlib.search.batches import batch_rows

        searcher = self.asking(self.current.last(), schema)
        conditions = [one.query for one in common.conditions]
        searcher.matching(common.parsed.query, conditions)  # for its errors
        fetcher = HitFetcher(searcher.snapshot, searcher.shown, self.schema, MatchAll(), False)
        return batch_rows(queries, ask, searcher, fetcher)

    def every(self, request: SearchRequest, schema: DocumentSchema) -> CommitDocuments:
        """Find all documents of the last commit that a request asks for."""
        searcher = self.asking(self.current.last(), schema)
        return CommitDocuments(request, searcher, is_mixed=self.schema.is_mixed)

    def counter(self, schema: DocumentSchema) -> Callable[[SearchRequest], Counted]:
        """Give what answers several requests for facets, all of the last commit."""
        searcher = self.asking(self.current.get(), schema)

        def counted(request: SearchRequest) -> Counted:
            found = answer(request, searcher)
            return Counted(found.notes, found.facets)

        return counted

    def explain(
        self, query: Query, key: str, schema: DocumentSchema, boosts: Sequence[Recency]
    ) -> Explanation:
        """Tell how the score of the document with a key comes about."""
        searcher = self.asking(self.current.get(), schema)
        return searcher.explain(query, self.docnum_of(key, searcher), boosts)

    def similar(self, key: str, text: str, page: PageRequest) -> Results[Any]:
        """Find what is most like a document, or a text; all is of one commit."""
        searcher = self.current.last()
        likeness = searcher.likenesses.of(key, text)
        request = page.request.about(likeness)
        sharing = likeness.shared
        return self.results(request, searcher, page.schema, page.snippets, sharing=sharing)

    def significant(
        self,
        query: Query,
        conditions: Sequence[Condition],
        schema: DocumentSchema,
        field: str | None,
        limit: int,
    ) -> SignificantTerms:
        """Find what sets the documents that match a query apart from all others of one commit."""
        wanted = [condition.query for condition in conditions]
        searcher = self.asking(self.current.last(), schema)
        return searcher.significant(query, wanted, field, limit)

    def docnum_of(self, key: str, searcher: Searcher) -> int:
        """Find the number, in the whole index, of the document with a key.

        Raises:
            ArgumentError: There is none.
        """
        found = self._found(searcher.snapshot, key)
        if found is None:
            raise ArgumentError(f"expected the key of a document of the index, got {key!r:.80}")
        return found[0].first + found[1]

    def writer(
        self,
        conditions: Callable[[object], Sequence[Condition]],
        *,
        workers: int | None,
        memory: int | None,
        timeout: float,
    ) -> IndexWriter[Any]:
        """Lock the index, and give what collects changes."""
        # Searching has no use for it, and it takes a fifth of the time that importing this takes.
        from searchlib.indexing.writer import open_writer

        def find(snapshot: Snapshot, query: object) -> Int64Array:
            wanted = [condition for _, condition in conditions(query)]
            searcher = Searcher(snapshot, self.schema, clock=self.current.clock)
            return searcher.matching(MatchAll(), wanted)

        self.current.manifest()
        own = self.schema.of_own_model
        return open_writer(own, self.directory, find, workers, memory, timeout)

    def catalogue(self) -> Iterator[bytes]:
        """Read the lines of the catalogue of files of the last commit."""
        return read_current(self.directory)

    def stats(self) -> IndexStats:
        """Say what it holds."""
        from searchlib.storage.stats import stats_of

        return stats_of(self.directory, self.snapshot, self.schema, self.opening.scoring)

    def check(self) -> list[str]:
        """Read all files, and compare them with their checksums."""
        segments = self.directory.manifest().segments
        faults = [fault for entry in segments for fault in check_entry(self.directory, entry)]
        return faults + check_catalogue(self.directory) + check_kept(self.directory)

    def close(self) -> None:
        """Do nothing: files are closed when nothing refers to them any more."""

    def asking(self, searcher: Searcher, schema: DocumentSchema) -> Searcher:
        """Let a searcher look into the fields that a search looks into.

        Args:
            searcher: What looks into the default fields.
            schema: The fields, as the search looks into them.
        """
        if schema is self.schema:
            return searcher
        return searcher.asking_with(schema, self.current.clock)

    def _found(self, snapshot: Snapshot, key: str) -> tuple[OpenSegment, int] | None:
        """Find the document with a key: its segment, and its number there."""
        return snapshot.find_key(self.schema.key.name, key)
