"""What can be asked for? One class for each kind of query.

.. code-block:: python

    from searchlib.query import Phrase, Term, Word

    query = Word("storm") & Phrase("power lines") & ~Term("categories", "sport")

A query is a tree of frozen, hashable values that compare by what they ask for. Words are as
a person writes them. The fields that are searched where none is named, the boosts of fields, and
the terms of a word in a field's language are settled when a query is compiled for an index; so
a tree belongs to no index, and can be kept (:mod:`searchlib.query.json_form`).
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from searchlib.query import checks

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = str | int | float | date | datetime
"""What stands in a label, number or date field. A string is read as in a query."""

Span = tuple[int, int]
"""A part of a query string: its first character, and the one behind its last."""


@dataclass(frozen=True, slots=True, repr=False)
class Query:
    """A query, or a part of one.

    Attributes:
        span: Where in the query string it stands, or ``None`` if it was made without one. Queries
            compare without it.
    """

    span: Span | None = field(default=None, kw_only=True, compare=False)

    def children(self) -> tuple[Query, ...]:
        """Give the queries that this one is made of."""
        return ()

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


def own_fields(kind: type[Query]) -> tuple[Any, ...]:
    """Give the dataclass fields of a kind of query, but for the span."""
    return tuple(one for one in fields(kind) if one.name != "span")


def walk(query: Query) -> Iterator[Query]:
    """Give a query and all queries within it, each before its parts."""
    waiting = [query]
    while waiting:
        query = waiting.pop()
        yield query
        waiting += reversed(query.children())


@dataclass(frozen=True, slots=True, repr=False)
class MatchAll(Query):
    """All documents."""


@dataclass(frozen=True, slots=True, repr=False)
class Exists(Query):
    """Documents that have something in a field.

    Attributes:
        field: The name of the field.
    """

    field: str

    def __post_init__(self) -> None:
        checks.expect_field(self, self.field)


@dataclass(frozen=True, slots=True, repr=False)
class Word(Query):
    """Documents with a word, in any form that the stemmer of a field takes for the same.

    A text that a field's analyzer splits ("peace-talks") is looked for as a phrase there. In
    several fields it is one word still: a document needs it in one of them, and the scores of all
    of them are added up.

    Attributes:
        text: The word.
        fields: The text fields to look in; none for those that are searched by default.
    """

    text: str
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.text.__class__ is not str or self.fields != ():
            checks.expect_text(self, self.text)
            checks.take_fields(self)


@dataclass(frozen=True, slots=True, repr=False)
class Phrase(Query):
    """Documents with words that follow one another.

    Attributes:
        text: The words.
        slop: How many positions after the one before a word may come; 1 for the very next.
        fields: As of :class:`Word`.
    """

    text: str
    slop: int = 1
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.expect_text(self, self.text)
        checks.expect_count(self, "slop", self.slop, 1)
        checks.take_fields(self)


@dataclass(frozen=True, slots=True, repr=False)
class Prefix(Query):
    """Documents with a term that begins so.

    Where an analyzer splits the text ("co-op"), the last piece is the beginning of a term and the
    others stand before it as in a phrase.

    Attributes:
        text: The beginning.
        fields: Text, keyword or key fields; none for the text fields searched by default.
    """

    text: str
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.expect_text(self, self.text)
        checks.take_fields(self)


@dataclass(frozen=True, slots=True, repr=False)
class Wildcard(Query):
    """Documents with a term that fits a pattern.

    Attributes:
        pattern: ``*`` stands for any characters, ``?`` for one, ``[abc]`` for one of some. What an
            analyzer splits is as in :class:`Prefix`: each piece is a pattern of its own.
        fields: As of :class:`Prefix`.
    """

    pattern: str
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.expect_text(self, self.pattern)
        checks.take_fields(self)


@dataclass(frozen=True, slots=True, repr=False)
class Regex(Query):
    """Documents with a term that begins with what a regular expression describes.

    Attributes:
        pattern: The expression, in Python's syntax, compared with terms as the index has them.
        fields: As of :class:`Prefix`.
    """

    pattern: str
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.expect_text(self, self.pattern)
        checks.take_fields(self)


@dataclass(frozen=True, slots=True, repr=False)
class Fuzzy(Query):
    """Documents with a term like a word.

    Attributes:
        text: The word.
        edits: How many letters may be inserted, left out, replaced or swapped with a neighbour.
        prefix_length: How many letters at the beginning must be the same.
        fields: As of :class:`Prefix`.
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


@dataclass(frozen=True, slots=True, repr=False)
class Term(Query):
    """Documents with a value: a label, key, number or date.

    Attributes:
        field: The name of the field.
        value: The value. A string is read as in a query: "2025-02" is the whole month.
    """

    field: str
    value: Value

    def __post_init__(self) -> None:
        checks.expect_field(self, self.field)
        checks.expect_value(self, self.value)


@dataclass(frozen=True, slots=True, repr=False)
class Range(Query):
    """Documents with a value from one to another.

    Attributes:
        field: The name of the field.
        low: The first value, or ``None`` for any below the last.
        high: The last value, or ``None`` for any above the first.
        include_low: Whether the first value counts.
        include_high: Whether the last value counts.
    """

    field: str
    low: Value | None = None
    high: Value | None = None
    include_low: bool = True
    include_high: bool = True

    def __post_init__(self) -> None:
        checks.expect_field(self, self.field)
        for bound in (self.low, self.high):
            if bound is not None:
                checks.expect_value(self, bound)


