"""What is made of the words of a commit, each part when it is first asked for?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.analysis.terms import stop_terms, terms_of_plain_words
from searchlib.schema.markers import Keyword

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.joined_words import JoinedWords
    from searchlib.search.known_words import KnownWords
    from searchlib.search.label_starts import LabelStarts
    from searchlib.search.misspelt import Misspelt
    from searchlib.search.title_phrases import TitlePhrases
    from searchlib.storage.snapshot import Snapshot


class WordIndex:
    """The words of a commit. Threads may share it.

    Args:
        snapshot: The commit.
        schema: Its fields.

    Attributes:
        snapshot: The commit.
        text_fields: The names of the text fields.
        totals: How many documents completions find that were made before.
    """

    def __init__(self, snapshot: Snapshot, schema: DocumentSchema) -> None:
        self.snapshot: Final = snapshot
        self.text_fields: Final = schema.text_fields
        self.totals: Final[dict[str, int]] = {}
        self._texts = [schema.fields[name] for name in schema.text_fields]
        self._keywords = {
            name: spec.marker
            for name, spec in schema.fields.items()
            if isinstance(spec.marker, Keyword)
        }
        self._labels: dict[str, LabelStarts] = {}

    @property
    def language(self) -> str | None:
        """The language whose stems tell which words are forms of one."""
        return self._texts[0].languages[0] if self._texts else None

    @cached_property
    def known(self) -> KnownWords:
        """The words as people write them."""
        from searchlib.search.known_words import KnownWords

        return KnownWords(self.snapshot, self.text_fields)

    @cached_property
    def joined(self) -> JoinedWords:
        """The words that have apostrophes or hyphens in them."""
        from searchlib.search.joined_words import JoinedWords

        return JoinedWords(self.snapshot, self.text_fields)

    @cached_property
    def misspelt(self) -> Misspelt:
        """What finds the words that a misspelt one may stand for."""
        from searchlib.search.misspelt import Misspelt

        return Misspelt(self.known)

    @cached_property
    def uses(self) -> Int64Array:
        """How often each known word is there; 0 for what is no word that says something.

        That is numbers, stop words, letters, and what is the beginning of a word: "doesn". Shape
        (N,), int64.
        """
        folded, is_word = self.known.folded, self.joined.stands_alone
        uses = self.known.counts * [not (word.isdigit() or _is_letter(word)) for word in folded]
        uses *= [is_word(word) for word in folded]
        for language in {language for spec in self._texts for language in spec.languages}:
            stops, terms = stop_terms(language), terms_of_plain_words(language)(folded)
            uses *= [term not in stops for term in terms]
        return uses

    @cached_property
    def title_phrases(self) -> list[TitlePhrases]:
        """The phrases of each field of short texts."""
        from searchlib.search.title_phrases import MOST_WORDS, TitlePhrases

        short = [spec for spec in self._texts if 0 < self._mean_length(spec.name) <= MOST_WORDS]
        return [TitlePhrases(self.snapshot, spec) for spec in short]

    @cached_property
    def facet_labels(self) -> list[LabelStarts]:
        """What finds labels by the beginnings of their words, in fields that facets count."""
        return [self.labels_of(name) for name in self._keywords if self._keywords[name].facet]

    def labels_of(self, field: str) -> LabelStarts:
        """Give what finds the labels of a keyword field by the beginnings of their words."""
        found = self._labels.get(field)
        if found is None:
            from searchlib.search.label_starts import LabelStarts

            found = self._labels[field] = LabelStarts(self.snapshot, field)
        return found

    def _mean_length(self, field: str) -> float:
        readers = [segment.reader.inverted(field) for segment in self.snapshot.segments]
        having = sum(int(np.count_nonzero(reader.lengths)) for reader in readers)
        return sum(reader.total_length for reader in readers) / max(having, 1)


def _is_letter(word: str) -> bool:
    """Tell whether a word is a single letter, of a script that has capitals."""
    return len(word) == 1 and word.upper() != word
