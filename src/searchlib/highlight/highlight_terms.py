"""What of a query counts in the text of a field?"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator
from typing import Final

from whoosh.lang.morph_en import variations
from whoosh.query import (
    AndNot,
    FuzzyTerm,
    Not,
    Ordered,
    Phrase,
    Prefix,
    Query,
    Regex,
    Sequence,
    SpanFirst,
    SpanNear,
    SpanNear2,
    SpanQuery,
    Term,
    TermRange,
    Variations,
    Wildcard,
)
from whoosh.query.terms import MultiTerm
from whoosh.support.levenshtein import damerau_levenshtein

TermTest = Callable[[str], bool]

_LONGEST_REGEX_TERM: Final = 64  # as in the execution of queries
_REMEMBERED: Final = 20_000
_POSITIONAL: Final = (Phrase, SpanQuery, Sequence)


class HighlightTerms:
    """What one query looks for in one field.

    Attributes:
        field: The field.
        terms: The terms that are looked for as such, alone or with others.
        beginnings: Beginnings of which each term that any pattern stands for has one; ``None`` for
            all.
        positional: The parts about the field whose words must stand in some way to one another.
        reach: The largest distance between two words that matters, in positions; 0 for none.
        absolute: Whether it matters how far from the beginning of the text a word stands.
        phrases: The terms and the slop of each phrase, if nothing else is looked for; else empty.
        most_terms: How many different terms the marks of a text have at most; 0 for any number.
        looks_for_words: Whether anything in a text of the field can count.
        has_tests: Whether there are patterns, which other terms than :attr:`terms` can pass.
    """

    def __init__(self, query: Query, field: str) -> None:
        alone: list[Query] = []
        self.positional: Final[list[Query]] = []
        for part in positive_parts(query):
            if isinstance(part, _POSITIONAL):
                if _is_about(part, field):
                    self.positional.append(part)
            elif part.field() == field:
                alone.append(part)
        inside = [
            leaf
            for part in self.positional
            for leaf in positive_parts(part, into_spans=True)
            if leaf.field() == field
        ]
        nested = [node for part in self.positional for node in _nodes(part)]
        self._alone = _terms_of(alone)
        self._tests = _tests_of(alone), _tests_of(inside)
        heads = [head for tests in self._tests for _, head in tests]
        self.field: Final = field
        self.terms: Final = self._alone | _terms_of(inside)
        self.beginnings: Final = frozenset(heads) if all(heads) else None
        self.reach: Final = max((_slop(part) + 1 for part in nested), default=0)
        phrases = [part for part in self.positional if isinstance(part, Phrase)]
        only_phrases = len(phrases) == len(self.positional)
        self.phrases: Final = [
            ([*map(as_text, part.words)], int(part.slop))
            for part in phrases
            if only_phrases and not alone
        ]
        exact = only_phrases and all(part.slop == 1 for part in phrases)
        self.most_terms: Final = len(self._alone) + len(phrases) if exact and not heads else 0
        self.absolute: Final = any(isinstance(part, SpanFirst) for part in nested)
        self.looks_for_words: Final = bool(self.terms or heads)
        self.has_tests: Final = bool(heads)
        self._passed: dict[str, tuple[bool, bool]] = {}

    def counts(self, term: str) -> bool:
        """Tell whether a term may count, alone or with others."""
        return term in self.terms or (self.has_tests and any(self._passing(term)))

    def counts_alone(self, term: str) -> bool:
        """Tell whether a term counts wherever it stands."""
        return term in self._alone or (self.has_tests and self._passing(term)[0])

    def _passing(self, term: str) -> tuple[bool, bool]:
        """Tell whether a term passes the test of a pattern that stands alone, or of another."""
        passed = self._passed.get(term)
        if passed is None:
            if len(self._passed) >= _REMEMBERED:
                self._passed.clear()
            alone, inside = (any(test(term) for test, _ in tests) for tests in self._tests)
            passed = self._passed[term] = alone, inside
        return passed


def positive_parts(
    query: Query, *, positive: bool = True, into_spans: bool = False
) -> Iterator[Query]:
    """Find the parts of a query that a hit can match: not those that it must not.

    Args:
        query: The query.
        positive: Whether it is one that a hit can match.
        into_spans: Whether to give the parts of those that are about positions, instead of them.
    """
    if isinstance(query, Not):
        yield from positive_parts(query.query, positive=not positive, into_spans=into_spans)
    elif isinstance(query, AndNot):
        yield from positive_parts(query.a, positive=positive, into_spans=into_spans)
        yield from positive_parts(query.b, positive=not positive, into_spans=into_spans)
    elif isinstance(query, _POSITIONAL) and not into_spans:
        if positive:
            yield query
    else:
        parts = children(query)
        for part in parts:
            yield from positive_parts(part, positive=positive, into_spans=into_spans)
        if positive and not parts:
            yield query


def children(query: Query) -> list[Query]:
    """Find the parts of a query, those of Whoosh's span queries too, which do not tell them."""
    if isinstance(query, SpanQuery):
        names = [name for name in ("a", "b") if hasattr(query, name)] or ["q"]
        inner = getattr(query, "qs", None) or [getattr(query, name) for name in names]
        return list(inner)
    return list(query.children())


