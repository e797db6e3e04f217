"""Which words stand to one another as a query wants them? Phrases, and Whoosh's span queries."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from whoosh.lang.morph_en import variations
from whoosh.query import (
    Not,
    Ordered,
    Phrase,
    Query,
    Sequence,
    SpanBefore,
    SpanCondition,
    SpanContains,
    SpanFirst,
    SpanNear,
    SpanNear2,
    SpanNot,
    Term,
    Variations,
)
from whoosh.query.terms import MultiTerm

from searchlib.highlight.highlight_terms import as_text, children, term_test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from searchlib.highlight.words import Mark


class Occurrence(NamedTuple):
    """Words that together are what a part of a query looks for.

    Attributes:
        first: The position of the first of them.
        last: The position of the last.
        words: The words, by their places in the list of all words.
    """

    first: int
    last: int
    words: frozenset[int]


class Spans:
    """Finds the occurrences of parts of queries in one text.

    They are those that Whoosh's span matchers find, with the words they are made of. Of what is
    found in several ways between the same positions, the words of all ways are kept.

    Args:
        words: The words of the text that may count.
        field: The field that the text is of.
    """

    def __init__(self, words: list[Mark], field: str) -> None:
        self._words = words
        self._field = field

    def find(self, query: Query) -> list[Occurrence]:
        """Find all occurrences, ascending."""
        match query:
            case Phrase(words=words, slop=slop) if query.field() == self._field:
                terms = [as_text(word) for word in words]
                if slop == 1:
                    return self._in_a_row(terms)
                return near([self._having(term.__eq__) for term in terms], slop)
            case Sequence() if not isinstance(query, Ordered):
                return self._near(query.subqueries, query.slop, query.ordered, 1)
            case SpanNear():
                return self._near([query.a, query.b], query.slop, query.ordered, query.mindist)
            case SpanNear2():
                return self._near(query.qs, query.slop, query.ordered, query.mindist)
            case Ordered():
                return self._before(query.subqueries)
            case SpanBefore():
                return self._before([query.a, query.b])
            case SpanFirst():
                return [found for found in self.find(query.q) if found.last <= query.limit]
            case SpanNot():
                others = self.find(query.b)
                return [
                    found
                    for found in self.find(query.a)
                    if not any(found.first <= o.last and o.first <= found.last for o in others)
                ]
            case SpanContains():
                inner = self.find(query.b)
                return [
                    found
                    for found in self.find(query.a)
                    if any(found.first <= i.first and i.last <= found.last for i in inner)
                ]
            case SpanCondition():
                return self.find(query.a)
            case Not():
                return []
            case _:
                parts = children(query)
                if parts:
                    return _merged(found for part in parts for found in self.find(part))
                return self._leaf(query)

    def _in_a_row(self, terms: list[str]) -> list[Occurrence]:
        """Find the places of an exact phrase: the same as of slop 1, in less time."""
        count = len(terms)
        found = []
        for place, word in enumerate(self._words):
            if word.term != terms[0]:
                continue
            row = self._words[place : place + count]
            first, last = row[0].position, row[-1].position
            if last - first == count - 1 and [word.term for word in row] == terms:
                found.append(Occurrence(first, last, frozenset(range(place, place + count))))
        return found

    def _near(
        self, queries: Iterable[Query], slop: int, ordered: bool, least: int
    ) -> list[Occurrence]:
        return near([self.find(query) for query in queries], slop, ordered=ordered, least=least)

    def _before(self, queries: Iterable[Query]) -> list[Occurrence]:
        """Find what comes before all of what is to come after it, and that."""
        first, *rest = (self.find(query) for query in queries)
        for then in rest:
            earliest = min((found.first for found in then), default=0)
            first = [found for found in first if found.last < earliest]
            if not first:
                return []
            first = _merged([*first, *then])
        return first

    def _leaf(self, query: Query) -> list[Occurrence]:
        if query.field() != self._field:
            return []
        match query:
            case Variations(text=text):
                return self._having(frozenset(variations(text)).__contains__)
            case Term(text=text):
                return self._having(as_text(text).__eq__)
            case MultiTerm():
                test = term_test(query)
                return [] if test is None else self._having(test[0])
            case _:
                return []

    def _having(self, test: Callable[[str], bool]) -> list[Occurrence]:
        return [
            Occurrence(word.position, word.position, frozenset((place,)))
            for place, word in enumerate(self._words)
            if test(word.term)
        ]


def near(
    parts: list[list[Occurrence]], slop: int, *, ordered: bool = True, least: int = 1
) -> list[Occurrence]:
    """Find where an occurrence of each part comes soon after one of the part before.

    Args:
        parts: The occurrences of each part, ascending.
        slop: How many positions after the end of the one before at most; 1 for the very next.
        ordered: Whether it must come after it; before it will do if not.
        least: How many positions it must be away at least.
    """
    found, *rest = parts or [[]]
    for nexts in rest:
        firsts = [item.first for item in nexts]
        joined = []
        for item in found:
            low = item.first if ordered else item.first - slop
            for other in nexts[bisect_left(firsts, low) :]:
                if other.first > item.last + slop:
                    break
                if least <= _distance(item, other) <= slop:
                    joined.append(_union(item, other))
        found = _merged(joined)
    return found


def _distance(one: Occurrence, other: Occurrence) -> int:
    return max(other.first - one.last, one.first - other.last, 0)


def _union(one: Occurrence, other: Occurrence) -> Occurrence:
    return Occurrence(
        min(one.first, other.first), max(one.last, other.last), one.words | other.words
    )


def _merged(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    """Sort occurrences, and make those between the same positions one."""
    words: dict[tuple[int, int], frozenset[int]] = {}
    for first, last, places in occurrences:
        words[first, last] = words.get((first, last), frozenset()) | places
    return [Occurrence(first, last, words[first, last]) for first, last in sorted(words)]
