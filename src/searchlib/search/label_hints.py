"""Which labels are like one that no document has?"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from pydantic_core import from_json

from searchlib.analysis.terms import fold_accents
from searchlib.query.field_terms import label_of
from searchlib.query.notes import Note
from searchlib.query.tree import Not, Query, Term
from searchlib.schema.markers import Keyword
from searchlib.schema.paths import as_list, value_at
from searchlib.search.edits import edit_distances
from searchlib.search.expansion import term_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.schema.models import DocumentSchema, FieldSpec
    from searchlib.segment.dictionary import TermDictionary
    from searchlib.storage.snapshot import OpenSegment, Snapshot

_MOST_HINTS: Final = 3
_MOST_LABELS: Final = 20_000
"""How many labels of a segment are looked at."""

_MOST_EDITS: Final = 2


def label_notes(query: Query, snapshot: Snapshot, schema: DocumentSchema) -> list[Note]:
    """Remark on the labels of a query that no document has, and say which are like them.

    Args:
        query: A query that found nothing.
        snapshot: Where.
        schema: The fields.
    """
    return [
        note
        for leaf in _positive_terms(query)
        if isinstance(schema.fields[leaf.field].marker, Keyword)
        for note in _notes_on(leaf, snapshot, schema.fields[leaf.field])
    ]


def _positive_terms(query: Query) -> Iterator[Term]:
    if isinstance(query, Term):
        yield query
    elif not isinstance(query, Not):
        for child in query.children():
            yield from _positive_terms(child)


def _notes_on(leaf: Term, snapshot: Snapshot, spec: FieldSpec) -> Iterator[Note]:
    label = label_of(leaf.value, spec)
    near: dict[str, int] = {}
    for segment in _having(spec, snapshot):
        terms = segment.reader.inverted(spec.name).terms
        ordinal = terms.lookup(term_bytes(label))
        if ordinal is not None and _first_with(ordinal, segment, spec) is not None:
            return
        for term, rank in _alike(terms, label):
            near.setdefault(term, rank)
    best = sorted(near, key=lambda term: (near[term], len(term), term))
    written = (_as_written(term, snapshot, spec) for term in best)
    shown = [*islice((label for label in written if label is not None), _MOST_HINTS)]
    hint = f"; there is {', '.join(map(repr, shown))}" if shown else ""
    message = f"no document has the label {str(leaf.value)!r} in {spec.name!r}{hint}"
    yield Note("label", message, leaf.span)


def _having(spec: FieldSpec, snapshot: Snapshot) -> list[OpenSegment]:
    """Give the segments that were not written before there was the field."""
    return [segment for segment in snapshot.segments if spec.name in segment.reader.fields]


def _first_with(ordinal: int, segment: OpenSegment, spec: FieldSpec) -> int | None:
    """Find the first document of a segment that has a label and is not deleted."""
    docnums = segment.reader.inverted(spec.name).docnums(ordinal)
    if segment.deleted is not None:
        docnums = docnums[~segment.deleted[docnums]]
    return docnums.item(0) if len(docnums) else None


def _alike(terms: TermDictionary, label: str) -> Iterator[tuple[str, int]]:
    """Give the terms like a label, each with a rank: those that hold it first, then misspelt."""
    found = terms.terms(0, min(len(terms), _MOST_LABELS))
    words = [term.decode("utf-8", "replace") for term in found]
    folded, label = (
        [fold_accents(word.casefold()) for word in words],
        fold_accents(label.casefold()),
    )
    for word, like, distance in zip(words, folded, _distances(folded, label), strict=True):
        if like.startswith(label):
            yield word, 0
        elif label and label in like:
            yield word, 1
        elif distance <= min(_MOST_EDITS, len(label) // 3):
            yield word, 1 + distance
        elif like and like in label:
            yield word, 4


def _distances(labels: list[str], text: str) -> Iterator[int]:
    """Count the edits between a text and each label, or the one of its words that is nearest."""
    pieces = [[label, *label.split()] for label in labels]
    distances = iter(edit_distances([*chain.from_iterable(pieces)], text, _MOST_EDITS).tolist())
    return (min(islice(distances, len(of_one))) for of_one in pieces)


def _as_written(term: str, snapshot: Snapshot, spec: FieldSpec) -> str | None:
    """Write a label as the first document that has it does; ``None`` if none has it any more."""
    for segment in _having(spec, snapshot):
        ordinal = segment.reader.inverted(spec.name).terms.lookup(term_bytes(term))
        docnum = None if ordinal is None else _first_with(ordinal, segment, spec)
        if docnum is not None:
            labels = as_list(value_at(from_json(segment.reader.document(docnum)), spec.name))
            return next((_shown(one) for one in labels if label_of(one, spec) == term), term)
    return None


def _shown(label: object) -> str:
    return str(label).lower() if isinstance(label, bool) else str(label)
