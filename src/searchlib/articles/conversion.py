"""How does the value of a key become the value of a field?

Values are converted where that can't change what they say: a whole number becomes text, a single
value where a list is expected becomes a list of one, ``"Sport, Rugby"`` two categories, ``"Jane;
John"`` two authors. Mere numbers are no labels: they refer to what has a name elsewhere. Tags and
entities of HTML go. Of a wrapped value, such as ``{"rendered": "..."}``, the inside is taken
(:mod:`searchlib.articles.shapes`).
"""

from __future__ import annotations

import ast
import json
import re
import reprlib
from typing import TYPE_CHECKING, Final, cast

from searchlib.analysis.possessive import compile_possessive
from searchlib.articles.dates import FIRST_YEAR, LAST_YEAR
from searchlib.articles.markup import strip_html
from searchlib.articles.rich_text import inline_text
from searchlib.articles.shapes import labels_in, name_of, text_of, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydantic import JsonValue

SHORTEN: Final = reprlib.Repr()
"""Shows a value in a message."""

SHORTEN.maxstring = SHORTEN.maxother = 60

_QUOTED: Final = compile_possessive(r"'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\"")
_QUOTED_LIST: Final = compile_possessive(rf"\[\s*(?:(?:{_QUOTED.pattern})\s*(?:,\s*|(?=\])))++\]")
_ESCAPED: Final = re.compile(r"\\(.)")
_is_plain: Final = re.compile(r"\w+(?:[ -]\w+)*").fullmatch
"""Whether a label is of words alone, as most are: nothing is to split or to take out."""

_BY: Final = re.compile(r"^(?:By|BY|by):? +(?=[^\W\d_a-z])")
_TEXTS: Final = frozenset({str})
_NUMBERS: Final = frozenset({int, float})
_DEEPEST: Final = 6  # objects and lists around a label
_LONGEST_OBJECT: Final = 1000  # characters of an object that was
_NULL: Final = re.compile(r"\bnull\b")
_LONGEST_LIST: Final = 10_000  # characters of a list that was written as text


def is_missing(value: JsonValue) -> bool:
    """Whether a value says nothing: ``null``, nothing but space, an empty list or object."""
    if type(value) is str:
        return not value or value.isspace()
    return value is None or (isinstance(value, (list, dict)) and not value)


def to_id(value: JsonValue) -> JsonValue:
    """Make an id: of a number its digits, of ``{"$oid": "..."}`` what is inside."""
    if isinstance(value, str):
        return value
    inner = unwrap(only_item(value))
    # Where some have none, pandas writes 17.0 for 17.
    return _digits(int(inner) if isinstance(inner, float) and inner.is_integer() else inner)


def to_title(value: JsonValue) -> JsonValue:
    """Make a title: one line without marks."""
    if not isinstance(value, str):
        joined = inline_text(value)
        value = joined if joined is not None else _number_as_text(unwrap(only_item(value)))
    return " ".join(strip_html(value).split()) if isinstance(value, str) else value


def to_body(value: JsonValue) -> JsonValue:
    """Make the text of an article: a list gives its paragraphs; there may be none in it."""
    if isinstance(value, str):
        return _tidy(value)
    text = _tidy(_digits(text_of(value)))
    has_no_text = isinstance(text, dict) or (
        isinstance(text, list) and any(isinstance(each, dict) for each in text)
    )
    return "" if has_no_text else text


def to_text(value: JsonValue) -> JsonValue:
    """Make the text of a field of one value, such as a source: of a list the first."""
    if not isinstance(value, str):
        value = only_item(value)
        value = _digits(name_of(value) if isinstance(value, dict) else value)
    elif value.startswith("{") and value.endswith("}"):
        value = _name_in(value)
    return None if isinstance(value, dict) else _tidy(value)


def to_plain(value: JsonValue) -> JsonValue:
    """Make a text in which nothing is a mark: an address, the name of a language."""
    if isinstance(value, str):
        return value
    inner = _digits(unwrap(only_item(value)))
    return None if isinstance(inner, dict) else inner


def to_authors(value: JsonValue) -> list[JsonValue]:
    """Make a list of names, without "By" before them."""
    return [_BY.sub("", name) if isinstance(name, str) else name for name in to_list(value)]


def to_list(value: JsonValue) -> list[JsonValue]:
    """Make a list of labels; of nothing but numbers it is empty."""
    if isinstance(value, str) and _is_plain(value):
        return [value]
    return _named(_labels(_split(value) if isinstance(value, str) else value))


