"""Of which type is what JSON has of the values of an annotation?"""

from __future__ import annotations

import enum
import types
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, get_args, get_origin

if TYPE_CHECKING:
    from searchlib.schema.fields import Kind

# In this order: a bool is an int and a datetime a date, by Python's reckoning.
_KIND_OF_TYPE: Final[tuple[tuple[type, Kind], ...]] = (
    (bool, "bool"), (int, "int"), (float, "float"),
    (datetime, "datetime"), (date, "date"), (str, "str"),
)  # fmt: skip


def kind_of_values(annotation: Any) -> tuple[Kind, bool]:
    """Find the type of values, and whether they are lists of it: "json" where they have several."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind_of_values(args[0])
    if origin in (Union, types.UnionType):
        rest = [item for item in args if item is not type(None)]
        return kind_of_values(rest[0]) if len(rest) == 1 else ("json", False)
    if origin in (list, tuple, set, frozenset):
        found = {kind_of_values(item) for item in args if item is not Ellipsis}
        kind, nested = found.pop() if len(found) == 1 else ("json", False)
        return ("json", False) if nested or kind == "json" else (kind, True)
    return kind_of(annotation), False


def kind_of(annotation: Any) -> Kind:
    """Find the type of single values; "json" for one that the index does not know."""
    if get_origin(annotation) is Literal:
        kinds = {kind_of(type(value)) for value in get_args(annotation)}
        return kinds.pop() if len(kinds) == 1 else "json"
    if isinstance(annotation, type):
        if issubclass(annotation, enum.Enum) and not issubclass(annotation, str):
            return "json"
        return next((kind for base, kind in _KIND_OF_TYPE if issubclass(annotation, base)), "json")
    return "json"
