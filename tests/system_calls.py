"""Counts the calls by which a program changes files, to let one of them go wrong."""

from __future__ import annotations

import errno
import io
import os
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = ("open", "fsync", "replace", "unlink", "mkdir")
"""Those of :mod:`os`; opening for writing, writing and truncating are counted besides."""


class SystemCalls:
    """Stands between Python and the system; :meth:`before` decides what becomes of each call.

    Attributes:
        names: The calls so far.
        done: Those of them that were passed on to the system.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.done: list[str] = []

    def install(self, patch: Callable[[Any, str, Any], None]) -> None:
        """Get in between, by a function like ``setattr``."""
        patch(io, "open", self._opener(io.open))
        for name in CALLS:
            patch(os, name, self._wrap(name, getattr(os, name)))

    def before(self, name: str, path: object, half: Callable[[], object] | None = None) -> None:
        """Hear of a call, and raise what it shall raise.

        Args:
            name: The call.
            path: The file.
            half: Does half of what the call does, if that can be.
        """
        self.names.append(name)

    def _wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *args: Any, **options: Any) -> Any:
            self.before(name, path)
            result = real(path, *args, **options)
            self.done.append(name)
            return result

        return call

    def _opener(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(
            file: Any,
            mode: str = "r",
            buffering: int = -1,
            encoding: str | None = None,
            errors: str | None = None,
            newline: str | None = None,
            closefd: bool = True,
            opener: Any = None,
        ) -> Any:
            if "b" not in mode or not set(mode) & set("wxa+"):
                return real(file, mode, buffering, encoding, errors, newline, closefd, opener)
            if not isinstance(file, int):
                self.before("open", file)
            raw = _RawFile(self, file, mode, closefd, opener)
            if buffering == 0:
                return raw
            return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)

        return call


class _RawFile(io.FileIO):
    """A file open for writing, below Python's buffers."""

    def __init__(self, calls: SystemCalls, file: Any, mode: str, closefd: bool, opener: Any):
        super().__init__(file, mode, closefd, opener)
        self._calls = calls

    def write(self, data: Any, /) -> int:
        view = memoryview(data).cast("B")
        self._calls.before(
            "write", self.name, lambda: io.FileIO.write(self, view[: len(view) // 2])
        )
        written = super().write(view)
        self._calls.done.append("write")
        return written

    def truncate(self, size: int | None = None, /) -> int:
        self._calls.before("truncate", self.name)
        return super().truncate(size)


class KillAt(SystemCalls):
    """Ends the process, as a power cut of its own, in place of one call."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def before(self, name: str, path: object, half: Callable[[], object] | None = None) -> None:
        if len(self.names) == self._number:
            if half is not None:
                half()
            os.kill(os.getpid(), signal.SIGKILL)
        super().before(name, path)


class FailAt(SystemCalls):
    """Lets one call fail, or from then on all that need space.

    Attributes:
        failed: The calls that failed.
        armed: Whether calls are to fail at all.
    """

    def __init__(self, number: int, code: int, *, lasting: bool) -> None:
        super().__init__()
        self.failed: list[str] = []
        self.armed = False
        self._number = number
        self._code = code
        self._lasting = lasting

    def before(self, name: str, path: object, half: Callable[[], object] | None = None) -> None:
        if not self.armed:
            return
        number = len(self.names)
        super().before(name, path)
        again = self._lasting and bool(self.failed) and name != "unlink"
        if number == self._number or again:
            self.failed.append(name)
            if half is not None and self._code == errno.EIO:
                half()
            where = path if isinstance(path, str | os.PathLike) else None
            raise OSError(self._code, os.strerror(self._code), where)
