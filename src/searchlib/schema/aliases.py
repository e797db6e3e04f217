"""By which names does pydantic find the fields of a model in a mapping?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel


def has_names_for_aliases(model: type[BaseModel]) -> bool:
    """Tell whether the alias of a field is the name of another, so that names alone tell them."""
    fields = model.model_fields
    return any(
        alias in fields and alias != name
        for name, info in fields.items()
        for alias, *_ in _paths_of(info.validation_alias)
    )


def given_for(model: type[BaseModel], name: str, values: Mapping[Any, Any]) -> Any:
    """Find what a mapping has for a field where pydantic would look; ``None`` for nothing.

    Args:
        model: The model.
        name: The name of the field.
        values: The mapping.
    """
    info = model.model_fields.get(name)
    for path in [*_paths_of(info and info.validation_alias), [name]]:
        found: Any = values
        try:
            for step in path:
                found = found[step]
        except (KeyError, IndexError, TypeError):
            continue
        return found
    return None


def _paths_of(alias: Any) -> Iterator[list[Any]]:
    """Give the ways on which pydantic looks for a field: a name, perhaps with steps behind it."""
    for one in getattr(alias, "choices", [alias]):
        yield one.path if hasattr(one, "path") else [one]
