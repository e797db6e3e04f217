"""What makes an article similar to another one? The terms that tell most about that.

An article is a long query, as in Rocchio's feedback (1971) from one document. The weight of a term
is how much it counts in the article, times its burstiness, times the square root of its idf: what
is rare is often a name that no other article on the topic has. Thirty terms are looked for, those
with the highest weights times ln(1 + df). docs/similar.md has the formulas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from searchlib.analysis.detection import can_detect, detect_language
from searchlib.query.tree import Boost, Not, Or, Query, Term, Verbatim, Word
from searchlib.search.copies import near_copies
from searchlib.search.joined_words import joined_in
from searchlib.search.term_uses import TermUse, TermUses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from searchlib.schema.models import DocumentSchema
    from searchlib.search.document_cache import DocumentCache
    from searchlib.search.index_view import IndexView
    from searchlib.search.term_matchers import WordMatcher
    from searchlib.storage.snapshot import Snapshot

TERMS: Final = 30
"""So many terms of an article are looked for."""


@dataclass(frozen=True, slots=True)
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
    """Makes of documents and texts what is similar to them, in one commit.

    Args:
        snapshot: The commit.
        index: The same, as evaluation sees it.
        schema: Its fields.
        shown: Its documents.
        word_of: Makes the matcher of a term.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        index: IndexView,
        schema: DocumentSchema,
        shown: DocumentCache,
        word_of: Callable[[str], WordMatcher | None],
    ) -> None:
        self._snapshot = snapshot
        self._index = index
        self._schema = schema
        self._shown = shown
        self._word_of = word_of
        lengths = {name: index.average_length(name) for name in schema.default_fields}
        self._uses = TermUses(schema, lengths, index.scoring)

    def of_document(self, docnum: int) -> Likeness:
        """Make it of a document, by its number in the whole index.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        language = self._snapshot.language_of(docnum) if self._schema.is_mixed else None
        values = self._shown[docnum].values
        uses = self._uses.of(values, language)
        copies = near_copies(self._snapshot, self._index.live, docnum).tolist()
        keys = [self._snapshot.key(self._schema.key.name, one) for one in (docnum, *copies)]
        alike = Or(tuple(Term(self._schema.key.name, key) for key in keys))
        # A term that no other document has finds nothing.
        return self._likeness(uses, self._uses.texts(values), 2, (Not(Verbatim(alike)),))

    def of_text(self, text: str) -> Likeness:
        """Make it of a text, which is compared as if it were that of an article.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        detects = self._schema.is_mixed and can_detect()
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
        for term, use in uses.items():
            word = self._word_of(term)
            if word is not None and word.doc_frequency >= least:
                boost = use.weight / math.sqrt(word.idf)
                weight = boost * word.informs
                found.append((-weight * math.log1p(word.doc_frequency), term, boost, weight))
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