def _nodes(query: Query) -> Iterator[Query]:
    yield query
    for child in children(query):
        yield from _nodes(child)


def _is_about(query: Query, field: str) -> bool:
    return any(leaf.field() == field for leaf in positive_parts(query, into_spans=True))


def _slop(query: Query) -> int:
    if isinstance(query, Phrase | SpanNear | SpanNear2 | Sequence):
        return 1 if isinstance(query, Ordered) else int(query.slop)
    return 1


def _terms_of(leaves: list[Query]) -> frozenset[str]:
    terms: set[str] = set()
    for leaf in leaves:
        match leaf:
            case Phrase(words=words):
                terms.update(map(as_text, words))
            case Variations(text=text):
                terms.update(variations(text))
            case Term(text=text):
                terms.add(as_text(text))
    return frozenset(terms)


def _tests_of(leaves: list[Query]) -> list[tuple[TermTest, str]]:
    tests = (term_test(leaf) for leaf in leaves if isinstance(leaf, MultiTerm))
    return [test for test in tests if test is not None]


def term_test(query: MultiTerm) -> tuple[TermTest, str] | None:
    """Make the test whether a term is one of those that a pattern stands for.

    Returns:
        The test, and how all terms that pass it begin; ``None`` for a pattern that is not known,
        and for one of everything, which would mark everything.
    """
    match query:
        case Prefix(text=prefix) if prefix:
            return lambda term: term.startswith(prefix), prefix
        case Wildcard(text=pattern) if pattern.strip("*"):
            matches = re.compile(fnmatch.translate(pattern)).match
            return lambda term: matches(term) is not None, re.split(r"[*?\[]", pattern)[0]
        case Regex(text=pattern) if pattern != ".*":
            begins = re.compile(pattern).match
            return lambda term: len(term) <= _LONGEST_REGEX_TERM and begins(term) is not None, ""
        case FuzzyTerm(text=text, maxdist=limit, prefixlength=kept):
            return lambda term: _is_similar(term, text, limit, kept), text[: max(kept, 0)]
        case TermRange():
            return _range_test(query), ""
        case _:
            return None


def _is_similar(term: str, text: str, limit: int, kept: int) -> bool:
    # Whoosh computes the distance in Python, so first what most terms fail.
    if abs(len(term) - len(text)) > limit or len(set(term) ^ set(text)) > 2 * limit:
        return False
    kept = max(kept, 0)
    return term[:kept] == text[:kept] and damerau_levenshtein(text, term, limit=limit) <= limit


def _range_test(query: TermRange) -> TermTest:
    low = None if query.start is None else as_text(query.start)
    high = None if query.end is None else as_text(query.end)

    def test(term: str) -> bool:
        above = low is None or (term > low if query.startexcl else term >= low)
        return above and (high is None or (term < high if query.endexcl else term <= high))

    return test


def as_text(term: str | bytes) -> str:
    """Write a term as text, as it is in queries that a program made, too."""
    return term.decode("utf-8", "replace") if isinstance(term, bytes) else str(term)
