"""Lists of queries, and every occurrence in its line, are the same on a server as in a folder."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from searchlib import Index, Key, Text
from searchlib.cli.commands import cli
from searchlib.errors import QueryError, UnsupportedError
from searchlib.query import Boost, Word
from tests.opensearch.test_like_a_folder import PIECES, QUERIES, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.opensearch.cluster import Cluster

Pair = tuple[Index[Piece], Index[Piece]]
WRONG: list[Any] = ["storm AND (", "", 7, "/(a/", "storm~9 nofield:x", Boost(Word("storm"), -1)]
LIST = [*QUERIES, *WRONG, "tags:nolabel"]


@pytest.fixture(scope="module")
def pair(opensearch: Cluster) -> Iterator[Pair]:
    """The same documents in memory and on a server, on three shards, some deleted."""
    opensearch.request("DELETE", "/lists-and-lines*")
    address = f"{opensearch.address('lists-and-lines')}?shards=3"
    with Index.in_memory(Piece) as local, Index.create(address, Piece) as server:
        for index in (local, server):
            index.add(PIECES[:70])
            index.add(PIECES[50:])
            index.delete("p/3", "p/77")
        yield local, server
    opensearch.request("DELETE", "/lists-and-lines*")


@pytest.mark.parametrize("sort", [None, "left", "right", "date"])
def test_lines_are_the_same(pair: Pair, sort: Any) -> None:
    local, server = pair
    for query in QUERIES:
        here, there = (index.concordance(query, sort=sort, width=20) for index in pair)
        assert [*there] == [*here], query
        assert there.documents == here.documents
        here, there = (index.concordance(query, sort=sort, fields="body") for index in pair)
        assert [*there] == [*here], query
    narrowed: dict[str, Any] = {"sort": sort, "match": "any", "filter": {"desk": "City"}}
    lines = [*server.concordance("storm rain", limit=30, **narrowed)]
    assert lines == [*local.concordance("storm rain", limit=30, **narrowed)]
    assert len(lines) == 30


def test_lines_come_batch_by_batch_and_again(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchlib.backends.opensearch.searching._BATCH", 7)
    local, server = pair
    files = [io.StringIO(), io.StringIO(), io.StringIO()]
    there = server.concordance("storm*", sort="date")
    here = local.concordance("storm*", sort="date")
    for found, file in zip((here, there, there), files, strict=True):
        found.to_csv(file)
    assert files[0].getvalue() == files[1].getvalue() == files[2].getvalue()


def test_notes_and_errors_of_lines_are_the_same(pair: Pair) -> None:
    server = pair[1]
    here, there = (index.concordance("storm AND (", lenient=True) for index in pair)
    assert there.notes == here.notes
    assert there.notes
    with pytest.raises(QueryError, match="expected a date"):
        server.concordance("storm", filter={"filed": "never"})
    with pytest.raises(UnsupportedError):
        server.concordance(Boost(Word("storm"), -1))


def test_the_command_writes_lines(pair: Pair) -> None:
    arguments = ["kwic", "storm", "--index", pair[1].address, "--sort", "right", "--json"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.stderr
    lines = pair[0].concordance("storm", sort="right")
    assert [json.loads(line)["left"] for line in done.stdout.splitlines()][:5] == [
        line.left for line in lines
    ][:5]


class Letter(BaseModel):
    id: Annotated[str, Key()]
    body: Annotated[str, Text(language="auto")]


LETTERS = [
    Letter(id="en", body="The houses of the harbour were flooded by the storms of the winter."),
    Letter(id="de", body="Die Häuser am Hafen wurden von den Stürmen des Winters überflutet."),
]


def test_words_of_each_language_are_marked_in_it(address: str) -> None:
    with Index.in_memory(Letter) as local, Index.create(address, Letter) as server:
        for index in (local, server):
            index.add(LETTERS)
        for query in ("house OR haus", "sturm* OR storm"):
            assert [*server.concordance(query)] == [*local.concordance(query)]


def shown(found: Any) -> Any:
    """Write what a row, or a search, has found."""
    hits = [(hit.rank, hit.key, hit.score, hit.document) for hit in found.hits]
    return found.total, found.notes, hits


@pytest.mark.parametrize(
    "options",
    [
        {"limit": 3},
        {"limit": 0, "match": "any"},
        {"limit": 3, "fields": ["title"]},
        {"limit": 400, "filter": {"desk": "Nowhere"}},
        {"limit": 300, "filter": ["storm", {"place.city": "Paris"}], "lenient": True},
    ],
    ids=str,
)
def test_a_row_is_what_the_query_finds_by_itself(pair: Pair, options: dict[str, Any]) -> None:
    local, server = pair
    rows = [*server.search_many(LIST, **options)]
    assert [(row.row, row.query) for row in rows] == [*enumerate(LIST, 1)]
    for row, here in zip(rows, local.search_many(LIST, **options), strict=True):
        if row.error is None:
            assert shown(row) == shown(server.search(row.query, **options))
        if not isinstance(row.query, Boost):  # which only a folder can do
            assert (row.total, str(row.error)) == (here.total, str(here.error))
            assert (
                row.error is not None
                or row.total > options["limit"]
                or ({hit.key for hit in row.hits} == {hit.key for hit in here.hits})
            )


def test_wrong_queries_have_their_errors(pair: Pair) -> None:
    rows = [*pair[1].search_many([*WRONG, "storm"], limit=1)]
    for row in rows[:-1]:
        with pytest.raises(QueryError) as raised:
            pair[1].search(row.query)
        assert (type(row.error), str(row.error)) == (type(raised.value), str(raised.value))
        assert (row.total, [*row.hits]) == (0, [])
    assert rows[-1].error is None
    assert rows[-1].total


def test_names_and_rows_as_json(pair: Pair) -> None:
    names = ["storm rain", "the AND (", "storm -rain"]
    rows = [[*index.search_many(names, phrases=True, limit=200)] for index in pair]
    here, there = ([row.to_json() for row in found] for found in rows)
    for one in (*here, *there):
        one["hits"] = sorted((hit["key"], hit["title"], hit["date"]) for hit in one["hits"])
    assert there == here
    assert there[0]["hits"]


@pytest.mark.parametrize("wrong", [{"filter": {"nofield": 1}}, {"filter": "storm AND ("}], ids=str)
def test_what_is_wrong_for_all_queries_is_raised(pair: Pair, wrong: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        pair[1].search_many(["storm"], **wrong)


def test_a_list_may_have_no_end(pair: Pair) -> None:
    read = []

    def endless() -> Iterator[str]:
        while True:
            read.append("storm")
            yield "storm"

    rows = pair[1].search_many(endless(), limit=100)
    assert [next(rows).row, next(rows).row] == [1, 2]
    assert len(read) == 10  # so many that their hits come in one answer
    assert [*pair[1].search_many([])] == []


def test_more_hits_than_come_in_one_answer(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchlib.backends.opensearch.lists.MOST_AT_ONCE", 7)
    server = pair[1]
    for limit in (6, 7, 8, 40, 500):
        [row] = server.search_many(["storm OR rain"], limit=limit)
        assert shown(row) == shown(server.search("storm OR rain", limit=limit))


def test_all_rows_are_of_one_moment(opensearch: Cluster, address: str) -> None:
    with Index.create(address, Piece) as index:
        index.add(PIECES[:30])
        rows = index.search_many(["*"] * 250)
        assert next(rows).total == 30
        index.delete("p/1")
        assert {row.total for row in rows} == {30}
        rows = index.search_many(["*"] * 250)
        assert next(rows).total == 29
        index.delete("p/2")
        opensearch.request("DELETE", "/_search/point_in_time/_all")
        assert [row.total for row in rows] == [29] * 99 + [28] * 150


def test_the_command_writes_rows(pair: Pair, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("storm rain\nstorm AND (\nnowhere\n")
    done = CliRunner().invoke(cli, ["batch", str(names), "--index", pair[1].address])
    totals = [index.count("storm rain") for index in pair]
    assert totals[0] == totals[1]
    assert done.stdout.splitlines()[:2] == ["row,query,total,error", f"1,storm rain,{totals[0]},"]
    assert "1 wrong" in done.stderr
