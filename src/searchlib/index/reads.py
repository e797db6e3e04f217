"""The part of the facade that reads: documents by key, one after another, and how many."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, Self, cast

from searchlib.arguments import key_of
from searchlib.backends.local import LocalBackend
from searchlib.errors import ArgumentError, IndexClosedError, UnsupportedError, WhooshNames
from searchlib.schema.typing import M

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from searchlib.backends.base import Backend
    from searchlib.schema.typing import AnyKey
    from searchlib.search.searcher import Searcher


class Reads(WhooshNames, Generic[M]):
    """How the documents of an :class:`searchlib.Index` are read; it is that and nothing else."""

    def __init__(self, backend: Backend) -> None:
        self._place: Final = backend.place
        self.schema: Final = backend.schema
        self._clock = backend.opening.clock
        self._home: Backend | None = backend

    @property
    def path(self) -> Path:
        """The folder, as an absolute path, so the program may change its working directory.

        Raises:
            UnsupportedError: The index is on a server; :attr:`address` says on which.
        """
        if not isinstance(self._place, Path):
            raise UnsupportedError(f"expected an index in a folder, got one at {self._place}")
        return self._place

    @property
    def address(self) -> str:
        """Where the index is, as :meth:`searchlib.Index.open` takes it, without passwords."""
        return str(self._place)

    @property
    def in_folder(self) -> bool:
        """Whether the index is in a folder, and can do what a server can't."""
        return isinstance(self._place, Path)

    @property
    def location(self) -> str:
        """What :meth:`searchlib.Index.open` opens the index by again: passwords are in it."""
        return str(self._backend.location)

    @property
    def _backend(self) -> Backend:
        home = self._home
        if home is None:
            raise IndexClosedError(f"{self._place}: the index is closed; open it again to use it")
        return home

    @property
    def _local(self) -> LocalBackend:
        """The folder of the index, for what only an index in a folder can do."""
        backend = self._backend
        if not isinstance(backend, LocalBackend):
            raise UnsupportedError(
                "expected an index in a folder for this, got one on a server, which can't do it; "
                "copy it with: searchlib copy ADDRESS FOLDER"
            )
        return backend

    @property
    def _searcher(self) -> Searcher:
        """A searcher of the last commit."""
        return self._local.current.get()

    @property
    def revision(self) -> str:
        """Hexadecimal digits that are the same only while the index holds the same documents.

        A commit, or another index in its place, gives other digits: what a program has made of
        the documents can be kept under them.
        """
        return self._backend.revision()

    def get(self, key: AnyKey) -> M | None:
        """Return the document with a key, or ``None`` if there is none.

        Raises:
            ArgumentError: The key is not a string.
        """
        return self._documents_of([key])[0]

    def get_many(self, keys: Iterable[AnyKey]) -> list[M | None]:
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
        if not isinstance(keys, Iterable):
            raise ArgumentError(f"expected several keys, got {keys!r:.80} ({type(keys).__name__})")
        return self._documents_of(keys)

    def __iter__(self) -> Iterator[M]:
        """Read all documents of the last commit, in the order in which they were added.

        They are read block by block, so memory stays bounded; later commits make no difference.
        """
        for stored in self._backend.all_stored():
            yield cast("M", self.schema.restore(stored))

    def source(self, key: AnyKey) -> Path | None:
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
        return find_source(self._backend.catalogue(), self._key_of(key), name)

    def __contains__(self, key: AnyKey) -> bool:
        return self._backend.has(self._key_of(key))

    def __len__(self) -> int:
        return self._backend.doc_count()

    def close(self) -> None:
        """Let go of the files of the index; what is called afterwards raises an error.

        It need not be called: files are closed when nothing refers to the index any more. Hits
        that a search has returned stay readable.
        """
        home, self._home = self._home, None
        if home is not None:
            home.close()

    def __enter__(self) -> Self:
        self._backend  # noqa: B018 - looked at for its error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _key_of(self, key: object) -> str:
        """Find the text of a key, as the index has it."""
        return key_of(key, self.schema.key.label_types)

    def _documents_of(self, keys: Iterable[AnyKey]) -> list[M | None]:
        found = self._backend.stored([self._key_of(key) for key in keys])
        restore = self.schema.restore
        return [None if stored is None else cast("M", restore(stored)) for stored in found]
