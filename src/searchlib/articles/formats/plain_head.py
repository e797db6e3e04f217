"""Which lines above a plain text are its title, who wrote it, and its date?

Text that was copied from a page often begins with these three, a line to each, in any order::

    Harbour reopens
    By Ida Blom
    March 4, 2025

The title may be a heading, or have a line of "=" or "-" below it.

A line is taken only if it is nothing else: the whole line is one day, or it begins with "By" and
goes on with a name, or both ("By Ida Blom, March 4, 2025"). Without one of the
two, no title is told here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from searchlib.articles.header import is_title_like, looks_like_title
from searchlib.articles.paragraphs import Kind, ends_sentence, read_marks
from searchlib.articles.when import read_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.articles.text import Line

_MOST_LINES: Final = 5
_UNDERLINE: Final = re.compile(r"={2,}|-{3,}")
_BY: Final = re.compile(r"\b(?:By|BY|Von|Par|Por|Di|Door)[ :]")
_BYLINE: Final = re.compile(rf"{_BY.pattern}[ :]*(?=[^\W\d_a-z])(.{{2,80}})")
_BETWEEN: Final = re.compile(r"\s*[,;|·•(]\s*|\s+(?:[-–—/]|on|am)\s+|\s+")
"""What may stand between a name and a date."""
_DIGIT: Final = re.compile(r"\d")  # every date that people write has one
_LONGEST: Final = 200  # characters of a line with a byline and a date
_MOST_WORDS: Final = 10  # of a byline: "By Ida Blom and Jo Quist, Orlin Correspondents"


@dataclass(slots=True)
class Head:
    """What stands above a text.

    Attributes:
        title: The title.
        byline: Who wrote it, as it is written there.
        published: The date, as it is written there.
        end: Index after the last line of it.
    """

    title: str = ""
    byline: str = ""
    published: str = ""
    end: int = 0


def read_head(lines: Sequence[Line]) -> Head | None:
    """Read the lines above a text, or return ``None`` if they are not a title, and one more."""
    head = Head()
    solid = [at for at, line in enumerate(lines) if line.text][: _MOST_LINES + 2]
    for place, at in enumerate(solid[:-1]):
        text = read_marks(lines[at].text).text
        if head.title and is_underlined(lines, solid[place - 1 : place + 2]):
            pass
        elif not head.byline and (signed := _signed(text)):
            head.byline, published = signed
            head.published = head.published or published
        elif not head.published and _is_day(text):
            head.published = text
        elif not head.title and _is_title(lines, solid[place : place + 3]):
            head.title = text
        else:
            break
        head.end = at + 1
    return head if head.title and (head.byline or head.published) else None


def is_underlined(lines: Sequence[Line], solid: Sequence[int]) -> bool:
    """Whether a line has a line of nothing but "=" or "-" right below it, and then text.

    Args:
        lines: The lines.
        solid: The indices of three that are not blank: the line, and what comes after it.
    """
    if len(solid) < 3 or solid[1] != solid[0] + 1:
        return False
    return bool(_UNDERLINE.fullmatch(lines[solid[1]].text)) and is_title_like(lines[solid[0]].text)


def _signed(text: str) -> tuple[str, str] | None:
    """Read a byline, and the date that may stand in its line; "" without one."""
    if len(text) > _LONGEST or ends_sentence(text) or not _BY.search(text):
        return None
    if (found := _BYLINE.fullmatch(text)) and _is_date(found[1]):
        return None  # "By Monday, March 4, 2025"
    for between in _BETWEEN.finditer(text):
        before, after = text[: between.start()], text[between.end() :]
        date = after.removesuffix(")") if "(" in between[0] else after
        is_date = _is_day if between[0].isspace() else _is_date
        if is_date(date) and (byline := _byline(before)):
            return byline, date
        if is_date(before) and (byline := _byline(after)):
            return byline, before
    return (byline, "") if (byline := _byline(text)) else None


def _byline(text: str) -> str:
    found = _BYLINE.fullmatch(text)
    is_name = found is not None and len(text.split()) <= _MOST_WORDS
    return found[1].strip() if found and is_name else ""


def _is_date(text: str) -> bool:
    return bool(_DIGIT.search(text)) and read_whole(text) is not None


def _is_day(text: str) -> bool:
    """Whether a line is the date of one day; a mere number may be anything."""
    when = None if text.isdigit() or not _DIGIT.search(text) else read_whole(text)
    return when is not None and when.last is None


def _is_title(lines: Sequence[Line], solid: Sequence[int]) -> bool:
    """Whether the first of two or three lines that are not blank is the title."""
    at, below, *rest = solid
    marked, following = read_marks(lines[at].text), read_marks(lines[below].text).text
    if is_underlined(lines, solid):
        return True
    if marked.kind is Kind.ITEM or not is_title_like(marked.text):
        return False
    if _signed(following) or _is_day(following):
        return True
    is_next_alone = rest != [below + 1]
    return below > at + 1 and looks_like_title(marked.text, following, is_alone=is_next_alone)
