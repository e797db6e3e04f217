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

    from tests.opensearch.cluster import Cluster

Pair = tuple[Index[Piece], Index[Piece]]


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
