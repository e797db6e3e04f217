"""What stands around an occurrence? Its line in a concordance, without the breaks of the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.highlight.marks import Mark, Span
    from searchlib.highlight.texts import FieldText

_BLANKS: Final = re.compile(r"\s+")
_ROOM: Final = 4
"""So many times the width is read of a text, whose breaks and indents become one blank each."""


class InContext(NamedTuple):
    """An occurrence in its line. Each run of white space is one blank.

    Attributes:
        left: What stands before it.
        match: The text from the first to the last of its words.
        right: What stands behind it.
        marks: What was asked for in the match, ascending and disjoint.
    """

    left: str
    match: str
    right: str
    marks: tuple[Span, ...]


def in_context(text: FieldText, marks: Sequence[Mark], width: int) -> InContext:
    """Give an occurrence with what stands around it.

    Args:
        text: The text.
        marks: The marks of the occurrence.
        width: How many characters there are on each side at most; a word that does not fit is left
            out, unless it is the only one.
    """
    start, end = marks[0].start, marks[-1].end
    bounds, room = [0, *text.breaks, len(text.text)], _ROOM * (width + 1)
    value = bisect_right(text.breaks, start)
    left = text.text[max(bounds[value], start - room) : start]
    right = text.text[end : min(bounds[value + 1], end + room)]
    match, spans = _written(text.text, marks)
    before = _fitting(left[::-1], width)[::-1]
    return InContext(before.lstrip(), match, _fitting(right, width).rstrip(), spans)


def _fitting(text: str, width: int) -> str:
    """Give as many whole words of the beginning of a text as there is room for."""
    line = _BLANKS.sub(" ", text)
    if len(line) <= width:
        return line
    head = line[:width]
    whole = head if line[width] == " " else head.rpartition(" ")[0]
    return whole if whole.strip() else head


def _written(text: str, marks: Sequence[Mark]) -> tuple[str, tuple[Span, ...]]:
    """Write the text from the first mark to the last, and find the marks in it."""
    written, spans, at = "", [], marks[0].start
    for mark in marks:
        written += _BLANKS.sub(" ", text[at : mark.start])
        start = len(written)
        written += _BLANKS.sub(" ", text[mark.start : mark.end])
        spans.append((start, len(written)))
        at = mark.end
    return written, tuple(spans)
