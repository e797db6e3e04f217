"""Which fields has an index for the model that it is opened with?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searchlib.articles import shipped_model
from searchlib.schema.models import DocumentSchema

if TYPE_CHECKING:
    from pydantic import BaseModel


def schema_for(stored: dict[str, Any], model: type[BaseModel] | None) -> DocumentSchema:
    """Give the fields of an index for the model that it is opened with.

    Args:
        stored: The schema that the index keeps.
        model: The class of its documents; ``None`` for one made from the stored schema.

    Raises:
        SchemaMismatchError: The documents would have to be indexed anew for the model.
    """
    schema = DocumentSchema.from_json(stored, find_model=shipped_model)
    if model is None:
        return schema
    wanted = DocumentSchema.of(model).in_language(schema.language)
    schema.expect(wanted)
    return wanted.after(schema)
