"""Which files and folders are meant by the paths that a user gives, and what are they called?"""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from searchlib.errors import SourceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def find_paths(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Give the paths of files and folders that there are.

    Raises:
        SourceNotFoundError: One of them does not exist.
    """
    return [_find(path) for path in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]


def _find(path: str | os.PathLike[str]) -> Path:
    try:
        if not os.fspath(path):
            raise ValueError("the path is empty")
        Path(path).stat()
    except PermissionError:
        pass  # it is there, and will be reported when its turn comes
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SourceNotFoundError(
            f"expected a file or folder of articles at {os.fspath(path)!r}, got nothing "
            f"({reason}); check the path, relative ones start from the working directory"
        ) from None
    return Path(path)


def root_of(paths: Sequence[Path]) -> Path | None:
    """Find the innermost folder that holds all paths, or ``None`` if they have none in common."""
    # Not resolve(): a linked folder keeps its name.
    folders = [(path if path.is_dir() else path.parent).absolute() for path in paths]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # no paths, or paths on several drives
        return None


def name_of(path: Path, root: Path | None) -> str:
    """Give the name of a file that its articles keep: relative to a root, with slashes."""
    name = path if root is None else PurePath(os.path.relpath(path, root))
    # Bytes that are no UTF-8 can't be stored.
    return name.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
