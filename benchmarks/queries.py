"""Which queries? Drawn from the articles themselves, the same for the same seed.

Only words that every engine sees as the same one word are drawn: plain letters, at least three of
them, not part of an acronym, a number or a compound, and no stop words. A word is drawn from the
different words of an article, so a common one comes up more often, as it does with users.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice, pairwise
from typing import TYPE_CHECKING, Final, Literal

import Stemmer

from searchlib.analysis import stop_terms, terms_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from searchlib import Article

Form = Literal["and", "or", "phrase", "prefix", "wildcard"]

KINDS: Final = {
    "word": "one word",
    "and2": "AND of 2",
    "or3": "OR of 3",
    "phrase2": "phrase of 2",
    "prefix": "prefix",
    "wildcard": "wildcard",
    "date_word": "date range and word",
    "keyword_word": "keyword and word",
    "or12": "OR of 12 (a sentence)",
    "snippets": "search and ten snippets",
}

_FREE_WORD: Final = re.compile(r"(?<![\w.,'’&-])[A-Za-z]{3,24}(?![\w'’&-]|[.,]\w)")
_TERMS_OF: Final = terms_of("english")
_OTHER_STEM: Final[Callable[[str], str]] = Stemmer.Stemmer("porter").stemWord
_STOP_TERMS: Final = stop_terms("english")
_ATTEMPTS: Final = 100


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked, in no engine's language.

    Attributes:
        kind: Which of :data:`KINDS` it belongs to.
        form: How the words belong together; a single word is an "and" of one.
        words: Words in lower case; the letters of a prefix, or a pattern with ``*`` and ``?``.
        category: A category that hits must have.
        days: The first and the last day of publication that hits may have.
        limit: How many hits are asked for.
    """

    kind: str
    form: Form
    words: tuple[str, ...]
    category: str | None = None
    days: tuple[date, date] | None = None
    limit: int = 10


def draw_queries(
    articles: Sequence[Article], kinds: Sequence[str], count: int, seed: int
) -> dict[str, list[Query]]:
    """Draw queries of each kind.

    Args:
        articles: Where they are drawn from.
        kinds: Names from :data:`KINDS`.
        count: How many different ones of each kind. Few articles may give fewer, or none.
        seed: Any whole number.
    """
    drawn: dict[str, list[Query]] = {}
    for kind in kinds:
        chance = random.Random(f"{seed} {kind}")
        order = chance.sample(articles, len(articles))
        found: dict[Query, None] = {}
        for article in islice(cycle(order), _ATTEMPTS * count):
            query = _DRAWS[kind](article, chance)
            if query is not None:
                found[query] = None
            if len(found) == count:
                break
        drawn[kind] = list(found)
    return drawn


def _stem(word: str) -> str:
    return _TERMS_OF(word)[0]


def _is_content(word: str) -> bool:
    return word not in _STOP_TERMS and _stem(word) not in _STOP_TERMS


def _words(article: Article) -> list[str]:
    """Find the different words of an article that say something."""
    found = (match.group().lower() for match in _FREE_WORD.finditer(article.body))
    return [word for word in dict.fromkeys(found) if _is_content(word)]


def _pairs(article: Article) -> Iterator[tuple[str, str]]:
    """Find words with nothing but space between them."""
    for first, second in pairwise(_FREE_WORD.finditer(article.body)):
        if article.body[first.end() : second.start()].isspace():
            pair = first.group().lower(), second.group().lower()
            if all(map(_is_content, pair)):
                yield pair


def _some(kind: str, form: Form, size: int) -> Callable[[Article, random.Random], Query | None]:
    def draw(article: Article, chance: random.Random) -> Query | None:
        words = _words(article)
        if len(words) < size:
            return None
        return Query(kind, form, tuple(chance.sample(words, size)))

    return draw


def _phrase(article: Article, chance: random.Random) -> Query | None:
    pairs = list(_pairs(article))
    return Query("phrase2", "phrase", chance.choice(pairs)) if pairs else None


def _sentence(article: Article, chance: random.Random) -> Query | None:
    words = _words(article)
    if len(words) < 12:
        return None
    start = chance.randrange(len(words) - 11)
    return Query("or12", "or", tuple(words[start : start + 12]))


def _prefix(article: Article, chance: random.Random) -> Query | None:
    """Draw four or five letters that no stemmer shortens."""
    length = chance.choice((4, 5))
    found = {word[:length] for word in _words(article) if len(word) > length}
    kept = sorted(letters for letters in found if letters == _stem(letters) == _OTHER_STEM(letters))
    return Query("prefix", "prefix", (chance.choice(kept),)) if kept else None


def _wildcard(article: Article, chance: random.Random) -> Query | None:
    """Draw a pattern for stems, which is what indexes hold."""
    stems = [stem for stem in map(_stem, _words(article)) if len(stem) >= 6]
    if not stems:
        return None
    stem = chance.choice(stems)
    pattern = chance.choice((f"{stem[:3]}*{stem[-2:]}", f"{stem[:3]}?{stem[4:]}"))
    return Query("wildcard", "wildcard", (pattern,))


def _date_word(article: Article, chance: random.Random) -> Query | None:
    """Draw a word, and a span of one to sixty days in which an article with it was published."""
    words = _words(article)
    if not words or article.published is None:
        return None
    length = chance.randint(1, 60)
    first = article.published - timedelta(chance.randrange(length))
    days = first, first + timedelta(length - 1)
    return Query("date_word", "and", (chance.choice(words),), days=days)


def _keyword_word(article: Article, chance: random.Random) -> Query | None:
    words = _words(article)
    labels = [label for label in article.categories if re.fullmatch(r"[\w-]+", label)]
    if not words or not labels:
        return None
    chosen = chance.choice(labels)
    return Query("keyword_word", "and", (chance.choice(words),), category=chosen)


def _for_snippets(article: Article, chance: random.Random) -> Query | None:
    """Draw a query of one of the kinds that people look at snippets of."""
    query = _DRAWS[chance.choice(("word", "and2", "or3", "phrase2"))](article, chance)
    return query and Query("snippets", query.form, query.words)


_DRAWS: Final[dict[str, Callable[[Article, random.Random], Query | None]]] = {
    "word": _some("word", "and", 1),
    "and2": _some("and2", "and", 2),
    "or3": _some("or3", "or", 3),
    "phrase2": _phrase,
    "prefix": _prefix,
    "wildcard": _wildcard,
    "date_word": _date_word,
    "keyword_word": _keyword_word,
    "or12": _sentence,
    "snippets": _for_snippets,
}
