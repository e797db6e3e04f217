"""Which field is the title, the source or the date of a reference?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import ArgumentError
from searchlib.export.csv_text import text_of
from searchlib.export.rows import Column, column_of
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from searchlib.export.rows import Row, RowSource
    from searchlib.schema.models import DocumentSchema

_KNOWN: Final = {
    "title": ("title", "headline"),
    "authors": ("authors", "author", "byline"),
    "date": ("published", "date"),
    "date_until": ("published_last",),
    "source": ("source", "publisher", "journal", "newspaper"),
    "url": ("url", "link"),
    "keywords": ("categories", "keywords", "tags"),
    "place": ("dateline", "place"),
    "language": ("language",),
    "abstract": ("abstract", "summary"),
}
"""What a reference is made of, and the names of fields that are taken for it."""
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@frozen
class Reference:
    """What a bibliography says of a document. All text is on one line, and empty for nothing.

    Attributes:
        key: The key of the document.
        title: Its title.
        authors: Who wrote it.
        date: The year, the month and the day, each of digits and empty if it is unknown, or if the
            source names several.
        source: Who published it.
        url: Its address.
        keywords: What it is about.
        place: Where it was written.
        language: Its language.
        abstract: What it says.
    """

    key: str
    title: str
    authors: list[str]
    date: tuple[str, str, str]
    source: str
    url: str
    keywords: list[str]
    place: str
    language: str
    abstract: str


def references(
    schema: DocumentSchema, fields: Mapping[str, str] | None
) -> tuple[list[Column], Callable[[RowSource], Iterator[list[Reference]]]]:
    """Find the columns that references are made of, and what makes them of rows.

    Args:
        schema: The fields of the documents.
        fields: Which of them is what, for those that are not known by their names.

    Raises:
        ArgumentError: There is no such field or part of a reference, or none is the title.
    """
    roles = _roles(schema, fields)
    columns = [column_of(schema, schema.key.name), *(column_of(schema, roles[r]) for r in roles)]
    places = {role: place for place, role in enumerate(roles, 1)}

    def made(rows: RowSource) -> Iterator[list[Reference]]:
        for batch in rows:
            yield [_reference(row, places) for row in batch]

    return columns, made


def _roles(schema: DocumentSchema, fields: Mapping[str, str] | None) -> dict[str, str]:
    """Name the field of each part of a reference, as far as there are any."""
    given = {} if fields is None else fields
    if not isinstance(given, Mapping) or not given.keys() <= _KNOWN.keys():
        raise ArgumentError(
            f"expected fields to say which field is what, such as {{'title': 'headline'}}, with "
            f"{', '.join(_KNOWN)}; got {fields!r:.200}"
        )
    roles = {
        role: next((name for name in names if name in schema.fields), "")
        for role, names in _KNOWN.items()
    }
    roles |= {role: str(name) for role, name in given.items()}
    if not roles["title"]:
        raise ArgumentError(
            "expected a field that is the title of a reference; say which fields are what: "
            f"fields={{'title': ..., 'source': ...}}, with {', '.join(_KNOWN)}; "
            f"there are {', '.join(schema.fields)}"
        )
    return {role: name for role, name in roles.items() if name}


def _reference(row: Row, places: Mapping[str, int]) -> Reference:
    def text(role: str) -> str:
        place = places.get(role)
        return "" if place is None else one_line(text_of(row, place))

    return Reference(
        key=str(row[0]),
        title=text("title"),
        authors=_list(row, places.get("authors")),
        date=_date(text("date"), text("date_until")),
        source=text("source"),
        url=text("url"),
        keywords=_list(row, places.get("keywords")),
        place=text("place"),
        language=text("language"),
        abstract=text("abstract"),
    )


def _list(row: Row, place: int | None) -> list[str]:
    values: Any = None if place is None else row[place]
    if not isinstance(values, list):
        values = [values]
    lines = [one_line(str(value)) for value in values if value is not None]
    return [line for line in lines if line]


def _date(text: str, until: str) -> tuple[str, str, str]:
    """Take a date apart; where it is that of several days, as far as they share it."""
    found, last = _DATE.match(text), _DATE.match(until)
    if found is None:
        return "", "", ""
    year, month, day = found.groups("")
    if last is not None and last.groups("")[:2] != (year, month):
        return year, "", ""
    if last is not None and last.group() != found.group():
        return year, month, ""
    return year, month, day


def one_line(text: str) -> str:
    """Put text on one line, without control characters."""
    return _CONTROLS.sub("", " ".join(text.split()))
