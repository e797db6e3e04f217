"""What model have documents whose own is not at hand? One made of the fields of their schema."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import BaseModel, BeforeValidator, Field, JsonValue, create_model

from searchlib.schema.fields import FieldSpec
from searchlib.schema.markers import Date, Key, Keyword, Number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from searchlib.schema.fields import Kind

_TYPES: Final[dict[Kind, Any]] = {
    "str": str, "int": int, "float": float, "decimal": Decimal, "bool": bool,
    "date": date, "datetime": datetime,
}  # fmt: skip


class _StandIn(BaseModel, extra="allow"):
    """What such models have in common."""


class _KnownStandIn(_StandIn):
    """A model that can be made again: its documents can be pickled, without their class."""

    _made_of: ClassVar[tuple[str, str]]

    def __reduce__(self) -> tuple[Any, ...]:
        return _empty, self._made_of, self.__getstate__()


def stand_in_for(model_name: str, fields: Mapping[str, FieldSpec]) -> type[BaseModel]:
    """Make such a model, or give the one that was made of the same fields before.

    So documents of two indexes, or of one that is opened twice, can be compared.

    Args:
        model_name: Its name, perhaps behind those of modules.
        fields: The fields.
    """
    return _known_stand_in(model_name, json.dumps([spec.to_json() for spec in fields.values()]))


@lru_cache(maxsize=64)
def _known_stand_in(model_name: str, specs: str) -> type[BaseModel]:
    fields = map(FieldSpec.from_json, json.loads(specs))
    named = {spec.name: spec for spec in fields}
    model: Any = stand_in_of(model_name, named, base=_KnownStandIn)
    model._made_of = (model_name, specs)
    return model  # type: ignore[no-any-return]


def _empty(model_name: str, specs: str) -> BaseModel:
    """Make what a document is unpickled into."""
    model = _known_stand_in(model_name, specs)
    return model.__new__(model)


def stand_in_of(
    model_name: str,
    fields: Mapping[str, FieldSpec],
    readers: Mapping[str, Callable[[Any], Any]] = MappingProxyType({}),
    *,
    base: type[BaseModel] = _StandIn,
) -> type[BaseModel]:
    """Make a model for documents whose own is not at hand: all but the key may be missing.

    Args:
        model_name: Its name, perhaps behind those of modules.
        fields: The fields.
        readers: For some of them, but not the key, what turns a value that is given into one of
            the field's type.
        base: What it is derived from.
    """
    made: dict[str, Any] = {}
    for name, spec in fields.items():
        value: Any = _type_of(spec)
        if isinstance(spec.marker, Key):
            made[name] = (Annotated[value, spec.marker], ...)
        elif spec.many and not spec.is_nested:
            several: Any = list[value | None] | value if spec.loose else list[value]
            values = Annotated[several | None, spec.marker]
            made[name] = (_read_by(readers.get(name), values), Field(default_factory=list))
        elif not spec.is_nested:
            one = Annotated[value | None, spec.marker]
            made[name] = (_read_by(readers.get(name), one), None)
    name = model_name.rpartition(".")[2] or "Document"
    return create_model(name, __base__=base, **made)


def _type_of(spec: FieldSpec) -> Any:
    if not spec.loose:
        return _TYPES.get(spec.kind, JsonValue)
    match spec.marker:
        case Keyword() | Key():
            return str | int | bool
        case Number():
            return int | float | Decimal
        case Date():
            return date | datetime
        case _:
            return _TYPES.get(spec.kind, JsonValue)


def _read_by(reader: Callable[[Any], Any] | None, annotation: Any) -> Any:
    return Annotated[annotation, BeforeValidator(reader)] if reader else annotation
