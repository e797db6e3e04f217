"""Which articles of a commit are copies of each other, and which are copies of one?"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydantic_core import from_json

from searchlib.analysis.batch import BatchAnalyzer
from searchlib.errors import NoFingerprintsError
from searchlib.fingerprints.batch import document_shingles
from searchlib.fingerprints.pairs import NearPairs, alike, identities, leaders
from searchlib.fingerprints.shingles import TermHashes, UInt64Array
from searchlib.fingerprints.similarity import COPY, exact_similarity, similarities
from searchlib.fingerprints.sketches import Fingerprints
from searchlib.frozen import frozen
from searchlib.schema.markers import AUTO, Text
from searchlib.schema.paths import text_at

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray, Int32Array, Int64Array, NumberArray
    from searchlib.schema.models import DocumentSchema
    from searchlib.storage.snapshot import Snapshot

_ROOM: Final = 0.1
"""By so much an estimate may be too low for the exact similarity to be computed."""


@frozen
class Copy:
    """An article that is nearly the same as another one.

    Attributes:
        key: Its key.
        similarity: What the two share of the runs of three words that either has: from 0.8 to 1.
    """

    key: str
    similarity: float

    def to_json(self) -> dict[str, Any]:
        """Convert it to values that JSON can hold."""
        return {"key": self.key, "similarity": round(self.similarity, 4)}


def known_pairs() -> NearPairs:
    """Give what is known of copies before any were looked for."""
    return NearPairs.none()


def copy_groups(
    snapshot: Snapshot, live: BoolArray | None, known: NearPairs
) -> tuple[Int32Array, NearPairs]:
    """Find the group of copies that each document is in.

    A group is a leader and the documents that are near to it, by their fingerprints; see
    :func:`~searchlib.fingerprints.pairs.leaders`.

    Args:
        snapshot: The documents.
        live: Which of them are not deleted; ``None`` for all.
        known: The near pairs of fingerprints that were compared before.

    Returns:
        Numbers from 1, and 0 for a document without copies, shape (number of all documents,),
        int32; and all pairs that are known by now.

    Raises:
        NoFingerprintsError: The index was made before there were fingerprints.
        CorruptIndexError: A segment is damaged.
    """
    prints = _fingerprints(snapshot)
    documents = np.flatnonzero(_with_text(prints, live))
    hashes, first, same = np.unique(
        identities(prints.take(documents)), return_index=True, return_inverse=True
    )
    order = first.argsort()  # different fingerprints, as the first document of each comes
    places = order.argsort()
    pairs = known.of(prints.take(documents[first[order]]), hashes[order])
    left, right = places[hashes.searchsorted(pairs.left)], places[hashes.searchsorted(pairs.right)]
    leader = leaders(
        len(hashes), np.minimum(left, right), np.maximum(left, right), pairs.similarity
    )
    group = leader[places[same]]
    is_group = np.bincount(group, minlength=len(hashes)) > 1
    numbers = np.where(is_group, is_group.cumsum(), 0).astype(np.int32)
    column = np.zeros(snapshot.doc_count_all, np.int32)
    column[documents] = numbers[group]
    return column, pairs


def find_copies(
    snapshot: Snapshot, live: BoolArray | None, schema: DocumentSchema, docnum: int
) -> list[Copy]:
    """Find the copies of a document, the most similar first.

    Those that its fingerprint finds are compared in full, by their stored texts.

    Args:
        snapshot: The commit.
        live: Which of its documents are not deleted; ``None`` for all.
        schema: Its fields.
        docnum: The document, by its number in the whole index.

    Raises:
        NoFingerprintsError, CorruptIndexError: As :func:`copy_groups`.
    """
    found = _candidates(snapshot, live, docnum)
    if not len(found):
        return []
    texts = _Texts(snapshot, schema)
    ours = texts.shingles(docnum)
    compared = [(exact_similarity(ours, texts.shingles(other)), other) for other in found.tolist()]
    best = sorted((-similarity, other) for similarity, other in compared if similarity >= COPY)
    key = snapshot.keys(schema.key.name)
    return [Copy(key(other), -similarity) for similarity, other in best]


def _candidates(snapshot: Snapshot, live: BoolArray | None, docnum: int) -> Int64Array:
    """Find the documents with a fingerprint that is similar. Ascending, int64."""
    prints = _fingerprints(snapshot)
    size = int(prints.filled[docnum])
    least = COPY - 2 * _ROOM
    alike = _with_text(prints, live)
    alike &= (prints.filled >= size * least) & (prints.filled <= size / least)
    alike[docnum] = False
    others = np.flatnonzero(alike)
    near = similarities(prints, others, np.full(len(others), docnum)) >= COPY - _ROOM
    return others[near]


def near_copies(snapshot: Snapshot, live: BoolArray | None, docnum: int) -> Int64Array:
    """Find the copies of a document by fingerprints alone, as groups of copies are found.

    Segments without fingerprints have none.

    Args:
        snapshot: The commit.
        live: Which of its documents are not deleted; ``None`` for all.
        docnum: The document, by its number in the whole index.

    Returns:
        Docnums, ascending, without its own. Shape (number of copies,), int64.

    Raises:
        CorruptIndexError: A segment is damaged.
    """
    home = snapshot.segment_of(docnum)
    columns = home.reader.fingerprint_columns
    if columns is None or not columns.filled[docnum - home.first]:
        return np.empty(0, np.int64)
    own = columns.read(np.array([docnum - home.first]))
    found = [np.empty(0, np.int64)]
    for segment in snapshot.segments:
        columns = segment.reader.fingerprint_columns
        if columns is not None:
            others = _agreeing(own, columns.bands)
            others = others[others + segment.first != docnum]
            if len(others):  # which is seldom
                others = others[_are_copies(own, columns.read(others))]
                found.append(others + segment.first)
    docnums = np.concatenate(found)
    return docnums if live is None else docnums[live[docnums]]


def _agreeing(own: Fingerprints, bands: NumberArray) -> Int64Array:
    """Find the documents of a segment with a band of one fingerprint. Ascending, int64."""
    agreeing = np.zeros(bands.shape[1], np.bool_)
    for band, number in zip(bands, own.bands[0].tolist(), strict=True):
        if number:
            agreeing |= band == number
    return np.flatnonzero(agreeing)


def _are_copies(own: Fingerprints, prints: Fingerprints) -> BoolArray:
    """Tell which fingerprints are those of copies of one. Shape (D,)."""
    pairs = Fingerprints.joined([own, prints])
    left = np.zeros(len(prints), np.int64)
    near: BoolArray = similarities(pairs, left, np.arange(1, len(pairs))) >= COPY
    return near & alike(own.filled, prints.filled)


def _fingerprints(snapshot: Snapshot) -> Fingerprints:
    """Read the fingerprints of all documents."""
    parts = []
    for segment in snapshot.segments:
        prints = segment.reader.fingerprints()
        if prints is None:
            raise NoFingerprintsError(
                f"{segment.reader.path}: expected fingerprints of its articles, to tell copies, "
                "got none: it was made by an older searchlib; make a new index of its documents "
                "with: searchlib reindex OLD NEW (in Python: Index.reindex)"
            )
        parts.append(prints)
    return Fingerprints.joined(parts)


def _with_text(prints: Fingerprints, live: BoolArray | None) -> BoolArray:
    """Tell which documents have any terms, and are not deleted."""
    with_text = prints.filled > 0
    return with_text if live is None else with_text & live


class _Texts:
    """Analyses stored documents once more, to compare them in full."""

    def __init__(self, snapshot: Snapshot, schema: DocumentSchema) -> None:
        self._snapshot = snapshot
        self._is_mixed = schema.is_mixed
        self._languages = {
            name: spec.marker.language
            for name, spec in schema.fields.items()
            if name in schema.default_fields and isinstance(spec.marker, Text)
        }
        self._analyzer = cache(lambda language: (BatchAnalyzer(language), TermHashes()))

    def shingles(self, docnum: int) -> UInt64Array:
        """Find the shingles of a document. Shape (S,), uint64."""
        values = from_json(self._snapshot.document(docnum))
        own = self._snapshot.language_of(docnum) if self._is_mixed else None
        fields = []
        for name, language in self._languages.items():
            analyzer, hashes = self._analyzer(own if language == AUTO else language)
            tokens = analyzer.analyze([text_at(values, name)])
            fields.append((tokens, hashes.of(analyzer.vocabulary.terms)))
        return document_shingles(fields)
