"""How does a record become an article?

A record is what a file says of an article, by the names that it has there. Its keys are looked up
in :mod:`searchlib.articles.field_keys`, and its values converted by
:mod:`searchlib.articles.conversion`. What is ``null`` or empty is missing. Every key that means no
field, or lost to another, is kept in ``Article.extra`` under its own name. Where only a part of a
value is used, the rest is kept there too: of a date that something unreadable follows ("31-MAR-1987
605:12:19", "9 April 1987 (a guess)") the whole text, of an object with a ``name``, as news APIs
write their sources and authors, the whole object.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from pydantic import ValidationError

from searchlib.articles.conversion import (
    CONVERTERS,
    SHORTEN,
    is_missing,
    to_categories,
)
from searchlib.articles.date_parts import when_of_parts
from searchlib.articles.date_spans import says_no_date
from searchlib.articles.dates import has_time, to_day, to_moment
from searchlib.articles.field_keys import (
    BY_TABLE,
    DATE_FIELDS,
    FIRST_TEXT_ONLY,
    LIST_FIELDS,
    find_field,
    is_weak,
    needs_text,
)
from searchlib.articles.model import Article
from searchlib.articles.shapes import NESTED, date_of, rest_of
from searchlib.articles.when import read_when
from searchlib.errors import Problem, explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from pydantic import JsonValue

    from searchlib.articles.dates import Order
    from searchlib.articles.field_keys import FieldMap
    from searchlib.articles.when import When

PLACE_FIELDS: Final = frozenset({"file", "line", "record"})
"""The fields of :class:`Article` that say where it was read; no record can set them."""

_validate: Final[Callable[[object], Article]] = Article.__pydantic_validator__.validate_python
"""What ``Article.model_validate`` calls."""

_DEEPEST: Final = 100  # levels in ``extra``: what nests deeper can't be read back from an article
_SHOWN_KEYS: Final = 12
_FEW_WORDS: Final = 4


class _UnfitError(ValueError):
    """A value that its field has no use for."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(slots=True)
class SortedKeys:
    """The keys of a record by what they mean.

    Attributes:
        chosen: The key and the value of each field.
        extra: Everything else.
        unread_date: A date that can't be read, of an article that can do without.
        is_article: Whether searchlib itself wrote the record, as its ``extra`` says.
    """

    chosen: dict[str, tuple[str, JsonValue]] = field(default_factory=dict)
    extra: dict[str, JsonValue] = field(default_factory=dict)
    unread_date: JsonValue = None
    is_article: bool = False


def build_article(
    found: SortedKeys,
    path: Path | None = None,
    line: int | None = None,
    lines: Mapping[str, int] | None = None,
    *,
    order: Order | None = None,
    needs_dates: bool = True,
) -> Article | Problem:
    """Make an article of sorted keys, whose ``extra`` takes in what the fields leave.

    Args:
        found: The keys.
        path: The file, for the report of a problem.
        line: The line that the record begins on.
        lines: The lines of keys that have a line of their own.
        order: What comes first in dates of nothing but numbers, if it is known.
        needs_dates: Whether a date that can't be read is a problem. Else it is kept with the rest
            of the record, and told in ``found.unread_date``.

    Returns:
        The article, or what is wrong with the first field that can't be used.
    """
    chosen = found.chosen
    try:
        return _validate(_convert(found, order, needs_dates))
    except _UnfitError as error:
        field, reason = error.field, str(error)
    except ValidationError as error:
        named, reason = explain(error)
        field = named.split(".")[0] if named else ""
    except RecursionError:
        field, reason = "extra", _too_deep()
    if field in chosen and lines:
        line = lines.get(chosen[field][0], line)
    if not {"title", "body"} & chosen.keys() and found.extra:
        reason += _advise(found)
    return Problem(_fit(reason), path, line, field or None, _key_of(chosen))


