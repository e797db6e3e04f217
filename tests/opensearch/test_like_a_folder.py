"""An index on a server is one in a folder to who searches it: the same calls, the same answers."""

from __future__ import annotations

import csv
import io
import json
import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel

from searchlib import (
    Between,
    Collapse,
    Date,
    Distinct,
    Histogram,
    Index,
    Key,
    Keyword,
    Number,
    Ranges,
    Recency,
    Sort,
    Stats,
    Terms,
    Text,
)
from searchlib.errors import (
    ArgumentError,
    IndexClosedError,
    IndexExistsError,
    IndexNotFoundError,
    QueryError,
    SchemaMismatchError,
    UnsupportedError,
)
from searchlib.query import Near, Phrase, Query, Word
from tests.query.small_index import REPORTS, Report
from tests.query.test_enumeration import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from searchlib.search.results import Results
    from tests.opensearch.cluster import Cluster

WORDS = [
    "storm", "rain", "wind", "flood", "coast", "harbour", "minister", "talks", "peace", "river",
    "snow", "police",
]  # fmt: skip


class Place(BaseModel):
    city: Annotated[str, Keyword()] = ""
    text: Annotated[str, Text()] = ""


class Piece(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(boost=2.0)]
    body: Annotated[list[str], Text()] = []
    desk: Annotated[str | None, Keyword(facet=True)] = None
    tags: Annotated[list[str], Keyword()] = []
    filed: Annotated[datetime | None, Date(sortable=True)] = None
    day: Annotated[date | None, Date(sortable=True)] = None
    pages: Annotated[int | None, Number(sortable=True)] = None
    price: Annotated[Decimal | None, Number(sortable=True)] = None
    place: Place = Place()


def piece(number: int) -> Piece:
    """Make a document; all that is in it follows from its number."""
    words = [WORDS[(number * factor + step) % 12] for factor in (1, 5, 7) for step in range(3)]
    has_date = number % 11
    return Piece(
        id=f"p/{number}",
        title=" ".join(words[:3]),
        body=[" ".join(words[3:6]), f"The {words[7]} of the {words[0]}, égalité."],
        desk=["Foreign Desk", "City", "foreign desk", None, "Sport"][number % 5],
        tags=[WORDS[number % 7].title(), WORDS[number % 5]],
        filed=datetime(2025, 1, 1, 9, 30, tzinfo=UTC) + timedelta(hours=31 * number)
        if has_date
        else None,
        day=date(2024, 11, 3) + timedelta(days=9 * number) if has_date else None,
        pages=number % 13 if number % 4 else None,
        price=Decimal(number) / 4 if number % 3 else None,
        place=Place(city=["London", "Paris"][number % 2], text=f"by the {words[2]}"),
    )


PIECES = [piece(number) for number in range(120)]
Pair = tuple[Index[Piece], Index[Piece]]


@pytest.fixture(scope="module")
def pair(opensearch: Cluster) -> Iterator[Pair]:
    """The same documents in memory and on a server, on three shards, some deleted."""
    address = opensearch.address("like-a-folder")
    opensearch.request("DELETE", "/like-a-folder*")
    with Index.in_memory(Piece) as local, Index.create(f"{address}?shards=3", Piece) as server:
        for index in (local, server):
            index.add(PIECES[:70])
            index.add(PIECES[50:])
            index.delete("p/3", "p/77")
            index.optimize()
        yield local, server
    opensearch.request("DELETE", "/like-a-folder*")


def keys(results: Results[Any]) -> list[str]:
    return [hit.key for hit in results]


def both(pair: Pair, *args: Any, **options: Any) -> tuple[Results[Piece], Results[Piece]]:
    local, server = pair
    return local.search(*args, **options), server.search(*args, **options)


@pytest.fixture(scope="module")
def reports(opensearch: Cluster) -> Iterator[Index[Report]]:
    """The documents in which each kind of query finds something."""
    opensearch.request("DELETE", "/reports*")
    with Index.create(opensearch.address("reports"), Report) as index:
        index.add(Report.model_validate(report) for report in REPORTS)
        yield index
    opensearch.request("DELETE", "/reports*")


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_every_kind_of_query_finds_and_marks_the_same(
    reports: Index[Report], kind: type[Query]
) -> None:
    query, expected = EXAMPLES[kind]
    found = {
        hit.key: [
            snippet.text[start:end]
            for name, snippet in hit.snippets.items()
            if name in ("title", "body")
            for start, end in snippet.spans
        ]
        for hit in reports.search(query)
    }
    assert found == expected


