"""What does a query object of Whoosh's ask for? The same, as a tree of :mod:`searchlib.query`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from whoosh import query as q
from whoosh.fields import NUMERIC
from whoosh.lang.morph_en import variations

from searchlib.errors import QueryError, QueryTooCostly
from searchlib.frozen import frozen
from searchlib.query.joins import can_stand_near
from searchlib.query.tree import (
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
from searchlib.schema.markers import Date, Key, Keyword, Number
from searchlib.schema.values import flag_text, indexed_time
from searchlib.whoosh_compat.exact import (
    ExactConstantScore,
    ExactNot,
    ExactRequire,
    ForeignQuery,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from searchlib.schema.models import DocumentSchema

MAX_DEPTH: Final = 200
"""How deeply queries may be nested that are converted."""

T = TypeVar("T")
WhooshObject = q.Query
"""A query object of Whoosh's."""

_NOTHING: Final = Or(())
_NUMBER_BYTES: Final = 9
"""How long the term of a number is: 64 bits, behind a byte that says that none is cut off."""
_NEAR: Final = (q.SpanNear, q.SpanNear2, q.Sequence)
_BOOSTED: Final = (q.And, q.Or, q.DisjunctionMax, ForeignQuery)


@frozen
class WhooshQuery(Query):
    """A query object that only Whoosh's own searcher can evaluate.

    Two are equal if they hold the same object: Whoosh's objects can be changed, and not all of
    them can be compared or hashed. There is no JSON form.

    Attributes:
        query: The object.
        parts: What a hit can match of it, for snippets: the queries within a span query for
            instance, but not those that it must not overlap with.
    """

    query: q.Query
    parts: tuple[Query, ...] = ()

    def children(self) -> tuple[Query, ...]:
        """Give the parts."""
        return self.parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WhooshQuery) and other.query is self.query

    def __hash__(self) -> int:
        return id(self.query)

    def __repr__(self) -> str:
        return f"WhooshQuery({self.query!r})"


def from_whoosh(query: q.Query, schema: DocumentSchema) -> Verbatim:
    """Make a tree of a query object of Whoosh's.

    Its words are terms of the index already, so the tree is verbatim. It names the field of each
    part, and what an unknown field is asked for matches nothing, as in Whoosh. Numbers in a date
    field are microseconds since the year 1, as in the index.

    Args:
        query: The object.
        schema: The fields, which say whether a term is a word, a label or a number.

    Raises:
        QueryError: A phrase or a range makes no sense for its field, or a number is encoded as for
            another schema.
        QueryTooCostly: The object is nested more than :data:`MAX_DEPTH` deep.
    """
    expect_shallow(query, _parts)
    return Verbatim(_Converter(schema).convert(query))


def expect_shallow(query: T, parts_of: Callable[[T], Sequence[T]]) -> None:
    """Refuse a query that is nested more than :data:`MAX_DEPTH` deep.

    Raises:
        QueryTooCostly: It is.
    """
    level: list[T] = [query]
    for _ in range(MAX_DEPTH):
        level = [part for one in level for part in parts_of(one)]
        if not level:
            return
    raise QueryTooCostly(f"expected a query that is nested at most {MAX_DEPTH} deep, got more")


def _parts(query: Any) -> list[q.Query]:
    """Find what a query object is made of, but for what a hit of a span query must not have.

    Whoosh's span queries do not tell what they are made of.
    """
    if isinstance(query, q.SpanNot | q.SpanContains | q.SpanCondition):
        return [query.a]  # what is found; the other part is a condition
    if isinstance(query, q.SpanBiQuery | q.SpanNear):
        both: Any = query
        return [both.a, both.b]
    if isinstance(query, q.SpanOr):
        return list(query.subqs)
    if isinstance(query, q.SpanFirst):
        return [query.q]
    return list(query.children())


class _Foreign(Exception):  # noqa: N818 - not an error: the object is kept as it is
    """A query object that has no counterpart in the tree."""


