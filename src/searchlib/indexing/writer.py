"""How do changes become one commit? Adding, replacing, deleting, and the commit itself."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Generic, Self

import numpy as np

from searchlib.analysis.detection import MISSING
from searchlib.arguments import ONE_BY_ONE, key_of, whole_number
from searchlib.errors import DocumentError, Notice, Problem, StorageError, WhooshNames
from searchlib.indexing.adding import each_document, pass_each
from searchlib.indexing.columns import DocumentColumns, field_plan
from searchlib.indexing.merge_policy import to_merge
from searchlib.indexing.pool import InlineIndexer, WorkerPool, default_memory, default_workers
from searchlib.indexing.report import AddReport
from searchlib.schema.typing import M
from searchlib.schema.values import text_of
from searchlib.segment.merge import merge_segments
from searchlib.storage import SegmentEntry
from searchlib.storage.catalogue import CatalogueWriter, read_lines
from searchlib.storage.snapshot import OpenSegment, Snapshot, open_segment

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.arrays import BoolArray, Int64Array
    from searchlib.indexing.batch import DocumentBatch
    from searchlib.indexing.pool import Indexers, WrittenSegment
    from searchlib.schema.models import DocumentSchema
    from searchlib.schema.typing import AnyKey, Documents
    from searchlib.segment.writer import SegmentInfo
    from searchlib.storage import CatalogueEntry, DirectoryWriter, IndexDirectory

Progress = Callable[[int, int | None], None]
"""Called now and then with the number of documents taken, and of all where that is known."""

_BATCH_BYTES: Final = 1 << 20
_INLINE_BYTES: Final = 6 << 20
"""Fewer bytes of documents are not worth the start of a process."""
_MANY_DOCUMENTS: Final = 4000
"""So many will probably be more than that, so that processes can start before they are read."""


class IndexWriter(WhooshNames, Generic[M]):
    """Collects changes that become one commit: all of them, or none.

    Made by :meth:`searchlib.Index.writer`; not for use by several threads at once.

    Args:
        renewing: Whether the documents that are there go with the commit; if so, the schema and the
            version of the analysis from then on. For the others see :func:`open_writer`.

    Attributes:
        report: What has become of the documents added so far.
        watch: Called before a commit with the documents that are new in it, if there are any.
    """

    def __init__(
        self,
        schema: DocumentSchema,
        directory: IndexDirectory,
        writer: DirectoryWriter,
        find: Callable[[Snapshot, object], Int64Array],
        *,
        workers: int | None = None,
        memory: int | None = None,
        renewing: tuple[dict[str, Any], int] | None = None,
    ) -> None:
        self.report = AddReport()
        self.watch: Callable[[Snapshot], None] | None = None
        self._schema = schema
        self._directory = directory
        self._writer = writer
        self._find = find
        self._snapshot = Snapshot.open(directory)
        self._memory = default_memory() if memory is None else memory
        self._workers = default_workers() if workers is None else workers
        self._columns = DocumentColumns(schema)
        self._deleted: dict[str, BoolArray] = {}  # of segments, where it is not as committed
        self._pool: Indexers | None = None
        self._lost = False
        self._has_told = False  # that a detector of languages is missing
        self._catalogue: CatalogueEntry | None = None
        self._renewing = renewing
        if renewing is not None:
            self._snapshot = Snapshot(self._snapshot.generation, [])
        self._grown = None if renewing else schema.to_record(writer.manifest.schema)
        self._begin()

    def _begin(self) -> None:
        self._batches: list[DocumentBatch] = []  # that wait for a pool
        self._batch_sizes: list[int] = []
        self._pending: dict[str, int] = {}  # the number of each key's document, in order of adding
        self._taken = 0
        self._dropped: list[int] = []  # documents that were taken, and replaced or deleted since

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool is not None:
            self._pool.close()
        self._writer.close()

    def add(self, documents: Documents[M], progress: Progress | None = None) -> None:
        """Add documents; one whose key is in the index takes the place of the one there.

        Args:
            documents: A document, or an iterable of them: instances of the model, mappings of its
                fields, or problems and notices, which are passed on to the report. A document that
                does not fit the model is rejected with a problem, and the others are added.
            progress: Called now and then.

        Raises:
            ArgumentError: ``progress`` can't be called.
            DocumentError: It is neither a document nor an iterable.
            IndexClosedError: The block of the writer has ended.
            StorageError: The operating system refused to write.
        """
        self._writer.expect_open()
        each = each_document(documents)
        total = len(each) if isinstance(each, Sized) else None
        if self._pool is None and total is not None and total >= _MANY_DOCUMENTS:
            self._pool = self._make_pool(self._workers)
        pass_each(each, self.report, self._add_one, progress)

    def _add_one(self, document: object) -> None:
        try:
            valid = self._schema.validate(document)
            self._columns.append(valid)
        except DocumentError as error:
            key = self._schema.key_of(document)
            self.report.rejected.append(Problem(str(error), key=key))
            return
        key = text_of(getattr(valid, self._schema.key.name))
        if self._drop(key):
            self.report.replaced += 1
        else:
            self.report.added += 1
        if self._columns.lacks_detector and not self._has_told:
            self._has_told = True
            self.report.notices.append(Notice(MISSING, kind="language"))
        self._pending[key] = self._taken
        self._taken += 1
        if self._columns.size >= _BATCH_BYTES:
            self._pass_on()

    def delete(self, *keys: AnyKey) -> int:
        """Delete the documents with these keys, and return how many there were.

        Raises:
            ArgumentError: A key is no string; nothing is deleted.
            IndexClosedError: The block of the writer has ended.
        """
        self._writer.expect_open()
        return sum(
            map(
                self._drop,
                [key_of(key, self._schema.key.label_types, hint=ONE_BY_ONE) for key in keys],
            )
        )

    def delete_by_query(self, query: object) -> int:
        """Delete the documents that a query matches, and return how many there were.

        What this writer has added before is looked at too.

        Args:
            query: As for :meth:`searchlib.Index.search`.

        Raises:
            QueryError: The query can't be answered.
            IndexClosedError: The block of the writer has ended.
            StorageError: The operating system refused to write.
        """
        self._writer.expect_open()
        self._write_pending()
        self._snapshot = now = self._now()
        docnums = self._find(now, query)
        for segment in now.segments:
            inside = docnums - segment.first
            inside = inside[(inside >= 0) & (inside < segment.entry.doc_count)]
            if len(inside):
                self._deletions_of(segment)[inside] = True
        return now.doc_count - self._now().doc_count

    def read_catalogue(self) -> Iterator[bytes]:
        """Read the lines of the catalogue of the last commit; none if there is no catalogue.

        Raises:
            CorruptIndexError: It is damaged; what was read before is not to be used.
            StorageError: The operating system refused to read it.
        """
        entry = self._writer.manifest.catalogue
        return iter(()) if entry is None else read_lines(self._directory, entry)

    @contextmanager
    def new_catalogue(self) -> Iterator[CatalogueWriter]:
        """Write a catalogue, line by line, that becomes part of the next commit.

        One that is the same as that of the last commit is left out again.

        Raises:
            StorageError: The operating system refused to write.
        """
        name = self._writer.new_catalogue_name()
        with CatalogueWriter(self._directory.path_of(name)) as catalogue:
            yield catalogue
            entry = catalogue.finish()
        before = self._writer.manifest.catalogue
        if before is not None and replace(entry, name=before.name) == before:
            self._writer.discard(name)
        else:
            self._catalogue = entry

    def take_languages(self, recorded: Callable[[str], str | None]) -> None:
        """Take the languages of documents from where they were found before, without a detector.

        Args:
            recorded: Tells the language of the document with a key, or ``None``.
        """
        self._columns.take_languages(recorded)

    def commit(self) -> None:
        """Make all changes so far part of the index.

        Raises:
            IndexClosedError: The block of the writer has ended.
            StorageError: The operating system refused to write; nothing has changed, unless it is
                an :class:`~searchlib.errors.UncertainCommitError`.
        """
        self._settle()
        for group in to_merge(self._snapshot.segments):
            self._merge(group)
        self._commit_segments()

    def optimize(self) -> None:
        """Make all changes part of the index, and all segments one.

        Raises:
            IndexClosedError, StorageError: As for :meth:`commit`.
        """
        self._settle()
        segments = self._snapshot.segments
        if len(segments) > 1 or any(segment.deleted is not None for segment in segments):
            self._merge(segments)
        self._commit_segments()

    def _settle(self) -> None:
        """Write what was added, leave out segments without documents, and show the new ones."""
        self._writer.expect_open()
        self._write_pending()
        self._drop_empty()
        if self.watch is not None:
            known = {entry.name for entry in self._writer.manifest.segments}
            new = [one for one in self._snapshot.segments if one.entry.name not in known]
            if new:
                self.watch(Snapshot(self._snapshot.generation, new))

    def _drop(self, key: str) -> bool:
        """Leave out the document with a key, wherever it is, and tell whether there was one."""
        taken = self._pending.pop(key, None)
        if taken is not None:
            self._dropped.append(taken)
            return True
        found = self._snapshot.find_key(self._schema.key.name, key)
        if found is None:
            return False
        segment, docnum = found
        deleted = self._deletions_of(segment)
        if deleted[docnum]:
            return False
        deleted[docnum] = True
        return True

    def _deletions_of(self, segment: OpenSegment) -> BoolArray:
        """Give a segment's deletions, to be changed."""
        deleted = self._deleted.get(segment.entry.name)
        if deleted is None:
            deleted = np.zeros(segment.entry.doc_count, np.bool_)
            if segment.deleted is not None:
                deleted |= segment.deleted
            self._deleted[segment.entry.name] = deleted
        return deleted

    def _pass_on(self) -> None:
        """Give the batch to whoever indexes; to nobody while it is open who that will be."""
        self._expect_all()
        if not len(self._columns):
            return
        self._batches.append(self._columns.batch())
        if self._pool is None and sum(batch.size for batch in self._batches) >= _INLINE_BYTES:
            self._pool = self._make_pool(self._workers)
        if self._pool is not None:
            self._pass_all(self._pool)

    def _pass_all(self, pool: Indexers) -> None:
        with self._all_or_none():
            for batch in self._batches:
                pool.add(len(self._batch_sizes), batch)
                self._batch_sizes.append(len(batch))
            self._batches = []

    def _make_pool(self, workers: int) -> Indexers:
        plan = field_plan(self._schema)
        if workers:
            return WorkerPool(workers, plan, self._memory, self._new_path)
        return InlineIndexer(plan, self._memory, self._new_path)

    def _new_path(self) -> Path:
        return self._directory.path_of(self._writer.new_segment_name())

    def _write_pending(self) -> None:
        """Write what was added as segments, so that all documents are in segments."""
        self._pass_on()
        if self._pool is None and self._batches:
            self._pool = self._make_pool(0)
        if self._pool is None:
            return
        self._pass_all(self._pool)
        with self._all_or_none():
            written = self._pool.finish()
            self._pool = None
            self._open_written(written)
        self._begin()

    @contextmanager
    def _all_or_none(self) -> Iterator[None]:
        """Index, and if that fails make sure that the documents before and after are not committed.

        What was given to the indexers can't be had again, so this writer must not go on.
        """
        self._lost = True
        yield
        self._lost = False

    def _expect_all(self) -> None:
        if self._lost:
            raise StorageError(
                errno.EIO,
                "expected a writer whose documents are all indexed, got one that failed before: "
                "nothing has changed; get another writer and add them again",
                str(self._directory.path),
            )

    def _open_written(self, written: list[WrittenSegment]) -> None:
        starts = np.concatenate([[0], np.cumsum(self._batch_sizes)])
        dropped = np.zeros(self._taken, np.bool_)
        dropped[self._dropped] = True
        opened = []
        for segment in written:
            numbers = [np.arange(starts[n], starts[n + 1]) for n in segment.batches]
            deleted = dropped[np.concatenate(numbers)]
            opened.append(self._open(segment.info, deleted if deleted.any() else None))
        self._snapshot = self._now(opened)

    def _open(self, info: SegmentInfo, deleted: BoolArray | None) -> OpenSegment:
        entry = SegmentEntry(info.name, info.doc_count, info.size, info.checksum)
        if deleted is not None:
            self._deleted[info.name] = deleted
        return OpenSegment(entry, open_segment(self._directory.path_of(info.name), entry), deleted)

    def _now(self, more: Iterable[OpenSegment] = ()) -> Snapshot:
        """Show the documents as they are with all changes that are in segments."""
        return Snapshot(
            self._snapshot.generation,
            [
                replace(segment, deleted=self._deleted.get(segment.entry.name, segment.deleted))
                for segment in chain(self._snapshot.segments, more)
            ],
        )

    def _drop_empty(self) -> None:
        """Leave out segments of which no document is left."""
        now = self._now()
        self._snapshot = Snapshot(
            now.generation, [segment for segment in now.segments if segment.live_count]
        )

    def _merge(self, group: Sequence[OpenSegment]) -> None:
        """Put one segment in the place of several."""
        path = self._new_path()
        keep = [None if segment.deleted is None else ~segment.deleted for segment in group]
        readers = [segment.reader for segment in group]
        merged = self._open(merge_segments(path, readers, keep, self._memory // 4), None)
        gone = {segment.entry.name for segment in group}
        rest = [segment for segment in self._now().segments if segment.entry.name not in gone]
        self._snapshot = Snapshot(self._snapshot.generation, [*rest, merged])

    def _commit_segments(self) -> None:
        segments = self._now().segments
        entries = [self._with_deletions(segment) for segment in segments]
        is_same = entries == list(self._writer.manifest.segments)
        schema, analysis = self._renewing or (self._grown, None)
        if self._columns.extras:
            before = schema or self._writer.manifest.schema
            schema = self._schema.to_record(before, self._columns.extras) or schema
        is_same = is_same and self._catalogue is None and schema is None
        if is_same and self._writer.certain:
            return
        manifest = self._writer.commit(entries, self._catalogue, schema=schema, analysis=analysis)
        self._catalogue = self._grown = self._renewing = None
        self._deleted = {}
        self._snapshot = Snapshot(
            manifest.generation,
            [
                replace(segment, entry=entry)
                for segment, entry in zip(segments, entries, strict=True)
            ],
        )

    def _with_deletions(self, segment: OpenSegment) -> SegmentEntry:
        """Write which documents are deleted, where that has changed."""
        deleted = self._deleted.get(segment.entry.name)
        if deleted is None:
            return segment.entry
        return self._writer.write_deletions(segment.entry, deleted)


def open_writer(
    schema: DocumentSchema,
    directory: IndexDirectory,
    find: Callable[[Snapshot, object], Int64Array],
    workers: int | None,
    memory: int | None,
    timeout: float,
    renewing: tuple[dict[str, Any], int] | None = None,
) -> IndexWriter[M]:
    """Lock an index, and make the writer of it.

    Args:
        schema: The fields.
        directory: The index.
        find: As for :class:`IndexWriter`.
        workers: As for :meth:`searchlib.Index.writer`.
        memory: As for :meth:`searchlib.Index.writer`.
        timeout: How long to wait for another writer to finish, in seconds.
        renewing: As for :class:`IndexWriter`.

    Raises:
        ArgumentError: One of these is no such number.
        IndexLockedError: Another writer was at work all that time.
        SchemaMismatchError: The index was indexed anew meanwhile, for another model.
        StorageError: The operating system refused to write.
    """
    if workers is not None:
        workers = whole_number("workers", workers, 0, instead="None for one for each CPU")
    if memory is not None:
        memory = whole_number("memory", memory, 1, instead="None for a part of the machine's")
    lock = directory.writer(timeout)
    try:
        return IndexWriter(
            schema, directory, lock, find, workers=workers, memory=memory, renewing=renewing
        )
    except BaseException:
        lock.close()
        raise
