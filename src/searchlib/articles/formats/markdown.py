"""How does a Markdown file become an article?

Front matter (:mod:`searchlib.articles.frontmatter`) gives the fields, by the same keys as JSON;
the text below it is the body. If no key gives a title, the first heading of level 1 does, or one
of another level that the text begins with, and is taken out of the body. Without front matter a
byline and a date may stand beside that title (:mod:`searchlib.articles.formats.plain_head`), and a
file may be an archive export, which is read as one if it has the header of one
(:mod:`searchlib.articles.header`).

The marks of emphasis, links, quotes and code go, and their words stay
(:mod:`searchlib.articles.markup`).
"""

from __future__ import annotations

import codecs
import re
from itertools import islice
from typing import TYPE_CHECKING

from searchlib.articles.formats.base import Format
from searchlib.articles.formats.plain import add_text, find_title, head_record
from searchlib.articles.formats.plain_head import is_underlined, read_head
from searchlib.articles.formats.website import read_export
from searchlib.articles.frontmatter import split_front_matter
from searchlib.articles.header import find_headers
from searchlib.articles.markup import strip_markdown
from searchlib.articles.paragraphs import read_marks
from searchlib.articles.records import Record
from searchlib.articles.text import UnusableError, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import JsonValue

    from searchlib.articles.field_keys import FieldMap
    from searchlib.articles.source import Source
    from searchlib.articles.text import Line

_FENCE = ("```", "~~~")
_QUOTE = re.compile(r"^(?:> ?)+")
_DATED_NAME = re.compile(r"(\d{4}-\d\d-\d\d)-", re.ASCII)
_UNDERLINE = re.compile(r"={2,}")


def read_markdown(source: Source) -> Iterator[Record]:
    """Yield the article, or the articles of an export, in a Markdown file."""
    text = source.text()
    front = split_front_matter(text)
    if front:
        source.line = 1
        lines = split_lines(front.text)
        values = _with_date_of_name(front.values, source)
        yield Record(_to_record(values, lines, source.options.fields), 1)
        return
    lines = split_lines(text)
    headers = find_headers(lines)
    if headers:
        yield from read_export(lines, headers, source)
    elif any(line.text for line in lines):
        source.line = 1
        yield Record(_to_record({}, lines, source.options.fields), 1)


def _with_date_of_name(front: dict[str, JsonValue], source: Source) -> dict[str, JsonValue]:
    """Add the date that the name of a post begins with, as in Jekyll: ``2025-03-04-fog.md``."""
    found = _DATED_NAME.match(source.path.name)
    if found is None or source.options.fields.has(front, "published"):
        return front
    return {**front, "date": found[1]}


def _to_record(
    front: dict[str, JsonValue], lines: Sequence[Line], fields: FieldMap
) -> dict[str, JsonValue]:
    """Put the text below the front matter to the fields of it, which lose nothing to it."""
    record = dict(front)
    place = None if fields.has(record, "title") else _find_title(lines)
    head = read_head(lines) if place and not front else None
    if place and head and head.title == read_marks(lines[place.start].text).text:
        record = head_record(head)
        lines = lines[head.end :]
    elif place:
        record["title"] = strip_markdown(read_marks(lines[place.start].text).text)
        lines = [*lines[: place.start], *lines[place.stop :]]
    lines = [_unquoted(line) for line in lines if not _is_fence(line)]
    if not any(line.text for line in lines):
        return record
    if "body" in record:
        record["body (front matter)"] = record.pop("body")
    if not find_title(lines):
        return add_text(record, lines)
    first = next(at for at, line in enumerate(lines) if line.text)  # nothing goes on with it
    return add_text(record, lines[first + 1 :], leftover=lines[first : first + 1])


def _unquoted(line: Line) -> Line:
    return line._replace(text=_QUOTE.sub("", line.text)) if line.text.startswith(">") else line


def _is_fence(line: Line) -> bool:
    return line.text.startswith(_FENCE) and line.text.count(_FENCE[0]) < 2


def _find_title(lines: Sequence[Line]) -> slice | None:
    """Find the lines of the first heading of level 1, outside of blocks of code.

    Without such a heading it is one of any level that the text begins with.
    """
    is_code = False
    for at, line in enumerate(lines):
        if line.text.startswith(_FENCE):
            is_code = not is_code
        elif line.text and not is_code:
            if read_marks(line.text).level == 1:
                return slice(at, at + 1)
            below = lines[at + 1].text if at + 1 < len(lines) else ""
            if _UNDERLINE.fullmatch(below):
                return slice(at, at + 2)
    solid = list(islice((at for at, line in enumerate(lines) if line.text), 3))
    if is_underlined(lines, solid):
        return slice(solid[0], solid[1] + 1)
    is_heading = len(solid) > 1 and read_marks(lines[solid[0]].text).level < 7
    return slice(solid[0], solid[0] + 1) if is_heading else None


def _has_front_matter(head: bytes) -> bool:
    """Whether a text begins with front matter that can be read."""
    text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").replace("\r\n", "\n")
    try:
        return text.lstrip().startswith(("---", "+++")) and split_front_matter(text) is not None
    except UnusableError:
        return False


MARKDOWN = Format(
    name="Markdown",
    endings=(".md", ".markdown", ".mdown", ".mkd", ".mdx"),
    read=read_markdown,
    guess=_has_front_matter,
)
