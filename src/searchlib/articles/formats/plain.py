"""How does plain text become an article?

Its first paragraph is the title if it is one short line, does not end like a sentence, and has a
blank line and more text after it, or if it is marked as a heading or underlined. Otherwise the
title is empty: none is ever made up. A byline and a date may stand beside it
(:mod:`searchlib.articles.formats.plain_head`).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from searchlib.articles.dateline import find_dateline
from searchlib.articles.field_keys import has_field
from searchlib.articles.formats.plain_head import is_underlined, read_head
from searchlib.articles.header import looks_like_title
from searchlib.articles.markup import strip_markdown
from searchlib.articles.paragraphs import Kind, join_paragraphs, read_marks
from searchlib.articles.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

    from searchlib.articles.formats.plain_head import Head
    from searchlib.articles.source import Source
    from searchlib.articles.text import Line


def read_plain(lines: Sequence[Line], source: Source) -> Record:
    """Make one article of lines that have no header."""
    solid = [index for index, line in enumerate(lines) if line.text]
    first = solid[0] if solid else 0
    source.line = lines[first].number
    if head := read_head(lines):
        return Record(add_text(head_record(head), lines[head.end :]), source.line)
    title = strip_markdown(find_title(lines))
    below = lines[first + 1 :] if title else lines
    return Record(add_text({"title": title}, below), source.line)


def head_record(head: Head) -> dict[str, JsonValue]:
    """Give what stands above a text by the keys of a record."""
    title = strip_markdown(head.title)
    return {"title": title, "published": head.published, "byline": head.byline}


def add_text(
    record: Mapping[str, JsonValue], lines: Sequence[Line], leftover: Sequence[Line] = ()
) -> dict[str, JsonValue]:
    """Add the body, and the dateline that it begins with, to what is known of an article.

    Args:
        record: What is known so far. It has no key "body".
        lines: The lines of the text.
        leftover: Lines from a header, which go to the head of the body one by one.

    Returns:
        A new record.
    """
    above = [part for line in leftover for part in join_paragraphs([line])]
    paragraphs = [strip_markdown(paragraph) for paragraph in join_paragraphs(lines)]
    body = "\n\n".join([*map(strip_markdown, above), *paragraphs])
    added: dict[str, JsonValue] = {"body": body}
    if not has_field(record, "dateline"):
        # A subheading may stand above the paragraph with the dateline.
        added["dateline"] = next(filter(None, map(find_dateline, paragraphs[:2])), None)
    return added | dict(record)


def find_title(lines: Sequence[Line]) -> str:
    """Find the title that a text begins with; "" if it begins with none."""
    solid = list(islice((index for index, line in enumerate(lines) if line.text), 3))
    if len(solid) < 2:
        return ""
    marked = read_marks(lines[solid[0]].text)
    if marked.kind is Kind.HEADING or is_underlined(lines, solid):
        return marked.text
    is_alone = solid[1] > solid[0] + 1
    following = read_marks(lines[solid[1]].text).text
    is_title = (
        is_alone
        and marked.kind in (Kind.TEXT, Kind.BOLD)
        and looks_like_title(marked.text, following, is_alone=solid[2:] != [solid[1] + 1])
    )
    return marked.text if is_title else ""
