"""Which format is a file of? By its first bytes where they tell, else by the end of its name.

A file is read as what it is, not as what it is called: a web page in a ``.txt`` is a web page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.articles.formats import json_records, markdown, table, website
from searchlib.articles.unpacking import PACKED

if TYPE_CHECKING:
    from searchlib.articles.formats.base import Format

FORMATS: tuple[Format, ...] = (
    markdown.MARKDOWN,
    json_records.JSON_LINES,
    json_records.JSON,
    table.TABLE,
    website.TEXT,
)
"""Every format, the special before the general: the first that recognises a file has it."""

BY_ENDING: dict[str, Format] = {ending: each for each in FORMATS for ending in each.endings}

_OFFICE = "convert it with: soffice --headless --convert-to docx FILE"
_IMAGE = "it has no text; if it shows some, make a PDF of it with: ocrmypdf FILE FILE.pdf"
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
    ".msg": "convert it with: msgconvert FILE (gives .eml)",
    ".pst": "convert it with: readpst FILE (gives .mbox)",
    ".7z": "unpack it", ".rar": "unpack it",
    ".jpg": _IMAGE, ".jpeg": _IMAGE, ".png": _IMAGE, ".gif": _IMAGE, ".tif": _IMAGE,
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
            return each
    if ending == ".txt":
        for each in FORMATS:
            if each.guess(head):
                return each
    return BY_ENDING.get(ending)


def endings() -> str:
    """List the endings that are read, for a message."""
    return f"{', '.join(BY_ENDING)}, or one of these and {', '.join(sorted(PACKED))}"


def advice(ending: str) -> str:
    """Say what to do with a file that has no reader."""
    convert = _CONVERT.get(ending)
    if convert is None:
        convert = f"convert it to one of {endings()}"
        if not ending:
            convert = f"let its name end in what it is: {endings()}"
    return f"{convert}; or leave it out"
