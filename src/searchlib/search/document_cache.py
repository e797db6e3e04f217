"""Which documents were shown lately? They are likely to be shown again.

A query is made narrower, a page is turned back, and many people ask for the same: what was read
and prepared of a document to show it is kept for the next time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json

from searchlib.highlight import FieldText
from searchlib.memory import LRUCache
from searchlib.schema.paths import text_at

if TYPE_CHECKING:
    from searchlib.storage.snapshot import Snapshot

_FORMS: Final = 4  # a document, what is read from it, a text that is searched, and some room


class CachedDocument:
    """A document, as it is needed to show it.

    Args:
        raw: The document, as JSON.

    Attributes:
        raw: The same.
    """

    __slots__ = ("_texts", "_values", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw: Final = raw
        self._values: dict[str, Any] | None = None
        self._texts: dict[str, FieldText | None] = {}

    @property
    def values(self) -> dict[str, Any]:
        """What stands in the fields, as JSON has it. It is shared: not to be changed."""
        if self._values is None:
            self._values = from_json(self.raw, cache_strings="keys")
        return self._values

    def text(self, field: str) -> FieldText | None:
        """Give what stands in a text field; ``None`` for nothing."""
        try:
            return self._texts[field]
        except KeyError:
            texts = text_at(self.values, field)
            text = self._texts[field] = FieldText(texts) if texts else None
            return text


class DocumentCache:
    """Reads the documents of a snapshot to show them. Threads may share it.

    Args:
        snapshot: Where from.
        limit: How many bytes there are to keep those that were shown last.
    """

    def __init__(self, snapshot: Snapshot, limit: int) -> None:
        self._snapshot = snapshot
        self._recent = LRUCache(limit)

    def __getitem__(self, docnum: int) -> CachedDocument:
        """Read a document, by its number in the whole index."""
        shown: CachedDocument | None = self._recent.get(docnum)
        if shown is None:
            shown = CachedDocument(self._snapshot.document(docnum))
            self._recent.put(docnum, shown, _FORMS * len(shown.raw))
        return shown
