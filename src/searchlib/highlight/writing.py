"""How are passages written? As plain text with spans, and as html that does nothing but mark.

This is the reference; there is a compiled kernel with the same signature.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.highlight.marks import Mark, Span

_SOLID: Final = re.compile(r"\S")
_REPLACEMENT: Final = "\ufffd"

# Characters that control a terminal or a parser rather than being read.
_CONTROLS: Final = (*range(0x09), 0x0B, *range(0x0E, 0x20), *range(0x7F, 0xA0))

ESCAPES: Final = str.maketrans(
    dict.fromkeys(map(chr, _CONTROLS), _REPLACEMENT)
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
)


def written(
    text: str,
    passages: Sequence[Span],
    marks: Sequence[Mark],
    before: str,
    after: str,
    ellipsis: str,
) -> tuple[str, str, tuple[Span, ...]]:
    """Write passages of a text, with an ellipsis where text was left out.

    A mark that a passage cuts is written as far as it is in there.

    Args:
        text: The text.
        passages: Where they begin and end, ascending and disjoint.
        marks: What is to be marked, ascending and disjoint.
        before: The html before a mark.
        after: The html after a mark.
        ellipsis: The text in place of what is left out.

    Returns:
        The html, the text, and where in this the marks are.
    """
    pieces: list[str] = []
    spans: list[Span] = []
    length = shown = 0
    for start, end in passages:
        piece = text[start:end].rstrip()
        end = start + len(piece)
        piece = piece.lstrip()
        start = end - len(piece)
        gap = _gap(text, shown, start, ellipsis)
        shift = length + len(gap) - start
        for low, high, _, _ in marks:
            if low >= end:
                break
            if high > start:
                spans.append((max(low, start) + shift, min(high, end) + shift))
        pieces += gap, piece
        length, shown = shift + end, end
    if _SOLID.search(text, shown):
        pieces.append(ellipsis)
    passage = "".join(pieces)
    return _html(passage, spans, before, after), passage, tuple(spans)


def _escaped(text: str) -> str:
    """Write text as html; what controls a terminal or a parser is replaced."""
    return text.translate(ESCAPES)


def _gap(text: str, shown: int, start: int, ellipsis: str) -> str:
    if shown:
        return f" {ellipsis} "
    return ellipsis if start and _SOLID.search(text, 0, start) else ""


def _html(text: str, spans: Sequence[Span], before: str, after: str) -> str:
    """Write a text as html, with something before and after some pieces of it."""
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += _escaped(text[at:start]), before, _escaped(text[start:end]), after
        at = end
    pieces.append(_escaped(text[at:]))
    return "".join(pieces)
