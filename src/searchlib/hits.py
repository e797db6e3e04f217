"""How is a docnum turned into what a hit shows?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from searchlib.errors import QueryError
from searchlib.fields import Text
from searchlib.highlight import Highlighter, SnippetOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whoosh.query import Query

    from searchlib.highlight import Snippet
    from searchlib.schema import DocumentSchema, FieldSpec
    from searchlib.snapshot import Snapshot


class SnapshotHits:
    """Reads keys, documents and snippets for the hits of one query.

    Args:
        snapshot: Where the query was answered.
        schema: What the documents are.
        query: What is to be marked in snippets.
        snippets: Whether hits have snippets, for which fields, or how they look.

    Raises:
        QueryError: A field that is to be shown is not one with text.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        schema: DocumentSchema,
        query: Query,
        snippets: bool | str | Sequence[str] | SnippetOptions,
    ) -> None:
        self._snapshot = snapshot
        self._schema = schema
        self._query = query
        self._options = snippets if isinstance(snippets, SnippetOptions) else SnippetOptions()
        self._shown = _shown_fields(schema, snippets)

    def key(self, docnum: int) -> str:
        """Find the key of a document."""
        return self._snapshot.key(self._schema.key.name, docnum)

    def document(self, docnum: int) -> Any:
        """Read a document and make it an instance of the model."""
        return self._schema.restore(self._snapshot.document(docnum))

    def snippets(self, document: Any) -> dict[str, Snippet]:
        """Make the snippets of a document."""
        texts = {name: _text(getattr(document, name)) for name in self._highlighters}
        return {
            name: self._highlighters[name].snippet(text, self._options)
            for name, text in texts.items()
            if text
        }

    @cached_property
    def _highlighters(self) -> dict[str, Highlighter]:
        return {
            spec.name: Highlighter(self._query, spec.name, spec.marker.language)
            for spec in self._shown
            if isinstance(spec.marker, Text)
        }


def _shown_fields(
    schema: DocumentSchema, snippets: bool | str | Sequence[str] | SnippetOptions
) -> list[FieldSpec]:
    if snippets is False:
        return []
    texts = {name: spec for name, spec in schema.fields.items() if isinstance(spec.marker, Text)}
    if snippets is True or isinstance(snippets, SnippetOptions):
        return list(texts.values())
    names = [snippets] if isinstance(snippets, str) else snippets
    for name in names:
        if name not in texts:
            there = ", ".join(texts)
            raise QueryError(f"expected text fields for snippets, got {name!r}; there are {there}")
    return [texts[name] for name in names]


def _text(value: Any) -> str:
    return "\n\n".join(value) if isinstance(value, list) else value or ""
