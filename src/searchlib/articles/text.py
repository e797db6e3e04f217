"""How does text become lines, and what is raised where that is of no use?"""

from __future__ import annotations

import re
from typing import NamedTuple

_SPACE = re.compile(r"[ \t\v\x1c-\x1f\x85\u2028\u2029]+")  # not the no-break space: it is text
LINE_LIMIT = 2_000_000
"""The most lines of a text that is read as a whole: each takes some 400 bytes."""

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


def split_lines(text: str) -> list[Line]:
    """Split decoded text into lines; a page break (form feed) stands as a blank line.

    Raises:
        UnusableError: There are more than :data:`LINE_LIMIT`.
    """
    if text.count("\n") + text.count("\f") >= LINE_LIMIT:
        raise UnusableError(f"expected a text of at most {LINE_LIMIT:,} lines, got more; split it")
    lines: list[Line] = []
    for number, whole in enumerate(text.split("\n"), 1):
        for page, part in enumerate(whole.split("\f")):
            if page:
                lines.append(Line(number, ""))
            tidy = part.strip().removeprefix(_MARK).lstrip()
            lines.append(Line(number, tidy and _SPACE.sub(" ", tidy), part[:1].isspace()))
    return lines
