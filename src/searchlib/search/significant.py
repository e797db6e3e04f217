"""Which words or labels set some documents apart from the others?

By the log-likelihood ratio of Dunning ("Accurate methods for the statistics of surprise and
coincidence", Computational Linguistics 19, 1993): how much more likely the counts are if a term has
a share of its own in the documents than if it has the same share in all.
"""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING, Any

import numpy as np

from searchlib.analysis import stop_terms
from searchlib.errors import QueryError
from searchlib.frozen import frozen
from searchlib.schema.markers import Keyword, Text
from searchlib.search.spellings import label_as_written, word_as_written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from searchlib.arrays import BoolArray, Float64Array, Int64Array
    from searchlib.schema.fields import FieldSpec
    from searchlib.schema.models import DocumentSchema
    from searchlib.storage.snapshot import Snapshot


@frozen
class SignificantTerm:
    """A word or label that more of some documents have than of the others.

    Attributes:
        text: The word or label, as documents write it.
        count: How many of the documents have it.
        total: How many documents have it, these and others.
        score: The log-likelihood ratio; above 10.8, chance is less likely than 1 in 1,000.
    """

    text: str
    count: int
    total: int
    score: float

    def to_json(self) -> dict[str, Any]:
        """Convert it to values that JSON can hold."""
        return {
            "text": self.text,
            "count": self.count,
            "total": self.total,
            "score": round(self.score, 4),
        }


@frozen
class SignificantTerms:
    """What sets some documents apart, the most significant first.

    Attributes:
        field: The field that was looked at.
        found: How many documents these are.
        documents: How many there are, these and the others.
        terms: The words or labels.
    """

    field: str
    found: int
    documents: int
    terms: tuple[SignificantTerm, ...]

    def __iter__(self) -> Iterator[SignificantTerm]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def to_json(self) -> dict[str, Any]:
        """Convert them to values that JSON can hold."""
        return {
            "field": self.field,
            "found": self.found,
            "documents": self.documents,
            "terms": [term.to_json() for term in self.terms],
        }


@frozen
class TermCounts:
    """How many documents have each term of a field.

    Attributes:
        terms: The terms that any of some documents has. Shape (T,).
        counts: How many of these have each. Shape (T,), int64.
        totals: How many of all documents have it. Shape (T,), int64.
        found: How many some documents are.
        documents: How many there are in all.
    """

    terms: Sequence[bytes]
    counts: Int64Array
    totals: Int64Array
    found: int
    documents: int

    def best(self, spec: FieldSpec, limit: int) -> list[tuple[int, float]]:
        """Find the most significant terms, by their places, and their scores; no stop words.

        Args:
            spec: The field.
            limit: How many at most.
        """
        is_text = isinstance(spec.marker, Text)
        stops = {term for one in spec.languages for term in stop_terms(one)} if is_text else set()
        scores = log_likelihood(self.counts, self.totals, self.found, self.documents)
        found = (
            (-scores.item(place), self.terms[place], place)
            for place in np.flatnonzero(scores > 0).tolist()
            if self.terms[place].decode("utf-8", "replace") not in stops
        )
        return [(place, -score) for score, _, place in nsmallest(limit, found)]

    def significant(
        self, spec: FieldSpec, limit: int, write: Callable[[Sequence[bytes]], Iterable[str]]
    ) -> SignificantTerms:
        """Find the most significant terms, and write them as documents do.

        Args:
            spec: The field.
            limit: How many at most.
            write: Writes terms.
        """
        best = self.best(spec, limit)
        texts = write([self.terms[place] for place, _ in best])
        shown = tuple(
            SignificantTerm(text, self.counts.item(place), self.totals.item(place), score)
            for text, (place, score) in zip(texts, best, strict=True)
        )
        return SignificantTerms(spec.name, self.found, self.documents, shown)


