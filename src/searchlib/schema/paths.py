"""Where in a document is the value of a field? Also of one in a model in the document."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

LISTS: Final = (list, tuple, set, frozenset, deque)
_STORED: Final = (str, int, float, dict)


def value_at(holder: Any, name: str) -> Any:
    """Find the value of a field.

    Args:
        holder: A document: an instance of a model, or what is stored of one.
        name: The name of the field, with dots for a field of what is in a field.

    Returns:
        The value; ``None`` where there is none; a list if there is a list on the way.
    """
    step, _, rest = name.partition(".")
    found = holder.get(step) if isinstance(holder, Mapping) else getattr(holder, step, None)
    if step == "root" and found is None and (rest or not isinstance(holder, Mapping)):
        found = holder if isinstance(holder, _STORED) else None  # of a root model: it is in there
    if not rest or found is None:
        return found
    if not isinstance(found, LISTS):
        return value_at(found, rest)
    return [value for one in found for value in as_list(value_at(one, rest))]


def text_at(stored: Mapping[str, Any], name: str) -> str | list[str] | None:
    """Find the text of a text field, or its texts, in what is stored of a document.

    Args:
        stored: The document.
        name: The name of the field, as for :func:`value_at`.

    Returns:
        The text; a list of texts, without the gaps that a list may have; ``None`` for nothing.
    """
    value = value_at(stored, name)
    return as_list(value) if isinstance(value, list) else value


def as_list(value: Any) -> list[Any]:
    """Look at a value, a list of them, or none, as at a list of what is there."""
    if value is None:
        return []
    return [one for one in value if one is not None] if isinstance(value, LISTS) else [value]
