"""How do batches of documents become one segment?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from searchlib.analysis.batch import BatchAnalyzer, MixedAnalyzer
from searchlib.fingerprints.batch import batch_fingerprints
from searchlib.fingerprints.shingles import TermHashes
from searchlib.fingerprints.sketches import Fingerprints
from searchlib.schema.markers import AUTO
from searchlib.segment.contents import (
    InvertedField,
    NumberColumn,
    SegmentContents,
)
from searchlib.segment.inversion import BatchPostings, combine, invert_batch, invert_labels
from searchlib.segment.languages import LANGUAGE_FIELD, UNSTEMMED
from searchlib.segment.spellings import commonest
from searchlib.segment.writer import SegmentInfo, write_segment

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.analysis.batch import TokenBatch
    from searchlib.fingerprints.shingles import UInt64Array
    from searchlib.indexing.batch import DocumentBatch, FieldPlan

# What a segment in the making takes at its peak, while its batches are combined, by measurement.
_BYTES_PER_TOKEN: Final = 24
_BYTES_PER_VALUE: Final = 100
_BYTES_PER_WORD: Final = 250


class SegmentBuilder:
    """Collects batches until they are written as a segment, again and again.

    It remembers the words of a language from one segment to the next.

    Args:
        plan: How the columns are indexed.
        memory: How many bytes the documents of one segment may take while it is made.
    """

    def __init__(self, plan: FieldPlan, memory: int) -> None:
        self._plan = plan
        self._memory = memory
        self._analyzers = {
            language: MixedAnalyzer() if language == AUTO else BatchAnalyzer(language)
            for language in set(plan.languages.values())
        }
        self._hashes = {
            language: TermHashes()
            for language in {plan.languages[name] for name in plan.fingerprinted}
        }
        self._begin()

    def _begin(self) -> None:
        self._postings: dict[str, list[BatchPostings]] = {name: [] for name in self._plan.languages}
        self._values: dict[str, list[Any]] = {
            name: [] for name in (*self._plan.labels, *self._plan.numbers)
        }
        self._spellings: dict[str, Counter[tuple[str, str]]] = {}
        self._documents: list[bytes] = []
        self._fingerprints: list[Fingerprints] = []
        self._used = 0

    def add(self, batch: DocumentBatch) -> None:
        """Analyse the texts of a batch, invert them by themselves, and keep what they give."""
        analyzed: dict[str, TokenBatch] = {}
        for name, language in self._plan.languages.items():
            tokens = analyzed[name] = self._analyze(batch, name, self._analyzers[language])
            self._postings[name].append(invert_batch(tokens))
            self._used += len(tokens.terms) * _BYTES_PER_TOKEN
        if self._plan.fingerprinted:
            fields = [(analyzed[name], self._hashes_of(name)) for name in self._plan.fingerprinted]
            self._fingerprints.append(batch_fingerprints(fields))
        for name, values in self._values.items():
            values.extend(batch.columns[name])
        for name, spellings in batch.spellings.items():
            counts = self._spellings.setdefault(name, Counter())
            for term, spelling, count in spellings:
                counts[term, spelling] += count
        self._documents.extend(batch.documents)
        self._used += batch.size + len(batch) * len(self._values) * _BYTES_PER_VALUE

    def _analyze(
        self, batch: DocumentBatch, name: str, analyzer: BatchAnalyzer | MixedAnalyzer
    ) -> TokenBatch:
        if isinstance(analyzer, BatchAnalyzer):
            return analyzer.analyze(batch.columns[name])
        labels = batch.columns[LANGUAGE_FIELD]
        languages = [None if label == UNSTEMMED else label for label in labels]
        return analyzer.analyze(batch.columns[name], languages)

    def _hashes_of(self, name: str) -> UInt64Array:
        """Hash the terms of a field's vocabulary."""
        language = self._plan.languages[name]
        return self._hashes[language].of(self._analyzers[language].vocabulary.terms)

    @property
    def full(self) -> bool:
        """Whether it is time to write, before the next batch."""
        words = sum(len(analyzer.vocabulary.words) for analyzer in self._analyzers.values())
        words += sum(map(len, self._spellings.values()))
        return self._used + words * _BYTES_PER_WORD > self._memory

    def __len__(self) -> int:
        return len(self._documents)

    def write(self, path: Path) -> SegmentInfo:
        """Write what was added as a segment, and begin the next.

        Raises:
            StorageError: The operating system refused to write.
        """
        contents = SegmentContents(
            doc_count=len(self._documents),
            inverted={**self._inverted_texts(), **self._inverted_labels()},
            numbers={name: self._column(name) for name in self._plan.numbers},
            documents=self._documents,
            fingerprints=(
                Fingerprints.joined(self._fingerprints) if self._plan.fingerprinted else None
            ),
        )
        self._begin()
        info = write_segment(path, contents)
        self._forget_words()
        return info

    def _inverted_texts(self) -> dict[str, InvertedField]:
        return {
            name: combine(self._postings.pop(name), self._analyzers[language].vocabulary)
            for name, language in self._plan.languages.items()
        }

    def _inverted_labels(self) -> dict[str, InvertedField]:
        return {name: self._labels(name) for name in self._plan.labels}

    def _labels(self, name: str) -> InvertedField:
        field = invert_labels(self._values.pop(name))
        counts = self._spellings.pop(name, None)
        if counts is None:
            return field
        found = commonest(counts)
        best = {term.encode(): (text.encode(), count) for term, (text, count) in found.items()}
        return replace(field, spellings=[best[term] for term in field.terms])

    def _column(self, name: str) -> NumberColumn:
        values = self._values.pop(name)
        present = np.fromiter((value is not None for value in values), np.bool_, len(values))
        numbers = [0 if value is None else value for value in values]
        return NumberColumn(np.array(numbers, dtype=self._plan.numbers[name]), present)

    def _forget_words(self) -> None:
        """Give up vocabularies that would take up much of the memory of the next segment."""
        for analyzer in self._analyzers.values():
            if len(analyzer.vocabulary.words) * _BYTES_PER_WORD > self._memory // 4:
                analyzer.forget()
