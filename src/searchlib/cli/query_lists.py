"""Which queries are in a list? A column of a CSV file, or the lines of a text."""

from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from searchlib.articles.encoding import guess_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TABLES: Final = (".csv", ".tsv")
_DELIMITERS: Final = ",;\t|"
_LONGEST_CELL: Final = 1 << 20
_FALLBACK: Final = "cp1252"


class ListedQuery(NamedTuple):
    """A query of a list.

    Attributes:
        row: The number of its line, or of its row as spreadsheets count: a header is row 1.
        text: The query.
    """

    row: int
    text: str


def read_list(path: Path, column: str | None, *, header: bool) -> list[ListedQuery]:
    """Read the queries of a file. Rows in which nothing stands are left out.

    Args:
        path: The file; ``-`` for standard input. It is a table if its name says so, or if a
            column is chosen; otherwise each line is a query.
        column: The name of the column, or its number from 1; ``None`` for the first.
        header: Whether the first row of a table has the names of columns.

    Raises:
        click.UsageError: There is no such column, the table can't be read, or a list of lines is
            said to have no header.
    """
    data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    text = _decoded(data)
    if column is None and path.suffix.lower() not in _TABLES:
        if not header:
            raise click.UsageError(
                f"Expected --no-header with a table, got {str(path)!r}, which has a query on each "
                "line; --column makes it a table."
            )
        lines = enumerate(text.splitlines(), 1)
        return [ListedQuery(row, line.strip()) for row, line in lines if line.strip()]
    try:
        return [*_of_table(text, column, header=header)]
    except csv.Error as error:
        raise click.UsageError(f"{path}: expected a table in CSV: {error}") from error


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(guess_encoding(data) or _FALLBACK, "replace")


def _of_table(text: str, column: str | None, *, header: bool) -> Iterator[ListedQuery]:
    csv.field_size_limit(_LONGEST_CELL)
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    rows = enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1)
    names = next(rows, (1, []))[1] if header else []
    place = _place_of(column, names)
    for row, cells in rows:
        if any(cell.strip() for cell in cells):
            yield ListedQuery(row, cells[place].strip() if place < len(cells) else "")


def _place_of(column: str | None, names: list[str]) -> int:
    """Find a column by its name or else by its number.

    Raises:
        click.UsageError: There is none.
    """
    if column is None:
        return 0
    folded = [name.strip().casefold() for name in names]
    if column.strip().casefold() in folded:
        return folded.index(column.strip().casefold())
    if column.isascii() and column.isdecimal() and 0 < int(column) <= (len(names) or 10_000):
        return int(column) - 1
    there = ", ".join(names) if names else "numbers from 1"
    raise click.UsageError(
        f"Expected --column to be a column of the list, got {column!r}; there are {there}."
    )
