"""What is a document with some fields changed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searchlib.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from searchlib.schema.models import DocumentSchema


def with_changes(
    schema: DocumentSchema, document: BaseModel, changes: Mapping[str, Any]
) -> BaseModel:
    """Make a document like another one, but for some fields.

    Args:
        schema: The fields.
        document: The document, which stays as it is.
        changes: The new values, by the names of the fields.

    Raises:
        ArgumentError: There is no such field, or the key would change.
        DocumentError: The values do not fit the model.
    """
    known = type(document).model_fields
    for name in changes:
        if name not in known:
            raise ArgumentError(f"expected one of the fields {', '.join(known)}, got {name!r}")
    values = {name: getattr(document, name) for name in known}
    changed = schema.validate({**values, **(document.model_extra or {}), **changes})
    before, after = (getattr(one, schema.key.name) for one in (document, changed))
    if before != after:
        raise ArgumentError(
            f"expected the key to stay {before!r}, got {after!r}; delete the document and add "
            "another"
        )
    return changed
