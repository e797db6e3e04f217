"""How do lines become paragraphs?

A blank line ends a paragraph, unless it is a page break that has cut a sentence in two. The lines
of one paragraph are joined by a space. The rules, in order:

1. A heading (``## Text``), a line in bold and a list item stand alone; nothing is joined to them
   across a blank line, nor they to anything. Their marks go, their words stay. A line of nothing
   but dashes, asterisks or the like is a rule: it separates, and is dropped.
2. A paragraph that ends in a title ("Gen.", "Mr.") goes on in the next.
3. A paragraph that ends a sentence is complete, except after an abbreviation ("U.S.", "Inc.")
   when the next begins in lower case.
4. One that does not end a sentence goes on in the next if the next begins in lower case, if it
   ends in a comma, semicolon, dash or opening bracket, or if it has :data:`HEADING_LIMIT`
   characters or more. Shorter ones are taken for headings without a mark.
5. Where a word is cut by a hyphen, it is joined without a space and keeps the hyphen: whether
   "European-" / "backed" or "govern-" / "ment" was cut can't be told, and no text is lost.

A block with a line longer than :data:`WRAP_LIMIT` was not wrapped by hand: each of its lines is
a paragraph, under the same rules. In a wrapped block a line begins a new paragraph if it is
indented, the line before is not, and that one ends a sentence.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from searchlib.articles.text import Line

HEADING_LIMIT = 60
"""Characters from which a paragraph without a full stop is a cut sentence, not a heading."""

WRAP_LIMIT = 120
"""Characters that no line has in text that was wrapped by hand."""

_HEADING = re.compile(r"(#{1,6})\s+(.*?)(?:\s+#+)?")
_BOLD = re.compile(r"(\*{2,3}|__)((?:(?!\1).)+)\1")
_RULE = re.compile(r"[-–—_*=~#•·\s]{3,}|#{1,2}")
_ITEM = re.compile(r"(?:[-–—*+•‣▪◦·]|\(?\d{1,3}[.)]|\(?[a-zA-Z]\))\s+\S")
_ENDS = ".?!…:。！？؟۔।॥；："
_CLOSERS = "\"'”’»›)]}*_“」』）"
_OPENERS = "\"'“‘«‹([{*_„¿¡「『（"
_GOES_ON = (",", ";", "-", "–", "—", "(", "[", "{", "«", "‘", "„", "،", "、", "，")  # fmt: skip
_HYPHEN = re.compile(r"\w[-‐\u00ad]")
_TITLE = re.compile(
    r"(?:^|[\s(\"'“‘])(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Cpl|Pvt|Adm|Cmdr|Sen|Rep|Gov"
    r"|Rev|Fr|Msgr|Hon|Pres|Mme|Mlle)\."
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:\w\.)+|\b(?:Inc|Corp|Ltd|Co|Cos|Bros|Jr|No|vs|etc|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sept?|Oct|Nov|Dec)\.)"
)
_TAIL = 12  # characters that the longest title or abbreviation fits into


class Kind(Enum):
    """What a line is by its marks."""

    TEXT = "text"
    HEADING = "heading"
    BOLD = "bold"
    ITEM = "list item"
    RULE = "rule"


class Marked(NamedTuple):
    """A line without its marks.

    Attributes:
        kind: What the marks said. A heading in bold is ``BOLD``.
        text: What is left; an item keeps its bullet.
        level: 1 to 6 for a heading, 7 without.
    """

    kind: Kind
    text: str
    level: int = 7


class _Paragraph:
    """A paragraph in the making; parts are put together once, at its end."""

    def __init__(self, first: Marked) -> None:
        self.kind = first.kind
        self.parts = [first.text]
        self.length = len(first.text)

    def add(self, text: str) -> None:
        self.parts.append("" if _is_hyphenated(self.parts[-1], text) else " ")
        self.parts.append(text)
        self.length += len(text) + 1


def to_body(lines: Iterable[Line]) -> str:
    """Put the text of an article together: paragraphs with a blank line between them."""
    return "\n\n".join(join_paragraphs(lines))


def join_paragraphs(lines: Iterable[Line]) -> Iterator[str]:
    """Yield the paragraphs of some lines, by the rules of this module."""
    current: _Paragraph | None = None
    for block in _blocks(lines):
        is_wrapped = max(len(line.text) for line in block) <= WRAP_LIMIT
        before: Line | None = None
        for line in block:
            marked = read_marks(line.text)
            if current and _continues(current, marked, line, before if is_wrapped else None):
                current.add(marked.text)
            else:
                if current:
                    yield "".join(current.parts)
                current = None if marked.kind is Kind.RULE else _Paragraph(marked)
            before = line
    if current:
        yield "".join(current.parts)


def read_marks(text: str) -> Marked:
    """Tell what a line is, and take its marks off."""
    if text[:1] in "-–—_*=~#•·" and _RULE.fullmatch(text):
        return Marked(Kind.RULE, "")
    level = 7
    if text.startswith("#") and (heading := _HEADING.fullmatch(text)):
        level, text = len(heading[1]), heading[2]
    bold = _BOLD.fullmatch(text)
    if bold:
        return Marked(Kind.BOLD, bold[2].strip(), level)
    if level < 7:
        return Marked(Kind.HEADING, text, level)
    return Marked(Kind.ITEM if _ITEM.match(text) else Kind.TEXT, text)


def ends_sentence(text: str) -> bool:
    """Whether text ends in a full stop or the like, quotes and brackets aside."""
    return text.rstrip(_CLOSERS)[-1:] in tuple(_ENDS)


def starts_lower(text: str) -> bool:
    """Whether text begins with a small letter, quotes and brackets aside."""
    return text.lstrip(_OPENERS)[:1].islower()


def is_cut(text: str, following: str, length: int | None = None) -> bool:
    """Whether a paragraph is cut off, and ``following`` is where it goes on.

    Args:
        text: The paragraph, or the last line of it.
        following: The paragraph after it.
        length: The characters of the whole paragraph, if ``text`` is not all of it.
    """
    tail = text[-_TAIL:]
    if _ends_with(_TITLE, tail):
        return True
    if ends_sentence(text):
        return starts_lower(following) and _ends_with(_ABBREVIATION, tail)
    return (
        starts_lower(following)
        or text.endswith(_GOES_ON)
        or (len(text) if length is None else length) >= HEADING_LIMIT
    )


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        if line.text:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _continues(current: _Paragraph, marked: Marked, line: Line, before: Line | None) -> bool:
    """Whether a line goes on with the paragraph; ``before`` is the line it may be wrapped from."""
    if marked.kind not in (Kind.TEXT, Kind.ITEM) or current.kind in (Kind.HEADING, Kind.BOLD):
        return False
    last = current.parts[-1]
    if before is None:
        is_item = Kind.ITEM in (marked.kind, current.kind)
        return not is_item and is_cut(last, marked.text, current.length)
    if marked.kind is Kind.ITEM:
        return current.kind is not Kind.ITEM and not ends_sentence(last)
    return not (line.indented and not before.indented and ends_sentence(last))


def _is_hyphenated(before: str, after: str) -> bool:
    return bool(_HYPHEN.fullmatch(before[-2:])) and after[:1].isalnum()


def _ends_with(pattern: re.Pattern[str], tail: str) -> bool:
    return any(found.end() == len(tail) for found in pattern.finditer(tail))
