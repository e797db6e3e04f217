"""Where in the texts is what a query looks for? Every occurrence in its line."""

from __future__ import annotations

import re
from dataclasses import asdict
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from searchlib.analysis.terms import fold_accents
from searchlib.arguments import expect_function
from searchlib.export.csv_text import CsvOptions, csv_text
from searchlib.export.json_lines import json_lines
from searchlib.export.rows import Column
from searchlib.export.targets import write_text
from searchlib.frozen import frozen
from searchlib.highlight import FieldText, Highlighter
from searchlib.highlight.contexts import in_context
from searchlib.highlight.marks import Span  # noqa: TC001 - pydantic looks it up
from searchlib.schema.markers import Text
from searchlib.schema.paths import text_at
from searchlib.schema.roles import Headings
from searchlib.schema.values import text_of
from searchlib.search.all_hits import BATCH

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from searchlib.export.rows import Row
    from searchlib.export.targets import Target
    from searchlib.highlight.contexts import InContext
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.found_documents import FoundDocument, FoundDocuments

    Progress = Callable[[int, int], None]

LineOrder = Literal["left", "right", "date"]
LINE_ORDERS: Final = get_args(LineOrder)
MOST_WIDTH: Final = 10_000
"""How many characters a line may have on each side of the match."""

_NAMES: Final = ("left", "match", "right", "key", "title", "date", "field")
_COLUMNS: Final = [Column(name, "str", many=False, field=None) for name in _NAMES]
_WORD: Final = re.compile(r"\w+")


@frozen
class ConcordanceLine:
    """One occurrence of what a query looks for, with what stands around it.

    Each run of white space is one blank, and ``left + match + right`` is what the text says there.

    Attributes:
        left: What stands before the match: whole words, as many as there is room for.
        match: The word or phrase; of words that stand close together the text from the first to
            the last.
        right: What stands behind the match.
        marks: What was asked for in the match, from where to where.
        key: The key of the document.
        title: Its title, or the empty text.
        date: Its date as JSON has it, or the empty text.
        field: The field that the text is in.
    """

    left: str
    match: str
    right: str
    marks: tuple[Span, ...]
    key: str
    title: str
    date: str
    field: str

    def to_json(self) -> dict[str, Any]:
        """Convert the line to values that JSON can hold."""
        return {**asdict(self), "marks": [list(span) for span in self.marks]}


@frozen
class LineReader:
    """Reads the lines of documents.

    Attributes:
        schema: What the documents are.
        query: What is looked for.
        searched: The fields that words are looked for in where the query names none.
        width: How many characters a line has on each side of the match at most.
    """

    schema: DocumentSchema
    query: Query
    searched: Collection[str]
    width: int

    def lines(self, documents: Iterable[FoundDocument]) -> Iterator[list[ConcordanceLine]]:
        """Read the lines of each document."""
        known: dict[str | None, list[tuple[str, Highlighter]]] = {}
        texts = [name for name, one in self.schema.fields.items() if isinstance(one.marker, Text)]
        headings, key = Headings(self.schema), self.schema.key.name
        for stored, language in documents:
            if language not in known:
                known[language] = self._highlighters(texts, language)
            found = [*self._found(stored, known[language])]
            about = (text_of(stored[key]), *headings.of(stored)) if found else ("", "", "")
            yield [ConcordanceLine(*line, *about, name) for name, line in found]

    def _found(
        self, stored: dict[str, Any], highlighters: list[tuple[str, Highlighter]]
    ) -> Iterator[tuple[str, InContext]]:
        """Find the occurrences in a document, field by field."""
        for name, highlighter in highlighters:
            value = text_at(stored, name)
            if value:
                text = FieldText(value)
                for marks in highlighter.occurrences(text):
                    yield name, in_context(text, marks, self.width)

    def _highlighters(
        self, texts: Iterable[str], language: str | None
    ) -> list[tuple[str, Highlighter]]:
        fields = self.schema.with_languages((language,)).fields
        return [
            (
                name,
                Highlighter(
                    self.query, fields[name], is_default=name in self.searched, all_words=True
                ),
            )
            for name in texts
        ]


