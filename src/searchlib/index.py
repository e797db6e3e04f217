"""The facade: :class:`Index`, where documents go in and hits come out."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Self

from searchlib.analysis import ANALYSIS_VERSION
from searchlib.arguments import cache_size, key_of, names_of, seconds, whole_number, zone_of
from searchlib.errors import ArgumentError, QueryError
from searchlib.query.field_values import Clock
from searchlib.query.notes import Note
from searchlib.query.parser import Match, ParsedQuery, QueryParser
from searchlib.query.tree import Query
from searchlib.schema.markers import Date, Number
from searchlib.schema.models import DocumentSchema
from searchlib.search.current import CurrentSearcher, expect_analysis
from searchlib.search.fetching import HitFetcher
from searchlib.search.matcher import TopDocs
from searchlib.search.results import Results, hits_of
from searchlib.search.searcher import Searcher
from searchlib.storage import IndexDirectory
from searchlib.storage.snapshot import Snapshot, check_entry
from searchlib.storage.stats import IndexStats

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from pydantic import BaseModel

    from searchlib.arrays import Int64Array
    from searchlib.highlight import SnippetOptions
    from searchlib.indexing.writer import AddReport, IndexWriter, Progress
    from searchlib.whoosh_compat.queries import WhooshObject
    from searchlib.whoosh_compat.reader import WhooshReader, WhooshSearcher

LOCK_TIMEOUT: Final = 10.0


class Index:
    """A searchable collection of documents in a folder.

    Make one with :meth:`create` or :meth:`open`. Its documents are instances of one pydantic
    model. Markers (:mod:`searchlib.schema.markers`) say how each field is searched.

    Any number of threads may use an index. Each search sees the last commit, whichever process
    made it; later commits do not disturb a search that has begun.

    Attributes:
        path: The folder, as an absolute path, so the program may change its working directory.
        schema: The fields of the documents, and how each is indexed.
    """

    def __init__(
        self,
        directory: IndexDirectory,
        schema: DocumentSchema,
        cache: int | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        self.path: Final = directory.path
        self.schema: Final = schema
        self._directory = directory
        self._clock = Clock(zone=zone)
        self._current = CurrentSearcher(directory, schema, cache, clock=self._clock)
        self._parser = QueryParser(schema, clock=self._clock)

    @classmethod
    def create(
        cls,
        path: str | Path,
        model: type[BaseModel],
        *,
        cache: int | None = None,
        zone: tzinfo | str = UTC,
    ) -> Self:
        """Create an empty index.

        Args:
            path: A folder that is empty or does not exist yet.
            model: The class of the documents.
            cache: As for :meth:`open`.
            zone: As for :meth:`open`.

        Raises:
            IndexExistsError: The folder contains an index already.
            NotAnIndexError: The path is something else.
            SchemaError: The model can't be a schema.
            ArgumentError: ``cache`` is no number of bytes, or ``zone`` no time zone.
            StorageError: The operating system refused to write.
        """
        schema, cache, zone = DocumentSchema.of(model), cache_size(cache), zone_of(zone)
        directory = IndexDirectory.create(path, schema.to_json(), ANALYSIS_VERSION)
        return cls(directory, schema, cache, zone)

    @classmethod
    def open(
        cls,
        path: str | Path,
        model: type[BaseModel] | None = None,
        *,
        cache: int | None = None,
        zone: tzinfo | str = UTC,
    ) -> Self:
        """Open an existing index. Nothing is written, so a read-only folder is enough.

        Args:
            path: The folder of the index.
            model: The class of its documents. Without it, documents are
                :class:`searchlib.Article` if the index was made with that, and otherwise instances
                of a model made from the stored schema. A model that an index names is never
                imported.
            cache: The number of bytes for caching postings, positions and the documents of
                patterns. The default is a sixteenth of the machine's memory, at most 512 MiB. A
                cache of documents that were shown may use a sixteenth of this in addition.
            zone: The time zone, or its name, of relative dates such as "today". Days without a time
                are midnights in UTC, so UTC is right for fields of days.

        Raises:
            IndexNotFoundError: There is nothing at the path.
            NotAnIndexError: The path is something else.
            IndexVersionError: The index was made by a newer searchlib.
            AnalysisVersionError: The index was made by another version of the analysis, so queries
                would miss words. :meth:`reindex` makes a new index from it.
            CorruptIndexError: The index is damaged.
            SchemaMismatchError: The fields of the index differ from those of the model.
            ArgumentError: ``cache`` is no number of bytes, or ``zone`` no time zone.
        """
        cache, zone = cache_size(cache), zone_of(zone)
        directory = IndexDirectory.open(path)
        manifest = directory.manifest()
        expect_analysis(manifest, directory.path)
        schema = DocumentSchema.from_json(manifest.schema, model)
        if model is not None:
            schema.expect(DocumentSchema.of(model))
        else:
            schema = _shipped(schema) or schema
        return cls(directory, schema, cache, zone)

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
        """Make a new index from the documents that an old index stores.

        Use it for an index that has another version of the analysis, or to index the same
        documents with another model. The old index does not change. The new one appears when it is
        complete. If anything fails, nothing is left of it.

        Args:
            old: The folder of the old index, with any version of the analysis.
            new: The folder of the new index; it must be empty or not exist.
            model: The class of the new documents; by default that of the old index.
            workers: As for :meth:`writer`.
            progress: Called from time to time with the number of documents done, and of all.

        Returns:
            The number of documents added, and a problem for each that does not fit the model.

        Raises:
            IndexNotFoundError, NotAnIndexError, IndexVersionError, CorruptIndexError: The old index
                can't be opened.
            IndexExistsError, NotAnIndexError, SchemaError: The new one can't be created.
            StorageError: The operating system refused to write.
        """
        from searchlib.indexing.stored import StoredDocuments

        source = IndexDirectory.open(old)
        schema = DocumentSchema.from_json(source.manifest().schema)
        key = schema.key.name
        schema = DocumentSchema.of(model) if model else _shipped(schema) or schema
        with IndexDirectory.build(new, schema.to_json(), ANALYSIS_VERSION) as directory:
            documents = StoredDocuments(Snapshot.open(source), key, schema)
            return cls(directory, schema).add(documents, workers=workers, progress=progress)

    @contextmanager
    def writer(
        self,
        *,
        workers: int | None = None,
        memory: int | None = None,
        timeout: float = LOCK_TIMEOUT,
    ) -> Iterator[IndexWriter]:
        """Collect several changes into one commit.

        The commit is made when the block ends. If the block raises an exception, nothing changes.

        Args:
            workers: How many more processes to start when there is much to index; 0 for none. The
                default is one for each further CPU.
            memory: How many bytes all processes together may use for indexing. The default is a
                quarter of the machine's memory, at most 1.5 GiB.
            timeout: How many seconds to wait for another writer to finish.

        Raises:
            ArgumentError: An argument is not such a number.
            IndexLockedError: Another writer did not finish in time.
            StorageError: The operating system refused to write; nothing has changed.
        """
        with self._open_writer(workers, memory, timeout) as writer:
            yield writer
            writer.commit()

    def _open_writer(self, workers: int | None, memory: int | None, timeout: float) -> IndexWriter:
        # Searching has no use for it, and it takes a fifth of the time that importing this takes.
        from searchlib.indexing.writer import IndexWriter

        if workers is not None:
            workers = whole_number("workers", workers, 0, instead="None for one for each CPU")
        if memory is not None:
            memory = whole_number("memory", memory, 1, instead="None for a part of the machine's")
        self._current.manifest()
        lock = self._directory.writer(seconds("timeout", timeout))
        try:
            return IndexWriter(
                self.schema,
                self._directory,
                lock,
                self._find,
                workers=workers,
                memory=memory,
            )
        except BaseException:
            lock.close()
            raise

    def _find(self, snapshot: Snapshot, query: object) -> Int64Array:
        searcher = Searcher(snapshot, self.schema, clock=self._clock)
        return searcher.matching(self._read(query).query)

    def add(
        self,
        documents: object,
        *,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> AddReport:
        """Add documents in one commit. A document replaces the one with the same key.

        Args:
            documents: A document, a mapping of its fields, or an iterable of these and of problems,
                such as :func:`searchlib.read_articles` returns.
            workers: As for :meth:`writer`.
            progress: Called from time to time with the number of documents done, and the number of
                all if it is known.

        Returns:
            The numbers of documents added and replaced, and a problem for each rejected one.

        Raises:
            IndexLockedError: Another writer is at work.
            StorageError: The operating system refused to write; nothing has changed.
        """
        with self.writer(workers=workers) as writer:
            writer.add(documents, progress)
        return writer.report

    def delete(self, *keys: str) -> int:
        """Delete the documents with these keys in one commit, and return how many existed.

        Raises:
            ArgumentError: No key is given, or a key is not a string. Nothing is deleted.
            IndexLockedError, StorageError: As for :meth:`add`.
        """
        if not keys:
            raise ArgumentError("expected the keys of documents to delete, got none")
        with self.writer() as writer:
            return writer.delete(*keys)

    def delete_by_query(self, query: str | Query | WhooshObject) -> int:
        """Delete all documents that match a query in one commit, and return how many matched.

        Raises:
            QueryError: The query can't be answered. Nothing is deleted.
            IndexLockedError, StorageError: As for :meth:`add`.
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
    ) -> Results:
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
            snippets: Whether hits have snippets; or the fields that have them; or how they look.

        Returns:
            The hits of this page, the number of all hits, and notes on the query.

        Raises:
            QuerySyntaxError: A query string is empty or can't be read.
            QueryTooCostly: A query would take too long.
            QueryError: Another argument is wrong, for example a field that can't be sorted by.
            CorruptIndexError: A file of the index is damaged or missing.
        """
        began = time.perf_counter()
        offset = whole_number("offset", offset, 0, error=QueryError)
        if limit is not None:
            limit = whole_number("limit", limit, 0, instead="None for all hits", error=QueryError)
        parsed = self._read(query, match, lenient=lenient)
        chosen = None if filter is None else self._read(filter, lenient=lenient)
        searcher = self._current.get()
        source = HitFetcher(searcher, self.schema, parsed.query, snippets)
        most = searcher.snapshot.doc_count
        last = most if limit is None else min(offset + limit, most)
        order = self._sorting(sort)
        try:
            found = searcher.top(
                parsed.query, last, None if chosen is None else chosen.query, order
            )
        except QueryError as error:
            if not lenient:
                raise
            found, hints = TopDocs.none(), [Note("limit", f"{error}; nothing is found")]
        else:
            hints = [] if found.total else searcher.label_notes(parsed.query)
        hits = hits_of(found.docnums[offset:], found.scores[offset:], offset + 1, source)
        took_ms = (time.perf_counter() - began) * 1000
        read = parsed.notes if chosen is None else (*parsed.notes, *chosen.notes)
        return Results(hits, found.total, took_ms, (*read, *hints))

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
        if isinstance(query, str):
            return self.parse_with_notes(query, match=match, lenient=lenient)
        if isinstance(query, Query):
            return ParsedQuery(query)
        whoosh = sys.modules.get("whoosh.query.qcore")  # an object of its has imported it
        if whoosh is not None and isinstance(query, whoosh.Query):
            from searchlib.whoosh_compat.queries import from_whoosh

            return ParsedQuery(from_whoosh(query, self.schema))
        raise QueryError(
            "expected a query as a string, as a tree of searchlib.query or as a query object of "
            f"Whoosh's, got {query!r:.80} ({type(query).__name__})"
        )

    def _sorting(self, sort: str | Sequence[str] | None) -> list[tuple[str, bool]]:
        names = names_of("sort", () if sort is None else sort, error=QueryError)
        return [(self._sortable(name), name.startswith("-")) for name in names]

    def _sortable(self, name: str) -> str:
        sortable = [
            spec.name
            for spec in self.schema.fields.values()
            if isinstance(spec.marker, Date | Number) and spec.marker.sortable
        ]
        bare = name.removeprefix("-")
        if bare not in sortable:
            there = ", ".join(sortable) or "none"
            raise QueryError(f"expected a sortable field, got {name!r}; there are {there}")
        return bare

    def get(self, key: str) -> Any:
        """Return the document with a key, or ``None`` if there is none.

        Raises:
            ArgumentError: The key is not a string.
        """
        found = self._current.get().snapshot.find_key(self.schema.key.name, key_of(key))
        if found is None:
            return None
        segment, docnum = found
        return self.schema.restore(segment.reader.document(docnum))

    def __contains__(self, key: str) -> bool:
        return self._current.get().snapshot.find_key(self.schema.key.name, key_of(key)) is not None

    def __len__(self) -> int:
        return self._current.get().snapshot.doc_count

    def stats(self) -> IndexStats:
        """Return the numbers of documents and segments, the size and the fields of the index."""
        snapshot = self._current.get().snapshot
        return IndexStats(
            path=self.path,
            documents=snapshot.doc_count,
            deleted=snapshot.doc_count_all - snapshot.doc_count,
            segments=len(snapshot.segments),
            generation=snapshot.generation,
            size=self._directory.size(),
            model=self.schema.model_name,
            fields={name: spec.describe() for name, spec in self.schema.fields.items()},
        )

    def optimize(self) -> None:
        """Merge all segments into one, without the deleted documents.

        This gives the fastest searches. It is optional: commits merge segments when it is worth it.

        Raises:
            IndexLockedError, StorageError: As for :meth:`add`.
        """
        with self._open_writer(0, None, LOCK_TIMEOUT) as writer:
            writer.optimize()

    def check(self) -> list[str]:
        """Read all files of the index and compare them with their checksums.

        Returns:
            One sentence for each fault; an empty list if the index is sound.
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


def _shipped(schema: DocumentSchema) -> DocumentSchema | None:
    """Find the schema of the model that ships, where the stored one is the same."""
    from searchlib.articles import Article

    ours = DocumentSchema.of(Article)
    return ours if ours.fingerprint == schema.fingerprint else None
