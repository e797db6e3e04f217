"""Which documents does an index keep? One after another, to be indexed once more."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

from pydantic_core import from_json

from searchlib.errors import Notice, Problem
from searchlib.schema.codecs import Unfit
from searchlib.schema.values import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel

    from searchlib.schema.models import DocumentSchema
    from searchlib.storage.snapshot import Snapshot


_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})


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

    def __iter__(self) -> Iterator[BaseModel | Problem | Notice]:
        return all_restored(self._snapshot.stored(), self._key, self._schema)


def all_restored(
    stored: Iterable[bytes], key: str, schema: DocumentSchema
) -> Iterator[BaseModel | Problem | Notice]:
    """Read documents that may be of another model, and say at the end what it has no field for.

    Args:
        stored: The documents as JSON, as they were stored.
        key: The name of their key field there.
        schema: What they shall be.
    """
    model = schema.model
    known = {*model.model_fields, *model.model_computed_fields}
    keeps_all = model.model_config.get("extra") == "allow" or "root" in known
    lost: Counter[str] = Counter()
    for document in stored:
        found = restored(document, key, schema)
        if not keeps_all and not isinstance(found, Problem):
            values = from_json(document)
            lost.update(name for name in values.keys() - known if values[name] not in _NOTHING)
        yield found
    for name, count in sorted(lost.items()):
        documents = "1 document has a value" if count == 1 else f"{count:,} documents have values"
        yield Notice(
            f"{documents} under {name!r}, which is no field of {schema.model_name}: left out; to "
            "keep such values, give the model the field, or extra='allow'",
            kind="field",
        )


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
