"""Whoosh counts the same as our facets, where it counts right."""

from __future__ import annotations

import itertools
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel
from whoosh import query as q
from whoosh import sorting
from whoosh.fields import DATETIME, ID, KEYWORD, NUMERIC, TEXT, Schema
from whoosh.filedb.filestore import RamStorage

from searchlib import Date, Histogram, Index, Key, Keyword, Number, Ranges, Terms, Text

if TYPE_CHECKING:
    from pathlib import Path


class Item(BaseModel):
    id: Annotated[str, Key()]
    body: Annotated[str, Text(language=None)]
    source: Annotated[str, Keyword(facet=True)]
    tags: Annotated[list[str], Keyword(facet=True)]
    day: Annotated[datetime, Date()]
    pages: Annotated[int, Number()]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Index[Item], Any]:
    chance = random.Random(11)
    items = [
        Item(
            id=str(number), body=chance.choice(["storm", "storm flood", "calm"]),
            source=chance.choice(["bbc", "zeit", "echo"]),
            tags=chance.sample(["red", "green", "blue"], chance.randrange(1, 4)),
            day=datetime(2025, 1, 1) + timedelta(days=chance.randrange(150)),
            pages=chance.randrange(40),
        )
        for number in range(120)
    ]  # fmt: skip
    folder: Path = tmp_path_factory.mktemp("both")
    index = Index.create(folder / "index", Item)
    index.add(items)
    schema = Schema(
        id=ID(stored=True), body=TEXT(), source=ID(), tags=KEYWORD(commas=True),
        day=DATETIME(sortable=True), pages=NUMERIC(sortable=True),
    )  # fmt: skip
    theirs = RamStorage().create_index(schema)
    writer = theirs.writer()
    for item in items:
        writer.add_document(**item.model_dump() | {"tags": ",".join(item.tags)})
    writer.commit()
    return index, theirs.searcher()


def grouped(searcher: Any, facet: Any) -> dict[Any, int]:
    found = searcher.search(q.Term("body", "storm"), limit=None, groupedby={"it": facet},
                            maptype=sorting.Count)  # fmt: skip
    groups: dict[Any, int] = found.groups("it")
    return groups


def test_labels(both: tuple[Index[Item], Any]) -> None:
    found = both[0].search("storm", facets=[Terms("source"), Terms("tags")]).facets
    assert dict(found["source"]) == grouped(both[1], sorting.FieldFacet("source"))
    several = sorting.FieldFacet("tags", allow_overlap=True)
    assert dict(found["tags"]) == grouped(both[1], several)


def test_ranges_and_steps(both: tuple[Index[Item], Any]) -> None:
    steps = both[0].search("storm", facets=Histogram("pages", by=10)).facets["pages"]
    theirs = grouped(both[1], sorting.RangeFacet("pages", 0, 40, 10))
    assert {(one.start, one.end + 1): one.count for one in steps} == {
        span: count for span, count in theirs.items() if span is not None
    }


def test_spans_of_time(both: tuple[Index[Item], Any]) -> None:
    bounds = [datetime(2025, 1, 1) + timedelta(days=30 * step) for step in range(6)]
    last = timedelta(microseconds=1)
    pairs = [(low, high - last) for low, high in itertools.pairwise(bounds)]
    found = both[0].search("storm", facets=Ranges("day", pairs)).facets["day"]
    gap: Any = timedelta(days=30)
    theirs = grouped(both[1], sorting.DateRangeFacet("day", bounds[0], bounds[-1], gap))
    assert {one.start: one.count for one in found if one.count} == {
        low: count for (low, _), count in theirs.items()
    }
