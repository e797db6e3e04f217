"""What does a search return? Results, whose hits read their documents only when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, overload

from searchlib.schema.typing import M_co
from searchlib.search.left_out import NOTHING, Collapsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.highlight import Snippet
    from searchlib.query.notes import Note
    from searchlib.search.left_out import LeftOut


class HitSource(Protocol):
    """Reads keys, documents and snippets for hits."""

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
        rank: The place in the ranking, from 1, counted over all pages.
        score: How well the document matches. Compare it only within one search.
        collapsed: How many documents are left out in favour of this one, and their keys.
    """

    __slots__ = (
        "_docnum", "_document", "_key", "_snippets", "_source", "collapsed", "rank", "score"
    )  # fmt: skip

    def __init__(
        self,
        rank: int,
        score: float,
        docnum: int,
        source: HitSource,
        collapsed: Collapsed = NOTHING,
    ) -> None:
        self.rank = rank
        self.score = score
        self.collapsed = collapsed
        self._docnum = docnum
        self._source = source
        self._key: str | None = None
        self._document: Any = None
        self._snippets: dict[str, Snippet] | None = None

    @property
    def key(self) -> str:
        """The key of the document. The document itself is not read."""
        if self._key is None:
            self._key = self._source.key(self._docnum)
        return self._key

    @property
    def document(self) -> M_co:
        """The document, an instance of the model of the index; read on first use."""
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
        """The snippet of each requested text field that is not empty; made on first use."""
        if self._snippets is None:
            self._snippets = self._source.snippets(self._docnum)
        return self._snippets

    def to_json(self) -> dict[str, Any]:
        """Convert the hit, its document and its snippets to values that JSON can hold."""
        return {
            "rank": self.rank,
            "score": self.score,
            "key": self.key,
            "document": self.document.model_dump(mode="json"),
            "snippets": {
                name: {"html": snippet.html, "text": snippet.text, "spans": list(snippet.spans)}
                for name, snippet in self.snippets.items()
            },
            **({} if self.collapsed is NOTHING else {"collapsed": self.collapsed.to_json()}),
        }

    def __repr__(self) -> str:
        return f"Hit(rank={self.rank}, score={self.score:.4g}, key={self.key!r})"


@dataclass(frozen=True, slots=True)
class Results(Sequence[Hit[M_co]], Generic[M_co]):
    """The hits of one page, best first.

    Attributes:
        hits: The hits of this page.
        total: The exact number of documents that match, on all pages.
        took_ms: The time of the search in milliseconds. Documents and snippets are not included:
            they are read when a program asks for them.
        notes: What was ignored or changed in the query, and hints on probable mistakes.
    """

    hits: tuple[Hit[M_co], ...]
    total: int
    took_ms: float
    notes: tuple[Note, ...] = ()
    _left_out: LeftOut | None = field(default=None, repr=False, compare=False)

    @property
    def groups(self) -> int | None:
        """With ``collapse``, the exact number of groups among all documents that match; else none.

        A document on its own is a group. They are counted when asked for.
        """
        return None if self._left_out is None else self._left_out.groups

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
        """Convert the results to values that JSON can hold."""
        return {
            "total": self.total,
            **({} if self.groups is None else {"groups": self.groups}),
            "took_ms": self.took_ms,
            "notes": [note.to_json() for note in self.notes],
            "hits": [hit.to_json() for hit in self.hits],
        }


def hits_of(
    docnums: Int64Array,
    scores: Float64Array,
    first_rank: int,
    source: HitSource,
    left_out: LeftOut | None = None,
) -> tuple[Hit, ...]:
    """Make the hits of a page.

    Args:
        docnums: Their documents, best first. Shape (N,), int64.
        scores: The score of each. Shape (N,), float64.
        first_rank: The rank of the first.
        source: Where they get what they show.
        left_out: What is left out in favour of each.
    """
    ranked = enumerate(zip(docnums.tolist(), scores.tolist(), strict=True), first_rank)
    if left_out is None:
        return tuple([Hit(rank, score, docnum, source) for rank, (docnum, score) in ranked])
    return tuple(
        [
            Hit(rank, score, docnum, source, Collapsed(left_out, rank - 1, source.key))
            for rank, (docnum, score) in ranked
        ]
    )
