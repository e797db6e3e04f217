"""Which files are in a folder, and which of them are not looked at?"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from searchlib.errors import Notice, Problem
from searchlib.storage.directory import holds_index

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

FileId: TypeAlias = tuple[int, int]
"""What tells a file from every other, whatever it is called: its device, and its number there."""

# A browser saves a page beside a folder of its images, scripts and frames, and names that folder
# in the language of the person.
_PAGE_ENDINGS = (".html", ".htm", ".xhtml")
_PARTS_ENDINGS = (
    "_files", "-files", "-dateien", "_fichiers", "_archivos", "_ficheiros", "_arquivos", "_file",
    "_bestanden", "-filer", "_tiedostot", "_pliki", "_soubory",
)  # fmt: skip


class Walked(NamedTuple):
    """A file that was come across.

    Attributes:
        path: The file, under the path that the walk began at. No ``Path``, which most need not be.
        status: What the system says of it.
    """

    path: str
    status: os.stat_result


def walk(path: Path, left_out: Collection[FileId] = ()) -> Iterator[Walked | Problem | Notice]:
    """Yield a file, or the files in a folder and all below it, and what can't be looked into.

    The parts of a saved web page are left out with one notice: they are not articles, and a frame
    with an advertisement would look like one. An index in a folder is left out, too.

    Args:
        path: The file or folder.
        left_out: Files and folders that are passed over, whatever they are called.
    """
    root = str(path)
    seen = set(left_out)
    waiting = [root]
    while waiting:
        found = waiting.pop()
        try:
            status = os.stat(found)  # noqa: PTH116 - a Path for each file takes as long again
            if stat.S_ISREG(status.st_mode):
                if not left_out or _id_of(status) not in left_out:
                    yield Walked(found, status)
            elif not stat.S_ISDIR(status.st_mode):
                yield Problem(
                    "expected a file or a folder, got a device, pipe or socket", Path(found)
                )
            elif holds_index(Path(found)):
                yield _index_among(Path(found), is_root=found == root)
            elif (place := _id_of(status)) not in seen:
                seen.add(place)
                names = [name for name in os.listdir(found) if not name.startswith(".")]  # noqa: PTH208
                parts = _parts_of_pages(Path(found), names)
                yield from (_left_out(Path(found, name)) for name in sorted(parts))
                names = sorted((name for name in names if name not in parts), reverse=True)
                waiting.extend(os.path.join(found, name) for name in names)  # noqa: PTH118
        except OSError as error:
            yield Problem(complain(error), Path(found))


def file_ids(paths: Iterable[Path]) -> frozenset[FileId]:
    """Tell which files and folders some paths lead to; those that are not there are none."""
    found: set[FileId] = set()
    for path in paths:
        with suppress(OSError):
            found.add(_id_of(path.stat()))
    return frozenset(found)


def _id_of(status: os.stat_result) -> FileId:
    return status.st_dev, status.st_ino


def complain(error: OSError) -> str:
    """Say that the system does not let us read a file, and what to check."""
    return f"can't be read: {error.strerror or error}; check its permissions and the disk"


def _parts_of_pages(folder: Path, names: Sequence[str]) -> set[str]:
    """Find the folders that hold nothing but the parts of a web page beside them."""
    pages = {Path(name).stem for name in names if name.lower().endswith(_PAGE_ENDINGS)}
    if not pages:
        return set()
    return {
        name
        for name in names
        if any(
            name.lower().endswith(ending) and name[: -len(ending)] in pages
            for ending in _PARTS_ENDINGS
        )
        and (folder / name).is_dir()
    }


def _left_out(folder: Path) -> Notice:
    message = "left out: the images, scripts and frames of the saved web page beside it"
    return Notice(message, folder, kind="saved page")


def _index_among(path: Path, *, is_root: bool) -> Problem | Notice:
    if is_root:
        return Problem(
            "expected files of articles, got an index of searchlib; check the path", path
        )
    return Notice("left out: an index of searchlib", path, kind="index")
