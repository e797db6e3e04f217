"""What does a model say about its fields? Types and markers, found wherever they may stand."""

from __future__ import annotations

import dataclasses
import sys
import types
from collections import deque
from collections.abc import Collection, Iterable, MutableSequence, MutableSet, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import PurePath
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

import pydantic
from pydantic import BaseModel
from typing_extensions import ReadOnly, is_typeddict

from searchlib.errors import SchemaError
from searchlib.schema.fields import KINDS, NAMES, FieldSpec
from searchlib.schema.markers import Date, Key, Keyword, Marker, Number, Stored
from searchlib.schema.values import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.schema.fields import Kind

STANDS_FOR: Final[dict[type, type]] = {
    pydantic.EmailStr: str,
    pydantic.AwareDatetime: datetime,
    pydantic.NaiveDatetime: datetime,
    pydantic.PastDatetime: datetime,
    pydantic.FutureDatetime: datetime,
    pydantic.PastDate: date,
    pydantic.FutureDate: date,
}
"""What the values of pydantic's own names are, where they are not instances of these."""

_LABEL: Final = "label"
"""The kind of what is no text, but has one that it is known by."""

_ADDRESSES: Final[tuple[Any, ...]] = (
    *(pydantic.AnyUrl, IPv4Address, IPv6Address, IPv4Network, IPv6Network),
    *(pydantic.IPvAnyAddress, pydantic.IPvAnyInterface, pydantic.IPvAnyNetwork),
)
# In this order: a bool is an int and a datetime a date, by Python's reckoning.
_KIND_OF_TYPE: Final[tuple[tuple[type, str], ...]] = (
    (bool, "bool"), (int, "int"), (float, "float"), (Decimal, "decimal"),
    (datetime, "datetime"), (date, "date"), (str, "str"),
    (UUID, _LABEL), (PurePath, _LABEL),
    *((kind, _LABEL) for kind in _ADDRESSES),
)  # fmt: skip
_LISTS: Final = (
    *(list, tuple, set, frozenset, deque),
    *(Sequence, MutableSequence, Set, MutableSet, Collection, Iterable),
)
_AROUND: Final = (Required, NotRequired, ReadOnly)


@dataclass(slots=True)
class _Contents:
    """What was found in an annotation.

    Attributes:
        markers: The markers, each once.
        kinds: The types of the values, :data:`_LABEL` among them.
        members: The names of the members of enumerations, and the texts of their values.
        nested: The models, dataclasses and typed dicts that values are instances of; of generic
            ones with what stands for their type variables.
        has_others: Whether values may be anything else than such instances.
        depth: How many lists are within one another.
        depths: In how many lists the values are: several numbers if one may stand for a list.
        has_gaps: Whether lists may hold ``None``.
        unreachable: A marker that is where no value can be taken from.
    """

    markers: list[Marker] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    members: dict[str, str] = field(default_factory=dict)
    nested: list[Any] = field(default_factory=list)
    has_others: bool = False
    depth: int = 0
    depths: set[int] = field(default_factory=set)
    has_gaps: bool = False
    unreachable: Marker | None = None


def specs_of(model: type[BaseModel]) -> list[FieldSpec]:
    """Read the fields of a model, and those of the models in it that have markers.

    Raises:
        SchemaError: A type does not go with its marker, or a marker stands where it can't work.
    """
    found: dict[str, FieldSpec] = {}
    for spec in _specs(model, "", many=False, around=()):
        other = found.setdefault(spec.name, spec)
        if other != spec:
            raise SchemaError(
                f"field {spec.name!r}: expected the same in all models of a union, got "
                f"{other.describe()} and {spec.describe()}"
            )
    return [*found.values()]


def marked_computed(model: type[BaseModel], seen: tuple[Any, ...] = ()) -> dict[str, Any]:
    """Find the computed fields of a model that have a marker, or hold what has, and their types.

    Args:
        model: The model.
        seen: What it is found in, which is not looked into again.
    """
    return {
        name: info.return_type
        for name, info in model.model_computed_fields.items()
        if _marker_anywhere(info.return_type, name, (*seen, model))
    }


