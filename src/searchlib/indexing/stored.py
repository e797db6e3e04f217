"""Which documents does an index keep? One after another, to be indexed once more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from searchlib.errors import Problem
from searchlib.schema.codecs import Unfit
from searchlib.schema.values import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from searchlib.schema.models import DocumentSchema
    from searchlib.storage.snapshot import Snapshot


class StoredDocuments:
    """The documents of a snapshot, read block by block as they are asked for.

    Args:
        snapshot: Where they are; of any analysis, as no terms are read.
        key: The name of their key field there.
        schema: What they shall be.
    """

    def __init__(self, snapshot: Snapshot, key: str, schema: DocumentSchema) -> None:
        self._snapshot = snapshot
        self._key = key
        self._schema = schema

    def __len__(self) -> int:
        return self._snapshot.doc_count

    def __iter__(self) -> Iterator[BaseModel | Problem]:
        return (restored(stored, self._key, self._schema) for stored in self._snapshot.stored())


def restored(stored: bytes, key: str, schema: DocumentSchema) -> BaseModel | Problem:
    """Read a document that may be of another model, or say why it can't be of this one.

    Args:
        stored: The document as JSON, as it was stored.
        key: The name of its key field there.
        schema: What it shall be.
    """
    try:
        return schema.codec.loads(stored)
    except Unfit as error:
        field = ".".join(error.path) or None
        return Problem(error.reason, field=field, key=text_of(json.loads(stored)[key]))
