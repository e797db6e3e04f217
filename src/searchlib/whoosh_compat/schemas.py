"""How does a Whoosh schema become a schema of ours?"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from searchlib.errors import SchemaError
from searchlib.schema.models import DocumentSchema, FieldSpec
from searchlib.schema.stand_in import stand_in_of
from searchlib.whoosh_compat.fields import marker_of, reader_of

if TYPE_CHECKING:
    from whoosh.fields import Schema

    from searchlib.schema.fields import Kind


def schema_from_whoosh(schema: Schema, name: str = "Document") -> DocumentSchema:
    """Read a Whoosh schema, for instance that of an index one comes from.

    The schema's :attr:`~DocumentSchema.model` takes values as Whoosh does: the labels of a
    ``KEYWORD`` field as one text, a date as ``"20250301"``.

    Args:
        schema: The Whoosh schema.
        name: The name of that model.

    Raises:
        SchemaError: A field has no counterpart here, or no field is unique.
    """
    for pattern in schema._dyn_fields:
        raise SchemaError(
            f"field {pattern!r}: expected fields with names, got names that are made up as "
            "documents come; write a field for each, or a STORED field for a mapping of them"
        )
    specs = [
        FieldSpec(field_name, marker, cast("Kind", kind), many)
        for field_name, field in schema.items()
        for marker, kind, many in [marker_of(field_name, field)]
    ]
    fields = {spec.name: spec for spec in specs}
    readers = {n: reader for n, field in schema.items() if (reader := reader_of(field))}
    return DocumentSchema(specs, name, stand_in_of(name, fields, readers))
