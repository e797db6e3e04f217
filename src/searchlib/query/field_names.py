"""Which field does a name in a query mean, and which did they mean who wrote another?"""

from __future__ import annotations

import difflib
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from searchlib.schema.markers import Date, Key, Number, Stored, Text

if TYPE_CHECKING:
    from searchlib.schema.models import DocumentSchema, FieldSpec

_LONGEST_NAME: Final = 64
_HABITS: Final = {
    Date: frozenset({"date", "time", "day", "when", "year", "at", "on", "pubdate", "datetime"}),
    Text: frozenset({"text", "content", "contents", "fulltext", "headline", "abstract"}),
    Key: frozenset({"id", "key", "docid", "_id"}),
}


class FieldNames:
    """The fields of a schema that can be searched, by name.

    Attributes:
        specs: The fields.
        defaults: The names of the text fields that are searched where no field is named.
        dates: The names of the date fields.
        explain: Says why a name is not that of a field, and which field may be meant.
    """

    def __init__(self, schema: DocumentSchema) -> None:
        self._schema = schema
        self.explain = lru_cache(maxsize=64)(self._explain)
        self.defaults: Final = tuple(schema.default_fields)
        self.specs: Final[dict[str, FieldSpec]] = {
            name: spec
            for name, spec in schema.fields.items()
            if not isinstance(spec.marker, Stored)
        }

        self.dates: Final = tuple(
            name for name, spec in self.specs.items() if isinstance(spec.marker, Date)
        )

    def _explain(self, name: str) -> str:
        """Say why a name is not that of a field, and which field may be meant."""
        if name in self._schema.fields:
            return f"field {name!r} is stored, not searched"
        return f'no field {name!r}; {self._hint(name)} (to look for the text, put it in "…")'

    def _hint(self, name: str) -> str:
        name = name[:_LONGEST_NAME]
        close = difflib.get_close_matches(name, self.specs, n=1)
        if not close:
            lower = [known for known in self.specs if known.lower() == name.lower()]
            close = lower or self._by_habit(name.lower())
        return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(self.specs)}"

    def _by_habit(self, name: str) -> list[str]:
        return [
            known
            for known, spec in self.specs.items()
            for marker, names in _HABITS.items()
            if isinstance(spec.marker, marker) and name in names
        ]

    def is_value(self, spec: FieldSpec | None) -> bool:
        """Tell whether a field holds numbers or dates."""
        return spec is not None and isinstance(spec.marker, Date | Number)

    def is_text(self, spec: FieldSpec | None) -> bool:
        """Tell whether a field, or all that are searched by default, hold text."""
        return spec is None or isinstance(spec.marker, Text)
