"""Where does a sentence begin and end, and where may a text be cut at all?"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from searchlib.analysis import token_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

# What may end a sentence: a mark, quotes and brackets that close, and a blank before what may
# begin the next one. A blank line ends one in any case, and so do the marks of scripts that have
# no capitals. All of it begins with one set of characters, for which a search skips the rest.
_END: Final = r"""[.!?…\n。！？।۔؟])(?:
        (?<=[.!?…])["'”’»)\]]*\s+(?=["'“‘«(\[¿¡]*[^\W_a-z])
      | (?<=\n)[^\S\n]*\n\s*
      | (?<=[。！？।۔؟])["'”’」』）]*\s*)"""
_NEXT_END: Final = "(" + _END
_TO_LAST_END: Final = "(?s:.*)(" + _END

# What a dot follows without an end, besides single letters ("J.", "U.S.", "a.m."). Only with a
# capital, as "sat", "sun" and "mar" are words.
_ABBREVIATIONS: Final = frozenset(
    re.findall(
        r"\w+",
        """mr mrs ms dr st mt ft prof rev hon gen lt col maj sgt cpl pvt capt cmdr adm brig sen rep
        gov pres supt jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu
        thurs fri sat sun inc ltd corp co cos bros ave blvd calif colo conn fla ill mass mich minn
        tenn tex ala ariz ark kan okla ore pa va vt wash wis wyo""",
    )
)
_LOWER_ABBREVIATIONS: Final = frozenset(["vs", "v", "cf", "c", "ca"])
_BEFORE_NUMBERS: Final = frozenset(["no", "nos", "p", "pp", "art", "vol", "fig", "sec"])
LONGEST_ABBREVIATION: Final = 5
_LAST_WORD: Final = re.compile(r"[\w.]+$")
_LETTERS: Final = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")

_BLANK: Final = re.compile(r"\s+")
_TO_LAST_BLANK: Final = re.compile(r"(?s).*\s")
_AROUND_CUT: Final = 64
LONGEST_END: Final = 64  # with the blanks after it
AHEAD: Final = 16  # how far a sentence is looked at to tell if it is one


class Sentences:
    """Knows where the sentences of a text end. Only parts that are asked for are looked at.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self.text: Final = text

    def ends(self, start: int, stop: int) -> Iterator[int]:
        """Find the places above ``start``, up to ``stop``, where a sentence has ended.

        Blanks belong to the sentence before them.
        """
        text = self.text
        for match in _compiled(_NEXT_END).finditer(text, start - LONGEST_END, stop + AHEAD):
            mark, end = match.span()
            if end > stop:
                break
            if end > start and is_end(text, mark, end):
                yield end

    def last(self, start: int, stop: int) -> int | None:
        """Find the last of them, if there is any: looking from the end takes less time."""
        text, limit, to_last = self.text, stop + AHEAD, _compiled(_TO_LAST_END)
        while match := to_last.match(text, start - LONGEST_END, limit):
            limit, end = match.start(1), match.end()
            if end <= start:
                break
            if end <= stop and is_end(text, limit, end):
                return end
        return None

    def start(self, at: int, floor: int) -> int | None:
        """Find where the sentence begins that a place is in.

        Args:
            at: The place.
            floor: Where to stop looking.

        Returns:
            The beginning, or ``None`` if it is before ``floor``.
        """
        end = self.last(floor - 1, at)
        return 0 if end is None and floor <= 0 else end


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when it is needed: compiled kernels need none."""
    return re.compile(pattern, re.VERBOSE)


def is_end(text: str, mark: int, after: int) -> bool:
    """Tell whether what may end a sentence does, with what follows it up to ``after``."""
    if text[mark] != "." or text.count("\n", mark, after) > 1:
        return True
    following = text[after : after + 1]
    if following > "\x7f" and following.islower():  # the pattern knows only ASCII ones
        return False
    tail = text[max(0, mark - LONGEST_ABBREVIATION) : mark]
    if tail.isalpha() and tail.islower() and len(tail) == LONGEST_ABBREVIATION:
        return True
    word = tail.rpartition(" ")[2]
    if not word.isalnum():
        match = _LAST_WORD.search(tail)
        if match is None:
            return True
        word = match.group()
    return ends_behind(word, following)


def ends_behind(word: str, following: str) -> bool:
    """Tell whether a dot behind a word ends a sentence, with the character that follows."""
    lower = word.lower()
    if lower in _BEFORE_NUMBERS:
        return not following.isdigit()
    if lower in _ABBREVIATIONS:
        return not word[0].isupper()
    if lower in _LOWER_ABBREVIATIONS:
        return False
    return (len(lower) > 1 and "." not in lower) or _LETTERS.fullmatch(lower) is None


def cut_before(text: str, start: int, least: int, limit: int) -> int:
    """Find the last place up to ``limit`` where a passage can end without cutting a word.

    It is a blank, if there is one; where words are not set apart by blanks, the end of a word, or
    the beginning of the first; and ``limit`` itself within a word that is longer than all that.

    Args:
        text: The text.
        start: Where the passage begins.
        least: What it should reach; there a word ends, unless it is the beginning.
        limit: What it must not go beyond.
    """
    if limit >= len(text) or text[limit].isspace():
        return min(limit, len(text))
    match = _TO_LAST_BLANK.match(text, least, limit)
    blank = start if match is None else least + len(match.group().rstrip())
    if text[start:blank].strip():
        return blank
    words = list(_tokens_in(text, least, min(limit + _AROUND_CUT, len(text))))
    ends = [word.end() for word in words if word.end() <= limit]
    if ends or least > start:
        return ends[-1] if ends else least
    begin = words[0].start() if words else start
    return begin if start < begin < limit else limit


def cut_after(text: str, wanted: int, most: int) -> int:
    """Find the first place from ``wanted`` on, up to ``most``, where a word begins.

    Args:
        text: The text.
        wanted: Where a passage would best begin.
        most: Where it must begin at the latest; there a word begins.
    """
    if wanted <= 0 or text[wanted - 1].isspace():
        return max(wanted, 0)
    blank = _BLANK.search(text, wanted, most)
    if blank is not None:
        return blank.end()
    starts = (match.start() for match in _tokens_in(text, _back(text, wanted), most))
    return next((start for start in starts if start >= wanted), most)


def _tokens_in(text: str, start: int, stop: int) -> Iterator[re.Match[str]]:
    return token_pattern(text[start:stop]).finditer(text, start, stop)


def _back(text: str, at: int) -> int:
    """Go back to where a word begins for sure, if that is not too far."""
    least = max(0, at - _AROUND_CUT)
    while at > least and (text[at - 1].isalnum() or text[at - 1] in "._"):
        at -= 1
    return at
