"""How do bytes become text, and text become lines?

Text is UTF-8; a line that is not is taken for Windows-1252, the encoding of most old archives,
so a file that mixes the two is read as well. Bytes that are neither, or zero bytes, are no text.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_SPACE = re.compile(r"[ \t\v\x1c-\x1f\x85\u2028\u2029]+")  # not the no-break space: it is text
_MARK = "\ufeff"  # a byte order mark: anywhere but at the start where files were put together


class UnusableError(ValueError):
    """A file, or a record in it, that can't be used; caught by whoever reads the file.

    Attributes:
        line: The line at fault, counted from 1, or ``None`` if it is not known.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


class Line(NamedTuple):
    """A line of text without the white space around it.

    Attributes:
        number: The line of the file that it stands on, counted from 1.
        text: What it says; empty for a blank line and for a page break.
        indented: Whether white space stands before it.
    """

    number: int
    text: str
    indented: bool = False


def decode(data: bytes) -> str:
    """Decode a whole file, and make every end of line a line feed.

    Raises:
        UnusableError: It is not text.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        if b"\0" in data:
            raise UnusableError(_binary("a zero byte"), data[: data.index(0)].count(b"\n") + 1)
        text = data.decode()
    except UnicodeDecodeError:
        lines = enumerate(data.splitlines(keepends=True), 1)
        text = "".join(_decode_numbered(number, raw) for number, raw in lines)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode_line(raw: bytes) -> str:
    """Decode one line.

    Raises:
        UnusableError: It is not text.
    """
    if b"\0" in raw:
        raise UnusableError(_binary("a zero byte"))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        try:
            return raw.decode("cp1252")
        except UnicodeDecodeError as error:
            found = f"the byte 0x{raw[error.start]:02x}"
            raise UnusableError(_binary(found)) from None


def split_lines(text: str) -> list[Line]:
    """Split decoded text into lines; a page break (form feed) stands as a blank line."""
    lines: list[Line] = []
    for number, whole in enumerate(text.split("\n"), 1):
        for page, part in enumerate(whole.split("\f")):
            if page:
                lines.append(Line(number, ""))
            tidy = part.strip().removeprefix(_MARK).lstrip()
            lines.append(Line(number, tidy and _SPACE.sub(" ", tidy), part[:1].isspace()))
    return lines


def _decode_numbered(number: int, raw: bytes) -> str:
    try:
        return decode_line(raw)
    except UnusableError as error:
        raise UnusableError(str(error), number) from None


def _binary(found: str) -> str:
    return (
        f"looks binary: expected text in UTF-8, UTF-16 or Windows-1252, got {found}; "
        "convert it to UTF-8 text, or leave it out"
    )
