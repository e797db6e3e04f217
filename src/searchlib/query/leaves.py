"""What does a word of a query string ask for, in the field before it?

In text it is a word, a pattern or a similar word; in a field of labels a label; in one of dates or
numbers a value, or those from one to another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from searchlib.errors import QuerySyntaxError, QueryTooCostly
from searchlib.query import hints
from searchlib.query.dates import split_range
from searchlib.query.field_values import Clock, value_bounds
from searchlib.query.joins import NOTHING, any_of, boosted
from searchlib.query.lexer import PLAIN_WORD, Token, literal, range_bounds
from searchlib.query.notes import Reporter
from searchlib.query.regexes import compiled_regex
from searchlib.query.tree import (
    Exists,
    Fuzzy,
    MatchAll,
    Near,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Term,
    Wildcard,
    Word,
)
from searchlib.schema.values import UnreadableValue

if TYPE_CHECKING:
    from searchlib.query.field_names import FieldNames
    from searchlib.query.tree import Span
    from searchlib.schema.models import FieldSpec

MAX_EDITS: Final = 2
"""How many edits a similar word may be away."""

MAX_REGEXES: Final = 20
"""How many regular expressions a query may have: each is compared with thousands of terms."""

MAX_SIMILAR: Final = 100
"""How many similar words a query may have: each is compared with all terms of its fields."""

_BOOST: Final = re.compile(r"\^(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})[?!.,;:…]*$")
_FUZZY: Final = re.compile(r"~(\d{0,9}(?:\.\d{1,9})?)[?!.,;:…]*$")
_AT_END: Final = "?!.,;:…»\"'’)]}"
_BEHIND_WORDS: Final = "?!,;:…"
_NO_BOUND: Final = ("", "*")
_DATES: Final = re.compile(r"\d{4}-\d\d(?:-\d\d)?\.\.\d{4}-\d\d(?:-\d\d)?")


class LeafReader(Reporter):
    """Makes the leaves of a query of the pieces of its string.

    Args:
        text: The string.
        names: The fields.
        clock: What relative dates are reckoned from.
        lenient: Whether nothing is raised.
    """

    __slots__ = ("_clock", "_fits", "_names", "_regexes", "_similar_words")

    def __init__(self, text: str, names: FieldNames, clock: Clock, lenient: bool) -> None:
        Reporter.__init__(self, text, lenient)  # it takes half the time of super()
        self._names = names
        self._clock = clock
        self._regexes = self._similar_words = 0
        self._fits: dict[Term | Range, bool] = {}  # whether a field holds such values

    def word(self, token: Token, spec: FieldSpec | None) -> Query:
        """Read a word, with what is attached to it."""
        text, span = token.text, (token.start, token.end)
        if token.kind == "plain":
            if spec is None:
                leaf = Word(text, span=span)
                return leaf if self._names.defaults else self._in_defaults(leaf, spec)
            name = spec.name
            if name in self._names.texts:
                return Word(text, (name,), span=span)
            term = Term(name, text, span=span)
            return self._checked(term, span) if name in self._names.values else term
        text, factor = _without_boost(text)
        if self._names.is_value(spec):
            assert spec is not None
            return boosted(self._value(_bare_value(literal(text)), spec, span), factor, span)
        return boosted(self._free(text, spec, span), factor, span)

    def compared(self, sign: Token, value: Token | None, spec: FieldSpec) -> Query:
        """Read a comparison and the value behind it."""
        if value is None:
            expected = f"expected a value behind {sign.text}"
            return self._unreadable(expected, (sign.start, sign.end))
        span = (sign.start, value.end)
        text, closed = _bare_value(literal(value.text)), sign.text[-1] in "=≤≥"
        if sign.text[0] in ">≥":
            made = Range(spec.name, text, include_low=closed, span=span)
        else:
            made = Range(spec.name, high=text, include_high=closed, span=span)
        return self._checked(made, span)

    def quoted(self, token: Token, spec: FieldSpec | None) -> Query:
        """Read a text in single quotes: a word, with blanks perhaps, or a whole label."""
        return self._whole(literal(token.text[1:-1]), spec, (token.start, token.end))

    def phrase(self, token: Token, spec: FieldSpec | None) -> Query:
        """Read a text in double quotes, with its slop."""
        text, _, slop = token.text[1:].rpartition('"')
        span = (token.start, token.end)
        if not self._names.is_text(spec):
            return self._whole(literal(text), spec, span)
        return self._in_a_row(text, max(int(slop[1:]), 1) if slop else 1, spec, span)

    def regex(self, token: Token, original: str, spec: FieldSpec | None) -> Query:
        """Read a regular expression between slashes."""
        span = (token.start, token.end)
        if self._names.is_value(spec):
            return self._unreadable("expected a date or number, not a regular expression", span)
        pattern = original[token.start + 1 : token.end - 1].replace("\\/", "/")
        if not self._can_be_compiled(pattern, span):
            return NOTHING
        return self._in_defaults(Regex(pattern, _names(spec), span=span), spec)

    def _can_be_compiled(self, pattern: str, span: Span) -> bool:
        """Tell whether a regular expression can be compared with terms; if not, it is reported."""
        self._regexes += 1
        if self._regexes > MAX_REGEXES:
            expected = f"expected at most {MAX_REGEXES} regular expressions, got more"
            self.limit(expected, span, instead="the others are left out")
            return False
        try:
            compiled_regex(pattern)
        except QueryTooCostly as error:
            self.limit(str(error), span, instead="it is left out")
            return False
        except QuerySyntaxError as error:
            self.problem(str(error), span, instead="it is left out")
            return False
        return True

    def range(self, token: Token, spec: FieldSpec | None) -> Query:
        """Read a range in brackets."""
        text, span = token.text, (token.start, token.end)
        low, high = range_bounds(text)
        closed = (text[0] == "[", text[-1] == "]")
        if spec is not None:
            return self._from_to(spec.name, low, high, closed, span)
        names = self._names.defaults
        return any_of((self._from_to(name, low, high, closed, span) for name in names), span)

    def _from_to(
        self, name: str, low: str, high: str, closed: tuple[bool, bool], span: Span
    ) -> Query:
        if low in _NO_BOUND and high in _NO_BOUND:
            return Exists(name, span=span)
        lowest = None if low in _NO_BOUND else low
        highest = None if high in _NO_BOUND else high
        include_low, include_high = closed
        made = Range(name, lowest, highest, include_low, include_high, span=span)
        return self._checked(made, span)

    def _free(self, text: str, spec: FieldSpec | None, span: Span) -> Query:
        """Read a word of a text or label field that is not plain."""
        bare = text.rstrip(_AT_END) if self._names.is_text(spec) else text.rstrip("?")
        if text in ("*", "*:*"):
            return MatchAll(span=span) if spec is None else Exists(spec.name, span=span)
        if _is_pattern(text, bare):
            return self._pattern(bare if bare.strip("*") else text, spec, span)
        if spec is None and _DATES.fullmatch(text) and self._names.dates:
            low, high = text.split("..")
            ranges = (self._from_to(n, low, high, (True, True), span) for n in self._names.dates)
            return any_of(ranges, span)
        similar = _FUZZY.search(text)
        if similar and similar.start():
            return self._similar(text[: similar.start()], similar.group(1), spec, span)
        if spec is None and "=" in text:
            hints.at_equals(literal(text), self._names, span, self)
        return self._whole(literal(text if self._names.is_text(spec) else bare or text), spec, span)

    def _pattern(self, text: str, spec: FieldSpec | None, span: Span) -> Query:
        names = _names(spec)
        if not text.strip("*"):
            return self._whole("*", None, span) if spec is None else Exists(spec.name, span=span)
        head = text[:-1]
        if text[-1] == "*" and not ("*" in head or "?" in head or "[" in head):
            return self._in_defaults(Prefix(literal(head), names, span=span), spec)
        return self._in_defaults(Wildcard(_as_pattern(text), names, span=span), spec)

    def _similar(self, text: str, edits: str, spec: FieldSpec | None, span: Span) -> Query:
        if "." in edits:
            self.problem(
                f"expected 1 or {MAX_EDITS} edits behind the ~, got {edits}",
                span,
                instead="1 is allowed for",
            )
            edits = "1"
        count = int(edits or 1)
        if count > MAX_EDITS:
            self.problem(
                f"expected at most {MAX_EDITS} edits behind the ~, got {count}",
                span,
                instead=f"{MAX_EDITS} are allowed for",
                kind="limit",
            )
            count = MAX_EDITS
        if count == 0 or self._are_too_many(span):
            return self._whole(literal(text), spec, span)
        return self._in_defaults(Fuzzy(literal(text), count, fields=_names(spec), span=span), spec)

    def _are_too_many(self, span: Span) -> bool:
        """Count a similar word, and tell whether it is one too many; if it is, it is reported."""
        self._similar_words += 1
        if self._similar_words <= MAX_SIMILAR:
            return False
        expected = f"expected at most {MAX_SIMILAR} similar words (with ~), got more"
        self.limit(expected, span, instead="the others stand for themselves alone")
        return True

    def _in_a_row(self, text: str, slop: int, spec: FieldSpec | None, span: Span) -> Query:
        """Read a phrase: words and patterns that follow one another."""
        if not ("*" in text or "?" in text):
            return self._phrase(literal(text), slop, spec, span)
        pieces = [one for one in text.split() if one == "*" or one.strip(_AT_END + "*")]
        while pieces and pieces[-1] == "*":
            pieces.pop()
        while pieces and pieces[0] == "*":
            pieces.pop(0)
        read = [self._word_or_pattern(piece, spec, span) for piece in pieces]
        parts = tuple(part for part in read if part is not NOTHING)
        if all(type(part) is Word for part in parts):
            return self._phrase(literal(text), slop, spec, span)
        return Near(parts, slop, ordered=True, span=span) if len(parts) > 1 else parts[0]

    def _word_or_pattern(self, text: str, spec: FieldSpec | None, span: Span) -> Query:
        """Read a piece of a phrase, in which nothing but patterns means anything special."""
        if text == "*":
            return Wildcard(text, _names(spec), span=span)  # any word
        bare = text.rstrip(_AT_END)
        if _is_pattern(text, bare):
            return self._pattern(bare if bare.strip("*") else text, spec, span)
        return self._in_text(literal(text), spec, span)

    def _phrase(self, text: str, slop: int, spec: FieldSpec | None, span: Span) -> Query:
        if not says_something(text):
            return NOTHING
        word = text.strip()
        if slop == 1 and " " not in word and PLAIN_WORD(word):
            return self._in_text(word, spec, span)
        return self._in_defaults(Phrase(text, slop, _names(spec), span=span), spec)

    def _whole(self, text: str, spec: FieldSpec | None, span: Span) -> Query:
        """Read a text as one word, label or value."""
        if self._names.is_text(spec):
            return self._in_text(text, spec, span)
        assert spec is not None
        if self._names.is_value(spec):
            return self._value(text, spec, span)
        return Term(spec.name, text, span=span)

    def _in_text(self, text: str, spec: FieldSpec | None, span: Span) -> Query:
        if not says_something(text):
            return NOTHING
        return self._in_defaults(Word(_trimmed(text), _names(spec), span=span), spec)

    def _in_defaults(self, leaf: Query, spec: FieldSpec | None) -> Query:
        """Make sure that there is a field to look in where none is named."""
        if spec is None and not self._names.defaults:
            there = ", ".join(self._names.specs)
            self.problem(
                f"expected the name of a field and a colon, as no text field is searched by "
                f"default; there are {there}",
                leaf.span or (0, 0),
                instead="it is left out",
                kind="field",
            )
            return NOTHING
        return leaf

    def _value(self, text: str, spec: FieldSpec, span: Span) -> Query:
        """Read a value of a date or number field, or values from one to another."""
        if not text.strip("*"):
            return Exists(spec.name, span=span)
        if text[0] in "[{":
            return self._unreadable("expected a range such as [1 TO 5], with its ]", span)
        bounds = split_range(text)
        if bounds is not None:
            return self._from_to(spec.name, *bounds, (True, True), span)
        return self._checked(Term(spec.name, text, span=span), span)

    def _checked(self, leaf: Term | Range, span: Span) -> Query:
        """Make sure that the field holds such values."""
        if leaf.field not in self._names.values:
            return leaf
        fits = self._fits.get(leaf)
        if fits is None:
            fits = self._fits[leaf] = self._has_values(leaf, span)
        return leaf if fits else NOTHING

    def _has_values(self, leaf: Term | Range, span: Span) -> bool:
        """Tell whether a leaf is of values that its field holds; if not, it is reported."""
        try:
            bounds = value_bounds(leaf, self._names.specs[leaf.field], self._clock)
        except UnreadableValue as error:
            if not self.is_full:
                self._unreadable(str(error), self.place_of(error.text, span))
            return False
        if bounds.is_reversed and isinstance(leaf, Range):
            message = (
                f"nothing is from {leaf.low} to {leaf.high}; the bounds are the wrong way round"
            )
            self.note("value", message, span)
        return True

    def _unreadable(self, expected: str, span: Span) -> Query:
        self.problem(expected, span, instead="it is left out", kind="value")
        return NOTHING


def _names(spec: FieldSpec | None) -> tuple[str, ...]:
    return () if spec is None else (spec.name,)


def says_something(text: str) -> bool:
    """Tell whether a text holds a word."""
    return text[:1].isalnum() or any(map(str.isalnum, text))


def _is_pattern(text: str, bare: str) -> bool:
    """Tell whether a word, which is also given without the punctuation at its end, is a pattern."""
    return not _is_url(text) if "?" in bare else "*" in text


def _is_url(text: str) -> bool:
    """Tell whether a word is an address, in which a question mark stands for itself."""
    if "://" in text or text.startswith("www."):
        return True
    host, slash, rest = text.partition("/")
    _, question, asked = rest.partition("?")
    return bool(slash and question) and ("." in host or "=" in asked)


def _trimmed(text: str) -> str:
    """Leave out the punctuation behind a word, but for the dot of "U.S."."""
    text = text.rstrip(_BEHIND_WORDS)
    return text[:-1] if text.endswith(".") and "." not in text[:-1] else text


def _bare_value(text: str) -> str:
    """Leave out the punctuation behind a value, unless there is nothing else."""
    bare = text.rstrip(_BEHIND_WORDS)
    return (bare[:-1] if bare[-1:] == "." and bare[-2:] != ".." else bare) or text


def _without_boost(text: str) -> tuple[str, float]:
    found = _BOOST.search(text) if "^" in text else None
    if found is None or not found.start():
        return text, 1.0
    return text[: found.start()], float(found.group(1))


def _as_pattern(text: str) -> str:
    """Write a pattern with what a backslash hid in brackets, where it means nothing special."""
    if literal(text) == text:
        return text
    pairs = re.findall(r"\uf8ff.|[^\uf8ff]", text, re.DOTALL)
    return "".join(
        f"[{char}]" if len(pair) > 1 and char in "*?[" else char
        for pair, char in zip(pairs, map(literal, pairs), strict=True)
    )
