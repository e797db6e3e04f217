"""By which names does pydantic find the fields of a model in a mapping?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel


def has_names_for_aliases(model: type[BaseModel]) -> bool:
    """Tell whether the alias of a field is the name of another, so that names alone tell them."""
    fields = model.model_fields
    return any(
        alias in fields and alias != name
        for name, info in fields.items()
        for alias in _aliases_of(info.validation_alias)
    )


def _aliases_of(alias: Any) -> list[Any]:
    """Give the names under which pydantic looks for a field in a mapping."""
    choices = getattr(alias, "choices", [alias])
    return [one.path[0] if hasattr(one, "path") else one for one in choices]
