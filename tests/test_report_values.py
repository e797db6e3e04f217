"""What calls return besides results goes out of endpoints, too: reports, trends, lines."""

from __future__ import annotations

import dataclasses
import json
import pickle
from datetime import datetime  # noqa: TC003 - pydantic looks it up
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter

import searchlib
from searchlib import AddReport, Date, Index, Key, Notice, Problem, SyncReport, Text
from tests.tables import each

# A row of a list holds a function, and has to_json(). The others are what a search is asked for.
NO_VALUES = {"BatchRow", "Scoring"}


class Moment(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()]
    at: Annotated[datetime, Date(sortable=True)]


@each(
    "kind",
    [
        kind
        for name in searchlib.__all__
        if dataclasses.is_dataclass(kind := getattr(searchlib, name)) and name not in NO_VALUES
    ],
)
def test_pydantic_knows_all_that_is_public(kind: Any) -> None:
    assert {"type", "$ref"} & TypeAdapter(kind).json_schema(mode="serialization").keys()


@pytest.fixture(scope="module")
def index() -> Index[Moment]:
    made = Index.in_memory(Moment)
    given = [{"id": str(hour), "title": "Storm", "at": f"2025-03-01T0{hour}:00"} for hour in (1, 3)]
    assert made.add(given).added == 2
    return made


def values_of(index: Index[Moment]) -> list[Any]:
    return [
        AddReport(1, 0, [Problem("expected a key", Path("a.json"), 3)], [Notice("guessed")]),
        SyncReport(problems=[Problem("gone", Path("b"))]),
        index.trend(["storm", "flood"], by="month"),
        index.trend(["storm"], by="hour"),
        next(iter(index.concordance("storm"))),
        index.stats(),
    ]


def test_they_are_written_as_json_and_read_again(index: Index[Moment]) -> None:
    for value in values_of(index):
        known = TypeAdapter[Any](type(value))
        text = known.dump_json(value, warnings="error")
        assert known.validate_json(text) == value
        assert pickle.loads(pickle.dumps(value)) == value


def test_they_are_the_answers_of_endpoints(index: Index[Moment]) -> None:
    fastapi = pytest.importorskip("fastapi")
    from fastapi.testclient import TestClient

    app = fastapi.FastAPI()
    for number, value in enumerate(values_of(index)):
        app.get(f"/{number}", response_model=type(value))(lambda value=value: value)
    client = TestClient(app)
    assert json.dumps(app.openapi())
    for number in range(len(values_of(index))):
        assert client.get(f"/{number}").status_code == 200
    assert client.get("/0").json()["rejected"][0]["path"] == "a.json"
