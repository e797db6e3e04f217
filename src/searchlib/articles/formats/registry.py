"""Which format is a file of? By its first bytes where they tell, else by the end of its name.

A file is read as what it is, not as what it is called: a web page in a ``.txt`` is a web page. What
looks like nothing in particular is text if its name says so, and else is not read.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from searchlib.articles.formats import (
    archive,
    feeds,
    html,
    json_records,
    mail,
    markdown,
    mediawiki,
    movable_type,
    news_xml,
    other_xml,
    pdf,
    rtf,
    sgml,
    table,
    text,
    word,
    wordpress,
)
from searchlib.articles.unpacking import PACKED

if TYPE_CHECKING:
    from searchlib.articles.formats.base import Format

FORMATS: tuple[Format, ...] = (
    rtf.RTF,
    html.HTML,
    html.MHTML,
    wordpress.WORDPRESS,
    feeds.FEED,
    feeds.JSON_FEED,
    news_xml.NEWS_XML,
    mediawiki.MEDIAWIKI,
    sgml.SGML,
    other_xml.OTHER_XML,
    mail.MAILBOX,
    mail.MAIL,
    pdf.PDF,
    word.WORD,
    archive.ZIP,
    archive.TAR,
    movable_type.MOVABLE_TYPE,
    markdown.MARKDOWN,
    json_records.JSON_LINES,
    json_records.JSON,
    table.TABLE,
    text.TEXT,
)
"""Every format, the special before the general: the first that recognises a file has it."""

BY_ENDING: dict[str, Format] = {ending: each for each in FORMATS for ending in each.endings}

_OFFICE = "convert it with: soffice --headless --convert-to docx FILE"
_SLIDES = "convert it with: soffice --headless --convert-to pdf FILE"
_IMAGE = "leave it out; if it shows text, make a PDF of it with: ocrmypdf FILE FILE.pdf"
_PART = "leave it out: it is a part of a web page or program, no article"
_CONVERT = {
    ".doc": _OFFICE, ".odt": _OFFICE, ".wpd": _OFFICE, ".wps": _OFFICE, ".pages": _OFFICE,
    ".xls": "convert it with: soffice --headless --convert-to csv FILE",
    ".xlsx": "convert it with: soffice --headless --convert-to csv FILE",
    ".ods": "convert it with: soffice --headless --convert-to csv FILE",
    ".epub": "convert it with: pandoc FILE -o FILE.html",
    ".rst": "convert it with: pandoc FILE -o FILE.md",
    ".tex": "convert it with: pandoc FILE -o FILE.md",
    ".djvu": "convert it with: djvutxt FILE FILE.txt",
    ".ps": "convert it with: ps2pdf FILE",
    ".webarchive": "convert it with: textutil -convert html FILE",
    ".ppt": _SLIDES, ".pptx": _SLIDES, ".odp": _SLIDES, ".key": _SLIDES,
    ".msg": "convert it with: msgconvert FILE (gives .eml)",
    ".pst": "convert it with: readpst FILE (gives .mbox)",
    ".7z": "unpack it", ".rar": "unpack it",
    ".jpg": _IMAGE, ".jpeg": _IMAGE, ".png": _IMAGE, ".gif": _IMAGE, ".tif": _IMAGE,
    ".js": _PART, ".css": _PART, ".map": _PART, ".woff": _PART, ".woff2": _PART, ".ico": _PART,
    ".svg": _PART, ".py": _PART, ".exe": _PART, ".dll": _PART,
    ".tiff": _IMAGE, ".webp": _IMAGE, ".bmp": _IMAGE,
}  # fmt: skip


def choose(ending: str, head: bytes) -> Format | None:
    """Choose the format of a file.

    Args:
        ending: The ending of its name, in small letters, without that of a compression.
        head: Its first bytes.

    Returns:
        The format, or ``None`` if no reader knows it.
    """
    for each in FORMATS:
        if each.sniff(head):
            # The parts of a document that is a zip inside are no articles.
            return None if each is archive.ZIP and ending in _CONVERT else each
    guessed = FORMATS if not ending or ending in text.TEXT.endings else (mail.MAIL,)
    # The mails of a Maildir and of newsgroups have no endings, or some that mean something else.
    if ending not in BY_ENDING.keys() - text.TEXT.endings and ending not in _CONVERT:
        for each in guessed:
            if each.guess(head):
                return each
    return BY_ENDING.get(ending)


def likely_ending(head: bytes) -> str:
    """Tell the ending that a file without a name would have, from its first bytes.

    Formats that are recognised by them for certain need none; see :func:`choose`.
    """
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"["):  # a list with nothing in it looks like no JSON yet
        return ".json"
    return ".md" if text.startswith((b"---\n", b"---\r\n", b"+++\n", b"# ")) else ".txt"


def endings() -> str:
    """List the endings that are read, for a message."""
    return f"{', '.join(BY_ENDING)}, or one of these and {', '.join(sorted(PACKED))}"


def advice(ending: str) -> str:
    """Say what to do with a file that has no reader."""
    if not ending:
        return "let its name end in what it is, such as .txt, .html or .jsonl, or leave it out"
    return _CONVERT.get(ending, "convert it to .txt, .html or .jsonl, or leave it out")
