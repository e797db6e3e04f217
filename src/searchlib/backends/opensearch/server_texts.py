"""What does a server tell of its documents and terms to what compares texts?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.backends.opensearch.hits import language_of
from searchlib.backends.opensearch.mapping import ALL, LANGUAGE, document_id, text_field
from searchlib.postings import idf
from searchlib.search.similar import ComparedDocument, TermWeight

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from searchlib.backends.opensearch.client import Client
    from searchlib.backends.opensearch.term_statistics import TermStatistics
    from searchlib.postings import Scoring
    from searchlib.schema.models import DocumentSchema


class ServerTexts:
    """The texts of an index on a server; see :class:`searchlib.search.similar.KnownTexts`.

    Args:
        client: The server.
        statistics: What it knows of terms.
        schema: The fields.
        scoring: The parameters of the scores.
    """

    def __init__(
        self, client: Client, statistics: TermStatistics, schema: DocumentSchema, scoring: Scoring
    ) -> None:
        self._client = client
        self._statistics = statistics
        self._schema = schema
        self._scoring = scoring
        self._defaults = [*schema.default_fields]

    @property
    def average_lengths(self) -> Mapping[str, float]:
        """The mean length of each default field, at least 1."""
        found = self._statistics.of_texts(self._defaults)
        return {
            name: max(known.tokens / max(known.documents, 1), 1.0)
            for name, known in zip(self._defaults, found, strict=True)
        }

    def document(self, key: str) -> ComparedDocument | None:
        """Read the document with a key as of now, if there is one. Copies can't be told."""
        found = self._client.get(document_id(key))
        if found is None:
            return None
        language = self._language(key) if self._schema.is_mixed else None
        return ComparedDocument(found["_source"], language, (key,))

    def _language(self, key: str) -> str | None:
        """Find the language of a document; none of one that searches don't see yet."""
        query = {"ids": {"values": [document_id(key)]}}
        body = {"query": query, "_source": False, "docvalue_fields": [LANGUAGE]}
        return next(map(language_of, self._client.search(body)["hits"]["hits"]), None)

    def weights(self, terms: Collection[str]) -> Mapping[str, TermWeight]:
        """Tell what is known of terms."""
        paths = [ALL, *map(text_field, self._defaults)]
        every, *fields = self._statistics.of(paths, self._defaults, terms)
        found = {}
        for term in terms:
            frequency = every.doc_frequencies[term]
            total = sum(known.collection_frequencies[term] for known in fields)
            tells = idf(every.documents, frequency)
            informs = tells * self._scoring.burstiness(frequency, total)
            found[term] = TermWeight(frequency, tells, informs, tells)  # Lucene scores by idf alone
        return found
