"""How are rows written as JSON Lines?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from searchlib.export.rows import Column, Row


# JSON escapes other controls, but these are the ends of lines for some, as for Python's splitlines.
_LINE_ENDS: Final = "\x85\u2028\u2029"


def json_lines(columns: Sequence[Column], rows: Iterable[list[Row]]) -> Iterator[str]:
    """Write rows as an object of JSON on a line each, a batch at a time."""
    names = [column.name for column in columns]
    for batch in rows:
        # Python has infinity and NaN, JSON does not.
        lines = [to_json(dict(zip(names, row, strict=True)), inf_nan_mode="null") for row in batch]
        text = (b"\n".join(lines) + b"\n").decode()
        for end in _LINE_ENDS:
            text = text.replace(end, f"\\u{ord(end):04x}")
        yield text
