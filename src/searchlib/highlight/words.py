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
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib.analysis import POSITION_GAP, Normalizer, normalizer, token_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from searchlib.highlight.wanted import Wanted

READING_SECONDS: Final = 0.08
"""For how long one text is read at most; what was read by then is what a snippet is made of."""

MOST_WORDS: Final = 8_000
"""How many words that may count are enough: no more parts of a text are read then."""

_WORDS_BETWEEN_CLOCKS: Final = 512
_KNOWN: Final = 20_000
_LONGEST_KNOWN: Final = 64  # characters of a run

# Of an English word with a term of five letters or more, the stemmer leaves all but the last two
# letters of the term as they were, and all but the last of a shorter one ("hope" of "hoping",
# "usabl" of "usability"), with "die" of "dying" and its like as the exception. The stemmers named
# below leave more than that; all others take off prefixes or change letters inside a word.
_CHANGED_LETTERS: Final = {
    None: 0, "english": 2, "porter": 2, "danish": 2, "norwegian": 2, "swedish": 2,
    "french": 3, "italian": 3, "portuguese": 3, "spanish": 3,
}  # fmt: skip

# Characters that stand between words and are no ASCII, with what stands for them in the search.
_PUNCTUATION: Final = (("’", "'"), ("“", '"'), ("”", '"'), ("—", "-"), ("–", "-"), ("\u00a0", " "))

_OTHER: Final = b"?"
_RUN: Final = re.compile(rb"[a-z0-9_.?]*")
_RUN_BYTES: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_.?")
_INNER_BYTES: Final = _RUN_BYTES - frozenset(b".?")
_HEAD_BYTES: Final = _RUN_BYTES - frozenset(b"?")
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
        self._needles = _needles(wanted, language)

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
        searchable = _searchable(text)
        if not text.isascii() and searchable.count(_OTHER) > len(text) // 8:
            yield self.find_by_analysis(text, breaks), True
            return
        found: list[Mark] = []
        stop = 0
        if opening:
            stop = _run_end(searchable, opening)
            self._find_in_part(text, searchable, 0, stop, breaks, found)
            yield found, False
        deadline = time.monotonic() + READING_SECONDS
        while stop < len(text) and len(found) < MOST_WORDS:
            start, stop = stop, _run_end(searchable, stop + _WINDOW)
            if len(text) <= _WINDOW or self._may_be_in(searchable, start, stop):
                self._find_in_part(text, searchable, start, stop, breaks, found)
            if stop < len(text) and time.monotonic() >= deadline:
                break
        yield found, True

    def _may_be_in(self, searchable: bytes, start: int, stop: int) -> bool:
        """Tell whether a part of a text may hold anything, with some of what is around it."""
        assert self._needles is not None
        start, stop = max(0, start - _NEAR), stop + _NEAR
        if self._needles.pieces is None or searchable.find(_OTHER, start, stop) >= 0:
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
        match_run, done = _RUN.match, start
        for place in _places(searchable, self._needles, start, stop):
            if place < done:
                continue
            begin = place
            while begin > done and searchable[begin - 1] in _RUN_BYTES:
                begin -= 1
            done = match_run(searchable, place).end()  # type: ignore[union-attr]
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


class _Needles:
    """What to search for.

    Args:
        wanted: What is looked for.
        beginnings: How the terms of patterns begin.
        changed: How many of its last letters a term may have that its words do not have.

    Attributes:
        words: How words begin that are ASCII.
    """

    def __init__(self, wanted: Wanted, beginnings: Iterable[str], changed: int) -> None:
        self._wanted = wanted
        self._changed = changed
        self._kept = {_kept(term, changed) for term in wanted.terms}
        self._kept.update(_kept(head, changed, exact=False) for head in beginnings)
        self._plain = {head for head in self._kept if head.isascii()}
        self.words: Final = [way for head in self._shortest() for way in _spellings(head)]

    @cached_property
    def heads(self) -> frozenset[bytes] | None:
        """What other words have before their first character of another kind; ``None`` for any."""
        if len(self._plain) < len(self._kept):
            return None
        dotted = [word + b"." for word in self.words]  # "u.s.é" is an acronym, too
        return frozenset(word[:length] for word in dotted for length in range(len(word) + 1))

    @cached_property
    def pieces(self) -> list[re.Pattern[bytes]] | None:
        """What finds all that is to be looked at in ASCII text, in less time than its words take.

        That is exact phrases, or the words that begin as those of patterns do. ``None`` where
        single words are looked for: most that begin like them are them.
        """
        phrases = self._wanted.phrases
        if self._wanted.terms and not phrases:
            return None
        if phrases:
            return [_pattern(self._spelt(words)) for words, slop in phrases if slop == 1]
        return [_pattern([[word]]) for word in self.words]

    def loose_phrase_may_be_in(self, searchable: bytes, start: int, stop: int) -> bool:
        """Tell whether a part of a text has all words of a phrase that others may stand in."""
        return any(
            all(any(searchable.find(way, start, stop) >= 0 for way in word) for word in phrase)
            for phrase in self._loose_phrases
        )

    @cached_property
    def _loose_phrases(self) -> list[list[list[bytes]]]:
        return [self._spelt(words) for words, slop in self._wanted.phrases if slop > 1]

    def _spelt(self, words: Iterable[str]) -> list[list[bytes]]:
        return [_spellings(_kept(word, self._changed)) for word in words]

    def _shortest(self) -> Iterable[str]:
        """Find those that no other is the beginning of."""
        plain = self._plain
        if len(plain) == 1:
            return plain
        return [head for head in plain if not any(head[:n] in plain for n in range(1, len(head)))]


