"""What is a document with some fields changed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import ValidationError

from searchlib.errors import ArgumentError, DocumentError, explain
from searchlib.schema.codecs import same

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from searchlib.schema.models import DocumentSchema


def with_changes(
    schema: DocumentSchema, document: BaseModel, changes: Mapping[str, Any]
) -> BaseModel:
    """Make a document like another one, but for some fields.

    The validators of the model see the new values, and may change other fields for them: a slug
    that is made of the title. A field that they would change without any new value stays as it is.

    Args:
        schema: The fields.
        document: The document, which stays as it is.
        changes: The new values, by the names of the fields, or of what the document has besides.

    Raises:
        ArgumentError: There is no such field, or the key would change.
        DocumentError: The values do not fit the model.
    """
    known, more = type(document).model_fields, document.model_extra or {}
    for name in changes:
        if name not in known and name not in more:
            there = ", ".join([*known, *more])
            raise ArgumentError(f"expected one of the fields {there}, got {name!r}")
    values = {name: getattr(document, name) for name in known} | more
    try:
        again = schema.validate(values, has_names=True)
    except DocumentError:  # validators refuse what they themselves have made
        changed = _assigned(document, changes)
    else:
        kept = [name for name in known if not same(getattr(again, name), values[name])]
        changed = schema.validate({**values, **changes}, has_names=True).model_copy(
            update={name: values[name] for name in kept if name not in changes}
        )
    before, after = (getattr(one, schema.key.name) for one in (document, changed))
    if before != after:
        raise ArgumentError(
            f"expected the key to stay {before!r}, got {after!r}; delete the document and add "
            "another"
        )
    return changed


def _assigned(document: BaseModel, changes: Mapping[str, Any]) -> BaseModel:
    """Give a copy of a document some values, which are validated one by one."""
    changed = document.model_copy()
    try:
        for name, value in changes.items():
            changed.__pydantic_validator__.validate_assignment(changed, name, value)
    except ValidationError as error:
        field, reason = explain(error)
        raise DocumentError(f"{field}: {reason}" if field else reason) from error
    except Exception as error:  # validators may raise anything
        raise DocumentError(f"expected a document that validates, got {error!r:.200}") from error
    return changed
