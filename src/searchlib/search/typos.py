"""What does a query ask for if words may be misspelt? Each word, or one like it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from searchlib.query.tree import Boost, DisjunctionMax, Not, Query, Word, own_fields

if TYPE_CHECKING:
    from searchlib.search.misspelt import Candidate, Misspelt

Typos = Literal["off", "auto"]
TYPOS: Final[tuple[Typos, ...]] = ("off", "auto")
"""Whether words also find words like them."""

_ONE_FROM: Final = 5
_TWO_FROM: Final = 9
_MOST: Final = 20
_FACTORS: Final = {1: 0.5, 2: 0.25}


def with_typos(query: Query, misspelt: Misspelt) -> Query:
    """Let each word of a query also stand for words like it, which count less.

    Words of five letters and more may have one typo, those of nine and more two; a wrong first
    letter counts as two, as with Meilisearch. Phrases and what must not be there stay as they are.

    Args:
        query: The query.
        misspelt: Finds words.
    """
    if isinstance(query, Word):
        return _with_similar(query, misspelt)
    if isinstance(query, Not):
        return query
    changed: dict[str, Any] = {}
    for field in own_fields(type(query)):
        value = getattr(query, field.name)
        if isinstance(value, Query):
            changed[field.name] = with_typos(value, misspelt)
        elif isinstance(value, tuple) and value and isinstance(value[0], Query):
            changed[field.name] = tuple(with_typos(part, misspelt) for part in value)
    return replace(query, **changed) if changed else query


def _with_similar(word: Word, misspelt: Misspelt) -> Query:
    text = word.text.lower()
    most = (len(text) >= _ONE_FROM) + (len(text) >= _TWO_FROM)
    if not most or not text.isalpha():
        return word
    found = misspelt.candidates(text, most=_MOST, edits=most)
    similar = [one for one in found if _typos(one, text) <= most]
    others = tuple(
        Boost(Word(one.word, word.fields), _FACTORS[_typos(one, text)]) for one in similar
    )
    return DisjunctionMax((word, *others), span=word.span) if others else word


def _typos(one: Candidate, text: str) -> int:
    """Count the typos: a wrong first letter is one more."""
    return one.edits + (one.word[:1] != text[:1])
