"""How do several segments become one, without the documents that were deleted?

Field by field, and slice by slice of the terms, so that memory is bounded. All segments' postings
of a slice are decoded, freed of what is dropped, and put in order by arithmetic on offsets: the
postings of a term come segment by segment, as the documents do.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import compress
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from searchlib.errors import CorruptIndexError
from searchlib.fingerprints.sketches import Fingerprints
from searchlib.segment.contents import InvertedField, NumberColumn, frequency_sums
from searchlib.segment.doc_values import write_numbers
from searchlib.segment.documents import merge_documents
from searchlib.segment.field_writer import FieldWriter
from searchlib.segment.file import SegmentFileWriter
from searchlib.segment.fingerprints import ENTRY, write_fingerprints
from searchlib.segment.reader import numbers_of_all
from searchlib.segment.spellings import commonest
from searchlib.segment.words import join_words
from searchlib.segment.writer import SegmentInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from searchlib.arrays import BoolArray, Int32Array, Int64Array, NumberArray
    from searchlib.segment.field_reader import FieldReader
    from searchlib.segment.reader import SegmentReader
    from searchlib.segment.spellings import Spelling

DEFAULT_MEMORY: Final = 64 << 20
"""In bytes. More is not faster: smaller slices stay closer to the CPU."""

_BYTES_PER_VALUE: Final = 40
"""The memory that merging takes for each posting and each position of a slice, by measurement."""


def merge_segments(
    path: Path,
    readers: Sequence[SegmentReader],
    keep: Sequence[BoolArray | None],
    memory: int = DEFAULT_MEMORY,
) -> SegmentInfo:
    """Write the documents of several segments into one, in the order of the segments.

    The result holds what :func:`~searchlib.segment.writer.write_segment` would write for the
    documents that are kept; terms that only other documents have are gone. Spellings of labels are
    chosen among the commonest of each segment.

    Args:
        path: The file of the new segment, which must not exist. There is none if this fails.
        readers: The segments. A field that some of them do not have was added to the schema after
            they were written: none of their documents has a value in it.
        keep: For each segment the documents to keep, shape (doc_count,), or ``None`` for all.
        memory: The bytes to use beside some 20 for each document. It is exceeded where the
            postings of a single term need more, some 40 for each occurrence.

    Raises:
        CorruptIndexError: A segment is damaged.
        StorageError: The operating system refused.
        ValueError: The arguments do not fit together.
    """
    _check(readers, keep)
    _expect_sound(readers)
    new_docnums = _new_docnums(readers, keep)
    fields: dict[str, dict[str, Any]] = {}
    with SegmentFileWriter(path) as file:
        count = merge_documents(file, [reader.documents_reader for reader in readers], keep)
        for name, kind in _fields(readers).items():
            if kind == "number":
                fields[name] = write_numbers(file, name, _merge_numbers(name, readers, keep))
            else:
                having = [number for number, one in enumerate(readers) if name in one.fields]
                inverted = [readers[number].inverted(name) for number in having]
                lengths = _lengths(name, readers, keep) if inverted[0].has_positions else None
                fields[name] = _merge_inverted(
                    file,
                    inverted,
                    [keep[number] for number in having],
                    [new_docnums[number] for number in having],
                    lengths,
                    count,
                    memory,
                )
        prints = _merge_fingerprints(readers, keep)
        more = {} if prints is None else {ENTRY: write_fingerprints(file, prints)}
        size, checksum = file.close({"doc_count": count, "fields": fields, **more})
    return SegmentInfo(path.name, size, count, checksum)


def _check(readers: Sequence[SegmentReader], keep: Sequence[BoolArray | None]) -> None:
    if not readers or len(readers) != len(keep):
        raise ValueError(
            f"expected segments and what to keep of each, got {len(readers)} and {len(keep)}"
        )
    for reader, kept in zip(readers, keep, strict=True):
        if kept is not None and kept.shape != (reader.doc_count,):
            raise ValueError(
                f"{reader.path}: expected which of {reader.doc_count} documents to keep, got an "
                f"array of shape {kept.shape}"
            )


def _expect_sound(readers: Sequence[SegmentReader]) -> None:
    """Make sure that damage is not copied into a file whose checksums would be right."""
    for reader in readers:
        for fault in reader.check():
            raise CorruptIndexError(fault)


def _fields(readers: Sequence[SegmentReader]) -> dict[str, str]:
    """Give the fields of all segments, with their kinds."""
    fields: dict[str, str] = {}
    for reader in readers:
        for name, kind in reader.fields.items():
            if fields.setdefault(name, kind) != kind:
                raise ValueError(
                    f"expected a field of one kind in all segments, got {name!r} as {kind} in "
                    f"{reader.path} and as {fields[name]} in another"
                )
    return fields


def _new_docnums(
    readers: Sequence[SegmentReader], keep: Sequence[BoolArray | None]
) -> list[Int32Array]:
    """Compute for each segment the new docnum of each document; -1 for one that is dropped."""
    found, count = [], 0
    for reader, kept in zip(readers, keep, strict=True):
        if kept is None:
            found.append(np.arange(count, count + reader.doc_count, dtype=np.int32))
            count += reader.doc_count
        else:
            numbers = np.cumsum(kept, dtype=np.int32) + np.int32(count - 1)
            found.append(np.where(kept, numbers, np.int32(-1)))
            count += int(kept.sum())
    return found


def _merge_numbers(
    name: str, readers: Sequence[SegmentReader], keep: Sequence[BoolArray | None]
) -> NumberColumn:
    columns = numbers_of_all(name, readers)
    values = [column.values for column in columns]
    present = [column.present for column in columns]
    return NumberColumn(_concatenate(values, keep), _concatenate(present, keep))


def _lengths(
    name: str, readers: Sequence[SegmentReader], keep: Sequence[BoolArray | None]
) -> Int32Array:
    """Give the number of tokens of each document that is kept. Shape (doc_count,), int32."""
    lengths = [
        reader.inverted(name).lengths
        if name in reader.fields
        else np.zeros(reader.doc_count, np.uint8)
        for reader in readers
    ]
    return _concatenate(lengths, keep).astype(np.int32)


def _merge_fingerprints(
    readers: Sequence[SegmentReader], keep: Sequence[BoolArray | None]
) -> Fingerprints | None:
    """Put the fingerprints together; ``None`` if a segment was made without."""
    parts = []
    for reader, kept in zip(readers, keep, strict=True):
        prints = reader.fingerprints()
        if prints is None:
            return None
        parts.append(prints if kept is None else prints.take(kept))
    return Fingerprints.joined(parts)


def _merge_inverted(
    file: SegmentFileWriter,
    fields: Sequence[FieldReader],
    keep: Sequence[BoolArray | None],
    new_docnums: Sequence[Int32Array],
    lengths: Int32Array | None,
    doc_count: int,
    memory: int,
) -> dict[str, Any]:
    writer = FieldWriter(
        file,
        fields[0].name,
        lengths,
        doc_count,
        sum(field.posting_count for field in fields),
        sum(field.token_count for field in fields),
    )
    for ranges in _slices(fields, memory // _BYTES_PER_VALUE):
        parts = [
            _keep_part(field.part(first, last), numbers, dropping=kept is not None)
            for field, (first, last), numbers, kept in zip(
                fields, ranges, new_docnums, keep, strict=True
            )
        ]
        writer.append(_join(parts))
    return writer.close()


def _concatenate(arrays: Sequence[NumberArray], keep: Sequence[BoolArray | None]) -> NumberArray:
    return np.concatenate(
        [array if kept is None else array[kept] for array, kept in zip(arrays, keep, strict=True)]
    )


def _slices(fields: Sequence[FieldReader], values: int) -> Iterator[list[tuple[int, int]]]:
    """Cut the terms into slices, each a range of ordinals for every segment.

    Args:
        fields: The field in each segment.
        values: The postings and positions that a slice may have in all segments together.
    """
    share = max(1, values // len(fields))
    firsts = [0] * len(fields)
    while any(first < len(field.terms) for field, first in zip(fields, firsts, strict=True)):
        limits = []
        for field, first in zip(fields, firsts, strict=True):
            last = field.terms_within(first, share)
            if last < len(field.terms):
                limits.append(field.terms.term(last))
        if limits:
            lasts = [field.terms.ceiling(min(limits)) for field in fields]
        else:
            lasts = [len(field.terms) for field in fields]
        if any(last < first for first, last in zip(firsts, lasts, strict=True)) or firsts == lasts:
            raise CorruptIndexError(
                f"field {fields[0].name!r}: expected terms in ascending order; an index file is "
                "damaged: restore it from a copy, or make the index again from the articles"
            )
        yield list(zip(firsts, lasts, strict=True))
        firsts = lasts


def _keep_part(part: InvertedField, new_docnums: Int32Array, *, dropping: bool) -> InvertedField:
    """Renumber the documents of postings, and drop those of documents that are dropped."""
    docnums = new_docnums[part.docnums]
    if not dropping:
        return replace(part, docnums=docnums)
    kept = docnums >= 0
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])
    starts = before[part.starts]
    remaining = np.diff(starts) > 0
    positions = part.positions
    if positions is not None:
        positions = positions[np.repeat(kept, part.frequencies)]
    words = part.words
    if words is not None:
        words = words.keep(remaining, np.diff(frequency_sums(part.frequencies * kept, part.starts)))
    return InvertedField(
        list(compress(part.terms, remaining)),
        np.concatenate([starts[:-1][remaining], starts[-1:]]),
        docnums[kept],
        part.frequencies[kept],
        positions,
        None,
        _keep_spellings(part.spellings, np.diff(starts)),
        words,
    )


def _keep_spellings(
    spellings: Sequence[Spelling] | None, counts: Int64Array
) -> list[Spelling] | None:
    """Drop the spellings of terms that are gone; no spelling is in more documents than are left."""
    if spellings is None:
        return None
    remaining = zip(spellings, counts.tolist(), strict=True)
    return [(text, min(often, count)) for (text, often), count in remaining if count]


def _join(parts: Sequence[InvertedField]) -> InvertedField:
    """Merge the postings of segments, of which each has only larger docnums than the one before."""
    parts = [part for part in parts if part.terms]
    if len(parts) == 1:
        return parts[0]
    terms = sorted(set().union(*(part.terms for part in parts)))
    ordinals = dict(zip(terms, range(len(terms)), strict=True))
    places = [
        np.fromiter(map(ordinals.__getitem__, part.terms), np.int64, len(part.terms))
        for part in parts
    ]
    rows = [part.starts for part in parts]
    starts, targets = _arrange(rows, places, len(terms))
    docnums = _scatter([part.docnums for part in parts], rows, targets)
    frequencies = _scatter([part.frequencies for part in parts], rows, targets)
    positions = words = None
    if all(part.positions is not None for part in parts):
        rows = [frequency_sums(part.frequencies, part.starts) for part in parts]
        _, targets = _arrange(rows, places, len(terms))
        positions = _scatter(
            [part.positions for part in parts if part.positions is not None], rows, targets
        )
        words = join_words(
            terms,
            [(p.terms, p.words, np.diff(row)) for p, row in zip(parts, rows, strict=True)],
            places,
        )
    spellings = _join_spellings(parts, terms)
    return InvertedField(terms, starts, docnums, frequencies, positions, None, spellings, words)


def _join_spellings(parts: Sequence[InvertedField], terms: list[bytes]) -> list[Spelling] | None:
    """Choose among the spellings of each term, where any segment has them."""
    counts: Counter[tuple[bytes, bytes]] = Counter()
    known = [part for part in parts if part.spellings is not None]
    for part in known:
        for term, (spelling, count) in zip(part.terms, part.spellings or (), strict=True):
            counts[term, spelling] += count
    best = commonest(counts)
    return [best.get(term, (term, 0)) for term in terms] if known else None


def _arrange(
    rows: Sequence[Int64Array], places: Sequence[Int64Array], count: int
) -> tuple[Int64Array, list[Int64Array]]:
    """Decide where the rows of each segment go.

    Args:
        rows: For each segment where the row of each of its terms begins, and the end.
        places: For each segment the new ordinal of each of its terms.
        count: The number of new terms.

    Returns:
        Where the row of each new term begins, and the end; and for each segment where the row
        of each of its terms goes.
    """
    counts = np.zeros(count + 1, np.int64)
    before = []
    for starts, ordinals in zip(rows, places, strict=True):
        before.append(counts[ordinals + 1])
        counts[ordinals + 1] += np.diff(starts)
    new_starts = np.cumsum(counts)
    targets = [new_starts[ordinals] + earlier
               for ordinals, earlier in zip(places, before, strict=True)]  # fmt: skip
    return new_starts, targets


def _scatter(
    values: Sequence[Int32Array], rows: Sequence[Int64Array], targets: Sequence[Int64Array]
) -> Int32Array:
    """Put the rows of all segments where they go."""
    joined = np.empty(sum(map(len, values)), np.int32)
    for numbers, starts, target in zip(values, rows, targets, strict=True):
        shifts = np.repeat(target - starts[:-1], np.diff(starts))
        shifts += np.arange(len(numbers))
        joined[shifts] = numbers
    return joined
