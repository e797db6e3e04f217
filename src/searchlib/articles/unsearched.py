"""Which texts of a record can't be found, as no field of the article has them?

What is kept in ``Article.extra`` is not searched. That is right for most of it, but a long text
under a key that we don't know may well be the article: the user should hear of it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from searchlib.articles.conversion import SHORTEN
from searchlib.articles.markup import strip_html
from searchlib.articles.shapes import text_of
from searchlib.errors import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import JsonValue

    from searchlib.articles.mapping import SortedKeys
    from searchlib.articles.model import Article

LONG: Final = 200
"""Characters from which a text is worth a notice."""

_FEW_WORDS: Final = 20  # fewer in so long a text: an address, a code, a list of numbers
_DEEPEST: Final = 6  # objects in one another that are looked into
_COMPARED: Final = 200  # characters of a text that are looked for in the body
_OFTEN_ENOUGH: Final = 5  # articles whose text is in the body: the key is not looked at again


class UnsearchedTexts:
    """Notices long texts that no field takes, once for each key of a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._settled: set[str] = set()
        self._repeats: Counter[str] = Counter()

    def notices(self, found: SortedKeys, article: Article) -> Iterator[Notice]:
        """Give a notice for each key that has such a text and had none before."""
        for key, value in found.extra.items():
            if key in self._settled or not isinstance(value, (str, list, dict)):
                continue
            texts = [*_long_texts(key, value)]
            lost = next((each for each in texts if not _is_in(article, each[1])), None)
            if lost is not None:
                self._settled.add(key)
                yield self._notice(*lost, found, article)
            elif texts:
                self._repeats[key] += 1
                if self._repeats[key] >= _OFTEN_ENOUGH:
                    self._settled.add(key)

    def _notice(self, key: str, text: str, found: SortedKeys, article: Article) -> Notice:
        keys = f"{found.chosen['body'][0]}+{key}" if "body" in found.chosen else key
        if set(keys) & set(",= "):
            how = "name it in a file for --map-file"
        else:
            how = f"map it: --map body={keys}"
        return Notice(
            f"{SHORTEN.repr(key)} holds a text ({len(text):,} characters) that is kept but can't "
            f"be searched, as it is no field of an article; {how}",
            self._path,
            article.line,
            kind="text",
        )


def _long_texts(key: str, value: JsonValue, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Give the long texts of a value, with their keys: of an object those in it, one by one."""
    text = text_of(value) if isinstance(value, list) else value
    if isinstance(text, (dict, list)) and depth < _DEEPEST:
        inner = text.items() if isinstance(text, dict) else ((None, item) for item in text)
        for name, each in inner:
            if name is not None or isinstance(each, dict):
                yield from _long_texts(f"{key}.{name}" if name else key, each, depth + 1)
    elif isinstance(text, str) and len(text) >= LONG:
        plain = strip_html(text)
        if len(plain) >= LONG and len(plain.split()) >= _FEW_WORDS:
            yield key, plain


def _is_in(article: Article, text: str) -> bool:
    """Whether the article has the text, or begins as it does, in what is searched."""
    return _squeezed(text)[:_COMPARED] in _squeezed(f"{article.title} {article.body}")


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
