"""What has a search found beyond its page? All hits, as rows to be exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from pydantic_core import from_json

from searchlib.errors import DocumentError
from searchlib.frozen import frozen
from searchlib.schema.paths import value_at
from searchlib.search.answer import Answer, SearchRequest, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.export.rows import Column, Row
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.fetching import HitFetcher
    from searchlib.search.searcher import Searcher

BATCH: Final = 1024
"""How many hits are read at a time: their documents in the order in which they are stored."""


class FoundRows:
    """The hits of a search as rows: all of them, or those of its page.

    A search for ten hits has found ten. The others are found when they are asked for, by the same
    request over the same commit at the same time of day.

    Args:
        request: What was asked for.
        found: The page that was found.
        fetcher: What hits show.
        again: Makes a searcher over the commit.
    """

    def __init__(
        self,
        request: SearchRequest,
        found: Answer,
        fetcher: HitFetcher,
        again: Callable[[], Searcher],
    ) -> None:
        self.schema: Final[DocumentSchema] = fetcher.schema
        first = 1 + (request.offset if request.cursor is None else request.cursor.rank)
        self.page_ranks: Final = range(first, first + len(found.docnums))
        self._request = request
        self._found = found
        self._fetcher = fetcher
        self._again = again

    def select(self, columns: Sequence[Column], *, page_only: bool) -> ReadRows:
        """Give the rows of all hits, in order, or of those of the page.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        found, ranks = self._found, self.page_ranks
        if not page_only and len(ranks) < found.total:
            found = answer(self._request.of_all_hits(), self._again())
            ranks = range(1, 1 + len(found.docnums))
        return ReadRows(columns, found, ranks, self._fetcher)


class FoundHits(Protocol):
    """Hits, in order."""

    @property
    def docnums(self) -> Int64Array:
        """Their documents. Shape (N,), int64."""

    @property
    def scores(self) -> Float64Array:
        """The score of each. Shape (N,), float64."""


@frozen
class ReadRows:
    """Rows of hits, read batch by batch.

    Attributes:
        columns: What a row has.
        found: The hits.
        ranks: The rank of each.
        fetcher: What they show.
    """

    columns: Sequence[Column]
    found: FoundHits
    ranks: range
    fetcher: HitFetcher

    def __len__(self) -> int:
        return len(self.ranks)

    def __iter__(self) -> Iterator[list[Row]]:
        for start in range(0, len(self.ranks), BATCH):
            yield self._batch(slice(start, start + BATCH))

    def _batch(self, part: slice) -> list[Row]:
        docnums = self.found.docnums[part]
        order = docnums.argsort()
        fields = [column.field for column in self.columns if column.field is not None]
        takes = [(value_at if "." in field else dict.get, field) for field in fields]
        needed = {field.partition(".")[0] for field in fields}
        rows: list[Row] = [[]] * len(docnums)
        stored = self.fetcher.snapshot.documents(docnums[order]) if fields else ()
        for place, raw in zip(order.tolist(), stored, strict=bool(fields)):
            document = from_json(raw, cache_strings="keys")
            if not needed <= document.keys():
                document = self._grown(raw) or document
            rows[place] = [take(document, field) for take, field in takes]
        if len(fields) == len(self.columns):
            return rows
        return self._with_columns_of_hits(rows, part)

    def _grown(self, raw: bytes) -> dict[str, Any] | None:
        """Give a document that is older than a field the default of its model; if it has one."""
        try:
            grown = self.fetcher.schema.store(self.fetcher.schema.restore(raw))
        except DocumentError:
            return None
        document: dict[str, Any] = from_json(grown, cache_strings="keys")
        return document

    def _with_columns_of_hits(self, rows: list[Row], part: slice) -> list[Row]:
        """Put what hits have besides their documents into its columns."""
        of_documents = iter(zip(*rows, strict=True))
        columns = [
            next(of_documents) if column.field is not None else self._of_hits(column.name, part)
            for column in self.columns
        ]
        return [list(row) for row in zip(*columns, strict=True)]

    def _of_hits(self, name: str, part: slice) -> Sequence[Any]:
        if name == "rank":
            return self.ranks[part]
        if name == "score":
            scores: list[float] = self.found.scores[part].tolist()
            return scores
        return [self.fetcher.passage(docnum) for docnum in self.found.docnums[part].tolist()]
