"""Of which values is JSON written as they are?

Nearly all values of nearly all documents are plain: text, small numbers, days, and lists of such.
That is seen by their types alone, in a fraction of the time that a look at each would take. It is
written twice: here, readably, and in ``compiled.pyx``.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDEST: Final = (1 << 63) - 1
"""The largest whole number that is taken for plain; there are larger ones that can be stored."""


class Plain(NamedTuple):
    """The plain values of a field; false if there are none.

    Attributes:
        types: Values of exactly these types are.
        numbers: Whether whole numbers of up to 63 bits are.
        floats: Whether finite floats are.
        moments: Whether dates with a time and without a zone are.
        items: Which items make a list plain that has no others; ``None`` if lists are not.
        values: Which values make a dict plain that has no others, and text for keys.
    """

    types: frozenset[type] = frozenset()
    numbers: bool = False
    floats: bool = False
    moments: bool = False
    items: Plain | None = None
    values: Plain | None = None

    def __bool__(self) -> bool:
        return any(one for one in tuple(self))

    def has(self, value: Any) -> bool:
        """Tell whether a value is one of them."""
        kind = type(value)
        if kind in self.types:
            return True
        if kind is int:
            return self.numbers and -WIDEST <= value <= WIDEST
        if kind is float:
            return self.floats and math.isfinite(value)
        if kind is datetime:
            return self.moments and value.tzinfo is None
        if kind is list:
            return self.items is not None and all(map(self.items.has, value))
        if kind is dict and self.values is not None:
            return all(type(key) is str for key in value) and all(
                map(self.values.has, value.values())
            )
        return False


class PlainFields:
    """The plain values of the fields of a document.

    Args:
        fields: The fields, and which values of each are plain.
        model: The model, if an instance of it is nothing but these fields.
    """

    def __init__(self, fields: Mapping[str, Plain], model: type | None) -> None:
        self._fields = fields
        self._model = model

    def hold(self, values: dict[str, Any]) -> bool:
        """Tell whether all fields have plain values."""
        try:
            return all(plain.has(values[name]) for name, plain in self._fields.items())
        except KeyError:
            return False

    def write(self, document: Any) -> bytes | None:
        """Write a document as JSON; ``None`` if it has more than plain values in these fields.

        Raises:
            ValueError: JSON can't hold a text.
        """
        if type(document) is not self._model:
            return None
        values = document.__dict__
        is_plain = len(values) == len(self._fields) and self.hold(values)
        return to_json(values) if is_plain else None
