"""Which files are read, and by whom? Paths in, articles out.

A folder is read with all folders in it, in the order of their names; files and folders whose name
begins with a dot are passed over, as they are by ``ls``. A folder that can be reached by several
names, through symbolic links, is read once, so links in a circle do no harm.

The format of a file is told by its content and its name: see
:mod:`searchlib.articles.formats.registry`. Each article is told here which file it comes from, and
which place in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

from searchlib.articles.formats.registry import BY_ENDING, advice, choose, endings, likely_ending
from searchlib.articles.model import Article
from searchlib.articles.options import DEFAULTS, ReadOptions
from searchlib.articles.paths import find_paths, name_of, root_of
from searchlib.articles.records import RecordReader
from searchlib.articles.source import Source, open_source, stream_source
from searchlib.articles.text import UnusableError
from searchlib.articles.unpacking import Budget
from searchlib.articles.walking import Walked, complain, walk
from searchlib.errors import ArgumentError, Notice, Problem

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from searchlib.articles.field_keys import FieldKeys
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
    mapping: FieldKeys | None = None,
    dates: Literal["dmy", "mdy"] | None = None,
    leave_out: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
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
        mapping: The key, or the keys, of each field in the records of JSON, CSV and front matter:
            ``{"body": "content", "authors": ["by", "with"]}``. They come before the keys that are
            known. A key inside an object is written with dots: ``headline.main``. Texts of several
            keys are joined to one body, labels to one list.
        dates: What comes first in dates such as 07/01/2025, the day (``"dmy"``) or the month
            (``"mdy"``). By default, other dates of the same file show it, or there is a notice.
        leave_out: A file or a folder that is not read where it is met, or several; for example a
            file that the program itself writes there.

    Returns:
        For each article found, in this order, the article or what is wrong with it, and notices of
        what was guessed or left out.

    Raises:
        SourceNotFoundError: One of the paths does not exist. Raised at once, before reading.
        ArgumentError: There is no such encoding, or ``mapping`` or ``dates`` is something else.
    """
    found = find_paths(paths)
    options = ReadOptions.of(encoding=encoding, mapping=mapping, dates=dates, leave_out=leave_out)
    return read_paths(found, root_of(found) if root is None else Path(root), options)


def read_stream(
    stream: IO[bytes],
    *,
    format: str | None = None,  # noqa: A002 - what a user calls it
    encoding: str | None = None,
    mapping: FieldKeys | None = None,
    dates: Literal["dmy", "mdy"] | None = None,
    name: str = "-",
) -> Iterator[Article | Problem | Notice]:
    """Read news articles from an open file, such as standard input.

    Args:
        stream: Gives bytes.
        format: The ending of a file of such content, for example ``"jsonl"`` or ``"csv"``. By
            default the format is told from the first bytes; what looks like nothing else is text.
        encoding: As for :func:`read_articles`.
        mapping: As for :func:`read_articles`.
        dates: As for :func:`read_articles`.
        name: What the articles have as their file, and problems as their path.

    Returns:
        As :func:`read_articles`.

    Raises:
        ArgumentError: There is no such format or encoding, or ``mapping`` or ``dates`` is something
            else.
    """
    options = ReadOptions.of(encoding=encoding, mapping=mapping, dates=dates)
    ending = "" if format is None else f".{format.lower().removeprefix('.')}"
    if ending and ending not in BY_ENDING:
        known = ", ".join(sorted(each.removeprefix(".") for each in BY_ENDING))
        raise ArgumentError(f"expected one of the formats {known}, got {format!r:.60}")
    return _read_stream(stream, ending, options, name)


def _read_stream(
    stream: IO[bytes], ending: str, options: ReadOptions, name: str
) -> Iterator[Article | Problem | Notice]:
    path = Path(name)
    try:
        budget = Budget(STREAM_SIZE)
        source = stream_source(stream.read, path, encoding=options.encoding, budget=budget)
        source.options = options
        source.told_ending = ending or likely_ending(source.head())
        yield from _read_source(source)
        yield from options.notices()
    except OSError as error:
        yield Problem(complain(error), path)


def read_paths(
    paths: Iterable[Path], root: Path | None, options: ReadOptions
) -> Iterator[Article | Problem | Notice]:
    """Read files and folders that there are; as for :func:`read_articles`."""
    for path in paths:
        is_empty = True
        for found in walk(path, options.left_out):
            is_empty = False
            if isinstance(found, Walked):
                file = Path(found.path)
                yield from read_file(file, name_of(file, root), options)
            else:
                yield found
        if is_empty:
            reason = f"expected files of articles in this folder ({endings()}), got none at all"
            yield Problem(f"{reason}; check the path", path)
    yield from options.notices()


def read_file(
    path: Path, name: str, options: ReadOptions = DEFAULTS
) -> Iterator[Article | Problem | Notice]:
    """Read one file.

    Args:
        path: The file.
        name: The name that its articles keep of it.
        options: How its user wants it to be read.

    Returns:
        Its articles and what is wrong with it; no error of the system is raised.
    """
    try:
        with open_source(path, name, encoding=options.encoding) as source:
            source.options = options
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
    """Read a file, and the files inside it."""
    reader = RecordReader(source, needs_dates=not chosen.has_machine_dates)
    for item in reader.read(chosen.read(source)):
        if isinstance(item, Source):
            item.options = source.options
            yield from _read_inner(item, depth + 1)
        else:
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
