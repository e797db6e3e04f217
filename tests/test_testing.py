"""Models and documents that hypothesis makes come back equal through everything that moves them."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from pydantic import (
    AnyUrl,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    computed_field,
    create_model,
    field_serializer,
    field_validator,
)

from searchlib import Article, Date, Index, Key, Keyword, Number, Text
from searchlib.errors import SchemaError
from searchlib.schema.models import DocumentSchema
from searchlib.testing import documents_of, round_trip_machine

QUICK = settings(
    max_examples=6,
    stateful_step_count=10,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Color(enum.Enum):
    RED = "Red"
    FOUR = 4


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Place(BaseModel):
    city: Annotated[str, Keyword()] = ""
    at: tuple[float, float] | None = None
    hidden: int = Field(0, exclude=True)


class Tricky(BaseModel):
    model_config = ConfigDict(frozen=True)

    number: Annotated[int, Key()] = Field(alias="no")
    title: Annotated[str, Text()] = ""
    price: Annotated[Decimal | None, Number()] = None
    share: Annotated[float, Number()] = 0.5
    at: Annotated[AwareDatetime | None, Date()] = None
    place: Place | list[Place] | None = None
    data: dict[int, JsonValue] = {}

    @field_validator("title")
    @classmethod
    def shout(cls, title: str) -> str:
        return f"{title}!"

    @field_serializer("title")
    def hide(self, title: str) -> str:
        return "hidden"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def length(self) -> Annotated[int, Number()]:
        return len(self.title)


class Small(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = ""
    tags: Annotated[list[str], Keyword()] = []
    note: int = 3


class Larger(Small):
    tags: Annotated[list[str], Keyword(facet=True)] = []
    words: Annotated[int | None, Number(sortable=True)] = None
    place: Place | None = None
    extra: dict[str, int] = {}


class Largest(Larger):
    title: Annotated[str, Text(boost=2.0)] = "none"
    days: Annotated[set[str], Keyword()] = set()
    summary: Annotated[str, Text()] = ""


@pytest.mark.parametrize(
    ("model", "later"),
    [(Article, ()), (Tricky, ()), (Small, (Larger, Largest))],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_documents_come_back_through_everything(
    model: type[BaseModel], later: tuple[type[BaseModel], ...]
) -> None:
    run_state_machine_as_test(round_trip_machine(model, later=later), settings=QUICK)


SCALARS: list[Any] = [
    str, int, float, bool, bytes, date, datetime, time, timedelta, Decimal, uuid.UUID, Color, Level,
    IPv4Address, Path, AnyUrl, JsonValue, Place, AwareDatetime, Literal["a", 1],
    Annotated[str, StringConstraints(to_lower=True, strip_whitespace=True)],
]  # fmt: skip
HASHABLE: list[Any] = [str, int, date, uuid.UUID, Color, Level, bool, tuple[int, str]]
MARKED: list[Any] = [
    Annotated[str, Text()], Annotated[list[str], Text(language="auto")],
    Annotated[Color | None, Keyword()], Annotated[set[int], Keyword(lowercase=False)],
    Annotated[Decimal | None, Number()], Annotated[float, Number()], Annotated[int, Number()],
    Annotated[datetime | None, Date()], Annotated[date, Date()],
    list[Annotated[str, Keyword()]] | None,
]  # fmt: skip
hints = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: st.one_of(
        inner.map(lambda hint: hint | None if hint is not JsonValue else hint),
        inner.map(lambda hint: list[hint]),  # type: ignore[valid-type]
        st.sampled_from(HASHABLE).map(lambda hint: frozenset[hint]),  # type: ignore[valid-type]
        st.tuples(inner, inner).map(lambda both: tuple[both]),  # type: ignore[valid-type]
        st.tuples(st.sampled_from(HASHABLE), inner).map(
            lambda both: dict[both[0], both[1]]  # type: ignore[valid-type]
        ),
    ),
    max_leaves=4,
)
keys = st.sampled_from([str, int, uuid.UUID, Color, Level, date])


@st.composite
def models(draw: st.DrawFn) -> type[BaseModel]:
    """Make a model with fields of any types."""
    key = draw(keys.filter(lambda kind: kind is not date))
    fields: dict[str, Any] = {"k": (Annotated[key, Key()], ...)}
    for number in range(draw(st.integers(0, 4))):
        fields[f"f{number}"] = (draw(hints | st.sampled_from(MARKED)), ...)
    made = create_model("Made", **fields)
    try:
        DocumentSchema.of(made)
    except SchemaError:  # a model with markers as the values of a dict is refused, in words
        reject()
    return made


def test_models_of_any_types_give_their_documents_back() -> None:
    more = settings(QUICK, max_examples=15, stateful_step_count=6)
    run_state_machine_as_test(round_trip_machine(models()), settings=more)


def test_the_machine_finds_what_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    restore = Index.get

    def forgetful(index: Index[Any], key: str) -> Any:
        found = restore(index, key)
        return None if found is None else found.model_copy(update={"note": 3})

    monkeypatch.setattr(Index, "get", forgetful)
    # It ends with the first of these that fails; a few alone may add nothing and look at nothing.
    enough = settings(QUICK, database=None, max_examples=200, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(round_trip_machine(Small), settings=enough)


@given(documents_of(Tricky))
@settings(QUICK)
def test_documents_fit_their_model(document: Tricky) -> None:
    assert document.title.endswith("!") or document.title == ""
    assert isinstance(document.number, int)
