"""How is an archive export read: one article or several, each with a header and its text?

A header tells where an article begins (:mod:`searchlib.articles.header`), and its text goes on
to the next header or the end of the file. Text before the first header is an article of its
own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.articles.formats.plain import add_text, read_plain
from searchlib.articles.markup import strip_markdown
from searchlib.articles.paragraphs import Kind, read_marks
from searchlib.articles.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import JsonValue

    from searchlib.articles.header import Header
    from searchlib.articles.labels import Label
    from searchlib.articles.source import Source
    from searchlib.articles.text import Line


def read_export(
    lines: Sequence[Line], headers: Sequence[Header], source: Source
) -> Iterator[Record]:
    """Yield the articles of a file, given its lines and the headers found in them."""
    preamble = lines[: headers[0].start]
    if any(line.text and read_marks(line.text).kind is not Kind.RULE for line in preamble):
        yield read_plain(preamble, source)
    ends = [header.start for header in headers[1:]] + [len(lines)]
    for header, end in zip(headers, ends, strict=True):
        yield _to_record(header, lines[header.start], lines[header.end : end], source)


def _to_record(header: Header, first: Line, lines: Sequence[Line], source: Source) -> Record:
    extra: dict[str, JsonValue] = {}
    record: dict[str, JsonValue] = {
        "title": strip_markdown(header.title),
        "source": header.source,
    }
    numbers: dict[str, int] = {}
    for label in sorted(header.labels, key=_is_foreign):
        key = label.field if label.is_own else label.name
        if record.get(key):
            extra[label.name] = label.value
        else:
            record[key], numbers[key] = label.value, header.labels[label]
    if extra:
        record["extra"] = extra
    source.line = first.number
    record = add_text(record, lines, header.leftover)
    return Record(record, source.line, numbers)


def _is_foreign(label: Label) -> bool:
    # The archive's own labels come first: they are what its exports mean.
    return not label.is_own
