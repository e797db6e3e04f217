"""Which codec writes the values of a type?"""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from pathlib import Path, PosixPath, PurePath, PurePosixPath, PureWindowsPath
from typing import (
    Annotated,
    Any,
    Final,
    ForwardRef,
    Literal,
    Union,
    get_args,
    get_origin,
)
from uuid import UUID

import pydantic
from pydantic import BaseModel, TypeAdapter
from pydantic_core import to_json

from searchlib.errors import SchemaError
from searchlib.schema.annotations import STANDS_FOR, is_alias, marked_computed, unwrapped
from searchlib.schema.codecs import (
    Codec,
    EnumValueCodec,
    LiteralCodec,
    MomentCodec,
    NativeCodec,
    TextCodec,
    is_finite,
    read_bytes,
    write_bytes,
)
from searchlib.schema.containers import (
    DictCodec,
    ForeignCodec,
    JsonCodec,
    ListCodec,
    OptionalCodec,
    TupleCodec,
    UnionCodec,
)
from searchlib.schema.documents import ModelCodec

_NATIVE: Final = (str, int, float, bool)
_AS_TEXT: Final = (
    *(IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network),
    *(Path, PosixPath, PurePath, PurePosixPath, PureWindowsPath, Decimal),
)
_span: Final = TypeAdapter(timedelta)
_CODECS: Final[dict[Any, Codec]] = {
    Any: JsonCodec(),
    object: JsonCodec(),
    None: NativeCodec([type(None)]),
    type(None): NativeCodec([type(None)]),
    **{kind: NativeCodec([kind]) for kind in _NATIVE},
    **{kind: TextCodec(kind) for kind in _AS_TEXT},
    UUID: TextCodec(UUID, is_plain=True),
    date: TextCodec(date, date.isoformat, date.fromisoformat, is_plain=True),
    datetime: MomentCodec(),
    time: TextCodec(time, time.isoformat, time.fromisoformat),
    timedelta: TextCodec(
        timedelta, lambda span: to_json(span).decode().strip('"'), _span.validate_python
    ),
    bytes: TextCodec(bytes, write_bytes, read_bytes),
}
_LISTS: Final = (list, set, frozenset, deque)
_REFUSED: Final = {
    pydantic.SecretStr: "would be written as plain text",
    pydantic.SecretBytes: "would be written as plain text",
    pydantic.Secret: "would be written as plain text",
    pydantic.ImportString: "would be imported when an index is read",
}

_ONCE: Final = (Iterable, Generator)
"""Of these pydantic makes what gives its values away as they are read."""


class Codecs:
    """Makes the codecs of models, and of all that is in them."""

    def __init__(self) -> None:
        self._models: dict[type, ModelCodec] = {}
        self._unfinished: set[object] = set()
        self._by_value = False  # whether enumerations have given way to the values of their members

    def of_model(self, model: type[BaseModel], place: str = "") -> ModelCodec:
        """Make the codec of a model.

        Args:
            model: The model.
            place: The field that it is in, for messages.

        Raises:
            SchemaError: A field is of a type whose values can't be written.
        """
        codec = self._models.get(model)
        if codec is not None:
            if model in self._unfinished:
                codec.is_checked = True  # it holds itself, perhaps more deeply than can be read
            return codec
        codec = self._models[model] = ModelCodec(model)
        self._unfinished.add(model)
        prefix = f"{place}." if place else ""
        fields = {
            name: Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            for name, info in model.model_fields.items()
        }
        around, self._by_value = self._by_value, bool(model.model_config.get("use_enum_values"))
        codecs = {name: self.of(hint, prefix + name) for name, hint in fields.items()}
        self._by_value = around
        for name, info in model.model_fields.items():
            if info.default is None:  # whatever the type says: pydantic looks at no default
                codecs[name] = OptionalCodec(codecs[name])
        computed = {
            name: self.of(hint, prefix + name) for name, hint in marked_computed(model).items()
        }
        codec.take_codecs(codecs, computed, lambda name, value: _converted(fields[name], value))
        self._unfinished.discard(model)
        return codec

    def of(self, annotation: Any, place: str) -> Codec:
        """Make the codec of a type.

        Args:
            annotation: The type, as an annotation.
            place: The field whose it is, for messages.

        Raises:
            SchemaError: Its values can't be written.
        """
        bare, whole = unwrapped(annotation), annotation
        if bare is pydantic.JsonValue:
            return JsonCodec()
        if is_alias(bare):
            return self._of_alias(bare, place)
        origin, args = get_origin(bare), get_args(bare)
        _expect_readable(annotation, place)
        if origin in (Union, types.UnionType):
            return self._of_union(args, place)
        if origin is Literal:
            return _of_literal(args)
        if origin is not None:
            return self._of_collection(origin, args, place) or _foreign(whole, place)
        if isinstance(bare, type):
            return self._of_class(bare, place) or _foreign(whole, place)
        known = _CODECS.get(bare) if bare is None or bare is Any else None
        return known or _foreign(whole, place)

    def _of_alias(self, alias: Any, place: str) -> Codec:
        """Look through a name for a type; of one that is within itself pydantic knows the end."""
        is_forward = any(isinstance(one, str | ForwardRef) for one in _parts(alias.__value__))
        if is_forward or alias in self._unfinished:
            return _foreign(alias, place)
        self._unfinished.add(alias)
        codec = self.of(alias.__value__, place)
        self._unfinished.discard(alias)
        return codec

    def _of_union(self, args: tuple[Any, ...], place: str) -> Codec:
        members = [self.of(arg, place) for arg in args if arg is not type(None)]
        native = [member for member in members if type(member) is NativeCodec]
        if len(native) > 1:
            merged = NativeCodec({kind for member in native for kind in member.types})
            members = [merged, *(member for member in members if member not in native)]
        codec = members[0] if len(members) == 1 else UnionCodec(members)
        return OptionalCodec(codec) if type(None) in args else codec

    def _of_collection(self, origin: Any, args: tuple[Any, ...], place: str) -> Codec | None:
        if origin in _LISTS:
            return ListCodec(origin, self.of(args[0], place))
        if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
            return ListCodec(tuple, self.of(args[0], place))
        if origin is tuple:
            return TupleCodec([self.of(arg, place) for arg in args])
        if origin is dict:
            return DictCodec(self.of(args[0], place), self.of(args[1], place))
        return None

    def _of_class(self, kind: type, place: str) -> Codec | None:
        if issubclass(kind, BaseModel):
            return self.of_model(kind, place)
        if kind in _LISTS or kind is tuple:
            return ListCodec(kind, JsonCodec())
        if kind is dict:
            return DictCodec(JsonCodec(), JsonCodec())
        if issubclass(kind, Enum) and self._by_value and _are_native(kind):
            return EnumValueCodec(kind)
        if issubclass(kind, Enum):
            return _of_enum(kind)
        return _CODECS.get(STANDS_FOR.get(kind, kind))


