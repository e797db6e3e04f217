"""Which field of a model is the title, the text, the date? Pages must suit any model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from searchlib.frozen import frozen
from searchlib.schema.markers import Date, Keyword, Text
from searchlib.schema.roles import title_and_body
from searchlib.search.order import sortable_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.schema.models import DocumentSchema

_URLS: Final = ("url", "link")
_SOURCES: Final = ("source", "publisher", "journal", "newspaper")
_PLACES: Final = ("dateline", "place")
_DATE_TEXTS: Final = ("published_text",)
_MOST_FACETS: Final = 6


@frozen
class Roles:
    """What the fields of a model are to a reader. An empty name is for what the model has not.

    Attributes:
        key: The key.
        title: The headline.
        body: The text.
        texts: All text fields, in order.
        date: The date that the timeline and the order by date are of.
        date_text: How the source writes the date.
        sorts_by_date: Whether hits can be sorted by it.
        url: Where the original is.
        source: Who published it.
        place: Where it is from.
        labels: All fields of labels.
        facets: The fields of labels that results are counted by.
    """

    key: str
    title: str
    body: str
    texts: tuple[str, ...]
    date: str
    date_text: str
    sorts_by_date: bool
    url: str
    source: str
    place: str
    labels: tuple[str, ...]
    facets: tuple[str, ...]

    @classmethod
    def of(cls, schema: DocumentSchema) -> Roles:
        """Find the roles by the markers of fields, and by their names where several would do."""
        texts = _marked(schema, Text)
        labels = _marked(schema, Keyword)
        title, body = title_and_body(texts)
        date = next(iter(_marked(schema, Date)), "")
        return cls(
            key=schema.key.name,
            title=title,
            body=body,
            texts=texts,
            date=date,
            date_text=_named(_DATE_TEXTS, schema.fields),
            sorts_by_date=date in sortable_fields(schema),
            url=_named(_URLS, schema.fields),
            source=_named(_SOURCES, labels),
            place=_named(_PLACES, labels),
            labels=labels,
            facets=tuple(name for name in labels if _is_facet(schema, name))[:_MOST_FACETS],
        )


def _marked(schema: DocumentSchema, marker: type[Any]) -> tuple[str, ...]:
    specs = schema.fields.values()
    return tuple(spec.name for spec in specs if isinstance(spec.marker, marker))


def _named(known: Iterable[str], there: Iterable[str]) -> str:
    fields = set(there)
    return next((name for name in known if name in fields), "")


def _is_facet(schema: DocumentSchema, name: str) -> bool:
    marker = schema.fields[name].marker
    return isinstance(marker, Keyword) and marker.facet
