"""What is searched for where a text may have a word that counts, and how?

Texts are searched in a form of their own (:class:`~searchlib.highlight.texts.FieldText`).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from searchlib.analysis.tokens import ASCII_SEPARATORS
from searchlib.highlight.runs import OTHER
from searchlib.memory import unlocked_cached_property

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from searchlib.highlight.highlight_terms import HighlightTerms

# Of an English word with a term of five letters or more, the stemmer leaves all but the last two
# letters of the term as they were, and all but the last of a shorter one ("hope" of "hoping",
# "usabl" of "usability"), with "die" of "dying" and its like as the exception. The stemmers named
# below leave more than that; all others take off prefixes or change letters inside a word.
_CHANGED_LETTERS: Final = {
    None: 0, "english": 2, "porter": 2, "danish": 2, "norwegian": 2, "swedish": 2,
    "french": 3, "italian": 3, "portuguese": 3, "spanish": 3,
}  # fmt: skip

_DIGITS: Final = re.compile("[0-9]+")
_SHORTEST_DOTTED: Final = 7  # digits of a number with dots between groups


class Prefilter:
    """What to search for.

    Args:
        wanted: What is looked for.
        beginnings: How the terms of patterns begin.
        changed: How many of its last letters a term may have that its words do not have.

    Attributes:
        words: How words begin that are ASCII.
        has_numbers: Whether any of them begins with a digit.
    """

    def __init__(self, wanted: HighlightTerms, beginnings: Iterable[str], changed: int) -> None:
        self._wanted = wanted
        self._changed = changed
        ways = {way for term in wanted.terms for way in _spellings(term, changed)}
        ways.update(way for head in beginnings for way in _spellings(head, changed, exact=False))
        self._all_ascii = OTHER not in b"".join(ways)
        self.words: Final = _shortest({way for way in ways if OTHER not in way})
        self.has_numbers: Final = any(way[:1].isdigit() for way in ways)

    @unlocked_cached_property
    def heads(self) -> frozenset[bytes] | None:
        """What other words have before their first character of another kind; ``None`` for any."""
        if not self._all_ascii:
            return None
        dotted = [word + b"." for word in self.words]  # "u.s.é" is an acronym, too
        return frozenset(word[:length] for word in dotted for length in range(len(word) + 1))

    @unlocked_cached_property
    def pieces(self) -> list[re.Pattern[bytes]] | None:
        """What finds all that is to be looked at in ASCII text, in less time than its words take.

        That is exact phrases, or the words that begin as those of patterns do. ``None`` where
        single words are looked for: most that begin like them are them; and for numbers, whose
        digits may be in groups.
        """
        phrases = self._wanted.phrases
        if self._wanted.terms and not phrases:
            return None
        if phrases:
            return [
                _pattern(self._spelt(words)) for words, slop in phrases if _is_exact(words, slop)
            ]
        if self.has_numbers:
            return None
        return [_pattern([[word]]) for word in self.words]

    def places_of_others(self, searchable: bytes, start: int, stop: int) -> list[int]:
        """Find where in a part of a text a word may count that is no ASCII.

        Neither accents nor compatibility forms change the letters before them: of the many words
        with an accent few are left.

        Args:
            searchable: The form of the text that is searched.
            start: Where the part begins, at a blank of it.
            stop: Where it ends, likewise.

        Returns:
            The characters that are no ASCII and may be in such a word, ascending.
        """
        places = []
        before = start
        at = searchable.find(OTHER, start, stop)
        while at >= 0:
            head = searchable[max(before, searchable.rfind(b" ", before, at)) + 1 : at]
            # Neither dots nor underscores at its beginning are part of a word. Inside a run they
            # may be, or else end one.
            bare = head.lstrip(b"._")
            if self.heads is None or bare in self.heads or not bare.isalnum():
                places.append(at)
            before, at = at, searchable.find(OTHER, at + 1, stop)
        return places

    def loose_phrase_may_be_in(self, searchable: bytes, start: int, stop: int) -> bool:
        """Tell whether a part of a text has all words of a phrase that is in no :attr:`pieces`."""
        return any(
            all(any(searchable.find(way, start, stop) >= 0 for way in word) for word in phrase)
            for phrase in self._loose_phrases
        )

    @unlocked_cached_property
    def _loose_phrases(self) -> list[list[list[bytes]]]:
        phrases = self._wanted.phrases
        return [self._spelt(words) for words, slop in phrases if not _is_exact(words, slop)]

    def _spelt(self, words: Iterable[str]) -> list[list[bytes]]:
        return [_spellings(word, self._changed) for word in words]


def _is_exact(words: Iterable[str], slop: int) -> bool:
    """Tell whether a phrase is one of words in a row, and none of them is a number."""
    return slop == 1 and not any(_DIGITS.match(word) for word in words)


def _shortest(ways: set[bytes]) -> list[bytes]:
    """Find those that no other is the beginning of."""
    kept: list[bytes] = []
    for way in sorted(ways):  # a beginning comes right before all that begin with it
        if not kept or not way.startswith(kept[-1]):
            kept.append(way)
    return kept


def prefilter_of(wanted: HighlightTerms, language: str | None) -> Prefilter | None:
    """Find what to search for, or ``None`` if all words have to be looked at."""
    changed = _CHANGED_LETTERS.get(language)
    if changed is None or wanted.beginnings is None:
        return None
    return Prefilter(wanted, wanted.beginnings, changed)


def _pattern(phrase: Iterable[Iterable[bytes]]) -> re.Pattern[bytes]:
    """Make a pattern of words one after another, each of which begins in one of some ways.

    It has two groups, how the first word begins and all the rest. Only the first is consumed, as
    the first word of a phrase may look like the last of what is not one.
    """
    # What is before a word is looked at after its beginning, for which a search skips the rest.
    words = [
        b"|".join(rb"%b(?<![a-z0-9]%b)" % (way, way) for way in map(re.escape, ways))
        for ways in phrase
    ]
    rest, gap = rb"[a-z0-9_.]*", rb"[^a-z0-9]+"
    others = b"".join(rb"%b(?:%b)%b" % (gap, word, rest) for word in words[1:])
    return re.compile(rb"(%b)(?=(%b%b))" % (words[0], rest, others))


def _spellings(term: str, changed: int, *, exact: bool = True) -> list[bytes]:
    """Write how words begin that have a term, or one that begins so.

    That is as the term does; with dots, as "u.s" has the term "us"; or as a number in groups.

    Args:
        term: The term, or the beginning of terms.
        changed: How many of its last letters a term may have that its words do not have.
        exact: Whether it is the whole of a term.
    """
    head = _kept(term, changed, exact=exact)
    ways = [head]
    digits = _DIGITS.match(term)
    if digits is not None:
        more = digits.end() == len(term) and not exact
        ways += _in_groups(head, digits.end(), more=more)
    elif len(head) > 1:
        ways.append(".".join(head))
    return [way.encode("ascii", "replace") for way in ways]


def _in_groups(head: str, digits: int, *, more: bool) -> Iterator[str]:
    """Write the beginning of a number with separators between groups of three digits.

    Args:
        head: The beginning.
        digits: How many digits the number has; in the beginning there may be fewer.
        more: Whether it may have any number of digits more.
    """
    for first in (1, 2, 3) if more else ((digits - 1) % 3 + 1,):
        ends = range(first, min(digits, len(head)), 3)
        groups = [head[start:end] for start, end in pairwise([0, *ends, len(head)])]
        dotted = more or digits >= _SHORTEST_DOTTED
        for separator in ASCII_SEPARATORS + ("." if dotted else ""):
            yield separator.join(groups)
    yield from _in_indian_groups(head, digits, more=more)


def _in_indian_groups(head: str, digits: int, *, more: bool) -> Iterator[str]:
    """Write the beginning of a number in groups of two digits, the last of which has three."""
    for first in (1, 2) if more else (1 + digits % 2,):
        ends = [*range(first, len(head), 2)]
        for last in (len(head), digits - 3) if more else (digits - 3,):
            starts = [0, *(end for end in ends if end <= last), len(head)]
            yield ",".join(head[start:end] for start, end in pairwise(starts))


def _kept(term: str, changed: int, *, exact: bool = True) -> str:
    """Find the beginning that a term, or all terms that begin so, share with their words."""
    if changed == 2 and exact and len(term) < 5 and not term.endswith("ie"):
        changed = 1
    return term[: max(1, len(term) - changed)]
