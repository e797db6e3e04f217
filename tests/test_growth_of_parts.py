"""What grows within a model in a field, and what comes back that was there before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel, Field, computed_field, create_model

from searchlib import Index, Key, Keyword, Number, Stored, Text
from searchlib.errors import SchemaMismatchError
from searchlib.storage import IndexDirectory

if TYPE_CHECKING:
    from pathlib import Path

Label = Annotated[str, Keyword()]
MayHave = Annotated[str | None, Keyword()]


class Room(BaseModel):
    name: Label
    floor: int = 0


class OpenRoom(Room, extra="allow"):
    """A room that keeps what it has no field for."""


class Desk(BaseModel):
    owner: MayHave
    legs: Annotated[int, Keyword()] = 4


@dataclass
class Shed:
    name: Label


@dataclass
class TallShed(Shed):
    roof: MayHave = None


def house(room: Any, default: Any = None, *, base: Any = None, **more: Any) -> Any:
    fields: dict[str, Any] = {"id": (Annotated[str, Key()], ...), "room": (room, default), **more}
    return create_model("House", __base__=base, **fields)


def room(base: type[BaseModel] = Room, **more: Any) -> type[BaseModel]:
    return create_model("Room", __base__=base, **more)


def stored_schema(index: Index[Any]) -> dict[str, Any]:
    schema: dict[str, Any] = IndexDirectory.open(index.path).manifest().schema
    return schema


@pytest.mark.parametrize(
    "grown",
    [
        room(colour=(MayHave, None)),
        room(marks=(list[Label], [])),
        room(about=(Annotated[str, Text()], "")),
        room(desk=(Desk | None, None)),
        room(desks=(list[Desk], [])),
        room(marks=(list[Label], Field(default_factory=list))),
        room(code=(Annotated[int | None, Keyword()], None), seats=(int, 4)),
    ],
)
@pytest.mark.parametrize("many", [False, True])
def test_new_fields_of_a_model_in_a_field_are_taken(tmp_path: Path, grown: Any, many: bool) -> None:
    before, after = (
        house(list[kind] if many else kind | None)  # type: ignore[valid-type]
        for kind in (Room, grown)
    )
    value: Any = [{"name": "Hall"}] if many else {"name": "Hall"}
    index = Index.create(tmp_path / "index", before)
    index.add([before(id="1", room=value), before(id="2", room=[] if many else None)])
    opened = Index.open(index.path, after)
    assert opened.get("1") == after(id="1", room=value)
    assert opened.add(after(id="3", room=value)).added == 1
    again = Index.open(index.path, after)
    assert {hit.key for hit in again.search("room.name:hall")} == {"1", "3"}
    assert again.schema.fields.keys() > index.schema.fields.keys()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (Room, room(floor=(Annotated[int, Number()], 0)), "may have values"),
        (Room, room(colour=(Label, "red")), "a default that is not indexed"),
        (Room, room(colour=(Label, ...)), "there is no default"),
        (Room, room(desk=(Desk, Desk(owner="x"))), "a default that is not indexed"),
        (OpenRoom, room(OpenRoom, colour=(MayHave, None)), "may have values"),
        (dict[str, Any], Room, "may have values"),
        (Annotated[Room, Stored()], Room, "may have values"),
        (Shed, TallShed, "may have values"),
        (Room | dict[str, str], room(colour=(MayHave, None)) | dict[str, str], "may have values"),
    ],
)
def test_what_may_have_values_there_must_be_indexed(
    tmp_path: Path, before: Any, after: Any, told: str
) -> None:
    index = Index.create(tmp_path / "index", house(before))
    with pytest.raises(SchemaMismatchError, match=rf"room\.\w+.*{told}"):
        Index.open(index.path, house(after))


class Plain(BaseModel):
    id: Annotated[str, Key()]


class WithNote(Plain):
    note: str | None = None


class Searched(Plain):
    note: MayHave = None


class Keeping(Plain, extra="allow"):
    """Keeps what it has no field for."""


def test_a_stored_field_that_is_gone_and_comes_back_is_not_new(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", WithNote)
    index.add(WithNote(id="1", note="Old"))
    Index.open(index.path, Plain).add(Plain(id="2"))
    assert "note" in stored_schema(index)["unsearched"]
    with pytest.raises(SchemaMismatchError, match="note: .*may have values"):
        Index.open(index.path, Searched)
    assert Index.open(index.path, WithNote).get("1") == WithNote(id="1", note="Old")
    Index.reindex(index.path, model=Searched)
    assert Index.open(index.path, Searched).count("note:old") == 1
    assert stored_schema(index)["unsearched"] == []


@pytest.mark.parametrize("model", [Keeping, None])
def test_what_a_model_kept_besides_its_fields_is_not_new(tmp_path: Path, model: Any) -> None:
    index = Index.create(tmp_path / "index", Keeping)
    index.add(Keeping(id="1"))
    assert Index.open(index.path, Searched).get("1") == Searched(id="1")  # there is none so far
    opened: Index[Any] = Index.open(index.path, model)
    opened.add({"id": "2", "note": "Old", "more": 1})
    assert stored_schema(index)["unsearched"] == ["more", "note"]
    with pytest.raises(SchemaMismatchError, match="note: .*may have values"):
        Index.open(index.path, Searched)
    other = create_model("Other", __base__=Plain, owner=(MayHave, None))
    assert len(Index.open(index.path, other)) == 2
    Index.reindex(index.path, model=Searched)
    assert Index.open(index.path, Searched).count("note:old") == 1


def test_many_names_besides_the_fields_stand_for_any(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Keeping)
    index.add(Keeping.model_validate({"id": "1", **{f"n{n}": n for n in range(1_001)}}))
    assert stored_schema(index)["unsearched"] == ["*"]
    with pytest.raises(SchemaMismatchError, match="note: .*may have values"):
        Index.open(index.path, Searched)


def test_an_index_that_does_not_say_what_its_documents_have_besides(tmp_path: Path) -> None:
    """One of an earlier searchlib: in a model in a field may be anything."""
    index = Index.create(tmp_path / "index", house(Room | None))
    with IndexDirectory.open(index.path).writer(0) as writer:
        old = {name: value for name, value in stored_schema(index).items() if name != "unsearched"}
        writer.commit([], schema=old)
    with pytest.raises(SchemaMismatchError, match=r"room\.colour: .*may have values"):
        Index.open(index.path, house(room(colour=(MayHave, None)) | None))
    assert len(Index.open(index.path, house(Room | None, more=(MayHave, None)))) == 0


def test_a_new_computed_field_must_be_indexed(tmp_path: Path) -> None:
    class Named(Room):
        @computed_field  # type: ignore[prop-decorator]
        @property
        def initial(self) -> Label:
            return self.name[:1]

    index = Index.create(tmp_path / "index", house(Room | None))
    with pytest.raises(SchemaMismatchError, match=r"room\.initial: .*may have values"):
        Index.open(index.path, house(Named | None))
