"""How is a file of text read? As an export of a website or a press database, or as one article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.articles.formats.base import Format
from searchlib.articles.formats.plain import read_plain
from searchlib.articles.formats.press import read_press
from searchlib.articles.formats.several import notices_of_several
from searchlib.articles.formats.website import read_export
from searchlib.articles.header import find_headers
from searchlib.articles.text import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source
    from searchlib.articles.text import Line


def read_text(source: Source) -> Iterator[Item]:
    """Yield the articles of a ``.txt`` file."""
    yield from read_prose(source.text(), source)


def read_prose(text: str, source: Source) -> Iterator[Item]:
    """Yield the articles of a text, from whatever file it was taken."""
    lines = split_lines(text)
    is_export = False
    for item in read_exports(lines, source):
        is_export = True
        yield item
    if not is_export and any(line.text for line in lines):
        yield read_plain(lines, source)
        yield from notices_of_several(lines, source)


def read_exports(lines: Sequence[Line], source: Source) -> Iterator[Item]:
    """Yield the articles of an export, if the lines are one of any kind; else nothing."""
    is_press = False
    for item in read_press(lines, source):
        is_press = True
        yield item
    headers = [] if is_press else find_headers(lines)
    if headers:
        yield from read_export(lines, headers, source)


TEXT = Format(name="text", endings=(".txt", ".text"), read=read_text)
