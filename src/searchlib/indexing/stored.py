"""Which documents does an index keep? One after another, to be indexed once more."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json

from searchlib.errors import Notice, Problem
from searchlib.schema.codecs import Unfit
from searchlib.schema.values import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel

    from searchlib.schema.models import DocumentSchema
    from searchlib.storage.snapshot import Snapshot


_MOST_NAMES: Final = 20  # that have a notice each
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
    lost: Counter[str] = Counter()
    for document in stored:
        found = restored(document, key, schema)
        if not isinstance(found, Problem):
            lost.update(_lost(document, found, schema))
        yield found
    names = sorted(lost, key=lambda name: (-lost[name], name))
    for name in names[:_MOST_NAMES]:
        count = lost[name]
        documents = "1 document has a value" if count == 1 else f"{count:,} documents have values"
        yield Notice(
            f"{documents} under {name!r}, which is no field of {schema.model_name}: left out; to "
            "keep such values, give the model the field, or extra='allow'",
            kind="field",
        )
    if len(names) > _MOST_NAMES:
        more = f"values under {len(names) - _MOST_NAMES:,} other names are left out, too"
        yield Notice(more, kind="field")


def _lost(stored: bytes, found: BaseModel, schema: DocumentSchema) -> set[str]:
    """Name the values of a stored document that are not in what was made of it."""
    try:
        kept = schema.codec.dumps(found)
    except Unfit:  # it is no document, as will be said when it is added
        return set()
    return set() if kept == stored else {*_missing(from_json(stored), from_json(kept), "")}


def _missing(before: Any, after: Any, path: str) -> Iterator[str]:
    """Name what objects have that have less now, by the names that lead there."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            if name in after:
                yield from _missing(value, after[name], f"{path}{name}.")
            elif value not in _NOTHING:
                yield f"{path}{name}"
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            yield from _missing(one, other, path)


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
