"""What is known of a file whose articles are in the index? One line of the catalogue.

A line is JSON in ASCII, an array of the attributes of :class:`KnownFile` in their order. An article
stands in it as its key if its key was made from its content, as ``[key]`` if the source gave the
key, and as ``[key, content id]`` if it had the key before its content changed. In an archive it is
``[key, content id, member]``. Lines stand in the
order of :func:`place_of`, which is the order in which folders are walked.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import from_json

from searchlib.errors import CorruptIndexError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_KEPT_PROBLEMS = 20
"""So many problems of a file are kept to be reported again; of the rest, their number."""

_DAMAGED = (
    "the catalogue of files is damaged (restore the index from a backup, or index the files again "
    "into a new index)"
)


class KnownArticle(NamedTuple):
    """A record of a file.

    Attributes:
        key: The key of its article in the index; empty if it could not be used.
        content: The id that its content gives it; ``None`` if the source gave it an id.
        member: A digest of the name of the file that it is in, if that is inside another.
    """

    key: str
    content: str | None = None
    member: str = ""


UNUSABLE = KnownArticle("", "")
"""Stands for a record that could not be used, so that the others keep their places."""


@dataclass(slots=True)
class KnownFile:
    """A file as it was read.

    Attributes:
        path: The absolute path.
        file: The name that its articles have of it.
        size: Its length in bytes.
        mtime_ns: When it was last changed, in nanoseconds since 1970. -1 if it was changed just
            before it was read: then it may be changed again within one tick of the clock.
        digest: The BLAKE2b of its bytes, 16 bytes in hexadecimal digits.
        reading: With which options it was read.
        articles: Its records, in their order.
        tolerated: How many problems it had when nothing was missing of it.
        problem_count: How many problems it has.
        problems: The first of these, each as ``[reason, line, field, key, kind, member]``; the
            member is the file inside this one that it is about.
        line: The line of the catalogue that it was read from, as long as nothing has changed.
    """

    path: str
    file: str
    size: int
    mtime_ns: int
    digest: str
    reading: str
    articles: list[KnownArticle] = field(default_factory=list)
    tolerated: int = 0
    problem_count: int = 0
    problems: list[list[Any]] = field(default_factory=list)
    line: bytes = field(default=b"", compare=False, repr=False)

    @property
    def keys(self) -> list[str]:
        """The keys of the articles that it has in the index."""
        return [article.key for article in self.articles if article.key]

    @property
    def has_derived(self) -> bool:
        """Whether it has an article without an id of its own."""
        return any(article.content for article in self.articles)

    def keep_problems(self, problems: list[Problem], path: Path) -> None:
        """Keep problems to report them when the file is passed over as unchanged.

        Args:
            problems: What could not be used.
            path: The file, as the problems name it.
        """
        self.problem_count = len(problems)
        self.problems = [
            [p.reason, p.line, p.field, p.key, p.kind, member_of(p.path, path)]
            for p in problems[:_KEPT_PROBLEMS]
        ]

    def kept_problems(self, path: Path) -> Iterator[Problem]:
        """Give the problems that were kept, and one for those that were not.

        Args:
            path: The file, as the report shall name it.
        """
        for reason, line, name, key, *rest in self.problems:
            kind, member = rest or (None, "")  # catalogues of before have neither
            yield Problem(reason, path / member, line, name, key, kind)
        more = self.problem_count - len(self.problems)
        if more > 0:
            yield Problem(f"{more:,} more problems; read it again in full to see them", path)

    def to_line(self) -> bytes:
        """Write the line of the catalogue."""
        articles = [_shorten(article) for article in self.articles]
        values = [self.path, self.file, self.size, self.mtime_ns, self.digest, self.reading]
        line = [*values, articles, self.tolerated, self.problem_count, self.problems]
        return json.dumps(line, separators=(",", ":")).encode("ascii")


def member_of(path: Path | None, outer: Path) -> str:
    """Give the name of a file inside another; "" for this other itself."""
    if path is None or path == outer or not path.is_relative_to(outer):
        return ""
    return path.relative_to(outer).as_posix()


def place_of(path: str) -> list[str]:
    """Give the order of a path among others: a folder's files stand together, by their names."""
    return path.split(os.sep)  # noqa: PTH206 - Path.parts takes several times as long


def read_known(lines: Iterable[bytes]) -> Iterator[KnownFile]:
    """Read the lines of a catalogue.

    Raises:
        CorruptIndexError: A line is not as it was written, or they are not in order.
    """
    last: list[str] = []
    for line in lines:
        known = _read_line(line)
        place = place_of(known.path)
        if place <= last:
            raise CorruptIndexError(f"{_DAMAGED}: expected its files in order, got {known.path!r}")
        last = place
        yield known


def find_source(lines: Iterable[bytes], key: str, name: str | None) -> Path | None:
    """Find the file that has an article.

    Args:
        lines: Those of the catalogue.
        key: The key of the article.
        name: The name of its file; of several that have the key, the one of this name is meant.
    """
    found = None
    for known in read_known(lines):
        if key in known.keys:
            found = found or Path(known.path)
            if name is not None and f"{name}/".startswith(f"{known.file}/"):
                return Path(known.path)
    return found


def _read_line(line: bytes) -> KnownFile:
    try:
        path, file, size, mtime_ns, digest, reading, articles, *rest = _decoded(line)
        records = [_lengthen(each) for each in articles]
        known = KnownFile(path, file, size, mtime_ns, digest, reading, records, *rest)
        known.line = line
        if not isinstance(known.path, str):
            raise TypeError(f"expected a path, got {known.path!r:.80}")
    except (ValueError, TypeError) as error:
        reason = f"expected a line of it, got {line!r:.80} ({error})"
        raise CorruptIndexError(f"{_DAMAGED}: {reason}") from error
    return known


def _decoded(line: bytes) -> Any:
    try:
        return from_json(line)  # in a quarter of the time
    except ValueError:  # the name of a file may have bytes that are no text
        return json.loads(line)


def _shorten(article: KnownArticle) -> str | list[str | None]:
    if article.member:
        return [*article]
    if article.content is None:
        return [article.key]
    return article.key if article.key == article.content else [article.key, article.content]


def _lengthen(given: str | list[str]) -> KnownArticle:
    return KnownArticle(given, given) if isinstance(given, str) else KnownArticle(*given)
