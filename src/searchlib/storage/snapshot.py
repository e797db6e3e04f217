"""What does the index hold right now? The segments of one commit, open for reading."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import astuple, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np

from searchlib.errors import CorruptIndexError, SearchlibError
from searchlib.frozen import frozen
from searchlib.segment.languages import LANGUAGE_FIELD, UNSTEMMED
from searchlib.segment.reader import SegmentReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from searchlib.analysis import Languages
    from searchlib.arrays import BoolArray, Int64Array
    from searchlib.storage import IndexDirectory, Manifest, SegmentEntry


@frozen
class OpenSegment:
    """A segment, and which of its documents are deleted.

    Attributes:
        entry: What the manifest says of it.
        reader: Its contents.
        deleted: Whether each document is deleted, shape (doc_count,); ``None`` if none is.
        first: The docnum, in the whole index, of its first document.
    """

    entry: SegmentEntry
    reader: SegmentReader
    deleted: BoolArray | None
    first: int = 0

    @property
    def live_count(self) -> int:
        """The number of documents that are not deleted."""
        gone = 0 if self.deleted is None else int(np.count_nonzero(self.deleted))
        return self.entry.doc_count - gone

    @property
    def identity(self) -> str:
        """Hexadecimal digits that are the same only for the same documents, deleted or not."""
        from hashlib import blake2b

        given = repr((self.entry.name, self.entry.checksum)).encode()
        return blake2b(given, digest_size=6).hexdigest()

    def is_deleted(self, docnum: int) -> bool:
        """Tell whether a document, by its number in the segment, is deleted."""
        return self.deleted is not None and bool(self.deleted[docnum])

    def close(self) -> None:
        """Do nothing: the file is closed when nobody refers to it any more.

        A reader may be shared with an earlier snapshot that is still in use.
        """


class Snapshot:
    """One state of an index. Threads may share it; it survives commits and clean-up by others.

    Attributes:
        generation: The commit that it shows.
        segments: Its segments.
        doc_count: The number of documents, without those deleted.
        doc_count_all: The number of documents with those deleted: docnums are below it.
    """

    def __init__(self, generation: int, segments: Iterable[OpenSegment]) -> None:
        self.generation = generation
        self.segments: list[OpenSegment] = []
        first = 0
        for segment in segments:
            self.segments.append(replace(segment, first=first))
            first += segment.entry.doc_count
        self.doc_count_all = first
        self._firsts = [segment.first for segment in self.segments]
        self._keys: dict[str, Callable[[int], str]] = {}
        self.doc_count = sum(segment.live_count for segment in self.segments)

    @classmethod
    def open(cls, directory: IndexDirectory, before: Snapshot | None = None) -> Self:
        """Open the last commit.

        Args:
            directory: Where the index is.
            before: An earlier snapshot, whose open files are used again.

        Raises:
            CorruptIndexError: A file is missing or damaged.
            StorageError: The operating system refused to read.
        """
        known = {} if before is None else {_identity(item.entry): item for item in before.segments}

        def open_again(path: Path, entry: SegmentEntry) -> OpenSegment:
            old = known.get(_identity(entry))
            reader = _open_if_there(path, entry) if old is None else old.reader
            if old is not None and old.entry.deletions == entry.deletions:
                return OpenSegment(entry, reader, old.deleted)
            return OpenSegment(entry, reader, directory.load_deletions(entry))

        manifest, segments = directory.open_snapshot(open_again)
        return cls(manifest.generation, segments)

    @cached_property
    def identity(self) -> str:
        """Hexadecimal digits that are the same only for the same documents in the same places."""
        from hashlib import blake2b

        entries = [astuple(segment.entry) for segment in self.segments]
        return blake2b(repr(entries).encode(), digest_size=12).hexdigest()

    def shows(self, manifest: Manifest) -> bool:
        """Tell whether this is what a manifest says, which may be that of another index by now."""
        return self.generation == manifest.generation and (
            [segment.entry for segment in self.segments] == list(manifest.segments)
        )

    def find_key(self, field: str, key: str) -> tuple[OpenSegment, int] | None:
        """Find the document with a key: its segment, and its number there."""
        term = key.encode("utf-8", "surrogatepass")
        for segment in reversed(self.segments):
            inverted = segment.reader.inverted(field)
            ordinal = inverted.terms.lookup(term)
            if ordinal is not None:
                for docnum in inverted.docnums(ordinal).tolist():
                    if not segment.is_deleted(docnum):
                        return segment, docnum
        return None

    def doc_frequency(self, field: str, term: bytes) -> int:
        """Count the documents that have a term in a field, with those deleted."""
        count = 0
        for segment in self.segments:
            if field not in segment.reader.fields:
                continue  # it was written before there was the field
            inverted = segment.reader.inverted(field)
            ordinal = inverted.terms.lookup(term)
            count += 0 if ordinal is None else inverted.doc_frequency(ordinal)
        return count

    def segment_of(self, docnum: int) -> OpenSegment:
        """Find the segment of a document, by its number in the whole index."""
        return self.segments[bisect_right(self._firsts, docnum) - 1]

    @cached_property
    def languages(self) -> Languages:
        """The languages that documents are in, where each is in its own; else none."""
        found: set[str] = set()
        for segment in self.segments:
            if LANGUAGE_FIELD in segment.reader.fields:
                terms = segment.reader.inverted(LANGUAGE_FIELD).terms
                found.update(terms.term(ordinal).decode() for ordinal in range(len(terms)))
        return tuple(map(_stemmed_in, sorted(found)))

    def language_of(self, docnum: int) -> str | None:
        """Find the language of a document of an index where each is in its own.

        Args:
            docnum: The document, by its number in the whole index.
        """
        segment = self.segment_of(docnum)
        return _stemmed_in(_label_of(segment, docnum - segment.first))

    def recorded_language(self, field: str, key: str) -> str | None:
        """Find what is recorded of the language of a document; ``None`` for nothing.

        Args:
            field: The name of the key field.
            key: The key of the document.
        """
        found = self.find_key(field, key) if self.languages else None
        return None if found is None else _label_of(*found)

    def document(self, docnum: int) -> bytes:
        """Read a document, as JSON, by its number in the whole index."""
        segment = self.segment_of(docnum)
        return segment.reader.document(docnum - segment.first)

    def stored(self) -> Iterator[bytes]:
        """Read all documents that are not deleted, as JSON, block by block.

        Raises:
            CorruptIndexError: A file is damaged.
        """
        for segment in self.segments:
            live: Iterable[int] = range(segment.entry.doc_count)
            if segment.deleted is not None:
                live = (~segment.deleted).nonzero()[0].tolist()
            yield from segment.reader.documents_reader.ascending(live)

    def documents(self, docnums: Int64Array) -> Iterator[bytes]:
        """Read documents, as JSON, one at a time, by their numbers in the whole index.

        Args:
            docnums: Ascending. Shape (N,), int64.
        """
        bounds = np.searchsorted(docnums, [*self._firsts, self.doc_count_all])
        for segment, (start, end) in zip(self.segments, pairwise(bounds.tolist()), strict=True):
            if start < end:
                numbers = (docnums[start:end] - segment.first).tolist()
                yield from segment.reader.documents_reader.ascending(numbers)

    def keys(self, field: str) -> Callable[[int], str]:
        """Give what finds the key of a document by its number in the whole index.

        It raises ``CorruptIndexError`` where a file is damaged.

        Args:
            field: The name of the key field.
        """
        found = self._keys.get(field)
        if found is None:
            found = self._keys[field] = _key_finder(self.segments, field)
        return found


def _label_of(segment: OpenSegment, docnum: int) -> str:
    """Read the label of the language of a document, by its number in the segment."""
    if LANGUAGE_FIELD not in segment.reader.fields:
        return UNSTEMMED  # it was written before a text was in the language of its document
    return segment.reader.inverted(LANGUAGE_FIELD).label_text(docnum) or UNSTEMMED


def _stemmed_in(label: str) -> str | None:
    return None if label == UNSTEMMED else label


def _key_finder(segments: list[OpenSegment], field: str) -> Callable[[int], str]:
    texts = [(segment.first, segment.reader.inverted(field).label_text) for segment in segments]
    firsts = [first for first, _ in texts]

    def key(docnum: int) -> str:
        first, text = texts[bisect_right(firsts, docnum) - 1]
        try:
            found: str | None = text(docnum - first)
        except UnicodeDecodeError as error:
            raise _no_key(segments, docnum, str(error)) from error
        if found is None:
            raise _no_key(segments, docnum, "it has none")
        return found

    return key


def _no_key(segments: list[OpenSegment], docnum: int, reason: str) -> CorruptIndexError:
    segment = next(one for one in reversed(segments) if one.first <= docnum)
    return CorruptIndexError(
        f"{segment.reader.path}: expected a key in UTF-8 of document {docnum}: {reason}; "
        "restore the index from a backup, or index the documents again"
    )


def _identity(entry: SegmentEntry) -> tuple[str, int]:
    """Say what makes two segments the same, in whichever folder."""
    return entry.name, entry.checksum


def open_segment(path: Path, entry: SegmentEntry) -> SegmentReader:
    """Open the segment of a manifest's entry.

    Raises:
        CorruptIndexError: It is missing or damaged, or another segment.
        StorageError: The operating system refused to read it.
    """
    reader = SegmentReader(path)
    if (reader.checksum, reader.doc_count) != (entry.checksum, entry.doc_count):
        reader.close()
        raise CorruptIndexError(
            f"{path}: expected the segment that the manifest names, got another; "
            "restore the index from a backup, or index the documents again"
        )
    return reader


def _open_if_there(path: Path, entry: SegmentEntry) -> SegmentReader:
    """Open a segment, or raise ``FileNotFoundError``: there may be a newer commit without it."""
    try:
        return open_segment(path, entry)
    except CorruptIndexError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise error.__cause__ from None
        raise


def check_entry(directory: IndexDirectory, entry: SegmentEntry) -> list[str]:
    """Read the files of a segment and compare them with their checksums.

    Returns:
        One sentence for each fault; none if they are sound, or not of the index any more.
    """
    path = directory.path_of(entry.name)
    faults = []
    try:
        faults += open_segment(path, entry).check()
        directory.load_deletions(entry)
    except SearchlibError as error:
        faults.append(str(error))
    if faults and entry not in directory.manifest().segments:
        return []  # another process has committed meanwhile, and removed the files
    return faults
