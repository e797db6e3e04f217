"""The half of the facade that changes an index: adding, deleting, and what keeps it in shape."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from searchlib.arguments import LOCK_TIMEOUT, expect_function, flag, seconds
from searchlib.errors import ArgumentError, DocumentError, QueryError, WhooshNames
from searchlib.index.keeps import Keeps
from searchlib.schema.typing import M
from searchlib.whoosh_compat.missing_arguments import tells_arguments

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

    from searchlib.articles.field_keys import FieldKeys
    from searchlib.articles.sync import SyncReport
    from searchlib.index.alerts import OnAlert
    from searchlib.indexing.report import AddReport, Alert
    from searchlib.indexing.writer import IndexWriter, Progress
    from searchlib.query.filters import Condition
    from searchlib.schema.typing import AnyKey, Documents
    from searchlib.whoosh_compat.any_query import AnyFilterReader, Filter


_OF_WRITERS: Final = ("add", "delete", "report")
"""What only the writer has that a ``with`` statement begins, and Whoosh's writers have not."""


class WriterBlock(WhooshNames, AbstractContextManager["IndexWriter[M]"]):
    """What :meth:`Changes.writer` returns, for a ``with`` statement; writing begins with that."""

    def __init__(self, block: AbstractContextManager[IndexWriter[M]]) -> None:
        self._block = block

    if not TYPE_CHECKING:  # as for the names of Whoosh's

        def __getattr__(self, name: str) -> object:
            if name in _OF_WRITERS:
                raise AttributeError(
                    f"index.writer() without a with statement has no {name!r}: the end of the with "
                    f"block commits; write with index.writer() as writer: writer.{name}"
                )
            return super().__getattr__(name)

    def __enter__(self) -> IndexWriter[M]:
        return self._block.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return self._block.__exit__(kind, error, trace)


