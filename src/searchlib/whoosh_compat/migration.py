"""How do the documents of an index that Whoosh wrote come into one of ours?

Whoosh keeps its schema and its stored documents as pickles, and reading a pickle runs whatever code
is in it. So nothing is opened before the caller says that the folder is to be trusted.
"""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from searchlib.analysis import ANALYSIS_VERSION
from searchlib.arguments import names_of, path_of
from searchlib.errors import (
    ArgumentError,
    CorruptIndexError,
    IndexNotFoundError,
    NotAnIndexError,
    SchemaError,
)
from searchlib.indexing.reindexing import no_queries
from searchlib.indexing.writer import open_writer
from searchlib.schema.fields import FieldSpec
from searchlib.schema.markers import Key, Keyword
from searchlib.schema.models import DocumentSchema
from searchlib.storage import IndexDirectory
from searchlib.whoosh_compat.fields import labels_in, marker_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike
    from pathlib import Path

    from pydantic import BaseModel
    from whoosh.fields import FieldType, Schema
    from whoosh.reading import IndexReader

    from searchlib.indexing.report import AddReport
    from searchlib.indexing.writer import Progress
    from searchlib.schema.fields import Kind

_TABLE_OF_CONTENTS: Final = re.compile(r"_.+_[0-9]+\.toc")


def migrate(
    old: str | PathLike[str],
    new: str | PathLike[str],
    *,
    trust: bool = False,
    model: type[BaseModel] | None = None,
    key: str | None = None,
    drop: str | Iterable[str] = (),
    workers: int | None = None,
    progress: Progress | None = None,
) -> AddReport:
    """Make a new index from the documents that an index of Whoosh stores.

    The old index does not change. The new one appears when it is complete. If anything fails,
    nothing is left of it.

    Args:
        old: The folder of the index that Whoosh wrote.
        new: The folder of the new index; it must be empty or not exist.
        trust: Whether you know who wrote ``old``. Whoosh keeps pickles in it, and to read one is
            to run the code that is in it. Without this, nothing is read.
        model: The class of the new documents; by default one made from Whoosh's schema.
        key: The field whose values identify the documents, if it is not the one unique ``ID``.
        drop: The fields to do without: all that can't be carried over must be among them, and
            others are left out.
        workers: As for :meth:`searchlib.Index.writer`.
        progress: Called from time to time with the number of documents done, and of all.

    Returns:
        The number of documents added, and a problem for each that does not fit the model.

    Raises:
        ArgumentError: ``trust`` is not true, ``drop`` names what is no field of the old index, or
            is to come into the new one, or another argument is not what it should be.
        IndexNotFoundError, NotAnIndexError: ``old`` has no index of Whoosh.
        CorruptIndexError: Whoosh can't open ``old``.
        SchemaError: Fields would be lost that ``drop`` does not name, or no field is the key.
        IndexExistsError, StorageError: The new index can't be written.
    """
    source = _expect_whoosh_index(path_of(old))
    if trust is not True:
        raise ArgumentError(
            f"{source}: expected trust=True (on the command line, --trust), got {trust!r}; an "
            "index of Whoosh holds pickles, and reading them runs any code that is in them, so say "
            "so only if you know who wrote this folder; nothing has been read"
        )
    with _explaining_damage(source):
        reader = _open(source)
    with closing(reader):
        dropped = set(names_of("drop", drop))
        schema = _new_schema(reader.schema, model, key, dropped)
        _expect_droppable(reader.schema, schema, dropped)
        _expect_consent(reader.schema, schema, dropped)
        documents = _StoredDocuments(reader, schema, source)
        with IndexDirectory.build(new, schema.to_json(), ANALYSIS_VERSION) as directory:
            with open_writer(schema, directory, no_queries, workers, None, 0) as writer:
                writer.add(documents, progress)
                writer.commit()
            return writer.report


def _expect_whoosh_index(path: Path) -> Path:
    if not path.exists():
        raise IndexNotFoundError(f"{path}: expected an index of Whoosh, got nothing")
    if not path.is_dir() or not any(map(_TABLE_OF_CONTENTS.fullmatch, _names_in(path))):
        raise NotAnIndexError(
            f"{path}: expected the folder of an index of Whoosh, with a file such as "
            "_MAIN_1.toc, got something else"
        )
    return path


def _names_in(path: Path) -> list[str]:
    return [file.name for file in path.iterdir()]


def _open(path: Path) -> IndexReader:
    from whoosh.index import open_dir

    tables = filter(_TABLE_OF_CONTENTS.fullmatch, _names_in(path))
    name, *others = sorted({table[1:].rpartition("_")[0] for table in tables})
    if others:
        raise NotAnIndexError(
            f"{path}: expected one index of Whoosh, got several: {', '.join([name, *others])}; "
            "copy the files of one into a folder of its own"
        )
    reader: IndexReader = open_dir(str(path), indexname=name, readonly=True).reader()
    return reader


