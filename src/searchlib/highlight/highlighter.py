"""What of a text answers the query, and how is it shown?"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Final

from searchlib.highlight.occurrences import Occurrences
from searchlib.highlight.passages import choose
from searchlib.highlight.snippet import Snippet, SnippetOptions, write
from searchlib.highlight.wanted import Wanted
from searchlib.highlight.words import Mark, WordFinder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from whoosh.query import Query

_BETWEEN_VALUES: Final = "\n\n"


class Highlighter:
    """Finds and marks in the texts of one field what one query asked for.

    Args:
        query: The query.
        field: The field.
        language: The language that its words are stemmed in; ``None`` for none.
        weigh: How much a term tells; all the same if not given.
    """

    def __init__(
        self,
        query: Query,
        field: str,
        language: str | None,
        weigh: Callable[[str], float] = lambda _: 1.0,
    ) -> None:
        self._wanted = Wanted(query, field)
        self._words = WordFinder(self._wanted, language)
        self._weights = _Weights(weigh)

    def snippet(
        self, text: str | Sequence[str], options: SnippetOptions, *, whole: bool = False
    ) -> Snippet:
        """Choose the passages of a text that show best why it was found, and mark them.

        Where nothing was found in the text, the snippet is its beginning.

        Args:
            text: The text, or several, which stand one after another with a blank line between;
                no phrase reaches from one to the next.
            options: How the snippet looks.
            whole: Whether to show all of the text, however long it is.
        """
        breaks: list[int] = []
        if not isinstance(text, str):
            breaks = [*accumulate(len(value) + len(_BETWEEN_VALUES) for value in text)][:-1]
            text = _BETWEEN_VALUES.join(text)
        marks = self.marks(text, breaks)
        if whole or len(text) <= options.max_chars:
            passages = [(0, len(text))]
        else:
            passages = choose(text, marks, self._weights, options.room_for, options.max_passages)
        return write(text, passages, marks, options)

    def marks(self, text: str, breaks: Sequence[int] = ()) -> list[Mark]:
        """Find what is to be marked in a text, ascending and disjoint.

        Args:
            text: The text.
            breaks: Where in it a new value of a list begins, ascending.
        """
        wanted = self._wanted
        if not wanted.looks_for_words:
            return []
        words = self._words.find(text, breaks)
        if not wanted.positional:
            return words
        found = [word for word in words if wanted.counts_alone(word.term)]
        together = Occurrences(words, wanted.field)
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
    numbered = groupby(enumerate(words), key=lambda item: item[1].position - item[0])
    runs = [[word for _, word in run] for _, run in numbered]
    return [
        Mark(run[0].start, run[-1].end, " ".join(word.term for word in run), run[0].position)
        for run in runs
    ]


def _disjoint(marks: list[Mark], words: list[Mark]) -> list[Mark]:
    """Leave out marks within others, and of two that overlap what is in both from the second."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
        elif mark.end > kept[-1].end:
            rest = bisect_left(words, kept[-1].end, key=lambda word: word.start)
            kept.append(mark._replace(start=words[rest].start))
    return kept
