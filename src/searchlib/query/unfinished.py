"""Where in a query does someone type, and what goes round the word that is being typed?

The pieces are those of the lexer, so what is completed is read as it will be when it is searched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib.query.lexer import BEHIND_NAME, Token, hide_escapes, literal, tokens

if TYPE_CHECKING:
    from searchlib.query.field_names import FieldNames
    from searchlib.schema.models import FieldSpec

_OPENING: Final = frozenset({"open", "near"})
_BINDING: Final = frozenset({"prefix", "operator", "within", "field", "compare"})
_TYPED: Final = frozenset({"plain", "word", "operator"})
"""What may be the beginning of a word, where the text ends with it."""
_PATTERNS: Final = frozenset("*?~^")


class Unfinished(NamedTuple):
    """A query that is being typed.

    Attributes:
        text: The query so far.
        start: Where the last word begins; the end of the text where it is not begun.
        first: Where the words begin that it goes on with: bare words, or those in open quotes.
        spec: The field that the last word is looked for in; ``None`` if none is named.
        is_bound: Whether an operator, a sign or the name of a field stands right before the last
            word, so that it is one part with it.
        in_quotes: Whether quotes are open.
        brackets: What closes the brackets that are open.
    """

    text: str
    start: int
    first: int
    spec: FieldSpec | None
    is_bound: bool
    in_quotes: bool
    brackets: str

    @property
    def is_plain(self) -> bool:
        """Whether there are nothing but bare words."""
        return not (self.first or self.in_quotes or self.is_bound)

    @property
    def ending(self) -> str:
        """What is to stand behind the last word, so that the query can be searched."""
        return '"' + self.brackets if self.in_quotes else self.brackets

    @property
    def words(self) -> str:
        """The words from ``first`` on, without backslashes."""
        return literal(hide_escapes(self.text[self.first :]))

    @property
    def last(self) -> str:
        """The last word, as far as it is typed, without backslashes."""
        return literal(hide_escapes(self.text[self.start :]))


class _Place:
    """What is known of the place behind the pieces that were read."""

    def __init__(self, names: FieldNames) -> None:
        self._specs = names.specs
        self.scopes: list[FieldSpec | None] = [None]  # the fields of the brackets that are open
        self.named: FieldSpec | None = None
        self.is_bound = False
        self.first: int | None = None  # where the bare words begin that end here

    @property
    def spec(self) -> FieldSpec | None:
        return self.named or self.scopes[-1]

    @property
    def brackets(self) -> str:
        return ")" * (len(self.scopes) - 1)

    def go_behind(self, piece: Token) -> None:
        """Take account of a piece."""
        kind = piece.kind
        if kind in _BINDING:
            self._bind(piece)
            return
        bare = kind in ("plain", "word") and not self.is_bound
        self.first = (piece.start if self.first is None else self.first) if bare else None
        if kind in _OPENING:
            self.scopes.append(self.spec)
        elif kind == "close" and len(self.scopes) > 1:
            self.scopes.pop()
        self.named, self.is_bound = None, False

    def _bind(self, piece: Token) -> None:
        self.is_bound, self.first = True, None
        if piece.kind == "field":
            self.named = self._specs.get(piece.text.rstrip(BEHIND_NAME))
        elif piece.kind in ("operator", "within"):
            self.named = None


def unfinished(text: str, names: FieldNames, most: int) -> Unfinished | None:
    """Find out where in a query its end is.

    Args:
        text: The query so far.
        names: The fields.
        most: How many pieces are read.

    Returns:
        The place; ``None`` if no word can go on there, as behind a closing bracket or a pattern.
    """
    place, end, hidden = _Place(names), len(text), hide_escapes(text)
    if hidden.endswith("\\"):  # it waits for what it hides
        return None
    for piece in tokens(hidden, names.bare, names.is_meant, most)[:-1]:
        if piece.kind == "unclosed":
            return _in_quotes(text, piece.end, place)
        if piece.end == end and piece.kind in _TYPED:
            return None if _PATTERNS.intersection(piece.text) else _at(text, piece.start, place)
        place.go_behind(piece)
        if piece.end == end and piece.kind not in _BINDING | _OPENING:
            return None
    return _at(text, end, place)


def closing(text: str, names: FieldNames, most: int) -> str:
    """Give what closes the quotes and brackets that are open at the end of a query."""
    place, hidden = _Place(names), hide_escapes(text)
    if hidden.endswith("\\"):  # it would hide what closes
        return ""
    for piece in tokens(hidden, names.bare, names.is_meant, most)[:-1]:
        if piece.kind == "unclosed":
            return '"' + place.brackets
        place.go_behind(piece)
    return place.brackets


def _at(text: str, start: int, place: _Place) -> Unfinished:
    first = start if place.first is None else place.first
    return Unfinished(text, start, first, place.spec, place.is_bound, False, place.brackets)


def _in_quotes(text: str, first: int, place: _Place) -> Unfinished:
    inside = text[first:]
    start = len(text) if inside[-1:].isspace() else first + len(inside) - len(_last_word(inside))
    return Unfinished(text, start, first, place.spec, place.is_bound, True, place.brackets)


def _last_word(text: str) -> str:
    return next(iter(text.split()[-1:]), "")
