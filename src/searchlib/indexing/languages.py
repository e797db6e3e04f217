"""Which language is a document in? What it says itself, or what its text looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from searchlib.analysis.detection import LOOKED_AT, can_detect, detect_language
from searchlib.analysis.language_names import language_meant
from searchlib.schema.markers import AUTO, Text
from searchlib.schema.paths import as_list, value_at
from searchlib.schema.values import text_of
from searchlib.segment.languages import UNSTEMMED

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from searchlib.schema.models import DocumentSchema

FIELD: Final = "language"
"""The field, if there is one of this name, where documents say which language they are in."""


class DocumentLanguage:
    """Finds the languages of documents.

    Args:
        schema: Their fields; those of text whose language is "auto" are looked at.

    Attributes:
        lacks_detector: Whether the text of a document should have been looked at, and there was
            no detector.
        recorded: Tells which language a document was found to be in before, by its key, or
            ``None``; asked where there is no detector.
    """

    def __init__(self, schema: DocumentSchema) -> None:
        self.lacks_detector = False
        self.recorded: Callable[[str], str | None] = lambda _: None
        self._key = schema.key.name
        self._has_field = FIELD in schema.fields
        self._can_detect = can_detect()
        self._texts = [
            name
            for name, spec in schema.fields.items()
            if isinstance(spec.marker, Text) and spec.marker.language == AUTO
        ]

    def __call__(self, document: BaseModel) -> str:
        """Name the language, or :data:`~searchlib.segment.languages.UNSTEMMED`."""
        named = self._named(getattr(document, FIELD, None)) if self._has_field else None
        if named is not None:
            return named
        if self._can_detect:
            return detect_language(self._beginning(document)) or UNSTEMMED
        before = self.recorded(text_of(getattr(document, self._key)))
        self.lacks_detector |= before in (None, UNSTEMMED)
        return before or UNSTEMMED

    def _named(self, value: object) -> str | None:
        """Find the language that a field names; of several, the first that can be stemmed."""
        names = value if isinstance(value, list | tuple) else [value]
        meant = (language_meant(name) for name in names if isinstance(name, str))
        return next(filter(None, meant), None)

    def _beginning(self, document: BaseModel) -> str:
        """Give the beginning of the texts, as much as is looked at."""
        found, size = [], 0
        for name in self._texts:
            for text in map(text_of, as_list(value_at(document, name))):
                if size < LOOKED_AT:
                    found.append(text[: LOOKED_AT - size])
                    size += len(found[-1])
        return "\n".join(found)
