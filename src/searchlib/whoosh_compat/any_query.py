"""What does a query ask for, whether a string, a tree of ours or an object of Whoosh's?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from searchlib.errors import QueryError
from searchlib.query.parser import ParsedQuery
from searchlib.query.tree import Query

if TYPE_CHECKING:
    from searchlib.query.parser import Match, QueryParser
    from searchlib.schema.models import DocumentSchema


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