@dataclass(frozen=True, slots=True, repr=False)
class And(Query):
    """Documents that match all parts; scores are added up.

    Stop words are not required, unless there is nothing else.

    Attributes:
        parts: The parts.
    """

    parts: tuple[Query, ...]

    def __post_init__(self) -> None:
        checks.take_queries(self, "parts", Query)

    def children(self) -> tuple[Query, ...]:
        """Give the parts."""
        return self.parts


@dataclass(frozen=True, slots=True, repr=False)
class Or(Query):
    """Documents that match any part; scores are added up.

    Attributes:
        parts: The parts.
    """

    parts: tuple[Query, ...]

    def __post_init__(self) -> None:
        checks.take_queries(self, "parts", Query)

    def children(self) -> tuple[Query, ...]:
        """Give the parts."""
        return self.parts


@dataclass(frozen=True, slots=True, repr=False)
class Not(Query):
    """Documents that do not match a part. It adds nothing to a score.

    Attributes:
        part: The part.
    """

    part: Query

    def __post_init__(self) -> None:
        checks.expect_query(self, self.part, Query)

    def children(self) -> tuple[Query, ...]:
        """Give the part."""
        return (self.part,)


@dataclass(frozen=True, slots=True, repr=False)
class AndMaybe(Query):
    """Documents that match a part, scored higher where they match others, too.

    Attributes:
        part: What must match.
        optional: What need not.
    """

    part: Query
    optional: tuple[Query, ...]

    def __post_init__(self) -> None:
        checks.expect_query(self, self.part, Query)
        checks.take_queries(self, "optional", Query)

    def children(self) -> tuple[Query, ...]:
        """Give all parts."""
        return (self.part, *self.optional)


@dataclass(frozen=True, slots=True, repr=False)
class Require(Query):
    """Documents that match a part, and conditions that have no part in the score.

    Attributes:
        part: What is scored.
        conditions: What must match besides.
    """

    part: Query
    conditions: tuple[Query, ...]

    def __post_init__(self) -> None:
        checks.expect_query(self, self.part, Query)
        checks.take_queries(self, "conditions", Query)

    def children(self) -> tuple[Query, ...]:
        """Give all parts."""
        return (self.part, *self.conditions)


@dataclass(frozen=True, slots=True, repr=False)
class DisjunctionMax(Query):
    """Documents that match any part, with the score of the part that scores highest.

    Attributes:
        parts: The parts.
        tie_breaker: The factor on the scores of the other parts, which are added.
    """

    parts: tuple[Query, ...]
    tie_breaker: float = 0.0

    def __post_init__(self) -> None:
        checks.take_queries(self, "parts", Query)

    def children(self) -> tuple[Query, ...]:
        """Give the parts."""
        return self.parts


@dataclass(frozen=True, slots=True, repr=False)
class Near(Query):
    """Documents in which all parts stand close together in one field.

    Attributes:
        parts: Words, phrases, patterns, and any of such (:class:`Or`, :class:`Near`).
        distance: In order: how many positions after the end of the one before a part may begin; 1
            for the very next. In any order: how many positions after the end of the first part
            the last may begin.
        ordered: Whether the parts must come in this order.
    """

    parts: tuple[Query, ...]
    distance: int = 1
    ordered: bool = False

    def __post_init__(self) -> None:
        checks.take_queries(self, "parts", Query)
        checks.expect_count(self, "distance", self.distance, 1)

    def children(self) -> tuple[Query, ...]:
        """Give the parts."""
        return self.parts


@dataclass(frozen=True, slots=True, repr=False)
class Boost(Query):
    """The documents of a part, with a factor on their scores.

    Attributes:
        part: The part.
        factor: The factor.
    """

    part: Query
    factor: float

    def __post_init__(self) -> None:
        checks.expect_query(self, self.part, Query)
        checks.expect_number(self, "factor", self.factor)

    def children(self) -> tuple[Query, ...]:
        """Give the part."""
        return (self.part,)


@dataclass(frozen=True, slots=True, repr=False)
class ConstantScore(Query):
    """The documents of a part, all with the same score.

    Attributes:
        part: The part.
        score: The score.
    """

    part: Query
    score: float = 1.0

    def __post_init__(self) -> None:
        checks.expect_query(self, self.part, Query)
        checks.expect_number(self, "score", self.score)

    def children(self) -> tuple[Query, ...]:
        """Give the part."""
        return (self.part,)


@dataclass(frozen=True, slots=True, repr=False)
class Verbatim(Query):
    """A part whose words are terms as the index has them: nothing is stemmed or folded again.

    It is for queries made of an index's own terms, those of Whoosh's query objects for instance.
    The words of a phrase have blanks between, and stop words count.

    Attributes:
        part: The part.
    """

    part: Query

    def __post_init__(self) -> None:
        checks.expect_query(self, self.part, Query)

    def children(self) -> tuple[Query, ...]:
        """Give the part."""
        return (self.part,)
