"""How would a file be read? Field by field, and which key of the file each value is from."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Literal

from searchlib.articles.model import Article
from searchlib.articles.options import ReadOptions
from searchlib.articles.paths import find_paths, root_of
from searchlib.articles.reading import read_paths
from searchlib.frozen import frozen

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from searchlib.articles.field_keys import FieldKeys
    from searchlib.articles.mapping import SortedKeys
    from searchlib.errors import Notice, Problem

_PLACE = ("file", "line", "record")


@frozen
class Inspected:
    """An article, and where its fields are from.

    Attributes:
        article: The article.
        keys: The key in the file for each field that has one; a field without is computed, or
            the file's format says which it is.
    """

    article: Article
    keys: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON: each field that has a value, with the key that it is from."""
        values = self.article.model_dump(mode="json")
        place = {name: values.pop(name) for name in _PLACE}
        extra = values.pop("extra")
        fields = {
            name: {"value": value, "key": self.keys.get(name)}
            for name, value in values.items()
            if value not in (None, "", [])
        }
        return {**place, "fields": fields, "extra": extra}


def inspect(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    encoding: str | None = None,
    mapping: FieldKeys | None = None,
    dates: Literal["dmy", "mdy"] | None = None,
) -> Iterator[Inspected | Problem | Notice]:
    """Read articles as :func:`searchlib.read_articles` does, and tell which keys they are from.

    Args:
        paths: A file or a folder, or several.
        encoding: As for :func:`searchlib.read_articles`.
        mapping: As for :func:`searchlib.read_articles`.
        dates: As for :func:`searchlib.read_articles`.

    Raises:
        SourceNotFoundError: One of the paths does not exist. Raised at once, before reading.
        ArgumentError: An argument is something else.
    """
    found = find_paths(paths)
    keys: dict[str, str] = {}

    def watch(_: Article, sorted_keys: SortedKeys) -> None:
        keys.update({name: key for name, (key, _) in sorted_keys.chosen.items()})

    options = ReadOptions.of(encoding=encoding, mapping=mapping, dates=dates)
    items = read_paths(found, root_of(found), replace(options, watch=watch))
    return _inspected(items, keys)


def _inspected(
    items: Iterable[Article | Problem | Notice], keys: dict[str, str]
) -> Iterator[Inspected | Problem | Notice]:
    for item in items:
        if isinstance(item, Article):
            yield Inspected(item, dict(keys))
            keys.clear()
        else:
            yield item
