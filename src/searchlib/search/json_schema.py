"""What does pydantic know of results, their hits and facets?

How to read and write them, and their JSON schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, TypeAdapter

from searchlib.search import json_shapes
from searchlib.search.facets.values import DistinctCount, Facet, FieldStats
from searchlib.search.hits import Hit
from searchlib.search.json_values import Form, hit_of, read_facet, results_of, write_facet
from searchlib.search.results import Results

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Give what dumps results, hits of any documents, by the models of these, and facets."""
    return TypeAdapter(kind)


def core_schema_of(kind: type, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Make the schema of results, of a hit or of a facet.

    Args:
        kind: Which of them.
        source: The same, perhaps of a kind of documents: ``Results[Article]``.
        handler: Makes the schemas of other types.
    """
    shape: Any
    shape, form = _FORMS[kind]
    if getattr(shape, "__parameters__", ()):
        [document] = get_args(source) or [Any]
        shape = shape[_read_as(document)]
    return handler.generate_schema(Annotated[shape, form])


def _read_as(document: Any) -> Any:
    """Let documents that are asked for as mappings, ``Results[dict]``, be made of models."""
    kind = get_origin(document) or document
    if isinstance(kind, type) and issubclass(kind, Mapping):
        return Annotated[document, BeforeValidator(_values_of)]
    return document


def _values_of(given: Any) -> Any:
    return given.model_dump() if isinstance(given, BaseModel) else given


def _read_results(given: Any, read: Callable[[Any], dict[str, Any]]) -> Results[Any]:
    if not isinstance(given, Results):
        return results_of(read(given))
    values = read(given.values())
    hits = zip(values["hits"], given, strict=True)
    same = all(values["document"] is hit.document for values, hit in hits)
    return given if same else results_of(values)


def _write(found: Results[Any] | Hit[Any], write: Callable[[Any], Any]) -> Any:
    return write(found.values())


def _read_hit(given: Any, read: Callable[[Any], dict[str, Any]]) -> Hit[Any]:
    if not isinstance(given, Hit):
        return hit_of(read(given))
    values = read(given.values())
    return given if values["document"] is given.document else hit_of(values)


_FACET: Final = Form(read_facet, write_facet)
_FORMS: Final[dict[type, tuple[Any, Form]]] = {
    Results: (json_shapes.Results, Form(_read_results, _write)),
    Hit: (json_shapes.Hit, Form(_read_hit, _write)),
    Facet: (json_shapes.Facet, _FACET),
    FieldStats: (json_shapes.FieldStats, _FACET),
    DistinctCount: (json_shapes.DistinctCount, _FACET),
}
