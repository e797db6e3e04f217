"""What is the term of a token? The analyzers that a schema can name.

A *token* is a piece of text; a *term* is what the index knows it by. One pattern finds the tokens,
one function makes each a term, and both together are a Whoosh analyzer, so that queries, snippets
and code written for Whoosh see text in the same way as the indexer does.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

import Stemmer
from whoosh.analysis.filters import Filter
from whoosh.analysis.tokenizers import RegexTokenizer
from whoosh.lang.stopwords import stoplists

from searchlib.errors import SchemaError

if TYPE_CHECKING:
    from whoosh.analysis.acore import Token
    from whoosh.analysis.analyzers import Analyzer

Normalizer = Callable[[str], str]
"""Makes the term of a token. It looks at nothing but the token, so its results can be kept."""

# Combining marks and joiners, which Python's \w leaves out although they stand inside words:
# without them Hindi, Thai, pointed Arabic and decomposed accents fall to pieces.
_MARKS: Final = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7"
    r"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed"
    r"\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3\u07fd\u0816-\u0819\u081b-\u0823"
    r"\u0825-\u0827\u0829-\u082d\u0859-\u085b\u0898-\u089f\u08ca-\u08e1\u08e3-\u0903"
    r"\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962-\u0963\u0981-\u0983\u09bc\u09be-\u09c4"
    r"\u09c7-\u09c8\u09cb-\u09cd\u09d7\u09e2-\u09e3\u09fe\u0a01-\u0a03\u0a3c\u0a3e-\u0a42"
    r"\u0a47-\u0a48\u0a4b-\u0a4d\u0a51\u0a70-\u0a71\u0a75\u0a81-\u0a83\u0abc\u0abe-\u0ac5"
    r"\u0ac7-\u0ac9\u0acb-\u0acd\u0ae2-\u0ae3\u0afa-\u0aff\u0b01-\u0b03\u0b3c\u0b3e-\u0b44"
    r"\u0b47-\u0b48\u0b4b-\u0b4d\u0b55-\u0b57\u0b62-\u0b63\u0b82\u0bbe-\u0bc2\u0bc6-\u0bc8"
    r"\u0bca-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c\u0c3e-\u0c44\u0c46-\u0c48\u0c4a-\u0c4d"
    r"\u0c55-\u0c56\u0c62-\u0c63\u0c81-\u0c83\u0cbc\u0cbe-\u0cc4\u0cc6-\u0cc8\u0cca-\u0ccd"
    r"\u0cd5-\u0cd6\u0ce2-\u0ce3\u0d00-\u0d03\u0d3b-\u0d3c\u0d3e-\u0d44\u0d46-\u0d48"
    r"\u0d4a-\u0d4d\u0d57\u0d62-\u0d63\u0d81-\u0d83\u0dca\u0dcf-\u0dd4\u0dd6\u0dd8-\u0ddf"
    r"\u0df2-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
    r"\u0f18-\u0f19\u0f35\u0f37\u0f39\u0f3e-\u0f3f\u0f71-\u0f84\u0f86-\u0f87\u0f8d-\u0f97"
    r"\u0f99-\u0fbc\u0fc6\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d"
    r"\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u135d-\u135f\u1712-\u1715\u1732-\u1734"
    r"\u1752-\u1753\u1772-\u1773\u17b4-\u17d3\u17dd\u180b-\u180d\u180f\u1885-\u1886\u18a9"
    r"\u1920-\u192b\u1930-\u193b\u1a17-\u1a1b\u1a55-\u1a5e\u1a60-\u1a7c\u1a7f\u1ab0-\u1ace"
    r"\u1b00-\u1b04\u1b34-\u1b44\u1b6b-\u1b73\u1b80-\u1b82\u1ba1-\u1bad\u1be6-\u1bf3"
    r"\u1c24-\u1c37\u1cd0-\u1cd2\u1cd4-\u1ce8\u1ced\u1cf4\u1cf7-\u1cf9\u1dc0-\u1dff"
    r"\u200c-\u200d\u20d0-\u20f0\u2cef-\u2cf1\u2d7f\u2de0-\u2dff\u302a-\u302f\u3099-\u309a"
    r"\ua66f-\ua672\ua674-\ua67d\ua69e-\ua69f\ua6f0-\ua6f1\ua802\ua806\ua80b\ua823-\ua827"
    r"\ua82c\ua880-\ua881\ua8b4-\ua8c5\ua8e0-\ua8f1\ua8ff\ua926-\ua92d\ua947-\ua953"
    r"\ua980-\ua983\ua9b3-\ua9c0\ua9e5\uaa29-\uaa36\uaa43\uaa4c-\uaa4d\uaa7b-\uaa7d\uaab0"
    r"\uaab2-\uaab4\uaab7-\uaab8\uaabe-\uaabf\uaac1\uaaeb-\uaaef\uaaf5-\uaaf6\uabe3-\uabea"
    r"\uabec-\uabed\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f"
)

# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, kana, Han, Hangul. Each
# character is a token there, and a word in a query is the phrase of its characters.
_UNSPACED: Final = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    r"\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)

_WORD: Final = rf"[^\W{_UNSPACED}]+(?:[{_MARKS}]+[^\W{_UNSPACED}]*)*"

TOKEN_PATTERN: Final = rf"{_WORD}(?:\.{_WORD})*|(?=\w)[{_UNSPACED}][{_MARKS}]*"
"""Words, with dots inside them ("u.s", "3.5"); or one character of an unspaced script.

