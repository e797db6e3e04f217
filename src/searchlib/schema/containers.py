"""How is what holds other values written as JSON, so that an equal one comes back?"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import core_schema, from_json, to_json

from searchlib.schema.codecs import (
    NATIVE,
    Codec,
    Unfit,
    expect_number,
    same,
    shown,
    unexpected,
)
from searchlib.schema.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_MOST_LEVELS: Final = 100
"""How deep what a document holds may be nested: the reader of JSON has a limit of its own."""

_TEXT: Final = frozenset({str})


class OptionalCodec(Codec):
    """``None``, or what another codec knows."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.plain = codec.plain | {type(None)}
        self.converts = codec.converts
        if codec.core_schema is not None:
            self.core_schema = core_schema.nullable_schema(codec.core_schema)

    @property
    def sure(self) -> Plain:
        """``None``, and what is plain to the other."""
        sure = self._codec.sure
        return sure._replace(types=sure.types | {type(None)}) if sure else sure

    def encode(self, value: Any) -> Any:
        """Write a value."""
        return None if value is None else self._codec.encode(value)

    def decode(self, value: Any) -> Any:
        """Read a value."""
        return None if value is None else self._codec.decode(value)


class ListCodec(Codec):
    """A list, a set or a tuple of any length.

    Args:
        kind: The class.
        item: What it holds.
    """

    def __init__(self, kind: Any, item: Codec) -> None:
        self._kind = kind
        self._name: str = kind.__name__
        self._item = item
        self._are_plain = item.plain.issuperset
        if kind is list and item.core_schema is not None:
            self.core_schema = core_schema.list_schema(item.core_schema, strict=True)

    @property
    def sure(self) -> Plain:
        """Lists of what is plain."""
        sure = self._item.sure
        return Plain(items=sure) if sure and self._kind is list else Plain()

    def encode(self, value: Any) -> Any:
        """Write what it holds, in its order."""
        if not isinstance(value, self._kind):
            raise unexpected(self._name, value)
        if not value or self._are_plain(map(type, value)):
            return [*value] if self._kind is deque else value  # pydantic 2.14 writes it itself
        return _each(self._item.encode, value)

    def decode(self, value: Any) -> Any:
        """Make it again."""
        if type(value) is not list:
            raise unexpected(self._name, value)
        if self._item.converts or not self._are_plain(map(type, value)):
            value = _each(self._item.decode, value)
        return value if self._kind is list else self._kind(value)


class TupleCodec(Codec):
    """A tuple of so many values.

    Args:
        items: Of which type each is.
    """

    def __init__(self, items: Sequence[Codec]) -> None:
        self._items = items

    def encode(self, value: Any) -> Any:
        """Write the values."""
        return [self._items[n].encode(one) for n, one in self._numbered(value, tuple)]

    def decode(self, value: Any) -> Any:
        """Make the tuple again."""
        return tuple(self._items[n].decode(one) for n, one in self._numbered(value, list))

    def _numbered(self, value: Any, kind: Any) -> Iterable[tuple[int, Any]]:
        if type(value) is not kind or len(value) != len(self._items):
            raise unexpected(f"a tuple of {len(self._items)}", value)
        return enumerate(value)


class DictCodec(Codec):
    """A dict.

    JSON has text for keys. Where the keys are of another kind, pairs are written instead.

    Args:
        key: What the keys are.
        value: What is under them.
    """

    def __init__(self, key: Codec, value: Codec) -> None:
        self._key = key
        self._value = value
        self._has_text = key.core_schema is NATIVE[str]
        if self._has_text and value.core_schema is not None:
            self.core_schema = core_schema.dict_schema(key.core_schema, value.core_schema)

    @property
    def sure(self) -> Plain:
        """Dicts of text and what is plain."""
        sure = self._value.sure
        return Plain(values=sure) if sure and self._has_text else Plain()

    def _is_plain(self, value: dict[Any, Any]) -> bool:
        """Tell whether JSON holds it as it is."""
        return (
            self._has_text
            and _TEXT.issuperset(map(type, value))
            and self._value.plain.issuperset(map(type, value.values()))
        )

    def encode(self, value: Any) -> Any:
        """Write what it holds, in its order."""
        if type(value) is not dict:
            raise unexpected("dict", value)
        if not value or self._is_plain(value):
            return value
        pairs = [
            (_as_read(self._key.encode(key)), _inside(key, self._value.encode, one))
            for key, one in value.items()
        ]
        as_object = all(type(text) is str for text, _ in pairs)
        return dict(pairs) if as_object else [*map(list, pairs)]

    def decode(self, value: Any) -> Any:
        """Make the dict again."""
        if not self._value.converts and type(value) is dict and self._is_plain(value):
            return value
        if type(value) is list and all(type(pair) is list and len(pair) == 2 for pair in value):
            pairs = value
        elif type(value) is dict:
            pairs = [*value.items()]
        else:
            raise unexpected("dict", value)
        return {self._key.decode(key): _inside(key, self._value.decode, one) for key, one in pairs}