class Concordance:
    """Every occurrence of what a query looks for, in all documents that it finds.

    Iterating reads the documents one after another, as often as it is iterated: those of the commit
    that was searched, or on a server those of the moment at which iterating begins. Lines that are
    sorted by what stands beside the match are all held in memory at once, or as many as the limit
    says; others are not.

    Attributes:
        documents: How many documents match.
        notes: Remarks on the query and the filter.
    """

    def __init__(
        self,
        reader: LineReader,
        found: FoundDocuments,
        *,
        sort: LineOrder | None,
        limit: int | None,
    ) -> None:
        self._reader = reader
        self._found = found
        self._sort = sort
        self._limit = limit
        self.documents: Final = len(found)
        self.notes: Final = found.notes

    def __iter__(self) -> Iterator[ConcordanceLine]:
        return self._read(None)

    def _read(self, progress: Progress | None) -> Iterator[ConcordanceLine]:
        """Read the lines in order, up to the limit."""
        lines = (line for some in self._by_document(progress) for line in some)
        if self._sort not in _KEYS:
            return islice(lines, self._limit)
        key = _KEYS[self._sort]
        if self._limit is None:
            return iter(sorted(lines, key=key))
        return iter(nsmallest(self._limit, lines, key))

    def _by_document(self, progress: Progress | None) -> Iterator[list[ConcordanceLine]]:
        for done, lines in enumerate(self._reader.lines(self._found)):
            if progress is not None:
                progress(done, self.documents)
            yield lines
        if progress is not None:
            progress(self.documents, self.documents)

    def to_csv(
        self,
        target: Target | None = None,
        *,
        safe: bool = False,
        header: bool = True,
        delimiter: str = ",",
        encoding: str = "utf-8",
        progress: Progress | None = None,
    ) -> str | None:
        """Write a row for each line as CSV, by RFC 4180.

        The columns are left, match, right, key, title, date and field.

        Args:
            target: A path, an open file, or ``None`` to get the text.
            safe: As for :meth:`searchlib.Results.to_csv`.
            header: Whether the first line has the names of the columns.
            delimiter: The character between cells.
            encoding: Of paths and binary files: "utf-8", or "utf-8-sig" for Excel.
            progress: Called from time to time with the number of documents done, and of all.

        Returns:
            The CSV if there is no target.

        Raises:
            ArgumentError: An argument is something else.
            StorageError: The file of a path can't be written.
            CorruptIndexError: A segment is damaged.
        """
        options = CsvOptions(safe=safe, header=header, delimiter=delimiter)
        return write_text(csv_text(_COLUMNS, _Rows(self, progress), options), target, encoding)

    def to_jsonl(
        self, target: Target | None = None, *, progress: Progress | None = None
    ) -> str | None:
        """Write a JSON object for each line, on a line each, in UTF-8.

        Args:
            target: A path, an open file, or ``None`` to get the text.
            progress: Called from time to time with the number of documents done, and of all.

        Returns:
            The lines if there is no target.

        Raises:
            ArgumentError, StorageError, CorruptIndexError: As :meth:`to_csv`.
        """
        columns = [*_COLUMNS, Column("marks", "str", many=True, field=None)]
        return write_text(json_lines(columns, _Rows(self, progress, marks=True)), target)


class _Rows:
    """The lines of a concordance as rows of an export, in batches.

    Args:
        concordance: The lines.
        progress: Is told how many documents are done.
        marks: Whether the last value of each row is its marks.
    """

    def __init__(
        self, concordance: Concordance, progress: Progress | None, *, marks: bool = False
    ) -> None:
        expect_function("progress", progress)
        self._concordance = concordance
        self._progress = progress
        self._names = (*_NAMES, "marks") if marks else _NAMES

    def __iter__(self) -> Iterator[list[Row]]:
        lines = self._concordance._read(self._progress)
        while batch := [*islice(lines, BATCH)]:
            yield [[getattr(line, name) for name in self._names] for line in batch]


def _words(text: str) -> list[str]:
    return _WORD.findall(fold_accents(text.casefold()))


def _by_left(line: ConcordanceLine) -> tuple[list[str], ...]:
    return _words(line.left)[::-1], _words(line.match), _words(line.right)


def _by_right(line: ConcordanceLine) -> tuple[list[str], ...]:
    return _words(line.right), _words(line.match), _words(line.left)[::-1]


_KEYS: Final[dict[str | None, Callable[[ConcordanceLine], Any]]] = {
    "left": _by_left,
    "right": _by_right,
}
