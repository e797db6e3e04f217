"""Which passages of a text show best why it was found?

As few as show all that was found and can be shown. News says the most important first, so the
opening sentences are best if they show everything. Else of two passages that do, the better one has
the terms closer together and is nearer to the beginning of the text; and where none does, it is
also better to have more and rarer terms.

This is the reference; there are compiled kernels with the same signatures.
"""

from __future__ import annotations

from math import inf, log
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from searchlib.highlight.sentences import Sentences, cut_after, cut_before

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from searchlib.highlight.marks import Mark, Span

# The shape of Lucene's unified highlighter (PassageScorer): 1 + 1 / ln(pivot + start).
PIVOT: Final = 87.0
SPREAD: Final = 0.3  # what is lost where terms are as far apart as a passage is long
CROSSED: Final = 0.15  # where the terms are in several sentences
TORN: Final = 0.2  # where the passage can't begin with a sentence
LOOKED_AT: Final = 4  # how many of the passages that may be best are looked at closely
SHORTEST: Final = 40  # a passage below this says nothing
BLANKS: Final = 8  # how many, at the end of a sentence, do not count


_Cluster = tuple[float, int, int, int]
"""Marks that one passage can hold: how good it is, where the first and the last of them begin, and
where the last ends."""


def choose(
    text: str,
    marks: Sequence[Mark],
    weights: Mapping[str, float],
    room_for: Callable[[int], int],
    most: int,
) -> list[Span]:
    """Choose the passages to show where the opening has not all terms.

    Args:
        text: The text.
        marks: What was found in it, ascending and disjoint; at least one.
        weights: How much each term of a mark tells.
        room_for: Gives the characters there are for that many passages together.
        most: How many passages at most.

    Returns:
        Where the passages begin and end, ascending and disjoint.
    """
    room = room_for(1)
    clusters = _with_all_terms(marks, room)
    if clusters:
        passages = _Passages(text, room)
        passages.add(clusters)
        return passages.chosen
    return _apart(text, marks, weights, room_for, most)


def opening(text: str, marks: Sequence[Mark], room: int, terms: int = 0) -> Span | None:
    """Make a passage of the sentences at the beginning that fit, if they have all terms.

    They are all there is to show if nothing was found.

    Args:
        text: The text.
        marks: What was found in it, ascending and disjoint.
        room: How long the passage may be.
        terms: How many different terms there must be at least.
    """
    first_ends = {term: end for _, end, term, _ in reversed(marks)}
    least = max(first_ends.values(), default=0)
    if least > room or len(first_ends) < terms:
        return None
    end = _fill(Sentences(text), 0, 0, room)
    return (0, end) if least <= end else None


def _with_all_terms(marks: Sequence[Mark], room: int) -> list[_Cluster]:
    """Find the clusters that have all terms, as short as they can be.

    Where there is only one term, the first of them are enough.
    """
    count = len({term for _, _, term, _ in marks})
    if count == 1:
        return [
            (_earliness(start), start, start, end)
            for start, end, _, _ in marks[:LOOKED_AT]
            if end - start <= room
        ]
    latest: dict[str, int] = {}  # where the marks so far have each term last, ascending
    clusters: list[_Cluster] = []
    before = -1
    for start, end, term, _ in marks:
        latest.pop(term, None)
        latest[term] = start
        if len(latest) == count:
            first = next(iter(latest.values()))
            if first > before and end - first <= room:
                before = first
                score = (1 - SPREAD * (start - first) / room) * _earliness(first)
                clusters.append((score, first, start, end))
    return clusters


def _earliness(at: int) -> float:
    return 1 + 1 / log(PIVOT + at)


def _apart(
    text: str,
    marks: Sequence[Mark],
    weights: Mapping[str, float],
    room_for: Callable[[int], int],
    most: int,
) -> list[Span]:
    """Choose the passages where no single one can have all terms."""
    terms = dict.fromkeys([mark.term for mark in marks])
    least = 2 if len(terms) == 2 <= most and room_for(2) // 2 >= SHORTEST else 1
    best: list[Span] = []
    best_shown = 0.0
    for count in range(least, most + 1):
        room = room_for(count) // count
        if room < SHORTEST and best:
            break
        passages = _Passages(text, room)
        missing = _fewest_missing(passages, count, marks, {*terms}, weights)
        shown = 0.0
        for term in terms:
            shown += 0.0 if term in missing else weights[term]
        if not best or shown > best_shown * 1.01:
            best, best_shown = passages.chosen, shown
        if not missing:
            break
    return _joined(text, best)


