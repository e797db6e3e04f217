"""How is a value written as JSON, so that an equal one comes back?

What pydantic would do is not asked: a validator may change a value that it has passed before, and
a serializer may leave something out. A codec knows the type of a field alone. It takes the values
of that type and writes them so that reading gives an equal one, or it says that it can't.
"""

from __future__ import annotations

import base64
import math
from datetime import date, datetime, timedelta
from enum import Enum, Flag
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from pydantic_core import CoreSchema, core_schema

from searchlib.schema.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

NATIVE: Final[dict[type, CoreSchema]] = {
    str: core_schema.str_schema(strict=True),
    int: core_schema.int_schema(strict=True),
    float: core_schema.float_schema(strict=True, allow_inf_nan=False),
    bool: core_schema.bool_schema(strict=True),
    type(None): core_schema.none_schema(),
}
"""The types of which JSON has values of its own."""

_LARGEST: Final = 10**4000 - 1
"""The largest whole number that is written: readers of JSON take some 300 digits more."""

_TEXTUAL: Final[dict[type, CoreSchema]] = {
    date: core_schema.date_schema(strict=True),
    datetime: core_schema.datetime_schema(strict=True),
    UUID: core_schema.uuid_schema(strict=True),
}

_SHOWN: Final = 60


class Unfit(ValueError):  # noqa: N818 - says what is the matter, as a name should
    """A value is none of the type, or can't be written so that an equal one comes back.

    Args:
        reason: What was expected, and what came.
        path: Where the value is in the document: names of fields, numbers in lists.
    """

    def __init__(self, reason: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path

    def within(self, step: str) -> Unfit:
        """Give the same, seen from one level further out."""
        return Unfit(self.reason, (step, *self.path))

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}: {self.reason}" if self.path else self.reason


class Codec:
    """Writes and reads the values of one type; this one knows none.

    Attributes:
        plain: Of values of exactly these types nothing has to be looked at: JSON is written of them
            as :meth:`encode` would.
        sure: All values that are told fast to be such.
        converts: Whether reading makes something else of what JSON has.
        core_schema: By which pydantic's core, which runs no code of the model, reads the same; it
            is far faster. ``None`` if there is none.
    """

    plain: frozenset[type] = frozenset()
    converts = True
    core_schema: CoreSchema | None = None

    @property
    def sure(self) -> Plain:
        """The values that are told fast to be plain."""
        return Plain(self.plain)

    def encode(self, value: Any) -> Any:
        """Give what JSON shall hold in the place of a value.

        Raises:
            Unfit: It is none of the type, or an equal value could not be read.
        """
        raise NotImplementedError

    def decode(self, value: Any) -> Any:
        """Make the value again of what JSON holds.

        Raises:
            Unfit: It is not what :meth:`encode` writes.
        """
        raise NotImplementedError


class NativeCodec(Codec):
    """Text, numbers, bools and ``None``.

    Args:
        types: Which of them.
    """

    converts = False

    def __init__(self, types: Collection[type]) -> None:
        self.types: Final = frozenset(types)
        if len(self.types) == 1:
            [kind] = self.types
            self.core_schema = NATIVE[kind]
        self.plain = self.types - {float, int}  # of numbers not all can be written and read

    @property
    def sure(self) -> Plain:
        """Those, and all but the largest numbers."""
        return Plain(self.plain, numbers=int in self.types, floats=float in self.types)

    def encode(self, value: Any) -> Any:
        """Take a value of one of the types, or of one derived from them."""
        kind = type(value)
        if kind not in self.types:
            value = self._as_base(value)
        expect_number(value)
        return value

    def _as_base(self, value: Any) -> Any:
        """Write a str or int of a class of its own, as members of enumerations are, as a plain one.

        An int may stand for a float, as everywhere in Python, if there is a float that equals it.
        """
        base = next((kind for kind in (str, int, float) if isinstance(value, kind)), None)
        if base is int and int not in self.types and float in self.types:
            return _as_float(value)
        if base in self.types:
            return {str: str.__str__, int: int.__int__, float: float.__float__}[base](value)
        raise unexpected(" or ".join(sorted(kind.__name__ for kind in self.types)), value)

    def decode(self, value: Any) -> Any:
        """Take what JSON holds, if it is of one of the types."""
        kind = type(value)
        if kind in self.types or (kind is int and float in self.types):
            return value
        raise unexpected(" or ".join(sorted(kind.__name__ for kind in self.types)), value)


