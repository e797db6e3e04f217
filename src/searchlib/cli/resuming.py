"""How is a file continued whose writing was interrupted?

The rows go to a file beside it, whose name ends with ``.unfinished``. From time to time a second
one, ``.progress``, takes down how many rows are done and how long the file is by then, and what it
was made from. The same command cuts the file there and goes on. When all is written, the file gets
its name.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import BinaryIO, Self


class ResumableFile:
    """A file that is written row by row, and continued where it was interrupted.

    Args:
        path: Where it will be.
        origin: What it is made from: another origin begins anew.

    Attributes:
        done: How many rows it has from an earlier time.
        started_anew: Whether there was one of another origin, which is gone.
    """

    def __init__(self, path: Path, origin: str) -> None:
        self._path = path
        self._origin = origin
        self._rows = path.with_name(f"{path.name}.unfinished")
        self._progress = path.with_name(f"{path.name}.progress")
        size, self.done, self.started_anew = self._known()
        self._file: Final[BinaryIO] = self._rows.open("r+b" if size else "wb")
        self._file.truncate(size)
        self._file.seek(size)

    def _known(self) -> tuple[int, int, bool]:
        """Tell how much of the file is there: bytes and rows, and whether it is of no use."""
        try:
            known = json.loads(self._progress.read_text("utf-8"))
            size, done, origin = int(known["bytes"]), int(known["rows"]), known["origin"]
            if done and origin == self._origin and size <= self._rows.stat().st_size:
                return size, done, False
        except (OSError, ValueError, KeyError, TypeError):
            return 0, 0, False
        return 0, 0, done > 0

    def write(self, text: str, done: int) -> None:
        """Write rows.

        Args:
            text: The rows.
            done: How many rows there are with these.
        """
        self._file.write(text.encode())
        self._file.flush()
        known = {"origin": self._origin, "rows": done, "bytes": self._file.tell()}
        unfinished = self._progress.with_name(f"{self._progress.name}.new")
        unfinished.write_text(json.dumps(known), "utf-8")
        unfinished.replace(self._progress)

    def finish(self) -> None:
        """Give the file its name."""
        os.fsync(self._file.fileno())
        self._file.close()
        self._rows.replace(self._path)
        with suppress(FileNotFoundError):
            self._progress.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
