"""What does a search return? Results: the hits of a page, and what goes with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from operator import eq
from typing import TYPE_CHECKING, Any, Generic, overload

from searchlib.errors import WhooshNames
from searchlib.export import Exports
from searchlib.schema.typing import M_co
from searchlib.search.dumping import Dumped
from searchlib.search.hits import Hit
from searchlib.search.left_out import KnownLeftOut
from searchlib.search.missing_hits import no_hit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from searchlib.export.rows import HitRows
    from searchlib.query.notes import Note
    from searchlib.search.left_out import LeftOut
    from searchlib.search.suggestions import Suggestion


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
