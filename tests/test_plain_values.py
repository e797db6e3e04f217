"""Values that are written as they are: the same ones by the kernel as by the reference."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic_core import to_json

from searchlib.schema import plain
from searchlib.schema.plain import WIDEST, Plain

COMPILED = "searchlib.schema.compiled"


@pytest.fixture(
    scope="module",
    params=[
        "numpy",
        pytest.param(
            "compiled",
            marks=pytest.mark.skipif(find_spec(COMPILED) is None, reason="no compiled kernels"),
        ),
    ],
)
def fields_of(request: pytest.FixtureRequest) -> Any:
    return plain.PlainFields if request.param == "numpy" else import_module(COMPILED).PlainFields


class Text(str):
    __slots__ = ()


class Size(IntEnum):
    SMALL = 1


class Note(BaseModel):
    text: str = ""
    size: int | None = None


TYPES = [str, bool, type(None), date, UUID]
kinds = st.recursive(
    st.builds(
        Plain,
        st.frozensets(st.sampled_from(TYPES), max_size=3),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    lambda inner: st.builds(
        Plain,
        st.frozensets(st.sampled_from(TYPES), max_size=2),
        items=st.none() | inner,
        values=st.none() | inner,
    ),
    max_leaves=4,
)
leaves: st.SearchStrategy[Any] = st.sampled_from(
    [
        "a", "", Text("a"), True, None, 0, -WIDEST, WIDEST, WIDEST + 1, -WIDEST - 1, 10**400,
        Size.SMALL, 0.5, math.inf, -math.nan, date(2025, 1, 2), datetime(2025, 1, 2),
        datetime(2025, 1, 2, tzinfo=UTC), UUID(int=1), b"a", timedelta(1), (), set(),
    ]
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["k", "", Text("k"), 1]), inner, max_size=2)
    ),
    max_leaves=5,
)


def is_plain(of: Plain, value: Any) -> bool:
    """Tell it once more, in the order of what is said of each attribute."""
    kind = type(value)
    if kind is list and of.items is not None:
        return all(is_plain(of.items, one) for one in value)
    if kind is dict and of.values is not None:
        return all(type(key) is str and is_plain(of.values, one) for key, one in value.items())
    return (
        any(kind is one for one in of.types)
        or (of.numbers and kind is int and value in range(-WIDEST, WIDEST + 1))
        or (of.floats and kind is float and value - value == 0)
        or (of.moments and kind is datetime and value.utcoffset() is None)
    )


@given(st.dictionaries(st.sampled_from("abc"), st.tuples(kinds, values)), st.data())
def test_plain_values_are_those_of_the_kinds_that_are_told(
    fields_of: Any, drawn: dict[str, tuple[Plain, Any]], data: st.DataObject
) -> None:
    fields = fields_of({name: kind for name, (kind, _) in drawn.items()}, None)
    expected = all(is_plain(kind, value) for kind, value in drawn.values())
    order = data.draw(st.permutations(list(drawn)))
    row = {name: drawn[name][1] for name in order}
    assert fields.hold(row) == expected
    assert fields.hold({"d": object(), **row}) == expected  # which is none of the fields
    for name in drawn:
        assert not fields.hold({other: row[other] for other in row if other != name})


def test_an_instance_of_plain_values_is_written_as_it_is(fields_of: Any) -> None:
    kinds = {"text": Plain(frozenset({str})), "size": Plain(frozenset({type(None)}), numbers=True)}
    fields = fields_of(kinds, Note)
    note = Note(text="a", size=3)
    assert fields.write(note) == b'{"text":"a","size":3}' == to_json(note)
    other: Any = b"a"
    assert fields.write(Note.model_construct(text=other, size=3)) is None
    assert fields.write(Note.model_construct(size=3)) is not None  # with its default
    note.__dict__["more"] = 1
    assert fields.write(note) is None
    assert fields.write({"text": "a", "size": 3}) is None
    assert fields_of(kinds, None).write(Note()) is None
    with pytest.raises(ValueError, match="surrogates"):
        fields.write(Note.model_construct(text="\ud800", size=None))


def test_nothing_is_plain_where_no_kind_is() -> None:
    assert not Plain()
    assert Plain(items=Plain(frozenset({str})))
    assert Plain(numbers=True)
