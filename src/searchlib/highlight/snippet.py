"""How is a snippet written? As plain text with spans, and as html that does nothing but mark."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence  # noqa: TC003 - pydantic looks it up
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from searchlib.highlight.passages import Span  # noqa: TC001 - pydantic looks it up

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.highlight.marks import Mark

_SHORTEST: Final = 20
_SOLID: Final = re.compile(r"\S")

# Characters that control a terminal or a parser rather than being read.
_CONTROLS: Final = r"\x00-\x08\x0b\x0e-\x1f\x7f-\x9f"
_CONTROL: Final = re.compile(f"[{_CONTROLS}]")
_SPECIAL: Final = re.compile(rf"[&<>\"'{_CONTROLS}]")
_REPLACEMENT: Final = "\ufffd"
_BEFORE, _AFTER = "\x01", "\x02"


@dataclass(frozen=True, slots=True)
class SnippetOptions:
    """How snippets look.

    Attributes:
        max_chars: The maximum length of the text of a snippet, with ellipses; at least 20. A text
            that is not longer, like most titles, is shown whole.
        max_passages: The maximum number of passages in a snippet; at least 1. A snippet has more
            than one only if no single passage shows everything that was found.
        before: The text before a mark in the HTML.
        after: The text after a mark in the HTML.
        ellipsis: The text in place of what is left out; at most a quarter of ``max_chars``.
        fields: The text fields that get snippets; ``None`` for all.
        whole: The fields that are shown whole, however long they are.

    Raises:
        ValueError: A number is too low, or the ellipsis too long.
    """

    max_chars: int = 240
    max_passages: int = 2
    before: str = "<mark>"
    after: str = "</mark>"
    ellipsis: str = "…"
    fields: Sequence[str] | None = None
    whole: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.max_chars < _SHORTEST:
            raise ValueError(f"expected snippets of at least 20 characters, got {self.max_chars}")
        if self.max_passages < 1:
            raise ValueError(f"expected at least one passage, got {self.max_passages}")
        if 4 * len(self.ellipsis) > self.max_chars:
            raise ValueError(
                f"expected an ellipsis of at most a quarter of {self.max_chars} characters, got "
                f"{self.ellipsis!r}"
            )

    def room_for(self, passages: int) -> int:
        """Tell how many characters there are for so many passages together."""
        return self.max_chars - (passages + 1) * len(self.ellipsis) - 2 * (passages - 1)


@dataclass(frozen=True, slots=True)
class Snippet:
    """Passages from the text of a field, with the words that match marked.

    Attributes:
        html: The passages with marks. Everything except the marks is escaped.
        text: The passages as plain text.
        spans: The start and end of each mark in ``text``, in characters, ascending and disjoint.
    """

    html: str
    text: str
    spans: tuple[Span, ...]


def write(
    text: str, passages: Iterable[Span], marks: Sequence[Mark], options: SnippetOptions
) -> Snippet:
    """Write passages of a text, with an ellipsis where text was left out.

    A mark that a passage cuts is written as far as it is in there.

    Args:
        text: The text.
        passages: Where they begin and end, ascending and disjoint.
        marks: What is to be marked, ascending and disjoint.
        options: How the snippet looks.
    """
    pieces: list[str] = []
    spans: list[Span] = []
    length = shown = 0
    for start, end in passages:
        piece = text[start:end].rstrip()
        end = start + len(piece)
        piece = piece.lstrip()
        start = end - len(piece)
        gap = _gap(text, shown, start, options.ellipsis)
        shift = length + len(gap) - start
        for low, high, _, _ in marks:
            if low >= end:
                break
            if high > start:
                if low < start or high > end:
                    low, high = max(low, start), min(high, end)
                spans.append((low + shift, high + shift))
        pieces += gap, piece
        length, shown = shift + end, end
    if _SOLID.search(text, shown):
        pieces.append(options.ellipsis)
    passage = "".join(pieces)
    return Snippet(_mark(passage, spans, options), passage, tuple(spans))


def _gap(text: str, shown: int, start: int, ellipsis: str) -> str:
    if shown:
        return f" {ellipsis} "
    return ellipsis if start and _SOLID.search(text, 0, start) else ""


def _mark(text: str, spans: Sequence[Span], options: SnippetOptions) -> str:
    """Write text as html."""
    if _SPECIAL.search(text) is None:
        return _between(text, spans, options.before, options.after)
    # Two control characters, which the text has no more, stand for the marks.
    marked = _between(_CONTROL.sub(_REPLACEMENT, text), spans, _BEFORE, _AFTER)
    escaped = html.escape(marked)
    return escaped.replace(_BEFORE, options.before).replace(_AFTER, options.after)


def _between(text: str, spans: Sequence[Span], before: str, after: str) -> str:
    """Put something before and after some pieces of a text."""
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += text[at:start], before, text[start:end], after
        at = end
    pieces.append(text[at:])
    return "".join(pieces)
