"""Which stems may words have that begin with a text, if the stems themselves do not?

A stemmer takes more off a word than what is missing in its beginning: "business" begins with
"busines" and has the stem "busi". No index is asked, so a beginning is completed by one letter, and
by endings that are common in the language.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from searchlib.analysis import terms_of
from searchlib.analysis.terms import terms_of_plain_words
from searchlib.query.similar_stems import alphabet_of

_SHORTEST: Final = 5
"""Letters of beginnings that are completed: what a stemmer leaves of shorter ones is another word,
"ap" of what begins with "app"."""

# Of nouns and adjectives. Those of verbs are left out: "parti" with "ng" would find each "part".
# A plural is there only if its beginning is not that of the singular.
_ENDINGS: Final = {
    "english": "ation ment ness ity ities able ible ance ence ive ism ist ful less ous ically",
    "french": "ation ement ite isme iste able ance",
    "german": "ungen heiten keiten ische liche",
    "dutch": "ingen heden heid",
    "spanish": "acion aciones miento idad idades ismo ista mente",
    "italian": "azione azioni mento menti ita ismo isti mente",
    "portuguese": "acao acoes mento idade ismo ista mente",
}


@lru_cache(maxsize=1024)
def stems_of_begun(beginning: str, language: str | None) -> tuple[str, ...]:
    """Find stems of words that begin with a text, of which the stem does not begin with it.

    Args:
        beginning: The text, in lower case, without accents.
        language: The language that words are stemmed in.

    Returns:
        The stem of the text itself, if it does not begin so, and those of longer words.
    """
    if language is None:
        return ()
    stems = [terms_of(language)(beginning)[0]]
    if len(beginning) >= _SHORTEST and beginning.isalpha():
        words = [beginning + ending for ending in _endings(beginning[-1], language)]
        if beginning.isascii():
            stems += terms_of_plain_words(language)(words)
        else:
            stems += [terms_of(language)(word)[0] for word in words]
    return tuple(dict.fromkeys(one for one in stems if one and not one.startswith(beginning)))


@lru_cache(maxsize=256)
def _endings(letter: str, language: str) -> tuple[str, ...]:
    """Give what may follow a letter: one of its alphabet, or an ending or what is left of one."""
    endings = _ENDINGS.get(language, "").split()
    rests = (ending[place:] for ending in endings for place in range(len(ending) - 1))
    return tuple(dict.fromkeys([*alphabet_of(letter), *rests]))
