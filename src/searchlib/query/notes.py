"""What was changed or ignored when a query was read, and what can't be meant as it stands?"""

from __future__ import annotations

from typing import Any, Final

from searchlib.errors import QuerySyntaxError, QueryTooCostly
from searchlib.frozen import frozen
from searchlib.query.tree import Span  # noqa: TC001 - pydantic looks it up

MAX_NOTES: Final = 20
"""How many notes there are on one query at most."""

_AROUND: Final = 40


@frozen
class Note:
    """A remark on a query, for the person who typed it.

    Attributes:
        kind: What it is about: "syntax", "operator", "field", "value", "limit", "label", "synonym"
            or "page".
        message: The remark, in a sentence.
        span: The part of the query string that it is about; ``None`` for all of it.
    """

    kind: str
    message: str
    span: Span | None = None

    def to_json(self) -> dict[str, Any]:
        """Write the note as JSON has it."""
        span = None if self.span is None else list(self.span)
        return {"kind": self.kind, "message": self.message, "span": span}


class Reporter:
    """Takes what is wrong with a query: a strict one raises it, a lenient one makes it a note.

    Args:
        text: The query string, as it was given.
        lenient: Whether nothing is raised.

    Attributes:
        lenient: The same.
        notes: The notes so far.
    """

    __slots__ = ("_text", "lenient", "notes")

    def __init__(self, text: str, lenient: bool) -> None:
        self._text = text
        self.lenient = lenient
        self.notes: list[Note] = []

    @property
    def is_full(self) -> bool:
        """Whether there are so many notes that a further one is dropped: it need not be written."""
        return len(self.notes) >= MAX_NOTES

    def note(self, kind: str, message: str, span: Span) -> None:
        """Add a remark, if it is not there already."""
        if not self.is_full and all(message != note.message for note in self.notes):
            self.notes.append(Note(kind, message, span))

    def problem(self, expected: str, span: Span, *, instead: str, kind: str = "syntax") -> None:
        """Report what can't be meant as it stands.

        Args:
            expected: What was expected there.
            span: Where.
            instead: What a lenient reader does instead.
            kind: As of :class:`Note`.

        Raises:
            QuerySyntaxError: The reader is strict.
        """
        if not self.lenient:
            raise syntax_error(expected, self._text, span[0])
        self.note(kind, f"{expected}; {instead}", span)

    def limit(self, expected: str, span: Span, *, instead: str) -> None:
        """Report that a limit is reached.

        Raises:
            QueryTooCostly: The reader is strict.
        """
        if not self.lenient:
            raise QueryTooCostly(expected)
        self.note("limit", f"{expected}; {instead}", span)

    def place_of(self, text: str, span: Span) -> Span:
        """Find where within a part of the query a text stands."""
        at = self._text.find(text, *span)
        return span if at < 0 else (at, at + len(text))


def syntax_error(message: str, text: str, at: int) -> QuerySyntaxError:
    """Make the error that shows the place in the query."""
    start = max(0, at - _AROUND)
    shown = "".join(char if char.isprintable() else " " for char in text[start : at + _AROUND])
    return QuerySyntaxError(f"{message}:\n  {shown}\n  {' ' * (at - start)}^", text, at)