def is_alias(annotation: Any) -> bool:
    """Tell whether an annotation is a name for a type, as the statement ``type`` makes."""
    return type(annotation).__name__ == "TypeAliasType"


def unwrapped(annotation: Any) -> Any:
    """Look through what says nothing about the type of values."""
    inside = _inside(annotation)
    while inside is not annotation:
        annotation, inside = inside, _inside(inside)
    return annotation


def _inside(annotation: Any) -> Any:
    """Take off the outermost of what says nothing about the type of values, if there is any."""
    if get_origin(annotation) is Annotated or get_origin(annotation) in _AROUND:
        return get_args(annotation)[0]
    if hasattr(annotation, "__supertype__"):  # of a NewType
        return annotation.__supertype__
    return (annotation.__bound__ or Any) if isinstance(annotation, TypeVar) else annotation


def _specs(holder: Any, prefix: str, *, many: bool, around: tuple[Any, ...]) -> Iterator[FieldSpec]:
    """Give the fields of a model or of what is in one.

    Args:
        holder: The model, dataclass or typed dict.
        prefix: What stands before the names of its fields.
        many: Whether a document may have several of them.
        around: What it is in.
    """
    for name, annotation in annotations_of(holder).items():
        place = prefix + name
        contents = contents_of(annotation, place)
        marker = _only_marker(contents, place)
        if "." in name and (marker or not prefix):
            raise SchemaError(f"expected a field name that queries can use, got {name!r}")
        if marker is None or isinstance(marker, Stored):
            if not prefix:
                yield FieldSpec(place, Stored(), "json")
            if marker is None:
                here = many or contents.depth > 0
                yield from _nested_specs(contents, place, many=here, around=(*around, holder))
        else:
            yield _marked(place, marker, contents, annotation, many=many, is_nested=bool(prefix))


def class_of(holder: Any) -> type:
    """Give the class of a holder, without what stands for its type variables."""
    found: type = get_origin(holder) or holder
    return found


def annotations_of(holder: Any, seen: tuple[Any, ...] = ()) -> dict[str, Any]:
    """Give the types of the fields, with their markers; of computed fields those with markers."""
    if issubclass(class_of(holder), BaseModel):
        own = {
            name: Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            for name, info in holder.model_fields.items()
        }
        return {**own, **marked_computed(holder, seen)}
    bound = _bound_types(holder)
    return {name: _filled(hint, bound) for name, hint in _hints_of(class_of(holder)).items()}


def _bound_types(holder: Any) -> dict[Any, Any]:
    """Find what stands for the type variables of a generic class, and of those it is made from."""
    kind = class_of(holder)
    bound = dict(zip(getattr(kind, "__parameters__", ()), get_args(holder), strict=False))
    for base in getattr(kind, "__orig_bases__", ()):
        if isinstance(get_origin(base), type):
            for variable, given in _bound_types(base).items():
                bound.setdefault(variable, _filled(given, bound))
    return bound


def _filled(annotation: Any, bound: dict[Any, Any]) -> Any:
    """Put what stands for type variables into an annotation."""
    if isinstance(annotation, TypeVar):
        return bound.get(annotation, annotation)
    variables = getattr(annotation, "__parameters__", ())
    if not variables or isinstance(annotation, type):
        return annotation
    return annotation[tuple(bound.get(one, one) for one in variables)]


def _hints_of(holder: type) -> dict[str, Any]:
    try:
        return get_type_hints(holder, include_extras=True)
    except NameError as error:
        raise SchemaError(
            f"{holder.__name__}: expected types that can be found where it is defined: {error}"
        ) from error


