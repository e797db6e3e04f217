"""Which words stand to one another as a query wants them? Phrases, and words close together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from searchlib.analysis import Terms
    from searchlib.highlight.marks import Mark
    from searchlib.highlight.term_tests import TermTest


@frozen
class Row:
    """Words that follow one another.

    Attributes:
        tests: Of each position whether a term may stand there; ``None`` for any term.
        slop: How many positions after the one before a word may come.
    """

    tests: tuple[TermTest | None, ...]
    slop: int = 1


@frozen
class AnyPart:
    """Any of several parts.

    Attributes:
        parts: The parts.
    """

    parts: tuple[Part, ...]


@frozen
class Close:
    """Parts that stand close together, as in :class:`searchlib.query.tree.Near`.

    Attributes:
        parts: The parts.
        counts: How many of each part there must be.
        distance: How close.
        ordered: Whether they must come in this order.
    """

    parts: tuple[Part, ...]
    counts: tuple[int, ...]
    distance: int
    ordered: bool


Part = Row | AnyPart | Close


def reach_of(part: Part) -> int:
    """Find the largest distance between two words that matters, in positions."""
    match part:
        case Row(tests=tests, slop=slop):
            return len(tests) + slop
        case AnyPart(parts=parts):
            return max(map(reach_of, parts), default=0)
        case Close(parts=parts, distance=distance):
            return max(distance + 1, *map(reach_of, parts))


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

    Of what is found in several ways between the same positions, the words of all ways are kept.

    Args:
        words: The words of the text that may count.
        others: The terms of some of them, by their places, by which they count as well.
    """

    def __init__(self, words: list[Mark], others: Mapping[int, Terms]) -> None:
        self._words = words
        self._others = others

    def find(self, part: Part) -> list[Occurrence]:
        """Find all occurrences, ascending."""
        match part:
            case Row(tests=tests, slop=slop) if slop > 1:
                there = [test for test in tests if test is not None]
                return in_order([[*self._in_a_row([test])] for test in there], slop)
            case Row(tests=tests):
                return [*self._in_a_row(tests)]
            case AnyPart(parts=parts):
                return _merged(found for inner in parts for found in self.find(inner))
            case Close(parts=parts, counts=counts, distance=distance, ordered=ordered):
                found = [_minimal(self.find(inner)) for inner in parts]
                if ordered:
                    return in_order(found, distance)
                return in_any_order(found, counts, distance)

    def _in_a_row(self, tests: Sequence[TermTest | None]) -> Iterator[Occurrence]:
        """Find where each position has a word that passes its test."""
        first, *others = tests
        assert first is not None
        then = [(offset, test) for offset, test in enumerate(others, 1) if test is not None]
        for place, word in enumerate(self._words):
            if first(word.term) or self._is_otherwise(place, first):
                places = [place]
                for offset, test in then:
                    at = self._place_of(word.position + offset, places[-1] + 1)
                    if at is None:
                        break
                    if not (test(self._words[at].term) or self._is_otherwise(at, test)):
                        break
                    places.append(at)
                else:
                    last = self._words[places[-1]].position
                    yield Occurrence(word.position, last, frozenset(places))

    def _is_otherwise(self, place: int, test: TermTest) -> bool:
        """Tell whether a word passes a test by another term than the one of its mark."""
        return place in self._others and any(map(test, self._others[place]))

    def _place_of(self, position: int, place: int) -> int | None:
        """Find the word at a position, from a place in the list on."""
        while place < len(self._words) and self._words[place].position < position:
            place += 1
        there = place < len(self._words) and self._words[place].position == position
        return place if there else None


def in_order(parts: Iterable[list[Occurrence]], slop: int) -> list[Occurrence]:
    """Find where an occurrence of each part comes soon after one of the part before.

    Args:
        parts: The occurrences of each part, ascending.
        slop: How many positions after the end of the one before at most; 1 for the very next.
    """
    found, *rest = parts
    for nexts in rest:
        firsts = [item.first for item in nexts]
        joined = []
        for item in found:
            start = bisect_right(firsts, item.last)
            end = bisect_right(firsts, item.last + slop)
            joined += [_union(item, other) for other in nexts[start:end]]
        found = _merged(joined)
    return found


def in_any_order(
    parts: Sequence[list[Occurrence]], counts: Sequence[int], distance: int
) -> list[Occurrence]:
    """Find where an occurrence of each part stands in a short stretch.

    Args:
        parts: The occurrences of each part, ascending.
        counts: How many of each there must be.
        distance: How many positions after the end of the first the last may begin.
    """
    found = []
    firsts = [[item.first for item in part] for part in parts]
    for leading, part in enumerate(parts):
        for item in part:
            together = item
            for number, (others, count) in enumerate(zip(parts, counts, strict=True)):
                # Those of different parts may begin at the same place.
                begins = bisect_right if number == leading else bisect_left
                start = begins(firsts[number], item.first)
                end = bisect_left(firsts[number], item.last + distance + 1)
                needed = count - (number == leading)
                if end - start < needed:
                    break
                for other in others[start : start + needed]:
                    together = _union(together, other)
                for other in others[start + needed : end] if needed else ():
                    together = together._replace(words=together.words | other.words)
            else:
                found.append(together)
    return _merged(found)


def _union(one: Occurrence, other: Occurrence) -> Occurrence:
    return Occurrence(
        min(one.first, other.first), max(one.last, other.last), one.words | other.words
    )


def _minimal(occurrences: list[Occurrence]) -> list[Occurrence]:
    """Leave out occurrences that hold another one, as the search does; their words go to that."""
    kept: list[Occurrence] = []
    for item in sorted(occurrences, key=lambda item: (-item.first, item.last)):
        if kept and kept[-1].last <= item.last:
            kept[-1] = kept[-1]._replace(words=kept[-1].words | item.words)
        else:
            kept.append(item)
    return kept[::-1]


def _merged(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    """Sort occurrences, and make those between the same positions one."""
    words: dict[tuple[int, int], frozenset[int]] = {}
    for first, last, places in occurrences:
        words[first, last] = words.get((first, last), frozenset()) | places
    return [Occurrence(first, last, words[first, last]) for first, last in sorted(words)]
