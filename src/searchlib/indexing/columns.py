"""What is taken from a document to index it?"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticSerializationError
from whoosh.util.times import datetime_to_long

from searchlib.errors import DocumentError
from searchlib.fields import Date, Key, Keyword, Number, Stored, Text
from searchlib.indexing.batch import DocumentBatch, FieldPlan
from searchlib.whoosh_fields import indexed_time, label_term

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from searchlib.schema import DocumentSchema, FieldSpec


def field_plan(schema: DocumentSchema) -> FieldPlan:
    """Take from a schema what indexing needs."""
    specs = schema.fields.values()
    return FieldPlan(
        {spec.name: spec.marker.language for spec in specs if isinstance(spec.marker, Text)},
        [spec.name for spec in specs if isinstance(spec.marker, Key | Keyword)],
        {
            spec.name: "float64" if spec.kind == "float" else "int64"
            for spec in specs
            if isinstance(spec.marker, Date | Number)
        },
    )


class DocumentColumns:
    """Takes from documents what is indexed of them: row by row as they come, then by column."""

    def __init__(self, schema: DocumentSchema) -> None:
        specs = [spec for spec in schema.fields.values() if not isinstance(spec.marker, Stored)]
        self._names = [spec.name for spec in specs]
        self._take = attrgetter(*self._names, "__class__")  # one more, to have a tuple of one too
        self._convert = [_converter(spec) for spec in specs]
        self._lists = [place for place, spec in enumerate(specs) if spec.many]
        self._rows: list[list[Any]] = []
        self._documents: list[bytes] = []
        self._schema = schema
        self.size = 0

    def append(self, document: BaseModel) -> None:
        """Take what is indexed of a document; it may be changed afterwards.

        Raises:
            DocumentError: A value can't be written as JSON.
        """
        try:
            stored = self._schema.store(document)
        except (PydanticSerializationError, UnicodeError) as error:
            raise DocumentError(f"expected values that JSON can hold: {error}") from error
        row = list(self._take(document))
        for place in self._lists:
            row[place] = list(row[place] or ())
        self._rows.append(row)
        self._documents.append(stored)
        self.size += len(stored)

    def batch(self) -> DocumentBatch:
        """Give what was taken since the last time."""
        columns = zip(*self._rows, strict=True)
        batch = DocumentBatch(
            {
                name: convert(list(column))
                for name, convert, column in zip(self._names, self._convert, columns, strict=False)
            },
            self._documents,
            self.size,
        )
        self._rows, self._documents, self.size = [], [], 0
        return batch

    def __len__(self) -> int:
        return len(self._documents)


def _converter(spec: FieldSpec) -> Callable[[list[Any]], list[Any]]:
    """Make the function that turns the values of a field into what is indexed of them."""
    match spec.marker:
        case Keyword(lowercase=lowercase):
            return lambda column: [
                value if value is None else _labels(value, lowercase) for value in column
            ]
        case Date():
            return lambda column: [
                None if value is None else datetime_to_long(indexed_time(value)) for value in column
            ]
        case _:
            return lambda column: column


def _labels(value: Any, lowercase: bool) -> str | list[str]:
    if isinstance(value, str | bool):
        return label_term(value, lowercase)
    return [label_term(label, lowercase) for label in value]
