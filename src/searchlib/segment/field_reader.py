"""How is an inverted field read: terms, postings, positions, lengths?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.postings import KERNELS, SegmentPostings
from searchlib.segment.dictionary import TermDictionary
from searchlib.segment.docnums import DocnumsReader
from searchlib.segment.labels import LabelsReader
from searchlib.segment.rows import RowsReader
from searchlib.segment.spellings import SpellingsReader
from searchlib.segment.words import WordsReader

if TYPE_CHECKING or KERNELS == "compiled":
    from searchlib.postings.compiled import TermFinder as CompiledFinder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from searchlib.arrays import BoolArray, Int32Array, Int64Array, NumberArray
    from searchlib.postings import TermFinder
    from searchlib.segment.contents import InvertedField
    from searchlib.segment.file import SegmentFile
    from searchlib.segment.spellings import Spelling
    from searchlib.segment.words import Words

_POSTINGS_AT_ONCE: Final = 1 << 20
"""How many postings are read at a time to mark documents, so that memory stays bounded."""


class FieldReader:
    """The terms of a field and their postings.

    Terms go by ordinal: their place in :attr:`terms`. Arrays that are views of the file are
    read-only; they stay valid when the reader of the segment is closed.

    Attributes:
        name: The field.
        doc_count: The number of documents of the segment.
        terms: The terms.
        posting_count: The number of postings of all terms.
        total_length: The number of tokens of all documents; 0 for a field without positions.
        has_positions: Whether this is a text field, with frequencies, positions and lengths.
        labels: The terms of each document; ``None`` for a text field.

    Raises (all methods):
        IndexError: There is no term with that ordinal.
        CorruptIndexError: The file is damaged.
    """

    def __init__(self, file: SegmentFile, name: str, entry: object, doc_count: int) -> None:
        kind = entry.get("kind") if isinstance(entry, dict) else None
        if kind not in ("text", "keyword"):
            raise file.corrupt(f"table of contents: expected field {name!r} to be text or keyword")
        terms, postings = file.number(entry, "terms"), file.number(entry, "postings")
        self._file: Final = file
        self.name: Final = name
        self.doc_count: Final = doc_count
        self.posting_count: Final = postings
        self.terms: Final = TermDictionary(file, f"{name}.terms", terms)
        self._starts = file.array(f"{name}.starts", ("<u4", "<u8"), terms + 1)
        self._source = f"{file.path}: section '{name}.docnums'"
        self._docnums = DocnumsReader(file, f"{name}.docnums", doc_count, terms, postings)
        self.has_positions: Final = kind == "text"
        self.total_length: Final = file.number(entry, "total_length") if kind == "text" else 0
        self.token_count: Final = file.number(entry, "tokens") if kind == "text" else postings
        self.labels: Final = (
            None
            if kind == "text"
            else LabelsReader(file, f"{name}.labels", doc_count, terms, entry)
        )
        self._spellings: Final = (
            SpellingsReader(file, f"{name}.spellings", file.number(entry, "spellings"), terms)
            if isinstance(entry, dict) and "spellings" in entry
            else None
        )
        self._words: Final = (
            WordsReader(file, f"{name}.words", file.number(entry, "words"), terms)
            if isinstance(entry, dict) and "words" in entry
            else None
        )
        if kind == "text":
            self._token_starts = file.array(f"{name}.tokens", ("<u4", "<u8"), terms + 1)
            self._frequencies = RowsReader(file, f"{name}.frequencies", terms)
            self._positions = RowsReader(file, f"{name}.positions", terms)
            self._lengths = file.array(f"{name}.lengths", ("|u1", "<u2", "<u4"), doc_count)

    @cached_property
    def label_text(self) -> Callable[[int], str | None]:
        """Reads the first label of a document, by its number in the segment; ``None`` for none.

        It raises ``UnicodeDecodeError`` for one that is no text. Text fields have none.
        """
        assert self.labels is not None
        return self.labels.texts(self.terms)

    @cached_property
    def lengths(self) -> NumberArray:
        """The number of tokens of each document. Shape (doc_count,), uint8, uint16 or uint32.

        Zeros for a field without positions.
        """
        return self._lengths if self.has_positions else np.zeros(self.doc_count, np.uint8)

    def doc_frequency(self, ordinal: int) -> int:
        """Count the documents that have a term."""
        start, end = self._span(ordinal)
        return end - start

    def collection_frequency(self, ordinal: int) -> int:
        """Count the occurrences of a term in all documents."""
        if not self.has_positions:
            return self.doc_frequency(ordinal)
        start, end = self._token_span(ordinal)
        return end - start

    def counted_spelling(self, ordinal: int) -> tuple[str, int]:
        """Read how most documents write a label, and how often they do.

        Where it is not kept, it is the term, 0 times.
        """
        found, count = None, 0
        if self._spellings is not None:
            found, count = self._spellings.of(ordinal) or (None, self.doc_frequency(ordinal))
        try:
            return (self.terms.term(ordinal) if found is None else found).decode(), count
        except UnicodeDecodeError as error:
            part = "terms" if found is None else "spellings"
            raise self._file.corrupt(
                f"expected text in UTF-8: {error}", f"{self.name}.{part}"
            ) from error

    @cached_property
    def words(self) -> Words | None:
        """The words that the terms of a text field stand for; ``None`` if they are not kept."""
        return None if self._words is None else self._words.read()

    def docnums(self, ordinal: int) -> Int32Array:
        """Read the documents that have a term. Shape (df,), int32, ascending."""
        start, end = self._span(ordinal)
        return self._docnums.row(ordinal, start, end - start).astype(np.int32)

    def find(self, term: bytes, first: int) -> SegmentPostings | None:
        """View the postings of a term; ``None`` if the field does not have it.

        Args:
            term: The term.
            first: The docnum, in the whole index, of the segment's first document.
        """
        ordinal = self.terms.lookup(term)
        return None if ordinal is None else self.postings(ordinal, first)

    def postings(self, ordinal: int, first: int) -> SegmentPostings:
        """View the postings of a term.

        Args:
            ordinal: The term.
            first: As of :meth:`find`.
        """
        start, end = self._span(ordinal)
        docnums, chunk_starts = self._docnums.view(ordinal, start, end - start)
        return SegmentPostings(
            docnums,
            chunk_starts,
            self.frequency_view(ordinal, end - start),
            first,
            self.doc_count,
            positions=self.position_view(ordinal) if self.has_positions else None,
            source=self._source,
        )

    def postings_of_each(self, terms: range | Int64Array, first: int) -> list[SegmentPostings]:
        """View the postings of each of some terms.

        Args:
            terms: Ordinals.
            first: As of :meth:`find`.
        """
        if self._compiled is not None:
            return self._compiled.of_each(terms, first)
        return [self.postings(int(ordinal), first) for ordinal in terms]

    def mark(self, terms: range | Int64Array, marked: BoolArray, first: int) -> None:
        """Mark the documents that have any of some terms, as for a pattern.

        Args:
            terms: Ordinals, ascending.
            marked: Set to true for each of the documents. Shape (documents of the whole index,).
            first: As of :meth:`find`.
        """
        if self._compiled is not None:
            self._compiled.mark(terms, marked, first)
            return
        inside = marked[first : first + self.doc_count]
        if isinstance(terms, range):
            for docnums in self._in_range(terms):
                inside[docnums] = True
        else:
            for docnums in self._of_each(terms):
                inside[docnums] = True

    @property
    def finder(self) -> TermFinder:
        """What finds the postings of terms soonest; its ``find`` is as that of this reader."""
        return self if self._compiled is None else self._compiled

    @cached_property
    def _compiled(self) -> CompiledFinder | None:
        """What finds postings without numpy, if there are compiled kernels."""
        if self.terms.compiled is None or not self.doc_count:
            return None
        text = self.has_positions
        return CompiledFinder(
            self.terms.compiled,
            self.doc_count,
            self._starts,
            *self._docnums.arrays,
            self._token_starts if text else None,
            self._frequencies.arrays if text else None,
            self._positions.arrays if text else None,
            self._source,
        )

    def frequency_view(self, ordinal: int, doc_frequency: int) -> NumberArray | None:
        """View how often a term is in each of its documents.

        Args:
            ordinal: The term.
            doc_frequency: How many documents have it.

        Returns:
            Shape (df,), uint8, uint16 or uint32; ``None`` if all are 1.
        """
        return self._frequencies.view(ordinal, doc_frequency) if self.has_positions else None

    def position_view(self, ordinal: int) -> NumberArray:
        """View where a term is, posting by posting. Shape (cf,), uint8, uint16 or uint32.

        Raises:
            CorruptIndexError: The file is damaged.
        """
        start, end = self._token_span(ordinal)
        found = self._positions.view(ordinal, end - start)
        if found is None:
            raise self._file.corrupt("expected positions", f"{self.name}.positions")
        return found

    def frequencies(self, ordinal: int) -> Int32Array:
        """Read how often a term is in each of its documents. Shape (df,), int32."""
        start, end = self._span(ordinal)
        if not self.has_positions:
            return np.ones(end - start, np.int32)
        return self._frequencies.row(ordinal, end - start)

    def positions(self, ordinal: int) -> tuple[Int32Array, Int64Array]:
        """Read where a term is in each of its documents.

        Returns:
            The positions, ascending within a document: shape (cf,), int32. And where those of
            each posting begin, ending with cf: shape (df + 1,), int64. Both empty of positions
            for a field that has none.
        """
        if not self.has_positions:
            return np.empty(0, np.int32), np.zeros(self.doc_frequency(ordinal) + 1, np.int64)
        start, end = self._token_span(ordinal)
        frequencies = self.frequencies(ordinal)
        starts = np.zeros(len(frequencies) + 1, np.int64)
        np.cumsum(frequencies, out=starts[1:])
        if starts.item(-1) != end - start:
            raise self._file.corrupt(
                f"the frequencies of term {ordinal} do not add up to {end - start}",
                f"{self.name}.frequencies",
            )
        return self._positions.row(ordinal, end - start), starts

    def posting_starts(self, first: int, last: int) -> Int64Array:
        """Read where the postings of terms begin, of all postings of the field.

        Args:
            first: The first term.
            last: The term after the last.

        Returns:
            Shape (last - first + 1,), int64, ascending.
        """
        return self._ascending(self._starts, first, last, "starts")

    def _in_range(self, terms: range) -> Iterator[Int64Array]:
        """Read the documents of terms that follow one another, some terms at a time."""
        first = terms.start
        while first < terms.stop:
            last = self.terms_within(first, _POSTINGS_AT_ONCE, terms.stop)
            starts = self.posting_starts(first, last)
            yield from self._docnums.runs(first, last, int(starts[0]), np.diff(starts))
            first = last

    def _of_each(self, ordinals: Int64Array) -> Iterator[Int64Array]:
        """Read the documents of terms anywhere in the dictionary, some terms at a time."""
        counts = self.doc_frequencies(ordinals)
        ends = counts.cumsum()
        start = 0
        while start < len(ordinals):
            limit = _POSTINGS_AT_ONCE + (ends.item(start - 1) if start else 0)
            end = max(start + 1, int(ends.searchsorted(limit, "right")))
            some = ordinals[start:end]
            starts = self._starts.take(some).astype(np.int64)
            yield self._docnums.rows(some, starts, counts[start:end])
            start = end

    def doc_frequencies(self, ordinals: Int64Array) -> Int64Array:
        """Count the documents that have each of some terms. Shape (number of terms,), int64."""
        if len(ordinals) and ordinals.max() >= len(self.terms):
            raise self._file.corrupt(f"expected {len(self.terms)} terms", f"{self.name}.terms")
        starts = self._starts.take(ordinals).astype(np.int64)
        counts: Int64Array = self._starts.take(ordinals + 1).astype(np.int64) - starts
        if len(counts) and (counts.min() < 1 or counts.sum() > self.posting_count):
            raise self._file.corrupt("expected ascending offsets", f"{self.name}.starts")
        return counts

    def counts_among(self, among: BoolArray) -> Int64Array:
        """Count, of some documents, those that have each term.

        Args:
            among: Which documents of the segment. Shape (doc_count,).

        Returns:
            Shape (number of terms,), int64.
        """
        counts = np.zeros(len(self.terms), np.int64)
        first = 0
        while first < len(counts):
            last = self.terms_within(first, _POSTINGS_AT_ONCE)
            starts = self.posting_starts(first, last)
            docnums = self._docnums.range(first, last, int(starts[0]), np.diff(starts))
            flags, begins = among.take(docnums), starts[:-1] - starts[0]
            counts[first:last] = np.add.reduceat(flags, begins, dtype=np.int64)
            first = last
        return counts

    def part(self, first: int, last: int) -> InvertedField:
        """Read everything about terms, as it was before it was written, but for the lengths.

        Args:
            first: The first term.
            last: The term after the last.
        """
        from searchlib.segment.contents import InvertedField, frequency_sums

        starts = self.posting_starts(first, last)
        counts = np.diff(starts)
        docnums = self._docnums.range(first, last, int(starts[0]), counts)
        terms = list(self.terms.terms(first, last))
        starts -= starts[0]
        if not self.has_positions:
            ones = np.ones_like(docnums)
            spellings = self._spellings_of(first, terms, counts)
            return InvertedField(terms, starts, docnums, ones, None, None, spellings)
        frequencies = self._frequencies.range(first, last, counts)
        tokens = np.diff(self.token_starts(first, last))
        sums = np.diff(frequency_sums(frequencies, starts))
        if frequencies.min(initial=1) < 1 or not np.array_equal(sums, tokens):
            raise self._file.corrupt(
                f"the frequencies from term {first} do not add up", f"{self.name}.frequencies"
            )
        positions = self._positions.range(first, last, tokens)
        words = None if self.words is None else self.words.slice(first, last)
        return InvertedField(terms, starts, docnums, frequencies, positions, None, None, words)

    def _spellings_of(
        self, first: int, terms: list[bytes], counts: Int64Array
    ) -> list[Spelling] | None:
        if self._spellings is None:
            return None
        found = self._spellings.of_range(first, first + len(terms))
        itself = zip(terms, counts.tolist(), strict=True)
        return [found.get(ordinal, one) for ordinal, one in enumerate(itself, first)]

    def token_starts(self, first: int, last: int) -> Int64Array:
        """Read where the positions of terms begin; like :meth:`posting_starts`."""
        if not self.has_positions:
            return self.posting_starts(first, last)
        return self._ascending(self._token_starts, first, last, "tokens")

    def terms_within(self, first: int, cost: int, end: int | None = None) -> int:
        """Find how many terms one can read in one go.

        Args:
            first: The first term.
            cost: The number of postings and positions, together, not to exceed.
            end: The term after the last that is wanted; ``None`` for all terms.

        Returns:
            The term after the last; at least one after ``first``.
        """
        low, high = first + 1, len(self.terms) if end is None else end
        limit = cost + self._cost_before(first)
        if self._cost_before(high) <= limit:
            return high
        while low < high:
            middle = (low + high + 1) // 2
            if self._cost_before(middle) <= limit:
                low = middle
            else:
                high = middle - 1
        return min(low, len(self.terms))

    def _cost_before(self, ordinal: int) -> int:
        postings: int = self._starts.item(ordinal)
        tokens: int = self._token_starts.item(ordinal) if self.has_positions else 0
        # A term costs something as such: its bytes, its entries in lists and dictionaries.
        return postings + tokens + 20 * ordinal

    def _span(self, ordinal: int) -> tuple[int, int]:
        start: int = self._starts.item(ordinal)
        end: int = self._starts.item(ordinal + 1)
        if not start < end <= self.posting_count:
            raise self._file.corrupt(
                f"expected the postings of term {ordinal} among {self.posting_count}, got "
                f"{start} to {end}", f"{self.name}.starts",
            )  # fmt: skip
        return start, end

    def _token_span(self, ordinal: int) -> tuple[int, int]:
        start: int = self._token_starts.item(ordinal)
        end: int = self._token_starts.item(ordinal + 1)
        if not start < end <= self.token_count:
            raise self._file.corrupt(
                f"expected the positions of term {ordinal} among {self.token_count}, got "
                f"{start} to {end}", f"{self.name}.tokens",
            )  # fmt: skip
        return start, end

    def _ascending(self, starts: NumberArray, first: int, last: int, part: str) -> Int64Array:
        found: Int64Array = starts[first : last + 1].astype(np.int64)
        limit = self.posting_count if part == "starts" else self.token_count
        if len(found) and (
            found[0] < 0 or found[-1] > limit or (len(found) > 1 and np.diff(found).min() < 1)
        ):
            raise self._file.corrupt(
                f"expected ascending offsets up to {limit}", f"{self.name}.{part}"
            )
        return found
