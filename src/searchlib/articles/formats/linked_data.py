"""What does a web page tell search engines about its article, as JSON-LD by schema.org?

trafilatura takes headline, authors, publisher and sections from it, but no keywords and no time of
day, and no authors from JSON with a mistake in it. These are read here.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from searchlib.articles.conversion import to_authors, to_categories
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement
    from pydantic import JsonValue

_LONGEST: Final = 1 << 20  # characters of a script
_DEEPEST: Final = 4  # objects around that of the article
_KIND: Final = re.compile(r"(?:.*[/:])?\w*(?:Article|BlogPosting)")
_SPARE_COMMA: Final = re.compile(r",(?=\s*[}\]])")


@frozen
class LinkedData:
    """What a page says of its article.

    Attributes:
        published: The date, as it is written there.
        keywords: What it is about.
        authors: The names of its authors.
    """

    published: str | None = None
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


def read_linked_data(tree: HtmlElement) -> LinkedData:
    """Find what a page says of its only article; of several articles it says nothing for certain.

    Args:
        tree: The page.
    """
    articles = [article for value in _values(tree) for article in _articles(value, 0)]
    if len(articles) != 1:
        return LinkedData()
    (article,) = articles
    published = article.get("datePublished")
    return LinkedData(
        published if isinstance(published, str) else None,
        _texts(to_categories(article.get("keywords"))),
        _texts(to_authors(article.get("author"))),
    )


def _values(tree: HtmlElement) -> Iterator[JsonValue]:
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "") or len(text) > _LONGEST:
            continue
        for each in (text, _SPARE_COMMA.sub("", text)):
            try:
                yield json.loads(each, strict=False)
            except (ValueError, RecursionError):
                continue
            break


def _articles(value: JsonValue, depth: int) -> Iterator[dict[str, JsonValue]]:
    if isinstance(value, list) and depth < _DEEPEST:
        for item in value:
            yield from _articles(item, depth + 1)
    if not isinstance(value, dict):
        return
    kinds = value.get("@type")
    if any(map(_is_article, kinds if isinstance(kinds, list) else [kinds])):
        yield value
    elif depth < _DEEPEST:
        for key in ("@graph", "mainEntity"):
            yield from _articles(value.get(key), depth + 1)


def _is_article(kind: JsonValue) -> bool:
    return isinstance(kind, str) and _KIND.fullmatch(kind) is not None


def _texts(labels: list[JsonValue]) -> tuple[str, ...]:
    return tuple(label for label in labels if isinstance(label, str))
