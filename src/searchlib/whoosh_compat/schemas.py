"""How does a Whoosh schema become a schema of ours?"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from searchlib.schema.models import DocumentSchema, FieldSpec
from searchlib.whoosh_compat.fields import marker_of

if TYPE_CHECKING:
    from whoosh.fields import Schema

    from searchlib.schema.fields import Kind


def schema_from_whoosh(schema: Schema, name: str = "Document") -> DocumentSchema:
    """Read a Whoosh schema, for instance that of an index one comes from.

    Args:
        schema: The Whoosh schema.
        name: The name of the model that the schema's :attr:`~DocumentSchema.model` will have.

    Raises:
        SchemaError: A field has no counterpart here, or no field is unique.
    """
    specs = [
        FieldSpec(field_name, marker, cast("Kind", kind), many)
        for field_name, field in schema.items()
        for marker, kind, many in [marker_of(field_name, field)]
    ]
    return DocumentSchema(specs, name)
