"""What is searched for where a text may have a word that counts, and how?

Texts are searched in a form of their own (:class:`~searchlib.highlight.texts.FieldText`).
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from searchlib.highlight.texts import OTHER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from searchlib.highlight.highlight_terms import HighlightTerms
    from searchlib.highlight.texts import FieldText

# Of an English word with a term of five letters or more, the stemmer leaves all but the last two
# letters of the term as they were, and all but the last of a shorter one ("hope" of "hoping",
# "usabl" of "usability"), with "die" of "dying" and its like as the exception. The stemmers named
# below leave more than that; all others take off prefixes or change letters inside a word.
_CHANGED_LETTERS: Final = {
    None: 0, "english": 2, "porter": 2, "danish": 2, "norwegian": 2, "swedish": 2,
    "french": 3, "italian": 3, "portuguese": 3, "spanish": 3,
}  # fmt: skip

_BEFORE_WORDS: Final = frozenset(b" ." + OTHER)


class Prefilter:
    """What to search for.

    Args:
        wanted: What is looked for.
        beginnings: How the terms of patterns begin.
        changed: How many of its last letters a term may have that its words do not have.

    Attributes:
        words: How words begin that are ASCII.
    """

    def __init__(self, wanted: HighlightTerms, beginnings: Iterable[str], changed: int) -> None:
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


def places_in(text: FieldText, needles: Prefilter, start: int, stop: int) -> list[int]:
    """Find where in a part of a text there may be a word that counts.

    Args:
        text: The text.
        needles: What to search for.
        start: Where the part begins, at a blank of the searched form.
        stop: Where it ends, likewise.

    Returns:
        Places of the searched form, ascending. There may be several in one word.
    """
    places: list[int] = []
    searchable = text.searchable
    find = searchable.find
    for needle in needles.words:
        at = find(needle, start, stop)
        while at >= 0:
            if searchable[at - 1] in _BEFORE_WORDS:
                places.append(at)
            at = find(needle, at + 1, stop)
    if text.others:
        places += _places_of_others(searchable, needles.heads, start, stop)
    places.sort()
    return places


def _places_of_others(
    searchable: bytes, heads: frozenset[bytes] | None, start: int, stop: int
) -> Iterator[int]:
    """Find characters that are no ASCII, if what comes before them in the word is one of these.

    Neither accents nor compatibility forms change the letters before them: of the many words with
    an accent few are left.
    """
    before = start
    at = searchable.find(OTHER, start, stop)
    while at >= 0:
        head = searchable[max(before, searchable.rfind(b" ", before, at)) + 1 : at]
        # A word begins after two dots, and after one that no word is before.
        if heads is None or head.rpartition(b"..")[2].lstrip(b".") in heads:
            yield at
        before, at = at, searchable.find(OTHER, at + 1, stop)
