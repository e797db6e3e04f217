"""Which file is it that was found, where is it, and is it still the same?"""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib.articles.catalogue import place_of
from searchlib.articles.paths import name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_SETTLED_NS: Final = 3_000_000_000
"""Longer than the steps in which any filesystem counts time; FAT's are of two seconds."""
_UNSETTLED: Final = -1


class FoundFile(NamedTuple):
    """A file that is there.

    Attributes:
        walked: The path, under the root as it was given.
        absolute: The absolute path.
        root: The folder that the name is relative to that its articles keep of it.
        size: Its length in bytes.
        mtime_ns: When it was last changed.
    """

    walked: str
    absolute: str
    root: Path | None
    size: int
    mtime_ns: int

    @property
    def path(self) -> Path:
        """The path, under the root as it was given."""
        return Path(self.walked)

    @property
    def file(self) -> str:
        """The name that its articles keep of it."""
        return name_of(self.path, self.root)

    def settled_time(self) -> int:
        """Give the time of the last change, if a later change must have another."""
        return self.mtime_ns if time.time_ns() - self.mtime_ns > _SETTLED_NS else _UNSETTLED


def outermost(paths: Iterable[Path]) -> dict[str, Path]:
    """Leave out the paths in folders that are given too, and put the rest in order."""
    by_place = sorted({absolute_of(path): path for path in paths}.items(), key=_place)
    roots: dict[str, Path] = {}
    for absolute, path in by_place:
        if not is_in(absolute, roots):
            roots[absolute] = path
    return roots


def _place(item: tuple[str, Path]) -> list[str]:
    return place_of(item[0])


def is_in(path: str, places: Collection[str]) -> bool:
    """Tell whether a path is one of some places, or below one."""
    while path not in places:
        # Not Path.parents: this is asked for each file of other folders, and takes a tenth.
        path, below = os.path.dirname(path), path  # noqa: PTH120
        if path == below:
            return False
    return True


def absolute_of(path: str | Path) -> str:
    """Give the absolute path, as it stands in the catalogue."""
    # Not resolve(): a linked folder keeps its name, as it does in Article.file.
    return os.path.abspath(path)  # noqa: PTH100


def digest_of(path: Path) -> str:
    """Read a file and give its digest.

    Raises:
        OSError: The system does not let us.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, _blake2b).hexdigest()


def _blake2b() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=16)
