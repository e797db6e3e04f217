"""How is a model's field indexed? Markers to put into ``Annotated``.

.. code-block:: python

    class Report(BaseModel):
        number: Annotated[str, Key()]
        title: Annotated[str, Text(boost=2.0)]
        filed: Annotated[date | None, Date(sortable=True)] = None

A field without a marker is treated as :class:`Stored`: it is returned with the document, but
can't be searched.
"""

from __future__ import annotations

from typing import Final

from searchlib.errors import SchemaError
from searchlib.frozen import frozen

AUTO: Final = "auto"
"""The language of a text field whose documents are each in their own."""


@frozen
class Key:
    """The field that identifies a document: exactly one per model, of type ``str``.

    A document that is added replaces the document with the same key, if there is one.
    """


@frozen
class Text:
    """Text: split into words, searched by word, phrase and pattern, ranked and highlighted.

    For fields of type ``str``, ``str | None`` or ``list[str]``.

    Attributes:
        boost: A factor on the score of the field, above 0, for queries that name no field.
        language: The language of the Snowball stemmer ("english", "french", ...; see
            :func:`searchlib.analysis.languages`), ``None`` to index words without stemming, or
            "auto" for texts that are in the language of their document (docs/words.md).
            Stop words are indexed in any case. Queries ignore them outside phrases.
        default: Whether a query that names no field searches this field.
    """

    boost: float = 1.0
    language: str | None = "english"
    default: bool = True

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "boost", float(self.boost))
        except (TypeError, ValueError, OverflowError) as error:
            raise SchemaError(f"Text: expected a boost above 0, got {self.boost!r:.80}") from error


@frozen
class Keyword:
    """A label that is matched as a whole: a category, a source, a place.

    For fields of type ``str``, ``bool``, an enumeration, a list of these, or ``None``.

    Attributes:
        lowercase: Whether case makes no difference. The document keeps its spelling.
        facet: Whether ``facets=True`` and the search page count hits by this field. Any keyword
            field can be counted by its name.
    """

    lowercase: bool = True
    facet: bool = False


@frozen
class Date:
    """A ``date`` or ``datetime``, or ``None``: searched by day, month, year and range.

    A ``datetime`` with a time zone is indexed in UTC, one without a time zone as it is.

    Attributes:
        sortable: Whether results can be sorted by this field.
    """

    sortable: bool = False


@frozen
class Number:
    """An ``int`` (64 bits, signed) or ``float``, or ``None``: searched by value and range.

    Attributes:
        sortable: Whether results can be sorted by this field.
    """

    sortable: bool = False


@frozen
class Stored:
    """Kept and returned with the document, but not searched; of any type that JSON can hold."""


Marker = Key | Text | Keyword | Date | Number | Stored
