"""What of a query counts in the text of a field?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from searchlib.analysis import stop_terms
from searchlib.highlight.spans import AnyPart, Close, Part, Row, reach_of
from searchlib.highlight.term_tests import TermTest, term_test
from searchlib.query import tree
from searchlib.query.field_terms import ANY_TERM, Alternatives, field_terms, row_with_gaps
from searchlib.query.joins import alternatives, counted_parts
from searchlib.query.tree import WORD_QUERIES, Query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.schema.models import FieldSpec

_REMEMBERED: Final = 20_000


class HighlightTerms:
    """What one query looks for in one field.

    Args:
        query: The query.
        spec: The field, one of text, in one language.
        is_default: Whether the field is searched where none is named.

    Attributes:
        terms: The terms that are looked for as such, alone or with others.
        beginnings: Beginnings of which each term that any pattern stands for has one; ``None`` for
            all.
        positional: The parts whose words must stand in some way to one another.
        reach: The largest distance between two words that matters, in positions; 0 for none.
        phrases: The terms and the slop of each phrase, if nothing else is looked for; else empty.
        most_terms: How many different terms the marks of a text have at most; 0 for any number.
        looks_for_words: Whether anything in a text of the field can count.
        has_tests: Whether there are patterns, which other terms than :attr:`terms` can pass.
    """

    def __init__(self, query: Query, spec: FieldSpec, *, is_default: bool) -> None:
        found = _Collected(query, spec, is_default=is_default)
        alone = found.alone or ([] if found.positional or found.says_more else found.stop_words)
        inside = [one for elements, _ in found.rows for one in elements if one != (ANY_TERM,)]
        self._alone = _terms_among(alone)
        self._tests = _tests_among(alone), _tests_among(inside)
        heads = [head for tests in self._tests for _, head in tests]
        self.terms: Final = self._alone | _terms_among(inside)
        self.beginnings: Final = frozenset(heads) if all(heads) else None
        self.positional: Final = found.positional
        self.reach: Final = max(map(reach_of, self.positional), default=0)
        plain_rows = [] if heads else _plain_rows(found)
        self.phrases: Final = [] if alone else plain_rows
        exact = len(plain_rows) == len(found.positional) and all(s == 1 for _, s in plain_rows)
        single = exact and not heads and all(len(one) == 1 for one in alone)
        self.most_terms: Final = len(self._alone) + len(plain_rows) if single else 0
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


class _Collected:
    """The parts of a query that a hit can match in one field: not those that it must not.

    Attributes:
        alone: What counts wherever it stands.
        stop_words: Stop words, which count if there is nothing else.
        positional: The parts whose words must stand in some way to one another.
        rows: The terms and the slop of each row of words in these.
        says_more: Whether a hit must match something else, too.
    """

    def __init__(self, query: Query, spec: FieldSpec, *, is_default: bool) -> None:
        [language] = spec.languages
        self._spec = spec
        self._is_default = is_default
        self._stop_terms = stop_terms(language)
        self.alone: Final[list[Alternatives]] = []
        self.stop_words: Final[list[Alternatives]] = []
        self.positional: Final[list[Part]] = []
        self.rows: Final[list[tuple[list[Alternatives], int]]] = []
        self.says_more = False
        self._collect(query, positive=True, verbatim=False)

    def _collect(self, query: Query, *, positive: bool, verbatim: bool) -> None:
        match query:
            case tree.Not(negated=part):
                self._collect(part, positive=not positive, verbatim=verbatim)
            case tree.Verbatim(part=part):
                self._collect(part, positive=positive, verbatim=True)
            case tree.Near():
                if positive:
                    self._take_near(query, verbatim)
            case _ if children := query.children():
                for child in children:
                    self._collect(child, positive=positive, verbatim=verbatim)
            case _ if positive:
                self._take(query, verbatim)

    def _take(self, leaf: Query, verbatim: bool) -> None:
        """Take a leaf that a hit can match."""
        if isinstance(leaf, tree.Term | tree.Range) and leaf.field == self._spec.name:
            leaf = leaf if isinstance(leaf, tree.Range) else tree.Word(str(leaf.value))
        elif not (isinstance(leaf, WORD_QUERIES) and self._is_about(leaf)):
            self.says_more = True
            return
        elements = field_terms(leaf, self._spec, verbatim=verbatim)
        if len(elements) > 1:
            self.positional.append(self._row(elements, _slop(leaf)))
        elif elements and not verbatim and elements[0][0] in self._stop_terms:
            self.stop_words.append(elements[0])
        else:
            self.alone.extend(elements)

    def _take_near(self, near: tree.Near, verbatim: bool) -> None:
        def is_there(leaf: Query) -> bool:
            return not self._is_about(leaf) or bool(
                field_terms(leaf, self._spec, verbatim=verbatim)
            )

        parts = [self._part(one, verbatim) for one in alternatives(near, is_there)]
        self.positional.extend([part for part in parts if part is not None])

    def _is_about(self, leaf: Query) -> bool:
        names = getattr(leaf, "fields", ())
        return self._spec.name in names if names else self._is_default

    def _row(self, elements: list[Alternatives], slop: int) -> Row:
        self.rows.append((elements, slop))
        return Row(tuple(map(_test_of, elements)), slop)

    def _part(self, query: Query, verbatim: bool) -> Part | None:
        """Make the part of something that stands close to others; ``None`` if it says nothing."""
        match query:
            case tree.Near() if row := row_with_gaps(query, self._spec, verbatim=verbatim):
                return self._row(row, 1) if all(map(self._is_about, query.parts)) else AnyPart(())
            case tree.Near():
                parts = counted_parts(query)
                found = [(self._part(inner, verbatim), count) for inner, count in parts]
                there = [(inner, count) for inner, count in found if inner is not None]
                if not there:
                    return None
                if len(there) == 1 and there[0][1] == 1:
                    return there[0][0]
                inners, numbers = zip(*there, strict=True)
                return Close(inners, numbers, query.distance, query.ordered)
            case tree.Or(parts=parts):
                inners = tuple(self._part(inner, verbatim) for inner in parts)
                return AnyPart(tuple(inner for inner in inners if inner is not None))
            case _ if isinstance(query, WORD_QUERIES) and self._is_about(query):
                elements = field_terms(query, self._spec, verbatim=verbatim)
                return self._row(elements, _slop(query)) if elements else None
            case _:
                return AnyPart(())  # of another field: never here


def _slop(leaf: Query) -> int:
    return leaf.slop if isinstance(leaf, tree.Phrase) else 1


def _test_of(alternatives: Alternatives) -> TermTest | None:
    """Make the test whether a term may stand at a position; ``None`` if any may."""
    if alternatives == (ANY_TERM,):
        return None
    terms = frozenset(one for one in alternatives if isinstance(one, str))
    tests = [test for test, _ in _tests_among([alternatives])]
    if not tests:
        return terms.__contains__
    return lambda term: term in terms or any(test(term) for test in tests)


def _terms_among(elements: Iterable[Alternatives]) -> frozenset[str]:
    return frozenset([one for some in elements for one in some if isinstance(one, str)])


def _tests_among(elements: Iterable[Alternatives]) -> list[tuple[TermTest, str]]:
    patterns = [one for some in elements for one in some if not isinstance(one, str)]
    return [test for pattern in patterns if (test := term_test(pattern)) is not None]


def _plain_rows(found: _Collected) -> list[tuple[list[str], int]]:
    """Give the rows of single terms, if nothing else is positional."""
    rows = []
    for elements, slop in found.rows:
        terms = [one[0] for one in elements if len(one) == 1 and isinstance(one[0], str)]
        if len(terms) != len(elements):
            return []
        rows.append((terms, slop))
    return rows if all(isinstance(part, Row) for part in found.positional) else []
