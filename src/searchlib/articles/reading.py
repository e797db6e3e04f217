"""Which files are read, and by whom? Paths in, articles out.

A folder is read with all folders in it, in the order of their names; files and folders whose name
begins with a dot are passed over, as they are by ``ls``. A folder that can be reached by several
names, through symbolic links, is read once, so links in a circle do no harm.

The format of a file is told by its content and its name: see
:mod:`searchlib.articles.formats.registry`. Each article is told here which file it comes from, and
which place in it.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING

from searchlib.articles.encoding import known_encoding
from searchlib.articles.formats.registry import BY_ENDING, advice, choose, endings, likely_ending
from searchlib.articles.model import Article
from searchlib.articles.source import Source, open_source, stream_source
from searchlib.articles.text import UnusableError
from searchlib.articles.unpacking import Budget
from searchlib.articles.walking import complain, walk
from searchlib.errors import ArgumentError, Notice, Problem, SourceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from searchlib.articles.formats.base import Format

STREAM_SIZE = 16 << 20
"""How large a stream, whose size is not known, is taken to be for what it may unpack to."""
NESTING_LIMIT = 3
"""How deep files may be packed into one another: a letter in a mailbox in an archive."""


def read_articles(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    root: str | os.PathLike[str] | None = None,
    encoding: str | None = None,
) -> Iterator[Article | Problem | Notice]:
    """Read news articles from files and folders.

    Files are read as the result is consumed, one article at a time: an archive need not fit into
    memory. Whatever can't be used takes its place in the result as a :class:`Problem`, and reading
    goes on after it.

    Args:
        paths: A file or a folder, or several. What a folder holds is read in the order of names;
            hidden files in it (".name") are passed over.
        root: The folder that ``Article.file`` is relative to. By default it is the folder that
            is read, the folder of the file that is read, or, of several paths, the innermost
            folder that holds them all.
        encoding: The encoding of text that is neither in UTF-8 nor marked as UTF-16, for example
            ``"cp1251"``. By default it is guessed, and a notice says so.

    Returns:
        For each article found, in this order, the article or what is wrong with it, and notices of
        what was guessed or left out.

    Raises:
        SourceNotFoundError: One of the paths does not exist. Raised at once, before reading.
        ArgumentError: There is no such encoding.
    """
    several = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    found = [_find(path) for path in several]
    told = None if encoding is None else known_encoding(encoding)
    return _read_all(found, _root_of(found) if root is None else Path(root), told)


def read_stream(
    stream: IO[bytes],
    *,
    format: str | None = None,  # noqa: A002 - what a user calls it
    encoding: str | None = None,
    name: str = "-",
) -> Iterator[Article | Problem | Notice]:
    """Read news articles from an open file, such as standard input.

    Args:
        stream: Gives bytes.
        format: The ending of a file of such content, for example ``"jsonl"`` or ``"csv"``. By
            default the format is told from the first bytes; what looks like nothing else is text.
        encoding: As for :func:`read_articles`.
        name: What the articles have as their file, and problems as their path.

    Returns:
        As :func:`read_articles`.

    Raises:
        ArgumentError: There is no such format or encoding.
    """
    told = None if encoding is None else known_encoding(encoding)
    ending = "" if format is None else f".{format.lower().removeprefix('.')}"
    if ending and ending not in BY_ENDING:
        known = ", ".join(sorted(each.removeprefix(".") for each in BY_ENDING))
        raise ArgumentError(f"expected one of the formats {known}, got {format!r:.60}")
    return _read_stream(stream, ending, told, name)


def _read_stream(
    stream: IO[bytes], ending: str, encoding: str | None, name: str
) -> Iterator[Article | Problem | Notice]:
    path = Path(name)
    try:
        source = stream_source(stream.read, path, encoding=encoding, budget=Budget(STREAM_SIZE))
        source.told_ending = ending or likely_ending(source.head())
        yield from _read_source(source)
    except OSError as error:
        yield Problem(complain(error), path)


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


def _root_of(paths: Sequence[Path]) -> Path | None:
    """Find the innermost folder that holds all paths, or ``None`` if they have none in common."""
    # Not resolve(): a linked folder keeps its name.
    folders = [(path if path.is_dir() else path.parent).absolute() for path in paths]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # no paths, or paths on several drives
        return None


def _name_of(path: Path, root: Path | None) -> str:
    name = path if root is None else PurePath(os.path.relpath(path, root))
    # Bytes that are no UTF-8 can't be stored.
    return name.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _read_all(
    paths: Iterable[Path], root: Path | None, encoding: str | None
) -> Iterator[Article | Problem | Notice]:
    for path in paths:
        is_empty = True
        for found in walk(path):
            is_empty = False
            if isinstance(found, Path):
                yield from _read_file(found, _name_of(found, root), encoding)
            else:
                yield found
        if is_empty:
            reason = f"expected files of articles in this folder ({endings()}), got none at all"
            yield Problem(f"{reason}; check the path", path)


def _read_file(path: Path, name: str, encoding: str | None) -> Iterator[Article | Problem | Notice]:
    try:
        with open_source(path, name, encoding=encoding) as source:
            yield from _read_source(source)
    except OSError as error:
        yield Problem(complain(error), path)


def _read_source(source: Source, depth: int = 0) -> Iterator[Article | Problem | Notice]:
    chosen = choose(source.ending, source.head())
    if chosen is None:
        reason = f"no reader for {source.ending or 'a name without an ending'}"
        yield source.problem(f"{reason}; {advice(source.ending)}", kind=reason)
        return
    is_empty, is_used = True, False
    try:
        for item in _read_records(source, chosen, depth):
            is_empty = False
            is_used = is_used or isinstance(item, Article)
            yield item
    except UnusableError as error:
        is_empty = False
        yield source.problem(str(error), error.line)
    except ImportError as error:
        if chosen.extra is None:
            raise
        is_empty = False
        yield _missing(source, chosen, error)
    if is_used:
        yield from source.notices
    if source.damage is not None:
        yield source.problem(
            f"the file is damaged ({source.damage}): its articles up to that place were read, the "
            "last of them may be cut short; get a sound copy and read it again",
            source.line or None,
        )
    elif is_empty:
        yield source.problem("is empty: expected an article or more; fill it or leave it out")


def _read_records(
    source: Source, chosen: Format, depth: int
) -> Iterator[Article | Problem | Notice]:
    """Read a file, and tell its articles the place where they stand in it."""
    record = 0
    for item in chosen.read(source):
        if isinstance(item, Source):
            yield from _read_inner(item, depth + 1)
            continue
        if not isinstance(item, Notice):
            record += 1
        if isinstance(item, Article):
            item.set_place(source.file, source.line or None, record)
        yield item


def _read_inner(source: Source, depth: int) -> Iterator[Article | Problem | Notice]:
    if depth > NESTING_LIMIT:
        reason = f"is packed into more than {NESTING_LIMIT} files, one in another"
        yield source.problem(f"{reason}; unpack the outermost")
    else:
        yield from _read_source(source, depth)


def _missing(source: Source, chosen: Format, error: ImportError) -> Problem:
    kind = f"needs searchlib[{chosen.extra}]"
    return source.problem(
        f"a {chosen.name} needs {error.name}, which is not installed: "
        f"pip install 'searchlib[{chosen.extra}]'",
        kind=kind,
    )
