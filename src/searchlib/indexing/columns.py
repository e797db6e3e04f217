"""What is taken from a document to index it?"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import DocumentError
from searchlib.indexing.batch import DocumentBatch, FieldPlan
from searchlib.indexing.languages import DocumentLanguage
from searchlib.schema.markers import Date, Key, Keyword, Number, Stored, Text
from searchlib.schema.paths import as_list, value_at
from searchlib.schema.values import (
    UnreadableValue,
    column_date,
    column_number,
    label_term,
    microseconds,
    text_of,
)
from searchlib.segment.languages import LANGUAGE_FIELD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import BaseModel

    from searchlib.schema.models import DocumentSchema, FieldSpec

_PLAIN: Final = frozenset({str, type(None)})
_MOST_EXTRAS: Final = 1_000


def field_plan(schema: DocumentSchema) -> FieldPlan:
    """Take from a schema what indexing needs."""
    specs = schema.fields.values()
    labels = [spec.name for spec in specs if isinstance(spec.marker, Key | Keyword)]
    return FieldPlan(
        {spec.name: spec.marker.language for spec in specs if isinstance(spec.marker, Text)},
        [*labels, LANGUAGE_FIELD] if schema.is_mixed else labels,
        {
            spec.name: "float64" if spec.kind in ("float", "decimal") else "int64"
            for spec in specs
            if isinstance(spec.marker, Date | Number)
        },
        list(schema.default_fields),
    )


class DocumentColumns:
    """Takes from documents what is indexed of them: row by row as they come, then by column.

    It keeps tuples of plain values alone, which the garbage collector need not look through.

    Attributes:
        extras: Under which names documents have values that their model has no fields for; "*" for
            any, where there are many.
    """

    def __init__(self, schema: DocumentSchema) -> None:
        specs = [spec for spec in schema.fields.values() if not isinstance(spec.marker, Stored)]
        fields = schema.model.model_fields
        direct = [
            spec for spec in specs if spec.name in fields and not isinstance(spec.marker, Number)
        ]
        self._single = [spec for spec in direct if not spec.many]
        self._many = [spec for spec in direct if spec.many]
        self._others = [spec for spec in specs if spec not in direct]
        self._take_single = _taker(self._single)
        self._take_many = _taker(self._many)
        self._schema = schema
        self._language_of = DocumentLanguage(schema) if schema.is_mixed else None
        self._keeps_extras = schema.model.model_config.get("extra") == "allow"
        self.extras: set[str] = set()
        self._begin()

    @property
    def lacks_detector(self) -> bool:
        """Whether the language of a document could not be found for want of a detector."""
        return self._language_of is not None and self._language_of.lacks_detector

    def _begin(self) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._lists: list[list[tuple[Any, ...]]] = [[] for _ in self._many]
        self._prepared: list[tuple[Any, ...]] = []
        self._languages: list[str] = []
        self._documents: list[bytes] = []
        self.size = 0

    def take_languages(self, recorded: Callable[[str], str | None]) -> None:
        """Take the languages of documents from where they were found before, without a detector.

        Args:
            recorded: As in :class:`~searchlib.indexing.languages.DocumentLanguage`.
        """
        if self._language_of is not None:
            self._language_of.recorded = recorded

    def append(self, document: BaseModel) -> None:
        """Take what is indexed of a document; it may be changed afterwards.

        Raises:
            DocumentError: A value does not fit its field. Nothing is taken of the document.
        """
        stored = self._schema.store(document)
        prepared = tuple([_prepared(spec, document) for spec in self._others])
        language = None if self._language_of is None else self._language_of(document)
        self._prepared.append(prepared)
        self._rows.append(self._take_single(document))
        for column, values in zip(self._lists, self._take_many(document), strict=False):
            column.append(tuple(as_list(values)))
        if language is not None:
            self._languages.append(language)
        self._documents.append(stored)
        if self._keeps_extras and document.model_extra and "*" not in self.extras:
            self.extras.update(document.model_extra)
            self.extras = self.extras if len(self.extras) <= _MOST_EXTRAS else {"*"}
        self.size += len(stored)

    def batch(self) -> DocumentBatch:
        """Give what was taken since the last time."""
        columns: dict[FieldSpec, Sequence[Any]] = {
            **dict(zip(self._single, zip(*self._rows, strict=True), strict=False)),
            **dict(zip(self._many, self._lists, strict=True)),
        }
        batch = DocumentBatch({}, self._documents, self.size)
        for spec, column in columns.items():
            if isinstance(spec.marker, Keyword):
                _take_labels(spec, spec.marker, column, batch)
            else:
                batch.columns[spec.name] = _indexed(spec, column)
        for spec, prepared in zip(self._others, zip(*self._prepared, strict=True), strict=True):
            if isinstance(spec.marker, Keyword):
                _take_labels(spec, spec.marker, prepared, batch)
            else:
                batch.columns[spec.name] = [*prepared]
        if self._language_of is not None:
            batch.columns[LANGUAGE_FIELD] = self._languages
        self._begin()
        return batch

    def __len__(self) -> int:
        return len(self._documents)


def _taker(specs: list[FieldSpec]) -> Callable[[BaseModel], tuple[Any, ...]]:
    """Make the function that takes the fields from a document, and its class after them.

    Of one name alone, an ``attrgetter`` would not make a tuple.
    """
    return attrgetter(*(spec.name for spec in specs), "__class__", "__class__")


def _indexed(spec: FieldSpec, column: Sequence[Any]) -> list[Any]:
    """Turn the values of a field into what is indexed of them."""
    match spec.marker:
        case Date():
            return [None if value is None else microseconds(value) for value in column]
        case _ if spec.many:
            return [tuple(map(text_of, texts)) for texts in column]
        case _:
            return [None if text is None else text_of(text) for text in column]


def _prepared(spec: FieldSpec, document: BaseModel) -> Any:
    """Take what is indexed of a number, or of a field that is not the document's own.

    Raises:
        DocumentError: It can't be indexed.
    """
    try:
        value = value_at(document, spec.name)
        if isinstance(spec.marker, Keyword):
            return _checked_labels(spec, spec.marker, value)
        if spec.many:
            return _indexed(spec, [as_list(value)])[0]
        if value is None:
            return None
        if isinstance(spec.marker, Number):
            return column_number(value, spec.kind)
        return column_date(value) if isinstance(spec.marker, Date) else _indexed(spec, [value])[0]
    except UnreadableValue as error:
        raise DocumentError(f"{spec.name}: {error}") from error
    except Exception as error:  # a property of the user's making may raise anything
        raise DocumentError(
            f"{spec.name}: expected a value to index, got {error!r:.200}"
        ) from error


def _checked_labels(spec: FieldSpec, marker: Keyword, value: Any) -> Any:
    """Make sure that labels can be turned into terms."""
    labels = tuple(as_list(value))
    for label in labels:
        label_term(label, marker.lowercase)
    return labels if spec.many else value


def _take_labels(
    spec: FieldSpec, marker: Keyword, column: Sequence[Any], batch: DocumentBatch
) -> None:
    """Turn labels into terms, each label once, and count how the documents write them."""
    counts = _counts(spec, column)
    if not _PLAIN.issuperset(map(type, counts)):  # 1 and True are one key of a dict
        column = [_texts_of(spec, labels) for labels in column]
        counts = _counts(spec, column)
    terms = {
        label: None if label is None else label_term(label, marker.lowercase) for label in counts
    }
    term_of = terms.__getitem__
    batch.columns[spec.name] = (
        [tuple(map(term_of, labels)) for labels in column] if spec.many else [*map(term_of, column)]
    )
    if marker.lowercase and spec.kind == "str":
        batch.spellings[spec.name] = [
            (term, label, counts[label]) for label, term in terms.items() if term
        ]


def _counts(spec: FieldSpec, column: Sequence[Any]) -> Counter[Any]:
    return Counter(chain.from_iterable(column) if spec.many else column)


def _texts_of(spec: FieldSpec, labels: Any) -> Any:
    if spec.many:
        return tuple(map(text_of, labels))
    return None if labels is None else text_of(labels)
