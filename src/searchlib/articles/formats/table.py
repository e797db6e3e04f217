"""How are tables read: comma-separated values (``.csv``) and tab-separated ones (``.tsv``)?

The first row names the columns, which mean what the keys of JSON mean; a table without a title and
without a body is refused as a whole. What the delimiter is, and how values are quoted, is found out
by trying: the dialect wins whose header has the best known names and whose rows are as wide as it.
Spreadsheets have titles and remarks above the header; a notice says what was left out there.
Values may have line ends in quotes and any size. A row that is wider than the header is a problem,
for nobody knows which value belongs to which column; what is missing at its end is empty.
"""

from __future__ import annotations

import csv
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from searchlib.articles.conversion import SHORTEN
from searchlib.articles.encoding import TextDecoder
from searchlib.articles.field_keys import BY_TABLE, find_field
from searchlib.articles.formats.base import Format
from searchlib.articles.records import Record
from searchlib.articles.rows import Row
from searchlib.articles.shapes import has_text
from searchlib.articles.source import too_large
from searchlib.articles.text import UnusableError
from searchlib.errors import Problem
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from searchlib.articles.field_keys import FieldMap
    from searchlib.articles.records import Item
    from searchlib.articles.source import Source
    from searchlib.errors import Notice

_SAMPLE: Final = 1 << 15
_SAMPLE_ROWS: Final = 50
_MISQUOTED: Final = 0.25  # one stray quote weighs as much as a quarter of the rows
_MOST_ABOVE: Final = 10  # rows above the header
_END: Final = "\ue000 the end of the table"  # a row of its own, unless a quote is open before it


class Rows(Protocol):
    """What :func:`csv.reader` returns."""

    @property
    def line_num(self) -> int:
        """How many lines have been read."""

    def __next__(self) -> list[str]: ...
    def __iter__(self) -> Iterator[list[str]]: ...


@frozen
class Dialect:
    """How values are put together to rows.

    Attributes:
        delimiter: What stands between two values.
        escape: What stands before a quote within a value, if quotes are not doubled.
        has_quotes: Whether a value may be in quotes.
        has_blanks: Whether a blank stands between a delimiter and a quote.
    """

    delimiter: str
    escape: str | None = None
    has_quotes: bool = True
    has_blanks: bool = False

    def rows(self, lines: Iterable[str], *, strict: bool = False) -> Rows:
        """Read the rows of some lines."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            escapechar=self.escape,
            doublequote=self.escape is None,
            quoting=csv.QUOTE_MINIMAL if self.has_quotes else csv.QUOTE_NONE,
            skipinitialspace=self.has_blanks,
            strict=strict,
        )

    def is_clean(self, lines: Sequence[str], *, is_whole: bool) -> bool:
        """Whether no quote stands where it should not, nor misses where it should."""
        try:
            for _ in self.rows(lines, strict=True):
                pass
        except csv.Error as error:
            return not is_whole and "end of data" in str(error)
        return True


_DIALECTS: Final = (
    *map(Dialect, ",;\t|"),
    *(Dialect(delimiter, escape="\\") for delimiter in ",;\t|"),
    *(Dialect(delimiter, has_blanks=True) for delimiter in ",;|"),
    Dialect("\t", has_quotes=False),
)


def read_table(source: Source) -> Iterator[Item]:
    """Yield the article, or what is wrong with it, for each row below the header."""
    # For the whole process, but only ever upwards: a long article is no error.
    csv.field_size_limit(max(csv.field_size_limit(), source.limit))
    dialect = _find_dialect(source)
    feed = _Feed(source)
    rows = dialect.rows(iter(feed))
    columns: Sequence[str] = ()
    above: list[tuple[int, list[str]]] = []
    for row in feed.whole_rows(rows):
        if not isinstance(row, list):
            yield row
        elif columns:
            yield _to_item(columns, row, source)
        elif _is_header(row, source.options.fields, is_first=not above):
            columns = _columns(row)
            if above:
                yield _left_out(above, source)
        elif not above and _has_text(_numbered(row), source.options.fields):
            columns = _numbered(row)  # a user told which column is which: there is no header
            yield _to_item(columns, row, source)
        else:
            above.append((source.line, row))
            if len(above) > _MOST_ABOVE:
                break
    if above and not columns:
        raise _no_header(*above[0])


class _Feed:
    """Gives lines to the reader of rows, limits how many make a row, and tells where it begins."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._before = source.line
        self._size = 0  # of the lines since the last row
        self._problems: list[Problem] = []

    def __iter__(self) -> Iterator[str]:
        source, limit = self._source, self._source.limit
        for line in source.lines():
            if isinstance(line, Problem):
                self._problems.append(line)
                yield "\n"
                continue
            self._size += len(line)
            if self._size > limit:
                raise UnusableError(f"{too_large('row')}; or close a quote", source.line)
            if line.find("\r", 0, -2) < 0:
                yield line
            else:  # carriage returns end lines in old files
                yield from line.replace("\r\n", "\n").replace("\r", "\n").splitlines(keepends=True)
        yield _END

    def whole_rows(self, rows: Rows) -> Iterator[list[str] | Problem]:
        """Give the rows that are not blank, and what could not be read, in the order of lines.

        Raises:
            UnusableError: The last row has no end.
        """
        line = self._before + 1
        while True:
            try:
                row = next(rows)
            except csv.Error as error:
                row = []
                reason = f"expected a row of values, got what can't be read: {error}"
                self._problems.append(self._source.problem(reason, line))
            self._size = 0
            if self._problems:
                yield from self._problems
                self._problems = []
            if row == [_END]:
                return
            self._source.line, line = line, self._before + rows.line_num + 1
            if row and row[-1].endswith(_END):
                raise UnusableError(_UNCLOSED, self._source.line)
            if any(row):
                yield row


