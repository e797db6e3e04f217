"""How does an array grow beside others, when a file takes them one after another?"""

from __future__ import annotations

import contextlib
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from searchlib.arrays import NumberArray

_MEMORY: Final = 1 << 20
_PIECE: Final = 1 << 20


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise what the operating system says about writing a file as a :class:`StorageError`."""
    try:
        yield
    except OSError as error:
        reason = f"writing a segment failed: {error.strerror or error}; free space or choose "
        reason += "another folder, then try again (what was committed before is untouched)"
        raise StorageError(error.errno, reason, str(path)) from error


class Spool:
    """An array that grows piece by piece while others grow beside it.

    It stays in memory up to a megabyte and then moves to an unnamed file in the folder given.

    Attributes:
        dtype: The type of its elements in numpy's notation.
        count: How many elements it has.
    """

    def __init__(self, target: Path, dtype: str) -> None:
        self.dtype: Final = dtype
        self.count = 0
        self._target = target
        # Where files must have names, a process that is killed leaves one: clean-up knows this.
        self._file = SpooledTemporaryFile(  # noqa: SIM115
            _MEMORY, dir=str(target.parent), prefix=f"{target.name}.", suffix=".tmp"
        )

    def append(self, values: NumberArray) -> None:
        """Add elements, converted to the spool's type; they must fit."""
        encoded = np.ascontiguousarray(values, dtype=self.dtype)
        with writing(self._target):
            self._file.write(encoded.data)
        self.count += len(encoded)

    def pieces(self) -> Iterator[bytes]:
        """Give back everything from the start, and close the spool."""
        with writing(self._target), self._file as file:
            file.seek(0)
            while piece := file.read(_PIECE):
                yield piece

    def close(self) -> None:
        """Give up what was collected and not written."""
        # Closing flushes, and may fail for the same reason as the write before it.
        with contextlib.suppress(OSError):
            self._file.close()
