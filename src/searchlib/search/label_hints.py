"""Which labels are like one that no document has?"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.analysis.terms import fold_accents
from searchlib.query.field_terms import label_of
from searchlib.query.notes import MAX_NOTES, Note
from searchlib.query.tree import Not, Query, Term, walk
from searchlib.schema.markers import Key, Keyword
from searchlib.search.edits import edit_distances
from searchlib.search.expansion import term_bytes
from searchlib.search.spellings import label_as_written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from searchlib.schema.models import DocumentSchema, FieldSpec
    from searchlib.segment.dictionary import TermDictionary
    from searchlib.storage.snapshot import OpenSegment, Snapshot

_MOST_HINTS: Final = 3
_MOST_HINTED: Final = 3
"""For how many labels those like them are looked for: it takes 0.3 s among 20,000 labels."""

_MOST_LABELS: Final = 20_000
"""How many labels of a segment are looked at."""

_MOST_EDITS: Final = 2
_SHORT: Final = {True: 2, False: 1}
"""How many letters stand in words by chance, by whether they are Latin ones."""
_LONGEST: Final = 80  # characters of a label that a note shows


def label_notes(query: Query, snapshot: Snapshot, schema: DocumentSchema) -> list[Note]:
    """Remark on the labels of a query that no document has, and say which are like them.

    Args:
        query: A query that found nothing.
        snapshot: Where.
        schema: The fields.
    """
    return _notes(positive_parts(query), snapshot, schema, _MOST_HINTED)


def filter_label_notes(
    conditions: Iterable[Query], snapshot: Snapshot, schema: DocumentSchema, *, hints: bool
) -> list[Note]:
    """Remark on the labels of a filter that no document has, also those that it excludes.

    Args:
        conditions: What the filter requires.
        snapshot: Where.
        schema: The fields.
        hints: Whether to say which labels are like them, which takes long where there are many.
    """
    parts = chain.from_iterable(map(walk, conditions))
    return _notes(parts, snapshot, schema, _MOST_HINTED if hints else 0)


def labels_meant(leaf: Term, snapshot: Snapshot, spec: FieldSpec) -> list[str]:
    """Find the labels most like one that no document has, as documents write them; else none."""
    there = _has(snapshot, spec, label_of(leaf.value, spec))
    return [] if there else _labels_like(leaf, snapshot, spec)


def _notes(
    parts: Iterable[Query], snapshot: Snapshot, schema: DocumentSchema, most_hinted: int
) -> list[Note]:
    """Remark on labels; say of the first of those that no document has which are like them."""
    missing = (
        (leaf, spec)
        for leaf, spec in keyword_labels(parts, schema)
        if not _has(snapshot, spec, label_of(leaf.value, spec))
    )
    return [
        label_note(leaf, spec, _labels_like(leaf, snapshot, spec) if place < most_hinted else [])
        for place, (leaf, spec) in enumerate(islice(missing, MAX_NOTES))
    ]


def keyword_labels(
    parts: Iterable[Query], schema: DocumentSchema
) -> Iterator[tuple[Term, FieldSpec]]:
    """Give the labels and keys that parts of queries name, with their fields."""
    for part in parts:
        spec = schema.fields.get(part.field) if isinstance(part, Term) else None
        if isinstance(part, Term) and spec is not None and isinstance(spec.marker, Keyword | Key):
            yield part, spec


def positive_parts(query: Query) -> Iterator[Query]:
    """Give a query and its parts, without those that must not match."""
    if not isinstance(query, Not):
        yield query
        for child in query.children():
            yield from positive_parts(child)


def label_note(leaf: Term, spec: FieldSpec, like: Sequence[str] = ()) -> Note:
    """Remark on a label or key that no document has.

    Args:
        leaf: Where a query names it.
        spec: The field.
        like: Labels that are like it.
    """
    label = str(leaf.value)
    label = label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"
    if isinstance(spec.marker, Key):
        return Note("label", f"no document has the key {label!r}", leaf.span)
    told = f"there is {', '.join(map(repr, like))}" if like else spec.names_told(label)
    message = f"no document has the label {label!r} in {spec.name!r}{told and f'; {told}'}"
    return Note("label", message, leaf.span)


def _labels_like(leaf: Term, snapshot: Snapshot, spec: FieldSpec) -> list[str]:
    """Find the labels that documents have most like one, as documents write them; no keys."""
    if isinstance(spec.marker, Key):
        return []
    label = label_of(leaf.value, spec)
    near: dict[str, int] = {}
    for segment in _having(spec, snapshot):
        for term, rank in _alike(segment.reader.inverted(spec.name).terms, label):
            near.setdefault(term, rank)
    best = sorted(near, key=lambda term: (near[term], len(term), term))
    there = islice((term for term in best if _has(snapshot, spec, term)), _MOST_HINTS)
    return [label_as_written(term_bytes(term), spec.name, snapshot) for term in there]


def _having(spec: FieldSpec, snapshot: Snapshot) -> list[OpenSegment]:
    """Give the segments that were not written before there was the field."""
    return [segment for segment in snapshot.segments if spec.name in segment.reader.fields]


def _has(snapshot: Snapshot, spec: FieldSpec, term: str) -> bool:
    """Tell whether any document that is not deleted has a label."""
    for segment in _having(spec, snapshot):
        ordinal = segment.reader.inverted(spec.name).terms.lookup(term_bytes(term))
        if ordinal is not None and _is_alive(ordinal, segment, spec):
            return True
    return False


def _is_alive(ordinal: int, segment: OpenSegment, spec: FieldSpec) -> bool:
    """Tell whether any document of a segment that is not deleted has a label."""
    field, deleted = segment.reader.inverted(spec.name), segment.deleted
    if deleted is None or field.doc_frequency(ordinal) > np.count_nonzero(deleted):
        return True
    return not deleted[field.docnums(ordinal)].all()


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
        elif like in label and (len(like) > _SHORT[like.isascii()] or like in label.split()):
            yield word, 4


def _distances(labels: list[str], text: str) -> Iterator[int]:
    """Count the edits between a text and each label, or the one of its words that is nearest."""
    pieces = [[label, *label.split()] for label in labels]
    distances = iter(edit_distances([*chain.from_iterable(pieces)], text, _MOST_EDITS).tolist())
    return (min(islice(distances, len(of_one))) for of_one in pieces)
