"""The part of the facade that reads: documents by key, one after another, and how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, Self, cast

from searchlib.arguments import key_of
from searchlib.errors import ArgumentError, IndexClosedError, WhooshNames
from searchlib.schema.typing import M
from searchlib.storage.catalogue import read_current

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from searchlib.query.field_values import Clock
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.current import CurrentSearcher
    from searchlib.search.searcher import Searcher
    from searchlib.storage import IndexDirectory
    from searchlib.storage.snapshot import OpenSegment, Snapshot


class Reads(WhooshNames, Generic[M]):
    """How the documents of an :class:`searchlib.Index` are read; it is that and nothing else."""

    _clock: Clock

    def __init__(
        self, directory: IndexDirectory, schema: DocumentSchema, current: CurrentSearcher
    ) -> None:
        self.path: Final = directory.path
        self.schema: Final = schema
        self._home: tuple[IndexDirectory, CurrentSearcher] | None = (directory, current)

    @property
    def _opened(self) -> tuple[IndexDirectory, CurrentSearcher]:
        if self._home is None:
            raise IndexClosedError(f"{self.path}: the index is closed; open it again to use it")
        return self._home

    @property
    def _directory(self) -> IndexDirectory:
        return self._opened[0]

    @property
    def _current(self) -> CurrentSearcher:
        return self._opened[1]

    @property
    def _searcher(self) -> Searcher:
        """A searcher of the last commit."""
        return self._current.get()

    @property
    def _snapshot(self) -> Snapshot:
        """The last commit."""
        return self._searcher.snapshot

    @property
    def revision(self) -> str:
        """Hexadecimal digits that are the same only while the index holds the same documents.

        A commit, or another index in its place, gives other digits: what a program has made of
        the documents can be kept under them.
        """
        return self._snapshot.identity

    def get(self, key: str) -> M | None:
        """Return the document with a key, or ``None`` if there is none.

        Raises:
            ArgumentError: The key is not a string.
        """
        return self._document_of(self._snapshot, key)

    def get_many(self, keys: Iterable[str]) -> list[M | None]:
        """Return the documents with some keys, all as of one commit.

        Args:
            keys: The keys.

        Returns:
            For each key in turn its document, or ``None`` if there is none.

        Raises:
            ArgumentError: ``keys`` is one string, or a key is not a string.
        """
        if isinstance(keys, str):
            raise ArgumentError(f"expected several keys, got one string, {keys!r:.80}; use get()")
        snapshot = self._snapshot
        return [self._document_of(snapshot, key) for key in keys]

    def __iter__(self) -> Iterator[M]:
        """Read all documents of the last commit, in the order in which they were added.

        They are read block by block, so memory stays bounded; later commits make no difference.
        """
        for stored in self._snapshot.stored():
            yield cast("M", self.schema.restore(stored))

    def source(self, key: str) -> Path | None:
        """Find the file that :meth:`sync` has read a document from.

        Args:
            key: The key of the document.

        Returns:
            The absolute path as of the last sync; of a file inside an archive, that of the archive.
            ``None`` if there is no such document, or it was not added by :meth:`sync`.

        Raises:
            ArgumentError: The key is not a string.
            CorruptIndexError: The catalogue of files is damaged.
        """
        document = self.get(key)
        if document is None:
            return None
        from searchlib.articles.catalogue import find_source

        name = getattr(document, "file", None)
        return find_source(read_current(self._directory), key, name)

    def __contains__(self, key: str) -> bool:
        return self._found(self._snapshot, key) is not None

    def __len__(self) -> int:
        return self._snapshot.doc_count

    def close(self) -> None:
        """Let go of the files of the index; what is called afterwards raises an error.

        It need not be called: files are closed when nothing refers to the index any more. Hits
        that a search has returned stay readable.
        """
        self._home = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _found(self, snapshot: Snapshot, key: str) -> tuple[OpenSegment, int] | None:
        """Find the document with a key: its segment, and its number there."""
        return snapshot.find_key(self.schema.key.name, self._key_of(key))

    def _key_of(self, key: object) -> str:
        """Find the text of a key, as the index has it."""
        return key_of(key, self.schema.key.label_types)

    def _document_of(self, snapshot: Snapshot, key: str) -> M | None:
        found = self._found(snapshot, key)
        if found is None:
            return None
        segment, docnum = found
        return cast("M", self.schema.restore(segment.reader.document(docnum)))
