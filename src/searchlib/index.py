"""The index: where documents go in and hits come out."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Generic, cast, overload

from searchlib.analysis import ANALYSIS_VERSION
from searchlib.arguments import cache_of, key_of, one_of, seconds, whole_number, zone_of
from searchlib.articles import shipped_model
from searchlib.errors import ArgumentError, QueryError
from searchlib.postings.bm25 import Scoring, scoring_of
from searchlib.query.field_values import Clock
from searchlib.query.parser import MATCHES, Match, ParsedQuery, QueryParser
from searchlib.schema.models import DocumentSchema
from searchlib.schema.typing import M, N
from searchlib.search.current import CurrentSearcher, expect_analysis
from searchlib.search.fetching import HitFetcher
from searchlib.search.results import Hit, Results
from searchlib.search.searcher import Searcher
from searchlib.search.sorting import sort_order
from searchlib.storage import IndexDirectory
from searchlib.storage.snapshot import Snapshot, check_entry
from searchlib.storage.stats import stats_of
from searchlib.whoosh_compat.any_query import read_query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from pydantic import BaseModel

    from searchlib.arrays import Int64Array
    from searchlib.highlight import SnippetOptions
    from searchlib.indexing.writer import AddReport, IndexWriter, Progress
    from searchlib.query.tree import Query
    from searchlib.schema.typing import Documents
    from searchlib.search.explanation import Explanation
    from searchlib.storage.stats import IndexStats
    from searchlib.whoosh_compat.queries import WhooshObject
    from searchlib.whoosh_compat.reader import WhooshReader, WhooshSearcher

LOCK_TIMEOUT: Final = 10.0


class Index(Generic[M]):
    """A searchable collection of documents in a folder.

    Make one with :meth:`create` or :meth:`open`. Its documents are instances of one pydantic model,
    ``M``, whose fields say by markers (:mod:`searchlib.schema.markers`) how they are searched.

    An index may be used by any number of threads. What it shows is the last commit of whichever
    process; a search that has begun is not disturbed by others.

    Attributes:
        path: The folder, as an absolute path: the program may go to another folder meanwhile.
        schema: The fields of the documents, and how each is indexed.
        scoring: The parameters of the scores.
    """

    def __init__(
        self,
        directory: IndexDirectory,
        schema: DocumentSchema,
        cache: int | None = None,
        zone: tzinfo = UTC,
        scoring: Scoring | None = None,
    ) -> None:
        self.path: Final = directory.path
        self.schema: Final = schema
        self.scoring: Final = scoring_of(scoring)
        self._directory = directory
        clock = Clock(zone=zone)
        self._current = CurrentSearcher(directory, schema, cache, clock=clock, scoring=self.scoring)
        self._parser = QueryParser(schema, clock=clock)

    @classmethod
    def create(
        cls,
        path: str | Path,
        model: type[N],
        *,
        cache: int | None = None,
        zone: tzinfo | str = UTC,
        scoring: Scoring | None = None,
    ) -> Index[N]:
        """Make an empty index.

        Args:
            path: Where: a folder that is empty, or that does not exist yet.
            model: What the documents are.
            cache: As for :meth:`open`.
            zone: As for :meth:`open`.
            scoring: As for :meth:`open`.

        Raises:
            IndexExistsError: There is an index already.
            NotAnIndexError: There is something else.
            SchemaError: The model can't be a schema.
            ArgumentError: ``cache`` is no number of bytes, ``zone`` no time zone, or ``scoring`` no
                :class:`~searchlib.Scoring`.
            StorageError: The operating system refused to write.
        """
        schema, cache, zone = DocumentSchema.of(model), cache_of(cache), zone_of(zone)
        directory = IndexDirectory.create(path, schema.to_json(), ANALYSIS_VERSION)
        made: Index[Any] = cls(directory, schema, cache, zone, scoring)
        return made

    @overload
    @classmethod
    def open(
        cls,
        path: str | Path,
        model: type[N],
        *,
        cache: int | None = None,
        zone: tzinfo | str = UTC,
        scoring: Scoring | None = None,
    ) -> Index[N]: ...
    @overload
    @classmethod
    def open(
        cls,
        path: str | Path,
        model: None = None,
        *,
        cache: int | None = None,
        zone: tzinfo | str = UTC,
        scoring: Scoring | None = None,
    ) -> Index[Any]: ...
    @classmethod
    def open(
        cls,
        path: str | Path,
        model: type[BaseModel] | None = None,
        *,
        cache: int | None = None,
        zone: tzinfo | str = UTC,
        scoring: Scoring | None = None,
    ) -> Index[Any]:
        """Open an index that is there. Nothing is written, so a read-only folder will do.

        Args:
            path: The folder of the index.
            model: What its documents are. Without one they are :class:`searchlib.Article` where
                the index was made with that, else instances of a model made from the schema that
                the index keeps; a model named in an index is never imported.
            cache: How many bytes of what words and patterns stand for searches may keep in memory
                for the next ones; a sixteenth of the machine's memory and at most 512 MiB if not
                given. Documents that were shown may take a sixteenth of it besides.
            zone: Where days begin, for dates such as "today" in queries: a time zone, or its name.
            scoring: The parameters of the scores, if not those of docs/scoring.md. They hold for
                what is searched through this object, and are not kept in the index.

        Raises:
            IndexNotFoundError: There is nothing.
            NotAnIndexError: There is something else.
            IndexVersionError: It was made by a newer searchlib.
            AnalysisVersionError: Its words were made otherwise than those of queries would be;
                :meth:`reindex` makes a new one of it.
            CorruptIndexError: It is damaged.
            SchemaMismatchError: Its fields differ from those of the model.
            ArgumentError: ``cache`` is no number of bytes, ``zone`` no time zone, or ``scoring`` no
                :class:`~searchlib.Scoring`.
        """
        cache, zone = cache_of(cache), zone_of(zone)
        directory = IndexDirectory.open(path)
        manifest = directory.manifest()
        expect_analysis(manifest, directory.path)
        schema = DocumentSchema.from_json(manifest.schema, model, shipped_model)
        if model is not None:
            schema.expect(DocumentSchema.of(model))
        return cls(directory, schema, cache, zone, scoring)

    @classmethod
    def reindex(
        cls,
        old: str | Path,
        new: str | Path,
        *,
        model: type[BaseModel] | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> AddReport:
        """Make a new index of the documents that an index keeps.

        For an index that another version of the analysis has made, or to index the same documents
        with another model. The old index stays as it is. The new one is there when it is whole: it
        is made in a folder beside, which is removed if anything fails.

        Args:
            old: The folder of the index that is there, of whichever analysis.
            new: The folder of the new one: empty, or not there yet.
            model: What the documents of the new one are; as in the old one if not given.
            workers: As for :meth:`writer`.
            progress: Called now and then with the number of documents done, and of all.

        Returns:
            How many documents were added, and a problem for each that does not fit the model.

        Raises:
            IndexNotFoundError, NotAnIndexError, IndexVersionError, CorruptIndexError: Of the old
                one, as for :meth:`open`.
            IndexExistsError, NotAnIndexError, SchemaError: Of the new one, as for :meth:`create`.
            StorageError: The operating system refused to write.
        """
        from searchlib.indexing.stored import StoredDocuments

        source = IndexDirectory.open(old)
        schema = DocumentSchema.from_json(source.manifest().schema, None, shipped_model)
        key = schema.key.name
        schema = DocumentSchema.of(model) if model else schema
        with IndexDirectory.build(new, schema.to_json(), ANALYSIS_VERSION) as directory:
            documents = StoredDocuments(Snapshot.open(source), key, schema)
            made: Index[Any] = cls(directory, schema)
            return made.add(documents, workers=workers, progress=progress)

    @contextmanager
    def writer(
        self,
        *,
        workers: int | None = None,
        memory: int | None = None,
        timeout: float = LOCK_TIMEOUT,
    ) -> Iterator[IndexWriter[M]]:
        """Collect several changes into one commit.

        The commit is made when the block ends; an exception inside it changes nothing.

        Args:
            workers: How many processes to start beside this one when there is much to index; one
                for each further CPU if not given, none for 0.
            memory: How many bytes indexing may use, in all processes together; a quarter of the
                machine's, and at most 1.5 GiB, if not given.
            timeout: How long to wait for another writer to finish, in seconds.

        Raises:
            ArgumentError: One of these is no such number.
            IndexLockedError: Another writer was at work all that time.
            StorageError: The operating system refused to write; nothing has changed.
        """
        with self._open_writer(workers, memory, timeout) as writer:
            yield writer
            writer.commit()

    def _open_writer(
        self, workers: int | None, memory: int | None, timeout: float
    ) -> IndexWriter[M]:
        # Searching has no use for it, and it takes a fifth of the time that importing this takes.
        from searchlib.indexing.writer import open_writer

        self._current.manifest()
        return open_writer(
            self.schema, self._directory, self._find, workers, memory, seconds("timeout", timeout)
        )

    def _find(self, snapshot: Snapshot, query: object) -> Int64Array:
        return Searcher(snapshot, self.schema).matching(self._read(query).query)

    def add(
        self,
        documents: Documents[M],
        *,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> AddReport:
        """Add documents in one commit; one whose key is in the index takes the place of that.

        Args:
            documents: As for :meth:`searchlib.indexing.writer.IndexWriter.add`; what
                :func:`searchlib.read_articles` gives can be passed as it is.
            workers: As for :meth:`writer`.
            progress: Called now and then with the number of documents done, and of all where that
                is known.

        Returns:
            How many were added and replaced, and a problem for each that was rejected.

        Raises:
            IndexLockedError: Another writer is at work.
            StorageError: The operating system refused to write; nothing has changed.
        """
        with self.writer(workers=workers) as writer:
            writer.add(documents, progress)
        return writer.report

    def delete(self, *keys: str) -> int:
        """Delete the documents with these keys in one commit, and return how many there were.

        Raises:
            ArgumentError: There is no key, or one that is no string; nothing is deleted.
        """
        if not keys:
            raise ArgumentError("expected the keys of documents to delete, got none")
        with self.writer() as writer:
            return writer.delete(*keys)

    def delete_by_query(self, query: str | Query | WhooshObject) -> int:
        """Delete the documents that a query matches in one commit, and return how many there were.

        Raises:
            QueryError: The query can't be answered.
        """
        with self.writer() as writer:
            return writer.delete_by_query(query)

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
        snippets: bool | Sequence[str] | SnippetOptions = True,
    ) -> Results[M]:
        """Find documents, best first.

        Args:
            query: A string (docs/queries.md), a tree of :mod:`searchlib.query`, or a query object
                of Whoosh's.
            limit: How many hits to return at most; ``None`` for all.
            offset: How many of the best to leave out: 10 for the second page of ten.
            match: Whether words that no operator joins must all be there ("all"), or any of them
                ("any", for sentences). It matters for strings only.
            lenient: Whether to do what can be done with any string instead of raising an error;
                the results have notes on what was changed or left out.
            filter: A second query that hits must match, without a part in the score.
            sort: Names of fields to sort by instead of by score, the first one first; "-" before
                a name for the largest first. Dates and numbers marked ``sortable``.
            snippets: Whether hits have snippets, for which fields, or how they look.

        Raises:
            QuerySyntaxError: A query string is empty or can't be read.
            QueryTooCostly: A query would take too long.
            QueryError: An argument is something else, as a field to sort by that can't be.
        """
        began = time.perf_counter()
        offset = whole_number("offset", offset, 0, error=QueryError)
        if limit is not None:
            limit = whole_number("limit", limit, 0, instead="None for all hits", error=QueryError)
        one_of("match", match, MATCHES, error=QueryError)
        parsed = self._read(query, match, lenient=lenient)
        chosen = None if filter is None else self._read(filter).query
        searcher = self._current.get()
        source = HitFetcher(searcher, self.schema, parsed.query, snippets)
        most = searcher.snapshot.doc_count
        last = most if limit is None else min(offset + limit, most)
        found = searcher.top(parsed.query, last, chosen, sort_order(self.schema, sort))
        best = zip(found.docnums[offset:].tolist(), found.scores[offset:].tolist(), strict=True)
        hits: tuple[Hit[M], ...] = tuple(
            Hit(rank, score, docnum, source)
            for rank, (docnum, score) in enumerate(best, offset + 1)
        )
        notes = (
            parsed.notes if found.total else (*parsed.notes, *searcher.label_notes(parsed.query))
        )
        return Results(hits, found.total, (time.perf_counter() - began) * 1000, notes)

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
        found = searcher.snapshot.find_key(self.schema.key.name, key_of(key))
        if found is None:
            raise ArgumentError(f"expected the key of a document of the index, got {key!r:.80}")
        segment, docnum = found
        return searcher.explain(parsed.query, segment.first + docnum)

    def parse(self, text: str, *, match: Match = "all", lenient: bool = False) -> Query:
        """Read a query string as :meth:`search` does.

        Args:
            text: The string.
            match: As for :meth:`search`.
            lenient: As for :meth:`search`.

        Raises:
            QueryError: As for :meth:`search`.
        """
        return self.parse_with_notes(text, match=match, lenient=lenient).query

    def parse_with_notes(
        self, text: str, *, match: Match = "all", lenient: bool = False
    ) -> ParsedQuery:
        """Read a query string as :meth:`parse` does, and give the notes on it as well."""
        return self._parser.parse(text, match, lenient=lenient)

    def _read(self, query: object, match: Match = "all", *, lenient: bool = False) -> ParsedQuery:
        return read_query(query, self._parser, self.schema, match, lenient=lenient)

    def get(self, key: str) -> M | None:
        """Find the document with a key, or ``None``.

        Raises:
            ArgumentError: The key is no string.
        """
        found = self._current.get().snapshot.find_key(self.schema.key.name, key_of(key))
        if found is None:
            return None
        segment, docnum = found
        return cast("M", self.schema.restore(segment.reader.document(docnum)))

    def __contains__(self, key: str) -> bool:
        return self._current.get().snapshot.find_key(self.schema.key.name, key_of(key)) is not None

    def __len__(self) -> int:
        return self._current.get().snapshot.doc_count

    def stats(self) -> IndexStats:
        """Say what the index holds."""
        snapshot = self._current.get().snapshot
        return stats_of(self._directory, snapshot, self.schema, self.scoring)

    def optimize(self) -> None:
        """Merge all segments into one, without the documents that were deleted.

        Searches are as fast then as can be. An index need not be optimized: commits merge what is
        worth merging.

        Raises:
            IndexLockedError: Another writer is at work.
            StorageError: The operating system refused to write; nothing has changed.
        """
        with self._open_writer(0, None, LOCK_TIMEOUT) as writer:
            writer.optimize()

    def check(self) -> list[str]:
        """Read all files of the index and compare them with their checksums.

        Returns:
            One sentence for each fault; none if the index is sound.
        """
        return [
            fault
            for entry in self._directory.manifest().segments
            for fault in check_entry(self._directory, entry)
        ]

    def reader(self) -> WhooshReader:
        """Open a Whoosh reader on the last commit, for code written for Whoosh."""
        return self._current.get().whoosh_reader

    def searcher(self) -> WhooshSearcher:
        """Open a Whoosh searcher on the last commit, for code written for Whoosh."""
        from searchlib.whoosh_compat.reader import whoosh_searcher

        return whoosh_searcher(self.reader(), self.reader)

    def __repr__(self) -> str:
        return f"Index({str(self.path)!r}, {self.schema.model_name})"