def _of_literal(values: tuple[Any, ...]) -> Codec:
    return LiteralCodec([(value, _of_member(value)) for value in values])


def _of_member(value: Any) -> Any:
    """Write one of the values of a ``Literal``, of a member as its enumeration would."""
    if isinstance(value, Enum):
        return value.value if _has_native_values(type(value)) else value.name
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else value


def _of_enum(kind: type[Enum]) -> Codec:
    """Write members by their values where JSON has these, and else by their names."""
    if issubclass(kind, Flag):
        return TextCodec(kind, lambda flag: flag.value, kind)
    members = [*kind]
    if _has_native_values(kind):
        return LiteralCodec([(member, member.value) for member in members], frozenset({kind}))
    return LiteralCodec([(member, member.name) for member in members])


def _are_native(kind: type[Enum]) -> bool:
    return all(type(member.value) in _NATIVE for member in kind)


def _has_native_values(kind: type[Enum]) -> bool:
    return _are_native(kind) and all(is_finite(member.value) for member in kind)


def _foreign(annotation: Any, place: str) -> Codec:
    name = getattr(annotation, "__name__", None) or str(annotation)
    try:
        return ForeignCodec(TypeAdapter(annotation), name)
    except Exception as error:  # pydantic's, or of a class that makes its schema itself
        raise SchemaError(
            f"field {place!r}: expected a type whose values can be written as JSON, got {name}; "
            "use another type, or a private attribute for what need not be stored"
        ) from error


def _expect_readable(annotation: Any, place: str) -> None:
    """Make sure that values may be written, and read."""
    for part in _parts(annotation):
        kind = part if isinstance(part, type) else type(part)
        reason = next((told for one, told in _REFUSED.items() if issubclass(kind, one)), None)
        if part in _ONCE:
            reason = "can be read once only; use a list"
        if reason:
            name = getattr(part, "__name__", kind.__name__)
            raise SchemaError(
                f"field {place!r}: expected values that may stand in an index, got {name}, which "
                f"{reason}; use a private attribute, or another type"
            )


def _parts(annotation: Any) -> Iterator[Any]:
    """Give an annotation, and what is written into it."""
    yield annotation
    if isinstance(origin := get_origin(annotation), type):
        yield origin
    for arg in get_args(annotation):
        yield from _parts(arg)


def _converted(annotation: Any, value: Any) -> Any:
    """Make what JSON has a value of a type as pydantic does, or raise what it raises."""
    return TypeAdapter(annotation).validate_python(value, by_alias=False, by_name=True)


@lru_cache(maxsize=64)
def codec_of(model: type[BaseModel]) -> ModelCodec:
    """Find the codec of a model.

    Raises:
        SchemaError: A field is of a type whose values can't be written.
    """
    return Codecs().of_model(model)
