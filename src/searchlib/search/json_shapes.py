"""Which objects does JSON have for results? Their types, for pydantic and OpenAPI.

They describe what ``to_json`` gives. The names are those that OpenAPI shows.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Generic, NotRequired, TypeVar

from pydantic import BeforeValidator, Field, PlainSerializer

# Pydantic refuses the one of typing before Python 3.12.
from typing_extensions import TypedDict

from searchlib.search.facets import values
from searchlib.search.json_values import Form, read_bound, read_facet, write_facet

Document = TypeVar("Document")

Bound = Annotated[
    date | datetime | int | float | None,
    BeforeValidator(read_bound),
    PlainSerializer(values.plain, return_type=str | int | float | None, when_used="json"),
]
Seconds = Annotated[
    timedelta | float | None,
    PlainSerializer(values.plain, return_type=float | None, when_used="json"),
]


class Snippet(TypedDict):
    """Passages from a text field, with the words that match marked."""

    html: Annotated[str, Field(description="HTML: the marks, and all else escaped")]
    text: str
    spans: Annotated[
        list[tuple[int, int]], Field(description="where marks begin and end in the text")
    ]


class Note(TypedDict):
    """A remark on the query, for the person who typed it."""

    kind: str
    message: str
    span: Annotated[
        Annotated[list[int], Field(min_length=2, max_length=2)] | None,
        Field(description="where the part of the query begins and ends that it is about"),
    ]


class Suggestion(TypedDict):
    """Another query that may have been meant."""

    text: str
    html: Annotated[str, Field(description="HTML: what is different, and all else escaped")]
    total: Annotated[int, Field(description="how many documents it finds")]


class Collapsed(TypedDict):
    """The documents that match and are left out in favour of a hit."""

    count: int
    keys: Annotated[list[str], Field(description="of the first hundred")]


class LabelCount(TypedDict):
    """A label, and how many documents have it."""

    label: str
    count: int


class SpanCount(TypedDict):
    """A span of time or numbers, and how many documents have a value in it."""

    label: str
    count: int
    start: Bound
    end: Bound


class Facet(TypedDict):
    """How many of all hits have each label, or a value in each span."""

    field: str
    total: int
    missing: int
    other: int
    distinct: NotRequired[int]
    by: NotRequired[str | int | float]
    gaps: NotRequired[bool]
    values: Annotated[list[SpanCount] | list[LabelCount], Field(union_mode="left_to_right")]


class FieldStats(TypedDict):
    """The lowest, the highest and the mean value of a field in all hits."""

    field: str
    total: int
    count: int
    missing: int
    min: Bound
    max: Bound
    mean: Bound
    sum: int | float | None
    variance: float | None
    stddev: Seconds


class DistinctCount(TypedDict):
    """How many different values all hits have in a field."""

    field: str
    total: int
    count: int
    missing: int


AnyFacet = Annotated[
    Facet | FieldStats | DistinctCount,
    Field(union_mode="left_to_right"),
    Form(read_facet, write_facet),
]


class Hit(TypedDict, Generic[Document]):
    """A document that matches."""

    rank: Annotated[int, Field(description="its place, from 1, counted over all pages")]
    score: float
    key: str
    document: Document
    snippets: Annotated[dict[str, Snippet], Field(description="by the names of the fields")]
    collapsed: NotRequired[Collapsed]
    shared: Annotated[
        NotRequired[list[str]], Field(description="words that make it similar to another document")
    ]


class Results(TypedDict, Generic[Document]):
    """The hits of one page, best first."""

    total: Annotated[int, Field(description="the number of hits on all pages")]
    groups: NotRequired[int]
    took_ms: float
    suggestion: Annotated[
        Suggestion | None, Field(description="what may have been meant, if there are few hits")
    ]
    notes: list[Note]
    facets: dict[str, AnyFacet]
    next: Annotated[str | None, Field(description="the cursor of the next page")]
    hits: list[Hit[Document]]
