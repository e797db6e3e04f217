"""What does an instance of another model give for a document?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from searchlib.errors import DocumentError
from searchlib.schema.codecs import Unfit

if TYPE_CHECKING:
    from pydantic import BaseModel


def fields_of(document: Any, model: type[BaseModel], *, is_made: bool) -> dict[str, Any]:
    """Take the fields of an instance of another model, if this one has all of them.

    Args:
        document: The instance.
        model: The model of documents.
        is_made: Whether it was made of a stored schema, and has what JSON has.

    Raises:
        DocumentError: It has not; or the instance is of a class derived from the model.
    """
    from pydantic import BaseModel

    from searchlib.schema.coding import codec_of

    if isinstance(document, model):
        raise DocumentError(
            f"expected an instance of {model.__name__} itself, got one of "
            f"{type(document).__name__}, which would come back as a {model.__name__}; "
            "make the index with the derived model"
        )
    fields = dict(BaseModel.__iter__(document))  # its own may give what is in a field
    lost = fields.keys() - model.model_fields.keys()
    if lost and model.model_config.get("extra") != "allow":
        raise DocumentError(f"{min(lost)}: expected a field of {model.__name__}, got another")
    if not is_made:
        return fields
    try:
        kind: type[BaseModel] = type(document)
        stored: dict[str, Any] = from_json(codec_of(kind).dumps(document))
    except Unfit as error:
        raise DocumentError(str(error)) from error
    return stored
