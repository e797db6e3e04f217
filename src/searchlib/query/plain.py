"""What does a query of plain parts ask for? Most are made of such, and they take no parser.

Plain parts are words, phrases, patterns and ranges, with or without a field before them, that one
and the same operator joins, or none. Whoosh's parser takes 0.1 to 3 ms for a query, many times what
it takes to answer it. What is read here gives the same tree as there, by test.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, Protocol

from whoosh.query import And, Or, Phrase, Prefix, Query, Term, Wildcard

from searchlib.analysis import normalizer, stop_terms, token_pattern
from searchlib.schema.markers import Text
from searchlib.whoosh_compat.fields import DateField, LabelField, NumberField

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from searchlib.schema.models import DocumentSchema

# Characters that mean nothing to Whoosh's parser: an analyzer alone decides what they are.
_WORD: Final = r"[\w.,;!&/%’–-]+"
_PATTERN: Final = r"\w+[*?][\w*?]*"
_FIELD: Final = r"[^\W\d]\w*:"
_RANGE: Final = r"\[[\w-]+ TO [\w-]+\]"
_PART: Final = rf'(?:{_FIELD})?(?:{_WORD}|{_PATTERN}|"[^"]*")|{_FIELD}{_RANGE}'
_PLAIN: Final = re.compile(rf"\s*(?:{_PART})(?:\s+(?:{_PART}))*\s*")
_PARTS: Final = re.compile(rf'(?:{_FIELD})?(?:"[^"]*"|{_RANGE})|\S+')
_JOINS: Final[dict[str, type[And | Or]]] = {"AND": And, "OR": Or}
_OPERATORS: Final = frozenset({*_JOINS, "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE"})

_ASCII_TOKEN: Final = re.compile(r"\w+(?:\.\w+)*", re.ASCII)
"""What the token pattern is for ASCII; the whole of it takes 25 ms to compile."""


class NotPlain(Exception):  # noqa: N818 - not an error: the parser takes over
    """A query that takes the parser."""


class PlainReader:
    """Reads queries of plain parts only. Threads may share it."""

    def __init__(self, schema: DocumentSchema) -> None:
        texts = {
            name: spec.marker
            for name, spec in schema.fields.items()
            if isinstance(spec.marker, Text)
        }
        boosts = schema.default_fields
        self._default = _TextReader(boosts, {name: texts[name].language for name in boosts})
        self._fields: dict[str, _PartReader] = {
            name: _TextReader({name: 1.0}, {name: marker.language})
            for name, marker in texts.items()
        }
        for name, field in schema.whoosh.items():
            if isinstance(field, LabelField):
                self._fields[name] = _LabelReader(name, field)
            elif isinstance(field, DateField | NumberField):
                self._fields[name] = _NumberReader(name, field)

    def read(self, text: str, match: Literal["all", "any"]) -> Query | None:
        """Make the tree of a query string; ``None`` if it is not plain, or asks for nothing."""
        if not _PLAIN.fullmatch(text):
            return None
        try:
            join, parts = _joined(_PARTS.findall(text), And if match == "all" else Or)
            units = self._units(parts, False) or self._units(parts, True)
        except NotPlain:
            return None
        if len(units) < 2:
            return units[0] if units else None
        if join is Or:  # Or within Or is the same as one
            units = [leaf for unit in units for leaf in (unit if type(unit) is Or else (unit,))]
        return join(units)

    def _units(self, parts: list[str], keep_stop_words: bool) -> list[Query]:
        """Read the parts that say something.

        If there are none, there is nothing but stop words, and then they count.
        """
        units = []
        for part in parts:
            reader: _PartReader = self._default
            value = part
            if ":" in part and part[0] != '"':
                name, value = part.split(":", 1)
                try:
                    reader = self._fields[name]
                except KeyError:
                    raise NotPlain from None
            unit = reader.read(value, keep_stop_words)
            if unit is not None:
                units.append(unit)
        return units


def _joined(parts: list[str], join: type[And | Or]) -> tuple[type[And | Or], list[str]]:
    """Take the operators out of a query, and tell what joins the rest.

    Raises:
        NotPlain: Operators are not between all parts, or not the same, or take more than that.
    """
    if _OPERATORS.isdisjoint(parts):
        return join, parts
    operators, operands = parts[1::2], parts[::2]
    if (
        len(operands) != len(operators) + 1
        or len(set(operators)) != 1
        or operators[0] not in _JOINS
        or not _OPERATORS.isdisjoint(operands)
    ):
        raise NotPlain
    return _JOINS[operators[0]], operands


class _PartReader(Protocol):
    """Reads what stands behind the name of a field."""

    def read(self, text: str, keep_stop_words: bool) -> Query | None:
        """Make the tree of a part, or ``None`` if it says nothing."""


class _TextReader:
    """Looks for words, phrases and patterns in some text fields."""

    def __init__(self, boosts: Mapping[str, float], languages: Mapping[str, str | None]) -> None:
        self._fields = [(name, boost, languages[name]) for name, boost in boosts.items()]
        self._normalizers = [
            (language, normalizer(language), stop_terms(language))
            for language in dict.fromkeys(languages.values())
        ]

    def read(self, text: str, keep_stop_words: bool) -> Query | None:
        if text[0] == "[":
            raise NotPlain
        if text[0] != '"' and ("*" in text or "?" in text):
            return self._pattern(text)
        find_tokens = _ASCII_TOKEN.findall if text.isascii() else token_pattern().findall
        tokens = find_tokens(text)
        if len(tokens) > 1:
            terms = {
                language: [term_of(token) for token in tokens]
                for language, term_of, _ in self._normalizers
            }
            return _any_of(
                Phrase(name, terms[language], boost=boost) for name, boost, language in self._fields
            )
        words = {}
        for token in tokens:
            for language, term_of, stop_words in self._normalizers:
                word = term_of(token)
                if keep_stop_words or word not in stop_words:
                    words[language] = word
        return _any_of(
            Term(name, words[language], boost=boost)
            for name, boost, language in self._fields
            if language in words
        )

    def _pattern(self, text: str) -> Query | None:
        """Read letters with ``*`` and ``?``; what stands for a term is made one as a whole."""
        patterns = {language: term_of(text) for language, term_of, _ in self._normalizers}
        if text.find("*") == len(text) - 1 and "?" not in text:
            patterns = {language: term_of(text[:-1]) for language, term_of, _ in self._normalizers}
            return _any_of(
                Prefix(name, patterns[language], boost=boost)
                for name, boost, language in self._fields
            )
        return _any_of(
            Wildcard(name, patterns[language], boost=boost)
            for name, boost, language in self._fields
        )


class _LabelReader:
    """Looks for a label."""

    def __init__(self, name: str, field: LabelField) -> None:
        self._name = name
        self._field = field

    def read(self, text: str, keep_stop_words: bool) -> Query | None:
        label = text.strip('"')
        if not label or (label == text and not {"*", "?", "["}.isdisjoint(text)):
            raise NotPlain
        return self._field.parse_query(self._name, label)


class _NumberReader:
    """Looks for a date or a number, or for those from one to another."""

    def __init__(self, name: str, field: DateField | NumberField) -> None:
        self._name = name
        self._field = field

    def read(self, text: str, keep_stop_words: bool) -> Query | None:
        try:
            if text[0] == "[":
                start, end = text[1:-1].split(" TO ")
                return self._field.parse_range(self._name, start, end, False, False)
            return self._field.parse_query(self._name, text.strip('"'))
        except ValueError:  # the parser says where in the query
            raise NotPlain from None


def _any_of(leaves: Iterable[Query]) -> Query | None:
    found = list(leaves)
    if len(found) < 2:
        return found[0] if found else None
    return Or(found)
