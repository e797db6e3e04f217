"""What does a list of queries find? A row for each, with its hits or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from searchlib.errors import QueryError, QuerySyntaxError, QueryTooCostly
from searchlib.query.parser import MAX_QUERY_CHARACTERS
from searchlib.query.tree import Phrase
from searchlib.schema.typing import M_co
from searchlib.search.answer import answer
from searchlib.search.results import Hits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from searchlib.query.notes import Note
    from searchlib.schema.roles import Headings
    from searchlib.search.answer import SearchRequest
    from searchlib.search.fetching import HitFetcher
    from searchlib.search.results import Hit
    from searchlib.search.searcher import Searcher


@dataclass(frozen=True, slots=True)
class BatchRow(Generic[M_co]):
    """What one query of a list finds.

    Attributes:
        row: Its place in the list, from 1.
        query: The query as it was given.
        total: How many documents match; 0 if there is an error.
        hits: The best of them. They have no snippets.
        notes: Remarks on the query and the filter.
        error: What is wrong with the query; ``None`` if nothing is.
    """

    row: int
    query: Any
    total: int
    hits: Sequence[Hit[M_co]]
    notes: tuple[Note, ...]
    error: QueryError | None = None

    def to_json(self, headings: Headings) -> dict[str, Any]:
        """Convert the row to values that JSON can hold; hits name their documents.

        Args:
            headings: Reads the titles and dates of documents.
        """
        return {
            "row": self.row,
            "query": self.query if isinstance(self.query, str) else repr(self.query),
            "total": self.total,
            "hits": [_brief(hit, headings) for hit in self.hits],
            "notes": [note.message for note in self.notes],
            "error": None if self.error is None else str(self.error),
        }


def _brief(hit: Hit[Any], headings: Headings) -> dict[str, Any]:
    title, date = headings.of(hit.stored)
    return {
        "rank": hit.rank, "score": hit.score, "key": hit.key, "title": title, "date": date
    }  # fmt: skip


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
    for row, query in enumerate(queries, 1):
        try:
            found = answer(ask(query), searcher)
        except QueryError as error:
            yield BatchRow(row, query, 0, (), (), error)
        else:
            ranks = range(1, 1 + len(found.docnums))
            hits: Hits[Any] = Hits(found.docnums, found.scores, ranks, source)
            yield BatchRow(row, query, found.total, hits, found.notes)
