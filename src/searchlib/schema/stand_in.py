"""What model have documents whose own is not at hand? One made of the fields of their schema."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, create_model

from searchlib.schema.markers import Date, Key, Keyword, Number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from searchlib.schema.fields import FieldSpec, Kind

_TYPES: Final[dict[Kind, Any]] = {
    "str": str, "int": int, "float": float, "decimal": Decimal, "bool": bool,
    "date": date, "datetime": datetime,
}  # fmt: skip


def stand_in_of(
    model_name: str,
    fields: Mapping[str, FieldSpec],
    readers: Mapping[str, Callable[[Any], Any]] = MappingProxyType({}),
) -> type[BaseModel]:
    """Make a model for documents whose own is not at hand: all but the key may be missing.

    Args:
        model_name: Its name, perhaps behind those of modules.
        fields: The fields.
        readers: For some of them, but not the key, what turns a value that is given into one of
            the field's type.
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
    return create_model(name, __config__=ConfigDict(extra="allow"), **made)


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
