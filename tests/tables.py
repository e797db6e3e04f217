"""One test over a table of cases."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def each(
    names: str | tuple[str, ...] | list[str], cases: Iterable[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test over all cases, as ``parametrize`` does, but as one test.

    pytest takes five milliseconds for each test, in its processes together. So this is for many
    cases that take no longer themselves, and that share what fixtures make. All cases are run, and
    each that fails is named in a note to its error.

    Args:
        names: Of the arguments that a case has values for; of one argument, a case is the value.
        cases: The table.
    """
    arguments = [name.strip() for name in names.split(",")] if isinstance(names, str) else names
    is_bare = isinstance(names, str) and len(arguments) == 1
    table = [dict(zip(arguments, [case] if is_bare else case, strict=True)) for case in cases]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def run(**fixtures: Any) -> None:
            errors: list[BaseException] = []
            for case in table:
                try:
                    test(**fixtures, **case)
                except (Exception, pytest.fail.Exception) as error:
                    error.add_note(f"with {', '.join(f'{k}={v!r}' for k, v in case.items())}")
                    errors.append(error)
            if errors[1:]:
                raise BaseExceptionGroup(f"{len(errors)} of {len(table)} cases failed", errors)
            if errors:
                raise errors[0]

        signature = inspect.signature(test)
        rest = [given for name, given in signature.parameters.items() if name not in arguments]
        run.__signature__ = signature.replace(parameters=rest)  # type: ignore[attr-defined]
        return run

    return decorate
