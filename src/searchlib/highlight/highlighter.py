"""What of a text answers the query, and how is it shown?"""

from __future__ import annotations

from bisect import bisect_left
from copy import copy
from itertools import groupby
from typing import TYPE_CHECKING

from searchlib.highlight.highlight_terms import HighlightTerms
from searchlib.highlight.kernels import choose, opening
from searchlib.highlight.marks import Mark
from searchlib.highlight.snippet import Snippet, SnippetOptions, write
from searchlib.highlight.spans import Spans
from searchlib.highlight.words import WordFinder

if TYPE_CHECKING:
    from collections.abc import Callable

    from searchlib.analysis import Terms
    from searchlib.highlight.marks import Span
    from searchlib.highlight.texts import FieldText
    from searchlib.query.tree import Query
    from searchlib.schema.models import FieldSpec


class Highlighter:
    """Finds and marks in the texts of one field what one query asked for.

    Args:
        query: The query.
        spec: The field, one of text, in the language that its texts are in.
        is_default: Whether the field is searched where none is named.
        weigh: How much a term tells; all the same if not given.
        all_words: Whether a text is read to its end, however long that takes. A snippet does with
            less.
    """

    def __init__(
        self,
        query: Query,
        spec: FieldSpec,
        *,
        is_default: bool = True,
        weigh: Callable[[str], float] = lambda _: 1.0,
        all_words: bool = False,
    ) -> None:
        [language] = spec.languages
        self._wanted = HighlightTerms(query, spec, is_default=is_default)
        self._words = WordFinder(self._wanted, language, all_words=all_words)
        self._weights = _Weights(weigh)

    def of_field_alike(self, weigh: Callable[[str], float]) -> Highlighter:
        """Make the highlighter of a field in which the query looks for the same terms.

        Args:
            weigh: How much a term tells there.
        """
        other = copy(self)
        other._weights = _Weights(weigh)
        return other

    def snippet(self, text: FieldText, options: SnippetOptions, *, whole: bool = False) -> Snippet:
        """Choose the passages of a text that show best why it was found, and mark them.

        Where nothing was found in the text, the snippet is its beginning.

        Args:
            text: The text.
            options: How the snippet looks.
            whole: Whether to show all of the text, however long it is.
        """
        if whole or len(text.text) <= options.max_chars:
            return write(text.text, [(0, len(text.text))], self.marks(text), options)
        return write(text.text, *self._chosen(text, options), options)

    def marks(self, text: FieldText) -> list[Mark]:
        """Find what is to be marked in a text, ascending and disjoint."""
        words = self._words.find(text)
        return self._marks_among(words, self._others(text, words))

    def occurrences(self, text: FieldText) -> list[list[Mark]]:
        """Find each place of a text where something is that was asked for.

        A phrase is one occurrence, and so is what stands close together. One that is within another
        is no occurrence of its own.

        Returns:
            The marks of each, ascending and disjoint; the occurrences by where they begin.
        """
        wanted, words = self._wanted, self._words.find(text)
        if not wanted.positional:
            return [[word] for word in words]
        others = self._others(text, words)
        found = [{at} for at in self._alone(words, others)]
        together = Spans(words, others)
        for part in wanted.positional:
            found += [set(one.words) for one in together.find(part)]
        return [_marks_of([words[at] for at in sorted(places)]) for places in _outermost(found)]

    def _chosen(self, text: FieldText, options: SnippetOptions) -> tuple[list[Span], list[Mark]]:
        """Choose passages, and find the marks that can be in them.

        Where the opening has all that the query looks for, no more of the text is read.
        """
        room, most = options.room_for(1), self._wanted.most_terms

        def enough(words: list[Mark]) -> bool:
            if self._others(text, words):  # terms of one word would count for several
                return False
            return opening(text.text, self._marks_among(words, {}), room, most) is not None

        words = self._words.find(text, room, enough) if most else self._words.find(text)
        marks = self._marks_among(words, self._others(text, words))
        passage = opening(text.text, marks, room)
        if passage is not None:
            return [passage], marks
        return choose(
            text.text, marks, self._weights, options.room_for, options.max_passages
        ), marks

    def _others(self, text: FieldText, words: list[Mark]) -> dict[int, Terms]:
        """Find the words that count by another term, too, where that makes a difference."""
        return self._words.other_terms(text, words) if self._wanted.positional else {}

    def _alone(self, words: list[Mark], others: dict[int, Terms]) -> list[int]:
        """Find the places of the words that count wherever they stand."""
        counts = self._wanted.counts_alone
        found = [at for at, word in enumerate(words) if counts(word.term)]
        more = [at for at, terms in others.items() if any(map(counts, terms))]
        return sorted({*found, *more}) if more else found

    def _marks_among(self, words: list[Mark], others: dict[int, Terms]) -> list[Mark]:
        """Find what is to be marked among the words of a text that may count.

        Args:
            words: The words.
            others: As of :meth:`WordFinder.other_terms`.
        """
        wanted = self._wanted
        if not wanted.positional:
            return words
        found = [words[at] for at in self._alone(words, others)]
        together = Spans(words, others)
        for part in wanted.positional:
            for occurrence in together.find(part):
                found += _marks_of([words[place] for place in sorted(occurrence.words)])
        return _disjoint(found, words)


class _Weights(dict[str, float]):
    """How much the terms of a mark tell together: computed once."""

    def __init__(self, weigh: Callable[[str], float]) -> None:
        self._weigh = weigh

    def __missing__(self, terms: str) -> float:
        self[terms] = weight = sum(map(self._weigh, terms.split(" ")))
        return weight


def _marks_of(words: list[Mark]) -> list[Mark]:
    """Mark the words of an occurrence: those next to each other with one mark."""
    if words[-1].position - words[0].position == len(words) - 1:
        return [_one_mark(words)]
    numbered = groupby(enumerate(words), key=lambda item: item[1].position - item[0])
    return [_one_mark([word for _, word in run]) for _, run in numbered]


def _outermost(occurrences: list[set[int]]) -> list[set[int]]:
    """Put occurrences within others into these.

    Args:
        occurrences: The words of each, by their places among all words.

    Returns:
        The others, by where they begin.
    """
    kept: list[tuple[int, set[int]]] = []
    for places in sorted(occurrences, key=lambda places: (min(places), -max(places))):
        last = max(places)
        if kept and last <= kept[-1][0]:
            kept[-1][1].update(places)
        else:
            kept.append((last, places))
    return [places for _, places in kept]


def _one_mark(words: list[Mark]) -> Mark:
    first = words[0]
    return Mark(first.start, words[-1].end, " ".join([word.term for word in words]), first.position)


def _disjoint(marks: list[Mark], words: list[Mark]) -> list[Mark]:
    """Leave out marks within others, and of two that overlap what is in both from the second."""
    kept: list[Mark] = []
    if len(marks) > 1:
        marks = sorted(marks, key=lambda mark: (mark.start, -mark.end))
    for mark in marks:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
        elif mark.end > kept[-1].end:
            rest = bisect_left(words, kept[-1].end, key=lambda word: word.start)
            kept.append(mark._replace(start=words[rest].start))
    return kept
