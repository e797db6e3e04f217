"""What does a query ask for, whether a string, a tree of ours or an object of Whoosh's?"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from searchlib.arguments import flag
from searchlib.errors import QueryError
from searchlib.query.filters import Condition, FilterReader, ParsedFilter
from searchlib.query.notes import Note
from searchlib.query.parser import ParsedQuery
from searchlib.query.tree import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from searchlib.query.field_values import Clock
    from searchlib.query.parser import Match, QueryParser
    from searchlib.schema.models import DocumentSchema
    from searchlib.whoosh_compat.queries import WhooshObject

    Filter = str | Query | WhooshObject | Mapping[str, Any]
    """A query, or a mapping of fields to values."""

    Filters = Filter | Sequence[Filter]
    """A filter, or several of which all must match."""


def read_query(
    query: object, parser: QueryParser, schema: DocumentSchema, match: Match, *, lenient: bool
) -> ParsedQuery:
    """Make a tree of a query, with notes on it.

    Args:
        query: A string, a tree, or a query object of Whoosh's.
        parser: Reads strings.
        schema: The fields.
        match: How words of a string are joined that no operator joins.
        lenient: Whether to do what can be done with any string.

    Raises:
        QueryError: It is something else, or can't be read.
    """
    flag("lenient", lenient, error=QueryError)
    if isinstance(query, str):
        return parser.parse(query, match, lenient=lenient)
    if isinstance(query, Query):
        return ParsedQuery(query)
    whoosh = sys.modules.get("whoosh.query.qcore")  # an object of its has imported it
    if whoosh is not None and isinstance(query, whoosh.Query):
        from searchlib.whoosh_compat.queries import from_whoosh

        return ParsedQuery(from_whoosh(query, schema))
    raise QueryError(
        "expected a query as a string, as a tree of searchlib.query or as a query object of "
        f"Whoosh's, got {query!r:.80} ({type(query).__name__})"
    )


class AnyFilterReader:
    """Reads what a filter may be: a mapping of fields to values, or any query.

    Args:
        parser: Reads strings.
        schema: The fields.
        clock: What relative dates are reckoned from.
    """

    def __init__(self, parser: QueryParser, schema: DocumentSchema, *, clock: Clock) -> None:
        self._parser = parser
        self._schema = schema
        self._mappings = FilterReader(schema, clock=clock)

    def one(self, given: object, *, lenient: bool = False) -> ParsedFilter:
        """Find what one filter requires, with notes on it.

        Args:
            given: A mapping, or a query as for :func:`read_query`.
            lenient: Whether to do what can be done with any string.

        Raises:
            QueryError: It is something else, or can't be read.
        """
        if isinstance(given, Mapping):
            return ParsedFilter(self._mappings.read(given))
        read = read_query(given, self._parser, self._schema, "all", lenient=lenient)
        notes = (*read.notes, *self._without_value(given))
        return ParsedFilter((Condition(None, read.query),), notes)

    def _without_value(self, given: object) -> Iterator[Note]:
        """Remark on the name of a field alone, whose value may have been forgotten."""
        name = given.strip() if isinstance(given, str) else ""
        if name in self._schema.fields:
            yield Note(
                "field",
                f"filter {name!r} looks for that word; a condition on the field is {name}=VALUE "
                f"or {name}:VALUE",
            )

    def all(self, given: object, *, lenient: bool = False) -> ParsedFilter:
        """Find what filters require, as :meth:`one`: one filter, a list of them, or ``None``."""
        flag("lenient", lenient, error=QueryError)
        if given is None:
            return ParsedFilter()
        several = given if isinstance(given, list | tuple) else [given]
        found = [self.one(one, lenient=lenient) for one in several]
        return ParsedFilter(
            tuple(chain.from_iterable(one.conditions for one in found)),
            tuple(chain.from_iterable(one.notes for one in found)),
        )
