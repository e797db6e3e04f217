"""Where are the articles in a value of JSON, and where is the text in a value of a record?

News comes in envelopes. A search interface answers ``{"status": "ok", "articles": [...]}`` or
``{"response": {"docs": [...]}}``, a database ``{"hits": {"hits": [{"_source": {...}}]}}``, a reader
of feeds ``{"title": "Starred", "items": [...]}``. :func:`records_in` gives the articles. An
object that has a text of its own is an article, whatever lists are in it.

Values are wrapped, too: ``{"rendered": "<p>..."}``, ``{"$date": 1607738460000}``, ``[{"name":
"persons", "value": "Roe, Jane"}]``. :func:`unwrap` and :func:`text_of` give what is inside.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from searchlib.articles.frames import rows_of
from searchlib.articles.related import is_link, object_of, with_embedded, with_related
from searchlib.articles.rich_text import KINDS, inline_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic import JsonValue

    Object = Mapping[str, JsonValue]
    Has = Callable[[Object, str], bool]

_DEEPEST: Final = 6  # envelopes in one another: Reddit's are of four

_LISTS: Final = (
    "articles", "items", "results", "hits", "docs", "documents", "entries", "posts", "stories",
    "records", "rows", "edges", "nodes", "children", "article", "item", "entry", "doc", "story",
    "channel",
)  # fmt: skip
"""Keys of the lists in envelopes, small letters. Such a list is one even beside a title."""

_INNER: Final = (
    "_source", "node", "data", "article", "document", "doc", "item", "post", "story", "tweet",
    "entry", "fields", "attributes", "record", "meta", "metadata", "frontmatter", "front_matter",
    "properties", "snippet", "object", "content",
)  # fmt: skip
"""Keys of objects that hold the fields of an article, or the rest of them."""

_SCALARS: Final = (
    "rendered", "main", "$date", "$oid", "$numberLong", "$numberInt", "$numberDouble", "$t",
    "#text", "_", "@value", "__cdata", "#cdata", "value", "original", "plain", "text", "raw",
    "html", "content", "basic", "default", "name", "title", "label", "iso", "date", "url", "href",
)  # fmt: skip
"""Keys of what a wrapped value is, the first that is there."""

_NAMES: Final = (
    "value", "name", "label", "prefLabel", "full_name", "fullName", "display_name", "displayName",
    "title", "term", "tag", "webTitle", "#text", "_", "$t", "@value", "rendered", "text",
    "original", "main", "default", "nickname", "username", "domain", "slug", "code", "qcode",
    "id",
)  # fmt: skip
"""Keys of what a label is called. "value" is first: beside it the name is the kind of label."""

_GIVEN: Final = ("firstname", "first_name", "firstName", "given", "given_name", "givenName")
_FAMILY: Final = ("lastname", "last_name", "lastName", "family", "family_name", "familyName")

_LEAST_YEAR: Final = 999
_PART: Final = re.compile(r"\d{1,4}", re.ASCII)

_LABELS: Final = ("nodes", "edges", "node", "data", "attributes", "fields")
"""Keys of the labels in an object around them."""

NESTED: Final = frozenset[object]({dict, list})
"""The types of values with others in them."""
_SIMPLE: Final = frozenset[object]({str, int, bool, type(None)})
_FLAT: Final = _SIMPLE | {list}
_LANGUAGE: Final = re.compile("[a-z]{2}(?:[-_][A-Za-z]{2,4})?")

_TEXTS: Final = (
    "rendered", "text", "content", "html", "body", "value", "main", "plain", "raw", "#text",
    "$t", "_", "@value", "__cdata", "p", "paragraph", "paragraphs", "blocks", "elements",
    "children", "content_elements", "data", "default", "items", "rows", "cells", "bodyHtml",
    "body_html",
)  # fmt: skip
"""Keys of the text in a wrapped text, or of the parts that it is made of."""


def records_in(value: dict[str, JsonValue], has_field: Has) -> list[JsonValue]:
    """Find the articles that an object holds: those in it if it is an envelope, else itself.

    Args:
        value: An object of JSON.
        has_field: Tells whether an object has a field: "title", "body", or "text", a body that is
            no mere description.

    Returns:
        The objects of the articles, with the fields of objects inside them brought up, and whatever
        else is in the list of an envelope.
    """
    if count_flat_texts(value):
        return [value]
    lists = [inner for inner in value.values() if isinstance(inner, list)]
    has_nested = any(isinstance(inner, dict) for inner in value.values()) or any(
        inner and type(inner[0]) in NESTED for inner in lists
    )
    if has_nested or (len(lists) > 1 and len(lists) == len(value)):
        return _in_nested(value, has_field)
    has_empty_list = any(inner == [] and key.lower() in _LISTS for key, inner in value.items())
    return [] if has_empty_list and not has_text(value, has_field) else [value]


def count_flat_texts(value: Object) -> int:
    """Count the texts in an object that holds nothing but texts, whole numbers and lists of them.

    Most records are such objects, and hold one article: an empty list may be that of an envelope,
    a number with a fraction infinite, and an object without any text a table by columns, but these
    are not counted.

    Returns:
        The number of texts; 0 for any other object.
    """
    kinds = [*map(type, value.values())]
    texts = kinds.count(str)
    if not texts or not _FLAT.issuperset(kinds):
        return 0
    for key, inner in value.items() if list in kinds else ():
        if isinstance(inner, list):
            items = [*map(type, inner)]
            if not _SIMPLE.issuperset(items) or (not inner and key.lower() in _LISTS):
                return 0
            texts += items.count(str)
    return texts


def _in_nested(value: Object, has_field: Has) -> list[JsonValue]:
    """Find the articles in an object that has an object in it, or in a list in it."""
    found = rows_of(value, has_field)
    if found is None:
        found = _in_envelope(value, has_field, 0)
    items = [dict(value)] if found is None else found
    return [
        dict(with_embedded(flatten(item, has_field))) if isinstance(item, dict) else item
        for item in items
    ]


def _in_envelope(value: Object, has_field: Has, depth: int) -> list[JsonValue] | None:
    is_text = has_field(value, "text") and not _is_page(value, has_field)
    if depth > _DEEPEST or is_text:
        return None
    is_titled = has_field(value, "title")
    found: list[JsonValue] | None = None
    known = [*_by_rank(value, _LISTS)]
    for key in known:
        items = _articles_of(value[key], has_field, depth)
        if items is not None and (items or not is_titled):
            found = [*(found or ()), *items]
    if is_titled:
        return found  # a list that we don't know, beside a title: related articles, comments
    for key, inner in value.items():
        items = None if key in known else _articles_of(inner, has_field, depth)
        if items and (not found or _are_whole(items, has_field)):
            found = [*(found or ()), *items]
    if found is None:
        return _by_key(value, has_field) or _alone(value, has_field)
    return with_related(found, value)


def _are_whole(items: list[JsonValue], has_field: Has) -> bool:
    """Whether a list beside that of the articles has some too, not their topics or authors."""
    inner = (flatten(item, has_field) for item in items[:20] if isinstance(item, dict))
    return any(has_field(item, "title") and has_field(item, "text") for item in inner)


def _articles_of(value: JsonValue, has_field: Has, depth: int) -> list[JsonValue] | None:
    if isinstance(value, dict):
        return _in_envelope(value, has_field, depth + 1)
    if not isinstance(value, list):
        return None
    objects = [item for item in value[:20] if isinstance(item, dict)]
    is_article = any(has_text(flatten(item, has_field), has_field) for item in objects)
    if is_article or not value:
        return value
    if not any(_in_envelope(item, has_field, depth + 1) for item in objects):
        return None
    return [each for item in value for each in _opened(item, has_field, depth + 1)]


def _opened(value: JsonValue, has_field: Has, depth: int) -> list[JsonValue]:
    """Give the articles in an envelope in a list of them, and else what it is."""
    items = _in_envelope(value, has_field, depth) if isinstance(value, dict) else None
    return [value] if items is None else items


def _is_page(value: Object, has_field: Has) -> bool:
    """Whether what looks like a text are articles: ``{"content": [{"title": ...}], "page": 0}``.

    The parts of a text may have titles, but then the text has one, or a date, or an address.
    """
    if any(has_field(value, field) for field in ("title", "published", "url")):
        return False
    for inner in value.values():
        objects = inner[:20] if isinstance(inner, list) else [inner]
        if any(isinstance(item, dict) and has_field(item, "title") for item in objects):
            return True
    return False


def _alone(value: Object, has_field: Has) -> list[JsonValue] | None:
    """Bring up the only object in another that is an article: ``{"response": {"post": {...}}}``."""
    keys = [key for key, inner in value.items() if isinstance(inner, dict)]
    found = [key for key in keys if has_text(flatten(object_of(value[key]), has_field), has_field)]
    if len(found) != 1:
        return None
    rest = {name: inner for name, inner in value.items() if name != found[0]}
    inner = object_of(value[found[0]])
    lost = {name: rest[name] for name in rest if name in inner}
    return [{**rest, **inner, **({found[0]: lost} if lost else {})}]


def _by_key(value: Object, has_field: Has) -> list[JsonValue] | None:
    """Read an object whose keys are the ids of articles."""
    objects = [item for item in value.values() if isinstance(item, dict)]
    if len(objects) < len(value) or len(objects) < 2:
        return None
    if not all(has_text(item, has_field) for item in objects):
        return None
    return [{"id": key, **item} for key, item in zip(value, objects, strict=True)]


def has_text(value: Object, has_field: Has) -> bool:
    """Whether an object has what an article needs."""
    return has_field(value, "title") or has_field(value, "body")


def flatten(record: Object, has_field: Has) -> Object:
    """Bring the fields up that stand in an object inside a record: ``{"_source": {...}}``.

    Keys that are in both keep the inner value; an outer value that differs stays where the inner
    object was.
    """
    for _ in range(_DEEPEST):
        key = next((key for key in _by_rank(record, _INNER) if _adds(record, key, has_field)), None)
        if key is None:
            break
        inner = record[key]
        assert isinstance(inner, dict)
        rest = {name: value for name, value in record.items() if name != key}
        lost = {name: rest[name] for name in rest if name in inner and rest[name] != inner[name]}
        record = {**rest, **inner, **({key: lost} if lost and key not in inner else {})}
    return record


def _adds(record: Object, key: str, has_field: Has) -> bool:
    """Whether an object inside a record has a title or a text that the record lacks."""
    inner = record[key]
    return isinstance(inner, dict) and any(
        has_field(inner, field) and not has_field(record, field)
        for field in ("title", "body", "text")
    )


def _by_rank(value: Object, keys: tuple[str, ...]) -> Iterator[str]:
    known = {key.lower(): key for key in value}
    return (known[key] for key in keys if key in known)


def unwrap(value: JsonValue) -> JsonValue:
    """Give the value inside an object such as ``{"rendered": "..."}``, else the value itself.

    Of ``{"year": 2025, "month": 3, "day": 4}`` it is a date.
    """
    for _ in range(_DEEPEST):
        if not isinstance(value, dict):
            break
        if (year := _part(value.get("year"))) and year > _LEAST_YEAR:
            return _from_parts(value, year)
        key = _inner_key(value, _SCALARS) or _only_text(value) or _first_language(value)
        if key is None:
            break
        value = value[key]
    return value


def _part(value: JsonValue) -> int | None:
    """Give the number that a part of a date is, maybe as text: ``2025``, ``"03"``."""
    if isinstance(value, str) and _PART.fullmatch(value):
        return int(value)
    return value if type(value) is int else None


def _from_parts(value: Object, year: int) -> str:
    month, day = value.get("month"), _part(value.get("day"))
    number = _part(month)
    if number is None and isinstance(month, str):  # its name
        return f"{day or ''} {month} {year}".strip()
    parts = [year, number, day] if number else [year]
    return "-".join(f"{part:02}" for part in parts if part)


def date_of(value: JsonValue) -> JsonValue:
    """Give the date in an object or list: ``{"date-parts": [[2025, 3, 4]]}``, ``[2025, 3, 4]``."""
    if isinstance(value, dict):
        for key in ("date-parts", "seconds", "_seconds"):  # CSL, Firestore
            if key in value:
                value = value[key]
                break
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, list) and (parts := _numbers(value)):
        numbers = [f"{part:02}" for part in parts[:6]]
        clock = "T" + ":".join(numbers[3:]) if len(numbers) > 4 else ""
        return "-".join(numbers[:3]) + clock
    if isinstance(value, list):
        value = next((item for item in value if item), None)
    return unwrap(value)


def _numbers(value: list[JsonValue]) -> list[int]:
    """Give the year, the month and what follows in a list, as programs in Java write dates.

    Zotero writes them as texts. Of any other list, nothing is given.
    """
    parts = [part for item in value if (part := _part(item)) is not None and part >= 0]
    is_date = len(parts) == len(value) > 1 and parts[0] > _LEAST_YEAR and parts[1] <= 12
    return parts if is_date else []


def rest_of(value: Object, *, is_body: bool) -> Object:
    """Give what an object says besides the value that it wraps."""
    key = _inner_key(value, _TEXTS if is_body else _SCALARS) or _only_text(value)
    if key is None or not isinstance(value[key], str):
        return value
    return {name: item for name, item in value.items() if name != key and item is not None}


def _inner_key(value: Object, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        inner = value.get(key)
        if inner not in (None, "", [], {}) and not isinstance(inner, bool):
            return key
    return None


def text_of(value: JsonValue, depth: int = 0) -> JsonValue:
    """Put the text of a value together: of an object, of a list of paragraphs or of blocks."""
    if depth > _DEEPEST * 2:
        return value
    inline = inline_text(value)
    if inline is not None:
        return inline
    if isinstance(value, list):
        parts = [text_of(item, depth + 1) for item in value]
        texts = [part for part in parts if isinstance(part, str) and part.strip()]
        return "\n\n".join(texts) if texts else value
    if isinstance(value, dict):
        found = (text_of(value[key], depth + 1) for key in _TEXTS if value.get(key))
        text = next((text for text in found if isinstance(text, str) and text.strip()), None)
        if text is not None:
            return text
        # By language, for example.
        rest = [inner for name, inner in value.items() if name not in KINDS]
        joined = text_of(rest, 1) if rest and not depth else value
        return joined if isinstance(joined, str) else value
    return value


def _only_text(value: Object) -> str | None:
    """Find the key of the only text in an object: ``{"en": "..."}``."""
    named = ((key, inner) for key, inner in value.items() if key not in KINDS)
    texts = [key for key, inner in named if isinstance(inner, str) and inner.strip()]
    return texts[0] if len(texts) == 1 else None


def _first_language(value: Object) -> str | None:
    """Find the first text in an object whose keys are languages: "en", "de-DE"."""
    is_by_language = all(map(_LANGUAGE.fullmatch, value))
    texts = (key for key, inner in value.items() if isinstance(inner, str) and inner.strip())
    return next(texts, None) if is_by_language else None


def labels_in(value: Object) -> Object | list[JsonValue]:
    """Give the labels that an object is put around, ``{"edges": [{"node": {...}}]}``, else itself.

    One that refers to a label elsewhere has none.
    """
    if is_link(value):
        return []
    kind = value.get("type")
    keys = (*_LABELS, kind) if isinstance(kind, str) else _LABELS
    found = (inner for key in keys if isinstance(inner := value.get(key), (dict, list)))
    inner = next(found, None)
    return value if inner is None else inner if isinstance(inner, list) else [inner]


def name_of(value: JsonValue) -> JsonValue:
    """Give what an object that is a label is called, else the value itself."""
    if not isinstance(value, dict):
        return value
    for key in _NAMES:
        name = value.get(key)
        if isinstance(name, dict):
            name = unwrap(name)
        if isinstance(name, str) and name.strip():
            return name
    parts = [_first(value, _GIVEN), _first(value, _FAMILY)]
    return " ".join(part for part in parts if part) or value


def _first(value: Object, keys: tuple[str, ...]) -> str:
    found = (value.get(key) for key in keys)
    return next((text for text in found if isinstance(text, str) and text.strip()), "").strip()
