"""Where in a text are the words that may count?

Analysing a whole text takes some 40 µs for each thousand characters, and most of its words are not
among those that are looked for. So words that begin like them are found first, by searching bytes,
and only these are analysed. Where that can't be relied on, the whole text is analysed; both find
the same words.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib.analysis import POSITION_GAP, Normalizer, normalizer, token_pattern
from searchlib.highlight.needles import (
    OTHER,
    RUN_BYTES,
    needles_of,
    places_in,
    run_end,
    searchable_form,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from searchlib.highlight.wanted import Wanted

READING_SECONDS: Final = 0.08
"""For how long one text is read at most; what was read by then is what a snippet is made of."""

MOST_WORDS: Final = 8_000
"""How many words that may count are enough: no more parts of a text are read then."""

_WORDS_BETWEEN_CLOCKS: Final = 512
_KNOWN: Final = 20_000
_LONGEST_KNOWN: Final = 64  # characters of a run

_WINDOW: Final = 1 << 16
_NEAR: Final = 1 << 12  # no phrase has words further apart


class Mark(NamedTuple):
    """A word that was asked for, or several that follow one another.

    Attributes:
        start: Where it begins in the text, in characters.
        end: Where it ends.
        term: What the index knows it by; of several words all terms, with blanks between.
        position: Where it stands among the words. Only the order of two words, and a distance
            within :attr:`Wanted.reach <searchlib.highlight.wanted.Wanted.reach>`, can be relied on.
    """

    start: int
    end: int
    term: str
    position: int


_Word = tuple[int, int, str]
"""Where in a run a word begins and ends, and its term."""


class WordFinder:
    """Finds the words of a query in the texts of a field."""

    def __init__(self, wanted: Wanted, language: str | None) -> None:
        self._wanted = wanted
        self._term_of = _remembering(language)
        self._tokens = token_pattern().finditer
        self._known: dict[str, list[_Word]] = {}
        self._known_pieces: dict[bytes, bool] = {}
        self._needles = needles_of(wanted, language)

    def find(self, text: str, breaks: Sequence[int] = ()) -> list[Mark]:
        """Find the words that may count, in text order.

        Args:
            text: The text.
            breaks: Where in it a new value of a list begins, ascending.
        """
        ((found, _),) = self.read(text, breaks)
        return found

    def read(
        self, text: str, breaks: Sequence[int] = (), opening: int = 0
    ) -> Iterator[tuple[list[Mark], bool]]:
        """Find the words of the opening first, and those of all the text if these are not enough.

        Args:
            text: The text.
            breaks: Where in it a new value of a list begins, ascending.
            opening: How many characters to read at first; 0 to read all at once.

        Yields:
            The words that may count of what was read so far, in text order, and whether that was
            all of the text, or as much as is read at most.
        """
        if not self._wanted.looks_for_words:
            yield [], True
            return
        if self._needles is None or self._wanted.reach > POSITION_GAP:
            yield self.find_by_analysis(text, breaks), True
            return
        searchable = searchable_form(text)
        if not text.isascii() and searchable.count(OTHER) > len(text) // 8:
            yield self.find_by_analysis(text, breaks), True
            return
        found: list[Mark] = []
        stop = 0
        if opening:
            stop = run_end(searchable, opening)
            self._find_in_part(text, searchable, 0, stop, breaks, found)
            yield found, False
        deadline = time.monotonic() + READING_SECONDS
        while stop < len(text) and len(found) < MOST_WORDS:
            start, stop = stop, run_end(searchable, stop + _WINDOW)
            if len(text) <= _WINDOW or self._may_be_in(searchable, start, stop):
                self._find_in_part(text, searchable, start, stop, breaks, found)
            if stop < len(text) and time.monotonic() >= deadline:
                break
        yield found, True

    def _may_be_in(self, searchable: bytes, start: int, stop: int) -> bool:
        """Tell whether a part of a text may hold anything, with some of what is around it."""
        assert self._needles is not None
        start, stop = max(0, start - _NEAR), stop + _NEAR
        if self._needles.pieces is None or searchable.find(OTHER, start, stop) >= 0:
            return True
        if self._needles.loose_phrase_may_be_in(searchable, start, stop):
            return True
        pieces = (set(pattern.findall(searchable, start, stop)) for pattern in self._needles.pieces)
        return any(self._counts(head + rest) for some in pieces for head, rest in some)

    def _counts(self, piece: bytes) -> bool:
        """Tell whether a piece of ASCII text is what is looked for: a phrase, or a word."""
        counts = self._known_pieces.get(piece)
        if counts is None:
            if len(self._known_pieces) >= _KNOWN:
                self._known_pieces.clear()
            terms = [term for _, _, term in self._words_of(piece.decode())]
            phrases = self._wanted.phrases
            begins = any(terms[: len(words)] == words for words, _ in phrases)
            counts = self._known_pieces[piece] = begins if phrases else bool(terms)
        return counts

    def find_by_analysis(self, text: str, breaks: Sequence[int] = ()) -> list[Mark]:
        """Find the same by analysing all of the text."""
        found: list[Mark] = []
        starts = iter((*breaks, len(text)))
        next_break, skipped = next(starts, len(text)), 0
        deadline = time.monotonic() + READING_SECONDS
        counts, term_of = self._wanted.counts, self._term_of
        for number, match in enumerate(self._tokens(text)):
            if number % _WORDS_BETWEEN_CLOCKS == 0 and number and time.monotonic() > deadline:
                break
            if match.start() >= next_break:
                skipped += POSITION_GAP if number else 0
                while next_break <= match.start():
                    next_break = next(starts, len(text))
            term = term_of(match.group())
            if counts(term):
                found.append(Mark(*match.span(), term, number + skipped))
                if len(found) >= MOST_WORDS:
                    break
        return found

    def _find_in_part(
        self,
        text: str,
        searchable: bytes,
        start: int,
        stop: int,
        breaks: Sequence[int],
        found: list[Mark],
    ) -> None:
        """Add the words that may count, of those in a part, to what was found before it.

        Args:
            text: The text.
            searchable: What is searched for it.
            start: Where the part begins, which must not be inside a run.
            stop: Where it ends, likewise.
            breaks: Where in the text a new value of a list begins, ascending.
            found: What was found before.
        """
        assert self._needles is not None
        known, reach = self._known.get, self._wanted.reach
        done = start
        for place in places_in(searchable, self._needles, start, stop):
            if place < done:
                continue
            begin = place
            while begin > done and searchable[begin - 1] in RUN_BYTES:
                begin -= 1
            done = run_end(searchable, place)
            run = text[begin:done]
            words = known(run)
            if words is None:
                words = self._words_of(run)
            for low, high, term in words:
                position = self._position(text, breaks, found, begin + low) if reach else 0
                # As Mark(...) does, in half the time.
                found.append(tuple.__new__(Mark, (begin + low, begin + high, term, position)))

    def _words_of(self, run: str) -> list[_Word]:
        """Find the words of a run that may count, and keep the answer for further texts."""
        bare = run.rstrip(".")
        if bare.isascii() and bare.isalnum():
            tokens = [(0, len(bare), self._term_of(bare))]
        else:
            tokens = [(*match.span(), self._term_of(match.group())) for match in self._tokens(run)]
        words = [token for token in tokens if self._wanted.counts(token[2])]
        if len(run) <= _LONGEST_KNOWN:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[run] = words
        return words

    def _position(self, text: str, breaks: Sequence[int], before: list[Mark], start: int) -> int:
        """Count the words since the last that was found, as far as it matters."""
        if not before:
            return 0
        last = before[-1]
        if start == last.end + 1 and text[last.end] == " ":
            return last.position + 1
        if breaks and bisect_right(breaks, last.start) < bisect_right(breaks, start):
            return last.position + POSITION_GAP
        between = [*islice(self._tokens(text, last.end, start), self._wanted.reach)]
        return last.position + 1 + len(between)


@lru_cache(maxsize=64)
def _remembering(language: str | None) -> Normalizer:
    """Find the function that makes terms of tokens, with a memory that all queries share."""
    return lru_cache(maxsize=1 << 16)(normalizer(language))
