"""Which days, months and years does a text name by words? "Saturday, March 4" is a day, a month.

What the words are called is in :mod:`searchlib.articles.date_names`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib.articles.date_names import CROATIAN, MONTHS, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN: Final = re.compile(r"\d+|[^\s\d,.;:'’()\[\]/&+\-–—?]+|[-–—/&+.]")
_BETWEEN_NAMES: Final = (
    "- – — / & + to and through thru till bis und au et al a y e en tot til t/m og och ja do po i "
    "и по до"
)
_BETWEEN: Final = frozenset(_BETWEEN_NAMES.split())
"""What stands between the first day and the last."""

_FILLER_NAMES: Final = (
    ". of the st nd rd th er de del du le el il la les den der dem d from von vom dal dai van "
    "od с m d r roku г года р року year jahr annee ano anno c ca circa about around approx um "
    "vers early mid late spring summer autumn fall winter fruhling fruhjahr sommer herbst fin "
    "debut printemps ete automne hiver anfang mitte ende christmas easter"
)
_FILLERS: Final = frozenset(_FILLER_NAMES.split())
"""What adds nothing to a date, or makes it less exact."""


class DateWords(NamedTuple):
    """What a text names.

    Attributes:
        kinds: The kind of each number and name: ``D`` for a day, ``M`` for a month, ``Y`` for a
            year.
        numbers: The number of each.
        is_apart: Whether anything stands between them that can stand between two days.
    """

    kinds: str
    numbers: list[int]
    is_apart: bool


def read_words(text: str) -> DateWords | None:
    """Take days, months and years out of a text without accents.

    Returns:
        All of them in their order; ``None`` if there is any word that we don't know.
    """
    tokens = _TOKEN.findall(text.lower())
    while tokens and (tokens[0] in "-–." or tokens[0] in WEEKDAYS - MONTHS.keys()):
        tokens = tokens[1:]
    if not tokens or tokens[0] in _BETWEEN:
        return None
    found = DateWords("", [], "," in text or any(token in _BETWEEN for token in tokens))
    for place, token in enumerate(tokens):
        part = _part(tokens, place)
        if part is not None:
            found = found._replace(kinds=found.kinds + part[0], numbers=[*found.numbers, part[1]])
        elif token not in WEEKDAYS and token not in _BETWEEN and token not in _FILLERS:
            return None
    return found


def month_of(name: str, *, is_after_dot: bool = False) -> int | None:
    """Find the number of a month by its name in small letters, behind "5" or behind "5."."""
    return CROATIAN[name] if is_after_dot and name in CROATIAN else MONTHS.get(name)


def _part(tokens: Sequence[str], place: int) -> tuple[str, int] | None:
    """Give the kind and the number of a token; ``None`` if it has none."""
    token = tokens[place]
    if token.isdecimal():
        kind = {1: "D", 2: "D", 4: "Y"}.get(len(token))
        return None if kind is None else (kind, int(token))
    if token in WEEKDAYS and _is_weekday(tokens, place):
        return None
    month = month_of(token, is_after_dot=place > 0 and tokens[place - 1] == ".")
    return None if month is None else ("M", month)


def _is_weekday(tokens: Sequence[str], place: int) -> bool:
    """Whether "mar" is no March but a mardi: a day and the name of a month follow."""
    following = [each for each in tokens[place + 1 : place + 5] if each != "."]
    return len(following) > 1 and following[0].isdecimal() and following[1] in MONTHS
