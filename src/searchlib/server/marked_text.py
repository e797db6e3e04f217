"""How does the text of an article become HTML? Escaped, in paragraphs, with numbered marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from searchlib.highlight.marks import Span

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_REPLACEMENT: Final = "\ufffd"


class MarkedText(NamedTuple):
    """A text as HTML.

    Attributes:
        paragraphs: Its paragraphs; the marks are numbered by their ids, ``m1``, ``m2``.
        marks: How many marks there are.
    """

    paragraphs: list[Markup]
    marks: int


def marked_text(text: str, spans: Sequence[Span] = (), before: int = 0) -> MarkedText:
    """Write a text as paragraphs of HTML.

    Args:
        text: The text; a blank line separates paragraphs.
        spans: What is to be marked, ascending and disjoint. A mark ends with its paragraph.
        before: How many marks come before this text on the page.
    """
    pieces: list[Markup] = []
    number, at = before, 0
    for start, end in _paragraphs(text):
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        inside = [*_until(spans, at, end)]
        pieces.append(_written(text, start, end, inside, number))
        number += len(inside)
    return MarkedText(pieces, number - before)


def marked_line(text: str, spans: Iterable[Span] = ()) -> Markup:
    """Write a text on one line as HTML, with marks that have no numbers.

    Args:
        text: The text.
        spans: What is to be marked, ascending and disjoint.
    """
    pieces: list[Markup] = []
    at = 0
    for start, end in spans:
        pieces += _plain(text[at:start]), Markup("<mark>"), _plain(text[start:end])
        pieces.append(Markup("</mark>"))
        at = end
    return Markup("").join([*pieces, _plain(text[at:])])


def _paragraphs(text: str) -> Iterator[Span]:
    start = 0
    for gap in re.finditer(r"\n[^\S\n]*\n\s*", text):
        yield from _solid(text, start, gap.start())
        start = gap.end()
    yield from _solid(text, start, len(text))


def _solid(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    solid = piece.strip()
    if solid:
        start += len(piece) - len(piece.lstrip())
        yield start, start + len(solid)


def _until(spans: Sequence[Span], at: int, end: int) -> Iterator[Span]:
    while at < len(spans) and spans[at][0] < end:
        yield spans[at]
        at += 1


def _written(text: str, start: int, end: int, spans: Iterable[Span], number: int) -> Markup:
    pieces: list[Markup] = []
    at = start
    for count, (low, high) in enumerate(spans, number + 1):
        low, high = max(low, start), min(high, end)
        pieces += _plain(text[at:low]), Markup('<mark id="m{}">').format(count)
        pieces += _plain(text[low:high]), Markup("</mark>")
        at = high
    return Markup("").join([*pieces, _plain(text[at:end])])


def _plain(text: str) -> Markup:
    return escape(_CONTROL.sub(_REPLACEMENT, text))
