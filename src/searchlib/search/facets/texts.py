"""What do texts such as ``source`` and ``published:month`` ask to be counted?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searchlib.errors import QueryError
from searchlib.schema.markers import Date, Number
from searchlib.search.facets.requests import (
    AUTO,
    UNITS,
    Distinct,
    FacetRequest,
    Histogram,
    Stats,
    Terms,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.schema.models import DocumentSchema, FieldSpec


def read_facets(texts: Iterable[str], schema: DocumentSchema) -> dict[str, FacetRequest]:
    """Read what is to be counted.

    Args:
        texts: Each a field, or a field, a colon, and how: as of ``--facet``.
        schema: The fields.

    Returns:
        The requests, by these texts.

    Raises:
        QueryError: It is nothing that can be counted.
    """
    return {text: _read(text, schema) for text in texts}


def _read(text: str, schema: DocumentSchema) -> FacetRequest:
    field, _, how = text.partition(":")
    spec = schema.fields.get(field)
    if how == "stats":
        return Stats(field)
    if how == "distinct":
        return Distinct(field)
    if spec is not None and isinstance(spec.marker, Date | Number):
        return Histogram(field, by=_interval(how, text, spec), fill=True)
    if how and not how.isdecimal():
        raise QueryError(
            f"expected a number of labels, stats or distinct behind the colon, got {text!r}"
        )
    return Terms(field, size=int(how) if how else 10)


def _interval(how: str, text: str, spec: FieldSpec) -> Any:
    if not how:
        return AUTO
    if isinstance(spec.marker, Date):
        if how not in UNITS:
            raise QueryError(f"expected {', '.join(UNITS)} behind the colon, got {text!r}")
        return how
    try:
        return int(how) if how.isdecimal() else float(how)
    except ValueError as error:
        raise QueryError(f"expected a number behind the colon, got {text!r}") from error
