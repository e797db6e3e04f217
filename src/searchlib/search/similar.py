"""What makes an article similar to another one? The terms that tell most about that.

An article is a long query, as in Rocchio's feedback (1971) from one document. The weight of a term
is how much it counts in the article, times its burstiness, times the square root of its idf: what
is rare is often a name that no other article on the topic has. Thirty terms are looked for, those
with the highest weights times ln(1 + df). docs/similar.md has the formulas.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from searchlib.analysis.detection import can_detect, detect_language
from searchlib.errors import ArgumentError
from searchlib.frozen import frozen
from searchlib.query.tree import Boost, Not, Or, Query, Term, Verbatim, Word
from searchlib.search.joined_words import joined_in
from searchlib.search.term_uses import TermUse, TermUses

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from searchlib.postings import Scoring
    from searchlib.schema.models import DocumentSchema

TERMS: Final = 30
"""So many terms of an article are looked for."""


class ComparedDocument(NamedTuple):
    """A document that others are compared with.

    Attributes:
        values: What is stored of it.
        language: Its language, where each document is in its own.
        keys: Its key, and those of its copies, which are not to be found.
    """

    values: Mapping[str, Any]
    language: str | None
    keys: tuple[str, ...]


class TermWeight(NamedTuple):
    """What all documents tell of a term, in the default fields together.

    Attributes:
        doc_frequency: In how many documents it is, with those deleted that still count.
        idf: How much that tells; see docs/scoring.md.
        informs: Its idf times its burstiness.
        scored: The factor that scores of the word have already.
    """

    doc_frequency: int
    idf: float
    informs: float
    scored: float


class KnownTexts(Protocol):
    """What is known of the texts of an index."""

    @property
    def average_lengths(self) -> Mapping[str, float]:
        """The mean length of each default field, at least 1."""

    def document(self, key: str) -> ComparedDocument | None:
        """Read the document with a key, if there is one."""

    def weights(self, terms: Collection[str]) -> Mapping[str, TermWeight]:
        """Tell what is known of terms; those that can't be looked for are left out."""


@frozen
class Likeness:
    """What documents are looked for that are similar to one.

    Attributes:
        query: Any of its best terms, each with its weight in it.
        others: What leaves out the document itself and its copies.
        weights: How much each of the terms counts.
        written: How the document writes them.
        uses: Finds the terms of other documents.
    """

    query: Query
    others: tuple[Query, ...]
    weights: Mapping[str, float]
    written: Mapping[str, str]
    uses: TermUses

    def shared(self, values: Mapping[str, Any], language: str | None) -> tuple[str, ...]:
        """Name the terms that another document shares, those that add most to its score first.

        Args:
            values: The other document, as it is stored.
            language: Its language, where each document is in its own.
        """
        theirs = self.uses.of(values, language)
        shares = {
            term: -weight * theirs[term].weight
            for term, weight in self.weights.items()
            if term in theirs
        }
        best = (self.written[term] for term in sorted(shares, key=shares.__getitem__))
        return tuple(dict.fromkeys(best))


class Likenesses:
    """Makes of documents and texts what is similar to them.

    Args:
        texts: The texts of the index, as of one moment where that can be.
        schema: Its fields, with the languages that documents are in.
        scoring: The parameters of the scores.
    """

    def __init__(self, texts: KnownTexts, schema: DocumentSchema, scoring: Scoring) -> None:
        self._texts = texts
        self._is_mixed = schema.is_mixed
        self._key = schema.key.name
        self._uses = TermUses(schema, texts.average_lengths, scoring)

    def of(self, key: str, text: str) -> Likeness:
        """Make it of the document with a key; or if there is none, of a text.

        Raises:
            ArgumentError: There is none, and the text has less than two words.
            SearchlibError: The index can't be read.
        """
        found = self.of_document(key)
        if found is not None:
            return found
        if len(str(text).split()) < 2:
            raise ArgumentError(
                "expected the key of a document of the index, or a text of at least two words, got "
                f"{text!r:.80}"
            )
        return self.of_text(text)

    def of_document(self, key: str) -> Likeness | None:
        """Make it of the document with a key, if there is one.

        Raises:
            SearchlibError: The index can't be read.
        """
        document = self._texts.document(key)
        if document is None:
            return None
        uses = self._uses.of(document.values, document.language)
        alike = Or(tuple(Term(self._key, one) for one in document.keys))
        # A term that no other document has finds nothing.
        texts = self._uses.texts(document.values)
        return self._likeness(uses, texts, 2, (Not(Verbatim(alike)),))

    def of_text(self, text: str) -> Likeness:
        """Make it of a text, which is compared as if it were that of an article.

        Raises:
            SearchlibError: The index can't be read.
        """
        detects = self._is_mixed and can_detect()
        language = detect_language(text) if detects else None
        return self._likeness(self._uses.of_text(text, language), [text], 1, ())

    def _likeness(
        self,
        uses: Mapping[str, TermUse],
        texts: Iterable[str],
        least: int,
        others: tuple[Query, ...],
    ) -> Likeness:
        """Make it of terms that at least so many documents have."""
        found: list[tuple[float, str, float, float]] = []
        for term, known in self._texts.weights(uses).items():
            if known.doc_frequency >= least:
                weight = uses[term].weight * known.informs / math.sqrt(known.idf)
                value = weight * math.log1p(known.doc_frequency)
                found.append((-value, term, weight / known.scored, weight))
        best = sorted(found)[:TERMS]
        joined = joined_in(texts)  # "didn" is no word that anyone wrote
        written = {term: uses[term].written for _, term, *_ in best}
        return Likeness(
            Verbatim(Or(tuple(Boost(Word(term), boost) for _, term, boost, _ in best))),
            others,
            {term: weight for _, term, _, weight in best},
            {term: joined.get(word.lower(), word) for term, word in written.items()},
            self._uses,
        )
