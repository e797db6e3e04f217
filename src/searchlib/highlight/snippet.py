"""How is a snippet written? As plain text with spans, and as html that does nothing but mark."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - pydantic looks it up
from typing import TYPE_CHECKING, Final

from searchlib.arguments import whole_number
from searchlib.errors import ArgumentError
from searchlib.frozen import frozen
from searchlib.highlight.kernels import written
from searchlib.highlight.marks import Span  # noqa: TC001 - pydantic looks it up

if TYPE_CHECKING:
    from searchlib.highlight.marks import Mark

_SHORTEST: Final = 20


@frozen
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
        ArgumentError: A number is too low or none, a text is none, or the ellipsis is too long.
    """

    max_chars: int = 240
    max_passages: int = 2
    before: str = "<mark>"
    after: str = "</mark>"
    ellipsis: str = "…"
    fields: Sequence[str] | None = None
    whole: Sequence[str] = ()

    def __post_init__(self) -> None:
        whole_number("max_chars", self.max_chars, _SHORTEST)
        whole_number("max_passages", self.max_passages, 1)
        for name in ("before", "after", "ellipsis"):
            if not isinstance(value := getattr(self, name), str):
                raise ArgumentError(f"expected {name} to be a text, got {value!r:.80}")
        if 4 * len(self.ellipsis) > self.max_chars:
            raise ArgumentError(
                f"expected an ellipsis of at most a quarter of {self.max_chars} characters, got "
                f"{self.ellipsis!r}"
            )

    def room_for(self, passages: int) -> int:
        """Tell how many characters there are for so many passages together."""
        return self.max_chars - (passages + 1) * len(self.ellipsis) - 2 * (passages - 1)


@frozen
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


def write(text: str, passages: list[Span], marks: list[Mark], options: SnippetOptions) -> Snippet:
    """Write passages of a text, with an ellipsis where text was left out.

    A mark that a passage cuts is written as far as it is in there.

    Args:
        text: The text.
        passages: Where they begin and end, ascending and disjoint.
        marks: What is to be marked, ascending and disjoint.
        options: How the snippet looks.
    """
    return Snippet(*written(text, passages, marks, options.before, options.after, options.ellipsis))
