"""How does what a segment holds become a file?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from searchlib.frozen import frozen
from searchlib.segment.contents import InvertedField, frequency_sums
from searchlib.segment.doc_values import write_numbers
from searchlib.segment.documents import write_documents
from searchlib.segment.field_writer import FieldWriter
from searchlib.segment.file import SegmentFileWriter
from searchlib.segment.fingerprints import ENTRY, write_fingerprints

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from searchlib.segment.contents import SegmentContents

_VALUES_AT_ONCE: Final = 1 << 21
"""The positions that are encoded in one go: few enough to stay in memory the CPU has at hand."""


@frozen
class SegmentInfo:
    """A segment that was written.

    Attributes:
        name: The name of its file.
        size: Its size in bytes.
        doc_count: The number of its documents.
        checksum: The checksum of its table of contents. As the table holds the checksums of all
            else, it identifies the contents; compare it with that of the reader.
    """

    name: str
    size: int
    doc_count: int
    checksum: int


def write_segment(path: Path, contents: SegmentContents) -> SegmentInfo:
    """Write a segment and wait until it is on disk.

    Args:
        path: The file, which must not exist. There is none if this fails.
        contents: What to write.

    Raises:
        StorageError: The operating system refused.
        ValueError: The contents do not fit together.
    """
    fields: dict[str, dict[str, Any]] = {}
    with SegmentFileWriter(path) as file:
        count = write_documents(file, contents.documents)
        if count != contents.doc_count:
            raise ValueError(f"expected {contents.doc_count} documents, got {count}")
        for name, field in contents.inverted.items():
            fields[name] = _write_inverted(file, name, field, count)
        for name, column in contents.numbers.items():
            fields[name] = write_numbers(file, name, column)
        more = {}
        if contents.fingerprints is not None:
            if len(contents.fingerprints) != count:
                raise ValueError(f"expected {count} fingerprints, got {len(contents.fingerprints)}")
            more[ENTRY] = write_fingerprints(file, contents.fingerprints)
        size, checksum = file.close({"doc_count": count, "fields": fields, **more})
    return SegmentInfo(path.name, size, count, checksum)


def _write_inverted(
    file: SegmentFileWriter, name: str, field: InvertedField, doc_count: int
) -> dict[str, Any]:
    tokens = 0 if field.positions is None else len(field.positions)
    writer = FieldWriter(file, name, field.lengths, doc_count, len(field.docnums), tokens)
    for part in _parts(field):
        writer.append(part)
    return writer.close()


def _parts(field: InvertedField) -> Iterator[InvertedField]:
    """Cut a field into parts with a limited number of positions, or of postings without."""
    token_starts = field.starts
    if field.positions is not None:
        token_starts = frequency_sums(field.frequencies, field.starts)
    first, count = 0, len(field.terms)
    while first < count:
        limit = token_starts[first] + _VALUES_AT_ONCE
        last = max(first + 1, int(np.searchsorted(token_starts, limit, side="right")) - 1)
        start, end = field.starts[first], field.starts[last]
        positions = field.positions
        if positions is not None:
            positions = positions[token_starts[first] : token_starts[last]]
        yield InvertedField(
            field.terms[first:last],
            field.starts[first : last + 1] - start,
            field.docnums[start:end],
            field.frequencies[start:end],
            positions,
            None,
            None if field.spellings is None else field.spellings[first:last],
            None if field.words is None else field.words.slice(first, last),
        )
        first = last
