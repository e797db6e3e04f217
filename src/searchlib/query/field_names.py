"""Which field does a name in a query mean, and which did they mean who wrote another?"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from searchlib.query.checks import shown
from searchlib.query.lexer import BEHIND_NAME
from searchlib.schema.markers import Date, Key, Number, Stored, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.schema.models import DocumentSchema, FieldSpec

_LONGEST_NAME: Final = 64
_WIDE_COLON: Final = "\uff1a"
_COLONS: Final = f":{_WIDE_COLON}"
_OPENS: Final = frozenset("_\"'[({*<>-+!/?~")
"""What may stand behind the colon of a field, besides letters and digits."""

_SHARED: Final = 0.3
"""How many of all letters of two similar names one has in common with the other, at least."""

_DISTANCE: Final = re.compile(r"\d++[^\W\d]++(?!\d)")  # not "2025Q1"

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
        texts: The names of the text fields.
        values: The names of the date and number fields.
        bare: The names that are of letters and digits, with a letter first.
        plain: Those of them that are of no date or number field.
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
        self.bare: Final = frozenset(
            name for name in self.specs if name.isalnum() and not name[0].isdecimal()
        )
        self.texts: Final = frozenset(
            name for name, spec in self.specs.items() if isinstance(spec.marker, Text)
        )
        self.values: Final = frozenset(
            name for name, spec in self.specs.items() if isinstance(spec.marker, Date | Number)
        )
        self.plain: Final = self.bare - self.values
        self._letters: Final = {name: frozenset(name) for name in self.specs}
        self._otherwise: Final = self._written_otherwise()

    def _explain(self, name: str) -> str:
        """Say why a name is not that of a field, and which field may be meant."""
        if name in self._schema.fields:
            return self.missing(name)
        return f'{self.missing(name)} (to look for the text, put it in "…")'

    def missing(self, name: str) -> str:
        """Say that there is no field of a name to search, and which may be meant."""
        if name in self._schema.fields:
            return f"field {name!r} is stored, not searched"
        return f"no field {shown(name)}; {self._hint(name)}"

    def is_meant(self, name: str, behind: str) -> bool:
        """Tell whether what looks like the name of a field is meant as one.

        A name that is not known is taken for a mistake only where something follows at once:
        "Note: ..." is text. So is one with a wide colon, which East Asia writes within sentences.

        Args:
            name: The name, with its colon and blanks as they stand; without colon, a comparison
                follows.
            behind: The character behind it.
        """
        bare = name.rstrip(BEHIND_NAME)
        spec = self.specs.get(bare)
        if spec is not None:
            return name[-1] in _COLONS or self.is_value(spec)
        if name[-1] == _WIDE_COLON:
            return False
        if name[-1] != ":":
            return len(bare) <= _LONGEST_NAME and bool(self._all_meant(bare))
        return name == f"{bare}:" and bool(behind) and (behind.isalnum() or behind in _OPENS)

    def meant(self, name: str) -> str | None:
        """Name the field that a name which is not one most probably stands for."""
        return next(iter(self._all_meant(name[:_LONGEST_NAME])), None)

    def _hint(self, name: str) -> str:
        close = self._all_meant(name[:_LONGEST_NAME])
        return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(self.specs)}"

    def _all_meant(self, name: str) -> Sequence[str]:
        """Find the fields that a name may stand for: by its meaning, or a slip in it."""
        otherwise = self._otherwise.get(name.lower())
        if otherwise:
            return otherwise
        from difflib import get_close_matches

        near = [
            known
            for known, letters in self._letters.items()
            if sum(map(letters.__contains__, name)) >= _SHARED * (len(name) + len(known))
        ]
        return get_close_matches(name, near, n=1, cutoff=2 * _SHARED) if near else []

    def _written_otherwise(self) -> dict[str, list[str]]:
        """List the fields by their names in small letters, and by what such are often called."""
        found: dict[str, list[str]] = {}
        for known in self.specs:
            found.setdefault(known.lower(), []).append(known)
        named = frozenset(found)
        for known, spec in self.specs.items():
            for marker, names in _HABITS.items():
                for name in names - named if isinstance(spec.marker, marker) else ():
                    found.setdefault(name, []).append(known)
        return found

    def is_value(self, spec: FieldSpec | None) -> bool:
        """Tell whether a field holds numbers or dates."""
        return spec is not None and spec.name in self.values

    def is_signed(self, spec: FieldSpec | None, value: str) -> bool:
        """Tell whether a sign before a value is a part of it, and excludes nothing.

        It is in a field of numbers, of labels or keys that are whole numbers too, and before a
        distance in time: "-7d".
        """
        if spec is None:
            return False
        if isinstance(spec.marker, Date):
            return _DISTANCE.match(value) is not None
        return self.is_value(spec) or spec.kind == "int"

    def is_text(self, spec: FieldSpec | None) -> bool:
        """Tell whether a field, or all that are searched by default, hold text."""
        return spec is None or spec.name in self.texts
