"""Queries of all kinds, drawn from articles: the same for the same articles."""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from searchlib import Between, Not
from searchlib.query import (
    And,
    AndMaybe,
    Boost,
    ConstantScore,
    DisjunctionMax,
    Exists,
    Fuzzy,
    MatchAll,
    Near,
    Or,
    Phrase,
    Prefix,
    Range,
    Regex,
    Require,
    Term,
    Verbatim,
    Wildcard,
    Word,
)
from searchlib.query import Not as NotQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from searchlib import Article
    from searchlib.query import Query

EACH = 20
"""How many there are of each kind that is drawn."""


class Question(NamedTuple):
    """What is asked: the first argument of ``search``, and the others."""

    query: str | Query
    options: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.query!s} {self.options or ''}".strip()


class Source:
    """Draws words, phrases and labels from articles, frequent ones more often."""

    def __init__(self, articles: Sequence[Article], seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._articles = articles
        frequencies = Counter(
            word for article in articles[::7] for word in {*re.findall("[a-z]{3,}", article.body)}
        )
        ranked: list[str] = [
            word for word, _ in sorted(frequencies.items(), key=lambda one: (-one[1], one))
        ]
        self._tiers = (ranked[:100], ranked[100:1_000], ranked[1_000:8_000])
        self._labels: dict[str, list[str]] = {
            name: sorted({label for one in articles for label in getattr(one, name)})
            for name in ("categories", "places")
        }

    def word(self) -> str:
        """Any word, be it a stop word."""
        return self._chance.choice(self._chance.choice(self._tiers))

    def words(self, count: int) -> list[str]:
        """Some words."""
        return [self.word() for _ in range(count)]

    def frequent(self) -> str:
        """A word that many articles have."""
        return self._chance.choice(self._tiers[0])

    def passage(self, length: int) -> list[str]:
        """Words as they follow one another in some article."""
        while True:
            words: list[str] = re.findall(r"[^\W\d_]+", self._chance.choice(self._articles).body)
            if len(words) > length + 5:
                start = self._chance.randrange(len(words) - length)
                return words[start : start + length]

    def before_a_long_word(self) -> list[str]:
        """Two words as they follow one another, the second of three letters at least."""
        while len((words := self.passage(2))[1]) < 3:
            pass
        return words

    def label(self, field: str) -> str:
        """A label of a field."""
        return self._chance.choice(self._labels[field])

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high."""
        return self._chance.randint(low, high)

    def day(self) -> str:
        """A day of the time in which most articles were published."""
        return f"1987-{self.number(2, 10):02}-{self.number(1, 28):02}"


def questions(articles: Sequence[Article]) -> dict[str, list[Question]]:
    """Draw questions, by their kind."""
    source = Source(articles)
    drawn = {
        kind: [_question(template(source)) for _ in range(EACH)]
        for kind, template in _TEMPLATES.items()
    }
    return drawn | {
        "trees": [_question(one) for one in _trees(source)],
        "filters": [Question(source.word(), {"filter": one}) for one in _filters(source)],
        "any": [Question(" ".join(source.words(9)), {"match": "any"}) for _ in range(EACH)],
        "fields": [Question(source.frequent(), {"fields": ["title"]}) for _ in range(5)],
        "fixed": [_question(one) for one in FIXED],
    }


def _question(query: str | Query) -> Question:
    return Question(query, {})


def _typo(word: str, place: int) -> str:
    return word[:place] + word[place + 1 :]


_TEMPLATES: dict[str, Callable[[Source], str]] = {
    "word": lambda s: s.word(),
    "and": lambda s: " ".join(s.words(2)),
    "or": lambda s: " OR ".join(s.words(3)),
    "not": lambda s: f"{s.word()} -{s.word()}",
    "nested": lambda s: "({} OR {}) AND ({} OR {}) -{}".format(*s.words(5)),
    "phrase": lambda s: '"{}"'.format(" ".join(s.passage(s.number(2, 4)))),
    "slop": lambda s: '"{} {}"~{}'.format(*s.passage(3)[::2], s.number(2, 4)),
    "phrase with a pattern": lambda s: '"{} {:.3}*"'.format(*s.before_a_long_word()),
    "near": lambda s: "{0} NEAR/{2} {1}".format(*s.passage(2), s.number(1, 8)),
    "pre": lambda s: "{0} PRE/{2} {1}".format(*s.passage(2), s.number(1, 8)),
    "near of several": lambda s: "NEAR({} {} {}, {})".format(*s.passage(5)[::2], s.number(3, 12)),
    "prefix": lambda s: f"{s.word()[: s.number(2, 5)]}*",
    "wildcard": lambda s: f"{(w := s.word())[:1]}?{w[2:4]}*{w[5:6]}",
    "fuzzy": lambda s: f"{_typo(s.word(), 1)}~{s.number(1, 2)}",
    "regex": lambda s: f"/{(w := s.word())[:2]}[a-m].{{0,3}}{w[4:5]}/",
    "field": lambda s: f"title:{s.frequent()} body:{s.frequent()}",
    "label": lambda s: f'categories:"{s.label("categories")}" {s.frequent()}',
    "dates": lambda s: "{} published:[{} TO {}]".format(s.frequent(), *sorted((s.day(), s.day()))),
    "boosts": lambda s: "{}^3 OR {}^.5 ANDMAYBE {}".format(*s.words(3)),
}

FIXED = (
    "*",
    "the",
    "to be or not to be",
    "-the",
    "source:*",
    "places:*",
    "published:1987-03",
    "published:>=1987-10-19",
    "published:1987-02-26..1987-03-05",
    "document_date:1987-02-26T15",
    "document_date:[* TO 1987-03-01]",
    "places:usa -places:japan",
    "places:u*",
    "places:[m TO p}",
    "categories:/ea.n/",
    "categories:grian~",
    "U.S.",
    "don't",
    "COVID-19",
    "Paris-based",
    "mid-1987",
    "co-op*",
    "150,000",
    "dlrs 1.5 mln",
    "R&D",
    "zzzqqq",
    "é",
    "São Paulo",
    "*",
    "o*",
    "*ing",
    "[abc]r?de*",
    '"* bank"',
    '"central * of"',
    '"central-* of"',
    "(oil OR gas) REQUIRE categories:crude",
    '"crude oil"^2 OR opec',
    "oil NEAR/3 (price OR barrel*)",
    '("crude oil" OR crude) PRE/1 prices',
    '"crude oil" NEAR/10 opec',
    "title:[oil TO opec]",
    "id:r1",
    "id:r1*",
)


def _trees(source: Source) -> Iterator[Query]:
    """Queries that only programs ask, each with its neighbours."""
    for _ in range(4):
        word, other, third = (Word(one) for one in source.words(3))
        label = Term("categories", source.label("categories"))
        yield DisjunctionMax((word, other), 0.3)
        yield ConstantScore(Or((word, other)), 2.5)
        yield AndMaybe(word, (other, third))
        yield Require(word, (label,))
        yield And((word, Boost(Or((other, label)), 0.0)))
        yield Or((NotQuery(word), And((other, third))))
        yield NotQuery(Or((word, label)))
        yield Verbatim(Word(source.word()))
        yield Verbatim(Phrase("of the", fields=("body",)))
        yield Fuzzy(source.word(), 2, 2)
        yield Near((word, Near((other, third), 4, ordered=True)), 9)
        yield Near((Phrase(" ".join(source.passage(2))), Or((word, Prefix("ba")))), 20)
    yield MatchAll()
    yield Exists("title")
    yield Exists("body")
    yield Exists("published")
    yield Exists("dateline")
    yield Range("published", "1987-03", "1987-06", include_low=False, include_high=False)
    yield Range("published", None, "1987-03-01")
    yield Range("document_date", "1987-03-01T12:00", None)
    yield Range("id", "r10", "r12")
    yield Range("places", "japan", None, include_low=False)
    yield Wildcard("*r*l*", fields=("places",))
    yield Regex(".*-(east|west)", fields=("places",))
    yield Prefix("west-", fields=("places",))
    yield And((Word("the"), Word("of")))
    yield Or(())
    yield And(())


def _filters(source: Source) -> Iterator[Any]:
    """Filters of each form."""
    for _ in range(3):
        labels = [source.label("places") for _ in range(3)]
        yield {"places": labels}
        yield {"places": Not("usa"), "categories": source.label("categories")}
        yield {"published": Between(source.day(), None)}
        yield {"published": Between("1987-03", "1987-04"), "places": ["usa", "japan"]}
        yield f"{source.frequent()} -places:usa"
        yield [{"places": "usa"}, f"published:<{source.day()}"]
        yield {"title": source.frequent()}
