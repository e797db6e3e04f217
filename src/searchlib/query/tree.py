"""Which kinds of query are there? One class for each.

.. code-block:: python

    from searchlib.query import Phrase, Term, Word

    query = Word("storm") & Phrase("power lines") & ~Term("categories", "sport")

A query is a tree of frozen, hashable objects, which are equal if they ask for the same. Words are
written as a person writes them. A query is compiled for an index when it is searched: only then are
the default fields, the boosts of fields, and the terms of a word in the language of each field
decided. So a tree belongs to no index, and can be kept as JSON (:mod:`searchlib.query.json_form`).
``&``, ``|`` and ``~`` combine queries.

All classes raise a :class:`~searchlib.errors.QueryError` for an argument of a wrong type or value.
"""

from __future__ import annotations

from dataclasses import MISSING, field, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from searchlib.frozen import frozen
from searchlib.query import checks

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = str | int | float | date | datetime
"""A value of a label, number or date field. A string is read as in a query string."""

Span = tuple[int, int]
"""A part of a query string: the index of its first character, and the index after its last."""


@frozen
class Query:
    """A query, or a part of one.

    Attributes:
        span: The part of the query string that it was read from; else ``None``. Never compared.
    """

    span: Span | None = field(default=None, kw_only=True, compare=False)

    def children(self) -> tuple[Query, ...]:
        """Return the queries that this query consists of."""
        found: list[Query] = []
        for value in map(self.__getattribute__, _part_fields(type(self))):
            found += value if isinstance(value, tuple) else (value,)
        return tuple(found)

    def __and__(self, other: Query) -> Query:
        return And((self, other))

    def __or__(self, other: Query) -> Query:
        return Or((self, other))

    def __invert__(self) -> Query:
        return Not(self)

    def __repr__(self) -> str:
        shown = [
            repr(value) if one.default is MISSING else f"{one.name}={value!r}"
            for one in own_fields(type(self))
            if (value := getattr(self, one.name)) != one.default
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


_OWN_FIELDS: dict[type[Query], tuple[Any, ...]] = {}
_PART_FIELDS: dict[type[Query], tuple[str, ...]] = {}


def own_fields(kind: type[Query]) -> tuple[Any, ...]:
    """Return the dataclass fields of a kind of query, without the span."""
    if kind not in _OWN_FIELDS:
        _OWN_FIELDS[kind] = tuple(one for one in fields(kind) if one.name != "span")
    return _OWN_FIELDS[kind]


def _part_fields(kind: type[Query]) -> tuple[str, ...]:
    """Name the fields of a kind of query that hold queries."""
    if kind not in _PART_FIELDS:
        kinds = ("Query", "tuple[Query, ...]")
        _PART_FIELDS[kind] = tuple(one.name for one in own_fields(kind) if one.type in kinds)
    return _PART_FIELDS[kind]


def walk(query: Query) -> Iterator[Query]:
    """Yield a query and all queries within it, each before its parts."""
    waiting = [query]
    while waiting:
        query = waiting.pop()
        yield query
        waiting += reversed(query.children())


@frozen
class MatchAll(Query):
    """All documents."""


@frozen
class Exists(Query):
    """Documents that have any value in a field.

    Attributes:
        field: The name of the field.
    """

    field: str

    def __post_init__(self) -> None:
        checks.expect_field(self, self.field)


@frozen
class Word(Query):
    """Documents with a word, in any form that has the same stem.

    If the analyzer of a field splits the text ("peace-talks"), the pieces are searched as a phrase.
    With several fields, a document must have the word in at least one of them, and the scores of
    all fields are added up.

    Attributes:
        text: The word.
        fields: The names of the fields to search, or one name; empty for the default fields.
    """

    text: str
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.text.__class__ is not str:
            checks.expect_text(self, self.text)
        if self.fields != ():
            checks.take_fields(self)


@frozen
class Phrase(Query):
    """Documents with words that follow one another.

    Attributes:
        text: The words, separated by blanks.
        slop: How many positions after the word before it a word may come; 1 for the next position.
        fields: The text fields to search, as for :class:`Word`.
    """

    text: str
    slop: int = 1
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.text.__class__ is not str:
            checks.expect_text(self, self.text)
        if self.slop.__class__ is not int or self.slop < 1:
            checks.expect_count(self, "slop", self.slop, 1)
        if self.fields != ():
            checks.take_fields(self)


@frozen
class Prefix(Query):
    """Documents with a term that begins with a text.

    If an analyzer splits the text ("co-op"), the last piece is the beginning of a term, and the
    other pieces are words before it, as in a phrase.

    Attributes:
        text: The beginning of the term.
        fields: The names of text, keyword or key fields; empty for the default fields.
    """

    text: str
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.expect_text(self, self.text)
        checks.take_fields(self)


@frozen
class Wildcard(Query):
    """Documents with a term that matches a wildcard pattern.

    Attributes:
        pattern: ``*`` stands for any number of characters, ``?`` for one, ``[abc]`` for one of
            these. If an analyzer splits the pattern, each piece is a pattern for its own word, and
            the words follow one another.
        fields: The fields to search, as for :class:`Prefix`.
    """

    pattern: str
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.expect_text(self, self.pattern)
        checks.take_fields(self)


@frozen
class Regex(Query):
    """Documents with a term that a regular expression matches from its beginning.

    Attributes:
        pattern: The expression, in Python's syntax. It is compared with terms of the index, which
            are stems in text fields.
        fields: The fields to search, as for :class:`Prefix`.
    """

    pattern: str
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.expect_text(self, self.pattern)
        checks.take_fields(self)


@frozen
class Fuzzy(Query):
    """Documents with a word that is similar to another.

    If an analyzer splits the text ("Jean-Claude"), it is similar pieces that follow one another.

    Attributes:
        text: The word.
        edits: How many characters may be inserted, left out, replaced or swapped with a neighbour;
            at most 2 when the query runs.
        prefix_length: How many characters at the beginning must be equal.
        fields: The fields to search, as for :class:`Prefix`.
    """

    text: str
    edits: int = 1
    prefix_length: int = 0
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.expect_text(self, self.text)
        checks.expect_count(self, "edits", self.edits, 0)
        checks.expect_count(self, "prefix_length", self.prefix_length, 0)
        checks.take_fields(self)


@frozen
class Term(Query):
    """Documents with a value: a label, key, number or date.

    Attributes:
        field: The name of the field.
        value: The value. A string is read as in a query string: "2025-02" is the whole month.
    """

    field: str
    value: Value

    def __post_init__(self) -> None:
        if self.field.__class__ is not str or self.value.__class__ is not str:
            checks.expect_field(self, self.field)
            checks.expect_value(self, self.value)


@frozen
class Range(Query):
    """Documents with a value between two bounds.

    Attributes:
        field: The name of the field.
        low, high: The lower and the upper bound, or ``None`` for no such bound.
        include_low: Whether the lower bound itself matches.
        include_high: Whether the upper bound itself matches.
    """

    field: str
    low: Value | None = None
    high: Value | None = None
    include_low: bool = True
    include_high: bool = True

    def __post_init__(self) -> None:
        if self.field.__class__ is not str:
            checks.expect_field(self, self.field)
        for bound in (self.low, self.high):
            if bound.__class__ is not str and bound is not None:
                checks.expect_value(self, bound)
        if self.include_low is not True or self.include_high is not True:
            checks.expect_flag(self, "include_low", self.include_low)
            checks.expect_flag(self, "include_high", self.include_high)


@frozen
class And(Query):
    """Documents that match all parts. Scores are added up.

    Stop words are not required, unless there are no other parts.

    Attributes:
        parts: The parts.
    """

    parts: tuple[Query, ...]

    def __post_init__(self) -> None:
        checks.take_queries(self, "parts", Query)


@frozen
class Or(Query):
    """Documents that match at least one part. Scores are added up.

    Attributes:
        parts: The parts.
    """

    parts: tuple[Query, ...]

    def __post_init__(self) -> None:
        checks.take_queries(self, "parts", Query)


@frozen
class Not(Query):
    """Documents that do not match a part. Their score is 0.

    Attributes:
        part: The part; in a filter, a value or several, too: ``{"source": Not("AP")}``.
    """

    part: Any

    def __post_init__(self) -> None:
        checks.take_values(self)

    def children(self) -> tuple[Query, ...]:
        """Return the part, unless it is a value."""
        return (self.part,) if isinstance(self.part, Query) else ()

    @property
    def negated(self) -> Query:
        """The part, where it must be a query, as it must outside a filter.

        Raises:
            QueryError: It is a value.
        """
        if not isinstance(self.part, Query):
            raise checks.no_field(self, self.part)
        return self.part


@frozen
class AndMaybe(Query):
    """Documents that match a part. Optional parts only raise the score.

    Attributes:
        part: The part that must match.
        optional: The parts that need not match.
    """

    part: Query
    optional: tuple[Query, ...]

    def __post_init__(self) -> None:
        checks.expect_query(self, self.part, Query)
        checks.take_queries(self, "optional", Query)


@frozen
class Require(Query):
    """Documents that match a part and all conditions. Conditions add nothing to the score.

    Attributes:
        part: The part that is scored.
        conditions: The parts that must match as well.
    """

    part: Query
    conditions: tuple[Query, ...]

    def __post_init__(self) -> None:
        checks.expect_query(self, self.part, Query)
        checks.take_queries(self, "conditions", Query)


@frozen
class DisjunctionMax(Query):
    """Documents that match at least one part. The highest of the scores counts.

    Attributes:
        parts: The parts.
        tie_breaker: A factor on the scores of the other parts, which are added.
    """

    parts: tuple[Query, ...]
    tie_breaker: float = 0.0

    def __post_init__(self) -> None:
        checks.take_queries(self, "parts", Query)
        checks.expect_number(self, "tie_breaker", self.tie_breaker)


@frozen
class Near(Query):
    """Documents in which all parts are close together in one field.

    Attributes:
        parts: Words, phrases and patterns, and ``Or`` or ``Near`` of these. A ``Wildcard("*")``
            between words that follow one another (ordered, of distance 1) is any one word;
            elsewhere it says nothing.
        distance: If ordered: how many positions after the end of the part before it a part may
            begin; 1 for the next position. If not: how many positions after the end of the first
            part the last part may begin.
        ordered: Whether the parts must come in this order.
    """

    parts: tuple[Query, ...]
    distance: int = 1
    ordered: bool = False

    def __post_init__(self) -> None:
        checks.take_queries(self, "parts", Query)
        checks.expect_count(self, "distance", self.distance, 1)
        checks.expect_flag(self, "ordered", self.ordered)


@frozen
class Boost(Query):
    """Documents that match a part, with a factor on their scores.

    Attributes:
        part: The part.
        factor: The factor.
    """

    part: Query
    factor: float

    def __post_init__(self) -> None:
        checks.expect_query(self, self.part, Query)
        checks.expect_number(self, "factor", self.factor)


@frozen
class ConstantScore(Query):
    """Documents that match a part, all with the same score.

    Attributes:
        part: The part.
        score: The score.
    """

    part: Query
    score: float = 1.0

    def __post_init__(self) -> None:
        checks.expect_query(self, self.part, Query)
        checks.expect_number(self, "score", self.score)


@frozen
class Verbatim(Query):
    """A part whose words are terms of the index, and are not analysed again.

    Use it for queries made from terms of an index, for example from query objects of Whoosh. The
    words of a phrase are separated by blanks, and stop words count.

    Attributes:
        part: The part.
    """

    part: Query

    def __post_init__(self) -> None:
        checks.expect_query(self, self.part, Query)


WORD_QUERIES: Final = (Word, Phrase, Prefix, Wildcard, Regex, Fuzzy)
"""The kinds that look for words, or texts, in the fields that they name."""
