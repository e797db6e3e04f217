"""How does a PDF become an article?

PDFium finds the text; where lines stand further apart than those of a paragraph, another begins.
A hyphen at the end of a line that cuts a word goes. What the file says of itself gives title,
authors and date. A file without text, such as a scan, is a problem that says what helps.
"""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from searchlib.articles.formats.base import Format, guarded
from searchlib.articles.formats.document import read_document
from searchlib.articles.source import too_large
from searchlib.articles.text import UnusableError
from searchlib.articles.when import read_when

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source

PAGE_LIMIT: Final = 20_000
"""The most pages that a file may have."""

_APART: Final = 0.6  # of the height of a line: space between two that begins another paragraph
_CUT_WORD: Final = re.compile(r"(?<=[^\W\d_A-Z])\ufffe(?=[^\W\d_A-Z])")  # PDFium's mark for it
_DATE: Final = re.compile(
    r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+-]\d\d)'?(\d\d)?|(Z))?"
)


def read_pdf(source: Source) -> Iterator[Item]:
    """Yield the article of a PDF, or the articles of an export."""
    from pypdfium2 import PdfDocument

    if not source.head():
        return
    with source.seekable() as file, guarded("a PDF"), closing(PdfDocument(file)) as document:
        if len(document) > PAGE_LIMIT:
            raise UnusableError(
                f"expected a PDF of at most {PAGE_LIMIT:,} pages, got more; split it"
            )
        text, broken = _text(document, source)
        properties = _properties(document.get_metadata_dict())
    if not text.strip():
        raise UnusableError(
            "has no text, so it shows pictures of it, or nothing; find the text in them with: "
            "ocrmypdf FILE FILE.pdf"
        )
    yield from read_document(text, properties, source)
    if broken:
        pages = ", ".join(map(str, broken[:10]))
        yield source.notice(f"some pages can't be read, and are left out: {pages}", "pages")


def _text(document: Any, source: Source) -> tuple[str, list[int]]:
    """Take the text of all pages, and the numbers of those that have none to be read."""
    from pypdfium2 import PdfiumError

    pages: list[str] = []
    broken: list[int] = []
    left = source.limit
    for number in range(len(document)):
        try:
            with closing(document[number]) as page, closing(page.get_textpage()) as textpage:
                pages.append(_page(textpage))
        except PdfiumError:
            broken.append(number + 1)
            continue
        left -= len(pages[-1])
        if left < 0:
            raise UnusableError(too_large("document"))
    return "\n\f\n".join(pages), broken


def _page(textpage: Any) -> str:
    """Take the text of a page, with a blank line where another paragraph begins."""
    text = textpage.get_text_range()
    parts: list[str] = []
    at, bottom = 0, None
    for line in text.split("\r\n"):
        if line.strip():
            first = at + len(line) - len(line.lstrip())
            top, height = _edge(textpage, first)
            # A line further up is in the next column, where the paragraph may go on.
            if bottom is not None and bottom - top > _APART * height:
                parts.append("")
            bottom = _edge(textpage, at + len(line.rstrip()) - 1)[0] - height
        parts.append(line)
        at += len(line) + 2
    return _CUT_WORD.sub("", "\n".join(parts)).replace("\ufffe", "-")


def _edge(textpage: Any, index: int) -> tuple[float, float]:
    """Give the upper edge of the line that a character stands in, and its height."""
    _, bottom, _, top = textpage.get_charbox(min(index, textpage.count_chars() - 1), loose=True)
    return top, top - bottom


def _properties(found: dict[str, str]) -> dict[str, JsonValue]:
    return {
        "title": found.get("Title", ""),
        "authors": [name.strip() for name in found.get("Author", "").split(";") if name.strip()],
        "date": _date(found.get("CreationDate", "")),
        "tags": found.get("Keywords", ""),
        "subject": found.get("Subject", ""),
    }


def _date(text: str) -> str:
    """Write a date such as ``D:20250304101112+01'00'`` as ISO 8601 has it; others as they are."""
    found = _DATE.match(text)
    if not found:
        return text
    year, month, day, hour, minute, second, zone, zone_minute, utc = found.groups("")
    offset = "Z" if utc else f"{zone}:{zone_minute or '00'}" if zone else ""
    time = f" {hour}:{minute or '00'}:{second or '00'}{offset}" if hour else ""
    written = "-".join(filter(None, (year, month, day))) + time
    return written if read_when(written) else text


PDF: Final = Format(
    name="PDF",
    endings=(".pdf",),
    read=read_pdf,
    sniff=lambda head: b"%PDF-" in head[:1024],
    extra="office",
    has_machine_dates=True,
)