def contents_of(annotation: Any, place: str, aliases: tuple[Any, ...] = ()) -> _Contents:
    """Look at an annotation, and at all that is in it.

    Args:
        annotation: The annotation.
        place: The name of the field whose it is, for messages.
        aliases: The names for types that it is in, which are not looked into again.

    Raises:
        SchemaError: A marker is no instance.
    """
    found = _Contents()
    _look(annotation, place, found, 0, aliases)
    return found


def _look(
    annotation: Any, place: str, found: _Contents, depth: int, aliases: tuple[Any, ...]
) -> None:
    """Look at an annotation, and at what is in it."""
    if get_origin(annotation) is Annotated:
        for item in get_args(annotation)[1:]:
            _take_marker(item, place, found)
    bare = _inside(annotation)
    if bare is not annotation:
        _look(bare, place, found, depth, aliases)
    elif is_alias(get_origin(bare) or bare):
        if bare not in aliases and bare is not pydantic.JsonValue:
            _look(_named_type(bare), place, found, depth, (*aliases, bare))
        else:
            found.kinds.add("json")
            found.has_others = True
    elif get_origin(bare) in (Union, types.UnionType):
        for arg in get_args(bare):
            if arg is not type(None):
                _look(arg, place, found, depth, aliases)
            elif depth:
                found.has_gaps = True
    elif get_origin(bare) in _LISTS or bare in _LISTS:
        found.depth = max(found.depth, depth + 1)
        for arg in get_args(bare) or (Any,):
            if arg is not Ellipsis:
                _look(arg, place, found, depth + 1, aliases)
    elif get_origin(bare) is Literal:
        found.depths.add(depth)
        found.has_others = True
        found.kinds.update(_kind_of_value(one) for one in get_args(bare) if one is not None)
    else:
        found.depths.add(depth)
        _look_at_rest(bare, place, found, aliases)


def _named_type(bare: Any) -> Any:
    """Find the type that a name for types stands for, with what is given for its type variables."""
    alias = get_origin(bare) or bare
    holder = types.SimpleNamespace(__annotations__={"value": alias.__value__})
    try:
        scope = vars(sys.modules[alias.__module__])
        value = get_type_hints(holder, scope, include_extras=True)["value"]
    except (NameError, KeyError) as error:
        raise SchemaError(
            f"{alias.__name__}: expected a type that can be found where it is defined: {error}"
        ) from error
    return _filled(value, dict(zip(alias.__type_params__, get_args(bare), strict=False)))


def _look_at_rest(bare: Any, place: str, found: _Contents, aliases: tuple[Any, ...]) -> None:
    origin = get_origin(bare)
    holder = origin or bare
    has_fields = isinstance(holder, type) and _has_fields(holder)
    if has_fields:
        found.nested.append(bare)
    else:
        found.has_others = True
    found.kinds |= _kinds_of(bare)
    if isinstance(bare, type) and issubclass(bare, Enum):
        found.members |= {name: text_of(one) for name, one in bare.__members__.items()}
    inside = get_args(bare) if isinstance(origin, type) else _of_named_tuple(bare)
    for arg in () if has_fields else inside:
        found.unreachable = found.unreachable or _marker_anywhere(arg, place, aliases)


def _of_named_tuple(bare: Any) -> Iterable[Any]:
    """Give the types of the fields of a named tuple, of which only the places are stored."""
    is_one = isinstance(bare, type) and issubclass(bare, tuple) and hasattr(bare, "_fields")
    return _hints_of(bare).values() if is_one else ()


def _marker_anywhere(annotation: Any, place: str, seen: tuple[Any, ...] = ()) -> Marker | None:
    """Find a marker in an annotation, or in what it holds."""
    contents = contents_of(annotation, place, seen)
    if contents.markers:
        return contents.markers[0]
    if contents.unreachable:
        return contents.unreachable
    for holder in contents.nested:
        if holder not in seen:
            for inner in annotations_of(holder, seen).values():
                marker = _marker_anywhere(inner, place, (*seen, holder))
                if marker is not None and not isinstance(marker, Stored):
                    return marker
    return None


