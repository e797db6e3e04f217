"""What facets count equals a look at each document, whatever the query, segments and deletions."""

from __future__ import annotations

import enum
import json
import math
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import (
    Between,
    Date,
    Distinct,
    Histogram,
    Index,
    Key,
    Keyword,
    Number,
    Ranges,
    Stats,
    Terms,
    Text,
)
from searchlib.errors import QueryError
from searchlib.query import Range
from searchlib.schema.values import label_term
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path


class Kind(enum.StrEnum):
    NEWS = "News"
    COMMENT = "Comment"


class Report(BaseModel):
    id: Annotated[str, Key()]
    body: Annotated[str, Text(language=None)] = ""
    source: Annotated[str | None, Keyword(facet=True)] = None
    tags: Annotated[list[str], Keyword(facet=True)] = []
    code: Annotated[str | None, Keyword(facet=True, lowercase=False)] = None
    kind: Annotated[Kind | None, Keyword(facet=True)] = None
    urgent: Annotated[bool | None, Keyword(facet=True)] = None
    private: Annotated[str | None, Keyword()] = None
    day: Annotated[date | None, Date()] = None
    moment: Annotated[datetime | None, Date()] = None
    pages: Annotated[int | None, Number()] = None
    price: Annotated[float | None, Number()] = None


SOURCES = ["bbc", "Harbour News", "zeit", "ÉCOLE", "日本", "a..b TO c", 'x"y']
DAYS = [date(1, 1, 1), date(1969, 12, 31), date(2024, 12, 30), date(2025, 1, 1), date(2025, 2, 28),
        date(2025, 3, 1), date(9999, 12, 31)]  # fmt: skip
MOMENTS = [
    datetime(1, 1, 1), datetime(1969, 12, 31, 23, 59, 59, 999999), datetime(2025, 2, 28, 23, 30),
    datetime(2025, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), datetime(2025, 3, 1),
    datetime(2025, 3, 30, 2, 30, tzinfo=UTC), datetime.max,
]  # fmt: skip
PAGES = [0, 1, 9, 10, 11, -1, -10, 2**53 + 1, 2**63 - 1, -(2**63)]
PRICES = [0.0, -0.0, 0.1, 0.3, 0.7, 1.0, 2.5, -3.75, 1e9, -1e-9]


