"""How does a document become an article: one that has text, and properties beside it?

The properties give title, authors and date. A title that a program made up ("Microsoft Word -
x.doc", "untitled") is no title; then the first line is, under the rules of plain text. A byline and
a date below the title come before the properties. A document with the header of an export or of a
press database is read as one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from searchlib.articles.formats.plain import add_text, find_title
from searchlib.articles.formats.plain_head import read_head
from searchlib.articles.formats.several import notices_of_several
from searchlib.articles.formats.text import read_exports
from searchlib.articles.paragraphs import read_marks
from searchlib.articles.records import Record
from searchlib.articles.text import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import JsonValue

    from searchlib.articles.formats.plain_head import Head
    from searchlib.articles.records import Item
    from searchlib.articles.source import Source
    from searchlib.articles.text import Line

_MADE_UP: Final = re.compile(
    r"untitled.*|(?:microsoft )?word - .*|.*\.(?:docx?|dotx?|indd|p65|pdf|pub|qxd|rtf|tex|tmp|txt)"
    r"|(?:word )?(?:document|doc|dokument)\s?\d*",
    re.IGNORECASE,
)
_FALLBACK: Final = "title (properties)"


def read_document(text: str, properties: dict[str, JsonValue], source: Source) -> Iterator[Item]:
    """Yield the article of a document, or the articles of an export.

    Args:
        text: Its text, in which blank lines part paragraphs.
        properties: What is known beside it, under the keys of JSON: "title", "authors", "date".
        source: The file.
    """
    lines = split_lines(text)
    is_export = False
    for item in read_exports(lines, source):
        is_export = True
        yield item
    if not is_export:
        yield Record(_to_record(lines, properties))
        yield from notices_of_several(lines, source)


def _to_record(lines: Sequence[Line], properties: dict[str, JsonValue]) -> dict[str, JsonValue]:
    record: dict[str, JsonValue] = {key: value for key, value in properties.items() if value}
    title = str(record.get("title", ""))
    if title and _MADE_UP.fullmatch(title.strip()):
        record[_FALLBACK] = record.pop("title")
        title = ""
    head = read_head(lines)
    if head is not None and title in ("", head.title):
        return add_text(_with_head(record, head), lines[head.end :])
    at = next((index for index, line in enumerate(lines) if line.text), 0)
    if not title:
        title = find_title(lines)
    if title:
        record["title"] = title
        if read_marks(lines[at].text).text == " ".join(title.split()):
            lines = lines[at + 1 :]
    return add_text(record, lines)


def _with_head(record: dict[str, JsonValue], head: Head) -> dict[str, JsonValue]:
    """Take what stands above the text; properties tell who typed it, and when."""
    said: dict[str, JsonValue] = {"authors": head.byline, "date": head.published}
    for key, value in said.items():
        if value and key in record:
            record[f"{key} (properties)"] = record.pop(key)
    return {**record, "title": head.title, **{key: value for key, value in said.items() if value}}
