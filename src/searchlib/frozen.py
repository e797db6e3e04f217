"""How are the frozen classes made that every search needs, and whose objects it has many of?"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from typing import Any, NoReturn, TypeVar, dataclass_transform

Kind = TypeVar("Kind")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: type[Kind]) -> type[Kind]:
    """Make a frozen dataclass with slots, of which the class and its objects are made quickly.

    Python's own compiles each method by itself, which takes a millisecond for a class, and its
    ``__init__`` looks each slot up by its name, through ``object.__setattr__``. Here all methods
    are compiled at once, and ``__init__`` writes to the slots.

    Args:
        kind: The class, whose own methods stay. A field may have a default, but no factory of one.
    """
    made: Any = dataclass(init=False, eq=False, repr=False, slots=True)(kind)
    for name, method in _methods(made).items():
        inherited = getattr(kind, name) if name == "__repr__" else object.__repr__
        if name not in kind.__dict__ and inherited is object.__repr__:
            method.__qualname__, method.__module__ = f"{made.__qualname__}.{name}", made.__module__
            setattr(made, name, method)
    made.__setattr__ = made.__delattr__ = _refuse
    made.__getstate__, made.__setstate__ = _state, _set_state
    return made  # type: ignore[no-any-return]


def _methods(made: Any) -> dict[str, Any]:
    """Write the methods of a class in which all attributes are slots, as dataclasses have them.

    Two objects are equal if they are of one class, and equal in the fields that are compared.
    """
    known = fields(made)
    places: dict[str, Any] = {f"set_{one.name}": getattr(made, one.name).__set__ for one in known}
    places |= {f"default_{one.name}": one.default for one in known if one.default is not MISSING}
    arguments = [
        f"{one.name}=default_{one.name}" if f"default_{one.name}" in places else one.name
        for one in sorted(known, key=lambda one: bool(one.kw_only))
    ]
    options = sum(bool(one.kw_only) for one in known)
    if options:
        arguments.insert(len(arguments) - options, "*")
    body = [f"set_{one.name}(self, {one.name})" for one in known]
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    compared = [one.name for one in known if one.compare]
    mine = "".join(f"self.{name}, " for name in compared)
    other = "".join(f"other.{name}, " for name in compared)
    shown = ", ".join(f"{one.name}={{self.{one.name}!r}}" for one in known if one.repr)
    lines = [
        f"def __init__({', '.join(['self', *arguments])}):",
        *(f"    {line}" for line in body or ["pass"]),
        "def __eq__(self, other):",
        "    if other.__class__ is not self.__class__: return NotImplemented",
        f"    return ({mine}) == ({other})",
        "def __hash__(self):",
        f"    return hash(({mine}))",
        "def __repr__(self):",
        f"    return f'{{self.__class__.__qualname__}}({shown})'",
    ]
    written: dict[str, Any] = {}
    exec("\n".join(lines), places, written)  # noqa: S102 - as dataclasses do
    types = {one.name: one.type for one in known}
    written["__init__"].__annotations__ = {**types, "return": None}
    return written


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot change field {name!r} of {type(self).__name__}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
