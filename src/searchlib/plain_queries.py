"""What does a query of nothing but words and phrases ask for? Most do, and it takes no parser.

Whoosh's parser takes 0.3 to 3 ms for a query, many times what it takes to answer it. What is read
here gives the same tree as there, by test.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from whoosh.query import And, Or, Phrase, Query, Term

from searchlib.analysis import normalizer, stop_terms, token_pattern
from searchlib.fields import Text

if TYPE_CHECKING:
    from searchlib.schema import DocumentSchema

# Characters that mean nothing to Whoosh's parser: an analyzer alone decides what they are.
_WORD: Final = r"[\w.,;!&/%’–-]+"
_PLAIN: Final = re.compile(rf'\s*(?:{_WORD}|"[^"]*")(?:\s+(?:{_WORD}|"[^"]*"))*\s*')
_PARTS: Final = re.compile(r'"[^"]*"|\S+')
_OPERATORS: Final = frozenset({"AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE"})


_ASCII_TOKEN: Final = re.compile(r"\w+(?:\.\w+)*", re.ASCII)
"""What the token pattern is for ASCII; the whole of it takes 25 ms to compile."""


class PlainReader:
    """Reads queries that hold words and phrases only. Threads may share it."""

    def __init__(self, schema: DocumentSchema) -> None:
        languages = {
            name: spec.marker.language
            for name, spec in schema.fields.items()
            if isinstance(spec.marker, Text)
        }
        self._fields = [
            (name, boost, languages[name]) for name, boost in schema.default_fields.items()
        ]
        self._normalizers = [
            (language, normalizer(language), stop_terms(language))
            for language in dict.fromkeys(language for _, _, language in self._fields)
        ]

    def read(self, text: str, match: Literal["all", "any"]) -> Query | None:
        """Make the tree of a query string; ``None`` if it is not plain, or holds no word."""
        if not _PLAIN.fullmatch(text):
            return None
        parts = _PARTS.findall(text)
        if not _OPERATORS.isdisjoint(parts):
            return None
        find_tokens = _ASCII_TOKEN.findall if text.isascii() else token_pattern().findall
        found = [tokens for tokens in map(find_tokens, parts) if tokens]
        units = [unit for tokens in found if (unit := self._unit(tokens, False)) is not None]
        if not units:  # nothing but stop words: then they count
            units = [unit for tokens in found if (unit := self._unit(tokens, True)) is not None]
        if len(units) < 2:
            return units[0] if units else None
        return And(units) if match == "all" else Or(units)

    def _unit(self, tokens: list[str], keep_stop_words: bool) -> Query | None:
        """Look for a word or a phrase in all default fields."""
        found: dict[str | None, list[str]] = {}
        for language, term_of, stop_words in self._normalizers:
            terms = [term_of(token) for token in tokens]
            if len(terms) > 1 or keep_stop_words or terms[0] not in stop_words:
                found[language] = terms
        leaves: list[Query] = [
            Term(name, found[language][0], boost=boost)
            if len(tokens) == 1
            else Phrase(name, found[language], boost=boost)
            for name, boost, language in self._fields
            if language in found
        ]
        if len(leaves) < 2:
            return leaves[0] if leaves else None
        return Or(leaves)