@contextmanager
def _explaining_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except NotAnIndexError:
        raise
    except Exception as error:  # a damaged pickle raises anything
        kind = type(error).__name__
        raise CorruptIndexError(f"{path}: Whoosh can't read it ({kind}: {error})") from error


def _new_schema(
    old: Schema, model: type[BaseModel] | None, key: str | None, drop: set[str]
) -> DocumentSchema:
    if model is not None:
        if key is not None:
            raise ArgumentError(f"expected no key besides a model, which has its own, got {key!r}")
        return DocumentSchema.of(model)
    key = key or _only_unique(old)
    if key not in old or not old[key].stored:
        raise SchemaError(f"expected the key to be a stored field of the old index, got {key!r}")
    specs = [
        _spec(name, field, key)
        for name, field in old.items()
        if name == key or not (name in drop or _reason_to_lose(name, field))
    ]
    return DocumentSchema(specs, "Document")


def _only_unique(old: Schema) -> str:
    unique = [name for name, field in old.items() if field.unique and field.stored]
    if len(unique) != 1:
        raise SchemaError(
            "expected one stored field with unique=True to be the key, got "
            f"{', '.join(unique) or 'none'}; name one of the stored fields as key= (on the command "
            f"line, --key): {', '.join(name for name, field in old.items() if field.stored)}"
        )
    return unique[0]


def _spec(name: str, field: FieldType, key: str) -> FieldSpec:
    if name == key:
        return FieldSpec(name, Key(), "str")
    marker, kind, many = marker_of(name, field)
    if isinstance(marker, Key):
        marker = Keyword(lowercase=False)
    return FieldSpec(name, marker, cast("Kind", kind), many)


def _expect_droppable(old: Schema, new: DocumentSchema, drop: set[str]) -> None:
    """Make sure that what is to be left out is there, and can be left out.

    Raises:
        ArgumentError: It is not, or can't.
    """
    known = [*(name for name, _ in old.items()), *old._dyn_fields]
    unknown = sorted(drop.difference(known))
    if unknown:
        raise ArgumentError(
            f"expected drop to name fields of the old index, got {unknown[0]!r}; there are "
            f"{', '.join(known)}"
        )
    for name, field in old.items():
        if name in drop and name in new.fields and _not_stored(field) is None:
            raise ArgumentError(
                f"expected drop to name fields that the new index can do without, got {name!r}, "
                "which is its key or in its model"
            )


def _expect_consent(old: Schema, new: DocumentSchema, drop: set[str]) -> None:
    """Name what would be lost before anything is written.

    Raises:
        SchemaError: Not all of it may be.
    """
    lost = {}
    for name, field in old.items():
        reason = _reason_to_lose(name, field) if name not in new.fields else _not_stored(field)
        if reason is None and name not in new.fields:
            reason = "the model has no such field"
        if reason is not None and name not in drop:
            lost[name] = reason
    for pattern in old._dyn_fields:
        if pattern not in drop:
            lost[pattern] = "names that are made up as documents come have no counterpart"
    if lost:
        listed = "; ".join(f"{name} ({reason})" for name, reason in lost.items())
        raise SchemaError(
            f"expected fields that can all be carried over, got some that can't: {listed}; to do "
            f"without them: drop={list(lost)} (on the command line, --drop {','.join(lost)})"
        )


def _reason_to_lose(name: str, field: FieldType) -> str | None:
    try:
        marker_of(name, field)
    except SchemaError:
        return f"a {type(field).__name__} field has no counterpart"
    return _not_stored(field)


def _not_stored(field: FieldType) -> str | None:
    return None if field.stored else "Whoosh has not stored its values"


class _StoredDocuments:
    """What Whoosh stores, one document after another, as mappings for the new schema."""

    def __init__(self, reader: IndexReader, schema: DocumentSchema, path: Path) -> None:
        self._reader = reader
        self._schema = schema
        self._path = path

    def __len__(self) -> int:
        return self._reader.doc_count()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        documents = self._reader.iter_docs()
        while True:
            with _explaining_damage(self._path):
                found = next(documents, None)
            if found is None:
                return
            yield {
                name: self._value(name, value)
                for name, value in found[1].items()
                if name in self._schema.fields and value is not None
            }

    def _value(self, name: str, value: Any) -> Any:
        spec = self._schema.fields[name]
        if isinstance(spec.marker, Key) and isinstance(value, int):
            return str(value)
        if spec.many and isinstance(value, str) and name in self._reader.schema:
            return labels_in(self._reader.schema[name], value)
        return value
