"""What may have been meant otherwise than it was read? It is noted, and changes nothing."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from searchlib.query.dates import DATE_WORDS, split_range
from searchlib.query.field_values import value_bounds
from searchlib.query.tree import Range, Term, Word
from searchlib.schema.values import UnreadableValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.query.field_names import FieldNames
    from searchlib.query.field_values import Clock
    from searchlib.query.lexer import Token
    from searchlib.query.notes import Reporter
    from searchlib.query.tree import Near, Span
    from searchlib.schema.models import FieldSpec

LOOKS_LIKE_OPERATOR: Final = {
    "or": "OR", "Or": "OR", "not": "NOT", "Not": "NOT", "NEAR": "NEAR/5", "near": "NEAR/5",
    "andnot": "ANDNOT", "andmaybe": "ANDMAYBE",
    # As press databases have them: side by side, in a sentence, in a paragraph.
    "adj": "PRE/1", "ADJ": "PRE/1", "w/s": "NEAR/25", "W/S": "NEAR/25", "/s": "NEAR/25",
    "w/p": "NEAR/100", "W/P": "NEAR/100", "/p": "NEAR/100",
}  # fmt: skip
"""Words that may be meant for operators, and how these are written."""

_PROXIMITY: Final = re.compile(r"((?i:near|within/?|adj|onear/)|N|W|/)([1-9]\d{0,2})")
_ORDERED: Final = frozenset({"adj", "onear/", "w"})
"""How press databases write that words are so many words apart, and those in that order."""

_BEHIND_WORDS: Final = frozenset({"plain", "word", "phrase", "quoted", "regex", "close"})
_BEFORE_WORDS: Final = frozenset(
    {"plain", "word", "phrase", "quoted", "regex", "open", "field", "prefix"}
)
_WORDS: Final = frozenset({"plain", "word"})
_LONGEST_VALUE: Final = 5  # words, as in "-3 months to last week"
_LOOKED_AT: Final = 100  # pieces
_BETWEEN_BOUNDS: Final = dict.fromkeys("-–—", "to")
_GO_ON: Final = DATE_WORDS | {"to", "..", *_BETWEEN_BOUNDS}


def operator_meant(word: str) -> str | None:
    """Tell which operator a word may be meant for, and how that is written here."""
    if not word[-1:].isdecimal():
        return LOOKS_LIKE_OPERATOR.get(word)
    found = _PROXIMITY.fullmatch(word)
    if found is None:
        return None
    return f"{'PRE' if found[1].lower() in _ORDERED else 'NEAR'}/{found[2]}"


def at_operator(tokens: Sequence[Token], at: int, reporter: Reporter) -> None:
    """Note that a word may be meant for an operator, if it looks like one.

    It has words on both sides; but "near(" has all of them behind it.

    Args:
        tokens: The pieces of the query.
        at: Which of them is the word.
        reporter: Takes the note.
    """
    word, after = tokens[at : at + 2]
    meant = operator_meant(word.text)
    if meant is None:
        return
    if word.text == "near" and after.kind == "open" and after.start == word.end:
        _note_operator(word, "NEAR(", reporter)
    elif after.kind in _BEFORE_WORDS and at > 0 and tokens[at - 1].kind in _BEHIND_WORDS:
        _note_operator(word, meant, reporter)


def at_proximity(word: Token, reporter: Reporter) -> None:
    """Note that a word such as "NEAR/5", with nothing before it, may be meant for an operator."""
    _note_operator(word, f"a {word.text} b", reporter)


def at_crowded(near: Near, word: Token, reporter: Reporter) -> None:
    """Note that different words can't all be so close together: "a NEAR/1 b NEAR/1 c".

    Args:
        near: What asks for it.
        word: The operator.
        reporter: Takes the note.
    """
    least = len(near.parts) - 1
    if near.ordered or not near.distance < least < _LOOKED_AT:
        return
    if not all(type(part) is Word for part in near.parts):
        return
    message = (
        f"all {len(near.parts)} words must be within {near.distance} of one another, which leaves "
        f"no room for them; did you mean NEAR/{least}?"
    )
    reporter.note("operator", message, (word.start, word.end))


def _note_operator(word: Token, meant: str, reporter: Reporter) -> None:
    message = f"{word.text!r} is a word here; did you mean {meant}?"
    reporter.note("operator", message, (word.start, word.end))


def at_longer_value(
    tokens: Sequence[Token], behind: int, spec: FieldSpec, clock: Clock, reporter: Reporter
) -> None:
    """Note that a value and the words behind it may be meant for one: "2025-02 to 2025-03".

    It is looked for among the first pieces of a query alone, as reading dates takes long.

    Args:
        tokens: The pieces of the query.
        behind: Which of them stands behind the value.
        spec: The date or number field that it is looked for in.
        clock: What relative dates are reckoned from.
        reporter: Takes the note.
    """
    if behind > _LOOKED_AT or not _is_word(tokens[behind]):
        return
    second = tokens[behind].text
    if not (second[:1].isdecimal() or second.lower() in _GO_ON):
        return
    read = [*takewhile(_is_word, tokens[behind - 1 : behind - 1 + _LONGEST_VALUE])]
    words = [_BETWEEN_BOUNDS.get(token.text, token.text) for token in read]
    for count in range(len(read), 1, -1):
        written = " ".join(words[:count])
        if _is_value(written, spec, clock):
            message = f'{read[1].text!r} is a word here; did you mean {spec.name}:"{written}"?'
            reporter.note("value", message, (read[0].start, read[count - 1].end))
            return


def at_equals(text: str, names: FieldNames, span: Span, reporter: Reporter) -> None:
    """Note that ``source=AP`` may be meant for ``source:AP``, or ``source!=AP`` for no such."""
    side, _, other = text.partition("=")
    name, value = side.removesuffix("!"), other.removeprefix("=")
    if value and name in names.specs:
        meant = f"{'-' if side != name else ''}{name}:{value:.80}"
        message = f"{text!r:.80} is text here; did you mean {meant}?"
        reporter.note("operator", message, span)


def _is_word(token: Token) -> bool:
    return token.kind in _WORDS


def _is_value(written: str, spec: FieldSpec, clock: Clock) -> bool:
    """Tell whether a text is a value of a field, or values from one to another."""
    sides = split_range(written)
    if sides is not None and not all(sides):
        return False
    try:
        asked = Term(spec.name, written) if sides is None else Range(spec.name, *sides)
        value_bounds(asked, spec, clock)
    except UnreadableValue:
        return False
    return True
