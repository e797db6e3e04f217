"""How is a docnum turned into what a hit shows?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from searchlib.arguments import names_of
from searchlib.errors import QueryError
from searchlib.highlight import Highlighter, SnippetOptions
from searchlib.postings import idf
from searchlib.query.tree import walk
from searchlib.search.expansion import term_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence

    from searchlib.arrays import Int64Array
    from searchlib.highlight import Snippet
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.document_cache import CachedDocument
    from searchlib.search.kept_hits import StoredHit

_USUAL: Final = SnippetOptions()


class ShownDocuments(Protocol):
    """Documents as they are needed to show them."""

    def __getitem__(self, docnum: int) -> CachedDocument:
        """Read a document."""


class FoundIn(Protocol):
    """What hits were found in: a commit, or the answer of a server."""

    @property
    def doc_count_all(self) -> int:
        """The number of documents, among them those deleted that still count."""

    def keys(self, field: str) -> Callable[[int], str]:
        """Give what finds the key of a document, which is in that field."""

    def language_of(self, docnum: int) -> str | None:
        """Find the language of a document, where each is in its own."""

    def doc_frequency(self, field: str, term: bytes) -> int:
        """Count the documents that have a term in a field."""

    def documents(self, docnums: Int64Array) -> Iterator[bytes]:
        """Read documents, whose numbers ascend."""


class Sharing(Protocol):
    """Names what a document, as it is stored and in its language, shares with another one."""

    def __call__(self, values: Mapping[str, Any], language: str | None) -> tuple[str, ...]:
        """Name the terms."""


class HitFetcher:
    """Reads keys, documents and snippets for the hits of one query.

    It keeps no searcher alive, only the commit and the documents that were shown of it.

    Args:
        snapshot: The commit that was searched.
        shown: Its documents, to show them.
        schema: What the documents are.
        query: What is to be marked in snippets.
        snippets: Whether hits have snippets, for which fields, or how they look.
        searched: The fields that words were looked for in where the query names none; ``None`` for
            those of the schema.
        sharing: Names what makes a document similar to one that was asked for; ``None`` if none
            was.

    Attributes:
        snapshot: The same.
        schema: The same.
        key: Finds the key of a document.

    Raises:
        QueryError: A field that is to be shown is not one with text.
    """

    def __init__(
        self,
        snapshot: FoundIn,
        shown: ShownDocuments,
        schema: DocumentSchema,
        query: Query,
        snippets: bool | str | Sequence[str] | SnippetOptions,
        searched: Collection[str] | None = None,
        sharing: Sharing | None = None,
    ) -> None:
        self._sharing = sharing
        self._searched = schema.default_fields if searched is None else searched
        self.snapshot: Final = snapshot
        self._documents = shown
        self.schema: Final = schema
        self._query = query
        self._options = snippets if isinstance(snippets, SnippetOptions) else _USUAL
        self._shown = _shown_fields(schema, snippets)
        self._highlighters: dict[str | None, list[tuple[str, Highlighter, bool]]] = {}
        self.key: Final = snapshot.keys(schema.key.name)

    def document(self, docnum: int) -> Any:
        """Read a document and make it an instance of the model."""
        return self.schema.restore(self._documents[docnum].raw)

    def stored(self, docnum: int) -> dict[str, Any]:
        """Read the values of a document, as JSON has them."""
        return dict(self._documents[docnum].values)

    def snippets(self, docnum: int) -> dict[str, Snippet]:
        """Make the snippets of a document, from its stored form: no model is made for them."""
        if not self._shown:
            return {}
        document, language = self._documents[docnum], self._language(docnum)
        if language not in self._highlighters:
            self._highlighters[language] = self._highlighters_for(language)
        return {
            name: highlighter.snippet(text, self._options, whole=whole)
            for name, highlighter, whole in self._highlighters[language]
            if (text := document.text(name)) is not None
        }

    def shared(self, docnum: int) -> tuple[str, ...]:
        """Name what makes a document similar to the one that was asked for, if one was."""
        if self._sharing is None:
            return ()
        return self._sharing(self._documents[docnum].values, self._language(docnum))

    def kept(self, docnum: int) -> StoredHit:
        """Read all that a hit shows, to show it without the index."""
        from searchlib.search.kept_hits import StoredHit

        raw, shared = self._documents[docnum].raw, self.shared(docnum)
        return StoredHit(self.schema, self.key(docnum), raw, self.snippets(docnum), shared)

    def _language(self, docnum: int) -> str | None:
        """Find the language of a document, where each is in its own."""
        return self.snapshot.language_of(docnum) if self.schema.is_mixed else None

    def passage(self, docnum: int) -> str | None:
        """Give the text of the snippet that has most of what was looked for."""
        found = self.snippets(docnum).values()
        best = max(found, key=lambda one: (len(one.spans), len(one.text)), default=None)
        return None if best is None else best.text

    def _highlighters_for(self, language: str | None) -> list[tuple[str, Highlighter, bool]]:
        """Make the highlighters of the fields of documents in a language, if they have their own.

        They mark what the query's words are there, and not what they are in another language.
        """
        fields = self.schema.with_languages((language,)).fields
        named = {name for part in walk(self._query) for name in _fields_of(part)}
        whole = _names(self._options.whole)
        alike: dict[Hashable, Highlighter] = {}
        found = []
        for name in self._shown:
            spec = fields[name]
            is_default = name in self._searched
            weigh = partial(_rarity, self.snapshot, name)
            key = (spec.languages, is_default, name if name in named else "")
            if key in alike:
                highlighter = alike[key].of_field_alike(weigh)
            else:
                highlighter = Highlighter(self._query, spec, is_default=is_default, weigh=weigh)
                alike[key] = highlighter
            found.append((name, highlighter, name in whole))
        return found


def _rarity(snapshot: FoundIn, field: str, term: str) -> float:
    """Tell how rare a term of a field is in the whole index: its idf."""
    frequency = snapshot.doc_frequency(field, term_bytes(term))
    return idf(snapshot.doc_count_all, frequency)


def _fields_of(part: Query) -> tuple[str, ...]:
    """Name the fields that a part of a query names."""
    return getattr(part, "fields", None) or (getattr(part, "field", ""),)


def _shown_fields(
    schema: DocumentSchema, snippets: bool | str | Sequence[str] | SnippetOptions
) -> Sequence[str]:
    if snippets is False:
        return ()
    texts = schema.text_fields
    if snippets is True:
        return texts
    if isinstance(snippets, SnippetOptions):
        names = [*texts] if snippets.fields is None else _names(snippets.fields)
        asked_for = [*names, *_names(snippets.whole)]
    else:
        names = asked_for = _names(snippets)
    for name in asked_for:
        if name not in texts:
            there = ", ".join(texts)
            raise QueryError(f"expected text fields for snippets, got {name!r}; there are {there}")
    return [*dict.fromkeys(names)]


def _names(names: str | Sequence[str]) -> list[str]:
    return names_of("snippets", names, error=QueryError)