def _fewest_missing(
    passages: _Passages,
    count: int,
    marks: Sequence[Mark],
    terms: set[str],
    weights: Mapping[str, float],
) -> set[str]:
    """Choose up to so many passages, and find the terms that are in none of them."""
    missing, rest = terms, marks
    while rest and len(passages.chosen) < count:
        if len(missing) == 1:
            rest = rest[:LOOKED_AT]
        clusters = [_with_others(rest, place, passages, weights) for place in range(len(rest))]
        (start, end), at = passages.add(clusters)
        missing = missing - {
            term for low, high, term, _ in marks if start <= low and (high <= end or low == at)
        }
        rest = [mark for mark in rest if mark.term in missing and not start <= mark.start < end]
    return missing


def _with_others(
    marks: Sequence[Mark], first: int, passages: _Passages, weights: Mapping[str, float]
) -> _Cluster:
    """Gather what fits into a further passage that begins with a mark."""
    start, end, term, _ = marks[first]
    stop = min(start + passages.room, passages.ceiling(start))
    last, seen, score = start, {term}, weights[term]
    for place in range(first + 1, len(marks)):
        low, high, term, _ = marks[place]
        if high > stop:
            break
        if term not in seen:
            seen.add(term)
            score += weights[term]
            last, end = low, high
    score *= 1 - SPREAD * (last - start) / passages.room
    return score * _earliness(start), start, last, end


class _Passages:
    """Passages of one text, chosen one after another.

    Args:
        text: The text.
        room: How long each of them may be.

    Attributes:
        chosen: Where they begin and end, ascending and disjoint.
    """

    def __init__(self, text: str, room: int) -> None:
        self.room: Final = room
        self.chosen: list[Span] = []
        self._sentences = Sentences(text)

    def ceiling(self, at: int) -> int:
        """Find where a further passage that begins at a place must end at the latest."""
        for start, _ in self.chosen:
            if start > at:
                return start
        return len(self._sentences.text)

    def add(self, clusters: list[_Cluster]) -> tuple[Span, int]:
        """Add the passage that shows the best of some clusters.

        Returns:
            The passage, and where the cluster begins.
        """
        if len(clusters) > 1:
            clusters.sort(key=itemgetter(0), reverse=True)
        best, best_score, begin = clusters[0], -inf, 0
        for cluster in clusters[:LOOKED_AT]:
            if cluster[0] <= best_score:
                break
            score, start = self._placed(cluster)
            if score > best_score:
                best, best_score, begin = cluster, score, start
        return self._take(begin, best), best[1]

    def _placed(self, cluster: _Cluster) -> tuple[float, int]:
        """Find how good the passage of a cluster is, and where it begins best."""
        score, at, last, reach = cluster
        lowest = reach - self.room
        floor = self._floor(at)
        least = max(floor, lowest)
        begin = self._sentences.start(last, least)
        if begin is not None and begin > at:
            score *= 1 - CROSSED
            begin = self._sentences.start(at, least)
        if begin is None and floor and floor >= lowest:
            begin = floor  # right after another passage
        if begin is not None:
            return score, begin
        wanted = max(floor, at - max(0, at - lowest) // 2)
        return score * (1 - TORN), cut_after(self._sentences.text, wanted, at)

    def _take(self, start: int, cluster: _Cluster) -> Span:
        _, _, _, reach = cluster
        limit = min(start + self.room, self.ceiling(start))
        end = _fill(self._sentences, start, min(reach, limit), limit)
        if end == len(self._sentences.text):
            start = self._earlier(start, end)
        self.chosen.append((start, end))
        self.chosen.sort()
        return start, end

    def _earlier(self, start: int, end: int) -> int:
        """Begin a passage at the end of the text with an earlier sentence, if there is room."""
        lowest = max(self._floor(start), end - self.room)
        if lowest <= 0:
            return 0
        return next(self._sentences.ends(lowest - 1, start), start)

    def _floor(self, at: int) -> int:
        for _, end in reversed(self.chosen):
            if end <= at:
                return end
        return 0


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
    end = sentences.last(floor, limit + BLANKS)
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
