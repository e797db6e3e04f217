"""Stock Whoosh as the oracle: the same documents in an index of its own."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from whoosh.fields import TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.searching import Searcher

from searchlib.analysis import POSITION_GAP
from searchlib.schema.markers import Date, Key, Keyword, Text
from searchlib.schema.values import indexed_time, label_term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pydantic import BaseModel
    from whoosh.analysis import Token
    from whoosh.index import Index
    from whoosh.reading import IndexReader
    from whoosh.scoring import WeightingModel

    from searchlib.schema.models import DocumentSchema, FieldSpec


class ValueByValue:
    """An analyzer for lists of texts that leaves a gap between two of them."""

    def __init__(self, analyzer: Any) -> None:
        self._analyzer = analyzer

    def __call__(self, value: str | Sequence[str], **kwargs: Any) -> Iterator[Token]:
        start = 0
        for text in [value] if isinstance(value, str) else value:
            token = None
            for token in self._analyzer(text, start_pos=start, **kwargs):
                yield token
            if token is not None:
                start = token.pos + 1 + POSITION_GAP


class OracleText(TEXT):
    """A text field that analyses the texts of a list; Whoosh's own takes them for terms."""

    def index(self, value: Any, **kwargs: Any) -> Any:
        assert self.format is not None
        texts: Any = value if isinstance(value, str) else Texts(value)
        analyzer = ValueByValue(self.analyzer)
        for text, *posting in self.format.word_values(texts, analyzer, mode="index", **kwargs):
            yield (self.to_bytes(text), *posting)


class Texts:
    """A list that Whoosh does not see as one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)


class OracleSearcher(Searcher):
    """A searcher with exact field lengths, where Whoosh's are rounded to fit into a byte."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lengths: dict[tuple[int, str], int] = {}
        self.doc_field_length = self._exact_length

    def _exact_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        field = self.schema[fieldname]
        if not field.scorable:
            return default
        if (docnum, fieldname) not in self._lengths:
            text = self.reader().stored_fields(docnum).get(fieldname, "")
            self._lengths[docnum, fieldname] = sum(1 for _ in field.analyzer(text, mode="index"))
        return self._lengths[docnum, fieldname]


def oracle_index(
    schema: DocumentSchema, documents: Sequence[BaseModel], deleted: Collection[str] = ()
) -> Index:
    """Make a Whoosh index of one segment, in memory.

    Args:
        schema: The schema of the documents.
        documents: The documents, which get their numbers in this order.
        deleted: The keys of those that are then deleted.
    """
    index: Index = RamStorage().create_index(oracle_schema(schema))
    with index.writer() as writer:
        for document in documents:
            writer.add_document(**whoosh_document(schema, document))
    if deleted:
        writer = index.writer()
        for key in deleted:
            writer.delete_by_term(schema.key.name, key)
        writer.commit(merge=False)
    return index


def oracle_searcher(reader: IndexReader, weighting: WeightingModel) -> Searcher:
    return OracleSearcher(reader, weighting)


def oracle_schema(schema: DocumentSchema) -> Schema:
    fields = Schema()
    for name, field in schema.whoosh.items():
        own = copy.copy(field)
        if isinstance(field, TEXT):
            own.__class__ = OracleText
        own.stored = True
        fields.add(name, own)
    return fields


def whoosh_document(schema: DocumentSchema, document: BaseModel) -> dict[str, Any]:
    """Make the arguments of ``add_document``."""
    made: dict[str, Any] = {}
    for name, spec in schema.fields.items():
        value = getattr(document, name)
        if value is not None:
            made[name] = _indexed(spec, value)
            made[f"_stored_{name}"] = _stored(spec, value)
    return made


def _indexed(spec: FieldSpec, value: Any) -> Any:
    match spec.marker:
        case Date():
            return indexed_time(value)
        case Key() | Keyword():
            lowercase = isinstance(spec.marker, Keyword) and spec.marker.lowercase
            labels = value if spec.many else [value]
            return [label for label in (label_term(one, lowercase) for one in labels) if label]
        case _:
            return value


def _stored(spec: FieldSpec, value: Any) -> Any:
    match spec.marker:
        case Date():
            return indexed_time(value)
        case Text() if spec.many:
            return "\n\n".join(value)
        case _:
            return value
