"""Who looks for a label that no document has is told of those that are like it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel, Field

from searchlib import Index, Key, Keyword, Text
from searchlib.query import And, Boost, ConstantScore, Not, Or, Prefix, Query, Require, Term, Word
from searchlib.search import label_hints
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path


class State(str, Enum):  # noqa: UP042 - as many programs have it
    OPEN = "Open call"
    CLOSED = "Closed"


class Story(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = ""
    source: Annotated[str, Keyword()] = ""
    tags: Annotated[list[str], Keyword()] = []
    place: Annotated[str | None, Keyword(lowercase=False)] = None
    urgent: Annotated[bool | None, Keyword()] = None
    state: Annotated[State | None, Keyword()] = None
    desk: Annotated[str, Keyword()] = Field("", alias="Desk")

    model_config = {"populate_by_name": True}


STORIES = [
    Story(id="1", source="Harbour News Agency", tags=["World News", "Fishing"], place="Paris",
          urgent=True, state=State.OPEN, Desk="Night Desk"),
    Story(id="2", source="Meridian Wire", tags=["Élections", "Économie"], place="paris"),
    Story(id="3", source="The Harbour", tags=["Straße", "北京新闻"], urgent=False),
    Story(id="4", source="Northern Telegraph", tags=["world"], state=State.CLOSED),
]  # fmt: skip


@pytest.fixture(scope="module", params=["one segment", "a segment each"])
def index(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Index:
    index = Index.create(tmp_path_factory.mktemp("labels") / "index", Story)
    batches = [STORIES] if request.param == "one segment" else [[story] for story in STORIES]
    for batch in batches:
        index.add(batch, workers=0)
    return index


def notes(index: Index, query: str | Query, **options: Any) -> list[str]:
    results = index.search(query, **options)
    assert all(note.kind == "label" for note in results.notes)
    return [note.message for note in results.notes]


@each(
    ("query", "hints"),
    [
        ("source:Meridian", ["Meridian Wire"]),
        ("source:harbour", ["Harbour News Agency", "The Harbour"]),
        ("source:'harbour news'", ["Harbour News Agency"]),
        ('source:"Meridian Wires"', ["Meridian Wire"]),
        ('source:"Meridain Wire"', ["Meridian Wire"]),
        ('source:"The Harbour of today"', ["The Harbour"]),
        ("source:Telegraph", ["Northern Telegraph"]),
        ("tags:news", ["World News"]),
        ("tags:fishin", ["Fishing"]),
        ("tags:FISHERS", []),
        ("tags:Élection", ["Élections"]),
        ("tags:elections", ["Élections"]),
        ("tags:elction", ["Élections"]),
        ("tags:economi", ["Économie"]),
        ("tags:strase", ["Straße"]),
        ("tags:wrold", ["world", "World News"]),
        ("source:Harbor", ["The Harbour", "Harbour News Agency"]),
        ("source:agensy", ["Harbour News Agency"]),
        ("source:Telegraf", ["Northern Telegraph"]),
        ("source:meridain", ["Meridian Wire"]),
        ("source:war", []),
        ("tags:北京", ["北京新闻"]),
        ("tags:straß", ["Straße"]),
        ("place:Pari", ["Paris", "paris"]),
        ("place:PARIS", ["Paris", "paris"]),
        ("place:pariz", ["Paris", "paris"]),
        ("urgent:tru", ["true"]),
        ("urgent:flase", ["false"]),
        ("urgent:falsee", ["false"]),
        ("state:ope", ["Open call"]),
        ("state:close", ["Closed"]),
        ("desk:night", ["Night Desk"]),
        ("source:nothing", []),
    ],
)  # fmt: skip
def test_the_nearest_labels_are_shown_as_they_are_written(
    index: Index, query: str, hints: list[str]
) -> None:
    field, _, value = query.partition(":")
    results = index.search(query)
    assert results.total == 0
    [note] = results.notes
    shown = f"; there is {', '.join(map(repr, hints))}" if hints else ""
    assert note.kind == "label"
    assert note.message == (
        f"no document has the label {value.strip(chr(34) + chr(39))!r} in {field!r}{shown}"
    )
    assert note.span == (len(field) + 1, len(query))
    assert note.to_json()["span"] == [len(field) + 1, len(query)]
    for hint in hints:  # what is recommended finds something
        assert index.search(Term(field, hint)).total


@each(
    "query",
    [
        "source:'meridian wire'",
        "tags:world",
        "tags:ÉLECTIONS",
        "urgent:true",
        "place:Paris",
        "harbour",
        "source:harb*",
        "source:/har/",
        "source:harbuor~",
        "source:Meridian OR tags:world",  # which finds something
        "-source:Meridian",
    ],
)
def test_there_is_no_note_where_there_is_no_need(index: Index, query: str) -> None:
    assert notes(index, query) == []


def test_notes_are_on_what_must_match(index: Index) -> None:
    label = Term("source", "Meridian")
    message = "no document has the label 'Meridian' in 'source'; there is 'Meridian Wire'"
    for query in (
        And((Word("x"), label)), Or((label, Word("x"))), Boost(label, 2.0), ConstantScore(label),
        Require(label, (Word("x"),)), Require(Word("x"), (label,)), And((label, Not(Word("x")))),
    ):  # fmt: skip
        assert notes(index, query) == [message]
    assert notes(index, And((Word("x"), Not(label)))) == []
    assert notes(index, And((Word("x"), Prefix("Merid", ("source",))))) == []


def test_each_label_has_its_note(index: Index) -> None:
    assert notes(index, "source:Meridian tags:fishin source:'Meridian Wire' urgent:tru") == [
        "no document has the label 'Meridian' in 'source'; there is 'Meridian Wire'",
        "no document has the label 'fishin' in 'tags'; there is 'Fishing'",
        "no document has the label 'tru' in 'urgent'; there is 'true'",
    ]


def test_labels_that_are_there_but_not_together_need_no_note(index: Index) -> None:
    assert notes(index, "source:'Meridian Wire' tags:world") == []


def test_notes_of_reading_come_first(index: Index) -> None:
    results = index.search("(source:Meridian", lenient=True)
    assert [note.kind for note in results.notes] == ["syntax", "label"]


@each("label", ["\ud800", "a\udfff", "\0", "", "x" * 5_000, "'", "%", "é" * 99])
def test_any_label_can_be_looked_for(index: Index, label: str) -> None:
    for name in ("source", "tags", "place", "urgent"):
        if name != "source" or label:  # a story has the empty one: none of these, but see below
            assert index.search(Term(name, label)).total == 0


def test_what_only_deleted_documents_have_is_no_label(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Story)
    index.add(STORIES, workers=0)
    index.delete("2")
    assert notes(index, "source:'meridian wire'") == [
        "no document has the label 'meridian wire' in 'source'"
    ]
    assert notes(index, "source:meridian") == ["no document has the label 'meridian' in 'source'"]
    index.add([Story(id="5", source="Meridian WIRE")], workers=0)
    assert notes(index, "source:meridian") == [
        "no document has the label 'meridian' in 'source'; there is 'Meridian WIRE'"
    ]
    assert notes(index, "source:'meridian wire'") == []


def test_three_of_many_labels_are_shown_the_shortest_first(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Story)
    for batch in range(4):
        index.add(
            (
                Story(id=f"{batch}-{number}", tags=[f"Ward {number:04} of {batch}"])
                for number in range(500)
            ),
            workers=0,
        )
    index.add([Story(id="x", tags=["Wards", "Other"])], workers=0)
    assert notes(index, "tags:ward") == [
        "no document has the label 'ward' in 'tags'; "
        "there is 'Wards', 'Ward 0000 of 0', 'Ward 0000 of 1'"
    ]
    assert notes(index, "tags:'ward 0123 of'") == [
        "no document has the label 'ward 0123 of' in 'tags'; there is "
        "'Ward 0123 of 0', 'Ward 0123 of 1', 'Ward 0123 of 2'"
    ]


def test_so_many_labels_are_looked_at_and_no_more(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_hints, "_MOST_LABELS", 0)
    assert notes(index, "source:Meridian") == ["no document has the label 'Meridian' in 'source'"]


def test_an_empty_index_has_no_labels(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Story)
    assert notes(index, "source:Meridian") == ["no document has the label 'Meridian' in 'source'"]


def test_a_letter_that_stands_in_a_label_by_chance_is_not_meant() -> None:
    index = Index.in_memory(Story)
    index.add({"id": source, "source": source} for source in ("ü", "US", "AP", "京市", "Wire"))
    for asked, like in (
        ("rueters", []),
        ("russia", []),
        ("US news", ["US"]),
        ("北京市", ["京市"]),
        ("wires", ["Wire"]),
    ):
        [note] = index.search(f'source:"{asked}"').notes
        told = f"; there is {', '.join(map(repr, like))}" if like else ""
        assert note.message == f"no document has the label {asked!r} in 'source'{told}"