class _Converter:
    """Makes trees of query objects, for one schema."""

    def __init__(self, schema: DocumentSchema) -> None:
        self._schema = schema
        markers = {name: spec.marker for name, spec in schema.fields.items()}
        self._texts = frozenset(schema.text_fields)
        self._labels = {n for n, marker in markers.items() if isinstance(marker, Key | Keyword)}
        self._numbers = {n for n, marker in markers.items() if isinstance(marker, Date | Number)}
        self._leaves: dict[type[Any], Callable[[Any], Query]] = {
            q.Term: self._term, q.Phrase: self._phrase, q.Every: self._every,
            q.Prefix: self._prefix, q.Wildcard: self._wildcard, q.Regex: self._regex,
            q.FuzzyTerm: self._fuzzy, q.Variations: self._variations,
            q.TermRange: self._term_range, q.NumericRange: self._number_range,
            q.DateRange: self._date_range,
        }  # fmt: skip
        self._makers: dict[type[Any], Callable[[Any], Query]] = {
            **self._leaves,
            q.And: self._and, q.Or: self._or, q.DisjunctionMax: self._disjunction_max,
            q.Not: self._not, q.AndNot: self._and_not, q.AndMaybe: self._and_maybe,
            q.Require: self._require, q.ConstantScoreQuery: self._constant_score,
            type(q.NullQuery): lambda _: _NOTHING,
            ExactNot: self._not, ExactRequire: self._require,
            ExactConstantScore: self._constant_score,
            ForeignQuery: lambda query: self.convert(query.child),
        }  # fmt: skip

    def convert(self, query: q.Query) -> Query:
        """Make the tree of an object; one of a class that is not known stays as it is."""
        try:
            return self._make(query, self._makers.get(type(query)))
        except _Foreign:
            return WhooshQuery(query, self._within(query))

    def _make(self, query: Any, make: Callable[[Any], Query] | None) -> Query:
        if make is None:
            raise _Foreign
        made = make(query)
        # What a Not or an AndNot is given as its boost has no meaning.
        has_boost = type(query) in self._leaves or isinstance(query, _BOOSTED)
        return made if not has_boost or query.boost == 1.0 else Boost(made, query.boost)

    def _within(self, query: q.Query) -> tuple[Query, ...]:
        """Make the trees of what a hit can match of an object that stays as it is.

        One of a class made after one of Whoosh's, a ``Term`` for instance, is marked like that.
        """
        parts = tuple(map(self.convert, _parts(query)))
        near: Any = query
        is_near = isinstance(query, _NEAR) and not isinstance(query, q.Ordered)
        if is_near and all(map(can_stand_near, parts)):
            return (Near(parts, max(int(near.slop), 1), bool(near.ordered)),)
        kin = (self._leaves[kind] for kind in type(query).__mro__ if kind in self._leaves)
        make = next(kin, None)
        if parts or make is None:
            return parts
        try:
            return (make(query),)
        except _Foreign:
            return ()

    def _word(self, field: str, text: object) -> Query:
        if field in self._texts:
            return Word(_as_text(text), (field,))
        if field not in self._labels:
            return _NOTHING
        is_flag = self._schema.fields[field].kind == "bool"
        return Term(field, flag_text(_as_text(text)) if is_flag else _as_text(text))

    def _term(self, query: q.Term) -> Query:
        field = query.fieldname
        if field not in self._numbers:
            return self._word(field, query.text)
        number = self._number(field, query.text)
        return _NOTHING if number is None else Term(field, number)

    def _phrase(self, query: q.Phrase) -> Query:
        field, words = query.fieldname, [_as_text(word) for word in query.words]
        if len(words) < 2:
            return self._term(q.Term(field, words[0])) if words else _NOTHING
        if field not in self._schema.fields:
            return _NOTHING
        if field not in self._texts:
            raise QueryError(
                f"expected a text field for the phrase {query!s}, got {field!r}, which has no "
                "positions; use a term"
            )
        if any(" " in word for word in words) or not _is_count(query.slop, 1):
            raise _Foreign
        return Phrase(" ".join(words), query.slop, (field,))

    def _every(self, query: q.Every) -> Query:
        return MatchAll() if query.fieldname is None else self._exists(query.fieldname)

    def _exists(self, field: str) -> Query:
        indexed = self._texts | self._labels | self._numbers
        return Exists(field) if field in indexed else _NOTHING

    def _prefix(self, query: q.Prefix) -> Query:
        if not query.text:
            return self._exists(query.fieldname)
        return self._pattern(query.fieldname, Prefix, query.text)

    def _wildcard(self, query: q.Wildcard) -> Query:
        pattern = _as_text(query.text)
        if pattern and not pattern.strip("*"):
            return self._exists(query.fieldname)
        return self._pattern(query.fieldname, Wildcard, pattern)

    def _regex(self, query: q.Regex) -> Query:
        if query.text == ".*":
            return self._exists(query.fieldname)
        return self._pattern(query.fieldname, Regex, query.text)

    def _fuzzy(self, query: q.FuzzyTerm) -> Query:
        edits, prefix_length = int(query.maxdist), int(query.prefixlength)
        if min(edits, prefix_length) < 0:
            raise _Foreign
        return self._pattern(
            query.fieldname, Fuzzy, query.text, edits=edits, prefix_length=prefix_length
        )

    def _pattern(self, field: str, kind: Any, text: object, **options: int) -> Query:
        if field in self._numbers:  # whose terms are Whoosh's encoding of the numbers
            raise _Foreign
        if field not in self._texts | self._labels:
            return _NOTHING
        made: Query = kind(_as_text(text), fields=(field,), **options)
        return made

    def _variations(self, query: q.Variations) -> Query:
        if query.fieldname in self._numbers:
            raise _Foreign
        words = sorted(variations(_as_text(query.text)))
        return Or(tuple(self._word(query.fieldname, word) for word in words))

    def _term_range(self, query: q.TermRange) -> Query:
        if query.fieldname in self._numbers:
            return self._numbers_between(query, query.start, query.end)
        if query.fieldname not in self._texts | self._labels:
            return _NOTHING
        low, high = (
            None if bound is None else _as_text(bound) for bound in (query.start, query.end)
        )
        return _range(query, low, high)

    def _number_range(self, query: q.NumericRange) -> Query:
        return self._numbers_between(query, query.start, query.end)

    def _date_range(self, query: q.DateRange) -> Query:
        return self._numbers_between(query, query.startdate, query.enddate)

    def _numbers_between(self, query: Any, start: object, end: object) -> Query:
        field = query.fieldname
        if field not in self._schema.fields:
            return _NOTHING
        if field not in self._numbers:
            raise QueryError(f"expected a number or date field for {query!s}, got {field!r}")
        low = None if start is None else self._number(field, start)
        high = None if end is None else self._number(field, end)
        if (low is None) != (start is None) or (high is None) != (end is None):
            return _NOTHING
        return _range(query, low, high)

    def _number(self, field: str, value: Any) -> int | float | datetime | None:
        """Read a number or date as the index knows it, or ``None`` for what is neither."""
        if isinstance(value, date):
            return indexed_time(value)
        if isinstance(value, int | float):
            return value
        if isinstance(value, bytes) and value[:1] != b"\0":  # stands for several numbers
            raise _Foreign
        whoosh_field = self._schema.whoosh[field]
        assert isinstance(whoosh_field, NUMERIC)
        is_decimal = self._schema.fields[field].kind == "decimal"
        if isinstance(value, bytes) and (is_decimal or len(value) != _NUMBER_BYTES):
            raise QueryError(
                f"field {field!r}: expected a number, got one as Whoosh encodes it for another "
                f"schema, {value!r:.80}; write QueryParser(..., index.schema.whoosh)"
            )
        try:
            encoded = value if isinstance(value, bytes) else whoosh_field.to_bytes(value)
            decoded = whoosh_field.from_bytes(encoded)
        except Exception:  # Whoosh raises whatever it comes upon, a bare Exception too
            return None
        return decoded if isinstance(decoded, int | float | datetime) else None

    def _and(self, query: q.And) -> Query:
        return And(self._all(query.subqueries)) if query.subqueries else _NOTHING

    def _or(self, query: q.Or) -> Query:
        if query.scale:
            raise _Foreign
        return Or(self._all(query.subqueries))

    def _disjunction_max(self, query: q.DisjunctionMax) -> Query:
        return DisjunctionMax(self._all(query.subqueries), query.tiebreak)

    def _all(self, queries: Sequence[q.Query]) -> tuple[Query, ...]:
        return tuple(map(self.convert, queries))

    def _not(self, query: q.Not) -> Query:
        return Not(self.convert(query.query))

    def _and_not(self, query: q.AndNot) -> Query:
        return And((self.convert(query.a), Not(self.convert(query.b))))

    def _and_maybe(self, query: q.AndMaybe) -> Query:
        return AndMaybe(self.convert(query.a), (self.convert(query.b),))

    def _require(self, query: q.Require) -> Query:
        return Require(self.convert(query.a), (self.convert(query.b),))

    def _constant_score(self, query: q.ConstantScoreQuery) -> Query:
        return ConstantScore(self.convert(query.child), query.score)


def _range(query: q.TermRange | q.NumericRange, low: Any, high: Any) -> Range:
    return Range(query.fieldname, low, high, not query.startexcl, not query.endexcl)


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _as_text(term: object) -> str:
    """Write a term as text: Whoosh has them as bytes, too."""
    if not isinstance(term, bytes):
        return str(term)
    try:
        return term.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise _Foreign from None
