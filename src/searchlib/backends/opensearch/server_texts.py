"""What does a server tell of its documents and terms to what compares texts?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searchlib.backends.opensearch.hits import language_of
from searchlib.backends.opensearch.mapping import ALL, LANGUAGE, text_field
from searchlib.postings import idf
from searchlib.query.tree import Term, Verbatim
from searchlib.search.similar import ComparedDocument, TermWeight

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from searchlib.backends.opensearch.client import Client
    from searchlib.backends.opensearch.requests import RequestWriter
    from searchlib.backends.opensearch.term_statistics import TermStatistics
    from searchlib.postings import Scoring

Json = dict[str, Any]


class ServerTexts:
    """The texts of an index on a server; see :class:`searchlib.search.similar.KnownTexts`.

    Args:
        client: The server.
        statistics: What it knows of terms.
        writer: Writes searches.
        scoring: The parameters of the scores.
    """

    def __init__(
        self, client: Client, statistics: TermStatistics, writer: RequestWriter, scoring: Scoring
    ) -> None:
        self._client = client
        self._statistics = statistics
        self._writer = writer
        self._scoring = scoring
        self._defaults = [*writer.schema.default_fields]

    @property
    def average_lengths(self) -> Mapping[str, float]:
        """The mean length of each default field, at least 1."""
        found = self._statistics.of_texts(self._defaults)
        return {
            name: max(known.tokens / max(known.documents, 1), 1.0)
            for name, known in zip(self._defaults, found, strict=True)
        }

    def document(self, key: str) -> ComparedDocument | None:
        """Read the document with a key, if there is one. Copies can't be told: there are none."""
        schema = self._writer.schema
        node = self._writer.query(Verbatim(Term(schema.key.name, key)))
        body: Json = {"query": node, "size": 1}
        if schema.is_mixed:
            body["docvalue_fields"] = [LANGUAGE]
        found = self._client.search(body)["hits"]["hits"]
        return (
            ComparedDocument(found[0]["_source"], language_of(found[0]), (key,)) if found else None
        )

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
