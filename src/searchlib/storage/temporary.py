"""Where is an index that no disk keeps?"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from searchlib.storage.filesystem import explaining

_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of the user's alone
_ROOM: Final = 1 << 30
"""With less room than this, as in many a container, an index could soon be full."""


class TemporaryFolder:
    """A folder that is removed in the end, in memory if there is room.

    Attributes:
        path: The folder, which nobody else may look into.

    Raises:
        StorageError: The system refused to make it.
    """

    def __init__(self) -> None:
        with explaining("make a temporary folder", Path(tempfile.gettempdir())):
            made = tempfile.mkdtemp(prefix="searchlib-", dir=_IN_MEMORY if _has_room() else None)
        self.path: Final = Path(made) / "index"
        self._made: Final = made
        self._owner: Final = os.getpid()

    def remove(self) -> None:
        """Remove it with all that is in it; not in a forked process, which did not make it."""
        if os.getpid() == self._owner:
            shutil.rmtree(self._made, ignore_errors=True)


def _has_room() -> bool:
    try:
        return os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free >= _ROOM
    except OSError:
        return False
