"""What does a search return? Results, whose hits read their documents only when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from operator import eq
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, Protocol, overload

from searchlib.errors import WhooshNames
from searchlib.export import Exports
from searchlib.schema.typing import M_co
from searchlib.schema.values import json_values
from searchlib.search.dumping import Dumped
from searchlib.search.left_out import NOTHING, Collapsed, KnownLeftOut
from searchlib.search.missing_hits import field_of_document, no_hit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.export.rows import HitRows
    from searchlib.highlight import Snippet
    from searchlib.query.notes import Note
    from searchlib.search.left_out import LeftOut
    from searchlib.search.suggestions import Suggestion

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
        made, make = self._made, self._make
        for first in range(0, len(self._ranks), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            docnums, scores = self._docnums[some].tolist(), self._scores[some].tolist()
            rows = zip(self._ranks[some], docnums, scores, strict=True)
            yield from [made.get(rank) or make(rank, docnum, score) for rank, docnum, score in rows]

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


class Results(WhooshNames, Exports, Dumped, Sequence[Hit[M_co]], Generic[M_co]):
    """The hits of one page, best first.

    ``to_csv``, ``to_pandas`` and the others take all hits of the search, not only the page
    (docs/export.md). Results are values: they are equal if they show the same, whatever time it
    took; and can be copied, pickled, and returned by an endpoint (docs/servers.md).

    Attributes:
        hits: The hits of this page, made one by one as a program asks for them.
        total: The exact number of documents that match, on all pages.
        took_ms: The time of the search in milliseconds. Documents and snippets are not included:
            they are read when a program asks for them.
        notes: What was ignored or changed in the query, and hints on probable mistakes.
        facets: What was counted of all hits, by the names of the facets: :class:`Facet` for
            ``Terms``, ``Histogram`` and ``Ranges``, :class:`FieldStats` for ``Stats``,
            :class:`DistinctCount` for ``Distinct``, all of :mod:`searchlib.search.facets.values`.
        next_page: Makes :attr:`next`.
        suggest: Makes :attr:`suggestion`.
    """

    __slots__ = (
        "_left_out", "_rows", "facets", "hits", "next_page", "notes", "suggest", "took_ms",
        "total",
    )  # fmt: skip

    def __init__(
        self,
        hits: Sequence[Hit[M_co]],
        total: int,
        took_ms: float,
        notes: tuple[Note, ...] = (),
        facets: Mapping[str, Any] | None = None,
        *,
        next_page: Callable[[], str] | None = None,
        suggest: Callable[[], Suggestion | None] | None = None,
        rows: HitRows | None = None,
        left_out: LeftOut | None = None,
    ) -> None:
        self.hits = hits
        self.total = total
        self.took_ms = took_ms
        self.notes = notes
        self.facets: Mapping[str, Any] = {} if facets is None else facets
        self.next_page = next_page
        self.suggest = suggest
        self._rows = rows
        self._left_out = left_out

    @property
    def next(self) -> str | None:
        """The cursor of the next page, for ``search(..., after=)``; ``None`` if there is none."""
        return None if self.next_page is None else self.next_page()

    @property
    def suggestion(self) -> Suggestion | None:
        """A query that may have been meant, if this one found few or no documents; else ``None``.

        It is looked for when it is asked for (docs/suggestions.md).
        """
        if self.suggest is None:
            return None
        found = self.suggest()
        self.suggest = lambda: found  # it is looked for once
        return found

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
        try:
            return self.hits[index]
        except (IndexError, TypeError):
            raise no_hit(index, len(self), self.total) from None

    def __iter__(self) -> Iterator[Hit[M_co]]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Results):
            return NotImplemented
        return (
            (self.total, self.notes, self.facets, self.groups)
            == (other.total, other.notes, other.facets, other.groups)
            and len(self) == len(other)
            and all(map(eq, self, other))
        )

    def __hash__(self) -> int:
        return hash((self.total, self.notes, *self))

    def __copy__(self) -> Results[M_co]:
        return Results(
            self.hits,
            self.total,
            self.took_ms,
            self.notes,
            self.facets,
            next_page=self.next_page,
            suggest=self.suggest,
            rows=self._rows,
            left_out=self._left_out,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return kept_results, (
            (*self.hits,),
            self.total,
            self.took_ms,
            self.notes,
            dict(self.facets),
            self.next,
            self.groups,
            self.suggestion,
        )

    def to_json(self) -> dict[str, Any]:
        """Convert the results to values that JSON can hold."""
        facets = {name: facet.to_json() for name, facet in self.facets.items()}
        return {**self._values(Hit.to_json), "facets": facets}

    def _read_documents(self) -> None:
        for hit in self.hits:
            hit._read_documents()

    def values(self) -> dict[str, Any]:
        """Convert the results to values as :meth:`to_json`, with the documents as they are.

        Facets are as they are, too.
        """
        return self._values(Hit.values)

    def _values(self, of_hit: Callable[[Hit[M_co]], dict[str, Any]]) -> dict[str, Any]:
        return {
            "total": self.total,
            **({} if self.groups is None else {"groups": self.groups}),
            "took_ms": self.took_ms,
            "suggestion": None if (found := self.suggestion) is None else found.to_json(),
            "notes": [note.to_json() for note in self.notes],
            "facets": dict(self.facets),
            "next": self.next,
            "hits": [of_hit(hit) for hit in self.hits],
        }

    def __repr__(self) -> str:
        shown = f"total={self.total}, hits={len(self)}, took_ms={self.took_ms:.1f}"
        notes = f", notes={len(self.notes)}" if self.notes else ""
        return f"Results({shown}{notes})"

    def _repr_html_(self) -> str:
        from searchlib.export.notebook import results_html

        notes = [note.message for note in self.notes]
        facets = {name: facet.to_json() for name, facet in self.facets.items()}
        return results_html(self.hits, self.total, notes, facets)


def kept_results(
    hits: Sequence[Hit[Any]],
    total: int,
    took_ms: float,
    notes: tuple[Note, ...],
    facets: Mapping[str, Any],
    cursor: str | None,
    groups: int | None,
    suggestion: Suggestion | None = None,
) -> Results[Any]:
    """Make results that are independent of any index, of what results show."""
    return Results(
        hits,
        total,
        took_ms,
        notes,
        facets,
        next_page=None if cursor is None else partial(str, cursor),
        suggest=None if suggestion is None else lambda: suggestion,
        left_out=None if groups is None else KnownLeftOut(groups),
    )