def to_categories(value: JsonValue) -> list[JsonValue]:
    """Make a list of labels, of text that may have them between commas.

    Numbers alone are labels only if all of them can be years.
    """
    if isinstance(value, str) and _is_plain(value):
        return [value]
    items = _split(value) if isinstance(value, str) else value
    if isinstance(items, str):
        items = [*split_list(strip_html(items))]
    return _named(_labels(items), may_be_years=True)


def split_list(text: str) -> list[str]:
    """Split ``",English,International - ,Snippets"`` at its commas.

    Items that are empty and dashes at an item's ends go; the hyphen of "Asia-Pacific" stays.
    """
    items = (item.strip(" \t\r\n-–—") for item in text.split(","))
    return [item for item in items if item]


def _labels(value: JsonValue) -> list[JsonValue]:
    items: list[JsonValue] = value if isinstance(value, list) else [value]
    if _TEXTS.issuperset(map(type, items)):
        texts = cast("list[str]", items)
        if all(map(str.isalnum, texts)) or all(map(_is_plain, texts)):
            return items
    labels = [_label(item) for item in _flat(items) if not (is_missing(item) or item is False)]
    return [label for label in labels if not is_missing(label)]


def _named(labels: list[JsonValue], *, may_be_years: bool = False) -> list[JsonValue]:
    """Give labels as texts, or an empty list for numbers, which refer to what is elsewhere."""
    if _TEXTS.issuperset(map(type, labels)):
        return labels
    if _NUMBERS.issuperset(map(type, labels)) and not (may_be_years and _are_years(labels)):
        return []
    return [*map(_number_as_text, labels)]


def _are_years(labels: Iterable[JsonValue]) -> bool:
    return all(isinstance(label, int) and FIRST_YEAR <= label <= LAST_YEAR for label in labels)


def _flat(items: Iterable[JsonValue], depth: int = 0) -> Iterator[JsonValue]:
    """Give the labels of lists in a list, and of objects that have no name but hold labels."""
    for item in items:
        inner = labels_in(item) if isinstance(item, dict) else item
        if inner is item and not depth and isinstance(item, dict) and name_of(item) is item:
            inner = [*item.values()]
        if isinstance(inner, list) and depth < _DEEPEST:
            yield from _flat((one for one in inner if not isinstance(one, float)), depth + 1)
        elif not depth or isinstance(item, (str, int)) or _has_name(item):
            yield item


def _has_name(value: JsonValue) -> bool:
    return isinstance(value, dict) and name_of(value) is not value


def _label(item: JsonValue) -> JsonValue:
    label = name_of(item)
    return " ".join(strip_html(label).split()) if isinstance(label, str) else label


def _split(text: str) -> JsonValue:
    """Split text at semicolons or bars, or read the list that it is the JSON or Python of."""
    stripped = text.strip()
    if stripped.startswith("[") and stripped.endswith("]") and len(stripped) < _LONGEST_LIST:
        found = _read_list(stripped)
        if found is not None:
            return found
    plain = strip_html(text)
    for mark in ";|":
        if mark in plain:
            return [part.strip() for part in plain.split(mark)]
    return text


def _read_list(text: str) -> list[JsonValue] | None:
    """Read ``["a", "b"]``, and ``['a', 'b']`` as Python writes lists of texts into CSV."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        quoted = _QUOTED_LIST.fullmatch(text) and _QUOTED.findall(text)
        return [_ESCAPED.sub(r"\1", item[1:-1]) for item in quoted] if quoted else None
    is_list = all(isinstance(item, (str, int)) for item in found)
    return [_digits(item) for item in found] if is_list else None


def _name_in(text: str) -> JsonValue:
    """Give the name in an object that was written as text, in JSON or as Python does into CSV."""
    if len(text) > _LONGEST_OBJECT:
        return text
    try:
        found = ast.literal_eval(_NULL.sub("None", text))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
    name = name_of(found) if isinstance(found, dict) else text
    return name if isinstance(name, str) else text


def only_item(value: JsonValue) -> JsonValue:
    """Take the first of a list, where a field has one value; the caller keeps the list."""
    if isinstance(value, list):
        return next((item for item in value if not is_missing(item)), value)
    return value


def _tidy(value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        return value
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return strip_html(value) if "<" in value or "&" in value else value


def _digits(value: JsonValue) -> JsonValue:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else value


def _number_as_text(value: JsonValue) -> JsonValue:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return str(value) if is_number else value


CONVERTERS: Final[dict[str, Callable[[JsonValue], JsonValue]]] = {
    "id": to_id,
    "title": to_title,
    "body": to_body,
    "published_last": to_plain,
    "published_text": to_plain,
    "categories": to_categories,
    "source": to_text,
    "dateline": to_text,
    "places": to_list,
    "authors": to_authors,
    "language": to_plain,
    "url": to_plain,
}
"""The converter for each field of an article but its dates."""
