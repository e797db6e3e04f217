"""Where in a text are the words that may count?

Analysing a whole text takes some 40 µs for each thousand characters, and most of its words are not
among those that are looked for. So words that begin like them are found first, by searching bytes,
and only these are analysed. Where that can't be relied on, the whole text is analysed; both find
the same words.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain, repeat
from math import inf
from typing import TYPE_CHECKING, Final

from searchlib.analysis import (
    POSITION_GAP,
    Terms,
    TermsOf,
    has_second_terms,
    terms_of,
    token_pattern,
    words_apart,
)
from searchlib.highlight.kernels import add_words
from searchlib.highlight.marks import Mark
from searchlib.highlight.prefilter import prefilter_of
from searchlib.highlight.runs import OTHER

if TYPE_CHECKING:
    from searchlib.highlight.highlight_terms import HighlightTerms
    from searchlib.highlight.runs import Word
    from searchlib.highlight.texts import FieldText

READING_SECONDS: Final = 0.08
"""For how long one text is read at most; what was read by then is what a snippet is made of."""

MOST_WORDS: Final = 8_000
"""How many words that may count are enough: no more parts of a text are read then."""

_WORDS_BETWEEN_CLOCKS: Final = 512
_KNOWN: Final = 20_000
_LONGEST_KNOWN: Final = 64  # characters of a run
_RUN_ON: Final = re.compile(r"\.(?<=[a-z0-9]\.)(?=[A-Z](?:[a-z]|[^\w.]|$))")  # see words_apart
_LONGEST_PIECE: Final = 256  # characters of a run, in a part of a text that may hold nothing

_FIRST_WINDOW: Final = 1 << 12  # characters
_WINDOW: Final = 1 << 16
_NEAR: Final = 1 << 12  # no phrase has words further apart


_Word = tuple[int, int, Terms]
"""Where in a run a word begins and ends, and its terms."""

_RunReader = Callable[[str], tuple[_Word, ...]]


class WordFinder:
    """Finds the words of a query in the texts of a field.

    Args:
        wanted: What the query looks for in the field.
        language: The language that its words are stemmed in; ``None`` for none.
        all_words: Whether every word is found, however many there are and however long it takes.
    """

    def __init__(
        self, wanted: HighlightTerms, language: str | None, *, all_words: bool = False
    ) -> None:
        self._wanted = wanted
        self._most_words = inf if all_words else MOST_WORDS
        self._seconds = inf if all_words else READING_SECONDS
        self._needles = prefilter_of(wanted, language)
        self._terms_of = _remembering(language)
        self._has_second_terms = has_second_terms(language)
        self._known_pieces: dict[bytes, bool] = {}
        self._known_runs = _WordsOfRuns(wanted, language)

    def find(
        self,
        text: FieldText,
        opening: int = 0,
        enough: Callable[[list[Mark]], bool] = lambda _: False,
    ) -> list[Mark]:
        """Find the words that may count, in text order.

        Args:
            text: The text.
            opening: How many characters are its opening; 0 if that is not looked at first.
            enough: Whether words that were found in the opening are enough, so that no more of the
                text need be read.
        """
        if not self._wanted.looks_for_words:
            return []
        if self._needles is None or self._wanted.reach > POSITION_GAP:
            return self.find_by_analysis(text)
        if text.others > len(text.text) // 8:
            return self.find_by_analysis(text)
        searchable = self._searchable(text)
        found: list[Mark] = []
        size, stop = len(text.text), 0
        deadline = time.monotonic() + self._seconds
        for window in chain((opening or _FIRST_WINDOW,), repeat(_WINDOW)):
            start, stop = stop, _end_of_run(searchable, stop + window)
            if size <= _WINDOW or self._may_be_in(text, searchable, start, stop):
                self._add_words(text, searchable, start, stop, found)
            if stop > size or len(found) >= self._most_words:
                break
            if enough(found) if opening and not start else time.monotonic() >= deadline:
                break
        return found

    def find_by_analysis(self, text: FieldText) -> list[Mark]:
        """Find the same by analysing all of the text."""
        found: list[Mark] = []
        starts = iter((*text.breaks, len(text.text)))
        next_break, skipped = next(starts), 0
        deadline = time.monotonic() + self._seconds
        counts, terms_of_token = self._wanted.counts, self._terms_of
        for number, match in enumerate(text.tokens()):
            if number % _WORDS_BETWEEN_CLOCKS == 0 and number and time.monotonic() > deadline:
                break
            if match.start() >= next_break:
                skipped += POSITION_GAP if number else 0
                while next_break <= match.start():
                    next_break = next(starts)
            for term in terms_of_token(match.group()):
                if counts(term):
                    found.append(Mark(*match.span(), term, number + skipped))
                    break
            if len(found) >= self._most_words:
                break
        return found

    def other_terms(self, text: FieldText, words: Sequence[Mark]) -> dict[int, Terms]:
        """Find the words of a text that count by another term, too, than the one of their mark.

        Args:
            text: The text.
            words: Its words that may count.

        Returns:
            The other terms of each such word, by its place among the words.
        """
        if not self._has_second_terms:
            return {}
        counts, found = self._wanted.counts, {}
        for place, (start, end, first, _) in enumerate(words):
            terms = self._terms_of(text.text[start:end])
            if len(terms) > 1:
                others = tuple([term for term in terms if term != first and counts(term)])
                if others:
                    found[place] = others
        return found

    def _add_words(
        self, text: FieldText, searchable: bytes, start: int, stop: int, found: list[Mark]
    ) -> None:
        """Add the words that may count, of those in a part, to what was found before it.

        Args:
            text: The text.
            searchable: The form of it that is searched.
            start: Where the part begins, at a blank of that form.
            stop: Where it ends, likewise.
            found: What was found before.
        """
        needles = self._needles
        assert needles is not None
        others = needles.places_of_others(searchable, start, stop)
        position = partial(self._position, text) if self._wanted.reach else None
        part = text.text, searchable, needles.words, others, start, stop
        add_words(found, *part, self._known_runs, position)

    def _position(self, text: FieldText, before: list[Mark], start: int) -> int:
        """Count the words since the last that was found, as far as it matters."""
        if not before:
            return 0
        last = before[-1]
        if start == last.end + 1 and text.text[last.end] == " ":
            return last.position + 1
        breaks = text.breaks
        if breaks and bisect_right(breaks, last.start) < bisect_right(breaks, start):
            return last.position + POSITION_GAP
        between = 0
        for token in text.tokens(last.end):
            if token.start() >= start or between == self._wanted.reach:
                break
            between += 1
        return last.position + 1 + between

    def _may_be_in(self, text: FieldText, searchable: bytes, start: int, stop: int) -> bool:
        """Tell whether a part of a text may hold anything, with some of what is around it."""
        assert self._needles is not None
        start, stop = max(0, start - _NEAR), min(stop + _NEAR, len(searchable))
        if self._needles.pieces is None or searchable.find(OTHER, start, stop) >= 0:
            return True
        if _has_long_run(searchable, start, stop):  # each of its pieces would reach to its end
            return True
        if _RUN_ON.search(text.text, start, stop):  # in lower case it can't be told
            return True
        if self._needles.loose_phrase_may_be_in(searchable, start, stop):
            return True
        pieces = (set(pattern.findall(searchable, start, stop)) for pattern in self._needles.pieces)
        return any(self._counts(head + rest) for some in pieces for head, rest in some)

    def _searchable(self, text: FieldText) -> bytes:
        """Find the form of a text in which what is looked for is in one run."""
        numbers = self._needles is not None and self._needles.has_numbers
        return text.with_numbers if numbers else text.searchable

    def _counts(self, piece: bytes) -> bool:
        """Tell whether a piece of ASCII text is what is looked for: a phrase, or a word."""
        counts = self._known_pieces.get(piece)
        if counts is None:
            if len(self._known_pieces) >= _KNOWN:
                self._known_pieces.clear()
            # Text of ASCII: each token has one term.
            terms = [self._terms_of(match.group())[0] for match in _tokens(piece.decode())]
            phrases = self._wanted.phrases
            counts = self._known_pieces[piece] = (
                any(terms[: len(words)] == words for words, _ in phrases)
                if phrases
                else any(map(self._wanted.counts, terms))
            )
        return counts


class _WordsOfRuns(dict[str, tuple["Word", ...]]):
    """The words of runs that count, each with the first of its terms that does.

    Args:
        wanted: What the query looks for.
        language: The language that words are stemmed in.
    """

    def __init__(self, wanted: HighlightTerms, language: str | None) -> None:
        self._counts = wanted.counts if wanted.has_tests else wanted.terms.__contains__
        self._readers = _run_readers(language)

    def __missing__(self, run: str) -> tuple[Word, ...]:
        known, words_of = self._readers
        is_short = len(run) < _LONGEST_KNOWN
        found = []
        for low, high, terms in known(run) if is_short else words_of(run):
            term = next(filter(self._counts, terms), None)
            if term is not None:
                found.append((low, high, term))
        words = tuple(found)
        if is_short and len(self) < _KNOWN:
            self[run] = words
        return words


def _has_long_run(searchable: bytes, start: int, stop: int) -> bool:
    """Tell whether a part of a text has a run so long that a blank is missing at a place or two."""
    places = range(start, stop - _LONGEST_PIECE, _LONGEST_PIECE)
    return any(searchable.find(b" ", at, at + _LONGEST_PIECE) < 0 for at in places)


def _end_of_run(searchable: bytes, at: int) -> int:
    """Find the blank behind a place of the searched form."""
    end = searchable.find(b" ", at)
    return len(searchable) - 1 if end < 0 else end


def _tokens(apart: str) -> Iterator[re.Match[str]]:
    """Find the tokens of a piece of a text, in which dots that end words are blanks."""
    return token_pattern(apart).finditer(apart)


@lru_cache(maxsize=64)
def _remembering(language: str | None) -> TermsOf:
    """Find the function that makes terms of tokens, with a memory that all queries share."""
    return lru_cache(maxsize=1 << 16)(terms_of(language))


@lru_cache(maxsize=64)
def _run_readers(language: str | None) -> tuple[_RunReader, _RunReader]:
    """Make the function that finds the words of a run, with a memory that all queries share.

    The second is without memory, for what is too long to be kept.
    """
    terms_of_token = _remembering(language)

    def words_of(run: str) -> tuple[_Word, ...]:
        if run.isalnum() and run.isascii():  # one token, as most are
            return ((0, len(run), terms_of_token(run)),)
        tokens = _tokens(words_apart(run))
        return tuple([(*match.span(), terms_of_token(match.group())) for match in tokens])

    return lru_cache(maxsize=1 << 16)(words_of), words_of
