"""Who may write?

The operating system's lock on an open file, which it drops when the process ends however it
ends. The file itself is never removed: another writer may have it open and be about to lock it.
It holds the process and the time of the holder, for the message to those who wait.

``flock`` belongs to the open file, so it also keeps out a second writer of the same process;
``lockf`` belongs to the process and would not.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import time
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from searchlib.errors import IndexLockedError
from searchlib.memory import in_forked_processes
from searchlib.storage import filesystem

if TYPE_CHECKING:
    from pathlib import Path

_PAUSE: Final = 0.02
_MAX_HOLDER_BYTES: Final = 200

if sys.platform == "win32":
    import msvcrt

    # A locked byte can't be read by others, so it must not be one of the holder's.
    _LOCKED_BYTE: Final = 1 << 30

    def _try_lock(file: BinaryIO) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EDEADLOCK):
                raise
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


class WriteLock:
    """The right to write, held by at most one object at a time on one machine.

    Args:
        path: The lock file; it is made where there is none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        in_forked_processes(self._leave)

    def _leave(self) -> None:
        """Leave the lock to the process that has it, of which this one was forked.

        Otherwise it would be held for as long as either of them lives.
        """
        file, self._file = self._file, None
        if file is not None:
            file.close()

    @property
    def held(self) -> bool:
        """Whether this object has the lock."""
        return self._file is not None

    def acquire(self, timeout: float = 0.0) -> Self:
        """Get the lock, waiting for it if need be; it is also a context manager that releases it.

        Args:
            timeout: How long to wait, in seconds.

        Raises:
            IndexLockedError: Another writer held it for all that time.
            StorageError: The lock file can't be opened or locked.
        """
        deadline = time.monotonic() + timeout
        with filesystem.explaining("lock the index for writing", self._path):
            while not self._try():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise IndexLockedError(self._describe_holder(timeout))
                time.sleep(min(_PAUSE, left))
        return self

    def release(self) -> None:
        """Let go of the lock, if it is held."""
        file, self._file = self._file, None
        if file is not None:
            with file, contextlib.suppress(OSError):
                file.truncate(0)
                _unlock(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()

    def _try(self) -> bool:
        # Opened anew each time, since the folder may have been removed and made again meanwhile.
        file = filesystem.open_lock(self._path)
        try:
            if not _try_lock(file):
                file.close()
                return False
        except BaseException:
            file.close()
            raise
        self._file = file
        _introduce(file)
        return True

    def _describe_holder(self, timeout: float) -> str:
        return (
            f"{self._path}: {_holder(self._path)} is writing to the index, and was not done within "
            f"{timeout:g} s; wait for it to end or give a longer timeout; "
            "removing the lock file would not help but harm"
        )


def _introduce(file: BinaryIO) -> None:
    """Write down who holds the lock. It holds without, for instance on a full disk."""
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with contextlib.suppress(OSError):
        file.truncate(0)
        file.seek(0)
        filesystem.write(file, json.dumps({"pid": os.getpid(), "started": started}).encode())


def _holder(path: Path) -> str:
    try:
        with path.open("rb") as file:
            match json.loads(file.read(_MAX_HOLDER_BYTES)):
                case {"pid": int(pid), "started": str(started)}:
                    return f"process {pid}, since {started},"
    except (OSError, ValueError):
        pass
    return "another process"
