"""How is it written what a list of queries finds? As CSV, or an object of JSON for each query."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import first_line
from searchlib.export.csv_text import CsvOptions, csv_text
from searchlib.export.rows import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.export.rows import Row
    from searchlib.search.batches import BatchRow

Answered = list[tuple[int, "BatchRow[Any]"]]
"""The number of each row in the list, and what its query finds."""

_TOTALS: Final = ("row", "query", "total", "error")
_HITS: Final = ("row", "query", "total", "rank", "score", "key", "title", "date", "error")


class JsonRows:
    """Writes an object of JSON for each query, on a line."""

    def head(self) -> str:
        """Give what comes before all rows: nothing."""
        return ""

    def rows(self, chunk: Answered) -> str:
        """Write what some queries find."""
        objects = ({**found.to_json(), "row": row} for row, found in chunk)
        return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in objects)


class CsvRows:
    """Writes a row of CSV for each query, or for each hit.

    Args:
        hits: Whether each hit has a row; a query without hits has one, too.
        safe: Whether no spreadsheet takes text for a formula.
    """

    def __init__(self, *, hits: bool, safe: bool) -> None:
        self._hits = hits
        self._safe = safe
        names = _HITS if hits else _TOTALS
        self._columns = [Column(name, "str", many=False, field=None) for name in names]

    def head(self) -> str:
        """Write the names of the columns."""
        return "".join(csv_text(self._columns, [], CsvOptions(safe=self._safe)))

    def rows(self, chunk: Answered) -> str:
        """Write what some queries find."""
        rows = [row for number, found in chunk for row in self._of(number, found)]
        options = CsvOptions(safe=self._safe, header=False)
        return "".join(csv_text(self._columns, [rows] if rows else [], options))

    def _of(self, number: int, found: BatchRow[Any]) -> Iterator[Row]:
        error = None if found.error is None else first_line(found.error)
        head = [number, found.query, None if error else found.total]
        if not self._hits:
            yield [*head, error]
        elif not found.hits:
            yield [*head, None, None, None, None, None, error]
        for hit in found.hits if self._hits else ():
            yield [*head, hit.rank, hit.score, hit.key, *found.heading_of(hit), None]
