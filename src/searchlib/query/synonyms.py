"""Which words mean the same? One query is widened by the synonyms of an index."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from searchlib.analysis import analyze, stop_terms
from searchlib.errors import SynonymsError
from searchlib.query.notes import Note
from searchlib.query.one_of import OneOf
from searchlib.query.synonym_rules import Rule, parse_rules
from searchlib.query.tree import (
    And,
    DisjunctionMax,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Verbatim,
    Word,
    own_fields,
)
from searchlib.schema.markers import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from searchlib.analysis import Languages
    from searchlib.schema.models import DocumentSchema

    _Join = Callable[[Sequence[Query], "OneOf"], Iterable[Query]]

MAX_SYNONYMS: Final = 100
"""How many synonyms an entry may have, from all lines together."""
MAX_ADDED: Final = 1_000
"""How many synonyms are added to one query."""

_LARGEST_GAP: Final = 2
"""So many characters lie between words at most that no operator joins."""

Entry = tuple[str, ...]
"""The terms of an entry, position by position, as without accents."""


class SynonymTable(NamedTuple):
    """What the entries of a file find, in one language.

    Attributes:
        entries: For each entry its synonyms, as they are written.
        longest: How many terms the longest entry has.
    """

    entries: dict[Entry, dict[Entry, str]]
    longest: int


def table_of(rules: Iterable[Rule], language: str | None, source: str) -> SynonymTable:
    """Put what all lines say of an entry together. Entries are compared after analysis.

    Args:
        rules: The lines.
        language: The language of the analysis.
        source: The name of the file, for messages.

    Raises:
        SynonymsError: An entry has more than :data:`MAX_SYNONYMS` synonyms.
    """
    entries: dict[Entry, dict[Entry, str]] = {}
    for rule in rules:
        synonyms: dict[Entry, str] = {}
        for text in rule.synonyms:
            synonyms.setdefault(_entry(text, language), text)
        for text, column in zip(rule.words, rule.columns, strict=True):
            key = _entry(text, language)
            found = entries.setdefault(key, {})
            for other, written in synonyms.items():
                if other != key:
                    found.setdefault(other, written)
            if len(found) > MAX_SYNONYMS:
                what = f"expected at most {MAX_SYNONYMS} synonyms of {text!r}, got {len(found)}"
                raise SynonymsError(what, source, rule.line, column)
    return SynonymTable(entries, max(map(len, entries), default=0))


def _entry(text: str, language: str | None) -> Entry:
    return tuple(terms[-1] for terms in analyze(text, language))


class Synonyms:
    """The synonyms of an index, for its schema.

    Args:
        text: The file.
        schema: The fields of the index.
        languages: The languages of its documents, where each is in its own.
        source: The name of the file, for messages.

    Attributes:
        rules: The lines.

    Raises:
        SynonymsError: As for :func:`parse_rules` and :func:`table_of`.
    """

    def __init__(
        self,
        text: str,
        schema: DocumentSchema,
        languages: Languages = (),
        source: str = "synonyms",
    ) -> None:
        self.rules: Final = parse_rules(text, source)
        self._specs: Final = schema.with_languages(languages).fields
        found = {one for spec in self._specs.values() for one in spec.languages}
        self._tables: Final = {one: table_of(self.rules, one, source) for one in found}
        self._longest: Final = max((one.longest for one in self._tables.values()), default=0)

    def of_words(self, text: str, fields: Iterable[str]) -> tuple[str, ...]:
        """Find the synonyms of a word or several, as the file has them.

        Args:
            text: The words.
            fields: The fields that they are looked for in.
        """
        found: dict[str, None] = {}
        for language in self._languages(fields):
            key = _entry(text, language)
            for synonym in self._tables[language].entries.get(key, {}).values():
                found.setdefault(synonym)
        return tuple(found)

    def _languages(self, fields: Iterable[str]) -> list[str | None]:
        """Give the languages of the text fields among some."""
        specs = (self._specs.get(name) for name in fields)
        texts = (spec for spec in specs if spec is not None and isinstance(spec.marker, Text))
        return list(dict.fromkeys(one for spec in texts for one in spec.languages))

    def widen(self, query: Query, defaults: Iterable[str]) -> tuple[Query, list[Note]]:
        """Let each word of a query also find its synonyms.

        Nothing is found any less. What must not be there, phrases that are no entries, patterns,
        labels, and terms of the index stay as they are.

        Args:
            query: The query.
            defaults: The fields that are searched where none is named.

        Returns:
            The query, and notes on the synonyms.
        """
        widening = _Widening(self, tuple(defaults))
        return widening.of(query), widening.notes

    @property
    def longest(self) -> int:
        """How many terms the longest entry has."""
        return self._longest

    def text_fields(self, fields: Iterable[str]) -> tuple[str, ...]:
        """Choose the text fields among some."""
        return tuple(name for name in fields if self._languages((name,)))

    def is_stop_word(self, text: str, fields: Iterable[str]) -> bool:
        """Tell whether a word alone is a stop word in any of some fields."""
        for language in self._languages(fields):
            terms = analyze(text, language)
            if len(terms) == 1 and terms[0][0] in stop_terms(language):
                return True
        return False


class _Widening:
    """Widens one query.

    Args:
        synonyms: What by.
        defaults: The fields that are searched where none is named.

    Attributes:
        notes: On what was done.
    """

    def __init__(self, synonyms: Synonyms, defaults: tuple[str, ...]) -> None:
        self._synonyms = synonyms
        self._defaults = defaults
        self._added = 0
        self._said: dict[str, Note] = {}

    @property
    def notes(self) -> list[Note]:
        """What was added, in the order of the query."""
        return list(self._said.values())

    def of(self, query: Query) -> Query:
        """Widen a part."""
        match query:
            case Word() | Phrase(slop=1):
                return self._found([query]) or query
            case Not() | Phrase() | Verbatim() | Near(ordered=True, distance=1):
                return query  # the last one is how a phrase with gaps is read
            case And(parts=parts):
                return replace(query, parts=tuple(self._sequence(parts, _all_or_synonyms)))
            case Or(parts=parts):
                return replace(query, parts=tuple(self._sequence(parts, _any_or_synonyms)))
        changed: dict[str, Any] = {}
        for field in own_fields(type(query)):
            value = getattr(query, field.name)
            if isinstance(value, Query):
                changed[field.name] = self.of(value)
            elif isinstance(value, tuple) and value and isinstance(value[0], Query):
                changed[field.name] = tuple(map(self.of, value))
        return replace(query, **changed) if changed else query

    def _sequence(self, parts: Sequence[Query], join: _Join) -> Iterator[Query]:
        """Widen parts, several words that are one entry together; longer entries come first."""
        at = 0
        while at < len(parts):
            for count in range(self._run(parts, at, exact=join is _any_or_synonyms), 1, -1):
                words = parts[at : at + count]
                found = self._found(words)
                if found is not None:
                    yield from join(words, found)
                    at += count
                    break
            else:
                yield self.of(parts[at])
                at += 1

    def _run(self, parts: Sequence[Query], at: int, *, exact: bool) -> int:
        """Count the words from a place on that follow one another, at most the longest entry's."""
        count = 1
        while (
            count < self._synonyms.longest
            and at + count < len(parts)
            and type(parts[at]) is Word
            and type(parts[at + count]) is Word
            and _fields_of(parts[at]) == _fields_of(parts[at + count])
            and _follows(parts[at + count - 1], parts[at + count], exact=exact)
        ):
            count += 1
        return count

    def _found(self, words: Sequence[Query]) -> OneOf | None:
        """Find what words ask for with their synonyms; ``None`` if they have none."""
        first = words[0]
        named = _fields_of(first)
        fields = named or self._defaults
        text = " ".join(getattr(word, "text", "") for word in words)
        synonyms = self._synonyms.of_words(text, fields)
        if not synonyms or all(self._synonyms.is_stop_word(_text_of(w), fields) for w in words):
            return None
        span = _span_of(words)
        if self._added + len(synonyms) > MAX_ADDED:
            limit = f"expected at most {MAX_ADDED:,} synonyms in a query; the rest is left out"
            self._said.setdefault("", Note("limit", limit, span))
            return None
        self._added += len(synonyms)
        said = f"{text} also finds {', '.join(synonyms)}"
        self._said.setdefault(said, Note("synonym", said, span))
        others = self._synonyms.text_fields(named)
        asked = first if len(words) == 1 else Phrase(text, fields=others)
        return OneOf((asked, *(Word(one, others) for one in synonyms)), span=span)


def _follows(before: Query, after: Query, *, exact: bool) -> bool:
    """Tell whether one word follows another in a query string, without an operator between them.

    Args:
        before: The one.
        after: The other.
        exact: Whether words that are from no string do not.
    """
    if before.span is None or after.span is None:
        return not exact
    return 0 < after.span[0] - before.span[1] <= _LARGEST_GAP


def _all_or_synonyms(words: Sequence[Query], found: OneOf) -> Iterable[Query]:
    """Let words that must all be there be replaced by their synonyms."""
    return [DisjunctionMax((And(tuple(words)), found), span=found.span)]


def _any_or_synonyms(words: Sequence[Query], found: OneOf) -> Iterable[Query]:
    """Add the synonyms of words of which any will do."""
    return [*words, found]


def _fields_of(word: Query) -> tuple[str, ...]:
    fields: tuple[str, ...] = getattr(word, "fields", ())
    return fields


def _text_of(word: Query) -> str:
    text: str = getattr(word, "text", "")
    return text


def _span_of(words: Sequence[Query]) -> tuple[int, int] | None:
    first, last = words[0].span, words[-1].span
    return None if first is None or last is None else (first[0], last[1])
