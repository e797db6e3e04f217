"""Which field does a key of a record belong to, and how does its value get there?

Records come from JSON, from front matter, and from the labels of an archive export. Their keys
are looked up in :data:`KEYS` without regard to case, spaces, hyphens and underscores
(``publishedAt``, ``published_at`` and ``Published at`` are one key). Where two keys of a record
mean the same field, the first in the table wins. What is ``null`` or empty is missing. Every key
that is not in the table, or lost to another, is kept in ``Article.extra`` under its own name.

Values are converted where that can't change what they say: a number that is an ``id`` becomes
text, a single value where a list is expected becomes a list of one, ``"Sport, Rugby"`` becomes
two categories. Where only a part of a value is used, the whole of it is kept in ``extra`` too: a
date that something unreadable follows ("31-MAR-1987 605:12:19", "9 April 1987 (a guess)"), and an
object with a ``name``, as news APIs write their sources and authors, which stands for that name.
"""

from __future__ import annotations

import math
import re
import reprlib
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from searchlib.articles.dates import (
    has_time,
    read_date,
    read_date_at_start,
    read_timestamp,
    to_day,
    to_moment,
)
from searchlib.articles.model import Article
from searchlib.errors import Problem, explain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from pydantic import JsonValue

KEYS: dict[str, tuple[str, ...]] = {
    "id": ("id", "_id", "uuid", "guid"),
    "title": ("title", "headline"),
    "body": ("body", "text", "content"),
    "published": (
        "published", "date", "published_at", "published_on", "pubdate", "publication_date",
        "publish_date", "date_published", "date_of_publication",
    ),
    "document_date": ("document_date",),
    "categories": (
        "categories", "category", "tags", "topics", "keywords", "sections",
        "tag", "topic", "keyword", "section",
    ),
    "source": ("source", "publisher"),
    "dateline": ("dateline",),
    "places": ("places", "place", "locations", "location"),
    "authors": ("authors", "author", "byline"),
    "language": ("language", "lang"),
    "url": ("url", "link", "href"),
}  # fmt: skip
"""The keys that are understood, for each field of :class:`Article`; the first one wins."""

DATE_FIELDS = frozenset({"published", "document_date"})

PLACE_FIELDS = frozenset({"file", "line", "record"})
"""The fields of :class:`Article` that say where it was read; no record can set them."""

_DEEPEST = 100  # levels in ``extra``: what nests deeper can't be read back from a stored article
_SHORTEN = reprlib.Repr()
_SHORTEN.maxstring = _SHORTEN.maxother = 60


class _UnfitError(ValueError):
    """A value that its field has no use for."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def _squeeze(key: str) -> str:
    return re.sub(r"[\s_-]+", "", key).lower()


_PLACES = {
    _squeeze(key): (field, rank) for field, keys in KEYS.items() for rank, key in enumerate(keys)
}


@lru_cache(maxsize=1024)
def find_field(key: str) -> tuple[str, int] | None:
    """Find the field that a key stands for, and the key's rank among those that do."""
    return _PLACES.get(_squeeze(key)) if len(key) <= 64 else None


def has_field(record: Mapping[str, JsonValue], field: str) -> bool:
    """Whether a key of a record means a field and has a value for it."""
    return any(
        (find_field(key) or ("", 0))[0] == field and not _is_missing(value)
        for key, value in record.items()
    )


def to_article(
    record: Mapping[str, JsonValue],
    path: Path | None = None,
    line: int | None = None,
    lines: Mapping[str, int] | None = None,
) -> Article | Problem:
    """Make an article of a record, by :data:`KEYS`.

    Args:
        record: What was read, by the names that it has in the file.
        path: The file, for the report of a problem.
        line: The line that the record begins on.
        lines: The lines of keys that have a line of their own.

    Returns:
        The article, or what is wrong with the first field that can't be used.
    """
    chosen, extra = _sort_out(record)
    try:
        return Article.model_validate(_convert(chosen, extra))
    except _UnfitError as error:
        field, reason = error.field, str(error)
    except ValidationError as error:
        found, reason = explain(error)
        field = found.split(".")[0] if found else ""
    except RecursionError:
        field, reason = "extra", _too_deep()
    if field in chosen and lines:
        line = lines.get(chosen[field][0], line)
    return Problem(_fit(reason), path, line, field or None, _key_of(chosen))


def _sort_out(
    record: Mapping[str, JsonValue],
) -> tuple[dict[str, tuple[str, JsonValue]], dict[str, JsonValue]]:
    """Choose a key and its value for each field, and collect everything else."""
    chosen: dict[str, tuple[str, JsonValue]] = {}
    ranks: dict[str, int] = {}
    extra: dict[str, JsonValue] = {}
    for key, value in record.items():
        place = find_field(key)
        if place is None:
            if value is not None or key not in PLACE_FIELDS:
                extra[key] = value
        elif not _is_missing(value):
            field, rank = place
            if field not in chosen:
                chosen[field], ranks[field] = (key, value), rank
            elif rank < ranks[field]:
                extra.update([chosen[field]])
                chosen[field], ranks[field] = (key, value), rank
            else:
                extra[key] = value
    return chosen, _unwrap(extra)


