"""Which passages of a text show best why it was found?

As few as show all that was found and can be shown. News says the most important first, so the
opening sentence is best if it shows everything. Else of two passages the better one has more and
rarer terms, closer together and in fewer sentences, and is nearer to the beginning of the text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import log
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from searchlib.highlight.sentences import Sentences, cut_after, cut_before

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from searchlib.highlight.words import Mark

Span = tuple[int, int]
"""Start and end of a piece of text, in characters."""

# The shape of Lucene's unified highlighter (PassageScorer): 1 + 1 / ln(pivot + start).
_PIVOT: Final = 87.0
_REPEATED: Final = 0.04  # what a repeated term adds, and the most of these that count
_REPEATS: Final = 4
_SPREAD: Final = 0.3  # what is lost where terms are as far apart as a passage is long
_CROSSED: Final = 0.15  # for each end of a sentence between the terms
_TORN: Final = 0.2  # where the passage can't begin with a sentence
_LOOKED_AT: Final = 8  # how many of the passages that may be best are looked at closely
_SHORTEST: Final = 40  # a passage below this says nothing
_BLANKS: Final = 8  # how many, at the end of a sentence, do not count


_Cluster = tuple[float, int, int]
"""Marks that one passage can hold: how good it is, the first mark, the last with a new term."""


def choose(
    text: str,
    marks: Sequence[Mark],
    weights: Mapping[str, float],
    room_for: Callable[[int], int],
    most: int,
) -> list[Span]:
    """Choose the passages to show.

    Args:
        text: The text.
        marks: What was found in it, ascending and disjoint.
        weights: How much each term of a mark tells.
        room_for: Gives the characters there are for that many passages together.
        most: How many passages at most.

    Returns:
        Where the passages begin and end, ascending and disjoint; the beginning of the text if
        nothing was found.
    """
    sentences = Sentences(text)
    terms = {term for _, _, term, _ in marks}
    opening = _opening(terms, marks, sentences, room_for(1))
    if opening is not None:
        return [opening]
    if len(terms) == 1:
        weights = dict.fromkeys(terms, 1.0)
    best: list[Span] = []
    best_shown = 0.0
    for count in range(1, most + 1):
        room = room_for(count) // count
        if count > 1 and room < _SHORTEST:
            break
        choice = _Choice(sentences, marks, terms, weights, room)
        while len(choice.passages) < count and choice.missing and choice.add():
            pass
        shown = sum([weights[term] for term in terms if term not in choice.missing])
        if not best or shown > best_shown * 1.01:
            best, best_shown = choice.passages, shown
        if not choice.missing:
            break
    return best if len(best) == 1 else _joined(text, best)


def _opening(
    terms: set[str], marks: Sequence[Mark], sentences: Sentences, room: int
) -> Span | None:
    """Make a passage of the beginning, if the first sentence fits and has all terms."""
    if not _are_within(terms, marks, room):
        return None
    if marks and not _are_within(terms, marks, next(sentences.ends(0, room), 0)):
        return None
    return 0, _fill(sentences, 0, 0, room)


def _are_within(terms: set[str], marks: Sequence[Mark], limit: int) -> bool:
    shown = set()
    for _, end, term, _ in marks:
        if end > limit:
            break
        shown.add(term)
    return len(shown) == len(terms)


class _Choice:
    """Passages of one text, chosen one after another.

    Attributes:
        passages: Where they begin and end, ascending and disjoint.
        missing: The terms that were found in the text and are in none of them.
    """

    def __init__(
        self,
        sentences: Sentences,
        marks: Sequence[Mark],
        terms: set[str],
        weights: Mapping[str, float],
        room: int,
    ) -> None:
        self.passages: list[Span] = []
        self.missing = set(terms)
        self._sentences = sentences
        self._marks = marks
        self._starts = [mark[0] for mark in marks]
        self._weights = weights
        self._room = room

    def add(self) -> bool:
        """Add the passage that shows most of what is missing, if one can show any."""
        clusters = self._clusters()
        if len(clusters) > 1:
            clusters.sort(key=itemgetter(0), reverse=True)
        best: tuple[float, int, _Cluster] | None = None
        for cluster in clusters[:_LOOKED_AT]:
            if best is not None and cluster[0] <= best[0]:
                break
            score, start = self._place(cluster)
            if best is None or score > best[0]:
                best = score, start, cluster
        if best is None:
            return False
        self._take(*best[1:])
        return True

    def _clusters(self) -> list[_Cluster]:
        """Gather for each mark what fits into a passage that begins with it.

        None for a mark that is in a passage that was chosen before, or shows nothing new.
        """
        starts, missing, room = self._starts, self.missing, self._room
        several, limit = len(missing) > 1, len(self._sentences.text)
        clusters = []
        for first, (start, end, term, _) in enumerate(self._marks):
            if term not in missing:
                continue
            if self.passages:
                if self._is_shown(start):
                    continue
                limit = self._ceiling(start)
            stop = start + room
            if stop > limit:
                stop = limit
            if stop < end:
                stop = end
            score, last = self._weights[term], first
            repeats = bisect_right(starts, stop, first) - first - 1
            if repeats:
                if several:
                    last, more = self._others(first, first + 1 + repeats, stop)
                    score += more
                    if last > first:
                        score *= 1 - _SPREAD * min((starts[last] - start) / room, 1.0)
                score *= 1 + _REPEATED * (repeats if repeats < _REPEATS else _REPEATS)
            clusters.append((score * (1 + 1 / log(_PIVOT + start)), first, last))
        return clusters

    def _others(self, first: int, stop: int, limit: int) -> tuple[int, float]:
        """Find the last mark of a cluster with a term not seen before, and what all these tell."""
        marks, missing = self._marks, self.missing
        seen = {marks[first][2]}
        last, new = first, 0.0
        for place in range(first + 1, stop):
            _, end, term, _ = marks[place]
            if term not in seen and term in missing and end <= limit:
                seen.add(term)
                last = place
                new += self._weights[term]
                if len(seen) == len(missing):
                    break
        return last, new

    def _place(self, cluster: _Cluster) -> tuple[float, int]:
        """Find where the passage of a cluster begins best, and how good it is then."""
        score, first, last = cluster
        at, (last_start, last_end, _, _) = self._starts[first], self._marks[last]
        lowest = last_end - self._room
        floor = self._floor(at) if self.passages else 0
        begin = self._sentences.start(at, max(floor, lowest))
        if begin is None and floor and floor >= lowest:
            begin = floor  # right after another passage
        if last > first:
            score /= 1 + _CROSSED * len([*self._sentences.ends(at, last_start)])
        if begin is not None:
            return score, begin
        spare = max(0, at - lowest)
        wanted = max(floor, at - spare // 2)
        return score * (1 - _TORN), cut_after(self._sentences.text, wanted, at)

    def _take(self, start: int, cluster: _Cluster) -> None:
        _, first, last = cluster
        limit = start + self._room
        if self.passages:
            limit = min(limit, self._ceiling(start))
        end = _fill(self._sentences, start, min(self._marks[last].end, limit), limit)
        if end == len(self._sentences.text):
            start = self._earlier(start, end)
        self.passages.append((start, end))
        self.passages.sort()
        low, high = bisect_left(self._starts, start), bisect_left(self._starts, end)
        shown = {term for _, stop, term, _ in self._marks[low:high] if stop <= end}
        self.missing -= shown
        self.missing.discard(self._marks[first].term)

    def _earlier(self, start: int, end: int) -> int:
        """Begin a passage at the end of the text with an earlier sentence, if there is room."""
        lowest = max(self._floor(start), end - self._room)
        if lowest <= 0:
            return 0
        return next(self._sentences.ends(lowest - 1, start), start)

    def _is_shown(self, at: int) -> bool:
        return any(start <= at < end for start, end in self.passages)

    def _floor(self, at: int) -> int:
        return max((end for _, end in self.passages if end <= at), default=0)

    def _ceiling(self, at: int) -> int:
        after = (start for start, _ in self.passages if start > at)
        return min(after, default=len(self._sentences.text))


def _fill(sentences: Sentences, start: int, least: int, limit: int) -> int:
    """End a passage with the last sentence that fits, or else between two words.

    Args:
        sentences: The sentences of the text.
        start: Where the passage begins.
        least: What it must reach at least.
        limit: Where it must end at most.
    """
    text = sentences.text
    if limit >= len(text):
        return len(text)
    least = max(least, start)
    floor = max(start, least - 1)
    end = sentences.last(floor, limit + _BLANKS)
    if end is not None and end > limit and not text[limit:end].isspace():
        end = sentences.last(floor, limit)
    return cut_before(text, start, least, limit) if end is None else min(end, limit)


def _joined(text: str, passages: list[Span]) -> list[Span]:
    """Make one of passages with nothing but blanks between them."""
    joined: list[Span] = []
    for start, end in passages:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined
