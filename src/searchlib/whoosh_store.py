"""How are documents kept? In an index of Whoosh's own, until searchlib has its own segments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from whoosh import fields, index, scoring, sorting
from whoosh.query import Term
from whoosh.writing import LockError

from searchlib.errors import CorruptIndexError, IndexLockedError
from searchlib.fields import Date, Stored, Text
from searchlib.whoosh_fields import indexed_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pydantic import BaseModel
    from whoosh.query import Query
    from whoosh.reading import IndexReader
    from whoosh.searching import Searcher

    from searchlib.schema import DocumentSchema, FieldSpec

# What Whoosh keeps besides the fields of the model.
_DOCUMENT: Final = "searchlib__document"
_KEY: Final = "searchlib__key"


@dataclass(frozen=True, slots=True)
class Match:
    """A document that matches: its score, its key and its JSON."""

    score: float
    key: str
    stored: bytes


class WhooshStore:
    """A Whoosh index that also stores each document's key and JSON."""

    def __init__(self, path: Path, schema: DocumentSchema) -> None:
        self._schema = schema
        self.path = path
        try:
            self._index = index.open_dir(str(path), indexname="searchlib")
        except (index.IndexError, OSError, ValueError, EOFError) as error:
            raise CorruptIndexError(f"{path}: expected the files of an index: {error}") from error

    @classmethod
    def create(cls, path: Path, schema: DocumentSchema) -> WhooshStore:
        """Make the files of an empty store."""
        whoosh_schema = schema.whoosh.copy()
        whoosh_schema.add(_DOCUMENT, fields.STORED())
        whoosh_schema.add(_KEY, fields.STORED())
        path.mkdir(parents=True)
        index.create_in(str(path), whoosh_schema, indexname="searchlib")
        return cls(path, schema)

    def apply(
        self, changes: Mapping[str, BaseModel | None], progress: Callable[[int], None]
    ) -> None:
        """Write documents, and delete those given as ``None``, in one commit.

        Raises:
            IndexLockedError: Another writer is at work.
        """
        try:
            writer = self._index.writer()
        except LockError as error:
            raise IndexLockedError(
                f"{self.path}: another writer is at work; wait until it has finished"
            ) from error
        try:
            for done, (key, document) in enumerate(changes.items(), 1):
                writer.delete_by_term(self._schema.key.name, key)
                if document is not None:
                    writer.add_document(**self._whoosh_document(key, document))
                progress(done)
        except BaseException:
            writer.cancel()
            raise
        writer.commit()

    def _whoosh_document(self, key: str, document: BaseModel) -> dict[str, Any]:
        values = {
            spec.name: indexed_value(spec, getattr(document, spec.name))
            for spec in self._schema.fields.values()
            if not isinstance(spec.marker, Stored)
        }
        values = {name: value for name, value in values.items() if value not in (None, [])}
        return {**values, _KEY: key, _DOCUMENT: self._schema.store(document)}

    def search(
        self, query: Query, limit: int, filter_: Query | None, sort: list[tuple[str, bool]]
    ) -> tuple[list[Match], int]:
        """Find the best documents, and the number of all that match."""
        facets = [sorting.FieldFacet(name, reverse=reverse) for name, reverse in sort]
        with self.searcher() as searcher:
            found = searcher.search(
                query,
                limit=max(limit, 1),
                filter=filter_,
                sortedby=sorting.MultiFacet(facets) if facets else None,
                optimize=False,
            )
            matches = [
                Match(float(hit.score or 0.0), hit[_KEY], hit[_DOCUMENT]) for hit in found[:limit]
            ]
            return matches, len(found)

    def get(self, key: str) -> bytes | None:
        """Find the JSON of the document with a key."""
        matches, _ = self.search(Term(self._schema.key.name, key), 1, None, [])
        return matches[0].stored if matches else None

    def keys(self) -> set[str]:
        """Find the keys of all documents."""
        with self.reader() as reader:
            return {stored[_KEY] for stored in reader.all_stored_fields()}

    def reader(self) -> IndexReader:
        """Open a reader on the last commit."""
        reader: IndexReader = self._index.reader()
        return reader

    def searcher(self) -> Searcher:
        """Open a searcher on the last commit."""
        return self._index.searcher(weighting=scoring.BM25F())

    def optimize(self) -> None:
        """Merge all segments into one."""
        self._index.optimize()

    def __len__(self) -> int:
        return int(self._index.doc_count())


def indexed_value(spec: FieldSpec, value: Any) -> Any:
    """Make of a field's value what Whoosh indexes."""
    if isinstance(spec.marker, Date) and isinstance(value, date):
        return indexed_time(value)
    if spec.kind == "bool" and value is not None:
        return str(value).lower()
    if isinstance(spec.marker, Text) and spec.many:
        return "\n".join(value)  # Whoosh does not analyse what is in a list
    return value
