"""An index on a cluster of OpenSearch, as the facade sees it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import to_json

from searchlib.backends.base import Counted, Opening, PageRequest
from searchlib.backends.opensearch.address import Address
from searchlib.backends.opensearch.catalogue import CatalogueStore
from searchlib.backends.opensearch.client import Client
from searchlib.backends.opensearch.lists import ServerList
from searchlib.backends.opensearch.making import create_index
from searchlib.backends.opensearch.mapping import (
    LANGUAGE,
    ORDER,
    document_id,
    expect_analysis,
    read_meta,
)
from searchlib.backends.opensearch.requests import RequestWriter
from searchlib.backends.opensearch.scanning import scan
from searchlib.backends.opensearch.searching import ServerSearch
from searchlib.backends.opensearch.server_texts import ServerTexts
from searchlib.backends.opensearch.significance import ServerSignificance
from searchlib.backends.opensearch.synonyms import ServerSynonyms
from searchlib.backends.opensearch.term_statistics import TermStatistics
from searchlib.backends.opensearch.writer import OpenSearchWriter
from searchlib.backends.schemas import schema_for
from searchlib.errors import ArgumentError, UnsupportedError
from searchlib.postings.bm25 import Scoring
from searchlib.query.tree import MatchAll
from searchlib.search.explanation import Explanation
from searchlib.search.similar import Likenesses
from searchlib.segment.languages import UNSTEMMED
from searchlib.storage.stats import IndexStats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pydantic import BaseModel

    from searchlib.analysis import Languages
    from searchlib.backends.opensearch.hits import ServerDocuments
    from searchlib.query.filters import Condition
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.answer import SearchRequest
    from searchlib.search.batches import BatchRow
    from searchlib.search.recency import Recency
    from searchlib.search.results import Results
    from searchlib.search.significant import SignificantTerms

Json = dict[str, Any]

_AT_ONCE: Final = 500


class OpenSearchBackend:
    """An index on a cluster.

    Args:
        location: The address as it was given, with what is secret in it.
        client: The cluster, and the name of the index.
        schema: The fields.
        opening: How it is opened.
        synonyms: The file of synonyms.

    Attributes:
        location: The same.
        schema: The fields.
        opening: How it is opened.
        client: The cluster.
        synonyms: The file of synonyms.

    Raises:
        UnsupportedError: The scoring is not the usual one.
    """

    def __init__(
        self,
        location: str,
        client: Client,
        schema: DocumentSchema,
        opening: Opening,
        synonyms: str = "",
    ) -> None:
        if opening.scoring != Scoring():
            raise UnsupportedError(
                "expected the usual scoring for an index on OpenSearch, which has k1 1.2 and b 0.6 "
                f"fixed when it is made, got {opening.scoring}"
            )
        self.location: Final = location
        self.client: Final = client
        self.schema: Final = schema
        self.opening = opening
        self._statistics = TermStatistics(client)
        self.synonyms: Final = ServerSynonyms(client, synonyms)
        self._languages: Languages | None = None

    @classmethod
    def create(cls, text: str, schema: DocumentSchema, opening: Opening) -> OpenSearchBackend:
        """Create an empty index: a real one, and its name as an alias of that.

        Args:
            text: The address.
            schema: The fields.
            opening: How it is opened.

        Raises:
            SearchlibError: There is one of the name, or the cluster refuses.
        """
        backend = cls(text, Client(Address.parse(text)), schema, opening)
        create_index(backend.client, schema)
        return backend

    @classmethod
    def open(cls, text: str, model: type[BaseModel] | None, opening: Opening) -> OpenSearchBackend:
        """Open an index that is there.

        Args:
            text: The address.
            model: The class of its documents; ``None`` for one made from the stored schema.
            opening: How it is opened.

        Raises:
            SearchlibError: There is none, it is of another model, or the cluster does not answer.
        """
        address = Address.parse(text)
        client = Client(address)
        meta = read_meta(client.mapping(), address)
        expect_analysis(meta, address)
        return cls(text, client, schema_for(meta.schema, model), opening, meta.synonyms)

    @property
    def place(self) -> str:
        """The address, without what is secret."""
        return str(self.client.address)

    def look(self) -> None:
        """Find the languages of documents; all else is seen by each call as it is."""
        if self.schema.is_mixed:
            self._languages = self._found_languages()

    def languages(self) -> Languages:
        """Give the languages of documents as of the last look, where each is in its own."""
        if self.schema.is_mixed and self._languages is None:
            self.look()
        return self._languages or ()

    def revision(self) -> str:
        """Give digits of what tells documents apart: how many there are, and the last added."""
        body = {"size": 1, "sort": [{ORDER: "desc"}], "_source": False, "track_total_hits": True}
        found = self.client.search(body)["hits"]
        last = [(hit["_index"], hit["sort"]) for hit in found["hits"]]
        return blake2b(repr((found["total"], last)).encode(), digest_size=16).hexdigest()

    def doc_count(self) -> int:
        """Count the documents."""
        return self.client.count()

    def has(self, key: str) -> bool:
        """Tell whether there is a document with a key."""
        return self.client.get(document_id(key), _source=False) is not None

    def have(self, keys: Sequence[str]) -> list[bool]:
        """Tell for each of some keys whether there is a document with it, as of now."""
        found = self.client.mget([*map(document_id, keys)], _source=False) if keys else []
        return [one is not None for one in found]

    def stored(self, keys: Sequence[str]) -> list[bytes | None]:
        """Read the documents with some keys, as of now."""
        found: list[bytes | None] = []
        for start in range(0, len(keys), _AT_ONCE):
            ids = [document_id(key) for key in keys[start : start + _AT_ONCE]]
            found += [
                None if one is None else to_json(one["_source"]) for one in self.client.mget(ids)
            ]
        return found

    def all_stored(self) -> Iterator[bytes]:
        """Read all documents in the order in which they were added, as of one moment."""
        for hit in scan(self.client):
            yield to_json(hit["_source"])

    def search(self, page: PageRequest) -> Results[Any]:
        """Find a page of hits."""
        return self._search(page).run()

    def search_many(
        self,
        queries: Iterable[Any],
        ask: Callable[[Any], SearchRequest],
        common: SearchRequest,
        schema: DocumentSchema,
    ) -> Iterator[BatchRow[Any]]:
        """Answer queries, some with one request, all of the moment of the first row."""
        writer = self._writing(schema)
        return ServerList(self.client, writer, common).rows(queries, ask)

    def every(self, request: SearchRequest, schema: DocumentSchema) -> ServerDocuments:
        """Find all documents that a request asks for."""
        return self._search(self._plain(request, schema)).documents()

    def counter(self, schema: DocumentSchema) -> Callable[[SearchRequest], Counted]:
        """Give what answers requests for facets, each as of now."""
        self.look()

        def counted(request: SearchRequest) -> Counted:
            found = self._search(self._plain(request, schema)).run()
            return Counted(found.notes, found.facets)

        return counted

    def _plain(self, request: SearchRequest, schema: DocumentSchema) -> PageRequest:
        usual = schema is self.schema
        return PageRequest(request=request, schema=schema, after=None, snippets=False, plain=usual)

    def _search(self, page: PageRequest) -> ServerSearch:
        page = replace(page, schema=self._now(page.schema))
        return ServerSearch(self.client, self.client.address.index, page, self.opening.clock)

    def _writing(self, schema: DocumentSchema) -> RequestWriter:
        """Give what writes searches that look into some fields."""
        return RequestWriter(self._now(schema), self.opening.clock, schema is self.schema)

    def _now(self, schema: DocumentSchema) -> DocumentSchema:
        """Give fields with the languages that documents are in by now, where each has its own."""
        return schema.with_languages(self.languages()) if schema.is_mixed else schema

    def _found_languages(self) -> Languages:
        asked = {"languages": {"terms": {"field": LANGUAGE, "size": 1000}}}
        found = self.client.search({"size": 0, "aggs": asked})["aggregations"]["languages"]
        names = sorted(bucket["key"] for bucket in found["buckets"])
        return tuple(None if name == UNSTEMMED else name for name in names)

    def explain(
        self, query: Query, key: str, schema: DocumentSchema, boosts: Sequence[Recency]
    ) -> Explanation:
        """Tell how the score of the document with a key comes about, as the server says it."""
        if not self.has(key):
            raise ArgumentError(f"expected the key of a document of the index, got {key!r:.80}")
        writer = self._writing(schema)
        node = writer.query(query, (), boosts)
        only = {"bool": {"must": [node], "filter": [{"ids": {"values": [document_id(key)]}}]}}
        body = {"query": only, "explain": True, "_source": False, "size": 1}
        hits = self.client.search(body, search_type="dfs_query_then_fetch")["hits"]["hits"]
        if not hits:
            return Explanation(0.0, f"no match of {query}")
        return _explanation(hits[0]["_explanation"])

    def similar(self, key: str, text: str, page: PageRequest) -> Results[Any]:
        """Find what is most like a document, or a text."""
        schema = self._now(page.schema)
        likeness = self.likenesses(schema).of(key, text)
        page = replace(page, schema=schema, request=page.request.about(likeness))
        index, clock = self.client.address.index, self.opening.clock
        return ServerSearch(self.client, index, page, clock, likeness.shared).run()

    def likenesses(self, schema: DocumentSchema) -> Likenesses:
        """Give what makes of documents and texts what is similar to them.

        Args:
            schema: The fields, with the languages that documents are in.
        """
        texts = ServerTexts(self.client, self._statistics, schema, self.opening.scoring)
        return Likenesses(texts, schema, self.opening.scoring)

    def significant(
        self,
        query: Query,
        conditions: Sequence[Condition],
        schema: DocumentSchema,
        field: str | None,
        limit: int,
    ) -> SignificantTerms:
        """Find what sets the documents that match a query apart from all others."""
        found = ServerSignificance(self.client, self._statistics, self._writing(schema))
        return found.terms(query, conditions, field, limit)

    def writer(
        self,
        conditions: Callable[[object], Sequence[Condition]],
        *,
        workers: int | None,
        memory: int | None,
        timeout: float,
    ) -> OpenSearchWriter[Any]:
        """Give what collects changes. There is no lock: several writers may be at work."""

        def compiled(query: object) -> Json:
            self.look()
            return self._writing(self.schema).query(MatchAll(), conditions(query))

        own = self.schema.of_own_model
        return OpenSearchWriter(self.client, own, compiled, workers=workers, memory=memory)

    def catalogue(self) -> Iterator[bytes]:
        """Read the lines of the catalogue of files, as of the last sync."""
        return CatalogueStore(self.client).read()

    def stats(self) -> IndexStats:
        """Say what the index holds; bytes and segments are those of one copy of each part."""
        found = self.client.stats()["_all"]["primaries"]
        self.look()
        return IndexStats(
            path=self.place,
            documents=self.doc_count(),
            deleted=found.get("docs", {}).get("deleted", 0),
            segments=found.get("segments", {}).get("count", 0),
            generation=0,
            size=found.get("store", {}).get("size_in_bytes", 0),
            model=self.schema.model_name,
            fields={name: spec.describe() for name, spec in self.schema.fields.items()},
            languages=[language or UNSTEMMED for language in self.languages()],
            scoring=self.opening.scoring,
            kernels="opensearch",
        )

    def check(self) -> list[str]:
        """Ask how the index is: a sentence if a part of it is missing."""
        found = self.client.health()
        if found["status"] != "red":
            return []
        missing = found["unassigned_shards"]
        return [f"{self.place}: the index is red: {missing} of its shards are on no node"]

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def _explanation(found: Json) -> Explanation:
    details = tuple(map(_explanation, found.get("details", ())))
    return Explanation(float(found["value"]), str(found["description"]), details)
