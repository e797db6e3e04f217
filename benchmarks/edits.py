"""How does an article look in another paper? Edited, cut, added to, and under another headline.

Each copy takes one to three of these changes at a rate of its own, so that its similarity to the
article is anything from a half to 1.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Final

from searchlib import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_AGENCIES: Final = (
    "PARIS (AFP) - ",
    "By our own correspondent. ",
    "LONDON, March 3 (Reuters) - ",
    "(c) 2019 Meridian Wire. All rights reserved. ",
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")


class Editor:
    """Makes copies of articles.

    Args:
        articles: Where words and sentences come from that are put in.
        seed: The same seed gives the same copies.
    """

    def __init__(self, articles: Sequence[Article], seed: int) -> None:
        self._chance = random.Random(seed)
        self._others = articles
        self._changes: list[Callable[[list[str], float], list[str]]] = [
            self._edit_words,
            self._cut,
            self._add,
            self._reorder,
            self._agency,
        ]

    def copies(self, articles: Sequence[Article], count: int) -> Iterator[tuple[Article, Article]]:
        """Make so many pairs of an article, drawn at random, and a copy of it."""
        for number in range(count):
            article = self._chance.choice(articles)
            yield article, self.copy(article, f"copy-{number}")

    def copy(self, article: Article, key: str) -> Article:
        """Make a copy under a key of its own."""
        sentences = _SENTENCE.split(article.body)
        rate = self._chance.random()
        for change in self._chance.sample(self._changes, self._chance.randint(1, 3)):
            sentences = change(sentences, rate)
        title = article.title if self._chance.random() < 0.5 else self._headline()
        return Article(id=key, title=title or "Untitled", body=" ".join(sentences))

    def _edit_words(self, sentences: list[str], rate: float) -> list[str]:
        words = self._chance.choice(self._others).body.split() or ["word"]
        changed = rate / 12
        return [
            " ".join(
                self._chance.choice(words) if self._chance.random() < changed else word
                for word in sentence.split()
            )
            for sentence in sentences
        ]

    def _cut(self, sentences: list[str], rate: float) -> list[str]:
        """Leave out the end, as papers do."""
        return sentences[: max(1, round(len(sentences) * (1 - rate / 3)))]

    def _add(self, sentences: list[str], rate: float) -> list[str]:
        """Put in sentences of another article."""
        others = _SENTENCE.split(self._chance.choice(self._others).body)
        place = self._chance.randint(0, len(sentences))
        more = others[: round(len(sentences) * rate / 3)]
        return [*sentences[:place], *more, *sentences[place:]]

    def _reorder(self, sentences: list[str], rate: float) -> list[str]:
        """Exchange two parts of the text."""
        place = round(len(sentences) * rate)
        return [*sentences[place:], *sentences[:place]]

    def _agency(self, sentences: list[str], rate: float) -> list[str]:
        return [self._chance.choice(_AGENCIES) + sentences[0], *sentences[1:]]

    def _headline(self) -> str:
        return self._chance.choice(self._others).title
