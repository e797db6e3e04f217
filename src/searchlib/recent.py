"""What is kept for the next query? What was used last, up to a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from searchlib.machine import share_of_memory

if TYPE_CHECKING:
    from collections.abc import Hashable

    from searchlib.types import NumberArray


_ENTRY: Final = 1024
"""What an entry takes besides what it is made of, in bytes: its key, and what this refers to."""


def default_cache() -> int:
    """Find how many bytes to keep where the caller has not said.

    A sixteenth of the machine's memory, and at most 512 MiB.
    """
    return share_of_memory(16, 512 << 20)


class Recent:
    """What was computed lately, by what it is of. Threads may share it.

    Args:
        limit: How many bytes there are for all of it, with what goes with each entry. What was
            not used for the longest time is forgotten first, and what is larger than all of it is
            not kept.

    Attributes:
        limit: The same.
    """

    def __init__(self, limit: int) -> None:
        self.limit: Final = limit
        self._bytes = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock: Final = Lock()

    def get(self, key: Hashable) -> Any:
        """Find what was computed for a key; ``None`` if it is not kept."""
        try:
            value, _ = self._kept[key]
            self._kept.move_to_end(key)
        except KeyError:  # perhaps another thread has just forgotten it
            return None
        return value

    def put(self, key: Hashable, value: Any, *arrays: NumberArray | None, others: int = 0) -> None:
        """Keep a value for the next queries.

        Args:
            key: What it is of.
            value: Anything.
            arrays: What it is made of. Queries share them, so they can't be written to any more.
            others: How many bytes it takes besides these.
        """
        size = _ENTRY + others
        for array in arrays:
            if array is not None:
                array.setflags(write=False)
                size += array.nbytes
        if size > self.limit:
            return
        with self._lock:
            _, before = self._kept.pop(key, (None, 0))
            self._kept[key] = value, size
            self._bytes += size - before
            while self._bytes > self.limit:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed

    def met(self, key: Hashable) -> bool:
        """Tell whether a key was met lately, and take note that it is met now.

        What was not has been met too long ago for its arrays to be kept until now.
        """
        if self.get(key) is not None:
            return True
        self.put(key, True)
        return False
