"""How does OpenSearch's query language put parts of a query together?"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from searchlib.backends.opensearch.mapping import is_text
from searchlib.errors import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.query.tree import Query

Node = dict[str, Any]
"""A query as OpenSearch has it, in JSON."""

NOTHING: Final[Node] = {"match_none": {}}
_ALL: Final[Node] = {"match_all": {}}


class BoolParts(NamedTuple):
    """What a conjunction consists of; see :class:`searchlib.search.compiler.ConjunctionParts`."""

    required: list[Node]
    filters: list[Node]
    excluded: list[Node]
    optional: list[Node]


class ServerNodes:
    """Puts queries together; see :class:`searchlib.search.compiler.Nodes`."""

    def everything(self, boost: float) -> Node:
        """Match all documents."""
        return {"match_all": {"boost": positive(boost)}}

    def nothing(self) -> Node:
        """Match none."""
        return NOTHING

    def foreign(self, query: Query, boost: float) -> Node:
        """Refuse a query of Whoosh's that has no counterpart in :mod:`searchlib.query`.

        Raises:
            UnsupportedError: Always.
        """
        raise UnsupportedError(
            f"expected a query of searchlib.query, got a {type(query).__name__}, which only an "
            "index in a folder can answer"
        )

    def conjunction(
        self,
        required: Sequence[Node],
        filters: Sequence[Node] = (),
        excluded: Sequence[Node] = (),
        optional: Sequence[Node] = (),
    ) -> Node:
        """Match what all required parts and filters do, and nothing that is excluded."""
        # A query that only excludes finds all else, and scores of 0 as it filters.
        filters = filters if required or filters else [_ALL]
        parts = {
            "must": required, "filter": filters, "must_not": excluded, "should": optional,
        }  # fmt: skip
        said: Node = {name: [*nodes] for name, nodes in parts.items() if nodes}
        return {"bool": {**said, "minimum_should_match": 0}}

    def parts(self, node: Node) -> BoolParts | None:
        """Give what :meth:`conjunction` has put together; ``None`` for another node."""
        said = node.get("bool", {})
        if said.get("minimum_should_match") != 0:
            return None
        filters = [one for one in said.get("filter", ()) if one is not _ALL]
        must, must_not, should = (said.get(name, []) for name in ("must", "must_not", "should"))
        return BoolParts(must, filters, must_not, should)

    def disjunction(self, parts: Sequence[Node]) -> Node:
        """Match what any of several parts does."""
        return any_of(parts)

    def disjunction_max(self, parts: Sequence[Node], tie_breaker: float, boost: float) -> Node:
        """Match what any of some parts does, with the highest of the scores.

        Raises:
            UnsupportedError: The factor on the other scores is not between 0 and 1.
        """
        if not 0 <= tie_breaker <= 1:
            raise UnsupportedError(
                f"expected a tie_breaker from 0 to 1 for OpenSearch, got {tie_breaker:g}"
            )
        if not parts:
            return NOTHING
        return {
            "dis_max": {
                "queries": [*parts],
                "tie_breaker": tie_breaker,
                "boost": positive(boost),
            }
        }

    def one_of(self, parts: Sequence[Node], boost: float) -> Node:
        """Match what any of some parts does that mean the same: words count as one word."""
        words: dict[tuple[str, float], list[str]] = {}
        others: list[Node] = []
        for part in parts:
            terms: dict[str, Any] = part.get("term", {})
            if any(map(is_text, terms)):
                ((path, word),) = terms.items()
                words.setdefault((path, word["boost"]), []).append(word["value"])
            else:
                others.append(part)
        return self.disjunction_max([*starmap(_one_word, words.items()), *others], 0.0, boost)

    def constant(self, part: Node, score: float) -> Node:
        """Match what a part does, with one score."""
        return constant(part, score)


def _one_word(place: tuple[str, float], terms: Sequence[str]) -> Node:
    """Match what has any of some terms, which the server takes for one: they share a position."""
    path, boost = place
    return {"match": {path: {"query": "|".join(terms), "boost": boost}}}


def any_of(parts: Sequence[Node]) -> Node:
    """Match what any of several parts does; their scores are added up."""
    if len(parts) == 1:
        return parts[0]
    return {"bool": {"should": [*parts], "minimum_should_match": 1}} if parts else NOTHING


def constant(part: Node, score: float) -> Node:
    """Match what a part does, with one score."""
    return {"constant_score": {"filter": part, "boost": positive(score)}}


def positive(boost: float) -> float:
    """Give a factor on scores, if OpenSearch takes it.

    Raises:
        UnsupportedError: It is below 0.
    """
    if boost < 0:
        raise UnsupportedError(
            f"expected factors on scores of at least 0 for OpenSearch, got {boost:g}; search "
            "AndMaybe with what is wanted instead of a negative boost of what is not"
        )
    return boost
