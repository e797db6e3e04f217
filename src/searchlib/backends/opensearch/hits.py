"""What does a hit show that came from a server? The document that came with it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic_core import to_json

from searchlib.backends.opensearch.mapping import LANGUAGE, text_field
from searchlib.schema.values import text_of
from searchlib.search.all_hits import ReadRows
from searchlib.search.document_cache import CachedDocument
from searchlib.search.found_documents import FoundDocument
from searchlib.segment.languages import UNSTEMMED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.backends.opensearch.client import Client
    from searchlib.export.rows import Column, Row
    from searchlib.query.notes import Note
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.fetching import HitFetcher

Json = dict[str, Any]


class Frequencies:
    """Counts the documents that have a term, each once.

    Args:
        client: The server.
        index: The real name of the index.
    """

    def __init__(self, client: Client, index: str) -> None:
        self._client = client
        self._index = index
        self._known: dict[tuple[str, bytes] | None, int] = {}

    def __call__(self, field: str, term: bytes) -> int:
        """Count the documents that have a term in a text field."""
        text = term.decode("utf-8", "replace")
        return self._count((field, term), {"term": {text_field(field): {"value": text}}})

    @property
    def of_all(self) -> int:
        """The number of all documents."""
        return self._count(None, None)

    def _count(self, key: tuple[str, bytes] | None, query: Json | None) -> int:
        if key not in self._known:
            self._known[key] = self._client.count(query, index=self._index)
        return self._known[key]


class ServerHits:
    """Documents that a server has sent, by their places in what it sent.

    Args:
        frequencies: Counts the documents that have a term.
        sent: The hits, as the server has them.
    """

    def __init__(self, frequencies: Frequencies, sent: Sequence[Json]) -> None:
        self._frequencies = frequencies
        self._sent = sent
        self._documents: dict[int, CachedDocument] = {}

    def __getitem__(self, docnum: int) -> CachedDocument:
        """Give a document."""
        if docnum not in self._documents:
            self._documents[docnum] = CachedDocument(to_json(self._sent[docnum]["_source"]))
        return self._documents[docnum]

    @property
    def doc_count_all(self) -> int:
        """The number of documents in the index."""
        return self._frequencies.of_all

    def keys(self, field: str) -> Callable[[int], str]:
        """Give what finds the key of a document."""
        return lambda docnum: text_of(self._sent[docnum]["_source"][field])

    def language_of(self, docnum: int) -> str | None:
        """Give the language of a document, where each is in its own."""
        return language_of(self._sent[docnum])

    def doc_frequency(self, field: str, term: bytes) -> int:
        """Count the documents that have a term in a field."""
        return self._frequencies(field, term)

    def documents(self, docnums: Int64Array) -> Iterator[bytes]:
        """Give documents, as JSON."""
        return (self[docnum].raw for docnum in docnums.tolist())


def language_of(sent: Json) -> str | None:
    """Give the language of a document, where each is in its own."""
    found = sent.get("fields", {}).get(LANGUAGE, [UNSTEMMED])[0]
    return None if found == UNSTEMMED else found


def places_of(sent: Sequence[Json]) -> Int64Array:
    """Give the places of documents in what was sent."""
    return np.arange(len(sent))


def scores_of(sent: Sequence[Json]) -> Float64Array:
    """Give the scores of documents."""
    return np.array([hit["_score"] or 0.0 for hit in sent], np.float64)


class _Found:
    """Hits, as rows are read from them."""

    def __init__(self, sent: Sequence[Json]) -> None:
        self.docnums = places_of(sent)
        self.scores = scores_of(sent)


class ServerRows:
    """The hits of a search as rows to be exported: all of them, or those of its page.

    Args:
        schema: The fields.
        sent: The hits of the page.
        first_rank: The rank of the first of them.
        total: How many hits there are in all.
        fetch: Makes what reads documents of hits.
        every: Asks for all hits, batch by batch.
    """

    def __init__(
        self,
        schema: DocumentSchema,
        sent: Sequence[Json],
        first_rank: int,
        total: int,
        fetch: Callable[[Sequence[Json]], HitFetcher],
        every: Callable[[], Iterator[list[Json]]],
    ) -> None:
        self.schema = schema
        self._sent = sent
        self._first_rank = first_rank
        self._total = total
        self._fetch = fetch
        self._every = every

    def select(self, columns: Sequence[Column], *, page_only: bool) -> StreamedRows:
        """Give the rows of all hits, in order, or of those of the page."""
        if page_only or len(self._sent) == self._total:
            return StreamedRows(columns, len(self._sent), self._first_rank, self._fetch, self._page)
        return StreamedRows(columns, self._total, 1, self._fetch, self._every)

    def _page(self) -> Iterator[list[Json]]:
        yield [*self._sent]


class StreamedRows:
    """Rows of hits, which come from the server batch by batch.

    Args:
        columns: What a row has.
        count: How many there are.
        first_rank: The rank of the first.
        fetch: Makes what reads documents of hits.
        batches: Asks for the hits.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        count: int,
        first_rank: int,
        fetch: Callable[[Sequence[Json]], HitFetcher],
        batches: Callable[[], Iterator[list[Json]]],
    ) -> None:
        self._columns = columns
        self._count = count
        self._first_rank = first_rank
        self._fetch = fetch
        self._batches = batches

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[list[Row]]:
        rank = self._first_rank
        for sent in self._batches():
            ranks = range(rank, rank + len(sent))
            yield from ReadRows(self._columns, _Found(sent), ranks, self._fetch(sent))
            rank += len(sent)


class ServerDocuments:
    """All documents that a search finds: each time those of the moment when one begins to read.

    Args:
        total: How many there were when they were found.
        notes: Remarks on the query and the filter.
        batches: Asks for the hits.

    Attributes:
        notes: The same.
    """

    def __init__(
        self, total: int, notes: tuple[Note, ...], batches: Callable[[], Iterator[list[Json]]]
    ) -> None:
        self.notes = notes
        self._total = total
        self._batches = batches

    def __len__(self) -> int:
        return self._total

    def __iter__(self) -> Iterator[FoundDocument]:
        for hit in chain.from_iterable(self._batches()):
            yield FoundDocument(hit["_source"], language_of(hit))