def sort_out(record: Mapping[str, JsonValue], fields: FieldMap = BY_TABLE) -> SortedKeys:
    """Choose a key and its value for each field, and collect everything else."""
    found = SortedKeys({}, {})
    ranks: dict[str, int] = {}
    for name in fields.chosen:
        values = fields.values(record, name)
        if values:
            found.chosen[name], ranks[name] = _join(name, values), -1
    find, chosen = fields.find if fields.chosen else find_field, found.chosen
    for key, value in record.items():
        place = find(key)
        if place is None:
            is_empty_place = value is None and key in PLACE_FIELDS
            if not (is_empty_place or _is_taken(key, value, found, fields.field_of(key))):
                found.extra[key] = value
            continue
        name, rank = place
        if type(value) is str:
            if not value or value.isspace():
                continue
        elif not value and is_missing(value):
            continue
        elif type(value) is bool:
            _decide(key, value, place, found, ranks)
            continue
        if rank >= FIRST_TEXT_ONLY and needs_text(place) and not _is_prose(value):
            found.extra[key] = value
        elif name in chosen:
            _decide(key, value, place, found, ranks)
        else:  # as nearly always
            chosen[name] = key, value
            ranks[name] = rank
    if found.extra:
        found.is_article = _unwrap_extra(found.extra)
    return found


def _is_taken(key: str, value: JsonValue, found: SortedKeys, name: str | None) -> bool:
    """Whether a user chose the key of a value for a field, and the field takes it."""
    if name is None:
        return False
    if is_missing(value) or name == "body":
        return True
    if name in LIST_FIELDS and not _is_nameless(name, value):
        return True
    return found.chosen[name][0] == key


def _join(name: str, values: list[tuple[str, JsonValue]]) -> tuple[str, JsonValue]:
    """Put the values of several keys together, where a field can hold them all."""
    if len(values) > 1 and (name == "body" or name in LIST_FIELDS):
        convert = CONVERTERS[name]
        parts = [convert(value) for _, value in values]
        if name in LIST_FIELDS:
            parts = [label for part in parts for label in cast("list[JsonValue]", part)]
        return "+".join(key for key, _ in values), parts
    return values[0]


def _decide(
    key: str, value: JsonValue, place: tuple[str, int], found: SortedKeys, ranks: dict[str, int]
) -> None:
    """Choose between two keys of one field, or between a field and a flag."""
    name, rank = place
    if isinstance(value, bool) and name not in ("id", "title"):
        found.extra[key] = value  # "published: true" says that it is, not when
    elif name == "categories" and ranks.get(name, -1) >= 0 and key.lower() != "subject":
        _add_categories(key, value, rank, found, ranks)
    elif name not in found.chosen or rank < ranks[name]:
        found.extra.update([found.chosen[name]] if name in found.chosen else [])
        found.chosen[name], ranks[name] = (key, value), rank
    else:
        found.extra[key] = value


def _is_prose(value: JsonValue) -> bool:
    """Whether a value is a text, and not the number or the name of one."""
    return isinstance(value, str) and len(value.split(None, _FEW_WORDS)) >= _FEW_WORDS


def _add_categories(
    key: str, value: JsonValue, rank: int, found: SortedKeys, ranks: dict[str, int]
) -> None:
    """Put categories and tags together: each is what the article is about."""
    both = [found.chosen["categories"], (key, value)]
    if rank < ranks["categories"]:
        both.reverse()
    found.extra.update(
        (key, value)
        for key, value in both
        if _is_nested(value) or _is_nameless("categories", value)
    )
    labels = merge_labels(value for _, value in both)
    found.chosen["categories"] = "+".join(key for key, _ in both), labels
    ranks["categories"] = min(rank, ranks["categories"])


def merge_labels(values: Iterable[JsonValue]) -> list[JsonValue]:
    """Put the categories of several values into one list, each of them once."""
    labels = [label for value in values for label in to_categories(value)]
    return [*{str(label): label for label in labels}.values()]


def _is_nameless(name: str, value: JsonValue) -> bool:
    """Whether a value that is no text has no label for a field: numbers, references."""
    items = value if isinstance(value, list) else [value]
    is_empty = all(map(is_missing, items))
    return not (isinstance(value, str) or is_empty or CONVERTERS[name](value))


def _is_nested(value: JsonValue) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and not NESTED.isdisjoint(map(type, value))
    )


def _unwrap_extra(extra: dict[str, JsonValue]) -> bool:
    """Merge the ``extra`` of an article that searchlib itself wrote, so that it reads the same."""
    inner = extra.get("extra")
    if not isinstance(inner, dict) or inner.keys() & extra.keys():
        return False
    del extra["extra"]
    extra.update(inner)
    return True


