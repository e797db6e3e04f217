"""How are the parts of a query put together? And how, when any of the words will do?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from searchlib.query.tree import (
    WORD_QUERIES,
    And,
    AndMaybe,
    Boost,
    Fuzzy,
    Near,
    Not,
    Or,
    Prefix,
    Query,
    Regex,
    Require,
    Wildcard,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from searchlib.query.tree import Span

_MOST_ALTERNATIVES: Final = 32
"""So many ways of what stands close together are written out."""

ANY: Final = frozenset({"OR", "||", "|"})
"""Operators that join alternatives."""

NOTHING: Final = Or(())
"""What a part asks for that says nothing, such as a lone comma."""


Clause = tuple[Query, bool]
"""A part of a group that no operator joins to the others, and whether a plus sign requires it."""


def all_of(parts: Iterable[Query], span: Span | None = None) -> Query:
    """Require all parts."""
    return _joined(And, parts, span)


def any_of(parts: Iterable[Query], span: Span | None = None) -> Query:
    """Take any of the parts."""
    return _joined(Or, parts, span)


def _joined(kind: type[And | Or], parts: Iterable[Query], span: Span | None) -> Query:
    """Join parts; those that are joined in the same way already are taken apart first."""
    found: list[Query] = []
    for part in parts:
        if part.__class__ is kind:  # but for the sentinel, which has no parts
            found += part.children()
        elif part is not NOTHING:
            found.append(part)
    if len(found) > 1:
        return kind(tuple(found), span=span)
    return found[0] if found else NOTHING


def excluded(part: Query, span: Span) -> Query:
    """Exclude what a part asks for."""
    return NOTHING if part is NOTHING else Not(part, span=span)


def boosted(part: Query, factor: float, span: Span | None) -> Query:
    """Put a factor on the score of a part."""
    return part if part is NOTHING or factor == 1.0 else Boost(part, factor, span=span)


def operated(operator: str, parts: list[Query], span: Span) -> Query:
    """Join parts by an operator; those that say nothing are left out."""
    if operator in ("AND", "&&"):
        return all_of(parts, span)
    if operator in ANY:
        return any_of(parts, span)
    first, *others = parts
    others = [part for part in others if part is not NOTHING]
    if operator == "ANDNOT":
        nots = [excluded(part, part.span or span) for part in others]
        return NOTHING if first is NOTHING else all_of([first, *nots], span)
    if first is NOTHING:
        return all_of(others, span)
    kind = AndMaybe if operator == "ANDMAYBE" else Require
    return kind(first, tuple(others), span=span) if others else first


def any_words_of(
    clauses: Sequence[Clause], is_free_text: Callable[[Query], bool], span: Span | None
) -> Query:
    """Join the parts of a group of which any free text will do.

    What is not free text restricts: what must not be, labels, dates and numbers, unless there is
    nothing else. What a plus sign requires must be there, and all else is optional then.

    Args:
        clauses: The parts.
        is_free_text: Tells whether a leaf is a word, phrase or pattern.
        span: Where the group stands.
    """
    said = [clause for clause in clauses if clause[0] is not NOTHING]
    restricts = [_restricts(query, is_free_text) for query, _ in said]
    if all(restricts):  # labels alone are what is looked for
        restricts = [type(query) is Not for query, _ in said]
    must: list[Query] = []
    free: list[Query] = []
    for (query, required), restriction in zip(said, restricts, strict=True):
        (must if restriction or required else free).append(query)
    if must and free and any(required for _, required in said):
        return AndMaybe(all_of(must, span), (any_of(free, span),), span=span)
    return all_of([any_of(free, span), *must], span)


def _restricts(part: Query, is_free_text: Callable[[Query], bool]) -> bool:
    """Tell whether a part is not free text."""
    if type(part) in (And, Or):
        return all(_restricts(child, is_free_text) for child in part.children())
    if type(part) is Boost:
        return _restricts(part.part, is_free_text)
    return type(part) is Not or not is_free_text(part)


def can_stand_near(part: Query) -> bool:
    """Tell whether a part has places in a text: words, phrases, patterns and any of such."""
    if type(part) is Or:
        return bool(part.parts) and all(map(can_stand_near, part.parts))
    return type(part) in _WITH_PLACES


def common_fields(query: Query) -> tuple[str, ...] | None:
    """Find the fields that all words close together are looked for in.

    Returns:
        Their names; ``None`` for the fields that are searched by default.
    """
    waiting, found = [query], dict[tuple[str, ...], None]()
    while waiting:  # it is asked for each NEAR of many within one another
        part = waiting.pop()
        if isinstance(part, Near | Or):
            waiting += reversed(part.parts)
        elif names := getattr(part, "fields", ()):
            found[names] = None
    if not found:
        return None
    first, *others = found
    return tuple(name for name in first if all(name in names for names in others))


def counted_parts(near: Near) -> list[tuple[Query, int]]:
    """Tell how many of each part of a ``Near`` there must be, at different places.

    Of parts that must come in order it is one each, also of equal ones.
    """
    return [(part, 1) for part in near.parts] if near.ordered else [*Counter(near.parts).items()]


def alternatives(query: Query, is_there: Callable[[Query], bool]) -> list[Query]:
    """Write out what stands close together, once for each of several things of several words.

    Of places that hold one another only the smallest are looked at. Where "prime minister" or
    "prime" may stand before "resigned", that is "prime", which does not stand there; each by
    itself is found. Single words hold nothing, and stay together. So does what would be too much.

    Args:
        query: A ``Near``, or a part of one.
        is_there: Tells of one of several leaves whether it says anything in the field.

    Returns:
        What may stand there, any of it; nothing where none of several says anything.
    """
    match query:
        case Or(parts=parts):
            there = [part for part in parts if type(part) not in WORD_QUERIES or is_there(part)]
            words = tuple(filter(_is_one_word, there))
            others = [part for part in there if not _is_one_word(part)]
            found = [one for part in others for one in alternatives(part, is_there)]
            return [Or(words), *found] if words else found
        case Near(parts=parts):
            choices = {
                part: alternatives(part, is_there) or [part] for part in dict.fromkeys(parts)
            }
            several = [part for part in parts if len(choices[part]) > 1]
            # Of equal parts in any order each must have a place of its own.
            repeated = not query.ordered and len({*several}) < len(several)
            if repeated or prod(len(choices[part]) for part in parts) > _MOST_ALTERNATIVES:
                choices |= {part: [Or(tuple(choices[part]))] for part in several}
            chosen = product(*(choices[part] for part in parts))
            return [replace(query, parts=combination) for combination in chosen]
        case _:
            return [query]


def _is_one_word(part: Query) -> bool:
    """Tell whether something certainly stands at one position."""
    match part:
        case Word(text=text) | Prefix(text=text) | Fuzzy(text=text) | Wildcard(pattern=text):
            return text.isascii() and text.replace("*", "").replace("?", "").isalnum()
        case _:
            return isinstance(part, Regex)


# The parts of a Near were looked at when it was made.
_WITH_PLACES: Final = frozenset({*WORD_QUERIES, Near})
