"""What does an :class:`searchlib.Index` need of the place where its documents are?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from searchlib.analysis import Languages
    from searchlib.highlight import SnippetOptions
    from searchlib.postings import Scoring
    from searchlib.query.field_values import Clock
    from searchlib.query.filters import Condition
    from searchlib.query.notes import Note
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.answer import SearchRequest
    from searchlib.search.batches import BatchRow
    from searchlib.search.explanation import Explanation
    from searchlib.search.facets.values import FacetResult
    from searchlib.search.found_documents import FoundDocuments
    from searchlib.search.recency import Recency
    from searchlib.search.results import Results
    from searchlib.search.significant import SignificantTerms
    from searchlib.storage.kept import Kept
    from searchlib.storage.stats import IndexStats


class Opening(NamedTuple):
    """How an index is opened, whatever is in it.

    Attributes:
        cache: How many bytes to keep of documents that were shown; ``None`` for the default.
        clock: What relative dates are reckoned from.
        scoring: The parameters of the scores.
    """

    cache: int | None
    clock: Clock
    scoring: Scoring


@dataclass(slots=True, kw_only=True)
class PageRequest:
    """What a search asks for.

    Attributes:
        request: Which documents, and in which order.
        schema: The fields, as the search looks into them.
        after: The cursor of the page before; ``None`` for the first page.
        snippets: As of :meth:`searchlib.Index.search`.
        plain: Whether there are no boosts, and the fields are those of the model.
    """

    request: SearchRequest
    schema: DocumentSchema
    after: str | None
    snippets: bool | Sequence[str] | SnippetOptions
    plain: bool


class KeptData(Protocol):
    """What an index keeps besides its documents: some bytes, which change as a whole."""

    def look(self) -> str:
        """See whether anybody has changed them; give what names them, nothing if there are none."""

    def known(self) -> str:
        """Give what names them as of the last look, without another one."""

    def read(self) -> Kept:
        """Read them, as of the last look or a later one."""

    def change(self, new: bytes, timeout: float) -> None:
        """Put others in their place, if another writer is done within so many seconds."""


class Counted(NamedTuple):
    """What was counted.

    Attributes:
        notes: Remarks on the query.
        facets: What was counted, by name.
    """

    notes: tuple[Note, ...]
    facets: Mapping[str, FacetResult]


class Backend(Protocol):
    """The place where the documents of an index are.

    Raises (all methods):
        SearchlibError: What is there can't be read or written; each place has its own classes.
    """

    @property
    def place(self) -> Path | str:
        """Where it is: a folder, or an address without what is secret in it."""

    @property
    def location(self) -> Path | str:
        """What opens it again: the same, with all that was said when it was opened."""

    @property
    def schema(self) -> DocumentSchema:
        """The fields of the documents."""

    @property
    def opening(self) -> Opening:
        """How it was opened."""

    @property
    def synonyms(self) -> KeptData:
        """The file of synonyms."""

    def look(self) -> None:
        """See whether anything has changed, before a search."""

    def languages(self) -> Languages:
        """Give the languages of documents as of the last look, where each is in its own."""

    def revision(self) -> str:
        """Give hexadecimal digits that are the same only while it holds the same documents."""

    def doc_count(self) -> int:
        """Count the documents."""

    def has(self, key: str) -> bool:
        """Tell whether there is a document with a key, which is written as the index has it."""

    def have(self, keys: Sequence[str]) -> list[bool]:
        """Tell for each of some keys whether there is a document with it."""

    def stored(self, keys: Sequence[str]) -> list[bytes | None]:
        """Read the documents with some keys, all as of one moment, in their stored form."""

    def all_stored(self) -> Iterator[bytes]:
        """Read all documents in the order in which they were added, in their stored form."""

    def search(self, page: PageRequest) -> Results[Any]:
        """Find a page of hits."""

    def search_many(
        self,
        queries: Iterable[Any],
        ask: Callable[[Any], SearchRequest],
        common: SearchRequest,
        schema: DocumentSchema,
    ) -> Iterator[BatchRow[Any]]:
        """Answer queries one after another, all of one moment where that can be.

        Args:
            queries: The queries.
            ask: Reads one.
            common: What is asked for besides, with a limit; its own query is that of all documents.
            schema: The fields, as the queries look into them.

        Raises:
            QueryError: What is asked for besides makes no sense. It is raised before the first row.
        """

    def every(self, request: SearchRequest, schema: DocumentSchema) -> FoundDocuments:
        """Find all documents that a request asks for.

        Args:
            request: Which; without an order they come as they were added.
            schema: The fields, as the query looks into them.

        Raises:
            QueryError: A query can't be evaluated.
        """

    def counter(self, schema: DocumentSchema) -> Callable[[SearchRequest], Counted]:
        """Give what answers several requests for facets, all of one moment where that can be.

        Args:
            schema: The fields, as the requests look into them.
        """

    def explain(
        self, query: Query, key: str, schema: DocumentSchema, boosts: Sequence[Recency]
    ) -> Explanation:
        """Tell how the score of the document with a key comes about.

        Raises:
            ArgumentError: There is no such document.
        """

    def similar(self, key: str, text: str, page: PageRequest) -> Results[Any]:
        """Find a page of what is most like the document with a key, or else like a text.

        Args:
            key: The key, as the index has it.
            text: What is compared if there is no such document.
            page: All else that is asked for; its query does not count.

        Raises:
            ArgumentError: There is no such document, and the text is none.
        """

    def significant(
        self,
        query: Query,
        conditions: Sequence[Condition],
        schema: DocumentSchema,
        field: str | None,
        limit: int,
    ) -> SignificantTerms:
        """Find what sets the documents that match a query apart from all others.

        Args:
            query: Which documents.
            conditions: What they must match besides.
            schema: The fields, as the query looks into them.
            field: Where to look; ``None`` for the text field with the most words.
            limit: How many words or labels at most.
        """

    def writer(
        self,
        conditions: Callable[[object], Sequence[Condition]],
        *,
        workers: int | None,
        memory: int | None,
        timeout: float,
    ) -> AbstractContextManager[Any]:
        """Open what collects changes, with the methods of an ``IndexWriter``.

        Args:
            conditions: Reads what tells which documents to delete by a query.
            workers: As for :meth:`searchlib.Index.writer`, as are the others.
            memory: As for :meth:`searchlib.Index.writer`.
            timeout: As for :meth:`searchlib.Index.writer`.
        """

    def catalogue(self) -> Iterator[bytes]:
        """Read the lines of the catalogue of files, as of the last sync."""

    def stats(self) -> IndexStats:
        """Say what it holds."""

    def check(self) -> list[str]:
        """Look for damage: a sentence for each fault."""

    def close(self) -> None:
        """Let go of what is open."""
