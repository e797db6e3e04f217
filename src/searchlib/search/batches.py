"""What does a list of queries find? A row for each, with its hits or what is wrong with it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, Generic

from searchlib.errors import QueryError, QuerySyntaxError, QueryTooCostly
from searchlib.frozen import frozen
from searchlib.query.parser import MAX_QUERY_CHARACTERS
from searchlib.query.tree import Phrase
from searchlib.schema.roles import Headings
from searchlib.schema.typing import M_co
from searchlib.search.answer import answer
from searchlib.search.hits import Hits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from searchlib.query.notes import Note
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.answer import SearchRequest
    from searchlib.search.fetching import HitFetcher
    from searchlib.search.hits import Hit
    from searchlib.search.searcher import Searcher


_KNOWN: Final = 50_000
"""Of how many documents the title and the date are remembered."""


@frozen
class BatchRow(Generic[M_co]):
    """What one query of a list finds.

    Attributes:
        row: Its place in the list, from 1.
        query: The query as it was given.
        total: How many documents match; 0 if there is an error.
        hits: The best of them. They have no snippets.
        notes: Remarks on the query and the filter.
        error: What is wrong with the query; ``None`` if nothing is.
        heading_of: Reads the title and the date of the document of a hit; empty for none.
    """

    row: int
    query: Any
    total: int
    hits: Sequence[Hit[M_co]]
    notes: tuple[Note, ...]
    error: QueryError | None
    heading_of: Callable[[Hit[Any]], tuple[str, str]] = field(repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Convert the row to values that JSON can hold; of documents titles and dates."""
        return {
            "row": self.row,
            "query": self.query if isinstance(self.query, str) else repr(self.query),
            "total": self.total,
            "hits": [self._brief(hit) for hit in self.hits],
            "notes": [note.message for note in self.notes],
            "error": None if self.error is None else str(self.error),
        }

    def _brief(self, hit: Hit[Any]) -> dict[str, Any]:
        title, date = self.heading_of(hit)
        about = {"rank": hit.rank, "score": hit.score, "key": hit.key}
        return {**about, "title": title, "date": date}


class KnownHeadings:
    """Reads the titles and dates of documents: names of one list often find the same.

    Args:
        schema: What the documents are.
    """

    def __init__(self, schema: DocumentSchema) -> None:
        self._headings = Headings(schema)
        self._known: dict[str, tuple[str, str]] = {}

    def __call__(self, hit: Hit[Any]) -> tuple[str, str]:
        """Give the title and the date of a hit."""
        found = self._known.get(hit.key)
        if found is None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            found = self._known[hit.key] = self._headings.of(hit.stored)
        return found


def phrase_of(name: object) -> Phrase:
    """Make the query for a name, word for word: nothing in it is an operator.

    Raises:
        QuerySyntaxError: There is nothing in it.
        QueryTooCostly: It is too long.
        QueryError: It is no text.
    """
    if not isinstance(name, str):
        raise QueryError(f"expected a name as text, got {name!r:.80}")
    if len(name) > MAX_QUERY_CHARACTERS:
        raise QueryTooCostly(
            f"expected a name of at most {MAX_QUERY_CHARACTERS:,} characters, got {len(name):,}"
        )
    if not any(map(str.isalnum, name)):
        raise QuerySyntaxError(f"expected a name with letters or digits, got {name!r:.80}", name)
    return Phrase(name)


def batch_rows(
    queries: Iterable[Any],
    ask: Callable[[Any], SearchRequest],
    searcher: Searcher,
    source: HitFetcher,
) -> Iterator[BatchRow[Any]]:
    """Answer queries one after another, over one commit.

    Args:
        queries: The queries.
        ask: Reads one.
        searcher: Where.
        source: What hits show.

    Raises:
        CorruptIndexError: A file of the index is damaged or missing.
    """
    heading_of = KnownHeadings(source.schema)
    for row, query in enumerate(queries, 1):
        try:
            found = answer(ask(query), searcher)
        except QueryError as error:
            yield BatchRow(row, query, 0, (), (), error, heading_of)
        else:
            ranks = range(1, 1 + len(found.docnums))
            hits: Hits[Any] = Hits(found.docnums, found.scores, ranks, source)
            yield BatchRow(row, query, found.total, hits, found.notes, None, heading_of)