For ASCII text it is the same as ``\\w+(\\.\\w+)*``.
"""

# Letters that no decomposition takes apart, as English-language newsrooms write them.
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_ACCENTS: Final = re.compile(r"[\u0300-\u036f]+")


def fold_accents(term: str) -> str:
    """Write a lower-case term without the accents of Latin, Greek and Cyrillic letters."""
    if term.isascii():
        return term
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", term.translate(_LETTERS)))
    return unicodedata.normalize("NFC", bare) or term


def plain_term(token: str) -> str:
    """Make the term of a token without stemming: compatibility forms, case and accents folded."""
    return fold_accents(_lower(token))


def _lower(token: str) -> str:
    """Fold case and compatibility forms ("ﬁ"), and write "U.S" as "us"."""
    token = token.lower()
    if not token.isascii():
        token = unicodedata.normalize("NFKC", token).lower()
    return _without_dots(token) if "." in token else token


def _without_dots(token: str) -> str:
    """Join an acronym: single letters with dots between them."""
    if token[1::2].strip(".") == "" and token[::2].isalpha():
        return token.replace(".", "")
    return token


def languages() -> list[str]:
    """Name the languages that :class:`searchlib.schema.markers.Text` can stem."""
    return sorted(Stemmer.algorithms())


@cache
def token_pattern() -> re.Pattern[str]:
    """Compile :data:`TOKEN_PATTERN`, which takes 25 ms: only when text wants it."""
    return re.compile(TOKEN_PATTERN)


def plain_words_normalizer(language: str | None) -> Callable[[list[str]], list[str]]:
    """Find the function that makes the terms of many words at once, at a third of the cost.

    It gives what :func:`normalizer` would for words of ASCII letters and digits in lower case.
    It must not be shared between threads.
    """
    if language is None:
        return list
    stem_words: Callable[[list[str]], list[str]] = Stemmer.Stemmer(language, 0).stemWords
    return stem_words


@lru_cache(maxsize=64)
def normalizer(language: str | None) -> Normalizer:
    """Find the function that makes terms of tokens in a language.

    Args:
        language: One of :func:`languages`, or ``None`` for no stemming.

    Raises:
        SchemaError: There is no stemmer for that language.
    """
    if language is None:
        return plain_term
    if language not in Stemmer.algorithms():
        raise SchemaError(
            f"expected a language to stem, or None, got {language!r}; "
            f"there are {', '.join(languages())}"
        )
    stemmers = threading.local()  # a stemmer must not be shared between threads

    def stemmed_term(token: str) -> str:
        try:
            stem: Callable[[str], str] = stemmers.stem
        except AttributeError:
            stem = stemmers.stem = Stemmer.Stemmer(language, 0).stemWord
        return fold_accents(stem(_lower(token)))

    return stemmed_term


class TermFilter(Filter):
    """The Whoosh filter that makes each token its term."""

    def __init__(self, language: str | None = None) -> None:
        self.language = language

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TermFilter) and other.language == self.language

    def __hash__(self) -> int:
        return hash(self.language)

    def __call__(  # type: ignore[override]  # as every filter of Whoosh's own does
        self,
        tokens: Iterable[Token],
        **kwargs: Any,
    ) -> Iterator[Token]:
        """Change the text of each token."""
        term_of = normalizer(self.language)
        for token in tokens:
            token.text = term_of(token.text)
            yield token


def word_analyzer(language: str | None) -> Analyzer:
    """Make the Whoosh analyzer of a text field.

    Args:
        language: One of :func:`languages`, or ``None`` for no stemming.

    Raises:
        SchemaError: There is no stemmer for that language.
    """
    normalizer(language)
    return RegexTokenizer(TOKEN_PATTERN) | TermFilter(language)


# Snowball's names of the languages whose stop words Whoosh knows by their ISO 639 code.
_STOP_WORD_CODES: Final = {
    "danish": "da", "dutch": "nl", "dutch_porter": "nl", "english": "en", "finnish": "fi",
    "french": "fr", "german": "de", "hungarian": "hu", "italian": "it", "norwegian": "no",
    "porter": "en", "portuguese": "pt", "russian": "ru", "spanish": "es", "swedish": "sv",
    "turkish": "tr",
}  # fmt: skip


@lru_cache(maxsize=64)
def stop_terms(language: str | None) -> frozenset[str]:
    """Find the terms of a language that say nothing in a query, as the index knows them.

    Empty for a language whose stop words are not known, and for ``None``.
    """
    words: Any = stoplists.get(_STOP_WORD_CODES.get(language or "", ""), ())
    term_of = normalizer(language)
    return frozenset(map(term_of, words))


@lru_cache(maxsize=64)
def terms_of(language: str | None) -> Callable[[str], tuple[str, ...]]:
    """Find the function that gives the terms of a token in a language."""
    term_of = normalizer(language)
    return lambda token: (term_of(token),)


def analyze(text: str, language: str | None) -> list[tuple[str, ...]]:
    """Give for each token of a text, in order, its terms."""
    return list(map(terms_of(language), token_pattern().findall(text)))


def pattern_terms(text: str, language: str | None) -> tuple[str, ...]:
    """Write a pattern as terms of a language are written."""
    return (normalizer(language)(text),)
