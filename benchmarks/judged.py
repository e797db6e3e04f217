"""What was judged? Documents, queries, and which documents are relevant to which query.

Read from files in the forms that test collections come in, each gzipped or not:

========== ====================================================================================
documents  JSON Lines (``_id``, ``id`` or ``docno``; ``title``; ``text``, ``body`` or ``contents``),
           or TREC's SGML; several files in a folder
queries    JSON Lines (``_id`` or ``id``; ``text`` or ``query``), two columns in a ``.tsv``,
           or TREC topics
judgments  BEIR's three columns under a line of names, or TREC's four
========== ====================================================================================
"""

from __future__ import annotations

import gzip
import html
import json
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

from benchmarks.datasets import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DOCUMENT: Final = re.compile(r"<doc>(.*?)</doc>", re.DOTALL | re.IGNORECASE)
_DOCNO: Final = re.compile(r"<docno>(.*?)</docno>", re.DOTALL | re.IGNORECASE)
_HEADLINE: Final = re.compile(
    r"<(headline|head|title|ti)\b[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE
)
_TEXT: Final = re.compile(r"<(text|body)\b[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_TAG: Final = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)
_TOPIC: Final = re.compile(r"<top>(.*?)</top>", re.DOTALL | re.IGNORECASE)
_NUMBER: Final = re.compile(r"<num>\s*(?:Number:)?\s*([^\s<]+)", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title>\s*(?:Topic:)?(.*?)(?=<|\Z)", re.DOTALL | re.IGNORECASE)
_JSON_LINES: Final = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")

Judgments = dict[str, dict[str, int]]
"""For each query the documents that were judged, and how relevant they are: 0 for not at all."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a collection."""

    id: str
    title: str
    text: str


def read_documents(path: Path) -> Iterator[Document]:
    """Read documents from a file, or from all files of a folder.

    Raises:
        DatasetError: There is no such file, or it is in no form that is known.
    """
    files = (
        sorted(found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]
    )
    for file in files:
        if file.name.endswith(_JSON_LINES):
            for record in _records(file):
                yield Document(
                    _value(record, file, "_id", "id", "docno"),
                    str(record.get("title") or ""),
                    _value(record, file, "text", "body", "contents"),
                )
        else:
            yield from _sgml_documents(file)


def _sgml_documents(path: Path) -> Iterator[Document]:
    with _open(path) as file:
        content = file.read()
    for match in _DOCUMENT.finditer(content):
        source = match.group(1)
        number = _DOCNO.search(source)
        if number is None:
            raise DatasetError(f"expected <DOCNO> in each <DOC> of {path}")
        headline = _HEADLINE.search(source)
        text = "\n\n".join(_plain(part.group(2)) for part in _TEXT.finditer(source))
        yield Document(
            number.group(1).strip(),
            " ".join(_plain(headline.group(2)).split()) if headline else "",
            text,
        )


def _plain(source: str) -> str:
    """Take markup out of a text."""
    return html.unescape(_TAG.sub(" ", source)).strip()


def read_queries(path: Path) -> dict[str, str]:
    """Read queries: their texts by their ids.

    Raises:
        DatasetError: There is no such file, or it has no queries.
    """
    if path.name.endswith(_JSON_LINES):
        found = {
            _value(record, path, "_id", "id"): _value(record, path, "text", "query")
            for record in _records(path)
        }
    elif path.name.removesuffix(".gz").endswith(".tsv"):
        with _open(path) as file:
            rows = [line.rstrip("\n").split("\t") for line in file if line.strip()]
        found = {row[0]: row[-1] for row in rows}
    else:
        with _open(path) as file:
            found = dict(_topics(file.read()))
    if not found:
        raise DatasetError(f"expected queries as JSON Lines, .tsv or TREC topics in {path}")
    return found


def _topics(content: str) -> Iterator[tuple[str, str]]:
    """Take number and title from TREC topics, whose elements need no end tags."""
    for topic in _TOPIC.finditer(content):
        number, title = _NUMBER.search(topic.group(1)), _TITLE.search(topic.group(1))
        if number and title:
            yield number.group(1), " ".join(html.unescape(title.group(1)).split())


def read_judgments(path: Path) -> Judgments:
    """Read which documents are relevant.

    Raises:
        DatasetError: There is no such file, or a line of it is in no form that is known.
    """
    judgments: Judgments = {}
    with _open(path) as file:
        for number, line in enumerate(file, 1):
            columns = line.split()
            if not columns or (number == 1 and columns[0].lower() in ("query-id", "query_id")):
                continue
            try:
                grade = int(columns[-1])
                query, document = columns[0], columns[-2]
            except (IndexError, ValueError):
                columns = []
            if len(columns) not in (3, 4):
                raise DatasetError(
                    f"expected a query, a document and a grade in line {number} of {path}, got "
                    f"{line.strip()!r}"
                )
            judgments.setdefault(query, {})[document] = grade
    return judgments


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with _open(path) as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _value(record: dict[str, Any], path: Path, *names: str) -> str:
    for name in names:
        if record.get(name) is not None:
            return str(record[name])
    raise DatasetError(f"expected one of {', '.join(names)} in each record of {path}, got {record}")


def _open(path: Path) -> IO[str]:
    if not path.is_file():
        raise DatasetError(f"expected a file, there is none: {path}")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8", errors="replace")