def field_of(
    field: str | None, schema: DocumentSchema, token_count: Callable[[str], int]
) -> FieldSpec:
    """Find the field to look at: by default the text field with the most words.

    Args:
        field: Its name, if one is given.
        schema: The fields.
        token_count: Counts the words of a text field.

    Raises:
        QueryError: It has neither words nor labels.
    """
    texts = schema.text_fields
    if field is None and texts:
        return schema.fields[max(texts, key=token_count)]
    labels = [name for name, spec in schema.fields.items() if isinstance(spec.marker, Keyword)]
    if field not in (*texts, *labels):
        there = ", ".join([*texts, *labels]) or "none"
        raise QueryError(
            f"expected a field of text or labels, got {field!r:.80}; there are {there}"
        )
    assert field is not None
    return schema.fields[field]


def token_count(snapshot: Snapshot, field: str) -> int:
    """Count the words of a text field, those of deleted documents included.

    Raises:
        CorruptIndexError: A segment is damaged.
    """
    readers = (one.reader for one in snapshot.segments if field in one.reader.fields)
    return sum(reader.inverted(field).total_length for reader in readers)


def terms_as_written(snapshot: Snapshot, spec: FieldSpec, terms: Sequence[bytes]) -> Iterator[str]:
    """Write terms as most documents of a commit do.

    Raises:
        CorruptIndexError: A segment is damaged.
    """
    write = word_as_written if isinstance(spec.marker, Text) else label_as_written
    return (write(term, spec.name, snapshot) for term in terms)


def count_terms(snapshot: Snapshot, field: str, some: BoolArray, every: BoolArray) -> TermCounts:
    """Count the documents that have each term, in time linear in the postings of the field.

    Args:
        snapshot: The commit.
        field: A field of text or labels.
        some: The documents. Shape (number of all documents,).
        every: These and those that they are set apart from. Shape as ``some``.

    Raises:
        CorruptIndexError: A segment is damaged.
    """
    of_some, of_every = int(np.count_nonzero(some)), int(np.count_nonzero(every))
    return TermCounts(*_counted(snapshot, field, some, every), of_some, of_every)


def log_likelihood(
    counts: Int64Array, totals: Int64Array, of_some: int, of_every: int
) -> Float64Array:
    """Compute Dunning's ratio for terms that more of some documents have; 0 for others.

    It is twice the sum of O ln(O / E) over the four counts O of documents, some and others, with
    the term and without it. E is what would be if both had the same share.

    Args:
        counts: How many of some documents have each term. Shape (T,), int64.
        totals: How many of all have it. Shape (T,), int64.
        of_some: How many some are.
        of_every: How many all are.
    """
    others = of_every - of_some
    rest = totals - counts
    rows = ((counts, of_some, totals), (rest, others, totals))
    ratio = np.zeros(len(counts))
    for having, size, total in rows:
        ratio += _part(having, size * total / max(of_every, 1))
        ratio += _part(size - having, size * (of_every - total) / max(of_every, 1))
    more = counts * others > rest * of_some
    return np.where(more, 2 * ratio, 0.0)


def _part(observed: Int64Array, expected: Float64Array) -> Float64Array:
    """Compute O ln(O / E), which is 0 for none."""
    there = observed > 0
    ratio = np.divide(observed, expected, out=np.ones(len(observed)), where=there)
    part: Float64Array = observed.astype(np.float64) * np.log(ratio)
    return part


def _counted(
    snapshot: Snapshot, field: str, some: BoolArray, every: BoolArray
) -> tuple[list[bytes], Int64Array, Int64Array]:
    """Count the documents that have each term that any of some has: of some, and of every one."""
    places: dict[bytes, int] = {}
    parts = []
    for segment in snapshot.segments:
        if field in segment.reader.fields:
            reader = segment.reader.inverted(field)
            here = slice(segment.first, segment.first + reader.doc_count)
            of_some, terms = reader.counts_among(some[here]), list(reader.terms.terms())
            for ordinal in np.flatnonzero(of_some).tolist():
                places.setdefault(terms[ordinal], len(places))
            parts.append((terms, of_some, reader.counts_among(every[here])))
    counts, totals = np.zeros(len(places), np.int64), np.zeros(len(places), np.int64)
    for terms, of_some, of_every in parts:
        own = zip(terms, range(len(terms)), strict=True)
        found = np.array([(places[t], n) for t, n in own if t in places], np.int64).reshape(-1, 2)
        counts[found[:, 0]] += of_some[found[:, 1]]
        totals[found[:, 0]] += of_every[found[:, 1]]
    return list(places), counts, totals
