"""What model have documents whose own is not at hand? One made of the fields of their schema."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue, create_model

from searchlib.schema.markers import Key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from searchlib.schema.fields import FieldSpec, Kind

_TYPES: Final[dict[Kind, Any]] = {
    "str": str, "int": int, "float": float, "decimal": Decimal, "bool": bool,
    "date": date, "datetime": datetime,
}  # fmt: skip


def stand_in_of(model_name: str, fields: Mapping[str, FieldSpec]) -> type[BaseModel]:
    """Make a model for documents whose own is not at hand: all but the key may be missing."""
    made: dict[str, Any] = {}
    for name, spec in fields.items():
        value: Any = _TYPES.get(spec.kind, JsonValue)
        if isinstance(spec.marker, Key):
            made[name] = (Annotated[value, spec.marker], ...)
        elif spec.many and not spec.is_nested:
            values = Annotated[list[value] | None, spec.marker]
            made[name] = (values, Field(default_factory=list))
        elif not spec.is_nested:
            made[name] = (Annotated[value | None, spec.marker], None)
    name = model_name.rpartition(".")[2] or "Document"
    return create_model(name, __config__=ConfigDict(extra="allow"), **made)