class TextCodec(Codec):
    """Values of a class that are written as text.

    Args:
        kind: The class.
        write: Writes a value as text.
        read: Makes a value of text; any error says that it is no such text.
        is_plain: Whether :func:`pydantic_core.to_json` writes every value as ``write`` does, and
            ``read`` gives an equal one.
    """

    def __init__(
        self,
        kind: type,
        write: Callable[[Any], Any] = str,
        read: Callable[[Any], Any] | None = None,
        *,
        is_plain: bool = False,
    ) -> None:
        self._kind = kind
        self._write = write
        self._read = read or kind
        self.plain = frozenset({kind} if is_plain else ())
        self.core_schema = _TEXTUAL.get(kind)

    def encode(self, value: Any) -> Any:
        """Write a value, if an equal one can be read."""
        if type(value) in self.plain:
            return value
        if not isinstance(value, self._kind):
            raise unexpected(self._kind.__name__, value)
        try:
            text = self._write(value)
            is_same = self._read(text) == value
        except Exception:  # a class derived from this one may raise anything
            is_same = False
        if not is_same:
            raise Unfit(f"expected a value that can be read again as it was, got {shown(value)}")
        return text

    def decode(self, value: Any) -> Any:
        """Read a value."""
        try:
            return self._read(value)
        except Exception as error:  # UUID raises an AttributeError for a number
            raise unexpected(self._kind.__name__, value) from error


class MomentCodec(TextCodec):
    """Dates with a time; those without a zone are nearly all, and need no further look."""

    def __init__(self) -> None:
        super().__init__(datetime, datetime.isoformat, datetime.fromisoformat)

    @property
    def sure(self) -> Plain:
        """Those without a zone."""
        return Plain(moments=True)

    def encode(self, value: Any) -> Any:
        """Write a moment, with the offset of its zone."""
        if type(value) is datetime and value.tzinfo is None:
            return value
        try:
            return super().encode(value)
        except Unfit:
            if type(value) is datetime and value.utcoffset() != _other_offset(value):
                raise Unfit(
                    "expected a time that its zone has just once, which no clock change makes "
                    f"doubtful, got {value!s}; add it with a fixed offset, as value.astimezone(UTC)"
                ) from None
            raise


def _other_offset(moment: datetime) -> timedelta | None:
    """Give the offset of a time as if it were that of the other side of a clock change."""
    return moment.replace(fold=1 - moment.fold).utcoffset()


class LiteralCodec(Codec):
    """A few values, as of ``Literal`` or of an enumeration.

    Args:
        written: Each value with what is written of it, which must be of a native type. Of values
            of which the same is written, the first alone is known.
        is_plain: As for :class:`TextCodec`.
    """

    def __init__(
        self, written: Iterable[tuple[Any, Any]], plain: frozenset[type] = frozenset()
    ) -> None:
        self._values: Final[dict[tuple[type, Any], Any]] = {}
        for value, text in written:
            self._values.setdefault((type(text), text), value)
        self._written: Final = {
            (type(value), value): text for (_, text), value in self._values.items()
        }
        self.plain = plain

    def encode(self, value: Any) -> Any:
        """Write one of the values."""
        if type(value) in self.plain:
            return value
        try:
            return self._written[type(value), value]
        except (KeyError, TypeError):
            raise self._unexpected(value) from None

    def decode(self, value: Any) -> Any:
        """Read one of the values."""
        try:
            return self._values[type(value), value]
        except (KeyError, TypeError):
            raise self._unexpected(value) from None

    def _unexpected(self, value: object) -> Unfit:
        return unexpected(f"one of {', '.join(shown(one) for _, one in self._written)}", value)


