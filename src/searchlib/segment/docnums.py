"""How are the documents of each term stored?

In two bytes each. With more documents than two bytes can number, these are the low halves, and
a term has a table of where each run of 65,536 documents begins in them. A rare term, whose table
would be longer than what it saves, has four bytes for each posting.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.arrays import runs
from searchlib.segment.file import offset_type

if TYPE_CHECKING:
    from searchlib.arrays import Int32Array, Int64Array, NumberArray
    from searchlib.errors import CorruptIndexError
    from searchlib.segment.file import SegmentFile, SegmentFileWriter

CHUNK_BITS: Final = 16
"""The bits of a docnum that are its low half; the other bits number the chunk."""
FREQUENT: Final = 8
"""The postings per chunk, on average, from which on a term has a table of chunks."""


class DocnumsWriter:
    """Writes the docnums of terms.

    Args:
        file: Where to.
        name: The sections are ``name`` for the low halves and, if there are more documents than
            a chunk has, ``name.rows``, ``name.chunks`` and ``name.wide``.
        doc_count: The number of documents.
        most: No fewer than the postings that will come, to choose the type of offsets.
    """

    def __init__(self, file: SegmentFileWriter, name: str, doc_count: int, most: int) -> None:
        self._file = file
        self._name = name
        self._chunks = chunk_count(doc_count)
        self._low = file.spool("<u2")
        self._wide = file.spool("<u4")
        self._rows = file.spool(offset_type(most << 1 | 1))
        self._chunk_starts = file.spool(offset_type(most))
        self._tables = 0

    def append(self, docnums: Int32Array, starts: Int64Array) -> None:
        """Add the docnums of terms.

        Args:
            docnums: Ascending within a term. Shape (P,), int32.
            starts: Where each term begins, ending with P. Shape (T + 1,), int64.
        """
        if self._chunks == 1:
            self._low.append(docnums.astype(np.uint16))
        elif len(starts) > 1:
            self._append_chunked(docnums, np.diff(starts))

    def close(self) -> None:
        """Write the sections."""
        count = self._low.count
        self._file.write_spool(self._name, self._low)
        if self._chunks > 1:
            self._chunk_starts.append(np.array([count]))
            self._file.write_spool(f"{self._name}.rows", self._rows)
            self._file.write_spool(f"{self._name}.chunks", self._chunk_starts)
            self._file.write_spool(f"{self._name}.wide", self._wide)

    def _append_chunked(self, docnums: Int32Array, counts: Int64Array) -> None:
        frequent = counts >= FREQUENT * self._chunks
        in_frequent = np.repeat(frequent, counts)
        rows = np.empty(len(counts), np.int64)
        rare_counts = counts[~frequent]
        rows[~frequent] = (np.cumsum(rare_counts) - rare_counts + self._wide.count) << 1 | 1
        self._wide.append(docnums[~in_frequent])
        tables = int(frequent.sum())
        rows[frequent] = (np.arange(tables) + self._tables) << 1
        self._rows.append(rows)
        chosen = docnums[in_frequent]
        table = np.repeat(np.arange(tables) * self._chunks, counts[frequent])
        sizes = np.bincount(table + (chosen >> CHUNK_BITS), minlength=tables * self._chunks)
        self._chunk_starts.append(np.cumsum(sizes) - sizes + self._low.count)
        self._low.append((chosen & ((1 << CHUNK_BITS) - 1)).astype(np.uint16))
        self._tables += tables


class DocnumsReader:
    """Reads what a :class:`DocnumsWriter` wrote.

    Args:
        file: Where from.
        name: As given to the writer.
        doc_count: The number of documents.
        terms: The number of terms.
        postings: The number of postings.
    """

    def __init__(
        self, file: SegmentFile, name: str, doc_count: int, terms: int, postings: int
    ) -> None:
        self._file = file
        self._name = name
        self._doc_count = doc_count
        self._chunks = chunk_count(doc_count)
        self._low = file.array(name, "<u2", postings if self._chunks == 1 else None)
        if self._chunks > 1:
            self._rows = file.array(f"{name}.rows", ("<u4", "<u8"), terms)
            self._chunk_starts = file.array(f"{name}.chunks", ("<u4", "<u8"), None)
            self._wide = file.array(f"{name}.wide", "<u4", postings - len(self._low))
            if len(self._chunk_starts) % self._chunks != 1:
                raise file.corrupt("a table of chunks is not whole", f"{name}.chunks")

    @property
    def arrays(
        self,
    ) -> tuple[NumberArray, NumberArray | None, NumberArray | None, NumberArray | None]:
        """The low halves, the rows, the tables of chunks and the postings of four bytes.

        With one chunk all but the first are ``None``.
        """
        if self._chunks == 1:
            return self._low, None, None, None
        return self._low, self._rows, self._chunk_starts, self._wide

    def row(self, ordinal: int, start: int, count: int) -> Int64Array:
        """Read the docnums of a term.

        Args:
            ordinal: The term.
            start: Its first posting, of all terms of the field.
            count: The number of its postings.

        Returns:
            Docnums, ascending. Shape (count,), int64.
        """
        if self._chunks == 1:
            found = self._low[start : start + count]
        else:
            row: int = self._rows.item(ordinal)
            if not row & 1:
                return self._in_chunks(row >> 1, count)
            found = self._wide[row >> 1 : (row >> 1) + count]
        if len(found) != count or found.max() >= self._doc_count:
            raise self._wrong(ordinal)
        return found.astype(np.int64)

    def view(self, ordinal: int, start: int, count: int) -> tuple[NumberArray, NumberArray | None]:
        """View the docnums of a term as they lie in the file.

        Args:
            ordinal: The term.
            start: Its first posting, of all terms of the field.
            count: The number of its postings.

        Returns:
            Docnums, or their low halves. Shape (count,), uint16 or uint32. And for low halves
            where each chunk begins in the file, and the end; ``None`` if there is but one chunk.
        """
        if self._chunks == 1:
            return self._exactly(self._low, start, count), None
        row: int = self._rows.item(ordinal)
        if row & 1:
            return self._exactly(self._wide, row >> 1, count), None
        begin = (row >> 1) * self._chunks
        starts = self._chunk_starts[begin : begin + self._chunks + 1]
        if len(starts) != self._chunks + 1:
            raise self._not_ascending(row >> 1)
        return self._exactly(self._low, starts.item(0), count), starts

    def range(self, first: int, last: int, start: int, counts: Int64Array) -> Int32Array:
        """Read the docnums of terms one after another.

        Args:
            first: The first term.
            last: The term after the last.
            start: The first posting of the first term.
            counts: How many postings each has. Shape (last - first,), int64.

        Returns:
            Docnums, ascending within a term. Shape (sum of counts,), int32.
        """
        total = int(counts.sum())
        if self._chunks == 1:
            docnums = self._low[start : start + total].astype(np.int32)
        else:
            docnums = self._range_chunked(self._rows[first:last].astype(np.int64), counts, total)
        if len(docnums) != total or (total and not 0 <= docnums.max() < self._doc_count):
            raise self._file.corrupt(f"the postings from term {first} are not right", self._name)
        return docnums

    def rows(self, ordinals: Int64Array, starts: Int64Array, counts: Int64Array) -> Int64Array:
        """Read the docnums of terms that do not follow one another.

        Args:
            ordinals: The terms. Shape (T,), int64.
            starts: The first posting of each. Shape (T,), int64.
            counts: How many postings each has. Shape (T,), int64.

        Returns:
            Docnums in no order. Shape (sum of counts,), int64.
        """
        if self._chunks == 1:
            docnums = self._taken(self._low, starts, counts)
        else:
            rows = self._rows.take(ordinals).astype(np.int64)
            wide = (rows & 1).astype(np.bool_)
            rare = self._taken(self._wide, rows[wide] >> 1, counts[wide])
            begins = ((rows[~wide] >> 1) * self._chunks)[:, None] + np.arange(self._chunks)
            if begins.size and not 0 <= begins.min() <= begins.max() < len(self._chunk_starts) - 1:
                raise self._file.corrupt("expected tables of chunks", f"{self._name}.rows")
            firsts = self._chunk_starts.take(begins.ravel()).astype(np.int64)
            sizes = self._chunk_starts.take(begins.ravel() + 1).astype(np.int64) - firsts
            if len(sizes) and (sizes.min() < 0 or sizes.sum() != counts[~wide].sum()):
                raise self._file.corrupt("expected ascending offsets", f"{self._name}.chunks")
            frequent = np.tile(np.arange(self._chunks) << CHUNK_BITS, len(begins)).repeat(sizes)
            frequent += self._taken(self._low, firsts, sizes)
            docnums = np.concatenate((rare, frequent))
        if len(docnums) != counts.sum():
            raise self._file.corrupt("expected as many postings as counted", self._name)
        return self._below_count(docnums)

    def runs(self, first: int, last: int, start: int, counts: Int64Array) -> list[Int64Array]:
        """Read the docnums of terms that follow one another, all of them but in no order.

        Args:
            first: The first term.
            last: The term after the last.
            start: The first posting of the first term.
            counts: How many postings each has. Shape (last - first,), int64.

        Returns:
            Arrays with as many docnums together as there are postings, int64.
        """
        total = int(counts.sum())
        if self._chunks == 1:
            return [self._below_count(self._exactly(self._low, start, total).astype(np.int64))]
        rows = self._rows[first:last].astype(np.int64)
        wide = (rows & 1).astype(np.bool_)
        found = []
        if wide.any():
            begin = int(rows[wide.argmax()] >> 1)
            rare = self._exactly(self._wide, begin, int(counts[wide].sum()))
            found.append(self._below_count(rare.astype(np.int64)))
        tables = rows[~wide] >> 1
        if len(tables):
            starts = self._tables(int(tables[0]), int(tables[0]) + len(tables))
            chunks = np.tile(np.arange(self._chunks) << CHUNK_BITS, len(tables))
            docnums = chunks.repeat(np.diff(starts))
            docnums += self._exactly(self._low, int(starts[0]), len(docnums))
            found.append(self._below_count(docnums))
        return found

    def _in_chunks(self, table: int, count: int) -> Int64Array:
        begin = table * self._chunks
        starts: list[int] = self._chunk_starts[begin : begin + self._chunks + 1].tolist()
        if len(starts) <= self._chunks or sorted(starts) != starts or starts[-1] > len(self._low):
            raise self._not_ascending(table)
        if starts[-1] - starts[0] != count:
            raise self._file.corrupt(f"the postings of table {table} are not right", self._name)
        docnums = self._low[starts[0] : starts[-1]].astype(np.int64)
        for chunk, (start, end) in enumerate(pairwise(starts)):
            docnums[start - starts[0] : end - starts[0]] += chunk << CHUNK_BITS
        if docnums.max() >= self._doc_count:
            raise self._file.corrupt(f"the postings of table {table} are not right", self._name)
        return docnums

    def _wrong(self, ordinal: int) -> CorruptIndexError:
        return self._file.corrupt(f"the postings of term {ordinal} are not right", self._name)

    def _range_chunked(self, rows: Int64Array, counts: Int64Array, total: int) -> Int32Array:
        docnums = np.empty(total, np.int32)
        wide = (rows & 1).astype(bool)
        in_wide = np.repeat(wide, counts)
        if wide.any():
            start = int(rows[wide.argmax()] >> 1)
            docnums[in_wide] = self._exactly(self._wide, start, int(counts[wide].sum()))
        tables = rows[~wide] >> 1
        if len(tables):
            starts = self._tables(int(tables[0]), int(tables[0]) + len(tables))
            chunk = np.tile(np.arange(self._chunks, dtype=np.int32) << CHUNK_BITS, len(tables))
            high = np.repeat(chunk, np.diff(starts))
            low = self._exactly(self._low, int(starts[0]), len(high))
            docnums[~in_wide] = self._exactly(low + high, 0, total - int(in_wide.sum()))
        return docnums

    def _tables(self, first: int, last: int) -> Int64Array:
        """Read tables of chunks: where each chunk of each table begins, and the end."""
        begin, end = first * self._chunks, last * self._chunks
        starts: Int64Array = self._chunk_starts[begin : end + 1].astype(np.int64)
        if (
            len(starts) != end - begin + 1
            or not 0 <= starts[0] <= starts[-1] <= len(self._low)
            or (np.diff(starts) < 0).any()
        ):
            raise self._not_ascending(first)
        return starts

    def _not_ascending(self, table: int) -> CorruptIndexError:
        return self._file.corrupt(
            f"expected ascending offsets in table {table}", f"{self._name}.chunks"
        )

    def _taken(self, values: NumberArray, starts: Int64Array, counts: Int64Array) -> Int64Array:
        """Read runs of docnums from anywhere."""
        if len(starts) and not 0 <= starts.min() <= (starts + counts).max() <= len(values):
            raise self._file.corrupt(f"expected runs among {len(values)} postings", self._name)
        return values.take(runs(starts, counts)).astype(np.int64)

    def _below_count(self, docnums: Int64Array) -> Int64Array:
        if len(docnums) and docnums.max() >= self._doc_count:
            raise self._file.corrupt("a posting is of no document", self._name)
        return docnums

    def _exactly(self, values: NumberArray, start: int, count: int) -> NumberArray:
        found = values[start : start + count]
        if len(found) != count:
            raise self._file.corrupt(f"expected {count} postings, got {len(found)}", self._name)
        return found


def chunk_count(doc_count: int) -> int:
    """Count the chunks that so many documents make: at least one."""
    return max(1, ((doc_count - 1) >> CHUNK_BITS) + 1)