def optional(values: Iterable[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(list(values))


reports: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    body=st.sampled_from(["storm", "storm flood", "flood", "calm"]),
    source=optional(SOURCES),
    tags=st.lists(st.sampled_from(["red", "Red", "GREEN", "blue", "Sea Ice"]), max_size=4),
    code=optional(["A", "a", "Ab", "b", "B"]),
    kind=optional(Kind),
    urgent=optional([True, False]),
    day=optional(DAYS),
    moment=optional(MOMENTS),
    pages=optional(PAGES),
    price=optional(PRICES),
)


class Archive:
    """An index of several segments, some of whose documents are deleted, and what is left."""

    def __init__(self, folder: Path, batches: Sequence[Sequence[dict[str, Any]]], gone: set[int]):
        self.index = Index.create(folder, Report)
        self.reports: list[Report] = []
        number = 0
        for batch in batches:
            some = [Report(id=str(number + place), **values) for place, values in enumerate(batch)]
            number += len(some)
            self.index.add(some)
            self.reports += some
        doomed = [one.id for place, one in enumerate(self.reports) if place in gone]
        if doomed:
            self.index.delete(*doomed)
        self.reports = [one for place, one in enumerate(self.reports) if place not in gone]

    def hits(self, query: str) -> list[Report]:
        return [one for one in self.reports if query == "*" or query in one.body.split()]


@st.composite
def archives(draw: st.DrawFn) -> tuple[list[list[dict[str, Any]]], set[int]]:
    batches = draw(st.lists(st.lists(reports, min_size=1, max_size=6), min_size=1, max_size=3))
    return batches, draw(st.sets(st.integers(0, 17), max_size=5))


patient = settings(max_examples=examples(40))
QUERIES = ["*", "storm", "nowhere"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Archive]:
    return lambda case: Archive(tmp_path_factory.mktemp("facets") / "index", *case)


def labels_of(report: Report, field: str) -> set[str]:
    value = getattr(report, field)
    values = value if isinstance(value, list) else [] if value is None else [value]
    return {label_term(one, lowercase=field != "code") for one in values}


def plain(value: Any) -> Any:
    """A date as the index knows it: without a zone, in UTC."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def values_of(hits: Sequence[Report], field: str) -> list[Any]:
    found = [plain(getattr(hit, field)) for hit in hits]
    return [value for value in found if value is not None and value == value]


@patient
@given(archives(), st.sampled_from(QUERIES), st.none() | st.integers(0, 9), st.booleans())
def test_labels(
    fresh: Callable[..., Archive], case: Any, query: str, size: int | None, by_label: bool
) -> None:
    archive = fresh(case)
    hits = archive.hits(query)
    fields = ["source", "tags", "code", "kind", "urgent"]
    requests = [Terms(name, size=size, sort="label" if by_label else "count") for name in fields]
    found = archive.index.search(query, limit=3, facets=[*requests])
    assert found.total == len(hits)
    assert list(found.facets) == fields
    for name in fields:
        counts = Counter(label for hit in hits for label in labels_of(hit, name))

        def place(item: tuple[str, int], by_label: bool = by_label) -> Any:
            label, count = item
            return (label.casefold(), label) if by_label else (-count, label)

        expected = sorted(counts.items(), key=place)
        facet = found.facets[name]
        assert [(one.label.casefold() if name != "code" else one.label, one.count)
                for one in facet] == expected[:size]  # fmt: skip
        assert facet.other == sum(count for _, count in expected[len(facet) :])
        assert (facet.total, facet.distinct) == (len(hits), len(counts))
        assert facet.missing == sum(not labels_of(hit, name) for hit in hits)
        different = archive.index.search(query, limit=0, facets=Distinct(name)).facets[name]
        assert (different.count, different.missing) == (len(counts), facet.missing)


UNITS: list[Any] = ["year", "quarter", "month", "week", "day", "hour"]


@patient
@given(archives(), st.sampled_from(QUERIES), st.sampled_from([*UNITS, "auto"]))
def test_each_span_has_what_its_label_and_its_bounds_find(
    fresh: Callable[..., Archive], case: Any, query: str, by: Any
) -> None:
    archive = fresh(case)
    index, hits = archive.index, archive.hits(query)
    facets = {name: Histogram(name, by=by) for name in ("day", "moment")}
    found = index.search(query, limit=0, facets=facets)
    for name, facet in found.facets.items():
        values = values_of(hits, name)
        assert (facet.total, facet.missing) == (len(hits), len(hits) - len(values))
        assert (facet.other, sum(one.count for one in facet)) == (0, len(values))
        assert [one.start for one in facet] == sorted({one.start for one in facet})
        for one in facet:
            assert one.count == sum(one.start <= value <= one.end for value in values) > 0
            assert index.search(f"({query}) {name}:{one.label}").total == one.count
            within = index.search(query, filter=Range(name, one.start, one.end))
            assert within.total == one.count


@patient
@given(archives(), st.sampled_from(QUERIES), st.sampled_from([1, 2, 10, 1e9, 0.1, 0.25, "auto"]))
def test_steps_of_numbers(fresh: Callable[..., Archive], case: Any, query: str, by: Any) -> None:
    archive = fresh(case)
    index, hits = archive.index, archive.hits(query)
    names = ["price"] if by in (0.1, 0.25) else ["price", "pages"]
    found = index.search(query, limit=0, facets=[Histogram(name, by=by) for name in names])
    for name, facet in found.facets.items():
        values = values_of(hits, name)
        finite = [value for value in values if math.isfinite(value)]
        assert facet.missing == len(hits) - len(values)
        assert facet.other == len(values) - len(finite)
        assert sum(one.count for one in facet) == len(finite)
        for one in facet:
            assert one.count == sum(one.start <= value <= one.end for value in values) > 0
            assert index.search(f"({query}) {name}:{one.label}").total == one.count
            within = index.search(query, filter=Range(name, one.start, one.end))
            assert within.total == one.count
            if by != "auto" and one.start > -(2**63):
                assert math.isclose(one.start / by, round(one.start / by), rel_tol=1e-9)


RANGES: dict[str, list[Any]] = {
    "pages": [(0, 10), (None, 9), (10, None), (0, 10), (None, None), "1..9", "5", (0.5, 9.5),
              Range("pages", 0, 10, include_high=False), Range("pages", 1, 1, False, False),
              (-(2**63), 2**63 - 1)],
    "price": [(0, 1), (None, 0.1), (0.1, None), "0.3..0.7", (-math.inf, math.inf), (math.inf, None),
              Range("price", 0.1, 2.5, include_low=False, include_high=False), (1e308, None)],
    "day": [(date(2025, 1, 1), date(2025, 2, 28)), "2025-01..2025-02", "2025-W01", ("2025", None),
            (None, DAYS[1]), Range("day", "2025-02", "2025-03", False, False), "2025-Q1"],
    "moment": [("2025-02", "2025-02"), (datetime(2025, 2, 28, 23, 30), None), "2025-02-28T23",
               (None, date(2025, 2, 28)), (MOMENTS[3], MOMENTS[3])],
}  # fmt: skip


@patient
@given(archives(), st.sampled_from(QUERIES))
def test_ranges_may_overlap_and_be_there_twice(
    fresh: Callable[..., Archive], case: Any, query: str
) -> None:
    archive = fresh(case)
    index, hits = archive.index, archive.hits(query)
    requests = {name: Ranges(name, ranges) for name, ranges in RANGES.items()}
    for name, facet in index.search(query, limit=0, facets=requests).facets.items():
        values = values_of(hits, name)
        assert (facet.total, facet.missing) == (len(hits), len(hits) - len(values))
        assert len(facet) == len(RANGES[name])
        inside = set()
        for one in facet:
            if one.label == "*":
                assert one.count == len(values)
            elif not any(text in one.label for text in ("inf", "0.5", "e+308")):
                assert index.search(f"({query}) {name}:{one.label}").total == one.count
            if "{" in one.label and one.count == 0:
                continue
            low, high = plain(one.start), plain(one.end)
            chosen = [
                place
                for place, value in enumerate(values)
                if (low is None or low <= value) and (high is None or value <= high)
            ]
            assert one.count == len(chosen)
            inside |= set(chosen)
        assert facet.other == len(values) - len(inside)


@patient
@given(archives(), st.sampled_from(QUERIES))
def test_statistics(fresh: Callable[..., Archive], case: Any, query: str) -> None:
    archive = fresh(case)
    hits = archive.hits(query)
    names = ["pages", "price", "day", "moment"]
    found = archive.index.search(query, limit=0, facets=[Stats(name) for name in names]).facets
    distinct = archive.index.search(query, limit=0, facets=[Distinct(name) for name in names])
    for name in names:
        values, stats = values_of(hits, name), found[name]
        assert (stats.total, stats.count) == (len(hits), len(values))
        assert stats.missing == distinct.facets[name].missing == len(hits) - len(values)
        assert distinct.facets[name].count == len(set(values))
        assert (stats.min, stats.max) == (min(values, default=None), max(values, default=None))
        if not values:
            assert stats.mean is stats.sum is stats.variance is stats.stddev is None
        elif name == "pages":
            assert (stats.sum, stats.mean) == (sum(values), sum(values) / len(values))
            mean = stats.mean
            variance = sum((value - mean) ** 2 for value in values) / len(values)
            assert math.isclose(stats.variance, variance, rel_tol=1e-6)
        elif name == "price" and all(map(math.isfinite, values)):
            assert math.isclose(stats.sum, math.fsum(values), rel_tol=1e-9, abs_tol=1e-6)
            assert math.isclose(stats.stddev**2, stats.variance, rel_tol=1e-9)
        elif name == "day":
            assert stats.min <= stats.mean.date() <= stats.max
            assert stats.sum is None
        json.dumps(stats.to_json(), allow_nan=False)


@pytest.fixture
def news(tmp_path: Path) -> Index[Report]:
    index = Index.create(tmp_path / "news", Report)
    index.add(
        Report(id=str(number), body="storm", source=name, tags=tags, code=code, day=day, pages=page)
        for number, (name, tags, code, day, page) in enumerate([
            ("bbc", ["Sport", "sport"], "Ab", date(2025, 1, 31), 3),
            ("Zeit", ["World", "sports"], "aB", date(2025, 3, 1), 17),
            ("école", [], "B", date(2025, 3, 31), 17),
            (None, ["world"], None, None, None),
        ])
    )  # fmt: skip
    return index


def pairs(facet: Any) -> list[tuple[str, int]]:
    return [(one.label, one.count) for one in facet]


def test_every_field_marked_so_is_counted_on_request(news: Index[Report]) -> None:
    found = news.search("storm", facets=True).facets
    assert list(found) == ["source", "tags", "code", "kind", "urgent"]
    assert pairs(found["tags"]) == [("World", 2), ("Sport", 1), ("sports", 1)]
    assert found["kind"].missing == found["kind"].total == 4
    assert news.search("storm").facets == news.search("storm", facets=[]).facets == {}
    assert news.search("storm", facets=False).facets == {}


@pytest.mark.parametrize("prefix", ["sp", "SPO", "sPort"])
def test_labels_that_begin_so(news: Index[Report], prefix: str) -> None:
    facet = news.search("storm", facets=Terms("tags", prefix=prefix)).facets["tags"]
    assert pairs(facet) == [("Sport", 1), ("sports", 1)]
    assert (facet.distinct, facet.other, facet.missing) == (2, 0, 1)
    code = news.search("*", facets=Terms("code", prefix="ab")).facets["code"]
    assert sorted(pairs(code)) == [("Ab", 1), ("aB", 1)]
    none = news.search("*", facets=[Terms("tags", prefix="x"), Terms("source", prefix="É")]).facets
    assert (pairs(none["tags"]), none["tags"].distinct) == ([], 0)
    assert pairs(none["source"]) == [("école", 1)]


def test_values_are_found_by_label_and_by_place(news: Index[Report]) -> None:
    facet = news.search("storm", facets="tags").facets["tags"]
    assert facet["World"].count == facet[0].count == 2
    assert facet[-1] == facet[2] == facet["sports"]
    assert [one.label for one in facet[:2]] == ["World", "Sport"]
    with pytest.raises(KeyError, match="weather"):
        facet["weather"]
    with pytest.raises(IndexError):
        facet[3]
    label, count = facet[0]
    assert (label, count, len(facet)) == ("World", 2, 3)
    code = news.search("storm", facets="code").facets["code"]
    assert (code["aB"].label, code["AB"].label) == ("aB", "Ab")


def test_a_label_is_shown_as_most_documents_of_all_segments_write_it(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "papers", Report)
    for commit, sources in enumerate([["LE MONDE"] * 3, ["Le Monde"] * 2]):
        index.add(
            Report(id=f"{commit}{number}", body="storm", source=source)
            for number, source in enumerate([*sources, "le figaro"])
        )
    facet = index.search("storm", facets="source").facets["source"]
    assert pairs(facet) == [("LE MONDE", 5), ("le figaro", 2)]
    index.add(Report(id=f"2{number}", body="storm", source="Le Monde") for number in range(2))
    facet = index.search("storm", facets="source").facets["source"]
    assert pairs(facet) == [("Le Monde", 7), ("le figaro", 2)]


def test_empty_spans_are_filled_in_between(news: Index[Report]) -> None:
    by_month = Histogram("day", by="month", fill=True)
    facet = news.search("storm", facets=by_month).facets["day"]
    assert pairs(facet) == [("2025-01", 1), ("2025-02", 0), ("2025-03", 2)]
    assert facet["2025-02"][2:] == (date(2025, 2, 1), date(2025, 2, 28))
    assert (facet.by, facet.missing) == ("month", 1)
    pages = news.search("storm", facets=Histogram("pages", by=5, fill=True)).facets["pages"]
    assert pairs(pages) == [("0..4", 1), ("5..9", 0), ("10..14", 0), ("15..19", 2)]
    assert pairs(news.search("nowhere", facets=by_month).facets["day"]) == []


def test_weeks_begin_on_monday_and_belong_to_the_year_of_iso_8601(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "weeks", Report)
    days = [date(2024, 12, 29), date(2024, 12, 30), date(2025, 1, 5), date(2025, 1, 6)]
    index.add(Report(id=str(number), day=day) for number, day in enumerate(days))
    facet = index.search("*", facets=Histogram("day", by="week")).facets["day"]
    assert pairs(facet) == [("2024-W52", 1), ("2025-W01", 2), ("2025-W02", 1)]
    assert facet["2025-W01"].start.isoweekday() == 1


@pytest.mark.parametrize(
    ("days", "unit"),
    [
        ([date(2025, 3, 1)], "day"),
        ([date(2025, 1, 1), date(2025, 2, 10)], "day"),
        ([date(2025, 1, 1), date(2025, 6, 1)], "week"),
        ([date(2022, 1, 1), date(2025, 6, 1)], "month"),
        ([date(2015, 1, 1), date(2025, 6, 1)], "quarter"),
        ([date(1, 1, 1), date(9999, 12, 31)], "year"),
    ],
)
def test_the_unit_is_chosen_by_the_span_of_the_hits(
    tmp_path: Path, days: list[date], unit: str
) -> None:
    index = Index.create(tmp_path / "auto", Report)
    index.add(Report(id=str(number), body="storm", day=day) for number, day in enumerate(days))
    index.add(Report(id="far", day=date(3000, 1, 1)))
    facet = index.search("storm", facets=Histogram("day")).facets["day"]
    assert facet.by == unit
    assert sum(one.count for one in facet) == len(days)


def test_days_far_apart_are_counted_but_not_filled(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "far", Report)
    index.add(Report(id=str(number), day=day) for number, day in enumerate(DAYS))
    facet = index.search("*", facets=Histogram("day", by="day")).facets["day"]
    assert [one.start for one in facet] == DAYS
    found = index.search("*", facets=Histogram("day", by="day", fill=True))
    assert [one.start for one in found.facets["day"]] == DAYS
    assert found.facets["day"].to_json()["gaps"] is True
    (note,) = found.notes
    assert note.message.startswith("spans of 'day' without a document are left out, as there would")
    assert "a filter on 'day'" in note.message
    near = index.search("*", filter={"day": "2025"}, facets=Histogram("day", by="day", fill=True))
    assert len(near.facets["day"]) == 60
    assert "gaps" not in near.facets["day"].to_json()
    assert near.notes == ()


def test_too_many_spans_with_documents_are_an_error(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "many", Report)
    index.add(Report(id=str(number), pages=number) for number in range(10_001))
    with pytest.raises(QueryError, match=r"at most 10,000 spans of 'pages', got 10,001 by 1"):
        index.search("*", facets=Histogram("pages", by=1))


def test_an_empty_index_and_a_field_that_no_document_has(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "none", Report)
    requests = {
        "t": Terms("tags"), "h": Histogram("day", by="month"), "a": Histogram("price"),
        "r": Ranges("pages", [(0, 1)]), "s": Stats("day"), "d": Distinct("price"),
    }  # fmt: skip
    for count in (0, 1):
        for query in ("*", "storm"):
            found = index.search(query, facets=requests)
            total = count if query == "*" else 0
            assert [facet.total for facet in found.facets.values()] == [total] * 6
            assert [facet.missing for facet in found.facets.values()] == [total] * 6
            assert pairs(found.facets["r"]) == [("0..1", 0)]
            assert len(found.facets["t"]) == len(found.facets["h"]) == found.facets["d"].count == 0
            json.dumps(found.to_json(), allow_nan=False)
        index.add(Report(id="1"))


def test_facets_of_a_lenient_query_that_can_not_be_evaluated(news: Index[Report]) -> None:
    found = news.search("day:nonsense", lenient=True, facets=True)
    assert all(facet.total == found.total for facet in found.facets.values())


@pytest.mark.parametrize("sort", [None, "day"])
def test_hits_are_the_same_with_facets_and_without(tmp_path: Path, sort: str | None) -> None:
    class Sortable(Report):
        day: Annotated[date | None, Date(sortable=True)] = None

    index = Index.create(tmp_path / "sorted", Sortable)
    index.add(Sortable(id=str(n), body="storm " * (n % 5 + 1), day=DAYS[n % 7]) for n in range(60))
    expected = index.search("storm", offset=3, limit=9, sort=sort)
    for facets in ([Terms("tags")], [Histogram("day"), Stats("pages")]):
        found = index.search("storm", offset=3, limit=9, sort=sort, facets=facets)
        assert [(hit.key, hit.score, hit.rank) for hit in found] == [
            (hit.key, hit.score, hit.rank) for hit in expected
        ]
    only = index.search("storm", limit=0, sort=sort, facets=Histogram("day", by="year"))
    assert (len(only), only.total) == (0, 60)
    assert sum(one.count for one in only.facets["day"]) == 60


def test_results_in_json_hold_facets(news: Index[Report]) -> None:
    requests = {
        "when": Histogram("day", by="year"),
        "n": Stats("pages"),
        "tags": Terms("tags", size=1),
    }
    found = json.loads(json.dumps(news.search("storm", limit=0, facets=requests).to_json()))
    assert found["facets"]["when"] == {
        "field": "day", "total": 4, "missing": 1, "other": 0, "by": "year",
        "values": [{"label": "2025", "count": 3, "start": "2025-01-01", "end": "2025-12-31"}],
    }  # fmt: skip
    assert found["facets"]["tags"] == {
        "field": "tags", "total": 4, "missing": 1, "other": 2, "distinct": 3,
        "values": [{"label": "World", "count": 2}],
    }  # fmt: skip
    assert found["facets"]["n"]["max"] == 17


JUNK: list[Any] = [
    5, [5], [None], [{}], 2.5, {1: "tags"}, {"x": 5}, [["tags"]], "nowhere", "body", "day",
    "id", ["tags", "tags"], [Terms("tags"), Distinct("tags")], Histogram("tags"),
    Histogram("day", by=5), Histogram("pages", by="month"), Histogram("pages", by=0.5),
    Ranges("tags", [(0, 1)]), Ranges("pages", [(2, 1)]), Ranges("pages", ["x"]),
    Ranges("day", [("2025", "2024")]), Ranges("day", ["someday"]), Ranges("pages", [(2**70, None)]),
    Ranges("price", [(0, 10**400)]), Histogram("price", by=10**400),
    Stats("tags"), Stats("body"), Distinct("body"), Distinct("id"), Terms("pages"), b"tags",
]  # fmt: skip


@each("facets", JUNK)
def test_what_can_not_be_counted_is_an_error(news: Index[Report], facets: Any) -> None:
    for lenient in (False, True):
        with pytest.raises(QueryError):
            news.search("storm", facets=facets, lenient=lenient)


@each(
    "make",
    [
        lambda: Terms(5),  # type: ignore[arg-type]
        lambda: Terms(["tags"]),  # type: ignore[arg-type]
        lambda: Terms("tags", size=-1),
        lambda: Terms("tags", size=True),
        lambda: Terms("tags", size="many"),  # type: ignore[arg-type]
        lambda: Terms("tags", sort="size"),  # type: ignore[arg-type]
        lambda: Terms("tags", sort=[]),  # type: ignore[arg-type]
        lambda: Terms("tags", prefix=5),  # type: ignore[arg-type]
        lambda: Terms("tags", multi_select="yes"),  # type: ignore[arg-type]
        lambda: Histogram("day", by="decade"),  # type: ignore[arg-type]
        lambda: Histogram("pages", by=0),
        lambda: Histogram("pages", by=-5),
        lambda: Histogram("pages", by=math.nan),
        lambda: Histogram("pages", by=math.inf),
        lambda: Histogram("pages", by=True),
        lambda: Histogram("pages", by=[]),  # type: ignore[arg-type]
        lambda: Histogram("day", fill=1),  # type: ignore[arg-type]
        lambda: Ranges("pages", "1..5"),
        lambda: Ranges("pages", 5),  # type: ignore[arg-type]
        lambda: Ranges("pages", [(1, 2, 3)]),
        lambda: Ranges("pages", [5]),
        lambda: Ranges("pages", [(math.nan, 1)]),
        lambda: Ranges("pages", [([], {})]),
        lambda: Stats(None),  # type: ignore[arg-type]
        lambda: Distinct({}),  # type: ignore[arg-type]
    ],
)
def test_arguments_are_checked_where_they_are_given(make: Callable[[], Any]) -> None:
    with pytest.raises(QueryError, match="expected"):
        make()


def test_errors_say_what_can_be_counted(news: Index[Report]) -> None:
    with pytest.raises(QueryError, match="got 'body'; there are source, tags, code, kind, urge"):
        news.search("storm", facets="body")
    with pytest.raises(QueryError, match=r"count 'day' by spans: Histogram\('day'\), or Ranges$"):
        news.search("*", facets=["day"])
    with pytest.raises(QueryError, match="a date or number field, got 'x'; there are day, mom"):
        news.search("storm", facets=Stats("x"))
    with pytest.raises(QueryError, match="give them names"):
        news.search("storm", facets=["tags", Terms("tags", size=3)])
    two = news.search("storm", facets={"a": "tags", "b": Terms("tags", size=1)}).facets
    assert two["a"][:1] == two["b"][:]


def test_a_huge_size_is_all_there_are(news: Index[Report]) -> None:
    facet = news.search("storm", facets=Terms("tags", size=10**30)).facets["tags"]
    assert len(facet) == facet.distinct == 3


EXTREMES: list[tuple[int, float]] = [
    (-(2**63), -1.79e308), (-7, -1e-310), (3, 5e-324), (2**63 - 1, 1e300), (2**63 - 1, 1.79e308),
]  # fmt: skip


@pytest.fixture(scope="module")
def extremes() -> Index[Report]:
    """The lowest and the highest numbers there can be, and some between."""
    index = Index.in_memory(Report)
    index.add(Report(id=f"{n}", pages=n, price=price) for n, price in EXTREMES[:-1])
    index.add(Report(id="last", price=EXTREMES[-1][1]))
    return index


@each("fill", [True, False])
@each(
    ("name", "by"),
    [("pages", by) for by in (2**62, 2**63 - 1, 2**63, 1e19, 10**400, 1e308, "auto")]
    + [("price", by) for by in (3e307, 1e308, 1.79e308, 2**1020, np.float64(1.7e308), "auto")],
)
def test_steps_of_any_width_hold_every_number(
    extremes: Index[Report], name: str, by: Any, fill: bool
) -> None:
    facet = extremes.search("*", limit=0, facets=Histogram(name, by=by, fill=fill)).facets[name]
    assert sum(one.count for one in facet) == facet.total - facet.missing
    for one in facet:
        assert math.isfinite(one.start)
        assert math.isfinite(one.end)
        assert extremes.search(f"{name}:{one.label}").total == one.count
        within = extremes.search("*", filter={name: Between(one.start, one.end)})
        assert within.total == one.count


def test_steps_that_are_too_many_to_fill_are_left_out(extremes: Index[Report]) -> None:
    found = extremes.search("*", facets=Histogram("pages", by=1, fill=True))
    assert [one.start for one in found.facets["pages"]] == [n for n, _ in EXTREMES[:-1]]
    assert [note.kind for note in found.notes] == ["limit"]


def test_numbers_that_are_as_close_as_can_be_get_a_width(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Report)
    index.add(Report(id=str(n), price=1 + n * 2.0**-52) for n in range(3))
    (step,) = index.search("*", facets=Histogram("price")).facets["price"]
    assert (step.count, step.start) == (3, 1.0)


def test_open_and_infinite_ends_of_ranges(extremes: Index[Report]) -> None:
    ranges = [(-math.inf, math.inf), (None, -1e308), (2**70, None), "1e300..1e301"]
    facet = extremes.search("*", facets=Ranges("price", ranges)).facets["price"]
    assert [one.count for one in facet] == [5, 1, 2, 1]
    assert (facet[0].start, facet[0].end) == (None, None)
