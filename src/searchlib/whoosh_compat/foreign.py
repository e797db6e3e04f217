"""What does a part of a query match that only Whoosh's own searcher can evaluate?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.errors import QueryError
from searchlib.whoosh_compat.exact import matches_of
from searchlib.whoosh_compat.queries import WhooshQuery
from searchlib.whoosh_compat.reader import whoosh_searcher

if TYPE_CHECKING:
    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.query.tree import Query
    from searchlib.whoosh_compat.reader import WhooshReader


def foreign_matches(query: Query, reader: WhooshReader) -> tuple[Int64Array, Float64Array]:
    """Let Whoosh find the documents that a query matches, with their scores.

    Args:
        query: A :class:`~searchlib.whoosh_compat.queries.WhooshQuery`.
        reader: Where.

    Returns:
        As of :func:`~searchlib.whoosh_compat.exact.matches_of`.

    Raises:
        QueryError: It is of no kind that is known.
    """
    if not isinstance(query, WhooshQuery):
        raise QueryError(
            f"expected a query of a kind of searchlib.query, got a {type(query).__name__}"
        )
    return matches_of(query.query, whoosh_searcher(reader))
