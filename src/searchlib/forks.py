"""What must be put right in a process that was forked from one that uses an index?

A fork copies memory as it is, but of all threads only the one that forks. A lock that another
thread held stays locked in the copy for ever, and a file that is locked belongs to both processes.
Web servers fork their workers, often when the program has been used already.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakMethod

if TYPE_CHECKING:
    from collections.abc import Callable

_resets: Final[set[WeakMethod[Any]]] = set()


def in_forked_processes(reset: Callable[[], None]) -> None:
    """Have a method called in each process that is forked from now on, before anything else.

    Args:
        reset: A method of an object; it is forgotten when the object goes.
    """
    _resets.add(WeakMethod(reset, _resets.discard))


def _reset_all() -> None:
    for reference in list(_resets):
        reset = reference()
        if reset is not None:
            reset()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_all)