def _is_missing(value: JsonValue) -> bool:
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value in ([], {})


def _unwrap(extra: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Merge the ``extra`` of an article that searchlib itself wrote, so that it reads the same."""
    inner = extra.get("extra")
    if isinstance(inner, dict) and not inner.keys() & extra.keys():
        del extra["extra"]
        extra.update(inner)
    return extra


def _convert(
    chosen: Mapping[str, tuple[str, JsonValue]], extra: dict[str, JsonValue]
) -> dict[str, object]:
    fields: dict[str, object] = {}
    for field, (key, value) in chosen.items():
        try:
            fields[field] = _CONVERTERS[field](value)
        except ValueError as error:
            raise _UnfitError(field, str(error)) from None
        if _was_taken_in_part(field, value):
            extra[key] = value
    _settle_dates(fields)
    if extra:
        _check("extra", extra, depth=0)
        fields["extra"] = extra
    return fields


def _settle_dates(fields: dict[str, object]) -> None:
    """Give each date its type, and keep the time of day of the publication if nothing else has."""
    published = cast("date | None", fields.get("published"))
    document_date = cast("date | None", fields.get("document_date"))
    if published is not None:
        fields["published"] = to_day(published)
        if document_date is None and has_time(published):
            document_date = published
    if document_date is not None:
        fields["document_date"] = to_moment(document_date)


def _to_date(value: JsonValue) -> date:
    found = None
    if isinstance(value, str):
        found = read_date(value) or read_date_at_start(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        found = read_timestamp(value)
    if found is None:
        raise ValueError(
            "expected a complete date such as 2025-02-17 or February 17, 2025 (or, as a number, "
            f"seconds since 1970), got {_SHORTEN.repr(value)}; correct it or leave it out"
        )
    return found


def _to_id(value: JsonValue) -> JsonValue:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else value


def _to_text(value: JsonValue) -> JsonValue:
    value = _name_of(value)
    if isinstance(value, str) and "\r" in value:
        return value.replace("\r\n", "\n").replace("\r", "\n")
    return value


def _to_title(value: JsonValue) -> JsonValue:
    return " ".join(value.split()) if isinstance(value, str) else value


def _to_list(value: JsonValue) -> list[JsonValue]:
    items = value if isinstance(value, list) else [value]
    return [_to_id(_name_of(item)) for item in items if not _is_missing(item)]


def _to_categories(value: JsonValue) -> list[JsonValue]:
    return [*split_list(value)] if isinstance(value, str) else _to_list(value)


def split_list(text: str) -> list[str]:
    """Split ``",English,International - ,Snippets"`` at its commas.

    Items that are empty and dashes at an item's ends go; the hyphen of "Asia-Pacific" stays.
    """
    items = (item.strip(" \t\r\n-–—") for item in text.split(","))
    return [item for item in items if item]


def _was_taken_in_part(field: str, value: JsonValue) -> bool:
    """Tell whether only a name was taken out of an object, or a date out of a longer text."""
    if field in DATE_FIELDS:
        return isinstance(value, str) and read_date(value) is None
    return isinstance(value, (dict, list)) and _has_object(value)


def _has_object(value: JsonValue) -> bool:
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, dict) for item in items)


def _name_of(value: JsonValue) -> JsonValue:
    name = value.get("name") if isinstance(value, dict) else None
    return name if isinstance(name, str) else value


_CONVERTERS: dict[str, Callable[[JsonValue], object]] = {
    "id": _to_id,
    "title": _to_title,
    "body": _to_text,
    "published": _to_date,
    "document_date": _to_date,
    "categories": _to_categories,
    "source": _to_text,
    "dateline": _to_text,
    "places": _to_list,
    "authors": _to_list,
    "language": _to_text,
    "url": _to_text,
}


def _check(key: str, value: JsonValue, depth: int) -> None:
    """Refuse what could be read here, but not be stored and read again.

    The model takes white space off every text, and off every key.
    """
    if depth > _DEEPEST:
        raise _UnfitError("extra", _too_deep())
    if isinstance(value, float) and not math.isfinite(value):
        raise _UnfitError("extra", f"expected a number that JSON can hold in {key!r}, got {value}")
    if isinstance(value, dict):
        if len({name.strip() for name in value}) < len(value):
            raise _UnfitError("extra", f"two keys in {key!r} differ in nothing but white space")
        for name, item in value.items():
            _check(name, item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(key, item, depth + 1)


def _too_deep() -> str:
    return f"expected objects and lists of at most {_DEEPEST} levels, got more; flatten them"


def _fit(reason: str) -> str:
    return reason if len(reason) <= 1000 else f"{reason[:1000]}…"


def _key_of(chosen: Mapping[str, tuple[str, JsonValue]]) -> str | None:
    value = chosen["id"][1] if "id" in chosen else None
    return str(value) if isinstance(value, (str, int)) else None
