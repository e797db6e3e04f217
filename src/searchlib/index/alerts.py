"""The saved queries of an index, and which of them match new documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Generic

from searchlib.analysis import ANALYSIS_VERSION
from searchlib.arguments import LOCK_TIMEOUT, flag, seconds
from searchlib.errors import ArgumentError
from searchlib.schema.typing import M
from searchlib.search.alerts.matching import AlertIndex
from searchlib.search.alerts.saved import SavedQuery, read, written
from searchlib.search.searcher import Searcher
from searchlib.storage import IndexDirectory
from searchlib.storage.kept import change_kept, kept_name, read_kept
from searchlib.storage.snapshot import Snapshot
from searchlib.whoosh_compat.any_query import read_query

if TYPE_CHECKING:
    from collections.abc import Callable, ItemsView, ValuesView

    from searchlib.index.synonyms import IndexSynonyms
    from searchlib.indexing.report import Alert, Alerts
    from searchlib.query.field_values import Clock
    from searchlib.query.parser import Match, QueryParser
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.schema.typing import Documents
    from searchlib.search.current import CurrentSearcher
    from searchlib.whoosh_compat.queries import WhooshObject

    OnAlert = Callable[[Alert], object]
    """Called with each saved query that matches new documents."""


class IndexAlerts(Mapping[str, SavedQuery], Generic[M]):
    """Queries that are kept under a name, and matched with new documents (docs/alerts.md).

    A mapping of names to saved queries, in the order in which they were added: always that of the
    last commit, whichever process made it.
    """

    def __init__(
        self,
        directory: IndexDirectory,
        schema: DocumentSchema,
        current: CurrentSearcher,
        synonyms: IndexSynonyms,
        parser: QueryParser,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._schema = schema
        self._current = current
        self._synonyms = synonyms
        self._parser = parser
        self._clock = clock
        self._known: tuple[str, dict[str, SavedQuery]] = "", {}
        self._index: tuple[object, AlertIndex] | None = None

    @property
    def revision(self) -> str:
        """What changes whenever the saved queries do; empty if there are none."""
        return kept_name(self._directory, "alerts")

    def add(
        self,
        name: str,
        query: str | Query | WhooshObject,
        *,
        match: Match = "all",
        replace: bool = False,
        timeout: float = LOCK_TIMEOUT,
    ) -> None:
        """Keep a query under a name, in one commit.

        Args:
            name: The name.
            query: As for :meth:`searchlib.Index.search`. Relative dates such as "today" are
                reckoned from the time when documents are matched.
            match: As for :meth:`searchlib.Index.search`.
            replace: Whether it may take the place of another one with the name.
            timeout: As for :meth:`searchlib.Index.writer`.

        Raises:
            QueryError: The query can't be read, evaluated or kept. Nothing has changed.
            ArgumentError: There is one with the name, or the name is empty or no string.
            IndexLockedError: Another writer did not finish in time.
            StorageError: The operating system refused to write; nothing has changed.
        """
        self.add_many({name: query}, match=match, replace=replace, timeout=timeout)

    def add_many(
        self,
        queries: Mapping[str, str | Query | WhooshObject],
        *,
        match: Match = "all",
        replace: bool = False,
        timeout: float = LOCK_TIMEOUT,
    ) -> None:
        """Keep several queries, in one commit: all of them, or none.

        Args:
            queries: The queries by their names, each as for :meth:`add`, as are the others.
            match: As for :meth:`searchlib.Index.search`.
            replace: Whether they may take the place of others with the same names.
            timeout: As for :meth:`searchlib.Index.writer`.

        Raises:
            QueryError, ArgumentError, IndexLockedError, StorageError: As for :meth:`add`.
        """
        if not isinstance(queries, Mapping):
            raise ArgumentError(f"expected a mapping of names to queries, got {queries!r:.80}")
        flag("replace", replace)
        nowhere = Searcher(Snapshot(0, []), self._schema, 0, clock=self._clock)
        new = {name: self._saved(name, query, match, nowhere) for name, query in queries.items()}

        def change(data: bytes) -> bytes:
            there = read(data, self._directory.path)
            for name in new if not replace else ():
                if name in there:
                    raise ArgumentError(
                        f"expected a new name for a saved query, got {name!r:.80}, which is there; "
                        "replace it with replace=True (on the command line, --replace)"
                    )
            return written({**there, **new}.values())

        change_kept(self._directory, "alerts", change, seconds("timeout", timeout))

    def _saved(self, name: object, given: object, match: Match, nowhere: Searcher) -> SavedQuery:
        """Read a query; evaluating it where there are no documents tells whether that is possible.

        Raises:
            ArgumentError: The name is no such name.
            QueryError: The query is no query, or can't be evaluated.
        """
        if not isinstance(name, str) or not name.strip():
            raise ArgumentError(f"expected a name for a saved query, got {name!r:.80}")
        query = read_query(given, self._parser, self._schema, match, lenient=False).query
        saved = SavedQuery.of(name, given, query)
        nowhere.matching(query)
        return saved

    def remove(self, *names: str, timeout: float = LOCK_TIMEOUT) -> int:
        """Remove saved queries in one commit, and return how many there were.

        Args:
            names: Their names; one that there is not is no error.
            timeout: As for :meth:`searchlib.Index.writer`.

        Raises:
            IndexLockedError, StorageError: As for :meth:`add`.
        """
        count = 0

        def change(data: bytes) -> bytes:
            nonlocal count
            there = read(data, self._directory.path)
            left = [one for one in there.values() if one.name not in names]
            count = len(there) - len(left)
            return written(left)

        change_kept(self._directory, "alerts", change, seconds("timeout", timeout))
        return count

    def clear(self, *, timeout: float = LOCK_TIMEOUT) -> None:
        """Remove all saved queries in one commit, even if their file is damaged.

        Args:
            timeout: As for :meth:`searchlib.Index.writer`.

        Raises:
            IndexLockedError, StorageError: As for :meth:`add`.
        """
        change_kept(self._directory, "alerts", b"", seconds("timeout", timeout))

    def match(self, documents: Documents[M]) -> Alerts:
        """Tell which saved queries match documents, which are not added.

        They are indexed in memory, and only the queries that can match are evaluated.

        Args:
            documents: As for :meth:`searchlib.Index.add`.

        Returns:
            A list of an alert for each query that matches any of them, or that can't be evaluated
            any more, in the order in which the queries were added. Its ``rejected`` has a problem
            for each document that can't be used, as the report of ``add`` has.

        Raises:
            DocumentError: It is neither a document nor an iterable.
            CorruptIndexError: The saved queries are damaged.
            StorageError: The operating system refused to write.
        """
        from searchlib.indexing.reindexing import no_queries
        from searchlib.indexing.report import Alerts
        from searchlib.indexing.writer import open_writer
        from searchlib.storage.temporary import TemporaryFolder

        found = Alerts()
        folder, schema = TemporaryFolder(), self._schema.of_own_model
        try:
            directory = IndexDirectory.create(folder.path, schema.to_json(), ANALYSIS_VERSION)
            with open_writer(schema, directory, no_queries, 0, None, 0) as writer:
                writer.watch = lambda new: found.extend(self.matching(new))
                writer.add(documents)
                writer.commit()
                found.rejected = writer.report.rejected
        finally:
            folder.remove()
        return found

    def matching(self, snapshot: Snapshot) -> list[Alert]:
        """Tell which saved queries match the documents of a snapshot.

        Raises:
            CorruptIndexError: The saved queries, the synonyms or a segment are damaged.
        """
        index = self._index_for(snapshot) if self.revision else None
        return [] if index is None else index.match(snapshot, self._clock)

    def _index_for(self, snapshot: Snapshot) -> AlertIndex:
        """Give the term index over the queries, for the languages of a snapshot."""
        key, known = (self.revision, self._synonyms.revision, snapshot.languages), self._index
        if known is None or known[0] != key:
            schema = self._schema.with_languages(snapshot.languages)
            archive = self._current.get().snapshot
            synonyms = self._synonyms.current()
            made = AlertIndex(self.values(), schema, synonyms, archive.doc_frequency)
            known = self._index = key, made
        return known[1]

    def _all(self) -> dict[str, SavedQuery]:
        name, known = kept_name(self._directory, "alerts"), self._known
        if name != known[0]:
            kept = read_kept(self._directory, "alerts")
            known = self._known = kept.name, read(kept.data, self._directory.path)
        return known[1]

    def __getitem__(self, name: str) -> SavedQuery:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def values(self) -> ValuesView[SavedQuery]:
        """Give the saved queries, all as of one commit."""
        return self._all().values()

    def items(self) -> ItemsView[str, SavedQuery]:
        """Give the names and the saved queries, all as of one commit."""
        return self._all().items()

    def __repr__(self) -> str:
        return f"<{len(self)} saved queries of {self._directory.path}>"