def _to_item(columns: Sequence[str], row: list[str], source: Source) -> Row | Record | Problem:
    if len(row) > len(columns) and any(row[len(columns) :]):
        return source.problem(
            f"expected {len(columns)} values, as many as the header has names, got {len(row)}; "
            "put values that hold the delimiter in quotes",
            source.line,
        )
    found = Row(columns, row if len(row) <= len(columns) else row[: len(columns)], source.line)
    if "NULL" in row or "\\N" in row:  # what databases write for nothing
        values = found.to_dict().items()
        return Record({k: v for k, v in values if v not in ("NULL", "\\N")}, source.line)
    return found


def _is_header(row: Sequence[str], fields: FieldMap, *, is_first: bool) -> bool:
    """Whether a row names columns, a title or a body among them; below others, two that we know."""
    known = sum(fields.knows(name) for name in row)
    return _has_text(row, fields) and (is_first or known > 1)


def _left_out(above: Sequence[tuple[int, list[str]]], source: Source) -> Notice:
    shown = SHORTEN.repr(" ".join(filter(None, above[0][1])))
    return source.notice(
        f"left out: {len(above)} row{'s' * (len(above) > 1)} above the names of the columns, "
        f"beginning with {shown}",
        "table",
        above[0][0],
    )


def _no_header(line: int, row: Sequence[str]) -> UnusableError:
    shown = ", ".join(repr(name[:30]) for name in row[:12])
    return UnusableError(
        "expected names of columns in the first row, and a title or a body among them, got "
        f"{shown}; add such a row, or say which they are: --map title=COLUMN,body=COLUMN (of a "
        'table without such a row: --map "title=column 1,body=column 2")',
        line,
    )


def _columns(header: Sequence[str]) -> list[str]:
    """Take the names of the columns; each has one, and none has two."""
    names: dict[str, None] = {}
    for number, (name, numbered) in enumerate(zip(header, _numbered(header), strict=True), 1):
        own = name.strip() or numbered
        names[own if own not in names else f"{own} (column {number})"] = None
    return [*names]


def _numbered(row: Sequence[str]) -> list[str]:
    return [f"column {number}" for number in range(1, len(row) + 1)]


def _has_text(header: Sequence[str], fields: FieldMap) -> bool:
    return has_text({name: name for name in header if name}, fields.has)


def _find_dialect(source: Source) -> Dialect:
    source.recode()
    head = source.head()[:_SAMPLE].replace(b"\0", b"")  # which costs its row, not the table
    is_whole = len(head) < _SAMPLE
    text = TextDecoder().decode(head if is_whole else head[: head.rfind(b"\n") + 1] or head)
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].rstrip("\n")) == 5:
        next(source.lines())  # Excel's way to tell
        return Dialect(lines[0][4])
    likely = [each for each in _DIALECTS if each.delimiter == "\t" or source.ending != ".tsv"]
    return max(likely, key=lambda each: _fitness(each, lines, source.options.fields, is_whole))


def _fitness(
    dialect: Dialect, lines: Sequence[str], fields: FieldMap, is_whole: bool
) -> tuple[float, ...]:
    """Rate how well a dialect reads the first lines of a table; the more, the better."""
    try:
        found = [*islice(filter(any, dialect.rows(lines)), _SAMPLE_ROWS)]
        at = next(
            (at for at, row in enumerate(found) if _is_header(row, fields, is_first=not at)), 0
        )
        header, *rows = found[at if at <= _MOST_ABOVE else 0 :]
    except (ValueError, csv.Error):
        return (0.0,)
    width = len(header)
    known = sum(fields.knows(name) for name in header)
    same = sum(len(row) == width for row in rows) / len(rows) if rows else 1.0
    misquoted = 0.0 if dialect.is_clean(lines, is_whole=is_whole) else _MISQUOTED
    return _has_text(header, fields), same - (width == 1) - misquoted, known, width


def _looks_like_table(head: bytes) -> bool:
    """Whether text begins with names of columns, and a row of the same width."""
    first, second, *_ = *head.split(b"\n", 2)[:2], b"", b""
    header, row = (line.decode("utf-8", "replace").strip("\ufeff\r") for line in (first, second))
    return any(_is_table(header, row, delimiter) for delimiter in "\t;,|")


def _is_table(header: str, row: str, delimiter: str) -> bool:
    names = [name.strip('"') for name in header.split(delimiter)]
    known = sum(find_field(name) is not None for name in names)
    return known > 2 and _has_text(names, BY_TABLE) and row.count(delimiter) == len(names) - 1


_UNCLOSED: Final = (
    "expected a quote at the end of a value that begins with one, got none up to the end of the "
    "file; close it: the rest of the file could not be read"
)

TABLE: Final = Format(
    name="table", endings=(".csv", ".tsv", ".tab"), read=read_table, guess=_looks_like_table
)
