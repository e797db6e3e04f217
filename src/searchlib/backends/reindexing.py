"""How are documents indexed anew, from wherever they are to wherever they shall be?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searchlib.analysis import ANALYSIS_VERSION
from searchlib.articles import shipped_model
from searchlib.backends.opensearch.address import Address, is_address
from searchlib.indexing import reindexing as in_folders
from searchlib.indexing.stored import StoredDocuments
from searchlib.indexing.writer import open_writer
from searchlib.schema.models import DocumentSchema
from searchlib.storage import IndexDirectory
from searchlib.storage.snapshot import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from searchlib.indexing.report import AddReport
    from searchlib.indexing.writer import Progress


def reindex(
    old: str | Path,
    new: str | Path | None,
    model: type[BaseModel] | None,
    language: str | None,
    timeout: float,
    workers: int | None,
    progress: Progress | None,
) -> AddReport:
    """Index documents anew; see :meth:`searchlib.Index.reindex`.

    Args:
        old: The old index: a folder or an address.
        new: The new one; ``None`` for the place of the old one.
        model: The class of the new documents; ``None`` for that of the old index.
        language: The language of the new texts; ``None`` for that of the old ones.
        timeout: How long to wait for another writer to finish, in seconds.
        workers: As for :meth:`searchlib.Index.writer`.
        progress: Called now and then.

    Raises:
        SearchlibError: As :meth:`searchlib.Index.reindex`.
    """
    if is_address(old):
        return _from_server(str(old), new, model, language, workers, progress)
    source = IndexDirectory.open(old)
    key, schema = _schema(source.manifest().schema, model, language)
    if new is None:
        return in_folders.reindex_in_place(source, key, schema, timeout, workers, progress)
    if not is_address(new):
        return in_folders.reindex_into(source, new, key, schema, workers, progress)
    documents = StoredDocuments(Snapshot.open(source), key, schema)
    return _into_server(str(new), documents, schema, workers, progress)


def _schema(
    stored: dict[str, Any], model: type[BaseModel] | None, language: str | None
) -> tuple[str, DocumentSchema]:
    """Find the name of the old key field, and the new fields."""
    before = DocumentSchema.from_json(stored, find_model=shipped_model)
    wanted = before if model is None else DocumentSchema.of(model)
    return before.key.name, wanted.in_language(language or before.language)


def _from_server(
    old: str,
    new: str | Path | None,
    model: type[BaseModel] | None,
    language: str | None,
    workers: int | None,
    progress: Progress | None,
) -> AddReport:
    from searchlib.backends.opensearch.client import Client
    from searchlib.backends.opensearch.mapping import read_meta
    from searchlib.backends.opensearch.reindexing import ServerDocuments, reindex_in_place

    client = Client(Address.parse(old))
    try:
        meta = read_meta(client.mapping(), client.address)
        key, schema = _schema(meta.schema, model, language)
        if new is None:
            return reindex_in_place(client, meta, key, schema, workers, progress)
        client.refresh(index=meta.index)
        documents = ServerDocuments(client, meta.index, key, schema)
        if is_address(new):
            return _into_server(str(new), documents, schema, workers, progress)
        return _into_folder(new, documents, schema, workers, progress)
    finally:
        client.close()


def _into_server(
    new: str, documents: Any, schema: DocumentSchema, workers: int | None, progress: Progress | None
) -> AddReport:
    from searchlib.backends.opensearch.client import Client
    from searchlib.backends.opensearch.reindexing import reindex_into

    client = Client(Address.parse(new))
    try:
        return reindex_into(client, documents, schema, workers, progress)
    finally:
        client.close()


def _into_folder(
    new: str | Path,
    documents: Any,
    schema: DocumentSchema,
    workers: int | None,
    progress: Progress | None,
) -> AddReport:
    with IndexDirectory.build(new, schema.to_json(), ANALYSIS_VERSION) as directory:
        find = in_folders.no_queries
        with open_writer(schema, directory, find, workers, None, 0) as writer:
            writer.add(documents, progress)
            writer.commit()
        report: AddReport = writer.report
        return report
