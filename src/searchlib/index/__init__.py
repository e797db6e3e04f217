"""The facade: :class:`Index`, where documents go in and hits come out."""

from __future__ import annotations

import os
import weakref
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, overload

from searchlib.arguments import LOCK_TIMEOUT, cache_size, zone_of
from searchlib.backends.base import Opening
from searchlib.backends.opening import create_backend, open_backend
from searchlib.errors import (
    ArgumentError,
    IndexExistsError,
    IndexNotFoundError,
    SchemaMismatchError,
)
from searchlib.index.lists import Lists
from searchlib.postings.bm25 import Scoring, scoring_of
from searchlib.query.field_values import Clock
from searchlib.query.parser import QueryParser
from searchlib.schema.models import DocumentSchema
from searchlib.schema.typing import M, N
from searchlib.whoosh_compat.any_query import AnyFilterReader

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo
    from pathlib import Path

    from pydantic import BaseModel
    from whoosh.scoring import WeightingModel

    from searchlib.backends.base import Backend
    from searchlib.indexing.report import AddReport
    from searchlib.indexing.writer import Progress
    from searchlib.storage.stats import IndexStats
    from searchlib.whoosh_compat.reader import WhooshReader, WhooshSearcher


class Index(Lists[M]):
    """A searchable collection of documents in a folder.

    Make one with :meth:`create` or :meth:`open`. Its documents are instances of one pydantic
    model, ``M``. Markers (:mod:`searchlib.schema.markers`) say how each field is searched.

    Any number of threads may use an index. Each search sees the last commit, whichever process
    made it; later commits do not disturb a search that has begun.

    Attributes:
        schema: The fields of the documents, and how each is indexed.
        scoring: The parameters of the scores.
    """

    def __init__(self, backend: Backend) -> None:
        """Is called by :meth:`open`, :meth:`create` and their like, which are there for programs.

        Raises:
            ArgumentError: It is given a path, as those are.
        """
        if isinstance(backend, str | os.PathLike):
            raise ArgumentError(
                "expected Index.open(path), or Index.create(path, model) for a new index, got "
                f"Index({str(backend)!r:.80})"
            )
        super().__init__(backend)
        self.scoring: Final = backend.opening.scoring
        self._parser = QueryParser(self.schema, clock=self._clock)
        self._filters = AnyFilterReader(self._parser, self.schema, clock=self._clock)
        self._remove: Callable[[], object] | None = None

    @classmethod
    def create(
        cls,
        path: str | Path,
        model: type[N],
        *,
        language: str | None = None,
        cache: int | None = None,
        zone: tzinfo | str = UTC,
        scoring: Scoring | None = None,
    ) -> Index[N]:
        """Create an empty index.

        Args:
            path: A folder that is empty or does not exist yet.
            model: The class of the documents.
            language: The language of the texts, if not that of the model's markers: its name or
                code ("german", "de"), "auto" for documents that are each in their own
                (docs/words.md), or "none" to index words as they are written. The index keeps it;
                it need not be said again.
            cache: As for :meth:`open`.
            zone: As for :meth:`open`.
            scoring: As for :meth:`open`.

        Raises:
            IndexExistsError: The folder contains an index already.
            NotAnIndexError: The path is something else.
            SchemaError: The model can't be a schema, or there is no such language.
            ArgumentError: ``path``, ``cache``, ``zone`` or ``scoring`` is something else.
            StorageError: The operating system refused to write.
        """
        schema = DocumentSchema.of(model).in_language(language)
        made: Index[Any] = cls(create_backend(path, schema, _opening(cache, zone, scoring)))
        return made

    @classmethod
    def open_or_create(
        cls,
        path: str | Path,
        model: type[N],
        *,
        language: str | None = None,
        cache: int | None = None,
        zone: tzinfo | str = UTC,
        scoring: Scoring | None = None,
    ) -> Index[N]:
        """Open the index at a path, or create it if there is none.

        Args:
            path: The folder of the index.
            model: The class of its documents.
            language: As for :meth:`create`; an index that is there must have been created with it.
            cache: As for :meth:`open`.
            zone: As for :meth:`open`.
            scoring: As for :meth:`open`.

        Raises:
            SchemaMismatchError: The index is in another language, or as for :meth:`open`.
            SearchlibError: As for :meth:`open` and :meth:`create`.
        """
        options: Any = {"cache": cache, "zone": zone, "scoring": scoring}
        try:
            index = cls.open(path, model, **options)
        except IndexNotFoundError:
            try:
                return cls.create(path, model, language=language, **options)
            except IndexExistsError:  # another process has created it just now
                index = cls.open(path, model, **options)
        wanted = DocumentSchema.of(model).in_language(language).language
        if wanted not in (None, index.schema.language):
            found = index.schema.language or "that of the markers of its model"
            raise SchemaMismatchError(
                f"{index.address}: expected an index whose language is {wanted}, got {found}; "
                f"leave the language out, or make a new index with Index.reindex",
                [f"language: {found} in the index, {wanted} wanted"],
            )
        return index

    @classmethod
    def in_memory(
        cls,
        model: type[N],
        *,
        language: str | None = None,
        cache: int | None = None,
        zone: tzinfo | str = UTC,
        scoring: Scoring | None = None,
    ) -> Index[N]:
        """Create an index that no disk keeps, for tests and for what is searched only once.

        It is like any other, and goes when it is closed, when nothing refers to it any more, or
        when the program ends. Its files are in memory where the system has a folder for that with
        room (``/dev/shm``), and otherwise in the folder for temporary files.

        Args:
            model: The class of the documents.
            language: As for :meth:`create`.
            cache: As for :meth:`open`.
            zone: As for :meth:`open`.
            scoring: As for :meth:`open`.

        Raises:
            SchemaError, ArgumentError, StorageError: As for :meth:`create`.
        """
        from searchlib.storage.temporary import TemporaryFolder

        folder = TemporaryFolder()
        try:
            index = cls.create(
                folder.path, model, language=language, cache=cache, zone=zone, scoring=scoring
            )
        except BaseException:
            folder.remove()
            raise
        index._remove = folder.remove
        weakref.finalize(index, folder.remove)
        return index

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
        """Open an existing index. Nothing is written, so a read-only folder is enough.

        Args:
            path: The folder of the index.
            model: The class of its documents. Without it, documents are
                :class:`searchlib.Article` if the index was made with that, and otherwise instances
                of a model made from the stored schema. A model that an index names is never
                imported.
            cache: How many bytes to keep of documents that were shown; 32 MiB by default.
            zone: The time zone, or its name, of relative dates such as "today".
            scoring: The parameters of the scores, if not those of docs/scoring.md. They hold for
                searches through this object, and are not stored in the index.

        Raises:
            IndexNotFoundError: There is nothing at the path.
            NotAnIndexError: The path is something else.
            IndexVersionError: The index was made by a newer searchlib.
            AnalysisVersionError: The index was made by another version of the analysis, so queries
                would miss words. :meth:`reindex` makes a new index from it.
            CorruptIndexError: The index is damaged.
            SchemaMismatchError: The model differs from that of the index in such a way that its
                documents must be indexed anew (docs/schemas.md). :meth:`reindex` does that.
            ArgumentError: ``path``, ``cache``, ``zone`` or ``scoring`` is something else.
        """
        return cls(open_backend(path, model, _opening(cache, zone, scoring)))

    @classmethod
    def reindex(
        cls,
        old: str | Path,
        new: str | Path | None = None,
        *,
        model: type[BaseModel] | None = None,
        language: str | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> AddReport:
        """Index the documents that an index stores anew, into a new index or in their place.

        Use it for an index that has another version of the analysis, or to index the same documents
        with another model. The new index appears when it is complete: in one step also where it
        takes the place of the old one, which can be searched until then. If anything fails, the old
        index is as it was, and nothing is left of the new one.

        Args:
            old: The folder of the old index, with any version of the analysis.
            new: The folder of the new index; it must be empty or not exist. ``None`` puts it in the
                place of the old one.
            model: The class of the new documents; by default that of the old index.
            language: The language of the new texts, as for :meth:`create`; by default that of
                the old index.
            workers: As for :meth:`writer`.
            progress: Called from time to time with the number of documents done, and of all.

        Returns:
            The number of documents added, a problem for each that does not fit the model, and a
            notice for each name under which the model does not keep the values of documents.

        Raises:
            IndexNotFoundError, NotAnIndexError, IndexVersionError, CorruptIndexError: The old index
                can't be opened.
            IndexExistsError, NotAnIndexError, SchemaError: The new one can't be created.
            DocumentError: A document does not fit the model, and ``new`` is ``None``.
            IndexLockedError: Another writer is at work on the old index, and ``new`` is ``None``.
            ArgumentError: ``old`` or ``new`` is no path, or ``new`` is in the folder of an index.
            StorageError: The operating system refused to write.
        """
        from searchlib.backends.reindexing import reindex

        return reindex(
            old,
            new,
            model=model,
            language=language,
            timeout=LOCK_TIMEOUT,
            workers=workers,
            progress=progress,
        )

    def stats(self) -> IndexStats:
        """Return the numbers of documents and segments, the size and the fields of the index."""
        return self._backend.stats()

    def reader(self) -> WhooshReader:
        """Open a Whoosh reader on the last commit, for code written for Whoosh."""
        return self._searcher.whoosh_reader

    def searcher(
        self, *, weighting: WeightingModel | type[WeightingModel] | None = None
    ) -> WhooshSearcher:
        """Open a Whoosh searcher on the last commit, for code written for Whoosh.

        Args:
            weighting: A scoring model of Whoosh's; by default scores are as of :meth:`search`.
        """
        from searchlib.whoosh_compat.reader import whoosh_searcher

        return whoosh_searcher(self.reader(), self.reader, weighting)

    def close(self) -> None:
        """Let go of the files of the index; what is called afterwards raises an error.

        It need not be called: files are closed when nothing refers to the index any more. Hits
        that a search has returned stay readable. An index in memory is gone.
        """
        super().close()
        if self._remove is not None:
            self._remove()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the index as its path, its model and how it was opened."""
        opening = self._backend.opening
        if self._remove is not None:
            raise ArgumentError("expected an index in a folder to pickle, got one in memory")
        how = (opening.cache, opening.clock.zone, opening.scoring)
        return _reopen, (type(self), self.location, self.schema.given_model, *how)

    def __repr__(self) -> str:
        return f"Index({self.address!r}, {self.schema.model_name})"


def _opening(cache: int | None, zone: tzinfo | str, scoring: Scoring | None) -> Opening:
    return Opening(cache_size(cache), Clock(zone=zone_of(zone)), scoring_of(scoring))


def _reopen(
    kind: type[Index[Any]],
    path: str,
    model: type[BaseModel] | None,
    cache: int | None,
    zone: tzinfo,
    scoring: Scoring,
) -> Index[Any]:
    return kind.open(path, model, cache=cache, zone=zone, scoring=scoring)
