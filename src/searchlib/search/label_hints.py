"""Which labels are like one that no document has?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic_core import from_json

from searchlib.query.field_terms import label_of
from searchlib.query.notes import Note
from searchlib.query.tree import Not, Query, Term
from searchlib.schema.markers import Keyword
from searchlib.search.edits import edit_distances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.schema.models import DocumentSchema, FieldSpec
    from searchlib.segment.dictionary import TermDictionary
    from searchlib.storage.snapshot import Snapshot

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
    for segment in snapshot.segments:
        terms = segment.reader.inverted(spec.name).terms
        if label.encode() in terms:
            return
        for term, rank in _alike(terms, label):
            near.setdefault(term, rank)
    best = sorted(near, key=lambda term: (near[term], len(term), term))[:_MOST_HINTS]
    shown = [_as_written(term, snapshot, spec) for term in best]
    hint = f"; there is {', '.join(map(repr, shown))}" if shown else ""
    yield Note("label", f"no {spec.name} is {str(leaf.value)!r} as a whole{hint}", leaf.span)


def _alike(terms: TermDictionary, label: str) -> Iterator[tuple[str, int]]:
    """Give the terms like a label, each with a rank: those that hold it first, then misspelt."""
    words = [
        term.decode("utf-8", "replace") for term in terms.terms(0, min(len(terms), _MOST_LABELS))
    ]
    distances = edit_distances(words, label, _MOST_EDITS).tolist()
    for word, distance in zip(words, distances, strict=True):
        if word.startswith(label):
            yield word, 0
        elif label and label in word:
            yield word, 1
        elif distance <= min(_MOST_EDITS, len(label) // 3):
            yield word, 1 + distance
        elif word and word in label:
            yield word, 4


def _as_written(term: str, snapshot: Snapshot, spec: FieldSpec) -> str:
    """Write a label as the first document that has it does."""
    for segment in snapshot.segments:
        inverted = segment.reader.inverted(spec.name)
        ordinal = inverted.terms.lookup(term.encode("utf-8", "surrogatepass"))
        if ordinal is not None:
            values = from_json(segment.reader.document(inverted.docnums(ordinal).item(0)))
            found = values.get(spec.name)
            labels = found if isinstance(found, list) else [found]
            return next((str(one) for one in labels if label_of(one, spec) == term), term)
    return term
