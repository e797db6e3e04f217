"""Sorting through an index: names, directions, missing values; and the fields of one search."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel

from searchlib import Date, Index, Key, Keyword, Number, Sort, Stored, Text
from searchlib.errors import QueryError
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path


class Report(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(boost=2.0)] = ""
    body: Annotated[str, Text()] = ""
    notes: Annotated[str, Text(default=False)] = ""
    filed: Annotated[date | None, Date(sortable=True)] = None
    read: Annotated[date | None, Date()] = None
    pages: Annotated[int | None, Number(sortable=True)] = None
    source: Annotated[str | None, Keyword()] = None
    tags: Annotated[list[str], Keyword()] = []
    place: Annotated[str | None, Stored()] = None


MARCH = date(2025, 3, 1)
REPORTS = [
    Report(
        id="b", title="Storm", body="a storm", filed=date(2025, 3, 1), pages=2, source="reuters"
    ),
    Report(id="a", title="Calm", body="storm storm storm", filed=date(2025, 1, 1), source="AP"),
    Report(
        id="c", body="a storm of words and more words", pages=-5, tags=["x", "B"], notes="flood"
    ),
    Report(id="D", body="storm", filed=date(2025, 3, 1), pages=7, source="Zeit", tags=["a"]),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index[Report]:
    index = Index.create(tmp_path_factory.mktemp("order") / "i", Report)
    index.add(REPORTS[:2], workers=0)
    index.add(REPORTS[2:], workers=0)
    return index


def keys(index: Index[Any], query: str = "storm", **search: Any) -> str:
    return "".join(hit.key for hit in index.search(query, **search))


@each(
    ("sort", "expected"),
    [
        ("filed", "abDc"),
        ("-filed", "bDac"),
        (["-filed", "-pages"], "Dbac"),
        (["filed", "score"], "abDc"),
        (Sort("filed", missing="first"), "cabD"),
        (Sort("filed", descending=True, missing="first"), "cbDa"),
        ([Sort("pages", missing="first"), "id"], "acbD"),
        ("source", "abDc"),  # AP, reuters, Zeit: as terms are, in lower case
        ("-source", "Dbac"),
        (Sort("source", missing="first"), "cabD"),
        ("tags", "Dcba"),  # of several labels the lowest counts, "b" of "x" and "B"
        ("-tags", "cDba"),
        ("id", "Dabc"),  # keys are as they are written
        ("-id", "cbaD"),
        (["source", Sort("id", descending=True)], "abDc"),
        ([], None),
        (None, None),
        ("score", None),
        ("-score", None),
        ("_score", None),
        (Sort("score"), None),
    ],
)
def test_hits_come_in_an_order(index: Index[Report], sort: Any, expected: str | None) -> None:
    assert keys(index, sort=sort) == (expected or keys(index))


def test_the_worst_score_first_must_be_said(index: Index[Report]) -> None:
    best = keys(index)
    assert len({hit.score for hit in index.search("storm")}) == 4
    assert keys(index, sort=Sort("score", descending=False)) == best[::-1]
    assert (
        keys(index, sort=["filed", Sort("score", descending=False)])[1:3]
        != keys(index, sort=["filed", "score"])[1:3]
    )


@each(
    ("sort", "message"),
    [
        ("title", "sortable field, got 'title'; there are id, filed, pages, source, tags, and"),
        ("read", "sortable field, got 'read'"),
        ("place", "sortable field, got 'place'"),
        ("-nowhere", "sortable field, got '-nowhere'"),
        ("", "sortable field, got ''"),
        ("filed:desc", "got 'filed:desc'; write '-filed'; there are id"),
        ("filed:asc", "got 'filed:asc'; write 'filed'; there"),
        ("filed desc", "write '-filed'; there"),
        ("filed  DESC", "write '-filed'; there"),
        ("desc:filed", "write '-filed'; there"),
        ("descending filed", "write '-filed'; there"),
        ("filed.ascending", "write 'filed'; there"),
        ("+filed", "got '\\+filed'; write 'filed'; there"),
        ("filed-", "write '-filed'; there"),
        ("- filed", "write '-filed'; there"),
        (" filed", "write 'filed'; there"),
        ("-filed:desc", "write '-filed'; there"),
        ("score:desc", "write 'score'; there"),
        ("score asc", r"write Sort\('score', descending=False\); there"),
        ("desc", 'write "-" before the name of a field for the highest value first; there'),
        (["filed", "desc"], "got 'desc'; write \"-\" before"),
        ("filed:up", "got 'filed:up'; there are id"),
        ("refiled", "got 'refiled'; there are id"),
        ("desc:nowhere", "got 'desc:nowhere'; there are id"),
        ("filed pages desc", "got 'filed pages desc'; there are id"),
        ({"filed": "desc"}, "got {'filed': 'desc'}; write \"-\" before the name"),
        ({"filed": -1}, "got {'filed': -1}; write \"-\" before the name"),
        (["filed", 3], "a field's name, a Sort or a list of these, got 3"),
        (3, "a field's name, a Sort or a list of these, got 3"),
    ],
)
def test_a_wrong_order_is_an_error(index: Index[Report], sort: Any, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        index.search("storm", sort=sort)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"field": 3}, "name of a field, got 3"),
        ({"field": "a", "descending": "yes"}, "descending as a bool, got 'yes'"),
        ({"field": "a", "missing": "nowhere"}, "missing 'last' or 'first', got 'nowhere'"),
    ],
)
def test_a_wrong_sort_is_an_error(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        Sort(**arguments)


class Match(BaseModel):
    id: Annotated[str, Key()]
    text: Annotated[str, Text()] = "word"
    score: Annotated[int, Number(sortable=True)] = 0


def test_a_field_that_is_called_score_is_meant_by_its_name(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "i", Match)
    index.add([Match(id="a", score=3), Match(id="b", text="word word", score=1)], workers=0)
    assert keys(index, "word", sort="score") == "ba"
    assert keys(index, "word", sort="-score") == "ab"
    assert keys(index, "word", sort="_score") == keys(index, "word") == "ba"
    assert keys(index, "word", sort=Sort("_score", descending=False)) == "ab"


# ---------------------------------------------------------------- fields of one search


def test_a_search_looks_into_the_fields_that_it_names(index: Index[Report]) -> None:
    assert keys(index, "flood") == ""
    assert keys(index, "flood", fields="notes") == "c"
    assert keys(index, "storm", fields=["title"]) == "b"
    assert keys(index, "body:storm", fields=["title"]) == keys(index, "body:storm")
    assert keys(index, '"a storm"', fields=["title", "notes"]) == ""
    assert keys(index, "sto*", fields=["title"]) == "b"
    assert keys(index, "a NEAR/2 storm", fields=["title"]) == ""


def test_weights_count_in_scores_and_explanations(index: Index[Report]) -> None:
    fields = {"title": 9.0, "body": 1}
    scores = {}
    for hit in index.search("storm", fields=fields):
        explanation = index.explain("storm", hit.key, fields=fields)
        assert explanation.value == pytest.approx(hit.score, rel=1e-6)
        scores[hit.key] = hit.score
    plain = {hit.key: hit.score for hit in index.search("storm")}
    assert scores["b"] > plain["b"]
    assert scores["a"] == plain["a"]
    assert "boost 9, tf 1" in str(index.explain("storm", "b", fields=fields))


def test_names_alone_keep_the_weights_of_the_model(index: Index[Report]) -> None:
    named = [hit.score for hit in index.search("storm", fields=["body", "title"])]
    assert named == [hit.score for hit in index.search("storm")]
    even = {hit.key: hit.score for hit in index.search("storm", fields={"body": 1, "title": 1})}
    assert even["b"] < max(named)


def test_one_search_leaks_nothing_into_the_next(index: Index[Report]) -> None:
    ways: list[Any] = [None, ["title"], {"title": 7, "body": 1}, {"title": 7, "body": 2}, ["notes"]]

    def ask(index: Index[Report], fields: Any) -> list[tuple[str, float]]:
        queries = ["storm", "storm storm", '"a storm"', "sto*", "storm flood"]
        found = (index.search(query, fields=fields, match="any") for query in queries)
        return [(hit.key, hit.score) for results in found for hit in results]

    alone = [ask(Index.open(index.path, Report), fields) for fields in ways]
    for order in (ways, ways[::-1], ways):
        for fields in order:
            assert ask(index, fields) == alone[ways.index(fields)]


def test_snippets_mark_words_of_these_fields(index: Index[Report]) -> None:
    [hit] = index.search("title:calm storm", fields=["body"])
    assert hit.snippets["body"].spans
    [hit] = index.search("storm", fields=["title"])
    assert hit.snippets["title"].spans
    assert not hit.snippets["body"].spans


def test_documents_are_of_the_model_still(index: Index[Report]) -> None:
    [hit] = index.search("storm", fields=["title"])
    assert isinstance(hit.document, Report)


@each(
    ("fields", "message"),
    [
        (["nowhere"], "text fields, got 'nowhere'; there are title, body, notes"),
        ("source", "text fields, got 'source'"),
        ({"pages": 2.0}, "text fields, got 'pages'"),
        ([], "at least one text field"),
        ({}, "at least one text field"),
        ([3], "text fields, got 3"),
        (3, "names or a mapping, got 3"),
        ({"title": 0}, "weight above 0, got 0"),
        ({"title": -1.0}, "weight above 0, got -1.0"),
        ({"title": float("nan")}, "weight above 0, got nan"),
        ({"title": float("inf")}, "weight above 0, got inf"),
        ({"title": "2"}, "weight above 0, got '2'"),
        ({"title": True}, "weight above 0, got True"),
    ],
)
def test_wrong_fields_are_an_error(index: Index[Report], fields: Any, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        index.search("storm", fields=fields)
    with pytest.raises(QueryError, match=message):
        index.explain("storm", "b", fields=fields)
