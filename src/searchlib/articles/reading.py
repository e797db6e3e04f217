"""Which files are read, and by whom? Paths in, articles out.

A folder is read with all folders in it, in the order of their names; files and folders whose name
begins with a dot are passed over, as they are by ``ls``. A folder that can be reached by several
names, through symbolic links, is read once, so links in a circle do no harm.

The name of a file tells its format: see :data:`FORMATS`. Each name may end in ``.gz`` too.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from searchlib.articles.formats.json_records import read_json, read_json_lines
from searchlib.articles.formats.markdown import read_markdown
from searchlib.articles.formats.website import read_text
from searchlib.articles.source import open_source
from searchlib.articles.text import UnusableError
from searchlib.errors import Problem, SourceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from searchlib.articles.model import Article
    from searchlib.articles.source import Source

    Reader = Callable[[Source], Iterator[Article | Problem]]

FORMATS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".json": read_json,
}
"""The reader for each ending of a file's name."""

_ENDINGS = f"{', '.join(FORMATS)}, or one of these and .gz"


def read_articles(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
) -> Iterator[Article | Problem]:
    """Read news articles from files and folders.

    Files are read as the result is consumed, one article at a time: an archive need not fit into
    memory. Whatever can't be used takes its place in the result as a :class:`Problem`, and reading
    goes on after it.

    Args:
        paths: A file or a folder, or several. What a folder holds is read in the order of names;
            hidden files in it (".name") are passed over.

    Returns:
        For each article found, in this order, the article or what is wrong with it.

    Raises:
        SourceNotFoundError: One of the paths does not exist. Raised at once, before reading.
    """
    several = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    return _read_all([_find(path) for path in several])


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


def _read_all(paths: Iterable[Path]) -> Iterator[Article | Problem]:
    for path in paths:
        is_empty = True
        for found in _walk(path):
            is_empty = False
            if isinstance(found, Problem):
                yield found
            else:
                yield from _read_file(found)
        if is_empty:
            reason = f"expected files of articles in this folder ({_ENDINGS}), got none at all"
            yield Problem(f"{reason}; check the path", path)


def _walk(path: Path) -> Iterator[Path | Problem]:
    """Yield a file, or the files in a folder and all below it, and what can't be looked into."""
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
            elif place not in seen:
                seen.add(place)
                entries = sorted(path.iterdir(), key=_name, reverse=True)
                waiting.extend(entry for entry in entries if not entry.name.startswith("."))
        except OSError as error:
            yield Problem(_complain(error), path)


def _name(path: Path) -> str:
    return path.name


def _read_file(path: Path) -> Iterator[Article | Problem]:
    ending = path.suffix.lower()
    if ending == ".gz":
        ending = Path(path.stem).suffix.lower()
    read = FORMATS.get(ending)
    if read is None:
        reason = f"expected a file that ends in {_ENDINGS}, got {path.name!r}"
        yield Problem(f"{reason}; rename it or leave it out", path)
        return
    try:
        with open_source(path) as source:
            yield from _read_source(source, read)
    except OSError as error:
        yield Problem(_complain(error), path)


def _read_source(source: Source, read: Reader) -> Iterator[Article | Problem]:
    is_empty = True
    try:
        for item in read(source):
            is_empty = False
            yield item
    except UnusableError as error:
        is_empty = False
        yield source.problem(str(error), error.line)
    if source.damage is not None:
        yield source.problem(
            f"the file is damaged ({source.damage}): its articles up to that place were read, the "
            "last of them may be cut short; get a sound copy and read it again",
            source.line or None,
        )
    elif is_empty:
        yield source.problem("is empty: expected an article or more; fill it or leave it out")


def _complain(error: OSError) -> str:
    return f"can't be read: {error.strerror or error}; check its permissions and the disk"
