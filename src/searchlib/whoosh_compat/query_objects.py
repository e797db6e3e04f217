"""How is a tree of :mod:`searchlib.query` said in query objects of Whoosh's?"""

from __future__ import annotations

import copy
import math
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from whoosh import query as q

from searchlib.errors import QueryError
from searchlib.query.field_terms import field_terms, label_of
from searchlib.query.tree import (
    WORD_QUERIES,
    And,
    AndMaybe,
    Boost,
    ConstantScore,
    DisjunctionMax,
    Exists,
    Fuzzy,
    MatchAll,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Require,
    Term,
    Verbatim,
    Wildcard,
    Word,
)
from searchlib.schema.markers import Date, Number, Stored, Text
from searchlib.schema.values import UnreadableValue, microseconds
from searchlib.whoosh_compat.exact import (
    ExactConstantScore,
    ExactNot,
    ExactRequire,
    ForeignQuery,
)
from searchlib.whoosh_compat.queries import WhooshQuery, expect_shallow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from searchlib.query.field_terms import Alternatives
    from searchlib.schema.models import DocumentSchema, FieldSpec

_ALL_OF_64_BITS: Final = (-(2**63), 2**63 - 1)


def to_whoosh(query: Query, schema: DocumentSchema) -> q.Query:
    """Make a query object of Whoosh's of a tree.

    Words have become terms of the index, in the fields they are searched in, with the boosts of
    those; a word in several fields is an ``Or``. Stop words are kept. The parts of a ``Near`` in
    any order that has more than two are measured from one to the next, as Whoosh does it, so it
    may find more than here.

    Args:
        query: The tree.
        schema: The fields.

    Raises:
        QueryError: A field is not there, or is of another kind than a part of the query needs.
        QueryTooCostly: The tree is nested too deeply.
    """
    expect_shallow(query, lambda part: part.children())
    return _Writer(schema, verbatim=False).write(query)


