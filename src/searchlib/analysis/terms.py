"""By which terms does the index know a token?

A *token* is a piece of text; a *term* is what the index knows it by. Accents, case, compatibility
forms, invisible characters and the grouping of digits make no difference to a term.

Most stemmers look at accents, so what they make of "égalité" and of "egalite" differs. A token has
two terms then, at one position: its stem, written without accents, and the stem of what it is
without accents. Two tokens are the same word if they have a term in common. So
"égalité" meets "egalite" by the second and "égal" by the first.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import Stemmer

from searchlib.analysis.tokens import tokenize, ungrouped, without_invisible
from searchlib.errors import SchemaError

ANALYSIS_VERSION: Final = 3
"""What is done to text to index it. An index made with another version has other terms."""

POSITION_GAP: Final = 100
"""How many positions are left free between two values of a field, so that no phrase spans both."""

Terms = tuple[str, ...]
"""The terms of a token: its primary one, and another where there is one."""

Languages = tuple[str | None, ...]
"""Languages of which texts are each in one; ``None`` for texts that are not stemmed."""

TermsOf = Callable[[str], Terms]
"""Makes the terms of a token. It looks at nothing but the token, so its results can be kept."""

# Letters that no decomposition takes apart, as English-language newsrooms write them.
_LETTERS: Final = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
        "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "a", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y",
        "ɛ": "e", "ɔ": "o", "ɨ": "i", "ƀ": "b", "ȼ": "c", "ɖ": "d", "ɇ": "e", "ƒ": "f", "ǥ": "g",
        "ɉ": "j", "ɵ": "o", "ɍ": "r", "ʉ": "u", "ɏ": "y", "ƶ": "z", "ⱥ": "a", "ɫ": "l", "ɲ": "n",
        "ٱ": "ا",  # alef with the sign of wasl, which is written in pointed text alone
        "ک": "ك", "ی": "ي",  # of Persian, which keyboards for Arabic write in their way
    }
)  # fmt: skip

# The zeros of the scripts that have digits of their own; in each nine others follow. Forms of our
# digits ("１") are folded with other compatibility forms. A decimal sign goes with Arabic digits.
_ZEROS: Final = (
    "\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0de6\u0e50"
    "\u0ed0\u0f20\u1040\u1090\u17e0\u1810\u1946\u19d0\u1a80\u1a90\u1b50\u1bb0\u1c40\u1c50"
    "\ua620\ua8d0\ua900\ua9d0\ua9f0\uaa50\uabf0\U000104a0\U00010d30\U00011066\U000110f0"
    "\U00011136\U000111d0\U000112f0\U00011450\U000114d0\U00011650\U000116c0\U00011730"
    "\U000118e0\U00011950\U00011c50\U00011d50\U00011da0\U00016a60\U00016ac0\U00016b50"
    "\U0001e140\U0001e2f0\U0001e950"
    # Of Unicode 15 and 16, which Python knows from 3.12 and 3.14 on:
    "\U00010d40\U000116d0\U000116da\U00011bf0\U00011f50\U0001e4f0\U0001e5f1"
)
_OUR_DIGITS: Final = {ord(zero) + digit: str(digit) for zero in _ZEROS for digit in range(10)} | {
    ord("\u066b"): "."
}

# The accents of Latin, Greek and Cyrillic letters; the points of Hebrew; of Arabic the vowel signs,
# the signs of recitation and the stretching line, but not hamza and madda (U+0653 to U+0655), which
# belong to their letters; and those of Syriac.
_ACCENTS: Final = re.compile(
    r"[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    r"\u0640\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    r"\u0730-\u074a\u08d3-\u08e1\u08e3-\u08ff\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]+"
)

# Half characters, which stemmers refuse. No token of a text has any, but a pattern may be anything.
_SURROGATES: Final = re.compile("[\ud800-\udfff]")

# These stemmers know no letters beyond ASCII, so accents are taken off before, and there is one
# term. Found by trial: a letter that they can't know in place of an accented one changes nothing.
_KNOW_NO_ACCENTS: Final = frozenset(["english", "porter", "indonesian", "sesotho"])


def fold_accents(word: str) -> str:
    """Write a lower-case word without accents and points, and "ß" as "ss"."""
    if word.isascii():
        return word
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", word)).translate(_LETTERS)
    return unicodedata.normalize("NFC", bare) or word


def _lower(token: str) -> str:
    """Fold case, compatibility forms ("ﬁ") and digits of all scripts.

    What nobody sees is left out, and so is "," in numbers.
    """
    if not token.isalnum():
        token = without_invisible(token)
        token = ungrouped(token) if token[:1].isdigit() else token
    if token.isascii():
        token = token.lower()
    else:  # what is a final sigma in Greek is another letter in a beginning of a word
        token = unicodedata.normalize("NFKC", token).lower().replace("ς", "σ")
        token = token if token.isalpha() else token.translate(_OUR_DIGITS)
    return _without_dots(token) if "." in token else token


def _without_dots(token: str) -> str:
    """Join an acronym: single letters with dots between them, as "us" for "u.s"."""
    if token[1::2].strip(".") == "" and token[::2].isalpha():
        return token.replace(".", "")
    return token


def languages() -> list[str]:
    """Name the languages that :class:`searchlib.schema.markers.Text` can stem."""
    return sorted(Stemmer.algorithms())


@lru_cache(maxsize=64)
def terms_of(language: str | None) -> TermsOf:
    """Find the function that makes the terms of a token in a language.

    Args:
        language: One of :func:`languages`, or ``None`` for no stemming.

    Raises:
        SchemaError: There is no stemmer for that language.
    """
    if language is None:
        return lambda token: (fold_accents(_lower(token)),)
    if language not in Stemmer.algorithms():
        raise SchemaError(
            f"expected a language to stem, or None, got {language!r}; "
            f"there are {', '.join(languages())}"
        )
    stem = _stemmer(language)

    def one_term(token: str) -> Terms:
        if token.isascii() and token.isalnum():  # as most are
            return (stem(token.lower()),)
        return (stem(fold_accents(_lower(token))),)

    def one_term_or_two(token: str) -> Terms:
        word = _lower(token)
        term = fold_accents(stem(word))
        if word.isascii():
            return (term,)
        other = fold_accents(stem(fold_accents(word)))  # one for Turkish puts accents on
        return (term,) if other == term else (term, other)

    return one_term if language in _KNOW_NO_ACCENTS else one_term_or_two


def has_second_terms(language: str | None) -> bool:
    """Tell whether a token of a language may have two terms."""
    return language is not None and language not in _KNOW_NO_ACCENTS


def _stemmer(language: str) -> Callable[[str], str]:
    """Make a function that stems a word and, unlike a stemmer, can be shared between threads."""
    stemmers = threading.local()

    def stem_word(word: str) -> str:
        try:
            stem: Callable[[str], str] = stemmers.stem
        except AttributeError:
            stem = stemmers.stem = Stemmer.Stemmer(language, 0).stemWord
        return stem(word)

    return stem_word


def terms_of_plain_words(language: str | None) -> Callable[[list[str]], list[str]]:
    """Find the function that makes the terms of many words at once, at a third of the cost.

    It gives what :func:`terms_of` would for words of ASCII letters and digits in lower case, which
    have one term each. It must not be shared between threads.
    """
    if language is None:
        return list
    stem_words: Callable[[list[str]], list[str]] = Stemmer.Stemmer(language, 0).stemWords
    if language in _KNOW_NO_ACCENTS:
        return stem_words
    return lambda words: [*map(fold_accents, stem_words(words))]


def analyze(text: str, language: str | None) -> list[Terms]:
    """Find the tokens of a text, as the words and phrases of a query are made of.

    Returns:
        The terms of each token, in text order.
    """
    return list(map(terms_of(language), tokenize(text)))


def pattern_terms(pattern: str, language: str | None) -> Terms:
    """Fold and stem what a pattern is made of, as the terms it is to be compared with were.

    Args:
        pattern: The beginning of a word, or a word with ``*`` and ``?`` in it.
        language: As for :func:`terms_of`.

    Returns:
        The patterns that terms may fit: one, or two where accents make a difference.
    """
    return terms_of(language)(without_half_characters(pattern))


def without_half_characters(text: str) -> str:
    """Write a sign that no term has in the place of each half character."""
    return _SURROGATES.sub("\ufffd", text)


@lru_cache(maxsize=64)
def stop_terms(language: str | None) -> frozenset[str]:
    """Find the terms of a language that say nothing in a query.

    A token is a stop word if its primary term is one of them. There are none for a language whose
    stop words are not known, and for ``None``.
    """
    from searchlib.analysis.stop_words import STOP_WORDS  # read when a query wants it

    terms = terms_of(language)
    return frozenset(terms(word)[0] for word in STOP_WORDS.get(language or "", "").split())
