"""What is sent of a document? Itself, and beside it what it is searched by.

Documents come in batches of columns, as for an index in a folder, and go as lines of JSON. Terms of
one text are written with blanks between them, the two terms of one token with a bar. So the server
finds them again by cutting at blanks and bars, and each text has the positions that it would have
in an index in a folder.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from pydantic_core import to_json

from searchlib.analysis.batch import BatchAnalyzer, MixedAnalyzer
from searchlib.backends.opensearch.mapping import (
    ROOT,
    document_id,
    inner_name,
    sent_label,
    sent_term,
)
from searchlib.frozen import frozen
from searchlib.indexing.columns import field_plan
from searchlib.schema.markers import AUTO, Keyword
from searchlib.segment.languages import LANGUAGE_FIELD, UNSTEMMED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.analysis.batch import TokenBatch
    from searchlib.analysis.vocabulary import Vocabulary
    from searchlib.indexing.batch import DocumentBatch, FieldPlan
    from searchlib.schema.models import DocumentSchema

_MOST_WORDS: Final = 1 << 20
"""How many words an analyzer remembers: a few hundred MB at most."""
_HEAD: Final = f',"{ROOT}":'.encode()


@frozen
class SourcePlan:
    """What is sent of the documents of a schema, in plain types.

    Attributes:
        fields: How the columns are indexed.
        key: The name of the key field.
        groups: The keyword fields that hold one label at most.
        dates: The date fields.
    """

    fields: FieldPlan
    key: str
    groups: list[str]
    dates: list[str]

    @classmethod
    def of(cls, schema: DocumentSchema) -> SourcePlan:
        """Take from a schema what is needed."""
        specs = schema.fields.values()
        groups = [spec.name for spec in specs if isinstance(spec.marker, Keyword) and not spec.many]
        return cls(field_plan(schema), schema.key.name, groups, list(schema.date_fields))


class Source(NamedTuple):
    """A document as it is sent.

    Attributes:
        key: Its key.
        id: The id that the server knows it by.
        order: Its number in the order of adding, which is also its version.
        line: The document, and what it is searched by, as JSON; ``None`` to delete it.
    """

    key: str
    id: str
    order: int
    line: bytes | None


class SourceMaker:
    """Makes what is sent of batches of documents; not for several threads at once.

    It remembers words from one batch to the next, so keep it while documents come.

    Args:
        plan: What is sent.
    """

    def __init__(self, plan: SourcePlan) -> None:
        self._plan = plan
        self._analyzers = {
            language: MixedAnalyzer() if language == AUTO else BatchAnalyzer(language)
            for language in set(plan.fields.languages.values())
        }
        self._begin()

    def _begin(self) -> None:
        self._sent = {
            language: _SentTerms(analyzer.vocabulary)
            for language, analyzer in self._analyzers.items()
        }

    def make(self, batch: DocumentBatch, first: int) -> list[Source]:
        """Write the documents of a batch.

        Args:
            batch: The documents.
            first: The order of the first of them; each other has one more than the one before.
        """
        columns = batch.columns
        keys = columns[self._plan.key]
        shadows: list[dict[str, Any]] = [{"order": first + number} for number in range(len(batch))]
        for name, language in self._plan.fields.languages.items():
            _put(shadows, "text", name, self._texts(batch, name, language))
        for name in self._plan.fields.labels:
            if name != LANGUAGE_FIELD:
                _put(shadows, "label", name, map(_labels, columns[name]))
        for name in self._plan.fields.numbers:
            _put(shadows, "number", name, columns[name])
        for name in self._plan.dates:
            _put(shadows, "hour", name, map(_hour, columns[name]))
        for name in self._plan.groups:
            _put(shadows, "group", name, map(_group, columns[name], keys))
        for shadow, language in zip(shadows, columns.get(LANGUAGE_FIELD, ()), strict=False):
            shadow["language"] = language
        self._forget_words()
        return [
            Source(key, document_id(key), shadow["order"], _joined(stored, shadow))
            for key, stored, shadow in zip(keys, batch.documents, shadows, strict=True)
        ]

    def _texts(self, batch: DocumentBatch, name: str, language: str | None) -> list[Any]:
        analyzer = self._analyzers[language]
        if isinstance(analyzer, BatchAnalyzer):
            tokens = analyzer.analyze(batch.columns[name])
        else:
            labels = batch.columns[LANGUAGE_FIELD]
            found = [None if label == UNSTEMMED else label for label in labels]
            tokens = analyzer.analyze(batch.columns[name], found)
        return self._sent[language].texts(tokens)

    def _forget_words(self) -> None:
        if sum(len(one.vocabulary.words) for one in self._analyzers.values()) > _MOST_WORDS:
            for analyzer in self._analyzers.values():
                analyzer.forget()
            self._begin()


class _SentTerms:
    """Writes terms as they are sent, each once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._terms: list[str] = []

    def texts(self, tokens: TokenBatch) -> list[str | list[str] | None]:
        """Write the terms of each document: one text, several, or ``None`` for none."""
        new = self._vocabulary.terms[len(self._terms) :]
        self._terms += map(sent_term, new)
        terms = list(map(self._terms.__getitem__, tokens.terms.tolist()))
        ends = np.cumsum(tokens.counts)
        last = tokens.positions[ends[tokens.counts > 0] - 1]
        plain = tokens.counts == tokens.lengths
        plain[tokens.counts > 0] &= last == tokens.counts[tokens.counts > 0] - 1
        bounds = pairwise([0, *ends.tolist()])
        return [
            (" ".join(terms[start:end]) or None)
            if is_plain
            else _texts_of(terms[start:end], tokens.positions[start:end].tolist())
            for (start, end), is_plain in zip(bounds, plain.tolist(), strict=True)
        ]


def _texts_of(terms: Sequence[str], positions: Sequence[int]) -> str | list[str]:
    """Write the terms of a document that has several texts, or tokens with two terms."""
    texts = [[terms[0]]]
    for term, step in zip(terms[1:], np.diff(positions).tolist(), strict=True):
        if step > 1:
            texts.append([term])
        else:
            texts[-1] += [" " if step else "|", term]
    return "".join(texts[0]) if len(texts) == 1 else list(map("".join, texts))


def _put(shadows: list[dict[str, Any]], kind: str, name: str, values: Any) -> None:
    """Note a value for each document that has one."""
    inner = inner_name(name)
    for shadow, value in zip(shadows, values, strict=True):
        if value is not None:
            shadow.setdefault(kind, {})[inner] = value


def _labels(value: str | tuple[str, ...] | None) -> str | list[str] | None:
    if isinstance(value, tuple):
        return [sent_label(label) for label in value if label] or None
    return sent_label(value) if value else None


def _hour(moment: int | None) -> int | None:
    return None if moment is None else moment // 3_600_000_000


def _group(label: str | None, key: str) -> str:
    return sent_label(label) if label else f"\0{sent_label(key)}"


def _joined(stored: bytes, shadow: dict[str, Any]) -> bytes:
    """Put the object that is not stored behind the last field of a document."""
    return b"".join((stored[:-1], _HEAD, to_json(shadow), b"}"))
