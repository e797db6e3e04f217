"""What is sent to find hits? The body of a search, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from searchlib.backends.opensearch.leaves import ServerLeaves
from searchlib.backends.opensearch.mapping import (
    LANGUAGE,
    ORDER,
    group_field,
    label_field,
    number_field,
)
from searchlib.backends.opensearch.nodes import Node, ServerNodes
from searchlib.errors import QueryError, QueryTooCostly, UnsupportedError
from searchlib.frozen import frozen
from searchlib.query.field_values import Clock, value_bounds
from searchlib.query.tree import Term
from searchlib.schema.markers import Date, Number
from searchlib.schema.values import UnreadableValue
from searchlib.search.compiler import Compiler
from searchlib.search.groups import COPIES
from searchlib.search.left_out import MAX_KEYS
from searchlib.search.ranking import BY_SCORE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.query.filters import Condition
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.collapse import Collapse
    from searchlib.search.order import Order, Sort
    from searchlib.search.recency import Recency

Json = dict[str, Any]

MOST_AT_ONCE: Final = 10_000
"""How many hits the server gives in one answer, as it is set up by default."""
REST: Final = "rest"

# As searchlib.search.recency has it: age in days; without a date it is infinite.
_DECAY: Final = """
double factor = 1 - params.weight;
if (doc[params.field].size() > 0) {
    double age = Math.max(0.0, (double) (params.origin - doc[params.field].value) / 86400000000.0);
    factor += params.weight * Math.pow(2.0, -age / params.days);
}
return factor;
"""


@frozen
class RequestWriter:
    """Writes searches.

    Attributes:
        schema: The fields, as the search looks into them.
        clock: What relative dates are reckoned from.
        usual: Whether these are the default fields of the model, with its boosts.
    """

    schema: DocumentSchema
    clock: Clock
    usual: bool

    def query(
        self,
        query: Query,
        conditions: Sequence[Condition] = (),
        boosts: Sequence[Recency] = (),
    ) -> Node:
        """Write a query, with conditions on it.

        Raises:
            QueryError: It makes no sense for the schema, or for OpenSearch.
            QueryTooCostly: It is nested too deeply, or stands for too much.
        """
        leaves = ServerLeaves(self.schema, self.clock, usual=self.usual)
        compiler = Compiler(ServerNodes(), leaves)
        try:
            node = compiler.compile(query)
            node = compiler.restricted(node, [condition.query for condition in conditions])
        except RecursionError as error:
            raise QueryTooCostly("expected a query that is nested less deeply") from error
        return self._boosted(node, boosts) if boosts else node

    def _boosted(self, node: Node, boosts: Sequence[Recency]) -> Node:
        functions = [
            {"script_score": {"script": {"source": _DECAY, "params": self._decay(boost)}}}
            for boost in boosts
        ]
        how = {"score_mode": "multiply", "boost_mode": "multiply"}
        return {"function_score": {"query": node, "functions": functions, **how}}

    def _decay(self, boost: Recency) -> Json:
        try:
            origin = Term(boost.field, boost.origin)
            low = value_bounds(origin, self.schema.fields[boost.field], self.clock).low
        except UnreadableValue as error:
            raise QueryError(f"Recency: origin: {error}") from error
        return {
            "field": number_field(boost.field),
            "origin": low,
            "days": boost.days,
            "weight": boost.weight,
        }

    def body(self, node: Node, order: Order, collapse: Collapse | None) -> Json:
        """Write a search for all that a query matches."""
        body: Json = {
            "query": node,
            "sort": self.sort(order),
            "track_total_hits": True,
            "track_scores": True,
        }
        if self.schema.is_mixed:
            body["docvalue_fields"] = [LANGUAGE]
        if collapse is not None:
            body["collapse"] = self._collapse(collapse, body["sort"])
        return body

    def sort(self, order: Order, *, by_score: bool = True) -> list[Json]:
        """Write what hits are sorted by; of equals, those added first come first.

        Args:
            order: What comes first.
            by_score: Whether that is the score, if there is none.
        """
        first = order or (BY_SCORE if by_score else ())
        return [*map(self._sort, first), {ORDER: {"order": "asc"}}]

    def _sort(self, sort: Sort) -> Json:
        direction = "desc" if sort.descending else "asc"
        if sort.is_score:
            return {"_score": {"order": direction}}
        marker = self.schema.fields[sort.field].marker
        is_number = isinstance(marker, Date | Number)
        path = number_field(sort.field) if is_number else label_field(sort.field)
        how = {"order": direction, "missing": f"_{sort.missing}", "mode": "min"}
        return {path: {**how, "unmapped_type": "long" if is_number else "keyword"}}

    def _collapse(self, collapse: Collapse, sort: list[Json]) -> Json:
        if collapse.field == COPIES:
            raise UnsupportedError(
                "expected to collapse by a field with one label for each document on OpenSearch, "
                "got 'copies', which only an index in a folder can tell"
            )
        size = collapse.best + MAX_KEYS
        if size > MOST_AT_ONCE:
            raise UnsupportedError(
                f"expected at most {MOST_AT_ONCE - MAX_KEYS:,} hits of each group on OpenSearch, "
                f"got {collapse.best:,}"
            )
        # Those left out need no more than a key; the best of a group are hits.
        source = [self.schema.key.name] if collapse.best == 1 else True
        inner: Json = {
            "name": REST,
            "size": size,
            "sort": sort,
            "_source": source,
        }
        if self.schema.is_mixed:
            inner["docvalue_fields"] = [LANGUAGE]
        return {"field": self.group_path(collapse.field), "inner_hits": [inner]}

    def group_path(self, field: str) -> str:
        """Name what a field has one value of for each document; the key is that itself."""
        return label_field(field) if field == self.schema.key.name else group_field(field)
