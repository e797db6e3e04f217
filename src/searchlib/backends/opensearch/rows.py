"""How does OpenSearch find words that follow one another, or stand close together?

What stands at the positions of a text is a *row*: for each position the terms, or patterns of them,
of which any may stand there. A row of terms is a ``match_phrase``; patterns take spans. Lucene
bounds the sum of the gaps between several words, and not each gap as we do, so where more than two
parts may have gaps between them, all ways to fill these are asked for.
"""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING, Any, Final

from searchlib.backends.opensearch.mapping import sent_term
from searchlib.backends.opensearch.nodes import Node, any_of
from searchlib.backends.opensearch.patterns import pattern_node
from searchlib.errors import QueryTooCostly
from searchlib.query.field_terms import ANY_TERM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from searchlib.query.field_terms import Alternatives

Row = tuple["Alternatives", ...]
"""What stands at positions that follow one another; ``(ANY_TERM,)`` for any one word."""

MAX_WAYS: Final = 512
"""In how many ways words may stand close together, at most, to be asked for one by one."""

_GAP: Final[Alternatives] = (ANY_TERM,)


def row_node(path: str, row: Row) -> Node:
    """Find a row: its words follow one another."""
    if all(isinstance(one, str) or one == ANY_TERM for place in row for one in place):
        places = ["|" if place == _GAP else _both_terms(place) for place in row]
        return {"match_phrase": {path: {"query": " ".join(places)}}}
    return _span_node(path, row)


def _both_terms(place: Alternatives) -> str:
    return "|".join(sent_term(str(term)) for term in place)


def _span_node(path: str, row: Row) -> Node:
    """Find a row, as a part of what stands close together."""
    clauses: list[Node] = []
    gap = 0
    for place in row:
        if place == _GAP:
            gap += 1
            continue
        if gap and clauses:
            clauses.append({"span_gap": {path: gap}})
        clauses.append(_span_of_any(path, place))
        gap = 0
    return clauses[0] if len(clauses) == 1 else _in_order(clauses, 0)


def gapped_rows(rows: Sequence[Row], slop: int, query: object) -> list[Row]:
    """Write each way in which rows may follow one another, each soon after the one before.

    Args:
        rows: The rows.
        slop: How many positions after the end of the one before at most; 1 for the very next.
        query: The query, for messages.

    Raises:
        QueryTooCostly: There are too many ways.
    """
    _expect_few(slop ** (len(rows) - 1), query)
    ways = product(range(slop), repeat=len(rows) - 1)
    first, *rest = rows
    return [
        sum(((*[_GAP] * gap, *row) for gap, row in zip(gaps, rest, strict=True)), first)
        for gaps in ways
    ]


def follow_node(path: str, rows: Sequence[Row], slop: int, query: object) -> Node:
    """Find rows each of which begins soon after the end of the one before.

    Args:
        path: The field of the server.
        rows: The rows.
        slop: As of :func:`gapped_rows`.
        query: The query, for messages.

    Raises:
        QueryTooCostly: There are too many ways in which they may.
    """
    if slop == 1 or len(rows) == 1:
        return row_node(path, sum(rows, ()))
    if len(rows) == 2:
        return _in_order([_span_node(path, row) for row in rows], slop - 1)
    return any_of([row_node(path, row) for row in gapped_rows(rows, slop, query)])


def together_node(path: str, rows: Sequence[Row], distance: int, query: object) -> Node:
    """Find rows in any order, where the last begins soon after the end of the first.

    Args:
        path: The field of the server.
        rows: The rows; of equal ones each must be there, at a place of its own.
        distance: How many positions after at most.
        query: The query, for messages.

    Raises:
        QueryTooCostly: There are too many orders.
    """
    lengths = [len(row) for row in rows]
    if len({*rows}) == len(rows) and (len(rows) == 2 or len({*lengths}) == 1):
        # Between the end of the first and the start of the last stand gaps, and the others.
        room = distance - 1 - sum(lengths[1:-1])
        return _near([_span_node(path, row) for row in rows], room, in_order=False)
    orders = {*permutations(rows)} if len(rows) <= 5 else None
    _expect_few(len(orders) if orders else MAX_WAYS + 1, query)
    return any_of(
        [
            _in_order(
                [_span_node(path, row) for row in order],
                distance - 1 - sum(len(row) for row in order[1:-1]),
            )
            for order in orders or ()
        ]
    )


def _in_order(clauses: Sequence[Node], slop: int) -> Node:
    return _near(clauses, slop, in_order=True)


def _near(clauses: Sequence[Node], slop: int, *, in_order: bool) -> Node:
    if slop < 0:  # they can't all stand there
        return {"match_none": {}}
    return {"span_near": {"clauses": [*clauses], "slop": min(slop, 1 << 30), "in_order": in_order}}


def _span_of_any(path: str, place: Iterable[Any]) -> Node:
    spans = [
        {"span_term": {path: {"value": sent_term(one)}}}
        if isinstance(one, str)
        else {"span_multi": {"match": pattern_node(path, one)}}
        for one in place
    ]
    return spans[0] if len(spans) == 1 else {"span_or": {"clauses": spans}}


def _expect_few(ways: int, query: object) -> None:
    if ways > MAX_WAYS:
        raise QueryTooCostly(
            f"expected words close together in at most {MAX_WAYS} ways for OpenSearch, got more "
            f"in {query}; name fewer words, or a shorter distance"
        )
