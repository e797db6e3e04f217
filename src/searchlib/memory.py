"""How is memory used well, and what must be put right in its copy in a process that was forked?

A fork copies memory as it is, but of all threads only the one that forks. A lock that another
thread held stays locked in the copy for ever, and a file that is locked belongs to both processes.
Web servers fork their workers, often when the program has been used already.
"""

from __future__ import annotations

import mmap
import os
from collections import OrderedDict
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, overload
from weakref import WeakMethod

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from numpy.typing import DTypeLike, NDArray

T = TypeVar("T")

_ENTRY: Final = 1024
"""What an entry takes besides what it is made of, in bytes: its key, and what this refers to."""
_UNKNOWN: Final = 2 << 30
_LARGEST_KEPT: Final = (32 << 20) - (64 << 10)  # the C library's limit, less what it adds

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


def share_of_memory(part: int, most: int) -> int:
    """Find how many bytes a share of the machine's memory is.

    Args:
        part: Which part: 4 for a quarter.
        most: The result is not above it.

    Returns:
        Bytes. Where the system does not tell, 2 GiB are taken for all of its memory.
    """
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        memory = _UNKNOWN
    return min(memory // part, most)


def keep_freed_memory() -> None:
    """Have the memory of large arrays used again instead of given back to the system.

    The C library of Linux returns arrays above a threshold to the system, and getting their pages
    anew takes more time than most of what is computed in them. Once an array of some size was
    freed, it keeps what is not larger; 32 MB is the largest that counts. The array is not written
    to, so it never takes any memory. Elsewhere this has no effect.
    """
    np.empty(_LARGEST_KEPT, np.uint8)


def zeros_of_the_system(count: int, dtype: DTypeLike) -> NDArray[Any]:
    """Make an array of zeros, of memory that is taken where it is written to, and given back.

    The C library would take it from what it keeps, and write all of it; and it keeps memory for
    each of the threads. Shape (count,).
    """
    size = count * np.dtype(dtype).itemsize
    if not hasattr(mmap, "MAP_PRIVATE"):
        return np.zeros(count, dtype)
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return np.frombuffer(pages, dtype)


class unlocked_cached_property(cached_property[T]):  # noqa: N801 - as that of functools
    """A ``cached_property`` that several threads compute at the same time, each for its object.

    Before Python 3.12 one lock is held for all objects of a class, so that searches of several
    threads would wait for one another. It is for what belongs to one query. What belongs to an
    index, and takes long to make, is better made by one thread.
    """

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Self | T:
        if instance is None:
            return self
        assert self.attrname is not None
        value = instance.__dict__[self.attrname] = self.func(instance)
        return value


class LRUCache:
    """What was used lately. Threads may share it.

    Args:
        limit: How many bytes there are for all of it, with what goes with each entry. What was
            not used for the longest time is forgotten first, and what is larger than all of it is
            not kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._unlock()
        in_forked_processes(self._unlock)

    def _unlock(self) -> None:
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """Find the value of a key; ``None`` if it is not kept."""
        with self._lock:  # without a GIL, an OrderedDict is damaged by threads that change it
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value.

        Args:
            key: What it is of.
            value: Anything.
            size: How many bytes it takes.
        """
        size += _ENTRY
        if size > self._limit:
            return
        with self._lock:
            _, before = self._kept.pop(key, (None, 0))
            self._kept[key] = value, size
            self._bytes += size - before
            while self._bytes > self._limit:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed
