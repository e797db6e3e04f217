"""Which labels of queries has no document on a server?"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from searchlib.query.field_terms import label_of
from searchlib.query.notes import MAX_NOTES
from searchlib.query.tree import walk
from searchlib.search.label_hints import keyword_labels, label_note, positive_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from searchlib.backends.opensearch.requests import RequestWriter
    from searchlib.query.notes import Note
    from searchlib.query.tree import Term
    from searchlib.schema.models import FieldSpec
    from searchlib.search.answer import SearchRequest

Json = dict[str, Any]
_Labels = list[tuple["Term", "FieldSpec"]]


class ServerLabels:
    """Remarks on labels that no document has. It asks for each label once.

    Args:
        writer: Writes searches.
        search: Asks the server.
    """

    def __init__(self, writer: RequestWriter, search: Callable[[Json], Json]) -> None:
        self._writer = writer
        self._search = search
        self._has: dict[tuple[str, str], bool] = {}

    def notes(self, found: Sequence[tuple[SearchRequest, int]]) -> list[list[Note]]:
        """Remark on the labels of some searches.

        Args:
            found: The searches, and how many documents each has found.
        """
        labels = [self._labels(request, total) for request, total in found]
        self._look(one for some in labels for one in some)
        return [
            [label_note(*one) for one in some if not self._has[_name_of(*one)]] for some in labels
        ]

    def _labels(self, request: SearchRequest, total: int) -> _Labels:
        parts = [part for _, query in request.conditions for part in walk(query)]
        if not total:
            parts += positive_parts(request.parsed.query)
        return [*islice(keyword_labels(parts, self._writer.schema), MAX_NOTES)]

    def _look(self, labels: Iterable[tuple[Term, FieldSpec]]) -> None:
        """Find out which labels there are, of those that are not known yet."""
        new = {_name_of(*one): one[0] for one in labels}
        asked = [(name, leaf) for name, leaf in new.items() if name not in self._has]
        if not asked:
            return
        filters = {
            str(place): {"filter": self._writer.query(leaf)}
            for place, (_, leaf) in enumerate(asked)
        }
        found = self._search({"size": 0, "aggs": filters})["aggregations"]
        for place, (name, _) in enumerate(asked):
            self._has[name] = found[str(place)]["doc_count"] > 0


def _name_of(leaf: Term, spec: FieldSpec) -> tuple[str, str]:
    return spec.name, label_of(leaf.value, spec)