QUERIES: list[str | Query] = [
    "storm", "storm rain", "storm OR snow", "storm -rain", '"storm rain"', '"the storm"',
    '"rain wind flood"', '"storm flood"~4', '"storm wind peace"~3', "sto*", "st?rm", "s[tn]o*",
    "strom~", "/s[a-t]o.*/", "égalité", "egalite", "the", "*", "-storm", "title:storm",
    "desk:city", 'desk:"foreign desk"', "tags:storm", "pages:3", "pages:>=4", "pages:2..5",
    "price:1.25", "price:[2 TO 7.5]", "filed:2025-02", "filed:2025-01-05..2025-02-20",
    "day:2025", "place.city:paris", "place.text:river", "storm AND (rain OR snow)",
    "storm ANDMAYBE rain", "storm REQUIRE rain", "storm^3 rain", "id:p/7", "nowhere",
    Near((Word("storm"), Word("rain")), 4), Near((Word("rain"), Word("storm"), Word("wind")), 5),
    Near((Word("storm"), Word("wind")), 3, ordered=True), Near((Word("the"), Word("the")), 6),
    Phrase("wind egalite", 3), Phrase("storm the", 1),
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_the_same_documents_are_found_and_snippets_are_the_same(pair: Pair, query: Any) -> None:
    local, server = both(pair, query, limit=None)
    assert {hit.key for hit in server} == {hit.key for hit in local}
    assert server.total == local.total
    shown = {hit.key: hit for hit in local}
    for hit in server:
        assert hit.snippets == shown[hit.key].snippets
        assert hit.document == shown[hit.key].document


FACETS: list[Any] = [
    "desk", Terms("tags", size=3), Terms("tags", sort="label", size=None),
    Terms("desk", prefix="FOR"), Terms("place.city"), Histogram("filed", by="month"),
    Histogram("filed", by="day", fill=True), Histogram("filed", by="hour"), Histogram("filed"),
    Histogram("day", by="week"), Histogram("day", by="quarter", fill=True),
    Histogram("pages", by=5), Histogram("price", by=2.5, fill=True), Histogram("price"),
    Ranges("pages", [(None, 3), (2, 8), "10.."]), Ranges("filed", ["2025-01", "2025-02..2025-03"]),
    Distinct("tags"), Distinct("pages"),
]  # fmt: skip


@pytest.mark.parametrize("facet", FACETS, ids=str)
@pytest.mark.parametrize("query", ["storm", "*", "nowhere"])
def test_facets_are_the_same(pair: Pair, query: str, facet: Any) -> None:
    local, server = both(pair, query, facets=[facet], limit=3)
    assert server.facets == local.facets


@pytest.mark.parametrize("field", ["price", "pages", "filed", "day"])
@pytest.mark.parametrize("query", ["storm", "*", "nowhere"])
def test_statistics_are_the_same(pair: Pair, query: str, field: str) -> None:
    local, server = both(pair, query, facets=[Stats(field)], limit=0)
    found = server.facets[field].to_json()
    for name, value in local.facets[field].to_json().items():
        is_float = isinstance(value, float)  # added up in another order
        assert found[name] == (pytest.approx(value, rel=1e-9) if is_float else value)


def test_facets_of_several_choices_leave_out_their_own_condition(pair: Pair) -> None:
    local, server = both(
        pair,
        "storm",
        filter={"desk": "City", "tags": ["Storm", "rain"]},
        facets=[Terms("desk", multi_select=True), Terms("tags", multi_select=True), "place.city"],
    )
    assert server.facets == local.facets
    assert len(server.facets["desk"]) > 1


@pytest.mark.parametrize(
    "condition",
    [
        {"desk": "foreign DESK"},
        {"tags": ["rain", "Wind"], "pages": Between(2, 9)},
        {"filed": Between("2025-01-10", "2025-02")},
        ["storm", {"place.city": "Paris"}],
        {"price": Decimal("2.5")},
    ],
    ids=str,
)
def test_filters_are_the_same(pair: Pair, condition: Any) -> None:
    local, server = both(pair, "*", filter=condition, limit=None)
    assert local.total
    assert keys(server) == keys(local)


@pytest.mark.parametrize(
    "order",
    ["filed", "-filed", ["-pages", "id"], "-id", ["desk", "price"], ["-tags", "day"],
     Sort("price", descending=True, missing="first"), "place.city"],
    ids=str,
)  # fmt: skip
def test_orders_are_the_same_and_so_are_pages(pair: Pair, order: Any) -> None:
    local, server = both(pair, "storm OR rain", sort=order, limit=None)
    assert keys(server) == keys(local)
    assert paged(pair[1], "storm OR rain", sort=order) == keys(local)


def paged(index: Index[Piece], query: str, **options: Any) -> list[str]:
    results = index.search(query, limit=7, **options)
    found = keys(results)
    while results.next is not None:
        results = index.search(query, limit=7, after=results.next, **options)
        assert results[0].rank == len(found) + 1
        found += keys(results)
    return found


def test_equal_scores_come_in_the_order_of_adding(pair: Pair) -> None:
    local, server = both(pair, "*", limit=None)
    assert keys(server) == keys(local)
    assert keys(pair[1].search("*", offset=20, limit=5)) == keys(local)[20:25]


def test_pages_by_score_go_on_behind_each_other(pair: Pair) -> None:
    _, server = pair
    assert paged(server, "storm rain^2") == keys(server.search("storm rain^2", limit=None))


def test_pages_stay_of_their_moment_while_others_write(opensearch: Cluster, address: str) -> None:
    with Index.create(address, Piece) as index:
        index.add(PIECES[:30])
        first = index.search("*", limit=10)
        cursor = first.next
        index.add(Piece(id="new", title="storm"))
        index.delete("p/12")
        found, results = [], index.search("*", limit=10, after=cursor)
        found += keys(results)
        assert results.next is not None
        found += keys(index.search("*", limit=10, after=results.next))
        assert found == [f"p/{number}" for number in range(10, 30)]
        opensearch.request("DELETE", "/_search/point_in_time/_all")
        gone = index.search("*", limit=10, after=cursor)
        assert [note.kind for note in gone.notes] == ["page"]
        assert keys(gone)[:3] == ["p/10", "p/11", "p/13"]


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", 7])
def test_a_cursor_from_elsewhere_is_refused(pair: Pair, cursor: Any) -> None:
    with pytest.raises(QueryError, match=r"results\.next"):
        pair[1].search("*", after=cursor)


def test_a_cursor_of_another_search_is_refused(pair: Pair) -> None:
    local, server = both(pair, "storm", limit=2)
    with pytest.raises(QueryError, match="another search"):
        pair[1].search("rain", limit=2, after=server.next)
    with pytest.raises(QueryError, match="damaged"):
        pair[1].search("storm", limit=2, after=local.next)


@pytest.mark.parametrize(("field", "best"), [("desk", 1), ("desk", 2), ("id", 1)])
def test_only_the_best_of_each_label_are_hits(pair: Pair, field: str, best: int) -> None:
    how: dict[str, Any] = {"collapse": Collapse(field, best=best), "sort": ["-filed", "id"]}
    local, server = both(pair, "storm", limit=None, **how)
    assert keys(server) == keys(local)
    assert server.groups == local.groups
    assert [hit.collapsed for hit in server] == [hit.collapsed for hit in local]
    assert paged(pair[1], "storm", **how) == keys(local)


def test_new_documents_count_more(pair: Pair) -> None:
    boost = Recency("filed", "10d", origin="2025-04-01")
    local, server = both(pair, "tags:storm", boost=boost, limit=None)
    assert keys(server) == keys(local)


def test_trends_are_the_same(pair: Pair) -> None:
    local, server = pair
    asked: tuple[Literal["month"], Literal["auto"]] = ("month", "auto")
    for by in asked:
        queries = ["storm", "snow", "nowhere"]
        assert server.trend(queries, by=by) == local.trend(queries, by=by)
        in_titles = local.trend(queries, by=by, fields="title")
        assert server.trend(queries, by=by, fields="title") == in_titles


def test_an_explanation_is_of_the_score(pair: Pair) -> None:
    _, server = pair
    for query in ("storm rain", '"storm rain"', "tags:rain storm"):
        hit = server.search(query)[0]
        found = server.explain(query, hit.key)
        assert found.value == pytest.approx(hit.score, rel=1e-5)
        assert found.details
    assert server.explain("nowhere", "p/1").value == 0
    with pytest.raises(ArgumentError, match="expected the key"):
        server.explain("storm", "none")


def test_documents_are_read_as_they_were_added(pair: Pair) -> None:
    _, server = pair
    assert server.get("p/5") == PIECES[5]
    assert server.get("p/3") is None
    assert server.get_many(["p/9", "none"]) == [PIECES[9], None]
    assert "p/9" in server
    assert "p/77" not in server
    assert len(server) == 118
    assert list(server) == list(pair[0])


def test_all_hits_are_exported(pair: Pair) -> None:
    local, server = both(pair, "storm", sort="-id", limit=2)
    files = [io.StringIO(), io.StringIO()]
    for results, file in zip((local, server), files, strict=True):
        results.to_csv(file, fields=["rank", "id", "desk", "place.city", "filed"])
    assert files[1].getvalue() == files[0].getvalue()
    assert len(list(csv.reader(io.StringIO(files[1].getvalue())))) == server.total + 1
    assert server.to_arrow(hits="page").num_rows == 2


def test_results_are_values(pair: Pair) -> None:
    results = pair[1].search("storm", limit=3, facets=["desk"])
    again = pickle.loads(pickle.dumps(results))
    assert again == results
    assert json.loads(json.dumps(results.to_json()))["total"] == results.total


def test_an_index_is_pickled_by_its_address(pair: Pair) -> None:
    again = pickle.loads(pickle.dumps(pair[1]))
    assert again.address == pair[1].address
    assert len(again) == len(pair[1])


def test_labels_that_no_document_has_are_noted(pair: Pair) -> None:
    _, server = pair
    found = server.search("*", filter={"desk": "Nowhere"})
    assert [note.message for note in found.notes] == [
        "no document has the label 'Nowhere' in 'desk'"
    ]


def test_what_only_a_folder_can_do_is_said(pair: Pair) -> None:
    _, server = pair
    for call in (
        lambda: server.suggest("strom"),
        lambda: server.complete("sto"),
        lambda: server.copies("p/1"),
        lambda: server.search("storm", collapse="copies"),
        lambda: server.searcher(),
        lambda: server.path,
    ):
        with pytest.raises(UnsupportedError):
            call()


def test_changes_are_seen_at_once_and_the_revision_tells(address: str) -> None:
    with Index.open_or_create(address, Piece) as index:
        before = index.revision
        assert index.add(PIECES[:3]).added == 3
        assert index.add(PIECES[2:5]).replaced == 1
        assert index.revision != before
        changed = index.update("p/1", title="Another")
        assert index.get("p/1") == changed
        assert keys(index.search("title:another")) == ["p/1"]
        assert index.delete("p/1", "none") == 1
        assert index.delete_by_query({"desk": "City"}) == 0
        assert index.delete_by_query("title:storm") == len(
            [one for one in PIECES[:5] if "storm" in one.title and one.id != "p/1"]
        )
        assert index.stats().documents == len(index)
        assert index.check() == []


class Grown(Piece):
    weight: Annotated[int | None, Number()] = None


class Narrow(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(language="german")]


def test_a_model_may_grow_and_must_fit(address: str) -> None:
    with Index.create(address, Piece) as index:
        index.add(PIECES[:2])
    with pytest.raises(IndexExistsError):
        Index.create(address, Piece)
    with Index.open(address, Grown) as grown:
        document = grown.get("p/1")
        assert document is not None
        assert document.weight is None
        grown.add(Grown(id="heavy", title="storm", weight=9))
        assert keys(grown.search("weight:9")) == ["heavy"]
    with Index.open(address) as found:
        assert "weight" in found.schema.fields
    with pytest.raises(SchemaMismatchError):
        Index.open(address, Narrow)
    with pytest.raises(IndexClosedError):
        grown.search("storm")


def test_an_index_that_is_not_there_is_told(opensearch: Cluster) -> None:
    with pytest.raises(IndexNotFoundError, match=r"Index\.create"):
        Index.open(opensearch.address("never-made"), Piece)
