"""Which text fields does a search look into where its query names none?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from searchlib.errors import QueryError
from searchlib.query.checks import shown
from searchlib.schema.markers import Text

if TYPE_CHECKING:
    from searchlib.schema.models import DocumentSchema

FieldsSearched = Mapping[str, float] | Iterable[str]
"""Text fields and their weights, or text fields with the weights that the model gives them."""


def searching(schema: DocumentSchema, fields: FieldsSearched | None) -> DocumentSchema:
    """Give the fields of an index, of which a search looks into some.

    Args:
        schema: The fields.
        fields: Those that it looks into, with weights or without; ``None`` for those of the model.

    Raises:
        QueryError: One is no text field, or a weight is no number above 0.
    """
    if fields is None:
        return schema
    texts = {
        name: spec.marker.boost
        for name, spec in schema.fields.items()
        if isinstance(spec.marker, Text)
    }
    names = [fields] if isinstance(fields, str) else fields
    if not isinstance(names, Iterable):
        raise QueryError(f"expected fields to be names or a mapping, got {shown(fields)}")
    chosen = list(names)
    for name in chosen:
        if not isinstance(name, str) or name not in texts:
            there = ", ".join(texts) or "none"
            raise QueryError(f"expected text fields, got {shown(name)}; there are {there}")
    if not chosen:
        raise QueryError("expected at least one text field to search, got none")
    weights = fields if isinstance(fields, Mapping) else {name: texts[name] for name in chosen}
    return schema.searching({name: _weight(name, weights[name]) for name in chosen})


def _weight(name: str, weight: object) -> float:
    if isinstance(weight, int | float) and not isinstance(weight, bool) and 0 < weight < 1e30:
        return float(weight)
    raise QueryError(f"field {name!r}: expected a weight above 0, got {shown(weight)}")