class EnumValueCodec(Codec):
    """The values of an enumeration, where a model has them in the place of its members.

    pydantic leaves a default that is a member as it is. It is written by its value if that is
    equal, as in an ``IntEnum``.

    Args:
        kind: The enumeration.
    """

    def __init__(self, kind: type[Enum]) -> None:
        self._kind = kind
        self._values: Final[Codec] = (
            NativeCodec([int])
            if issubclass(kind, Flag)
            else LiteralCodec([(one.value, one.value) for one in kind if is_finite(one.value)])
        )

    def encode(self, value: Any) -> Any:
        """Write one of the values."""
        if isinstance(value, self._kind):
            if value != value.value:
                raise Unfit(
                    f"expected the value of a member, got {value!r}, which would come back as "
                    f"{value.value!r}: the model has use_enum_values=True; give it "
                    "validate_default=True, too"
                )
            value = value.value
        return self._values.encode(value)

    def decode(self, value: Any) -> Any:
        """Read one of the values."""
        return self._values.decode(value)


def is_finite(value: object) -> bool:
    """Tell whether a value is anything but a float that JSON has no number for."""
    return not isinstance(value, float) or math.isfinite(value)


def expect_number(value: object) -> None:
    """Make sure that a number, if a value is one, can be written and read.

    Raises:
        Unfit: It can't.
    """
    if not is_finite(value):
        raise Unfit(f"expected a finite number, got {value}; None says that there is none")
    if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        raise Unfit("expected a whole number of at most 4,000 digits, got a larger one")


def _as_float(value: int) -> float:
    """Give the float that equals a whole number.

    Raises:
        Unfit: There is none.
    """
    number = int.__int__(value)
    try:
        found = float(number)
    except OverflowError:
        found = math.inf
    if found != number:
        raise Unfit(f"expected a number that a float can hold, got {shown(number)}")
    return found


def write_bytes(value: bytes) -> str | dict[str, str]:
    """Write bytes as the text that they are in UTF-8, or else in base 64, and say so."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


def read_bytes(written: Any) -> bytes:
    """Read what :func:`write_bytes` wrote."""
    if isinstance(written, str):
        return written.encode()
    return base64.b64decode(written["base64"], validate=True)


def unexpected(expected: str, value: object) -> Unfit:
    """Make the error that says what was expected, and what came."""
    return Unfit(f"expected {expected}, got {shown(value)} ({type(value).__name__})")


def shown(value: object) -> str:
    """Write a value for a message: its beginning, or its class if it can't be written."""
    try:
        text = repr(value)
    except Exception:  # of a class that raises anything
        return f"a value of the class {type(value).__name__}"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def half_character(value: object, path: tuple[str, ...], levels: int = 100) -> Unfit | None:
    """Find a text with half of a surrogate pair in it, which UTF-8 can't hold.

    Args:
        value: What JSON has values for.
        path: Where the value is.
        levels: How deep to look.
    """
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return Unfit(f"expected text of whole characters, got {shown(value)}", path)
    if not levels or not isinstance(value, (dict, list, tuple)):
        return None
    items = [*value.items()] if isinstance(value, dict) else [*enumerate(value)]
    inner = (
        half_character(key, path) or half_character(item, (*path, str(key)), levels - 1)
        for key, item in items
    )
    return next(filter(None, inner), None)


def same(one: object, other: object) -> bool:
    """Tell whether two values are of one type and equal."""
    try:
        return type(one) is type(other) and bool(one == other)
    except Exception:  # of a class whose values can't be compared
        return False
