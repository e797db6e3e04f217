"""How does a server count documents? Exactly, by all values there are, page after page.

The server's counts of the most frequent labels are estimates where an index has several parts, and
it takes numbers for floats. So all values of the documents found are fetched with their counts, a
few thousand at a time, and put together here, as for an index in a folder. A facet is a generator:
it yields what it asks for and is sent the answer, so that one request asks for all facets.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import numpy as np

from searchlib.backends.opensearch.mapping import hour_field, label_field, number_field
from searchlib.schema.markers import Date, Keyword
from searchlib.schema.values import label_term
from searchlib.search.facets import requests
from searchlib.search.facets.calendar import LATEST, moment_of, value_of
from searchlib.search.facets.spans import RangeCuts, scale_of, spans_facet
from searchlib.search.facets.values import DistinctCount, Facet, FieldStats, LabelCount
from searchlib.segment.spellings import commonest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from searchlib.query.field_values import Clock
    from searchlib.schema.models import DocumentSchema, FieldSpec
    from searchlib.search.facets.requests import FacetRequest
    from searchlib.search.facets.values import FacetResult

    Steps = Generator[dict[str, Any], "Reply", FacetResult]
    """A facet: yields what it asks for, is sent the answer, and returns what it found."""

Json = dict[str, Any]
T = TypeVar("T")

PAGE: Final = 5_000
"""How many values are fetched at a time."""
_HOUR: Final = 3_600_000_000
_SPELLINGS: Final = 50


class Reply(NamedTuple):
    """What the server has counted.

    Attributes:
        aggregations: By the names that were asked for.
        total: How many documents were looked at.
    """

    aggregations: Json
    total: int


def run(steps: Generator[Json, Reply, T], ask: Callable[[Json], Reply]) -> T:
    """Count to the end.

    Args:
        steps: What is counted, step by step.
        ask: Has the server count what it is given.
    """
    try:
        asked = next(steps)
        while True:
            asked = steps.send(ask(asked))
    except StopIteration as done:
        found: T = done.value
        return found


def steps_of(request: FacetRequest, schema: DocumentSchema, clock: Clock) -> Steps:
    """Begin to count.

    Args:
        request: What is to be counted.
        schema: The fields.
        clock: What relative dates are reckoned from.
    """
    spec = schema.fields[request.field]
    match request:
        case requests.Terms():
            return _terms(request, spec)
        case requests.Histogram():
            return _histogram(request, spec)
        case requests.Ranges():
            return _ranges(request, spec, clock)
        case requests.Stats():
            return _stats(spec)
        case _:
            return _distinct(spec)


def _path(spec: FieldSpec) -> str:
    return label_field(spec.name) if isinstance(spec.marker, Keyword) else number_field(spec.name)


def all_values(
    path: str, also: Json | None = None
) -> Generator[Json, Reply, tuple[list[tuple[Any, int]], Reply]]:
    """Fetch all values of a field with their counts, ascending; and the first answer."""
    source = {"size": PAGE, "sources": [{"value": {"terms": {"field": path}}}]}
    missing = {"missing": {"missing": {"field": path}}}
    found: list[tuple[Any, int]] = []
    first = reply = yield {**(also or {}), **missing, "values": {"composite": source}}
    while True:
        part = reply.aggregations["values"]
        found += [(bucket["key"]["value"], bucket["doc_count"]) for bucket in part["buckets"]]
        if len(part["buckets"]) < PAGE:
            return found, first
        reply = yield {"values": {"composite": {**source, "after": part["after_key"]}}}


def _missing(reply: Reply) -> int:
    count: int = reply.aggregations["missing"]["doc_count"]
    return count


def _terms(request: requests.Terms, spec: FieldSpec) -> Steps:
    found, reply = yield from all_values(label_field(spec.name))
    if request.prefix:
        begins = label_term(request.prefix, lowercase=True)
        found = [one for one in found if label_term(one[0], lowercase=True).startswith(begins)]
    chosen = found
    if request.sort == "count":
        chosen = sorted(found, key=lambda one: -one[1])
    elif not _is_folded(spec):
        chosen = sorted(found, key=lambda one: label_term(one[0], lowercase=True))
    chosen = chosen[: request.size]
    names = yield from as_written(spec, [label for label, _ in chosen])
    counts = [count for _, count in chosen]
    values = tuple(map(LabelCount, names, counts))
    other = sum(count for _, count in found) - sum(counts)
    return Facet(spec.name, values, reply.total, _missing(reply), other, distinct=len(found))


def _is_folded(spec: FieldSpec) -> bool:
    return isinstance(spec.marker, Keyword) and spec.marker.lowercase


def as_written(spec: FieldSpec, labels: list[str]) -> Generator[Json, Reply, list[str]]:
    """Find how most documents of the whole index write labels."""
    if not (labels and _is_folded(spec) and spec.kind == "str"):
        return labels
    path = label_field(spec.name)
    each = {
        str(place): {
            "filter": {"term": {path: label}},
            "aggs": {"written": {"terms": {"field": spec.name, "size": _SPELLINGS}}},
        }
        for place, label in enumerate(labels)
    }
    reply = yield {"spellings": {"global": {}, "aggs": each}}
    found = reply.aggregations["spellings"]
    return [
        _commonest(label, found[str(place)]["written"]["buckets"])
        for place, label in enumerate(labels)
    ]


def _commonest(label: str, buckets: Iterable[Json]) -> str:
    counts: Counter[tuple[str, str]] = Counter()
    for bucket in buckets:
        if label_term(bucket["key"], lowercase=True) == label:
            counts["", bucket["key"]] += bucket["doc_count"]
    return commonest(counts)[""][0] if counts else label


def _histogram(request: requests.Histogram, spec: FieldSpec) -> Steps:
    is_date = isinstance(spec.marker, Date)
    path = hour_field(spec.name) if is_date else number_field(spec.name)
    found, reply = yield from all_values(path)
    missing, total = _missing(reply), reply.total
    dtype = np.float64 if spec.column_kind == "float" else np.int64
    values = np.array([value for value, _ in found], dtype)
    counts = np.array([count for _, count in found], np.int64)
    if is_date:
        values = values * _HOUR
        inside = (values >= 0) & (values <= LATEST)
        values, counts = values[inside], counts[inside]
    if not len(values):
        by = None if request.by == requests.AUTO else request.by
        return Facet(spec.name, (), total, missing, total - missing, by=by)
    scale = scale_of(request, spec, (values[0].item(), values[-1].item()))
    numbers, places = np.unique(scale.numbers_of(values), return_inverse=True)
    sums = np.zeros(len(numbers), np.int64)
    np.add.at(sums, places, counts)
    return spans_facet(request, scale, numbers, sums, having=total - missing, total=total)


def _ranges(request: requests.Ranges, spec: FieldSpec, clock: Clock) -> Steps:
    ranges, path = RangeCuts.of(request, spec, clock), number_field(spec.name)
    cuts = ranges.cuts.tolist()
    bounds = [
        {name: cut for name, cut in (("gte", low), ("lt", high)) if cut is not None}
        for low, high in zip([None, *cuts], [*cuts, None], strict=True)
    ]
    parts = [{"range": {path: one}} if one else {"exists": {"field": path}} for one in bounds]
    named = {str(place): part for place, part in enumerate(parts)}
    reply = yield {"parts": {"filters": {"filters": named}}}
    buckets = reply.aggregations["parts"]["buckets"]
    counts = np.array([buckets[str(place)]["doc_count"] for place in range(len(parts))], np.int64)
    return ranges.facet(request, spec, counts, reply.total)


def _stats(spec: FieldSpec) -> Steps:
    path, is_date = number_field(spec.name), isinstance(spec.marker, Date)
    having = {"filter": {"exists": {"field": path}}}
    ends = {"low": _first(path, "asc"), "high": _first(path, "desc")}
    reply = yield {"having": {**having, "aggs": ends}}
    found, total = reply.aggregations["having"], reply.total
    count: int = found["doc_count"]
    if not count:
        return FieldStats(spec.name, total, 0, total)
    low, high = (found[name]["hits"]["hits"][0]["sort"][0] for name in ends)
    base = low if is_date else 0  # dates are so large that floats have no room for their seconds
    script = {"source": f"doc['{path}'].value - params.base", "params": {"base": base}}
    reply = yield {"having": {**having, "aggs": {"stats": {"extended_stats": {"script": script}}}}}
    stats, counted = reply.aggregations["having"]["stats"], (spec.name, total, count, total - count)
    variance, spread = stats["variance"], stats["std_deviation"]
    if not is_date:
        added = round(stats["sum"]) if spec.column_kind == "int" else stats["sum"]
        return FieldStats(*counted, low, high, stats["avg"], added, variance, spread)
    has_times = spec.kind == "datetime"
    mean = moment_of(round(stats["avg"]) + base)
    bounds = value_of(low, has_times), value_of(high, has_times)
    return FieldStats(*counted, *bounds, mean, stddev=timedelta(microseconds=spread))


def _first(path: str, order: str) -> Json:
    return {"top_hits": {"size": 1, "_source": False, "sort": [{path: {"order": order}}]}}


def _distinct(spec: FieldSpec) -> Steps:
    found, reply = yield from all_values(_path(spec))
    return DistinctCount(spec.name, reply.total, len(found), _missing(reply))


class Counting:
    """Facets that count the same documents, step by step.

    Args:
        wanted: What is to be counted, by name.
        schema: The fields.
        clock: What relative dates are reckoned from.

    Attributes:
        found: What was counted, by name.

    Raises:
        QueryError: A bound is not what its field holds.
    """

    def __init__(
        self, wanted: Mapping[str, FacetRequest], schema: DocumentSchema, clock: Clock
    ) -> None:
        self.found: dict[str, FacetResult] = {}
        self._steps = {name: steps_of(one, schema, clock) for name, one in wanted.items()}
        self._asked = {name: next(steps) for name, steps in self._steps.items()}
        self._names = {name: str(place) for place, name in enumerate(wanted)}

    @property
    def aggregations(self) -> Json:
        """What is to be asked for next; nothing if all is counted."""
        return {
            f"{self._names[name]}.{inner}": one
            for name, asked in self._asked.items()
            for inner, one in asked.items()
        }

    def take(self, aggregations: Json, total: int) -> None:
        """Take an answer.

        Args:
            aggregations: What was counted.
            total: How many documents were looked at.

        Raises:
            QueryError: There are too many spans.
        """
        asked, self._asked = self._asked, {}
        for name, inner in asked.items():
            own = {one: aggregations[f"{self._names[name]}.{one}"] for one in inner}
            try:
                self._asked[name] = self._steps[name].send(Reply(own, total))
            except StopIteration as done:
                self.found[name] = done.value
