"""What does a query of plain words, or one pattern, ask for? Most are such, and take no grammar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from searchlib.query.field_values import SYSTEM_CLOCK, value_bounds
from searchlib.query.hints import operator_meant
from searchlib.query.joins import all_of, any_of
from searchlib.query.lexer import OPERATORS
from searchlib.query.tree import Phrase, Prefix, Query, Range, Term, Wildcard, Word
from searchlib.schema.values import UnreadableValue

if TYPE_CHECKING:
    from searchlib.query.field_names import FieldNames
    from searchlib.query.tree import Span

_RANGE: Final = re.compile(r"\[([0-9][0-9-]*) TO ([0-9][0-9-]*)\]")


def plain_query(text: str, names: FieldNames) -> Query | None:
    """Read a query of words of letters and digits, or of one pattern of them.

    Each word is behind the name of a field or without one, and between them is nothing, AND, or OR
    everywhere; or all are in double quotes. A range of dates or numbers in digits is a word, too.

    Args:
        text: The query.
        names: The fields; some are searched by default.

    Returns:
        What the grammar makes of it, if all words must match; ``None`` if there is anything else:
        another operator or what looks like one, a single date or number, punctuation, or a second
        blank.
    """
    if text[:1] == '"':
        return _plain_phrase(text)
    # Nearly all other queries are told at once by one of these, before any leaf is made.
    if "-" in text and "[" not in text:
        return None
    if not text[-1:].isalnum() and text[-1:] != "]":
        return _plain_pattern(text)
    words = text.split(" ")
    if "[" in text:
        words = _with_ranges(words)
    operator = "OR" if " OR " in text else "AND"
    leaves: list[Query] = []
    at = joined = 0  # how many leaves the last operator stands behind
    for word in words:
        end = at + len(word)
        if word == operator:
            if len(leaves) == joined:
                return None
            joined = len(leaves)
        elif word.isalnum() and word not in OPERATORS and operator_meant(word) is None:
            leaves.append(Word(word, span=(at, end)))
        elif (leaf := _in_field(word, end, names)) is not None:
            leaves.append(leaf)
        else:
            return _plain_pattern(text)
        at = end + 1
    if len(leaves) == joined:
        return None
    if operator == "OR":
        is_joined = len(words) == 2 * len(leaves) - 1
        return any_of(leaves, (0, len(text))) if is_joined else None
    return leaves[0] if len(leaves) == 1 else all_of(leaves, (0, len(text)))


def _in_field(word: str, end: int, names: FieldNames) -> Word | Term | Range | None:
    """Read a field and what is looked for in it; ``None`` for anything else.

    Args:
        word: The name, a colon and the value.
        end: Where that ends in the query.
        names: The fields.
    """
    name, _, value = word.partition(":")
    span = (end - len(value), end)
    if value[:1] == "[":
        return _plain_range(name, value, span, names)
    if name not in names.plain or not value.isalnum() or value in OPERATORS:
        return None
    if name in names.texts:
        return Word(value, (name,), span=span)
    return Term(name, value, span=span)


def _with_ranges(words: list[str]) -> list[str]:
    """Put what is a range together: the name of a field with its lower bound, TO, and the upper."""
    rest = iter(words)
    return [f"{word} {next(rest, '')} {next(rest, '')}" if ":[" in word else word for word in rest]


def _plain_range(name: str, value: str, span: Span, names: FieldNames) -> Range | None:
    """Read a range of dates or numbers in digits; ``None`` if it is none, or needs a remark."""
    bounds = _RANGE.fullmatch(value)
    if bounds is None or name not in names.values or name not in names.bare:
        return None
    low, high = bounds.groups()
    found = Range(name, low, high, span=span)
    try:  # no digits stand for a date that depends on the time
        is_reversed = value_bounds(found, names.specs[name], SYSTEM_CLOCK).is_reversed
    except UnreadableValue:
        return None
    return None if is_reversed else found


def _plain_pattern(text: str) -> Prefix | Wildcard | None:
    if not text[-1:].isalnum():
        head = text[:-1]
        return Prefix(head, span=(0, len(text))) if text[-1:] == "*" and head.isalnum() else None
    letters = text.replace("*", "").replace("?", "")
    if letters == text or not letters.isalnum():
        return None
    return Wildcard(text, span=(0, len(text)))


def _plain_phrase(text: str) -> Phrase | None:
    words = text[1:-1].split(" ")
    if len(words) == 1 or text[-1] != '"' or not all(map(str.isalnum, words)):
        return None
    return Phrase(text[1:-1], span=(0, len(text)))