class _Writer:
    """Makes query objects of trees, for one schema.

    Args:
        schema: The schema.
        verbatim: Whether words are terms already.
    """

    def __init__(self, schema: DocumentSchema, *, verbatim: bool) -> None:
        self._schema = schema
        self._verbatim = verbatim

    def write(self, query: Query) -> q.Query:
        write = self._writers.get(type(query))
        if write is None:
            raise QueryError(f"expected a kind of query that is known, got {query!r:.80}")
        return write(query)

    @cached_property
    def _writers(self) -> Mapping[type[Any], Callable[[Any], q.Query]]:
        return {
            **dict.fromkeys(WORD_QUERIES, self._leaf),
            MatchAll: lambda _: q.Every(),
            Exists: lambda query: q.Every(self._spec(query.field).name),
            Term: self._term,
            Range: self._range,
            And: lambda query: _joined(q.And, map(self.write, query.parts)),
            Or: lambda query: _any_of(map(self.write, query.parts)),
            Not: lambda query: ExactNot(self.write(query.negated)),
            AndMaybe: self._and_maybe,
            Require: self._require,
            DisjunctionMax: self._disjunction_max,
            Near: self._near,
            Boost: lambda query: boosted(self.write(query.part), query.factor),
            ConstantScore: lambda query: ExactConstantScore(self.write(query.part), query.score),
            Verbatim: lambda query: self._as_terms.write(query.part),
            WhooshQuery: lambda query: ForeignQuery(query.query),
        }

    @property
    def _as_terms(self) -> _Writer:
        return _Writer(self._schema, verbatim=True)

    def _spec(self, name: str) -> FieldSpec:
        spec = self._schema.fields.get(name)
        if spec is None or isinstance(spec.marker, Stored):
            there = ", ".join(self._schema.fields)
            raise QueryError(f"expected a field that is searched, got {name!r}; there are {there}")
        return spec

    # Words, phrases and patterns

    def _leaf(self, leaf: Any) -> q.Query:
        return _any_of(self._in_field(leaf, name) for name in self._boosts(leaf))

    def _boosts(self, leaf: Any) -> Mapping[str, float]:
        """Find the fields that a leaf is looked for in, with their boosts."""
        return dict.fromkeys(leaf.fields, 1.0) if leaf.fields else self._schema.default_fields

    def _in_field(self, leaf: Any, name: str) -> q.Query:
        spec = self._spec(name)
        if isinstance(spec.marker, Date | Number):
            raise QueryError(f"expected a text, keyword or key field for {leaf!r}, got {name!r}")
        terms = field_terms(leaf, spec, verbatim=self._verbatim)
        if len(terms) > 1 and not isinstance(spec.marker, Text):
            raise QueryError(f"expected a text field for {leaf!r}, got {name!r}; use a term")
        made = _positions(name, terms, getattr(leaf, "slop", 1))
        return boosted(made, self._boosts(leaf)[name])

    # Values

    def _term(self, term: Term) -> q.Query:
        spec = self._spec(term.field)
        if isinstance(spec.marker, Date | Number):
            return self._between(spec, Range(term.field, term.value, term.value))
        if isinstance(spec.marker, Text):
            raise QueryError(f"expected a field of labels or numbers for {term!r}; use a word")
        as_it_is = self._verbatim and isinstance(term.value, str)
        return q.Term(term.field, term.value if as_it_is else label_of(term.value, spec))

    def _range(self, query: Range) -> q.Query:
        spec = self._spec(query.field)
        if isinstance(spec.marker, Date | Number):
            return self._between(spec, query)
        return _positions(query.field, field_terms(query, spec, verbatim=self._verbatim), 1)

    def _between(self, spec: FieldSpec, query: Range) -> q.Query:
        excludes = not query.include_low, not query.include_high
        low = None if query.low is None else self._span(spec, query.low)[excludes[0]]
        high = None if query.high is None else self._span(spec, query.high)[not excludes[1]]
        return _number_range(spec, low, high, *excludes)

    def _span(self, spec: FieldSpec, value: object) -> tuple[float, float]:
        """Find the first and the last number that a value stands for, as they are indexed."""
        if isinstance(value, date) and not isinstance(spec.marker, Date):
            raise QueryError(f"{spec.name}: expected a number, got {value!r}")
        if isinstance(value, int | float):
            return value, value
        if isinstance(value, datetime):
            return (microseconds(value),) * 2
        field: Any = self._schema.whoosh[spec.name]
        text = value.isoformat() if isinstance(value, date) else value
        try:
            read = field.parse_range(spec.name, text, text, False, False)
        except UnreadableValue as error:
            raise QueryError(f"{spec.name}: {error}") from error
        return read.start, read.end

    # Queries made of others

    def _and_maybe(self, query: AndMaybe) -> q.Query:
        part, optional = self.write(query.part), _any_of(map(self.write, query.optional))
        return part if _is_nothing(optional) else q.AndMaybe(part, optional)

    def _require(self, query: Require) -> q.Query:
        part = self.write(query.part)
        if not query.conditions:
            return part
        return ExactRequire(part, _joined(q.And, map(self.write, query.conditions)))

    def _disjunction_max(self, query: DisjunctionMax) -> q.Query:
        parts = _without_nothing(map(self.write, query.parts))
        return _joined(q.DisjunctionMax, parts, tiebreak=query.tie_breaker)

    def _near(self, query: Near) -> q.Query:
        return _any_of(self._near_in_field(query, name) for name in self._fields_of(query))

    def _fields_of(self, part: Query) -> dict[str, float]:
        """Find the fields that any words within a part are looked for in, in order."""
        if isinstance(part, WORD_QUERIES):
            return dict(self._boosts(part))
        return {name: 1.0 for inner in part.children() for name in self._fields_of(inner)}

    def _near_in_field(self, query: Near, name: str) -> q.Query:
        parts = [self._part_in_field(part, name) for part in query.parts]
        if any(map(_is_nothing, parts)):
            return q.NullQuery
        return _near_each_other(parts, query.distance, query.ordered)

    def _part_in_field(self, part: Query, name: str) -> q.Query:
        """Write a part of a ``Near``, as far as it is about a field."""
        match part:
            case Word() | Phrase() | Prefix() | Wildcard() | Regex() | Fuzzy():
                return self._in_field(part, name) if name in self._boosts(part) else q.NullQuery
            case Or(parts=parts):
                return _any_of(self._part_in_field(inner, name) for inner in parts)
            case Near():
                return self._near_in_field(part, name)
            case Boost(part=inner, factor=factor):
                return boosted(self._part_in_field(inner, name), factor)
            case Verbatim(part=inner):
                return self._as_terms._part_in_field(inner, name)
            case WhooshQuery(query=query):
                return ForeignQuery(query)
            case _:
                raise QueryError(
                    f"Near: expected words, phrases, patterns and any of such, got {part!r:.80}"
                )