class Changes(Keeps[M]):
    """What an :class:`searchlib.Index` does to its documents; it is that and nothing else."""

    _filters: AnyFilterReader

    @tells_arguments
    def writer(
        self,
        *,
        workers: int | None = None,
        memory: int | None = None,
        timeout: float = LOCK_TIMEOUT,
    ) -> AbstractContextManager[IndexWriter[M]]:
        """Collect several changes into one commit.

        The commit is made when the block ends. If the block raises an exception, nothing changes.
        Afterwards ``writer.report.alerts`` has the saved queries that match what is new.

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
        return WriterBlock(self._writing(workers, memory, timeout))

    @contextmanager
    def _writing(
        self, workers: int | None, memory: int | None, timeout: float
    ) -> Iterator[IndexWriter[M]]:
        with self._open_writer(workers, memory, timeout) as writer:
            if self.in_folder:
                alerts, found = self.alerts, writer.report.alerts
                writer.watch = lambda new: found.extend(alerts.matching(new))
            yield writer
            writer.commit()

    def _open_writer(
        self, workers: int | None, memory: int | None, timeout: float
    ) -> AbstractContextManager[IndexWriter[M]]:
        return self._backend.writer(
            self._conditions_of, workers=workers, memory=memory, timeout=seconds("timeout", timeout)
        )

    def _conditions_of(self, query: object) -> Sequence[Condition]:
        conditions = self._filters.one(query).conditions
        if not conditions:
            raise QueryError("expected a query, or a filter with a field, got an empty one")
        return conditions

    def add(
        self,
        documents: Documents[M],
        *,
        strict: bool = False,
        timeout: float = LOCK_TIMEOUT,
        workers: int | None = None,
        progress: Progress | None = None,
        on_alert: OnAlert | None = None,
    ) -> AddReport:
        """Add documents in one commit. A document replaces the one with the same key.

        Args:
            documents: A document, a mapping of its fields, or an iterable of these, of problems
                and of notices, such as :func:`searchlib.read_articles` returns.
            strict: Whether one document that can't be used is an error, and none is added.
            timeout: As for :meth:`writer`.
            workers: As for :meth:`writer`.
            progress: Called from time to time with the number of documents done, and the number of
                all if it is known.
            on_alert: Called for each saved query that matches any of the documents, after the
                commit (docs/alerts.md).

        Returns:
            The numbers of documents added and replaced, a problem for each rejected one, the
            notices on those that were used, and the alerts.

        Raises:
            ArgumentError: ``strict``, ``progress`` or ``on_alert`` is something else; nothing has
                changed.
            DocumentError: A document was rejected, and ``strict`` is true; nothing has changed.
            IndexLockedError: Another writer did not finish in time.
            StorageError: The operating system refused to write; nothing has changed.
        """
        flag("strict", strict)
        expect_function("progress", progress)
        expect_function("on_alert", on_alert)
        with self.writer(workers=workers, timeout=timeout) as writer:
            writer.add(documents, progress)
            if strict and (rejected := writer.report.rejected):
                raise DocumentError(
                    f"expected documents that can all be used, got {len(rejected):,} that can't, "
                    f"so none was added; the first: {rejected[0]}"
                )
        _tell(writer.report.alerts, on_alert)
        return writer.report

    def update(self, key: AnyKey, /, *, timeout: float = LOCK_TIMEOUT, **changes: Any) -> M:
        """Change some fields of a document, in one commit that no other writer can come between.

        Args:
            key: The key of the document.
            timeout: As for :meth:`writer`.
            changes: The new values, by the names of their fields, or of what a model that allows
                extras has kept in the document besides. They are checked by the model.

        Returns:
            The document as it is now.

        Raises:
            ArgumentError: There is no such document or no such field, or it is the key that would
                change, or ``timeout`` may be meant for a field of that name.
            DocumentError: The document would not fit the model. Nothing has changed.
            IndexLockedError, StorageError: As for :meth:`add`.
        """
        from searchlib.schema.changing import with_changes

        self._expect_unlike_fields(timeout)
        with self.writer(workers=0, timeout=timeout) as writer:
            document = self.get(key)
            if document is None:
                raise ArgumentError(f"expected the key of a document, got {key!r:.80}")
            changed = cast("M", with_changes(self.schema, document, changes))
            writer.add(changed)
            if writer.report.rejected:
                raise DocumentError(writer.report.rejected[0].reason)
        return changed

    def _expect_unlike_fields(self, timeout: float) -> None:
        if timeout != LOCK_TIMEOUT and "timeout" in self.schema.model.model_fields:
            raise ArgumentError(
                "expected no timeout=, which may be that of the lock or the field of that name; "
                "change the field in a copy of the document, and add that"
            )

    def sync(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        encoding: str | None = None,
        mapping: FieldKeys | None = None,
        dates: Literal["dmy", "mdy"] | None = None,
        leave_out: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
        full: bool = False,
        allow_empty: bool = False,
        timeout: float = LOCK_TIMEOUT,
        workers: int | None = None,
        progress: Progress | None = None,
        on_alert: OnAlert | None = None,
    ) -> SyncReport:
        """Make the index what files and folders of articles are now, in one commit.

        New files are added. Of changed files all articles are replaced; those without an id of
        their own keep their keys. The articles of files that are gone are deleted, if these files
        were under one of the paths at an earlier sync. Unchanged files are not read: size and time
        of modification tell, or else a digest. A file that can't be read keeps its old articles.

        Args:
            paths: A file or a folder, or several.
            encoding: As for :func:`searchlib.read_articles`. Files that were read with other
                options at the last sync count as changed.
            mapping: As for :func:`searchlib.read_articles`.
            dates: As for :func:`searchlib.read_articles`.
            leave_out: As for :func:`searchlib.read_articles`.
            full: Whether to read unchanged files again, too.
            allow_empty: Whether a folder may hold no files at all, so that all its articles are
                deleted. Without it this is an error, as the folder may be that of a disk that is
                not mounted.
            timeout: As for :meth:`writer`.
            workers: As for :meth:`writer`.
            progress: Called from time to time with the number of files done, and at last with the
                number of all.
            on_alert: As for :meth:`add`; for new articles and those of changed files.

        Returns:
            The numbers of files added, changed, removed and unchanged, the problems, and the
            alerts.

        Raises:
            SourceNotFoundError: One of the paths does not exist, or holds no files. Nothing has
                changed.
            ArgumentError: There is no such encoding, or another argument is something else.
            SchemaMismatchError: The documents of the index have no fields for articles.
            CorruptIndexError: The catalogue of files is damaged. Nothing has changed.
            IndexLockedError, StorageError: As for :meth:`add`.
        """
        from searchlib.articles.fitting import fit_for
        from searchlib.articles.options import ReadOptions
        from searchlib.articles.sync import Sync

        flag("full", full)
        flag("allow_empty", allow_empty)
        expect_function("progress", progress)
        expect_function("on_alert", on_alert)
        fit = fit_for(self.schema)
        options = ReadOptions.of(
            encoding=encoding, mapping=mapping, dates=dates, leave_out=leave_out
        )
        with self.writer(workers=workers, timeout=timeout) as writer:
            sync = Sync(writer, fit, options, full=full, progress=progress)
            report = sync.run(paths, allow_empty=allow_empty)
        report.alerts = writer.report.alerts
        _tell(report.alerts, on_alert)
        return report

    def delete(self, *keys: AnyKey, timeout: float = LOCK_TIMEOUT) -> int:
        """Delete the documents with these keys in one commit, and return how many existed.

        Args:
            keys: The keys; one without a document is no error.
            timeout: As for :meth:`writer`.

        Raises:
            ArgumentError: No key is given, or a key is not a string. Nothing is deleted.
            IndexLockedError, StorageError: As for :meth:`add`.
        """
        if not keys:
            raise ArgumentError("expected the keys of documents to delete, got none")
        with self.writer(timeout=timeout) as writer:
            return writer.delete(*keys)

    def delete_by_query(self, query: Filter, *, timeout: float = LOCK_TIMEOUT) -> int:
        """Delete all documents that match a query in one commit, and return how many matched.

        Args:
            query: A query, or a filter as :meth:`searchlib.Index.search` takes it.
            timeout: As for :meth:`writer`.

        Raises:
            QueryError: The query can't be answered. Nothing is deleted.
            IndexLockedError, StorageError: As for :meth:`add`.
        """
        with self.writer(timeout=timeout) as writer:
            return writer.delete_by_query(query)

    def optimize(self, *, timeout: float = LOCK_TIMEOUT) -> None:
        """Merge all segments into one, without the deleted documents.

        This gives the fastest searches. It is optional: commits merge segments when it is worth it.

        Args:
            timeout: As for :meth:`writer`.

        Raises:
            IndexLockedError, StorageError: As for :meth:`add`.
        """
        with self._open_writer(0, None, timeout) as writer:
            writer.optimize()

    def check(self) -> list[str]:
        """Read all files of the index and compare them with their checksums.

        Returns:
            One sentence for each fault; an empty list if the index is sound.
        """
        return self._backend.check()


def _tell(alerts: Iterable[Alert], on_alert: OnAlert | None) -> None:
    """Call what wants to know of alerts, if anything does."""
    if on_alert is not None:
        for alert in alerts:
            on_alert(alert)
