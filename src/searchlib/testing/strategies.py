"""What documents of a model may be: strategies for hypothesis."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

import pydantic
from hypothesis import provisional, reject
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from searchlib.schema.annotations import STANDS_FOR, annotations_of, is_alias, unwrapped

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Model = TypeVar("Model", bound=BaseModel)
Documents = Callable[["type[BaseModel]"], "SearchStrategy[Any]"]

_LISTS: Final[dict[Any, Any]] = {list: st.lists, set: st.sets, frozenset: st.frozensets}
_NATIVE: Final = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
_JSON: Final = st.recursive(
    _NATIVE,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
_KNOWN: Final[dict[Any, Any]] = {
    Any: _JSON,
    object: _JSON,
    pydantic.JsonValue: _JSON,
    str: st.text(max_size=20) | st.sampled_from(["a", "b", " A storm! "]),
    datetime: st.datetimes() | st.datetimes(timezones=st.timezones()),
    Path: st.text("ab./", min_size=1).map(Path),
    pydantic.HttpUrl: provisional.urls(),
    pydantic.AnyUrl: provisional.urls(),
    pydantic.EmailStr: st.emails(),
    pydantic.IPvAnyAddress: st.ip_addresses(),
    pydantic.AwareDatetime: st.datetimes(timezones=st.timezones()),
    pydantic.NaiveDatetime: st.datetimes(),
}


def documents_of(model: type[Model]) -> SearchStrategy[Model]:
    """Make documents of a model: whatever its types allow, where its validators allow it, too.

    Args:
        model: The model.
    """
    fields = {
        name: _values(
            Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
        )
        for name, info in model.model_fields.items()
    }
    needed = {name for name, info in model.model_fields.items() if info.is_required()}
    given = st.fixed_dictionaries(
        {name: fields[name] for name in needed},
        optional={name: fields[name] for name in fields if name not in needed},
    )
    return given.map(lambda values: _made(model, values))


def _made(model: type[Model], values: dict[str, Any]) -> Model:
    try:
        return model.model_validate(values, by_alias=False, by_name=True)
    except ValidationError:
        reject()


def _values(annotation: Any) -> SearchStrategy[Any]:
    """Make values of a type."""
    bare = unwrapped(annotation)
    origin, args = get_origin(bare), get_args(bare)
    if bare in _KNOWN:
        return _KNOWN[bare]  # type: ignore[no-any-return]
    if is_alias(bare):
        return _values(bare.__value__)
    if origin in (Union, types.UnionType):
        return st.one_of([_values(arg) for arg in args])
    if origin is Literal:
        return st.sampled_from(args)
    if origin in _LISTS:
        return _LISTS[origin](_values(args[0]), max_size=3)  # type: ignore[no-any-return]
    if origin is tuple and args[-1] is not Ellipsis:
        return st.tuples(*map(_values, args))
    if origin is tuple:
        return st.lists(_values(args[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(_values(args[0]), _values(args[1]), max_size=3)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return st.deferred(lambda: documents_of(bare))
    if dataclasses.is_dataclass(origin):  # a generic one: hypothesis does not know it
        made: Any = origin
        inside = annotations_of(bare).items()
        return st.builds(made, **{name: _values(hint) for name, hint in inside})
    return st.from_type(STANDS_FOR.get(bare, bare) if isinstance(bare, type) else annotation)