class JsonCodec(Codec):
    """Whatever JSON has values for: what is marked ``Any`` or ``JsonValue``."""

    converts = False
    plain = frozenset({str, bool, type(None)})
    core_schema = core_schema.any_schema()

    @property
    def sure(self) -> Plain:
        """What is nested in nothing."""
        return Plain(self.plain, numbers=True, floats=True)

    def encode(self, value: Any) -> Any:
        """Take a value that JSON can hold."""
        _expect_json(value, _MOST_LEVELS)
        return value

    def decode(self, value: Any) -> Any:
        """Take what JSON holds."""
        return value


class UnionCodec(Codec):
    """One of several types. The first that writes a value as it stands there has written it.

    Args:
        members: The types.
    """

    def __init__(self, members: Sequence[Codec]) -> None:
        self._members = members

    def encode(self, value: Any) -> Any:
        """Write a value, if the same member would read it."""
        written = self._written(value)
        found = self.decode(_as_read(written))
        if not same(found, value):
            raise Unfit(
                f"expected a value that is told from those of the other types of the union, got "
                f"{shown(value)}, which would come back as {shown(found)}"
            )
        return written

    def _written(self, value: Any) -> Any:
        reasons = []
        for member in self._members:
            try:
                return member.encode(value)
            except Unfit as error:
                reasons.append(str(error))
        raise Unfit("; or ".join(reasons))

    def decode(self, value: Any) -> Any:
        """Read a value by the first member that would write it so."""
        for member in self._members:
            try:
                found = member.decode(value)
                if _as_read(member.encode(found)) == value:
                    return found
            except Unfit:
                continue
        raise unexpected("a value of one of the types of the union", value)


class ForeignCodec(Codec):
    """A type that only pydantic knows. Whether it gives values back is seen value by value.

    Args:
        adapter: The :class:`pydantic.TypeAdapter` of it.
        name: What it is called in messages.
    """

    def __init__(self, adapter: Any, name: str) -> None:
        self._adapter = adapter
        self._name = name

    def encode(self, value: Any) -> Any:
        """Write a value, if an equal one comes back."""
        try:
            text = self._adapter.dump_json(value, by_alias=False, round_trip=True, warnings=False)
            written = from_json(text)
        except Exception as error:  # serializers are of the user's making
            raise Unfit(f"expected a value that JSON can hold, got {shown(value)}") from error
        _expect_json(written, _MOST_LEVELS)
        found = self.decode(written)
        if not same(found, value):
            raise Unfit(
                f"expected a value that comes back as it was, got {shown(value)}, of which "
                f"{shown(found)} would come back"
            )
        return written

    def decode(self, value: Any) -> Any:
        """Read a value."""
        try:
            return self._adapter.validate_json(to_json(value), by_alias=False, by_name=True)
        except Exception as error:  # validators are of the user's making
            raise unexpected(self._name, value) from error


def _each(change: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    """Encode or decode several values, and say of one that is unfit which it is."""
    found = []
    for number, value in enumerate(values):
        try:
            found.append(change(value))
        except Unfit as error:
            raise error.within(str(number)) from error
    return found


def _inside(key: object, change: Callable[[Any], Any], value: Any) -> Any:
    try:
        return change(value)
    except Unfit as error:
        raise error.within(key if isinstance(key, str) else shown(key)) from error


def _as_read(written: Any) -> Any:
    """Give what is read of what is written."""
    return from_json(to_json(written)) if type(written) not in NATIVE else written


def _expect_json(value: Any, levels: int) -> None:
    """Make sure that JSON holds a value as it is, and not something like it."""
    kind = type(value)
    if kind in JsonCodec.plain:
        return
    if kind is int or kind is float:
        expect_number(value)
        return
    if levels == 0:
        raise Unfit(f"expected values that are nested up to {_MOST_LEVELS} levels deep, got more")
    if kind is list:
        _each(lambda one: _expect_json(one, levels - 1), value)
    elif kind is dict:
        for key, one in value.items():
            if type(key) is not str:
                raise unexpected("text for a key", key)
            _inside(key, lambda inner: _expect_json(inner, levels - 1), one)
    else:
        raise unexpected("what JSON can hold (text, numbers, bools, None, lists, dicts)", value)
