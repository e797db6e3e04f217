"""How does a marker read as a Whoosh field, and a Whoosh field as a marker?

The fields are Whoosh's own, changed where its parser would misread text without saying so:
labels are matched whole, and a date that can't be read is an error.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from whoosh.analysis.filters import Filter, LowercaseFilter
from whoosh.analysis.morph import StemFilter
from whoosh.fields import (
    BOOLEAN,
    DATETIME,
    ID,
    IDLIST,
    KEYWORD,
    NGRAM,
    NGRAMWORDS,
    NUMERIC,
    STORED,
    TEXT,
    FieldType,
    Schema,
)
from whoosh.query import Every, NumericRange, Query, Term
from whoosh.util.times import datetime_to_long, long_to_datetime

from searchlib.analysis import language_named
from searchlib.errors import SchemaError
from searchlib.query.dates import date_span
from searchlib.schema.markers import AUTO, Date, Key, Keyword, Marker, Number, Stored, Text
from searchlib.schema.values import flag_text, label_term, number_of
from searchlib.whoosh_compat.analysis import WordAnalyzer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

_MADE_FROM: Final = "_searchlib_made_from"
_ENGLISH_STEMMERS: Final = tuple(
    f"whoosh.lang.{name}" for name in ("porter", "porter2", "paicehusk", "lovins")
)


class LabelField(ID):
    """A label or key matched as a whole; of a label, case is folded where the marker says so."""

    def __init__(
        self, *, lowercase: bool = False, unique: bool = False, is_flag: bool = False
    ) -> None:
        super().__init__(unique=unique)
        self.lowercase = lowercase
        self.is_flag = is_flag

    def term(self, label: str) -> str:
        """Make the term of a label; a key is its own."""
        if self.unique:
            return label
        term = label_term(label, self.lowercase)
        return flag_text(term) if self.is_flag else term

    def index(
        self, value: Any, **kwargs: Any
    ) -> Generator[tuple[bytes, int, float, bytes], Any, None]:
        """Give the postings of one label, or of a list of them, to a Whoosh writer."""
        labels = [value] if isinstance(value, str) else value
        return super().index([self.term(label) for label in labels], **kwargs)

    def process_text(self, qstring: str, mode: str = "", **kwargs: Any) -> Iterator[str]:
        """Make the term of a label in a query."""
        return iter([self.term(qstring)])

    def self_parsing(self) -> bool:
        """Tell Whoosh's parser to hand over the text as it stands."""
        return True

    def parse_query(self, fieldname: str, qstring: str, boost: float = 1.0) -> Query:
        """Make the query for one label."""
        return Term(fieldname, self.term(qstring), boost=boost)


class NumberField(NUMERIC):
    """A number, with an error in our words for a text that is none."""

    def parse_query(self, fieldname: str, qstring: str, boost: float = 1.0) -> Query:
        """Make the query for one number.

        Raises:
            UnreadableValue: The text is not a number of the field's type.
        """
        if qstring == "*":
            return Every(fieldname, boost=boost)
        number = number_of(qstring, self._kind)
        return NumericRange(fieldname, number, number, boost=boost)

    def parse_range(
        self,
        fieldname: str,
        start: str | None,
        end: str | None,
        startexcl: bool,
        endexcl: bool,
        boost: float = 1.0,
    ) -> Query:
        """Make the query for the numbers from one to another; a bound may be ``None``.

        Raises:
            UnreadableValue: A bound is not a number of the field's type.
        """
        if start is None and end is None:
            return Every(fieldname, boost=boost)
        low = None if start is None else number_of(start, self._kind)
        high = None if end is None else number_of(end, self._kind)
        return NumericRange(fieldname, low, high, startexcl, endexcl, boost=boost)

    @property
    def _kind(self) -> str:
        return "float" if self.numtype is float else "int"


class DateField(DATETIME):
    """A date and time, in queries as precise as it is written: "2025" is the whole year."""

    def parse_query(self, fieldname: str, qstring: str, boost: float = 1.0) -> Query:
        """Make the query for the span of time that a date stands for.

        Raises:
            UnreadableValue: The text is not a date.
        """
        if qstring == "*":
            return Every(fieldname, boost=boost)
        return self.parse_range(fieldname, qstring, qstring, False, False, boost)

    def parse_range(
        self,
        fieldname: str,
        start: str | None,
        end: str | None,
        startexcl: bool,
        endexcl: bool,
        boost: float = 1.0,
    ) -> Query:
        """Make the query for the time from one date to another; a bound may be ``None``.

        Raises:
            UnreadableValue: A bound is not a date.
        """
        if start is None and end is None:
            return Every(fieldname, boost=boost)
        now = datetime.now(UTC)
        low = None if start is None else date_span(start, now=now)[1 if startexcl else 0]
        high = None if end is None else date_span(end, now=now)[0 if endexcl else 1]
        return NumericRange(
            fieldname,
            None if low is None else datetime_to_long(low),
            None if high is None else datetime_to_long(high),
            startexcl,
            endexcl,
            boost=boost,
        )


