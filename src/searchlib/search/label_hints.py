"""Which labels are like one that no document has?"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.analysis.terms import fold_accents
from searchlib.query.field_terms import label_of
from searchlib.query.notes import Note
from searchlib.query.tree import Not, Query, Term, walk
from searchlib.schema.markers import Keyword
from searchlib.search.edits import edit_distances
from searchlib.search.expansion import term_bytes
from searchlib.search.spellings import label_as_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.schema.models import DocumentSchema, FieldSpec
    from searchlib.segment.dictionary import TermDictionary
    from searchlib.storage.snapshot import OpenSegment, Snapshot

_MOST_HINTS: Final = 3
_MOST_LABELS: Final = 20_000
"""How many labels of a segment are looked at."""

_MOST_EDITS: Final = 2


def label_notes(
    query: Query, snapshot: Snapshot, schema: DocumentSchema, *, excluded: bool = False
) -> list[Note]:
    """Remark on the labels of a query that no document has, and say which are like them.

    Args:
        query: A query that found nothing, or a filter.
        snapshot: Where.
        schema: The fields.
        excluded: Whether to look at labels, too, that documents must not have.
    """
    leaves = walk(query) if excluded else _positive_parts(query)
    return [
        note
        for leaf in leaves
        if isinstance(leaf, Term)
        if isinstance(schema.fields[leaf.field].marker, Keyword)
        for note in _notes_on(leaf, snapshot, schema.fields[leaf.field])
    ]


def _positive_parts(query: Query) -> Iterator[Query]:
    if not isinstance(query, Not):
        yield query
        for child in query.children():
            yield from _positive_parts(child)


def _notes_on(leaf: Term, snapshot: Snapshot, spec: FieldSpec) -> Iterator[Note]:
    label = label_of(leaf.value, spec)
    if _has(snapshot, spec, label):
        return
    near: dict[str, int] = {}
    for segment in snapshot.segments:
        for term, rank in _alike(segment.reader.inverted(spec.name).terms, label):
            near.setdefault(term, rank)
    best = sorted(near, key=lambda term: (near[term], len(term), term))
    there = islice((term for term in best if _has(snapshot, spec, term)), _MOST_HINTS)
    shown = [label_as_written(term_bytes(term), spec.name, snapshot) for term in there]
    hint = f"; there is {', '.join(map(repr, shown))}" if shown else ""
    message = f"no document has the label {str(leaf.value)!r} in {spec.name!r}{hint}"
    yield Note("label", message, leaf.span)


def _has(snapshot: Snapshot, spec: FieldSpec, term: str) -> bool:
    """Tell whether any document that is not deleted has a label."""
    for segment in snapshot.segments:
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
        elif like and like in label:
            yield word, 4


def _distances(labels: list[str], text: str) -> Iterator[int]:
    """Count the edits between a text and each label, or the one of its words that is nearest."""
    pieces = [[label, *label.split()] for label in labels]
    distances = iter(edit_distances([*chain.from_iterable(pieces)], text, _MOST_EDITS).tolist())
    return (min(islice(distances, len(of_one))) for of_one in pieces)
