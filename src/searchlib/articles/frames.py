"""Which articles are in a table that is written as JSON, by columns or as rows under a header?

Data frames and spreadsheets have no object for each row. What pandas, BigQuery, Google Sheets and
Hugging Face write is one of these:

* ``{"title": {"0": "A", "1": "B"}, "text": {...}}``, as ``to_json()`` of pandas writes,
* ``{"title": ["A", "B"], "text": ["...", "..."]}``,
* ``{"columns": ["title", "text"], "data": [["A", "..."], ["B", "..."]]}``,
* ``{"values": [["title", "text"], ["A", "..."], ["B", "..."]]}``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    Object = Mapping[str, JsonValue]
    Has = Callable[[Object, str], bool]

_NEEDED: Final = ("title", "body")
_HEADERS: Final = ("columns", "fields", "header", "headers", "column_names")
_NAMES: Final = ("name", "title", "field", "id")  # of a column that is an object


def rows_of(value: Object, has_field: Has) -> list[JsonValue] | None:
    """Give the rows of a table as objects; ``None`` if the value is no table of articles.

    Args:
        value: An object of JSON.
        has_field: Tells whether an object has a field, as for
            :func:`searchlib.articles.shapes.records_in`.
    """
    if _all_are(list, value.values()):
        columns = cast("dict[str, list[JsonValue]]", value)
        length = max(map(len, columns.values()), default=0)
        if length > 1 and _is_frame(columns, length, has_field):
            return _zip([*columns], [*zip(*columns.values(), strict=True)])
    if _all_are(dict, value.values()):
        frame = cast("dict[str, dict[str, JsonValue]]", value)
        first = next(iter(frame.values()), {})
        if all(key.isdecimal() for key in first) and _is_frame(frame, len(first), has_field):
            rows = [[column.get(key) for column in frame.values()] for key in first]
            return _zip([*frame], rows)
    return _under_header(value, has_field)


def _is_frame(
    columns: dict[str, list[JsonValue]] | dict[str, dict[str, JsonValue]],
    length: int,
    has_field: Has,
) -> bool:
    """Whether columns are equally long, and titles or texts among them are of one row each."""
    if len(columns) < 2 or any(len(column) != length for column in columns.values()):
        return False
    names: Object = dict.fromkeys(columns, "a value")
    return all(has_field(names, field) for field in _NEEDED)


def _under_header(value: Object, has_field: Has) -> list[JsonValue] | None:
    told = next((value[name] for name in _HEADERS if isinstance(value.get(name), list)), None)
    for inner in value.values():
        if not (isinstance(inner, list) and inner and _all_are(list, inner)):
            continue
        rows = cast("list[list[JsonValue]]", inner)
        header, rows = (told, rows) if isinstance(told, list) else (rows[0], rows[1:])
        names = [_name(column) for column in header]
        if any(has_field({name: "a value" for name in names if name}, field) for field in _NEEDED):
            return _zip([name or f"column {at}" for at, name in enumerate(names, 1)], rows)
    return None


def _name(column: JsonValue) -> str:
    if isinstance(column, dict):
        column = next((column[name] for name in _NAMES if name in column), None)
    return column if isinstance(column, str) else ""


def _zip(
    names: list[str], rows: list[list[JsonValue]] | list[tuple[JsonValue, ...]]
) -> list[JsonValue]:
    """Make objects of rows; what a row has more than there are names keeps its number."""
    return [dict(zip(_enough(names, len(row)), row, strict=False)) for row in rows]


def _enough(names: list[str], length: int) -> list[str]:
    return [*names, *(f"column {at}" for at in range(len(names) + 1, length + 1))]


def _all_are(kind: type, values: object) -> bool:
    found = [*cast("list[object]", values)]
    return bool(found) and all(type(item) is kind for item in found)
