"""How are the documents of an index indexed anew, wherever it is, and wherever they shall be?"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from searchlib.analysis import ANALYSIS_VERSION
from searchlib.arguments import expect_function
from searchlib.articles import shipped_model
from searchlib.backends.copying import pass_catalogue
from searchlib.backends.opensearch import is_address
from searchlib.backends.opensearch.address import Address
from searchlib.frozen import frozen
from searchlib.indexing.reindexing import no_queries, reindex_in_place
from searchlib.indexing.stored import StoredDocuments
from searchlib.indexing.writer import open_writer
from searchlib.schema.models import DocumentSchema
from searchlib.storage import IndexDirectory
from searchlib.storage.catalogue import read_current
from searchlib.storage.kept import change_kept, copy_kept, read_kept
from searchlib.storage.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pydantic import BaseModel

    from searchlib.backends.opensearch.client import Client
    from searchlib.backends.opensearch.mapping import Meta
    from searchlib.errors import Notice, Problem
    from searchlib.indexing.report import AddReport
    from searchlib.indexing.writer import Progress


@frozen
class _Source:
    """What is read of the old index.

    Attributes:
        documents: Its documents, as the new schema has them.
        recorded: Tells the language that the document with a key was found to be in.
        lines: Its catalogue.
        synonyms: Its file of synonyms.
    """

    documents: Iterable[BaseModel | Problem | Notice]
    recorded: Callable[[str], str | None]
    lines: Iterator[bytes]
    synonyms: str


def reindex(
    old: str | Path,
    new: str | Path | None,
    *,
    model: type[BaseModel] | None,
    language: str | None,
    timeout: float,
    workers: int | None,
    progress: Progress | None,
) -> AddReport:
    """Index the documents of an index anew; see :meth:`searchlib.Index.reindex`.

    Args:
        old: The folder or the address of the index.
        new: Those of the new one; ``None`` for the place of the old one.
        model: The class of the new documents; by default that of the old index.
        language: Their language; by default that of the old index.
        timeout: How long to wait for another writer to finish, in seconds.
        workers: As for :meth:`searchlib.Index.writer`.
        progress: Called now and then.

    Raises:
        SearchlibError: As for :meth:`searchlib.Index.reindex`.
    """
    expect_function("progress", progress)
    with closing(_Cluster(str(old)) if is_address(old) else _Folder(old)) as home:
        return _reindex(home, new, model, language, timeout, workers, progress)


def _reindex(
    home: _Folder | _Cluster,
    new: str | Path | None,
    model: type[BaseModel] | None,
    language: str | None,
    timeout: float,
    workers: int | None,
    progress: Progress | None,
) -> AddReport:
    stored = DocumentSchema.from_json(home.stored_schema, find_model=shipped_model)
    wanted = stored if model is None else DocumentSchema.of(model)
    schema, key = wanted.in_language(language or stored.language), stored.key.name
    if new is None:
        return home.in_place(key, schema, timeout, workers, progress)
    if is_address(new):
        return _into_cluster(str(new), home.source(key, schema), schema, workers, progress)
    return _into_folder(new, home, key, schema, workers, progress)


class _Folder:
    """An index in a folder, of any version of the analysis."""

    def __init__(self, path: str | Path) -> None:
        self.directory = IndexDirectory.open(path)
        self.stored_schema = self.directory.manifest().schema

    def in_place(
        self,
        key: str,
        schema: DocumentSchema,
        timeout: float,
        workers: int | None,
        progress: Progress | None,
    ) -> AddReport:
        return reindex_in_place(self.directory, key, schema, timeout, workers, progress)

    def close(self) -> None:
        """Do nothing: a folder is not open."""

    def copy_kept(self, directory: IndexDirectory) -> None:
        """Copy synonyms and saved queries into another folder."""
        copy_kept(self.directory, directory)

    def source(self, key: str, schema: DocumentSchema) -> _Source:
        snapshot = Snapshot.open(self.directory)
        return _Source(
            StoredDocuments(snapshot, key, schema),
            lambda value: snapshot.recorded_language(key, value),
            read_current(self.directory),
            read_kept(self.directory, "synonyms").data.decode(),
        )


class _Cluster:
    """An index on a cluster, of any version of the analysis."""

    def __init__(self, text: str) -> None:
        from searchlib.backends.opensearch.mapping import read_meta

        self._client = _client_of(text)
        self._meta: Meta = read_meta(self._client.mapping(), self._client.address)
        self.stored_schema = self._meta.schema

    def close(self) -> None:
        self._client.close()

    def copy_kept(self, directory: IndexDirectory) -> None:
        """Put the synonyms into a folder: a cluster keeps no saved queries."""
        change_kept(directory, "synonyms", self._meta.synonyms.encode(), 0)

    def in_place(
        self,
        key: str,
        schema: DocumentSchema,
        timeout: float,
        workers: int | None,
        progress: Progress | None,
    ) -> AddReport:
        from searchlib.backends.opensearch import reindexing

        arguments = (self._client, self._meta, key, schema, workers, progress)
        return reindexing.reindex_in_place(*arguments)

    def source(self, key: str, schema: DocumentSchema) -> _Source:
        from searchlib.backends.opensearch.catalogue import CatalogueStore
        from searchlib.backends.opensearch.reindexing import ServerDocuments

        self._client.refresh(index=self._meta.index)
        documents = ServerDocuments(self._client, self._meta.index, key, schema)
        lines = CatalogueStore(self._client).read()
        return _Source(documents, documents.recorded_language, lines, self._meta.synonyms)


def _client_of(text: str) -> Client:
    from searchlib.backends.opensearch.client import Client

    return Client(Address.parse(text))


def _into_cluster(
    text: str,
    source: _Source,
    schema: DocumentSchema,
    workers: int | None,
    progress: Progress | None,
) -> AddReport:
    """Make an index on a cluster, which is not there before it is whole."""
    from searchlib.backends.opensearch.making import new_index
    from searchlib.backends.opensearch.writer import OpenSearchWriter

    client = _client_of(text)
    with (
        closing(client),
        new_index(client, schema, source.synonyms) as name,
        OpenSearchWriter[Any](client, schema, no_queries, index=name, workers=workers) as writer,
    ):
        return _fill(writer, source, progress)


def _into_folder(
    path: str | Path,
    home: _Folder | _Cluster,
    key: str,
    schema: DocumentSchema,
    workers: int | None,
    progress: Progress | None,
) -> AddReport:
    """Make an index in a folder, which is not there before it is whole."""
    with IndexDirectory.build(path, schema.to_json(), ANALYSIS_VERSION) as directory:
        with open_writer(schema, directory, no_queries, workers, None, 0) as writer:
            report = _fill(writer, home.source(key, schema), progress)
        home.copy_kept(directory)
        return report


def _fill(writer: Any, source: _Source, progress: Progress | None) -> AddReport:
    writer.take_languages(source.recorded)
    writer.add(source.documents, progress)
    pass_catalogue(source.lines, writer)
    writer.commit()
    report: AddReport = writer.report
    return report
