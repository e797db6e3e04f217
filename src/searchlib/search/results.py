"""What does a search give? Results, and hits that are made only when looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, overload

from searchlib.schema.typing import M_co

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.highlight import Snippet
    from searchlib.query.notes import Note


class HitSource(Protocol):
    """Where hits get what they show, when they are asked."""

    def key(self, docnum: int) -> str:
        """Find the key of a document."""

    def document(self, docnum: int) -> Any:
        """Read a document and make it an instance of the model."""

    def stored(self, docnum: int) -> dict[str, Any]:
        """Read the values of a document, as JSON has them."""

    def snippets(self, docnum: int) -> dict[str, Snippet]:
        """Make the snippets of a document."""


class Hit(Generic[M_co]):
    """One document that a query found: an instance of the model ``M_co``.

    Attributes:
        rank: The place in the ranking, counted from 1 over all pages.
        score: How well it matches; comparable within one search only.
    """

    __slots__ = ("_docnum", "_document", "_key", "_snippets", "_source", "rank", "score")

    def __init__(self, rank: int, score: float, docnum: int, source: HitSource) -> None:
        self.rank = rank
        self.score = score
        self._docnum = docnum
        self._source = source
        self._key: str | None = None
        self._document: Any = None
        self._snippets: dict[str, Snippet] | None = None

    @property
    def key(self) -> str:
        """The key of the document, which is not read for it."""
        if self._key is None:
            self._key = self._source.key(self._docnum)
        return self._key

    @property
    def document(self) -> M_co:
        """The document: an instance of the model that the index was opened with."""
        if self._document is None:
            self._document = self._source.document(self._docnum)
        document: M_co = self._document
        return document

    @property
    def stored(self) -> dict[str, Any]:
        """The values of the document by the names of its fields, as JSON has them.

        No model is made for it, so it takes less time than :attr:`document`.
        """
        return self._source.stored(self._docnum)

    @property
    def snippets(self) -> dict[str, Snippet]:
        """For each field that was asked for and has text, the passage that shows the match."""
        if self._snippets is None:
            self._snippets = self._source.snippets(self._docnum)
        return self._snippets

    def to_json(self) -> dict[str, Any]:
        """Write the hit, its document and its snippets as JSON has them."""
        return {
            "rank": self.rank,
            "score": self.score,
            "key": self.key,
            "document": self.document.model_dump(mode="json"),
            "snippets": {
                name: {"html": snippet.html, "text": snippet.text, "spans": list(snippet.spans)}
                for name, snippet in self.snippets.items()
            },
        }

    def __repr__(self) -> str:
        return f"Hit(rank={self.rank}, score={self.score:.4g}, key={self.key!r})"


@dataclass(frozen=True, slots=True)
class Results(Sequence[Hit[M_co]], Generic[M_co]):
    """The hits of one page, best first.

    Attributes:
        hits: The hits of this page.
        total: How many documents match in all; exact.
        took_ms: How long the search took, in milliseconds, without documents and snippets, which
            are made when they are looked at.
        notes: What was changed or ignored in the query, and hints.
    """

    hits: tuple[Hit[M_co], ...]
    total: int
    took_ms: float
    notes: tuple[Note, ...] = ()

    @overload
    def __getitem__(self, index: int) -> Hit[M_co]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Hit[M_co]]: ...
    def __getitem__(self, index: int | slice) -> Hit[M_co] | Sequence[Hit[M_co]]:
        return self.hits[index]

    def __iter__(self) -> Iterator[Hit[M_co]]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    def to_json(self) -> dict[str, Any]:
        """Write the results as JSON has them."""
        return {
            "total": self.total,
            "took_ms": self.took_ms,
            "notes": [note.to_json() for note in self.notes],
            "hits": [hit.to_json() for hit in self.hits],
        }