def _take_marker(item: object, place: str, found: _Contents) -> None:
    if isinstance(item, type) and item in NAMES:
        raise SchemaError(f"field {place!r}: expected {item.__name__}(), got the class itself")
    if isinstance(item, Marker) and item not in found.markers:
        found.markers.append(item)


def _has_fields(kind: type) -> bool:
    return issubclass(kind, BaseModel) or dataclasses.is_dataclass(kind) or is_typeddict(kind)


def _kinds_of(bare: Any) -> set[str]:
    """Find the types of the values of a class: of an enumeration those of its members' values."""
    if not isinstance(bare, type):
        return {"json"}
    if issubclass(bare, Enum) and not issubclass(bare, str | int | float):
        return {_kind_of_value(member) for member in bare}
    return {_kind_of_type(bare)}


def _kind_of_type(bare: type) -> str:
    bare = STANDS_FOR.get(bare, bare)
    return next((kind for base, kind in _KIND_OF_TYPE if issubclass(bare, base)), "json")


def _kind_of_value(value: object) -> str:
    return _kind_of_type(type(value.value if isinstance(value, Enum) else value))


def _only_marker(contents: _Contents, place: str) -> Marker | None:
    if len(contents.markers) > 1:
        raise SchemaError(f"field {place!r}: expected one marker, got {len(contents.markers)}")
    if contents.unreachable is not None and contents.markers != [Stored()]:
        raise SchemaError(
            f"field {place!r}: expected markers of fields, in lists or in models, got "
            f"{type(contents.unreachable).__name__}() within a dict, a named tuple or another "
            "generic type; mark the field itself, or Stored() if nothing in it is to be searched"
        )
    return contents.markers[0] if contents.markers else None


def _marked(
    place: str,
    marker: Marker,
    contents: _Contents,
    annotation: Any,
    *,
    many: bool,
    is_nested: bool,
) -> FieldSpec:
    """Make the specification of a field with a marker."""
    kind = _common_kind(contents.kinds, marker)
    if kind is None or contents.depth > 1:
        expected = " or ".join(KINDS[type(marker)])
        raise SchemaError(
            f"field {place!r}: {type(marker).__name__}() goes with {expected}, got {annotation}"
        )
    if is_nested and isinstance(marker, Key):
        marker = Keyword(lowercase=False)  # it identifies what is in the document
    members = tuple(contents.members.items()) if isinstance(marker, Keyword | Number) else ()
    # A label that is known by its text is text in JSON, too.
    kinds = {"str" if one == _LABEL else one for one in contents.kinds}
    loose = len(kinds) > 1 or len(contents.depths) > 1 or contents.has_gaps
    return FieldSpec(place, marker, kind, many or contents.depth > 0, (), members, loose)


def _common_kind(kinds: set[str], marker: Marker) -> Kind | None:
    """Find the type that goes with a marker and that all values are of, or can be taken for."""
    allowed = KINDS[type(marker)]
    may_be = {*allowed, _LABEL} if isinstance(marker, Key | Keyword) else {*allowed}
    if not kinds or not kinds <= may_be:
        return None
    if len(kinds) == 1 and kinds != {_LABEL}:
        return next(kind for kind in allowed if kind in kinds)
    if isinstance(marker, Number):
        return "float"
    return "datetime" if isinstance(marker, Date) else "str"


def _nested_specs(
    contents: _Contents, place: str, *, many: bool, around: tuple[Any, ...]
) -> Iterator[FieldSpec]:
    for holder in contents.nested:
        if holder not in around:
            yield from _specs(holder, f"{place}.", many=many, around=around)
        elif any(_marker_anywhere(one, place) for one in annotations_of(holder).values()):
            raise SchemaError(
                f"field {place!r}: expected models with markers that are not within themselves, "
                f"got {holder.__name__} within {holder.__name__}; mark the field Stored() if "
                "nothing in it is to be searched"
            )
