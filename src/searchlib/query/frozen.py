"""How are the frozen objects made that a query has many of?"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

Kind = TypeVar("Kind")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: type[Kind]) -> type[Kind]:
    """Make a frozen dataclass with slots whose objects are made quickly.

    The ``__init__`` of a frozen dataclass looks each slot up by its name, through
    ``object.__setattr__``. This one takes the same arguments and writes to the slots.

    Args:
        kind: The class. A field may have a default, but no factory of one.
    """
    made: Any = dataclass(frozen=True, slots=True, repr=kind.__repr__ is object.__repr__)(kind)
    made.__init__ = _init(made)
    return made  # type: ignore[no-any-return]


def _init(made: Any) -> Any:
    """Write the ``__init__`` of a class in which each attribute has a slot."""
    known = fields(made)
    arguments = [one.name for one in known if not one.kw_only]
    options = [one.name for one in known if one.kw_only]
    head = ", ".join(["self", *arguments, *(["*", *options] if options else [])])
    body = [f"set_{one.name}(self, {one.name})" for one in known]
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    namespace = {f"set_{one.name}": getattr(made, one.name).__set__ for one in known}
    exec("\n    ".join([f"def __init__({head}):", *body]), namespace)  # noqa: S102 - as dataclasses do
    written, usual = namespace["__init__"], made.__init__
    written.__defaults__, written.__kwdefaults__ = usual.__defaults__, usual.__kwdefaults__
    written.__annotations__, written.__qualname__ = usual.__annotations__, usual.__qualname__
    written.__module__ = made.__module__
    return written
