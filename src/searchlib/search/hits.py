"""What is a hit? A document that a query found; it is read only when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from operator import eq
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, Protocol, overload

from searchlib.errors import WhooshNames
from searchlib.schema.typing import M_co
from searchlib.schema.values import json_values
from searchlib.search.dumping import Dumped
from searchlib.search.left_out import NOTHING, Collapsed
from searchlib.search.missing_hits import field_of_document, no_hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.highlight import Snippet
    from searchlib.search.left_out import LeftOut

_KEPT: Final = 1000
"""How many hits of a search are kept with what they have read, so that it is read once."""
_SHOWN: Final = 10
"""How many hits the text of a list of hits has."""
_AT_ONCE: Final = 100  # hits whose numbers are taken out of arrays together


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

    def shared(self, docnum: int) -> tuple[str, ...]:
        """Name the terms that make a document similar to the one that was asked for."""

    def kept(self, docnum: int) -> HitSource:
        """Read all that a hit shows, to show it without the index."""


class Hit(WhooshNames, Dumped, Generic[M_co]):
    """One document that a query found: an instance of the model ``M_co``.

    Two hits are equal if they show the same. A hit that is pickled or copied deeply has read all
    that it shows, as it is in the index, and needs the index no more.

    Attributes:
        rank: The place in the ranking, from 1, counted over all pages.
        score: How well the document matches. Compare it only within one search.
        collapsed: How many documents are left out in favour of this one, and their keys.
    """

    __slots__ = (
        "_docnum", "_document", "_key", "_shared", "_snippets", "_source", "collapsed", "rank",
        "score",
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
        self._shared: tuple[str, ...] | None = None

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

    @property
    def shared(self) -> tuple[str, ...]:
        """What makes the document similar to another one, for ``index.similar``; else nothing.

        The words that both have, as the other one writes them; those that add most to the score
        come first.
        """
        if self._shared is None:
            self._shared = self._source.shared(self._docnum)
        return self._shared

    def to_json(self) -> dict[str, Any]:
        """Convert the hit, its document and its snippets to values that JSON can hold."""
        document: Any = self.document
        is_plain = isinstance(document, dict)
        plain = self.stored if is_plain else json_values(document, lambda: self.stored)
        return {**self.values(), "document": plain}

    def _read_documents(self) -> None:
        self.document  # noqa: B018 - it stays with the hit

    def values(self) -> dict[str, Any]:
        """Convert the hit to values as :meth:`to_json`, with the document as it is."""
        return {
            "rank": self.rank,
            "score": self.score,
            "key": self.key,
            "document": self.document,
            "snippets": {
                name: {"html": snippet.html, "text": snippet.text, "spans": list(snippet.spans)}
                for name, snippet in self.snippets.items()
            },
            **({} if self.collapsed is NOTHING else {"collapsed": self.collapsed.to_json()}),
            **({"shared": [*shared]} if (shared := self.shared) else {}),
        }

    if not TYPE_CHECKING:  # type checkers shall go on to report hit["title"] and hit.title
        __iter__ = None

        def __getattr__(self, name: str) -> object:
            try:
                return super().__getattr__(name)
            except AttributeError as error:
                if name.startswith("_"):
                    raise
                raise field_of_document(self, name) or error from None

        def __getitem__(self, name: object) -> NoReturn:
            raise TypeError(
                f"a hit has no items as in Whoosh, got hit[{name!r:.80}]: it has a document; "
                f"write hit.document.{name if isinstance(name, str) else '...'}"
            )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hit):
            return NotImplemented
        if self._source is other._source and self._docnum == other._docnum:
            return (self.rank, self.score) == (other.rank, other.score)
        return self._shown == other._shown and (
            self.stored == other.stored or self.document == other.document
        )

    def __hash__(self) -> int:
        return hash((self.rank, self.score))

    def __copy__(self) -> Hit[M_co]:
        return Hit(self.rank, self.score, self._docnum, self._source, self.collapsed)

    def __reduce__(self) -> tuple[Any, ...]:
        kept = self._source.kept(self._docnum)
        return Hit, (self.rank, self.score, self._docnum, kept, self.collapsed)

    def __repr__(self) -> str:
        return f"Hit(rank={self.rank}, score={self.score:.4g}, key={self.key!r})"

    def _repr_html_(self) -> str:
        from searchlib.export.notebook import table_html

        return table_html([self])

    @property
    def _shown(self) -> tuple[Any, ...]:
        return self.rank, self.score, self.key, self.collapsed, self.snippets, self.shared


class Hits(Sequence[Hit[M_co]], Generic[M_co]):
    """Hits, each of which is made when it is asked for: a million of them take 16 MB.

    Args:
        docnums: Their documents, in order. Shape (N,), int64.
        scores: The score of each. Shape (N,), float64.
        ranks: The rank of each.
        source: Where they get what they show.
        left_out: What is left out in favour of each.
    """

    __slots__ = ("_docnums", "_left_out", "_made", "_ranks", "_scores", "_source")

    def __init__(
        self,
        docnums: Int64Array,
        scores: Float64Array,
        ranks: range,
        source: HitSource,
        left_out: LeftOut | None = None,
    ) -> None:
        self._docnums = docnums
        self._left_out = left_out
        self._scores = scores
        self._ranks = ranks
        self._source = source
        self._made: dict[int, Hit[M_co]] = {}

    @overload
    def __getitem__(self, index: int) -> Hit[M_co]: ...
    @overload
    def __getitem__(self, index: slice) -> Hits[M_co]: ...
    def __getitem__(self, index: int | slice) -> Hit[M_co] | Hits[M_co]:
        if not isinstance(index, slice):
            try:
                rank = self._ranks[index]
            except (IndexError, TypeError):
                raise no_hit(index, len(self)) from None
            return self._made.get(rank) or self._make(
                rank, self._docnums.item(index), self._scores.item(index)
            )
        part: Hits[M_co] = Hits(
            self._docnums[index],
            self._scores[index],
            self._ranks[index],
            self._source,
            self._left_out,
        )
        part._made = self._made
        return part

    def __iter__(self) -> Iterator[Hit[M_co]]:
        for first in range(0, len(self._ranks), _AT_ONCE):
            yield from self._some(slice(first, first + _AT_ONCE))

    def _some(self, some: slice) -> list[Hit[M_co]]:
        ranks, made, source = self._ranks[some], self._made, self._source
        docnums, scores = self._docnums[some].tolist(), self._scores[some].tolist()
        if self._left_out is None and len(made) <= _KEPT - _AT_ONCE:
            hits: Iterator[Hit[M_co]] = map(Hit, ranks, scores, docnums, repeat(source))
            return [*map(made.setdefault, ranks, hits)]
        rows = zip(ranks, docnums, scores, strict=True)
        return [made.get(rank) or self._make(rank, docnum, score) for rank, docnum, score in rows]

    def __len__(self) -> int:
        return len(self._ranks)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hits | tuple):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle them as a tuple of hits that have read all they show."""
        return tuple, ([*self],)

    def __repr__(self) -> str:
        shown = [repr(hit) for hit in self[:_SHOWN]]
        return f"[{', '.join([*shown, *(['...'] if len(self) > _SHOWN else [])])}]"

    def _make(self, rank: int, docnum: int, score: float) -> Hit[M_co]:
        left_out = self._left_out
        collapsed = NOTHING if left_out is None else Collapsed(left_out, rank - 1, self._source.key)
        made: Hit[M_co] = Hit(rank, score, docnum, self._source, collapsed)
        return self._made.setdefault(rank, made) if len(self._made) < _KEPT else made