def _needles(wanted: Wanted, language: str | None) -> _Needles | None:
    """Find what to search for, or ``None`` if all words have to be looked at."""
    changed = _CHANGED_LETTERS.get(language)
    if changed is None or wanted.beginnings is None or wanted.absolute:
        return None
    return _Needles(wanted, wanted.beginnings, changed)


def _pattern(phrase: Iterable[Iterable[bytes]]) -> re.Pattern[bytes]:
    """Make a pattern of words one after another, each of which begins in one of some ways.

    It has two groups, how the first word begins and all the rest. Only the first is consumed, as
    the first word of a phrase may look like the last of what is not one.
    """
    # What is before a word is looked at after its beginning, for which a search skips the rest.
    words = [
        b"|".join(rb"%b(?<![a-z0-9_]%b)" % (way, way) for way in map(re.escape, ways))
        for ways in phrase
    ]
    rest, gap = rb"[a-z0-9_.]*", rb"[^a-z0-9_]+"
    others = b"".join(rb"%b(?:%b)%b" % (gap, word, rest) for word in words[1:])
    return re.compile(rb"(%b)(?=(%b%b))" % (words[0], rest, others))


def _spellings(head: str) -> list[bytes]:
    """Write how a word begins, as such and with dots: "u.s" has the term "us"."""
    plain = head.encode("ascii", "replace")
    return [plain, ".".join(head).encode("ascii", "replace")] if len(head) > 1 else [plain]


def _kept(term: str, changed: int, *, exact: bool = True) -> str:
    """Find the beginning that a term, or all terms that begin so, share with their words."""
    if changed == 2 and exact and len(term) < 5 and not term.endswith("ie"):
        changed = 1
    return term[: max(1, len(term) - changed)]


def _searchable(text: str) -> bytes:
    """Write a text in lower-case ASCII of the same length, with "?" for all other characters."""
    text = text.replace("?", "!")
    if not text.isascii():
        for character, plain in _PUNCTUATION:
            text = text.replace(character, plain)
    return text.encode("ascii", "replace").lower()


def _run_end(searchable: bytes, at: int) -> int:
    """Find the end of the run that a place is in, or right behind."""
    return _RUN.match(searchable, at).end()  # type: ignore[union-attr]  # it matches anything


def _places(searchable: bytes, needles: _Needles, start: int, stop: int) -> list[int]:
    """Find where in a part of a text there may be a word that counts, ascending."""
    places: list[int] = []
    find = searchable.find
    for needle in needles.words:
        at = find(needle, start, stop)
        while at >= 0:
            if not at or searchable[at - 1] not in _INNER_BYTES:
                places.append(at)
            at = find(needle, at + 1, stop)
    if find(_OTHER, start, stop) >= 0:
        places += _places_of_others(searchable, needles.heads, start, stop)
    places.sort()
    return places


def _places_of_others(
    searchable: bytes, heads: frozenset[bytes] | None, start: int, stop: int
) -> list[int]:
    """Find characters of another kind, if what comes before them in the word is one of these.

    Neither accents nor compatibility forms change the letters before them: of the many words with
    an accent few are left.
    """
    places: list[int] = []
    find = searchable.find
    at = find(_OTHER, start, stop)
    while at >= 0:
        head = at
        while head > start and searchable[head - 1] in _HEAD_BYTES:
            head -= 1
        # A word begins after two dots, and after one that no word is before.
        if heads is None or searchable[head:at].rpartition(b"..")[2].lstrip(b".") in heads:
            places.append(at)
        at = find(_OTHER, at + 1, stop)
    return places


@lru_cache(maxsize=64)
def _remembering(language: str | None) -> Normalizer:
    """Find the function that makes terms of tokens, with a memory that all queries share."""
    return lru_cache(maxsize=1 << 16)(normalizer(language))
