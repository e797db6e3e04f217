"""What is in a segment? The way to all of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import numpy as np

from searchlib.errors import CorruptIndexError, StorageError
from searchlib.segment.doc_values import DocValues
from searchlib.segment.documents import DocumentsReader
from searchlib.segment.field_reader import FieldReader
from searchlib.segment.file import SegmentFile
from searchlib.segment.fingerprints import ENTRY, KIND, FingerprintColumns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Any

    from searchlib.fingerprints.sketches import Fingerprints


class SegmentReader:
    """A segment, open for reading. Threads may share it.

    Opening maps the file into memory and reads its table of contents, no more. The file may be
    removed while it is open; what has been opened stays readable.

    Args:
        path: The segment's file.

    Attributes:
        path: The segment's file.
        doc_count: The number of documents; their numbers are those below it.
        size: The size of the file in bytes.
        checksum: Identifies the contents: see :class:`~searchlib.segment.writer.SegmentInfo`.
        meta: The table of contents.
        fields: The names of the fields, with ``"text"``, ``"keyword"`` or ``"number"`` for each.

    Raises:
        CorruptIndexError: The file is missing, damaged, or not a segment.
        IndexVersionError: It is of a later format.
        StorageError: The operating system refused to read it.
    """

    def __init__(self, path: Path) -> None:
        file = SegmentFile(path)
        self.path: Final = path
        self.size: Final = file.size
        self.checksum: Final = file.checksum
        self.meta: Final[dict[str, Any]] = file.meta
        self.doc_count: Final = file.number(file.meta, "doc_count")
        if self.doc_count >= 1 << 31:
            raise file.corrupt(f"expected fewer than 2^31 documents, got {self.doc_count}")
        self.fields: Final[dict[str, str]] = {}
        self._inverted: dict[str, FieldReader] = {}
        self._numbers: dict[str, DocValues] = {}
        self._documents = DocumentsReader(file, self.doc_count)
        self._fingerprints = (
            FingerprintColumns(file, self.doc_count) if file.meta.get(ENTRY) == KIND else None
        )
        self._file: SegmentFile | None = file
        for name, entry in file.mapping("fields").items():
            self._open_field(file, name, entry)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def inverted(self, name: str) -> FieldReader:
        """Open a text, keyword or key field.

        Raises:
            KeyError: There is no such field.
        """
        self._require_open()
        return self._inverted[name]

    def numbers(self, name: str) -> DocValues:
        """Open a date or number field.

        Raises:
            KeyError: There is no such field.
        """
        self._require_open()
        return self._numbers[name]

    @property
    def documents_reader(self) -> DocumentsReader:
        """The stored documents, block by block."""
        self._require_open()
        return self._documents

    def document(self, docnum: int) -> bytes:
        """Read a document as it was added: JSON in UTF-8.

        Raises:
            IndexError: There is no such document.
            CorruptIndexError: The file is damaged.
        """
        return self.documents_reader.document(docnum)

    def documents(self, docnums: Iterable[int]) -> list[bytes]:
        """Read several documents, in the order given.

        Raises:
            IndexError: There is no such document.
            CorruptIndexError: The file is damaged.
        """
        return self.documents_reader.documents(docnums)

    def fingerprints(self) -> Fingerprints | None:
        """Read what tells which documents are copies; ``None`` if it was not written.

        Raises:
            CorruptIndexError: The file is damaged.
        """
        columns = self.fingerprint_columns
        return None if columns is None else columns.read()

    @property
    def fingerprint_columns(self) -> FingerprintColumns | None:
        """The same, to read those of some documents."""
        self._require_open()
        return self._fingerprints

    def check(self) -> list[str]:
        """Read the whole file and compare it with its checksums.

        Returns:
            One sentence for each part that is damaged.
        """
        return self._require_open().check()

    def close(self) -> None:
        """Release the file; arrays that view it stay valid and keep it until they are gone."""
        file, self._file = self._file, None
        if file is not None:
            self._inverted.clear()
            self._numbers.clear()
            self._fingerprints = None
            del self._documents
            file.close()

    def _require_open(self) -> SegmentFile:
        if self._file is None:
            raise StorageError(f"{self.path}: expected an open segment, got one that was closed")
        return self._file

    def _open_field(self, file: SegmentFile, name: str, entry: object) -> None:
        kind = entry.get("kind") if isinstance(entry, dict) else None
        if isinstance(entry, dict) and kind == "number":
            self._numbers[name] = DocValues.read(file, name, entry, self.doc_count)
        else:
            self._inverted[name] = FieldReader(file, name, entry, self.doc_count)
        self.fields[name] = str(kind)


def numbers_of_all(name: str, readers: Sequence[SegmentReader]) -> list[DocValues]:
    """Open a date or number field in segments that may have been written before there was one."""
    columns = [reader.numbers(name) if name in reader.fields else None for reader in readers]
    dtypes = (column.dtype for column in columns if column is not None)
    dtype = next(dtypes, np.dtype(np.int64))
    return [
        DocValues.none(reader.doc_count, dtype) if column is None else column
        for reader, column in zip(readers, columns, strict=True)
    ]


def check_segment(path: Path) -> list[str]:
    """Open a segment and check it, with one sentence for each thing that is wrong."""
    try:
        with SegmentReader(path) as reader:
            return reader.check()
    except CorruptIndexError as error:
        return [str(error)]
