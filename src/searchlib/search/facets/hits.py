"""Which documents does each facet count? All hits, or what would be hits without a condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from searchlib.search.facets.requests import Histogram, Ranges, Terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from searchlib.arrays import BoolArray, Int64Array
    from searchlib.query.filters import Condition
    from searchlib.search.facets.counting import Counter
    from searchlib.search.facets.requests import FacetRequest
    from searchlib.search.facets.values import FacetResult


@dataclass(slots=True)
class CountableHits:
    """The documents that facets count.

    Attributes:
        counter: Counts documents.
        docnums: All hits, those of a segment before those of the next one; ``None`` for all
            documents there are, if none is deleted. Shape (D,), int64.
        without: What would be hits without the conditions on a field, by its name.
    """

    counter: Counter
    docnums: Int64Array | None
    without: Mapping[str, Int64Array]

    def count(self, request: FacetRequest) -> FacetResult:
        """Count them.

        Raises:
            QueryError: A bound is not what the field holds, or there would be too many spans.
            CorruptIndexError: A segment is damaged.
        """
        docnums = self.docnums
        if selects_several(request):
            docnums = self.without.get(request.field, docnums)
        return self.counter.count(request, docnums)


def left_out_by(
    facets: Iterable[FacetRequest], conditions: Sequence[Condition]
) -> tuple[list[Condition], list[Condition]]:
    """Tell conditions apart: those that no facet leaves out, and those that one does."""
    fields = {request.field for request in facets if selects_several(request)}
    common = [condition for condition in conditions if condition.field not in fields]
    return common, [condition for condition in conditions if condition.field in fields]


def without_each(
    docnums: Int64Array, fulfilled: Mapping[str, BoolArray]
) -> tuple[BoolArray, dict[str, Int64Array]]:
    """Tell which documents fulfil all conditions, and which all but those on each field.

    Args:
        docnums: The documents. Shape (D,), int64.
        fulfilled: For each field whether they fulfil the conditions on it. Shape (D,).

    Returns:
        Whether they fulfil all, shape (D,); and documents by field, shape (at most D,), int64.
    """
    broken = np.zeros(len(docnums), np.int64)
    for flags in fulfilled.values():
        broken += ~flags
    without = {name: docnums[broken == ~flags] for name, flags in fulfilled.items()}
    return broken == 0, without


def selects_several(request: FacetRequest) -> bool:
    """Tell whether a facet counts without the conditions on its field."""
    return isinstance(request, Terms | Histogram | Ranges) and request.multi_select
