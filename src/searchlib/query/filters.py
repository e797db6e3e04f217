"""What must hits match besides a query? Conditions on fields, as values that need no escaping.

A filter is a mapping of fields to values, of which each must be met::

    {"source": ["AP", "Reuters"], "published": Between("2025-01", "2025-03"), "urgent": Not(True)}

Each becomes a query tree. Nothing in a value means anything special: it is a whole label, a number,
a date, or words of a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from searchlib.errors import QueryError, QueryTooCostly
from searchlib.frozen import frozen
from searchlib.query.checks import expect_flag, shown
from searchlib.query.dates import split_range
from searchlib.query.field_names import FieldNames
from searchlib.query.field_terms import label_of
from searchlib.query.field_values import SYSTEM_CLOCK, Clock, value_bounds
from searchlib.query.leaves import says_something
from searchlib.query.tree import (
    WORD_QUERIES,
    And,
    Exists,
    Not,
    Or,
    Query,
    Range,
    Term,
    Word,
    own_fields,
)
from searchlib.schema.markers import Date, Key, Keyword, Number, Text
from searchlib.schema.values import UnreadableValue, known_by_text, plain_str, text_of

if TYPE_CHECKING:
    from searchlib.query.notes import Note
    from searchlib.schema.models import DocumentSchema, FieldSpec


class Condition(NamedTuple):
    """What hits must match besides a query, without a part in their scores.

    Attributes:
        field: The field that a filter names for it; ``None`` for a whole query.
        query: The condition.
    """

    field: str | None
    query: Query


@frozen
class ParsedFilter:
    """A filter that was read.

    Attributes:
        conditions: What hits must match, all of it.
        notes: What was changed or ignored, and hints.
    """

    conditions: tuple[Condition, ...] = ()
    notes: tuple[Note, ...] = ()


@frozen
class Between:
    """Values from one to another, in a filter: ``{"published": Between("2025-01", "2025-03")}``.

    A bound may be what a value of the field may be. One that names a span of time stands for all of
    it: the example ends with the last moment of 31 March. A pair ``("2025-01", "2025-03")`` is no
    range, but two values of which either will do: January and March.

    Attributes:
        low: The lower bound, or ``None`` for no lower bound.
        high: The upper bound, or ``None`` for no upper bound.
        include_low: Whether the lower bound itself matches.
        include_high: Whether the upper bound itself matches.

    Raises:
        QueryError: ``include_low`` or ``include_high`` is neither True nor False. A filter with a
            lower bound above the upper one raises it, too.
    """

    low: Any = None
    high: Any = None
    include_low: bool = field(default=True, kw_only=True)
    include_high: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        expect_flag(self, "include_low", self.include_low)
        expect_flag(self, "include_high", self.include_high)


class FilterReader:
    """Makes query trees of the values in a filter. Keeps no state, so threads may share it.

    Args:
        schema: The fields.
        clock: What relative dates are reckoned from.
    """

    def __init__(self, schema: DocumentSchema, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._names = FieldNames(schema)
        self._clock = clock

    def read(self, given: Mapping[str, object]) -> tuple[Condition, ...]:
        """Make a condition of each field of a filter.

        Args:
            given: For each field a value, or several of which any will do, in a list or a tuple;
                ``None`` for documents without a value; a :class:`Between` for a range; a ``Not`` of
                any of these; or a query, whose words are looked for in this field unless they name
                another.

        Raises:
            QueryError: There is no such field, or it does not hold such values.
            QueryTooCostly: Values are nested too deeply.
        """
        try:
            return tuple(
                Condition(name, self._query(self._spec(name), one)) for name, one in given.items()
            )
        except RecursionError as error:
            raise QueryTooCostly("expected a filter that is nested less deeply") from error

    def _spec(self, name: object) -> FieldSpec:
        if not isinstance(name, str):
            raise QueryError(f"filter: expected the names of fields as keys, got {shown(name)}")
        spec = self._names.specs.get(name)
        if spec is None:
            raise QueryError(f"filter: {self._names.missing(name)}")
        return spec

    def _query(self, spec: FieldSpec, value: object) -> Query:
        match value:
            case None:
                return Not(Exists(spec.name))
            case Not(part=part) if type(part) is Not or not isinstance(part, Query):
                return Not(self._query(spec, part))
            case Query():
                return _in_field(value, spec.name)
            case Between():
                return self._between(spec, value)
            case Iterable() if not isinstance(  # a Flag and a network are iterable
                value, (str, bytes, Mapping, Enum, *known_by_text())
            ):
                return Or(tuple(self._query(spec, one) for one in value))
            case _ if isinstance(spec.marker, Text):
                return _words(spec, value)
            case _:
                return self._value(spec, _value_of(spec, value))

    def _value(self, spec: FieldSpec, value: Any) -> Query:
        """Make the query for a label, key, number or date, or for numbers or dates as ``a..b``."""
        bounds = None
        if isinstance(value, str) and self._names.is_value(spec):
            bounds = split_range(value)
        if bounds is None:
            return self._checked(Term(spec.name, value), spec)
        low, high = (None if bound in ("", "*") else bound for bound in bounds)
        return self._between(spec, Between(low, high))

    def _between(self, spec: FieldSpec, given: Between) -> Query:
        if isinstance(spec.marker, Text):
            raise _unfit(spec, given)
        low, high = (
            None if bound is None else _value_of(spec, bound) for bound in (given.low, given.high)
        )
        if low is None and high is None:
            return Exists(spec.name)
        made = Range(spec.name, low, high, given.include_low, given.include_high)
        return self._checked(made, spec)

    def _checked(self, leaf: Term | Range, spec: FieldSpec) -> Query:
        """Make sure that a date or number field holds such values."""
        if self._names.is_value(spec):
            try:
                bounds = value_bounds(leaf, spec, self._clock)
            except UnreadableValue as error:
                raise QueryError(f"field {spec.name!r}: {error}") from error
            is_reversed = bounds.is_reversed
        else:
            is_reversed = isinstance(leaf, Range) and _is_reversed(leaf, spec)
        if isinstance(leaf, Range) and is_reversed:
            raise QueryError(
                f"field {spec.name!r}: expected a lower bound that is not above the upper one, got "
                f"{shown(leaf.low)} to {shown(leaf.high)}"
            )
        return leaf


def _is_reversed(labels: Range, spec: FieldSpec) -> bool:
    if labels.low is None or labels.high is None:
        return False
    return label_of(labels.low, spec) > label_of(labels.high, spec)


def _value_of(spec: FieldSpec, given: object) -> Any:
    """Take a value for a field, of one of the types that it holds, as a plain one.

    Raises:
        QueryError: It is of another type.
    """
    value = given.value if isinstance(given, Enum) else given
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return plain_str(value)
    is_flag = isinstance(value, bool) and not spec.loose
    if not isinstance(value, _types_of(spec)) or (is_flag != (spec.kind == "bool")):
        raise _unfit(spec, given)
    if isinstance(spec.marker, Key | Keyword):
        return text_of(value)
    if not isinstance(value, Decimal):
        return value
    if not value.is_finite():
        raise _unfit(spec, given)
    is_whole = -(2**63) <= value < 2**63 and value == value.to_integral_value()
    return int(value) if is_whole else float(value)


def _types_of(spec: FieldSpec) -> type | tuple[type, ...]:
    """Tell of what types the values of a field may be, besides text."""
    match spec.marker:
        case Date():
            return date
        case Number():
            return int, float, Decimal
        case _:
            return spec.label_types


def _words(spec: FieldSpec, given: object) -> Query:
    """Require all words of a text, in which nothing is an operator."""
    value = _value_of(spec, given)
    words = [word for word in value.split() if says_something(word)]
    if not words:
        raise _unfit(spec, given)
    return And(tuple(Word(word, (spec.name,)) for word in words))


def _unfit(spec: FieldSpec, given: object) -> QueryError:
    match spec.marker:
        case Text():
            expected = "words"
        case Date():
            expected = 'a date such as date(2025, 3, 1), "2025-03" or "last week"'
        case Number():
            expected = "a number"
        case _:
            expected = "True or False" if spec.kind == "bool" else "a label as text"
    return QueryError(
        f"field {spec.name!r}: expected {expected}, got {shown(given)} ({type(given).__name__})"
    )


def _in_field(query: Query, name: str) -> Query:
    """Let the words of a query that name no field be looked for in this one."""
    if isinstance(query, WORD_QUERIES):
        return query if query.fields else replace(query, fields=(name,))
    changed: dict[str, Any] = {}
    for one in own_fields(type(query)):
        given = getattr(query, one.name)
        if isinstance(given, Query):
            changed[one.name] = _in_field(given, name)
        elif isinstance(given, tuple) and any(isinstance(part, Query) for part in given):
            changed[one.name] = tuple(_in_field(part, name) for part in given)
    return replace(query, **changed) if changed else query
