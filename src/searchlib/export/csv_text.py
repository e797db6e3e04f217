"""How are rows written as CSV?"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from searchlib.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from searchlib.export.rows import Column, Row, RowSource
    from searchlib.schema.models import Kind

_AS_IT_IS: Final[tuple[Kind, ...]] = ("str", "int", "float", "date", "datetime")
"""What the csv module writes as it should be, also ``None``: as an empty cell."""

# What spreadsheets take for the beginning of a formula, by OWASP's "CSV Injection".
_FORMULA: Final = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
_FORBIDDEN: Final = '"\r\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvOptions:
    """How CSV is written.

    Attributes:
        safe: Whether text that a spreadsheet would take for a formula gets a ``'`` before it.
            All text is quoted then, as the separator of cells depends on the spreadsheet.
        header: Whether the first line has the names of the columns.
        delimiter: The character between cells.
        separator: What stands between the values of a list in a cell; ``None`` to write the list
            as JSON.

    Raises:
        ArgumentError: The delimiter is not one character that can be one.
    """

    safe: bool = False
    header: bool = True
    delimiter: str = ","
    separator: str | None = "; "

    def __post_init__(self) -> None:
        given = self.delimiter
        if not isinstance(given, str) or len(given) != 1 or given in _FORBIDDEN:
            raise ArgumentError(f"expected delimiter to be one character, got {given!r:.80}")
        if not isinstance(self.separator, str | None):
            raise ArgumentError(
                f"expected separator to be text or None, got {self.separator!r:.80}"
            )


def csv_text(columns: Sequence[Column], rows: RowSource, options: CsvOptions) -> Iterator[str]:
    """Write rows as CSV, by RFC 4180, a batch at a time."""
    buffer = io.StringIO(newline="")
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if options.safe else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, delimiter=options.delimiter, lineterminator="\r\n", quoting=quoting)
    if options.header:
        writer.writerow([column.name for column in columns])
    changes = [
        (place, change)
        for place, column in enumerate(columns)
        if (change := _change_of(column, options)) is not None
    ]
    for batch in rows:
        for row in batch:
            for place, change in changes:
                row[place] = change(row[place])
        writer.writerows(batch)
        yield _taken(buffer)
    yield _taken(buffer)  # the header, where there are no rows


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _change_of(column: Column, options: CsvOptions) -> Callable[[Any], Any] | None:
    """Choose what must be done with the values of a column; ``None`` for nothing."""
    is_plain = column.kind in _AS_IT_IS and not column.many

    def harmless(value: Any) -> Any:
        cell = value if is_plain else cell_of(value, options.separator)
        return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell

    if options.safe:
        return None if column.kind in ("int", "float") and not column.many else harmless
    return None if is_plain else lambda value: cell_of(value, options.separator)


def cell_of(value: Any, separator: str | None) -> Any:
    """Write a value of JSON so that it stands in one cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and separator is not None:
        return separator.join([str(cell_of(item, None)) for item in value if item is not None])
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return value


def text_of(row: Row, place: int) -> str:
    """Give a value of a row as text; empty for none."""
    value = cell_of(row[place], "; ")
    return "" if value is None else str(value)
