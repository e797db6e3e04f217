"""What is called, elsewhere in its file, what a record only refers to?

Content management systems write the topics and authors of an article once, and in the article
their numbers. Where their names are looked up:

* WordPress (REST) in ``_embedded`` of the record. Numbers that are not there are no labels: they
  are kept in ``extra``.
* JSON:API, as Drupal writes it, in ``included`` beside the records.
* Contentful in ``includes`` beside the records.
* Ghost in the tables ``tags`` and ``users`` beside ``posts``, by way of ``posts_tags`` and
  ``posts_authors``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import JsonValue

    Object: TypeAlias = Mapping[str, JsonValue]
    Names: TypeAlias = dict[JsonValue, JsonValue]

_NAMES: Final = ("display_name", "name", "title", "label")
_RENDERED: Final = ("guid", "title", "content", "excerpt")
"""What WordPress gives in two forms; ``?_fields=`` leaves out any of them."""
_TABLES: Final = (
    ("posts_tags", "tag_id", "tags", "tags"),
    ("posts_authors", "author_id", "users", "authors"),
)
"""Of Ghost: the table of pairs, its number of the other thing, the table of these, the field."""


def is_link(value: Object) -> bool:
    """Whether an object stands for another, which is elsewhere, as Sanity and Contentful write."""
    return "_ref" in value or object_of(value.get("sys")).get("type") == "Link"


# ---------------------------------------------------------------- WordPress


def with_embedded(record: Object) -> Object:
    """Put names in the place of the numbers that WordPress gives for topics and authors."""
    embedded = object_of(record.get("_embedded"))
    is_wordpress = any("rendered" in object_of(record.get(key)) for key in _RENDERED)
    if not (is_wordpress or embedded.keys() & {"wp:term", "author"}):
        return record
    parts = embedded.get("wp:term")
    terms = [term for part in (parts if isinstance(parts, list) else ()) for term in _objects(part)]
    found = {"categories": _texts(terms), "author": _texts(_objects(embedded.get("author")))}
    changed = dict(record)
    for key in ("categories", "tags", "author"):
        if _are_numbers(changed.get(key)):
            changed[f"{key} (numbers)"] = changed.pop(key)
    return {**changed, **{key: names for key, names in found.items() if names}}


def _are_numbers(value: JsonValue) -> bool:
    return all(type(item) is int for item in (value if isinstance(value, list) else [value]))


def _texts(objects: Iterable[Object]) -> list[JsonValue]:
    return [name for item in objects if (name := _name(item))]


# ---------------------------------------------------------------- JSON:API, Contentful, Ghost


def with_related(items: list[JsonValue], envelope: Object) -> list[JsonValue]:
    """Put the names of topics and authors into records, from what their envelope has beside them.

    Args:
        items: The records, and what else is in their list.
        envelope: The object that they are in.
    """
    if isinstance(envelope.get("included"), list):
        names = {
            _key(each): _name(object_of(each.get("attributes")))
            for each in _objects(envelope["included"])
        }
        return [_with_relationships(item, names) for item in items]
    if isinstance(envelope.get("includes"), dict):
        groups = object_of(envelope["includes"]).values()
        others = [*items, *(each for group in groups for each in _objects(group))]
        names = {_id_of(each): _name(object_of(each.get("fields"))) for each in _objects(others)}
        return [_with_links(item, names) for item in items]
    for pairs, number, table, field in _TABLES:
        if isinstance(envelope.get(pairs), list) and isinstance(envelope.get(table), list):
            items = _with_table(items, envelope, (pairs, number, table, field))
    return items


def _with_relationships(item: JsonValue, names: Names) -> JsonValue:
    if not isinstance(item, dict):
        return item
    found: dict[str, JsonValue] = {}
    for key, value in object_of(item.get("relationships")).items():
        data = object_of(value).get("data")
        others = _objects(data if isinstance(data, list) else [data])
        labels: list[JsonValue] = [label for each in others if (label := names.get(_key(each)))]
        if labels:
            field = key.removeprefix("field_")
            found["author" if field in ("uid", "node_author") else field] = labels
    return {**found, **item}


def _with_links(item: JsonValue, names: Names) -> JsonValue:
    fields = object_of(item.get("fields")) if isinstance(item, dict) else {}
    found: dict[str, JsonValue] = {}
    for key, value in fields.items():
        links = _objects(value if isinstance(value, list) else [value])
        labels: list[JsonValue] = [
            label for each in links if is_link(each) and (label := names.get(_id_of(each)))
        ]
        if labels and len(labels) == len(links):
            found[key] = labels
    return {**item, "fields": {**fields, **found}} if found and isinstance(item, dict) else item


def _with_table(
    items: list[JsonValue], envelope: Object, names_of: tuple[str, str, str, str]
) -> list[JsonValue]:
    pairs, number, table, field = names_of
    names = {_plain(each.get("id")): _name(each) for each in _objects(envelope[table])}
    labels: dict[JsonValue, list[JsonValue]] = {}
    for pair in _objects(envelope[pairs]):
        if name := names.get(_plain(pair.get(number))):
            labels.setdefault(_plain(pair.get("post_id")), []).append(name)
    return [
        {**item, field: labels[_plain(item.get("id"))]}
        if isinstance(item, dict) and _plain(item.get("id")) in labels
        else item
        for item in items
    ]


def _key(value: Object) -> JsonValue:
    return f"{value.get('type')} {value.get('id')}"


def _id_of(value: Object) -> JsonValue:
    return _plain(object_of(value.get("sys")).get("id"))


def _name(value: Object) -> JsonValue:
    found = (value.get(key) for key in _NAMES)
    return next((name for name in found if isinstance(name, str) and name.strip()), None)


def _plain(value: JsonValue) -> JsonValue:
    """Give a value that can be a key: an id that is an object is none."""
    return value if isinstance(value, (str, int)) else None


def object_of(value: JsonValue) -> dict[str, JsonValue]:
    """Give a value that is an object, and else an empty one."""
    return value if isinstance(value, dict) else {}


def _objects(value: JsonValue) -> list[dict[str, JsonValue]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