def _number_range(
    spec: FieldSpec,
    low: float | None,
    high: float | None,
    excludes_low: bool,
    excludes_high: bool,
) -> q.Query:
    """Make the query of a range. Whoosh fails on bounds that are beyond all numbers of a field."""
    lowest, highest = _ALL_OF_64_BITS if spec.kind != "float" else (-math.inf, math.inf)
    if low is not None and not low + excludes_low <= highest:  # NaN is not, either
        return q.NullQuery
    if high is not None and not high - excludes_high >= lowest:
        return q.NullQuery
    low = None if low is None or low < lowest else low
    high = None if high is None or high > highest else high
    if low is None and high is None:
        return q.Every(spec.name)
    return q.NumericRange(spec.name, low, high, excludes_low, excludes_high)


def _positions(field: str, terms: list[Alternatives], slop: int) -> q.Query:
    """Make the query of what stands at the positions of a leaf: a term, a phrase, a pattern."""
    words = [one[0] for one in terms if len(one) == 1]
    if len(terms) > 1 and len(words) == len(terms) and all(isinstance(one, str) for one in words):
        return q.Phrase(field, [str(word) for word in words], slop=slop)
    parts = [_any_of(_alternative(field, term) for term in one) for one in terms]
    return _near_each_other(parts, slop, ordered=True)


def _alternative(field: str, term: str | Query) -> q.Query:
    match term:
        case str():
            return q.Term(field, term)
        case Prefix(text=text):
            return q.Prefix(field, text)
        case Wildcard(pattern=pattern):
            return q.Wildcard(field, pattern)
        case Regex(pattern=pattern):
            return q.Regex(field, pattern)
        case Fuzzy(text=text, edits=edits, prefix_length=prefix_length):
            return q.FuzzyTerm(field, text, maxdist=edits, prefixlength=prefix_length)
        case Range(low=low, high=high, include_low=from_low, include_high=to_high):
            low, high = (None if bound is None else str(bound) for bound in (low, high))
            return q.TermRange(field, low, high, not from_low, not to_high)
        case _:
            raise QueryError(f"expected a term or a pattern of terms, got {term!r:.80}")


def _near_each_other(parts: list[q.Query], slop: int, ordered: bool) -> q.Query:
    if len(parts) < 2:
        return parts[0] if parts else q.NullQuery
    return q.SpanNear2(parts, slop=slop, ordered=ordered)


def _any_of(queries: Iterable[q.Query]) -> q.Query:
    return _joined(q.Or, _without_nothing(queries))


def _without_nothing(queries: Iterable[q.Query]) -> list[q.Query]:
    return [query for query in queries if not _is_nothing(query)]


def _is_nothing(query: q.Query) -> bool:
    return isinstance(query, type(q.NullQuery))


def _joined(kind: Callable[..., q.Query], queries: Iterable[q.Query], **options: Any) -> q.Query:
    """Make one query of several. Whoosh would ignore the boost of one that has a single part."""
    parts = list(queries)
    if len(parts) < 2:
        return parts[0] if parts else q.NullQuery
    return kind(parts, **options)


def boosted(query: q.Query, factor: float) -> q.Query:
    """Make a copy of a query whose scores are multiplied by a factor."""
    kind: Any = type(query)
    made: Any
    match query:
        case _ if factor == 1.0 or _is_nothing(query) or isinstance(query, q.Not):
            made = query
        case q.ConstantScoreQuery(child=child, score=score):
            made = kind(child, score * factor)
        case q.Require(a=a, b=b):
            made = kind(boosted(a, factor), b)
        case q.AndMaybe(a=a, b=b):
            made = kind(boosted(a, factor), boosted(b, factor))
        case q.SpanNear2(qs=parts, slop=slop, ordered=ordered, mindist=least):
            made = kind([boosted(part, factor) for part in parts], slop, ordered, least)
        case _:
            made = copy.copy(query)
            made.boost *= factor
    return cast("q.Query", made)
