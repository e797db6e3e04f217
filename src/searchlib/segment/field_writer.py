"""How is an inverted field written: terms, postings, positions, lengths?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from searchlib.segment.contents import frequency_sums
from searchlib.segment.dictionary import DictionaryWriter
from searchlib.segment.docnums import DocnumsWriter
from searchlib.segment.file import narrowest, offset_type
from searchlib.segment.labels import LabelsWriter
from searchlib.segment.rows import RowsWriter
from searchlib.segment.spellings import SpellingsWriter
from searchlib.segment.words import WordsWriter

if TYPE_CHECKING:
    from searchlib.arrays import Int32Array
    from searchlib.segment.contents import InvertedField
    from searchlib.segment.file import SegmentFileWriter


class FieldWriter:
    """Writes one inverted field, some of its terms at a time.

    Args:
        file: Where to.
        name: The field.
        lengths: The tokens of each document, for a field with positions. Shape (doc_count,).
        doc_count: The number of documents.
        most_postings: No fewer than the postings that will come.
        most_tokens: No fewer than the sum of their frequencies.
    """

    def __init__(
        self,
        file: SegmentFileWriter,
        name: str,
        lengths: Int32Array | None,
        doc_count: int,
        most_postings: int,
        most_tokens: int,
    ) -> None:
        self._file = file
        self._name = name
        self._lengths = lengths
        self._tokens = 0
        self._dictionary = DictionaryWriter(file, f"{name}.terms")
        self._starts = file.spool(offset_type(most_postings))
        self._postings = 0
        self._docnums = DocnumsWriter(file, f"{name}.docnums", doc_count, most_postings)
        if lengths is None:
            self._labels = LabelsWriter(file, f"{name}.labels", doc_count)
            self._spellings: SpellingsWriter | None = None
            return
        self._words: WordsWriter | None = None
        self._token_starts = file.spool(offset_type(most_tokens))
        self._frequencies = RowsWriter(file, f"{name}.frequencies", most_postings, positive=True)
        self._positions = RowsWriter(file, f"{name}.positions", most_tokens, positive=False)

    def append(self, part: InvertedField) -> None:
        """Add terms that follow those added before; the part's lengths are not looked at.

        Raises:
            ValueError: A term has no postings or is not UTF-8.
        """
        starts = part.starts
        if (np.diff(starts) < 1).any():
            raise ValueError(f"field {self._name!r}: expected postings for each term")
        self._dictionary.append(part.terms)
        self._starts.append(starts[:-1] + self._postings)
        self._docnums.append(part.docnums, starts)
        self._postings += len(part.docnums)
        if self._lengths is None or part.positions is None:
            self._labels.append(part.docnums, starts)
            self._append_spellings(part)
            return
        token_starts = frequency_sums(part.frequencies, starts)
        self._token_starts.append(token_starts[:-1] + self._tokens)
        self._tokens += len(part.positions)
        self._frequencies.append(part.frequencies, starts)
        self._positions.append(part.positions, token_starts)
        self._append_words(part)

    def _append_spellings(self, part: InvertedField) -> None:
        if part.spellings is None:
            return
        if self._spellings is None:
            self._spellings = SpellingsWriter(self._file, f"{self._name}.spellings")
        self._spellings.append(part.terms, part.spellings)

    def _append_words(self, part: InvertedField) -> None:
        if part.words is None:
            return
        if self._words is None:
            self._words = WordsWriter(self._file, f"{self._name}.words")
        self._words.append(len(part.terms), part.words)

    def close(self) -> dict[str, Any]:
        """Write the sections, and give the field's entry for the table of contents."""
        file, name = self._file, self._name
        entry: dict[str, Any] = {"terms": self._dictionary.count, "postings": self._postings}
        self._dictionary.close()
        self._starts.append(np.array([self._postings]))
        file.write_spool(f"{name}.starts", self._starts)
        self._docnums.close()
        if self._lengths is None:
            entry["labels"] = self._labels.close()
            if self._spellings is not None:
                entry["spellings"] = self._spellings.close()
            return {"kind": "keyword", **entry}
        self._token_starts.append(np.array([self._tokens]))
        file.write_spool(f"{name}.tokens", self._token_starts)
        self._frequencies.close()
        self._positions.close()
        if self._words is not None:
            entry["words"] = self._words.close()
        highest = int(self._lengths.max(initial=0))
        file.write(f"{name}.lengths", narrowest(highest), [self._lengths])
        total = int(self._lengths.sum(dtype=np.int64))
        return {"kind": "text", **entry, "tokens": self._tokens, "total_length": total}
