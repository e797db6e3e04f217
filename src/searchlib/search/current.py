"""Which commit is searched? The last one, of whichever index is at the place by now."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from searchlib.analysis import ANALYSIS_VERSION
from searchlib.errors import AnalysisVersionError
from searchlib.memory import in_forked_processes
from searchlib.query.field_values import SYSTEM_CLOCK, Clock
from searchlib.schema.models import DocumentSchema
from searchlib.search.held import HeldCommits
from searchlib.search.searcher import Searcher
from searchlib.storage.snapshot import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.postings import Scoring
    from searchlib.storage import IndexDirectory, Manifest


class CurrentSearcher:
    """Opens the last commit when it is asked for, and keeps it open. Threads may share it.

    A folder, or a link to one, may be swapped under a running program, as a nightly rebuild does.
    So commits are told apart by what is in them, and not by their numbers alone.

    Args:
        directory: Where the index is.
        schema: Its fields.
        cache: How many bytes a searcher keeps of documents; ``None`` for the default.
        clock: What relative dates are reckoned from.
        scoring: The parameters of the scores; ``None`` for the usual ones.

    Attributes:
        clock: What relative dates are reckoned from.
        held: The commits in which pages go on.
        scoring: The parameters of the scores.
    """

    def __init__(
        self,
        directory: IndexDirectory,
        schema: DocumentSchema,
        cache: int | None = None,
        *,
        clock: Clock = SYSTEM_CLOCK,
        scoring: Scoring | None = None,
    ) -> None:
        self._directory = directory
        self._schema = schema
        self._cache = cache
        self.clock = clock
        self.scoring = scoring
        self._manifest = directory.manifest()
        self._open: tuple[Manifest, Searcher] | None = None
        self.held = HeldCommits()
        self._unlock()
        in_forked_processes(self._unlock)

    def _unlock(self) -> None:
        self._opening = threading.Lock()

    def get(self) -> Searcher:
        """Give a searcher of the last commit.

        Raises:
            AnalysisVersionError, SchemaMismatchError: As :meth:`manifest`.
            CorruptIndexError: A file is missing or damaged.
            StorageError: The operating system refused to read.
        """
        manifest, there = self.manifest(), self._open
        if there is None or there[0] is not manifest:
            with self._opening:  # by one thread: each searcher has its own cache
                there = self._open = (manifest, self._searcher_of(manifest, self._open))
        return there[1]

    def last(self) -> Searcher:
        """Give the searcher that :meth:`get` gave last, without another look at the folder.

        Raises:
            SearchlibError: As :meth:`get`, which is asked if it was not before.
        """
        there = self._open
        return self.get() if there is None else there[1]

    def _searcher_of(self, manifest: Manifest, last: tuple[Manifest, Searcher] | None) -> Searcher:
        before = None if last is None else last[1]
        if before is not None and before.snapshot.shows(manifest):
            return before  # the file was written anew, or another thread has opened it meanwhile
        self.held.release()
        snapshot = Snapshot.open(self._directory, None if before is None else before.snapshot)
        return self._open_searcher(snapshot, before)

    def _open_searcher(self, snapshot: Snapshot, before: Searcher | None = None) -> Searcher:
        return Searcher(
            snapshot,
            self._schema,
            self._cache,
            clock=self.clock,
            scoring=self.scoring,
            before=before,
        )

    def of_commit(self, identity: str) -> Searcher:
        """Give a searcher of a commit that pages began in, or of the last one if it is gone.

        Args:
            identity: The commit, as of :attr:`~searchlib.storage.snapshot.Snapshot.identity`.

        Raises:
            AnalysisVersionError, SchemaMismatchError, CorruptIndexError, StorageError: As
                :meth:`get`.
        """
        last = self.get()
        if last.snapshot.identity == identity:
            return last
        return self.held.searcher(identity, self._open_searcher) or last

    def manifest(self) -> Manifest:
        """Read the last commit, which must be of an index like the one that was opened.

        Raises:
            AnalysisVersionError: Its terms are made otherwise.
            SchemaMismatchError: Its fields differ.
        """
        manifest = self._directory.manifest()
        if manifest is not self._manifest:
            expect_analysis(manifest, self._directory.path)
            if manifest.schema != self._manifest.schema:
                before = DocumentSchema.from_json(self._manifest.schema)
                DocumentSchema.from_json(manifest.schema).expect_readable(self._schema, before)
            self._manifest = manifest
        return manifest


def expect_analysis(manifest: Manifest, path: Path) -> None:
    """Make sure that the terms of an index are made as those of queries are.

    Raises:
        AnalysisVersionError: They are not.
    """
    if manifest.analysis != ANALYSIS_VERSION:
        import shlex

        other = "a newer" if manifest.analysis > ANALYSIS_VERSION else "an older"
        raise AnalysisVersionError(
            f"{path}: expected an index of analysis {ANALYSIS_VERSION}, got one of analysis "
            f"{manifest.analysis}, made by {other} searchlib: words would not be found in it; make "
            f"a new index of its documents with: searchlib reindex {shlex.quote(str(path))} NEW "
            "(in Python: Index.reindex)"
        )
