"""How is what JSON has for results made of them, and they of that?"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic_core import core_schema

from searchlib.frozen import frozen
from searchlib.highlight import Snippet
from searchlib.query.notes import Note
from searchlib.search.facets.values import (
    DistinctCount,
    Facet,
    FacetResult,
    FieldStats,
    LabelCount,
    SpanCount,
)
from searchlib.search.hits import Hit
from searchlib.search.kept_hits import GivenHit
from searchlib.search.left_out import NOTHING, known
from searchlib.search.results import Results, kept_results
from searchlib.search.suggestions import Suggestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler


@frozen
class Form:
    """How a value stands in JSON: an annotation of the type of what it is there.

    Attributes:
        read: Makes the value, with a function that reads that type.
        write: Writes the value, with a function that writes that type.
    """

    read: Callable[[Any, Callable[[Any], Any]], Any]
    write: Callable[[Any, Callable[[Any], Any]], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return core_schema.no_info_wrap_validator_function(
            self.read,
            handler(source),
            serialization=core_schema.wrap_serializer_function_ser_schema(self.write),
        )


def hit_of(given: dict[str, Any]) -> Hit[Any]:
    """Make a hit of its values, with the document as it is."""
    snippets = {
        name: Snippet(one["html"], one["text"], tuple(one["spans"]))
        for name, one in given["snippets"].items()
    }
    shared = tuple(given.get("shared", ()))
    source = GivenHit(given["key"], given["document"], snippets, shared)
    collapsed = known(**given["collapsed"]) if "collapsed" in given else NOTHING
    return Hit(given["rank"], given["score"], 0, source, collapsed)


def results_of(given: dict[str, Any]) -> Results[Any]:
    """Make results of their values, with documents and facets as they are."""
    return kept_results(
        [hit_of(hit) for hit in given["hits"]],
        given["total"],
        given["took_ms"],
        tuple(note_of(**note) for note in given["notes"]),
        given["facets"],
        given["next"],
        given.get("groups"),
        None if given["suggestion"] is None else Suggestion(**given["suggestion"]),
    )


def note_of(kind: str, message: str, span: list[int] | None) -> Note:
    """Make a note of its values."""
    return Note(kind, message, None if span is None else (span[0], span[1]))


def write_facet(facet: FacetResult, write: Callable[[Any], Any]) -> Any:
    """Write a facet by a function that knows the types of what ``to_json`` gives."""
    if isinstance(facet, Facet):
        return write({**facet.to_json(), "values": [one._asdict() for one in facet]})
    return write({one.name: getattr(facet, one.name) for one in fields(facet)})


def read_facet(given: Any, read: Callable[[Any], dict[str, Any]]) -> FacetResult:
    """Make a facet of its values, read by a function that knows their types."""
    if isinstance(given, FacetResult):
        return given
    facet = read(given)
    if "values" in facet:
        kind: Any = SpanCount if any("start" in one for one in facet["values"]) else LabelCount
        return Facet(**{**facet, "values": tuple(kind(**one) for one in facet["values"])})
    if "min" not in facet:
        return DistinctCount(**facet)
    if isinstance(facet["mean"], datetime) and isinstance(facet["stddev"], float):
        facet["stddev"] = timedelta(seconds=facet["stddev"])
    return FieldStats(**facet)


def read_bound(given: Any) -> Any:
    """Read the date of a text, and leave all else to others."""
    if not isinstance(given, str):
        return given
    return datetime.fromisoformat(given) if "T" in given else date.fromisoformat(given)
