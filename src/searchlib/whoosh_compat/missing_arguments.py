"""How do calls of an index say what to write for an argument that only Whoosh's have?"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from searchlib.errors import ArgumentError
from searchlib.whoosh_compat.hints import ARGUMENTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    T = TypeVar("T")


def tells_arguments(call: Callable[P, T]) -> Callable[P, T]:
    """Let a method of an index say what to write for an argument that only Whoosh's has.

    Of any other argument that it does not have, it raises Python's own error.
    """
    known, hints = frozenset(call.__kwdefaults__ or ()), ARGUMENTS[call.__name__]

    @wraps(call)
    def told(*args: P.args, **options: P.kwargs) -> T:
        try:
            return call(*args, **options)
        except TypeError:
            for name in sorted((options.keys() - known) & hints.keys()):
                hint = hints[name]
                said = f"{call.__name__}() has no {name}=: {hint.why}"
                raise ArgumentError(f"{said}; write {', or '.join(hint.write)}") from None
            raise

    return told
