"""Which elements of an XML file are records, and what are their fields?

The beginning of a file shows it: an element whose children, or attributes, have the names of
fields (:mod:`searchlib.articles.field_keys`) is a record, above all if it comes again. So exports
of databases and content management systems are read as JSON is, whatever they call their
elements: ``<article><title>``, ``<row><field name="title">``, ``<doc><str name="title">``,
``<row Title="...">``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from searchlib.articles.field_keys import find_field, is_weak
from searchlib.articles.shapes import records_in
from searchlib.articles.xml_stream import paragraphs_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from pydantic import JsonValue

    from searchlib.articles.field_keys import FieldMap

    Path = tuple[str, ...]

_NO_TAGS: Final = re.compile(
    r"<!--.*?(?:-->|$)|<!\[CDATA\[.*?(?:\]\]>|$)|<\?.*?(?:\?>|$)", re.DOTALL
)
_TAG: Final = re.compile(
    r"<(?P<end>/)?(?P<name>[^\W\d][\w:.-]{0,99})"
    r"(?P<attributes>(?>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*))>"
)
_ATTRIBUTE: Final = re.compile(r"(?:^|\s)([^\W\d][\w:.-]{0,99})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
# Elements that are called what they are by an attribute, in the exports of databases and of Solr.
_NAMED: Final = frozenset({
    "field", "column", "property", "str", "arr", "text", "date", "int", "long", "bool", "float",
    "value", "meta", "attribute", "entry", "element", "col", "lst", "double",
})  # fmt: skip
# In these, names of elements are those of a page and say nothing of fields.
_MARKUP: Final = frozenset({
    "p", "br", "b", "i", "em", "strong", "a", "span", "div", "ul", "ol", "li", "blockquote", "h1",
    "h2", "h3", "h4", "h5", "h6", "img", "figure", "figcaption", "table", "tr", "td", "th", "tbody",
    "sub", "sup", "u", "hr", "para", "paragraph", "pre", "q", "cite", "mark", "small", "section",
    "emphasis", "bold", "italic", "sec", "thead", "font", "center", "lb", "hi", "head",
})  # fmt: skip
_DEEPEST: Final = 20
_MOST_PATHS: Final = 500  # that are looked at


@dataclass(slots=True)
class _Seen:
    count: int = 0
    names: set[str] = field(default_factory=set)


def find_records(head: bytes, fields: FieldMap) -> str | None:
    """Find the element that is a record.

    Args:
        head: The first bytes of a file.
        fields: What names mean.

    Returns:
        Its name, behind that of the element around it, as ``rows>row``; ``None`` if there is none.
    """
    seen = _look_at(_NO_TAGS.sub("", head.decode("utf-8", "replace")))
    best: tuple[bool, int, int] = (False, 1, 0)
    path: Path = ()
    for each, found in seen.items():
        names = _names_in(each, seen)
        known = {name for key in names if (name := _field_of(key, fields))}
        # An element around it may have the text, and this one nothing but a summary.
        has_text = any(_field_of(key, fields) == "body" and not is_weak(key) for key in names)
        rank = (found.count > 1, len(known) + has_text, len(each))
        if known & {"title", "body"} and len(known) > 1 and rank > best:
            best, path = rank, each
    return ">".join(path[-2:]) or None


def _names_in(path: Path, seen: dict[Path, _Seen]) -> set[str]:
    """Give the names in an element and in those in it that it has once."""
    inner = (
        found.names
        for each, found in seen.items()
        if each[: len(path)] == path and found.count <= seen[path].count
    )
    return set().union(*inner)


def _field_of(key: str, fields: FieldMap) -> str:
    return fields.field_of(key) or (fields.find(key) or ("",))[0]


def _look_at(text: str) -> dict[Path, _Seen]:
    """Collect the paths of elements, how often each is there, and what is named in it."""
    seen: dict[Path, _Seen] = {}
    path: Path = ()
    deeper = 0  # elements that are open within the deepest that is looked at
    for tag in _TAG.finditer(text):
        name = tag["name"].rpartition(":")[2]
        if tag["end"]:
            path, deeper = (path, deeper - 1) if deeper else (path[:-1], 0)
            continue
        is_open = not tag["attributes"].endswith("/")
        if deeper or len(path) == _DEEPEST:
            deeper += is_open
            continue
        attributes = {key: a or b for key, a, b in _ATTRIBUTE.findall(tag["attributes"])}
        if path in seen:
            seen[path].names.add(_name(name, attributes))
        if (*path, name) in seen or len(seen) < _MOST_PATHS:
            here = seen.setdefault((*path, name), _Seen())
            here.count += 1
            here.names.update(key.rpartition(":")[2] for key in attributes)
        if is_open:
            path = (*path, name)
    return seen


def _name(tag: str, attributes: dict[str, str]) -> str:
    return (attributes.get("name") or tag) if tag.lower() in _NAMED else tag


def to_records(element: Element, fields: FieldMap) -> Iterator[dict[str, JsonValue]]:
    """Make records of an element: mostly one, of its attributes and the elements in it."""
    for item in records_in(_to_object(element), fields.has):
        if isinstance(item, dict):
            yield _raised(item, fields)


def _raised(record: dict[str, JsonValue], fields: FieldMap, depth: int = 0) -> dict[str, JsonValue]:
    """Bring up the fields that stand in objects inside a record, and that it lacks."""
    known = {_field_of(key, fields) for key in record}
    found = dict(record)
    for key, value in record.items():
        if not isinstance(value, dict) or depth > _DEEPEST or _field_of(key, fields):
            continue
        inner = _raised(value, fields, depth + 1)
        up = {
            name: inner.pop(name)
            for name in [*inner]
            if _field_of(name, fields) not in known and name not in found
        }
        known |= {_field_of(name, fields) for name in up}
        found |= up
        found[key] = inner
    return {key: value for key, value in found.items() if value != {}}


def _to_object(element: Element, depth: int = 0) -> dict[str, JsonValue]:
    values: dict[str, list[JsonValue]] = {}
    for key, text in element.attrib.items():
        if text.strip() and not (key == "name" and element.tag.lower() in _NAMED):
            values.setdefault(key, []).append(text)
    for child in element:
        value = _to_value(child, depth + 1)
        if value not in ("", [], {}):
            values.setdefault(_name(child.tag, child.attrib), []).append(value)
    own = " ".join("".join([element.text or "", *(child.tail or "" for child in element)]).split())
    if own:
        values.setdefault("text", []).insert(0, own)
    return {key: found[0] if len(found) == 1 else found for key, found in values.items()}


def _to_value(element: Element, depth: int) -> JsonValue:
    """Give the value of an element: its text, a list of texts, or what is in it by its names."""
    if not len(element):
        text = (element.text or "").strip()
        return text or " ".join(value for value in element.attrib.values() if "://" in value)
    names = {child.tag.lower() for child in element}
    if depth > _DEEPEST or names & _MARKUP:
        return paragraphs_of(element)
    is_list = len(element) > 1 or find_field(element.tag) or not find_field(element[0].tag)
    if len(names) == 1 and is_list and not any(len(child) for child in element):
        return [text for text in _texts(element) if text]
    return _to_object(element, depth)


def _texts(element: Element) -> Iterator[str]:
    for child in element:
        yield (child.text or "").strip()
