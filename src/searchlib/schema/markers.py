"""How is a model's field indexed? Markers to put into ``Annotated``.

.. code-block:: python

    class Report(BaseModel):
        number: Annotated[str, Key()]
        title: Annotated[str, Text(boost=2.0)]
        filed: Annotated[date | None, Date(sortable=True)] = None

A field without a marker is stored and given back with the document, but can't be searched: it is
treated as :class:`Stored`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """The field that identifies a document: exactly one per model, of type ``str``.

    Adding a document whose key is in the index replaces the one that is there.
    """


@dataclass(frozen=True, slots=True)
class Text:
    """Prose: split into words, searched by word, phrase and pattern, ranked and highlighted.

    For fields of type ``str``, ``str | None`` or ``list[str]``.

    Attributes:
        boost: Factor on the field's part in a score; above 0. A title deserves more than a body.
        language: Snowball language whose stemmer is applied ("english", "french", ...; see
            :func:`searchlib.analysis.languages`), or ``None`` to index words as they stand.
            Stop words are indexed in any case, and left out of queries where they say nothing.
        default: Whether a query that names no field searches this one.
    """

    boost: float = 1.0
    language: str | None = "english"
    default: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "boost", float(self.boost))


@dataclass(frozen=True, slots=True)
class Keyword:
    """A label that is matched as a whole: a category, a source, a place.

    For fields of type ``str``, ``str | None`` or ``list[str]``.

    Attributes:
        lowercase: Match without regard to case. The document keeps its spelling.
        facet: Whether results can be counted by this field's values.
    """

    lowercase: bool = True
    facet: bool = False


@dataclass(frozen=True, slots=True)
class Date:
    """A ``date`` or ``datetime``, or ``None``: searched by day, month, year and range.

    A ``datetime`` with a time zone is indexed in UTC; one without is taken as it is.

    Attributes:
        sortable: Whether results can be sorted by this field.
    """

    sortable: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """An ``int`` (64 bits, signed) or ``float``, or ``None``: searched by value and range.

    Attributes:
        sortable: Whether results can be sorted by this field.
    """

    sortable: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """Kept with the document and given back with it, of any type that JSON can hold."""


Marker = Key | Text | Keyword | Date | Number | Stored
