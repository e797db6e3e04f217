"""What are documents about? Which of the words of a commit that tell topics each has, as bits.

Documents are compared by 512 words: those with the most of the squared weight of all documents
together, df · (idf · burst)². They are found when they are first needed, once for each commit, as
are the documents that have them: 64 bytes for each document.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.analysis import stop_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from searchlib.arrays import ByteArray, Float32Array, Float64Array, Int64Array
    from searchlib.postings import Scoring
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.index_view import IndexView
    from searchlib.search.term_matchers import WordMatcher
    from searchlib.segment.field_reader import FieldReader

WORDS: Final = 512
_LEAST: Final = 3
"""So many documents at least have a word that tells a topic ..."""
_MOST: Final = 0.25
"""... and this share of all at most."""


class TopicWords:
    """The words that tell the topics of a commit. Threads may share it.

    Args:
        index: The commit.
        schema: Its fields.
        word_of: Makes the matcher of a term.
    """

    def __init__(
        self,
        index: IndexView,
        schema: DocumentSchema,
        word_of: Callable[[str], WordMatcher | None],
    ) -> None:
        self._index = index
        self._fields = [schema.fields[name] for name in schema.default_fields]
        self._word_of = word_of

    def vectors(self, docnums: Int64Array) -> Float32Array:
        """Say what documents are about.

        Args:
            docnums: The documents, by their numbers in the whole index. Shape (D,), int64.

        Returns:
            The weight of each word that a document has; all together have the length 1, or 0 if it
            has none. Shape (D, :data:`WORDS`), float32.
        """
        bits, weights = self._found
        has = np.unpackbits(bits.take(docnums, axis=0), axis=1, bitorder="little")
        vectors = has * weights
        lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
        lengths[lengths == 0] = 1
        unit: Float32Array = vectors / lengths
        return unit

    @cached_property
    def _found(self) -> tuple[ByteArray, Float32Array]:
        """Which words each document has, and the weights of these."""
        bits = np.zeros((self._index.doc_count, WORDS // 8), np.uint8)
        weights = np.zeros(WORDS, np.float32)
        for place, word in enumerate(self._words()):
            bits[word.docnums(), place >> 3] |= np.uint8(1 << (place & 7))
            weights[place] = word.informs
        return bits, weights

    def _words(self) -> list[WordMatcher]:
        """Choose the words, the best first."""
        most = self._index.doc_count * _MOST
        found: list[tuple[float, str, WordMatcher]] = []
        for term in sorted(set(self._candidates())):
            word = self._word_of(term)
            if word is not None and _LEAST <= word.doc_frequency <= most:
                found.append((-word.doc_frequency * word.informs**2, term, word))
        return [word for *_, word in sorted(found)[:WORDS]]

    def _candidates(self) -> Iterator[str]:
        """Choose the best terms of each field of each segment, by what is known of them there."""
        languages = {language for spec in self._fields for language in spec.languages}
        stops = {term for language in languages for term in stop_terms(language)}
        for segment in self._index.segments:
            for spec in self._fields:
                reader = segment.inverted.get(spec.name)
                if reader is not None and len(reader.terms):
                    best = np.argsort(-_values(reader, self._index.scoring), kind="stable")
                    terms = (reader.terms.term(int(one)).decode() for one in best[: 2 * WORDS])
                    yield from (term for term in terms if term not in stops)


def _values(reader: FieldReader, scoring: Scoring) -> Float64Array:
    """Compute df · (idf · burst)² of each term of a field in a segment. Shape (terms,), float64."""
    every = len(reader.terms)
    df = np.diff(reader.posting_starts(0, every)).astype(np.float64)
    cf = np.diff(reader.token_starts(0, every))
    idf = np.log1p((reader.doc_count - df + 0.5) / (df + 0.5))
    burst = ((cf + 1) / (df + 1)) ** scoring.burst
    return np.where(df <= reader.doc_count * _MOST, df * (idf * burst) ** 2, 0)
