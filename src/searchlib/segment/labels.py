"""Which terms has a document? The postings of a keyword field turned round, for facets and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.arrays import runs
from searchlib.postings import KERNELS, SegmentLabels
from searchlib.segment.file import narrowest, offset_type

if TYPE_CHECKING or KERNELS == "compiled":
    from searchlib.postings.compiled import SingleLabels

if TYPE_CHECKING:
    from collections.abc import Callable

    from searchlib.arrays import Int32Array, Int64Array, NumberArray
    from searchlib.segment.dictionary import TermDictionary
    from searchlib.segment.file import SegmentFile, SegmentFileWriter


class LabelsWriter:
    """Writes the ordinals of each document's terms.

    Args:
        file: Where to.
        name: The section is ``name``, with ``name.starts`` if a document has several terms.
        doc_count: The number of documents.
    """

    def __init__(self, file: SegmentFileWriter, name: str, doc_count: int) -> None:
        self._file = file
        self._name = name
        self._doc_count = doc_count
        self._terms = 0
        self._docnums: list[Int32Array] = [np.empty(0, np.int32)]
        self._ordinals: list[Int32Array] = [np.empty(0, np.int32)]

    def append(self, docnums: Int32Array, starts: Int64Array) -> None:
        """Add the postings of terms that follow those added before.

        Args:
            docnums: Shape (P,), int32.
            starts: Where each term begins, ending with P. Shape (T + 1,), int64.
        """
        counts = np.diff(starts)
        ordinals = np.arange(self._terms, self._terms + len(counts), dtype=np.int32)
        self._docnums.append(docnums)
        self._ordinals.append(np.repeat(ordinals, counts))
        self._terms += len(counts)

    def close(self) -> str:
        """Write the sections, and tell whether there is ``"one"`` per document or ``"many"``."""
        docnums = np.concatenate(self._docnums)
        ordinals = np.concatenate(self._ordinals)
        counts = np.bincount(docnums, minlength=self._doc_count)
        dtype = narrowest(self._terms)
        if counts.max(initial=0) <= 1:
            column = np.full(self._doc_count, self._terms, np.int64)
            column[docnums] = ordinals
            self._file.write(self._name, dtype, [column])
            return "one"
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        by_document = ordinals[np.argsort(docnums, kind="stable")]
        self._file.write(self._name, dtype, [by_document])
        self._file.write(f"{self._name}.starts", offset_type(len(ordinals)), [starts])
        return "many"


class LabelsReader:
    """The ordinals of each document's terms, ascending.

    Args:
        file: Where from.
        name: As given to the writer.
        doc_count: The number of documents.
        terms: The number of terms.
        entry: The field's entry in the table of contents.
    """

    def __init__(
        self, file: SegmentFile, name: str, doc_count: int, terms: int, entry: object
    ) -> None:
        shape = entry.get("labels") if isinstance(entry, dict) else None
        if shape not in ("one", "many"):
            raise file.corrupt(f"table of contents: expected one or many labels, got {shape!r}")
        self._file = file
        self._name = name
        self._terms: Final = terms
        self._starts: NumberArray | None = None
        if shape == "many":
            self._starts = file.array(f"{name}.starts", ("<u4", "<u8"), doc_count + 1)
        count = None if shape == "many" else doc_count
        self._ordinals = file.array(name, narrowest(terms), count)

    @property
    def single(self) -> bool:
        """Whether no document has more than one term."""
        return self._starts is None

    def of(self, docnums: Int32Array | slice) -> tuple[Int32Array, Int64Array]:
        """Read the terms of documents.

        Args:
            docnums: The documents, in any order. Shape (D,), int32; or a slice of them.

        Returns:
            Ordinals, document after document: shape (N,), int32. And how many each document has:
            shape (D,), int64.
        """
        if self._starts is None:
            found = self._ordinals[docnums].astype(np.int32)
            present = found != self._terms
            return self._valid(found[present]), present.astype(np.int64)
        begins = self._starts[:-1][docnums].astype(np.int64)
        counts = self._starts[1:][docnums].astype(np.int64) - begins
        if len(counts) and (
            counts.min() < 0
            or counts.max() > self._terms
            or begins.min() < 0
            or (begins + counts).max() > len(self._ordinals)
        ):
            raise self._file.corrupt("expected ascending offsets", f"{self._name}.starts")
        return self._valid(self._ordinals[runs(begins, counts)].astype(np.int32)), counts

    def first(self, docnums: Int32Array | slice) -> Int32Array:
        """Read the first term of documents.

        Args:
            docnums: The documents, in any order. Shape (D,), int32; or a slice of them.

        Returns:
            Its ordinal, or -1 for a document without. Shape (D,), int32.
        """
        ordinals, counts = self.of(docnums)
        firsts = np.full(len(counts), -1, np.int32)
        present = counts > 0
        firsts[present] = ordinals[(np.cumsum(counts) - counts)[present]]
        return firsts

    def first_of(self, docnum: int) -> int | None:
        """Read the first term of one document: its ordinal, or ``None`` for a document without.

        Raises:
            IndexError: There is no such document.
            CorruptIndexError: The file is damaged.
        """
        place = docnum
        if self._starts is not None:
            place = self._starts.item(docnum)
            if place == self._starts.item(docnum + 1):
                return None
            if place >= len(self._ordinals):
                raise self._file.corrupt("expected ascending offsets", f"{self._name}.starts")
        ordinal: int = self._ordinals.item(place)
        if ordinal < self._terms:
            return ordinal
        if self._starts is None and ordinal == self._terms:
            return None
        raise self._file.corrupt(f"expected ordinals below {self._terms}", self._name)

    def texts(self, terms: TermDictionary) -> Callable[[int], str | None]:
        """Give what reads the first term of a document as text, ``None`` for one without.

        Args:
            terms: The terms of the field.
        """
        if terms.compiled is not None and self._starts is None:
            source = f"{self._file.path}: section {self._name!r}"
            return SingleLabels(terms.compiled, self._ordinals, source).text

        def text(docnum: int) -> str | None:
            ordinal = self.first_of(docnum)
            return None if ordinal is None else terms.term(ordinal).decode()

        return text

    def numbered(self, numbers: Int64Array, first: int) -> SegmentLabels:
        """Give the labels as they are counted: a facet.

        Args:
            numbers: The number of each term in the whole index. Shape (number of terms,), int64.
            first: The docnum, in the whole index, of the segment's first document.
        """
        source = f"{self._file.path}: section {self._name!r}"
        return SegmentLabels(self._ordinals, self._starts, numbers, first, source)

    def _valid(self, ordinals: Int32Array) -> Int32Array:
        if len(ordinals) and not 0 <= ordinals.max() < self._terms:
            raise self._file.corrupt(f"expected ordinals below {self._terms}", self._name)
        return ordinals