def _convert(found: SortedKeys, order: Order | None, needs_dates: bool) -> dict[str, object]:
    fields: dict[str, object] = {}
    if "title" not in found.chosen and "published" in found.chosen:
        _take_name(found)
    for name, (key, value) in found.chosen.items():
        convert = CONVERTERS.get(name)
        if convert is None:
            continue  # a date
        fields[name] = converted = convert(value)
        if isinstance(value, str) or (converted is value and name in LIST_FIELDS):
            continue  # as nearly always
        if name in LIST_FIELDS and not converted and _is_nameless(name, value):
            found.extra[key] = value
        elif isinstance(value, (list, dict)) and (rest := _rest_of(name, value)):
            found.extra[key] = rest
    _add_dates(fields, found, order, needs_dates)
    if found.extra:
        _check("extra", found.extra, depth=0)
        fields["extra"] = found.extra
    return fields


def _take_name(found: SortedKeys) -> None:
    """Take the name of what has a date and a text for its title, as schema.org and Bing have it."""
    name = found.extra.get("name")
    if "body" in found.chosen and isinstance(name, str) and not is_missing(name):
        found.chosen["title"] = "name", found.extra.pop("name")


def date_texts(found: SortedKeys) -> list[str]:
    """Give the dates of a record that are text."""
    texts, chosen = [], found.chosen
    for name in DATE_FIELDS:
        if name not in chosen:
            continue
        _, value = chosen[name]
        inner = value if isinstance(value, str) else date_of(value)
        if isinstance(inner, str):
            texts.append(inner)
    return texts


def _add_dates(
    fields: dict[str, object], found: SortedKeys, order: Order | None, needs_dates: bool
) -> None:
    """Add the day of publication, its text where it is not one day, and the document's moment."""
    chosen = found.chosen
    published = document_date = None
    if "published" in chosen:
        published = _read_date("published", found, order, needs_dates)
    if published is None and "document_date" not in chosen and not found.is_article:
        published = when_of_parts(found.extra)
    if published is not None:
        put_published(fields, published)
    if "document_date" in chosen:
        document_date = _read_date("document_date", found, order, needs_dates)
    if document_date is None and published is not None and has_time(published.first):
        document_date = published
    if document_date is not None:
        fields["document_date"] = to_moment(document_date.first)


def put_published(fields: dict[str, object], when: When) -> None:
    """Put the day of publication among the fields, and of several days the last and the text."""
    fields["published"] = to_day(when.first)
    if when.last is not None:
        fields.setdefault("published_last", when.last)
        fields.setdefault("published_text", when.text)


def _read_date(name: str, found: SortedKeys, order: Order | None, needs_dates: bool) -> When | None:
    """Read a date; what it does not say of a day is kept with the rest of the record."""
    key, value = found.chosen[name]
    inner = value if isinstance(value, str) else date_of(value)
    when = read_when(inner, order) if isinstance(inner, (str, int, float)) else None
    if when is not None:
        if not when.is_whole or (when.last is not None and name != "published"):
            found.extra[key] = value
        return when
    is_none = is_weak(key) or says_no_date(str(inner))
    if is_none or not needs_dates:
        found.extra[key] = value
        found.unread_date = None if is_none else value
        return None
    raise _UnfitError(
        name,
        "expected a date such as 2025-02-17, February 17, 2025 or March 2025 (or, as a number, "
        f"seconds since 1970), got {SHORTEN.repr(value)}; correct it or leave it out",
    )


def _rest_of(name: str, value: list[JsonValue] | dict[str, JsonValue]) -> JsonValue:
    """Give what a list or an object says that its field does not take, if it says more."""
    if isinstance(value, dict):
        is_label = name in LIST_FIELDS or name in ("source", "dateline")
        return value if is_label else dict(rest_of(value, is_body=name == "body"))
    is_whole = name in LIST_FIELDS or name == "body" or len(value) < 2
    return None if is_whole and not _is_nested(value) else value


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


def _advise(found: SortedKeys) -> str:
    """Name the keys that a record without title and body has."""
    names = [SHORTEN.repr(key) for key in found.extra]
    more = ", ..." if len(names) > _SHOWN_KEYS else ""
    keys = ", ".join(names[:_SHOWN_KEYS])
    return f", but the keys {keys}{more}; if one of them is the text, say so: --map body=KEY"


def _fit(reason: str) -> str:
    return reason if len(reason) <= 1000 else f"{reason[:1000]}…"


def _key_of(chosen: Mapping[str, tuple[str, JsonValue]]) -> str | None:
    value = chosen["id"][1] if "id" in chosen else None
    return str(value) if isinstance(value, (str, int)) else None
