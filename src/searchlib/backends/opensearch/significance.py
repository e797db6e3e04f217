"""Which words or labels set documents on a server apart from the others?

Labels are counted by the server. Of words it can't tell which ones the hits have, so the texts of
hits are fetched and analysed here: of all, or where there are many, of two thousand, which are
always the same. What the server knows of their words tells which may be the most significant. Of
these the server counts the documents, exactly.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from searchlib.analysis.batch import BatchAnalyzer, MixedAnalyzer
from searchlib.backends.opensearch.facets import Reply, all_values, as_written, run
from searchlib.backends.opensearch.hits import language_of
from searchlib.backends.opensearch.mapping import (
    LANGUAGE,
    ORDER,
    label_field,
    sent_term,
    text_field,
)
from searchlib.errors import SearchlibError
from searchlib.frozen import frozen
from searchlib.schema.markers import AUTO, Text
from searchlib.schema.paths import text_at
from searchlib.search.significant import TermCounts, field_of
from searchlib.segment.spellings import commonest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from searchlib.analysis.batch import TokenBatch
    from searchlib.analysis.vocabulary import Vocabulary
    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.backends.opensearch.client import Client
    from searchlib.backends.opensearch.nodes import Node
    from searchlib.backends.opensearch.requests import RequestWriter
    from searchlib.backends.opensearch.term_statistics import TermStatistics
    from searchlib.query.filters import Condition
    from searchlib.query.tree import Query
    from searchlib.schema.fields import FieldSpec
    from searchlib.search.significant import SignificantTerms

Json = dict[str, Any]

SAMPLE: Final = 2_000
"""The texts of so many hits are looked at."""
_COUNTED: Final = 200
"""Of so many words at least the documents are counted."""
_AT_ONCE: Final = 500


class ServerSignificance:
    """Finds what sets documents apart.

    Args:
        client: The server.
        statistics: What it knows of terms.
        writer: Writes searches.
    """

    def __init__(
        self,
        client: Client,
        statistics: TermStatistics,
        writer: RequestWriter,
    ) -> None:
        self._client = client
        self._statistics = statistics
        self._writer = writer
        self._schema = writer.schema

    def terms(
        self, query: Query, conditions: Sequence[Condition], field: str | None, limit: int
    ) -> SignificantTerms:
        """Find it; see :meth:`searchlib.backends.base.Backend.significant`.

        Raises:
            SearchlibError: There is no such field, or the server did not answer.
        """
        spec = field_of(field, self._schema, self._token_count)
        node = self._writer.query(query, conditions)
        find = self._words if isinstance(spec.marker, Text) else self._labels
        return find(node, spec, limit)

    def _token_count(self, name: str) -> int:
        [known] = self._statistics.of_texts([name])
        return known.tokens

    def _labels(self, node: Node, spec: FieldSpec, limit: int) -> SignificantTerms:
        counts, found = self._all_labels(node, spec)
        totals, documents = self._all_labels({"match_all": {}}, spec)
        counted = TermCounts(
            [label.encode() for label in counts],
            np.array([*counts.values()], np.int64),
            np.array(
                [max(totals.get(label, 0), count) for label, count in counts.items()], np.int64
            ),
            found,
            max(found, documents),
        )

        def write(terms: Sequence[bytes]) -> list[str]:
            labels = [term.decode() for term in terms]
            return run(
                as_written(spec, labels), lambda aggs: self._counted({"match_all": {}}, aggs)
            )

        return counted.significant(spec, limit, write)

    def _all_labels(self, node: Node, spec: FieldSpec) -> tuple[dict[str, int], int]:
        """Count the documents that have each label, and all of them."""
        steps = all_values(label_field(spec.name))
        values, first = run(steps, lambda aggs: self._counted(node, aggs))
        return dict(values), first.total

    def _counted(self, node: Node, aggregations: Json) -> Reply:
        body = {"query": node, "size": 0, "track_total_hits": True, "aggs": aggregations}
        found = self._client.search(body)
        return Reply(found["aggregations"], found["hits"]["total"]["value"])

    def _words(self, node: Node, spec: FieldSpec, limit: int) -> SignificantTerms:
        words = self._sample(node, spec)
        documents = max(self._client.count(), words.found)
        terms = self._likely(node, words, spec, max(_COUNTED, 2 * limit), documents)
        is_term = [{"term": {text_field(spec.name): {"value": sent_term(one)}}} for one in terms]
        counts = words.counts_of(terms)
        if words.size < words.found:
            counts = self._count([[node, one] for one in is_term])
        totals = np.maximum(self._count([[one] for one in is_term]), counts)
        encoded = [term.encode() for term in terms]
        counted = TermCounts(encoded, counts, totals, words.found, documents)
        return counted.significant(spec, limit, words.written)

    def _sample(self, node: Node, spec: FieldSpec) -> _Words:
        """Find the words of documents that match: of many, those whose hash is the highest."""
        random = {"seed": 1, "field": ORDER}
        body: Json = {
            "query": {
                "function_score": {
                    "query": {"bool": {"filter": [node]}},
                    "random_score": random,
                    "boost_mode": "replace",
                }
            },
            "sort": [{"_score": "desc"}, {ORDER: "asc"}],
            "size": SAMPLE,
            "_source": [spec.name],
            "track_total_hits": True,
            "docvalue_fields": [LANGUAGE] if self._schema.is_mixed else [],
        }
        found = self._client.search(body)["hits"]
        return _Words.of(found["hits"], found["total"]["value"], spec)

    def _likely(
        self, node: Node, words: _Words, spec: FieldSpec, limit: int, documents: int
    ) -> list[str]:
        """Choose the terms that may be the most significant, by what their shards know of them.

        That is of deleted documents, too, which are taken for as many of each term.
        """
        [known] = self._statistics.of_texts([spec.name], words.terms)
        totals = np.array([known.doc_frequencies[term] for term in words.terms], np.float64)
        totals = np.rint(totals * documents / max(known.documents, documents, 1))
        counts = words.reckoned(words.terms)
        if words.size < words.found and documents < 4 * words.found:
            # Each sample tells the more the smaller a part it stands for.
            others = self._sample({"bool": {"must_not": [node]}}, spec)
            share = words.found**2 / (words.found**2 + others.found**2)
            counts += share * (totals - others.reckoned(words.terms) - counts)
        of_all: Int64Array = np.clip(totals, words.counts, documents).astype(np.int64)
        of_some: Int64Array = np.clip(counts, words.counts, of_all).astype(np.int64)
        encoded = [term.encode() for term in words.terms]
        best = TermCounts(encoded, of_some, of_all, words.found, documents).best(spec, limit)
        return [words.terms[place] for place, _ in best]

    def _count(self, several: Sequence[Sequence[Node]]) -> Int64Array:
        """Count the documents that match all of some queries, several times."""
        counts: list[int] = []
        for start in range(0, len(several), _AT_ONCE):
            bodies = [
                {"query": {"bool": {"filter": [*nodes]}}, "size": 0, "track_total_hits": True}
                for nodes in several[start : start + _AT_ONCE]
            ]
            for found in self._client.msearch(bodies):
                if isinstance(found, SearchlibError):
                    raise found
                counts.append(found["hits"]["total"]["value"])
        return np.array(counts, np.int64)


@frozen
class _Words:
    """The words of documents.

    Attributes:
        found: How many documents there are.
        size: How many of them were looked at.
        terms: Their terms. Shape (T,).
        numbers: The place of each term.
        counts: How many of those that were looked at have each. Shape (T,), int64.
        spellings: How often these have each word of a term, in lower case.
    """

    found: int
    size: int
    terms: list[str]
    numbers: Mapping[str, int]
    counts: Int64Array
    spellings: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, hits: Sequence[Json], found: int, spec: FieldSpec) -> _Words:
        """Analyse the texts of some of the documents that were found."""
        tokens, vocabulary = _analysed(hits, spec)
        owners = np.repeat(np.arange(len(hits)), tokens.counts)
        size = max(len(vocabulary.terms), 1)
        having = np.unique(owners * size + tokens.terms) % size
        counts = np.bincount(having, minlength=len(vocabulary.terms))
        assert tokens.words is not None
        written = Counter(tokens.words.tolist())
        of_words = vocabulary.terms_of_words()
        spellings = {
            (vocabulary.terms[of_words[word]], vocabulary.words[word]): count
            for word, count in written.items()
        }
        return cls(found, len(hits), vocabulary.terms, vocabulary, counts, spellings)

    def counts_of(self, terms: Sequence[str]) -> Int64Array:
        """Count the documents that have each term, of those that were looked at."""
        there = (self.numbers.get(term) for term in terms)
        counts = [0 if number is None else self.counts.item(number) for number in there]
        return np.array(counts, np.int64)

    def reckoned(self, terms: Sequence[str]) -> Float64Array:
        """Reckon how many of all documents have each term."""
        share = self.found / max(self.size, 1)
        reckoned: Float64Array = np.rint(self.counts_of(terms) * share)
        return reckoned

    def written(self, terms: Iterable[bytes]) -> list[str]:
        """Write terms as these documents do most often, in lower case."""
        best = commonest(self.spellings)
        return [best[term.decode()][0] for term in terms]


def _analysed(hits: Sequence[Json], spec: FieldSpec) -> tuple[TokenBatch, Vocabulary]:
    assert isinstance(spec.marker, Text)
    texts = [text_at(hit["_source"], spec.name) for hit in hits]
    if spec.marker.language == AUTO:
        mixed = MixedAnalyzer()
        return mixed.analyze(texts, [language_of(hit) for hit in hits]), mixed.vocabulary
    analyzer = BatchAnalyzer(spec.marker.language)
    return analyzer.analyze(texts), analyzer.vocabulary
