"""How are frozen classes made quickly? A search needs some sixty, and many objects of some."""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, dataclass_transform, overload

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = TypeVar("Kind")


@overload
def frozen(kind: type[Kind], /) -> type[Kind]: ...
@overload
def frozen(*, kw_only: bool = ...) -> Callable[[type[Kind]], type[Kind]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: type[Any] | None = None, /, *, kw_only: bool = False) -> Any:
    """Make a frozen dataclass with slots, of which the class and its objects are made quickly.

    Python's own compiles each method by itself, which takes a millisecond for a class, and its
    ``__init__`` looks each slot up by its name, through ``object.__setattr__``. Here all methods
    are compiled at once, and ``__init__`` writes to the slots.

    Args:
        kind: The class, whose own methods stay.
        kw_only: Whether all arguments are passed by name.
    """
    if kind is None:
        return partial(_frozen, kw_only=kw_only)
    return _frozen(kind, kw_only=kw_only)


def _frozen(kind: Any, *, kw_only: bool) -> Any:
    make = dataclass(init=False, eq=False, repr=False, slots=True, kw_only=kw_only)
    made: Any = make(kind)
    for name, method in _methods(made).items():
        if name not in kind.__dict__:
            method.__qualname__, method.__module__ = f"{made.__qualname__}.{name}", made.__module__
            setattr(made, name, method)
    if kind.__repr__ is object.__repr__:
        made.__repr__ = _shown
    made.__setattr__ = made.__delattr__ = _refuse
    made.__getstate__, made.__setstate__ = _state, _set_state
    return made


def _methods(made: Any) -> dict[str, Any]:
    """Write the methods of a class in which all attributes are slots, as dataclasses have them.

    Two objects are equal if they are of one class, and equal in the fields that are compared.
    """
    known = fields(made)
    given = sorted((one for one in known if one.init), key=lambda one: bool(one.kw_only))
    names: dict[str, Any] = {"MISSING": MISSING}
    arguments, body = ["self"], []
    for one in given:
        name = one.name
        if one.kw_only and "*" not in arguments:
            arguments.append("*")
        names[f"set_{name}"] = getattr(made, name).__set__
        value = name
        if one.default_factory is not MISSING:
            names[f"make_{name}"] = one.default_factory
            value = f"make_{name}() if {name} is MISSING else {name}"
        names[f"default_{name}"] = one.default
        has_default = one.default is not MISSING or value != name
        arguments.append(f"{name}=default_{name}" if has_default else name)
        body.append(f"set_{name}(self, {value})")
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    compared = [one.name for one in known if one.compare]
    mine = "".join(f"self.{name}, " for name in compared)
    other = "".join(f"other.{name}, " for name in compared)
    lines = [
        f"def __init__({', '.join(arguments)}):",
        *(f"    {line}" for line in body or ["pass"]),
        "def __eq__(self, other):",
        "    if other.__class__ is not self.__class__: return NotImplemented",
        f"    return ({mine}) == ({other})",
        "def __hash__(self):",
        f"    return hash(({mine}))",
    ]
    written: dict[str, Any] = {}
    exec("\n".join(lines), names, written)  # noqa: S102 - as dataclasses do
    types = {one.name: one.type for one in given}
    written["__init__"].__annotations__ = {**types, "return": None}
    return written


def _shown(self: Any) -> str:
    shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({shown})"


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot change field {name!r} of {type(self).__name__}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