def whoosh_schema(fields: Mapping[str, tuple[Marker, str, bool]]) -> Schema:
    """Make a Whoosh schema.

    Args:
        fields: For each name the arguments of :func:`whoosh_field`.
    """
    schema = Schema()
    for name, made_from in fields.items():
        schema.add(name, whoosh_field(*made_from))
    return schema


def whoosh_field(marker: Marker, kind: str, many: bool) -> FieldType:
    """Make the Whoosh field of a marker, which :func:`marker_of` reads as the same again.

    Args:
        marker: How the field is indexed.
        kind: The type of its values, as in :class:`searchlib.schema.models.FieldSpec`.
        many: Whether it holds a list of them.
    """
    field = _field_type(marker, kind)
    setattr(field, _MADE_FROM, (marker, kind, many))
    return field


def _field_type(marker: Marker, kind: str) -> FieldType:
    match marker:
        case Key():
            return LabelField(unique=True)
        case Text(language=language):
            stemmer = (
                None if language == AUTO else language
            )  # Whoosh knows one analyzer for a field
            return TEXT(WordAnalyzer(stemmer), phrase=True, multitoken_query="phrase")
        case Keyword(lowercase=lowercase):
            return LabelField(lowercase=lowercase, is_flag=kind == "bool")
        case Date(sortable=sortable):
            return DateField(sortable=sortable)
        case Number(sortable=sortable):
            return NumberField(int if kind == "int" else float, 64, sortable=sortable)
        case Stored():
            return STORED()


def marker_of(name: str, field: FieldType) -> tuple[Marker, str, bool]:
    """Read a Whoosh field as a marker, the type of its values, and whether it takes several.

    Raises:
        SchemaError: searchlib has no counterpart of the field.
    """
    made_from: tuple[Marker, str, bool] | None = getattr(field, _MADE_FROM, None)
    if made_from is not None:
        return made_from
    match field:
        case ID(unique=True):
            return Key(), "str", False
        case ID():
            return Keyword(lowercase=False), "str", False
        case KEYWORD() | IDLIST():
            return Keyword(lowercase=_has_step(field, LowercaseFilter)), "str", True
        case DATETIME():
            return Date(sortable=bool(field.column_type)), "datetime", False
        case BOOLEAN():
            return Keyword(), "bool", False
        case NUMERIC(numtype=numtype, decimal_places=places):
            kind = "decimal" if places else "float" if numtype is float else "int"
            return Number(sortable=bool(field.column_type)), kind, False
        case TEXT():
            boost = 1.0 if field.format is None else field.format.field_boost
            return Text(boost=boost, language=_language(name, field)), "str", False
        case STORED():
            return Stored(), "json", False
        case _:
            parts = "; write TEXT, and *part* in queries that look for parts of words"
            raise SchemaError(
                f"field {name!r}: expected a TEXT, ID, KEYWORD, NUMERIC, DATETIME, BOOLEAN or "
                f"STORED field of Whoosh, got {type(field).__name__}"
                f"{parts if isinstance(field, NGRAM | NGRAMWORDS) else ''}"
            )


def reader_of(field: FieldType) -> Callable[[Any], Any] | None:
    """Find what reads the values that Whoosh takes for a field and a model would misread."""
    if isinstance(field, KEYWORD | IDLIST):
        return lambda given: labels_in(field, given) if isinstance(given, str) else given
    if isinstance(field, DATETIME) and not isinstance(field, DateField):
        return lambda given: (
            long_to_datetime(field.prepare_datetime(given)) if isinstance(given, str) else given
        )
    return None


def labels_in(field: FieldType, text: str) -> list[str]:
    """Split labels as a field does, in the case that they are written in."""
    tokenizer: Any = getattr(field.analyzer, "items", (field.analyzer,))[0]
    return [label for token in tokenizer(text) if (label := token.text.strip())]


def _language(name: str, field: TEXT) -> str | None:
    """Find the language of a text field by its stemmer: Whoosh's own functions are for English.

    Raises:
        SchemaError: It stems in a language that searchlib has no stemmer for, or by a function of
            the program's.
    """
    stemmer = next((step for step in _steps(field) if isinstance(step, StemFilter)), None)
    if stemmer is None:
        return None
    if stemmer.lang:
        return language_named(stemmer.lang)
    if getattr(stemmer.stemfn, "__module__", None) in _ENGLISH_STEMMERS:
        return "english"
    raise SchemaError(
        f"field {name!r}: expected a stemmer of Whoosh, or StemFilter(lang=...), got "
        f"{stemmer.stemfn!r:.80}; write Text(language=...) in a model"
    )


def _has_step(field: FieldType, step: type[Filter]) -> bool:
    return any(isinstance(item, step) for item in _steps(field))


def _steps(field: FieldType) -> Iterable[Any]:
    return getattr(field.analyzer, "items", ())
