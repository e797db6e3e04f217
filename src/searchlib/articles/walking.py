"""Which files are in a folder, and which of them are not looked at?"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from searchlib.errors import Notice, Problem
from searchlib.storage.directory import holds_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# A browser saves a page beside a folder of its images, scripts and frames, and names that folder
# in the language of the person.
_PAGE_ENDINGS = (".html", ".htm", ".xhtml")
_PARTS_ENDINGS = (
    "_files", "-files", "-dateien", "_fichiers", "_archivos", "_ficheiros", "_arquivos", "_file",
    "_bestanden", "-filer", "_tiedostot", "_pliki", "_soubory",
)  # fmt: skip


def walk(path: Path) -> Iterator[Path | Problem | Notice]:
    """Yield a file, or the files in a folder and all below it, and what can't be looked into.

    The parts of a saved web page are left out with one notice: they are not articles, and a frame
    with an advertisement would look like one. An index in a folder is left out, too.
    """
    root = path
    seen: set[tuple[int, int]] = set()
    waiting = [path]
    while waiting:
        path = waiting.pop()
        try:
            status = path.stat()
            place = status.st_dev, status.st_ino
            if stat.S_ISREG(status.st_mode):
                yield path
            elif not stat.S_ISDIR(status.st_mode):
                yield Problem("expected a file or a folder, got a device, pipe or socket", path)
            elif holds_index(path):
                yield _index_among(path, root)
            elif place not in seen:
                seen.add(place)
                entries = sorted(path.iterdir(), key=_name, reverse=True)
                entries = [entry for entry in entries if not entry.name.startswith(".")]
                parts = _parts_of_pages(entries)
                yield from map(_left_out, sorted(parts))
                waiting.extend(entry for entry in entries if entry not in parts)
        except OSError as error:
            yield Problem(complain(error), path)


def complain(error: OSError) -> str:
    """Say that the system does not let us read a file, and what to check."""
    return f"can't be read: {error.strerror or error}; check its permissions and the disk"


def _name(path: Path) -> str:
    return path.name


def _parts_of_pages(entries: Sequence[Path]) -> set[Path]:
    """Find the folders that hold nothing but the parts of a web page beside them."""
    pages = {entry.stem for entry in entries if entry.name.lower().endswith(_PAGE_ENDINGS)}
    if not pages:
        return set()
    return {
        entry
        for entry in entries
        if any(
            entry.name.lower().endswith(ending) and entry.name[: -len(ending)] in pages
            for ending in _PARTS_ENDINGS
        )
        and entry.is_dir()
    }


def _left_out(folder: Path) -> Notice:
    message = "left out: the images, scripts and frames of the saved web page beside it"
    return Notice(message, folder, kind="saved page")


def _index_among(path: Path, root: Path) -> Problem | Notice:
    if path == root:
        return Problem(
            "expected files of articles, got an index of searchlib; check the path", path
        )
    return Notice("left out: an index of searchlib", path, kind="index")
