"""How does a Word document (``.docx``) become an article?

Its properties give title, authors and date, or a paragraph in the style "Title" the title. All
paragraphs are text, also those in tables, text boxes and notes; what was deleted while changes
were tracked is not.
"""

from __future__ import annotations

import zipfile
from typing import IO, TYPE_CHECKING, Any, Final

from searchlib.articles.formats.base import Format, guarded
from searchlib.articles.formats.document import read_document
from searchlib.articles.text import UnusableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source

PART_LIMIT: Final = 32 << 20
"""The most bytes that the text may have as XML: its tree takes several times the memory."""
TOTAL_LIMIT: Final = 256 << 20
"""The most bytes that all parts may have, with the images, which python-docx holds as well."""

_PARTS: Final = 10_000
_NOTES: Final = ("/footnotes", "/endnotes")
# What a drawing is for old programs; it has the same text again.
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_FIRST: Final = (b"[Content_Types].xml", b"_rels/", b"word/", b"docProps/")
_BREAKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_word(source: Source) -> Iterator[Item]:
    """Yield the article of a Word document, or the articles of an export."""
    if not source.head():
        return
    from docx import Document
    from docx.oxml.parser import parse_xml

    with source.seekable() as file, guarded("a Word document"):
        _check_sizes(file)
        document = Document(file)
        notes = [
            parse_xml(each.target_part.blob)
            for each in document.part.rels.values()
            if each.reltype.endswith(_NOTES) and not each.is_external
        ]
        paragraphs = [text for root in (document.element.body, *notes) for text in _texts(root)]
        properties = _properties(document.core_properties)
        properties["title"] = properties["title"] or _title(document)
    yield from read_document("\n\n".join(paragraphs), properties, source)


def _check_sizes(file: IO[bytes]) -> None:
    """Refuse what would fill memory, by the sizes that the parts say they have.

    :mod:`zipfile` reads no more of a part than that.
    """
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise UnusableError("is encrypted; save it without a password")
    texts = [part.file_size for part in parts if part.filename.endswith((".xml", ".rels"))]
    total = sum(part.file_size for part in parts)
    if max(texts, default=0) > PART_LIMIT or total > TOTAL_LIMIT or len(parts) > _PARTS:
        raise UnusableError(
            f"expected a Word document of at most {PART_LIMIT >> 20} MiB of text and "
            f"{TOTAL_LIMIT >> 20} MiB in all (unpacked), got a larger one; split it"
        )
    file.seek(0)


def _texts(root: Any) -> Iterator[str]:
    from docx.oxml.ns import qn

    for paragraph in root.iter(qn("w:p")):
        text = "".join(_runs(paragraph, qn("w:p")))
        is_twice = any(each.tag == _FALLBACK for each in paragraph.iterancestors())
        if text.strip() and not is_twice:
            # A paragraph is one, whatever its text looks like.
            yield "\n".join(line.strip() for line in text.split("\n"))


def _runs(paragraph: Any, inner: str) -> Iterator[str]:
    """Yield the pieces of text of a paragraph, without those of text boxes that hang on it."""
    for child in paragraph.iterchildren():
        if child.tag in (inner, _FALLBACK) or not isinstance(child.tag, str):
            continue
        name = child.tag.rpartition("}")[2]
        if name == "t":
            yield child.text or ""
        elif name in _BREAKS:
            yield _BREAKS[name]
        elif name not in ("pPr", "rPr"):
            yield from _runs(child, inner)


def _title(document: Any) -> str:
    for paragraph in document.paragraphs[:20]:
        style = paragraph.style
        if style is not None and style.name == "Title" and paragraph.text.strip():
            return str(paragraph.text)
    return ""


def _properties(found: Any) -> dict[str, JsonValue]:
    author = "" if found.author == "python-docx" else found.author
    return {
        "title": found.title,
        "authors": [name.strip() for name in author.split(";") if name.strip()],
        "date": _created(found),
        "tags": found.keywords,
        "subject": found.subject,
        "language": found.language,
        "comments": found.comments,
    }


def _created(found: Any) -> str:
    """Give the date as it is written: python-docx makes a day of a year, and fails for some."""
    return found._element.findtext("{http://purl.org/dc/terms/}created") or ""


def _is_word(head: bytes) -> bool:
    """Whether a zip archive begins with the parts of a Word document."""
    return head.startswith(b"PK\x03\x04") and head[30:].startswith(_FIRST) and b"word/" in head


WORD: Final = Format(
    name="Word document",
    endings=(".docx",),
    read=read_word,
    sniff=_is_word,
    extra="office",
    has_machine_dates=True,
)
