"""How are the documents of an index on a cluster indexed anew?

They are read as of one moment and written into another real index, which then takes the place of
the old one, or the name that it is to have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from searchlib.backends.opensearch.making import successor
from searchlib.backends.opensearch.mapping import LANGUAGE
from searchlib.backends.opensearch.scanning import scan
from searchlib.backends.opensearch.writer import OpenSearchWriter
from searchlib.indexing.reindexing import expect_fitting, no_queries
from searchlib.indexing.stored import all_restored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from searchlib.backends.opensearch.client import Client
    from searchlib.backends.opensearch.mapping import Meta
    from searchlib.errors import Notice, Problem
    from searchlib.indexing.report import AddReport
    from searchlib.indexing.writer import Progress
    from searchlib.schema.models import DocumentSchema


class ServerDocuments:
    """The documents of an index on a cluster, as of the moment when one begins to read them.

    Args:
        client: The cluster.
        index: The real index, or its alias.
        key: The name of the key field there.
        schema: What the documents shall be.
    """

    def __init__(self, client: Client, index: str, key: str, schema: DocumentSchema) -> None:
        self._client = client
        self._index = index
        self._key = key
        self._schema = schema
        self._language: str | None = None

    def __len__(self) -> int:
        return self._client.count(index=self._index)

    def __iter__(self) -> Iterator[BaseModel | Problem | Notice]:
        return all_restored(self._stored(), self._key, self._schema)

    def _stored(self) -> Iterator[bytes]:
        for hit in scan(self._client, index=self._index, fields=[LANGUAGE]):
            found = hit.get("fields", {}).get(LANGUAGE)
            self._language = found[0] if found else None
            yield to_json(hit["_source"])

    def recorded_language(self, _: str) -> str | None:
        """Tell which language the document that was read last was found to be in."""
        return self._language


def reindex_in_place(
    client: Client,
    old: Meta,
    key: str,
    schema: DocumentSchema,
    workers: int | None,
    progress: Progress | None,
) -> AddReport:
    """Put another index with the same documents in the place of an index.

    Searches go on, in the old one until the new one is whole. Changes are refused meanwhile.

    Args:
        client: The cluster, and the name of the index.
        old: What the index says of itself.
        key: The name of its key field.
        schema: The new fields.
        workers: As for :meth:`searchlib.Index.writer`.
        progress: Called now and then.

    Raises:
        DocumentError: A document does not fit the new model. Nothing has changed.
        SchemaError: A field has the name that is kept for searchlib.
        ServerError: The cluster did not do it. Nothing has changed.
    """
    with (
        successor(client, schema, old) as name,
        OpenSearchWriter[Any](client, schema, no_queries, index=name, workers=workers) as writer,
    ):
        client.refresh(index=old.index)
        documents = ServerDocuments(client, old.index, key, schema)
        writer.take_languages(documents.recorded_language)
        writer.add(documents, progress)
        writer.commit()
        expect_fitting(writer.report, schema)
    return writer.report
