"""How is the export of a blog by Movable Type or TypePad read, a text file of all its entries?

An entry is sections between lines of five hyphens: first labels (``TITLE: Fog``), then texts, each
under its name (``BODY:``). A line of eight hyphens ends it. Other blogs write this form as well.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from searchlib.articles.dates import read_date
from searchlib.articles.formats.base import Format
from searchlib.articles.formats.standfirst import add_standfirst
from searchlib.articles.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import JsonValue

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source

_END, _BETWEEN = "--------", "-----"
_LABEL: Final = re.compile(r"([A-Z][A-Z ]{1,30}): ?(.*)")
_NAMES: Final = {"author": "author", "title": "title", "date": "date", "unique url": "url"}
_CATEGORIES: Final = frozenset({"category", "primary category", "tags"})
_NO_ARTICLES: Final = frozenset({"comment", "ping"})
_BEGINS: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,20}(?:[A-Z][A-Z ]{1,30}:[^\n]{0,1000}\n){1,30}-----\s*\n"
    rb"(?:BODY|EXTENDED BODY|EXCERPT|KEYWORDS):"
)


def read_movable_type(source: Source) -> Iterator[Item]:
    """Yield the articles of an export, and a notice of the comments in it."""
    left_out: Counter[str] = Counter()
    entry: list[str] = []
    for number, line in enumerate([*source.text().split("\n"), _END], 1):
        if line.rstrip() != _END:
            entry.append(line)
            continue
        if any(map(str.strip, entry)):
            yield Record(_to_record(entry, left_out), number - len(entry))
        entry = []
    if left_out:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in left_out.most_common())
        yield source.notice(f"left out, as they are no articles: {kinds}", "movable type")


def _to_record(entry: Sequence[str], left_out: Counter[str]) -> dict[str, JsonValue]:
    labels, *sections = _sections(entry)
    record = _labels(labels)
    above = [line for line in labels if not _LABEL.fullmatch(line)]
    texts = {"body": "\n".join(above), "extended body": "", "excerpt": "", "keywords": ""}
    for name, *lines in sections:
        label, _, first = name.partition(":")
        key, text = label.strip().lower(), "\n".join([first, *lines]).strip()
        if key in _NO_ARTICLES:
            left_out[key] += 1
        elif key in texts:
            texts[key] = f"{texts[key]}\n\n{text}".strip()
        else:  # a rule in the text
            texts["body"] += f"\n\n{name}\n" + "\n".join(lines)
    body = "\n\n".join(filter(None, (texts["body"], texts["extended body"])))
    body = add_standfirst(body, texts["excerpt"])
    return {**record, "body": body, "keywords": texts["keywords"]}


def _sections(entry: Sequence[str]) -> list[list[str]]:
    sections: list[list[str]] = [[]]
    for line in entry:
        if line.rstrip() == _BETWEEN:
            sections.append([])
        elif line or sections[-1]:
            sections[-1].append(line)
    return [sections[0], *filter(None, sections[1:])]


def _labels(lines: Sequence[str]) -> dict[str, JsonValue]:
    record: dict[str, JsonValue] = {}
    categories: list[JsonValue] = []
    for found in filter(None, map(_LABEL.fullmatch, lines)):
        key, value = found[1].lower(), found[2].strip()
        if key in _CATEGORIES:
            categories += [value] if value and value not in categories else []
        elif value:
            record[_NAMES.get(key, key)] = value
    date = read_date(str(record.get("date", "")), "mdy")  # as the form has it, everywhere
    if date is not None:
        record["date"] = date.isoformat()
    return {**record, "categories": categories}


MOVABLE_TYPE: Final = Format(
    name="Movable Type export",
    endings=(".mt",),
    read=read_movable_type,
    guess=lambda head: _BEGINS.match(head) is not None,
    has_machine_dates=True,
)
