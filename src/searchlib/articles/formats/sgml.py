"""How are collections in SGML read: Reuters-21578, and those of TREC (AQUAINT, Gigaword, FT)?

They are no XML: a file has many documents and no root, ``&`` stands alone, ends of elements are
missing. A document goes from ``<DOC>`` or ``<REUTERS>`` to its end; in it, elements are looked for
by their names. Only one document is in memory at a time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from searchlib.articles.dates import read_date
from searchlib.articles.formats.base import Format
from searchlib.articles.markup import strip_html
from searchlib.articles.records import Record
from searchlib.articles.source import too_large
from searchlib.articles.text import UnusableError
from searchlib.articles.xml_stream import root_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source

_ROOTS: Final = frozenset({"doc", "reuters", "lewis"})
_BEGIN: Final = re.compile(
    r"<(?P<name>DOC|REUTERS)(?P<attributes>\s[^<>]{0,1000})?>", re.IGNORECASE
)
_IS_ONE: Final = re.compile(
    rb"<doc(?:\s[^<>]{0,300})?>\s*(?:<docno>|<docid>)|<doc\s[^<>]{0,300}type="
    rb"|<reuters\s|<!doctype lewis",
    re.IGNORECASE,
)
_ATTRIBUTE: Final = re.compile(r"([\w-]{1,40})\s*=\s*[\"']([^\"']{0,300})[\"']")
_CONTROL: Final = re.compile(r"&#(?:[0-9]|[12][0-9]|3[01]|127);")
_LABEL: Final = re.compile(r"<D>([^<]{0,200})</D>", re.IGNORECASE)
_FIELDS: Final = {
    "title": ("headline", "hl", "head", "title", "ttl", "ti", "h3", "slug"),
    "published": ("date", "date_time", "datetime", "dd", "date1", "pubdate"),
    "id": ("docno", "docid"),
    "byline": ("byline", "author", "by"),
    "dateline": ("dateline",),
    "source": ("so", "source", "pub", "publication"),
    "section": ("section", "category", "subject"),
}  # fmt: skip
_TEXTS: Final = ("text", "body", "lp", "leadpara", "graphic", "correction")
_TAKEN: Final = ("newid", "id", "topics")
_LABELS: Final = {"topics": "categories", "places": "places", "people": "people", "orgs": "orgs"}
_OUTER: Final = re.compile(r"<(?:text|body)[\s>]", re.IGNORECASE)
_NO_BODY: Final = re.compile(
    r"<(title|dateline|author|headline|date|byline)(?:\s[^<>]{0,300})?>[^<]{0,2000}</\1\s*>",
    re.IGNORECASE,
)
_MARK: Final = re.compile(r"</?[A-Z][A-Z0-9]{0,20}(?:\s[^<>]{0,300})?>")  # <F P=100>, <ROWRULE>
_DIGITS: Final = re.compile(r".*?(?<!\d)((?:19|20)?\d\d[01]\d[0-3]\d)(?!\d).*", re.DOTALL)


def read_sgml(source: Source) -> Iterator[Item]:
    """Yield the documents of a collection."""
    count = 0
    for begin, text, line in _documents(source):
        count += 1
        source.line = line
        yield Record(_to_record(begin, text), line)
    if not count:
        yield source.problem("expected documents (<DOC> or <REUTERS>), got none; correct the file")


def _documents(source: Source) -> Iterator[tuple[re.Match[str], str, int]]:
    """Cut a file into documents; one without an end goes to the next, or to the end of the file."""
    rest, line = "", 1
    for piece in source.pieces():
        rest += piece
        while (begin := _BEGIN.search(rest)) is not None:
            end, after = _end_of(rest, begin)
            if end < 0:
                break
            yield begin, rest[begin.end() : end], line + rest.count("\n", 0, begin.start())
            line += rest.count("\n", 0, after)
            rest = rest[after:]
        if len(rest) > source.limit:
            raise UnusableError(too_large("document"), line)
    if begin := _BEGIN.search(rest):
        yield begin, rest[begin.end() :], line + rest.count("\n", 0, begin.start())


def _end_of(text: str, begin: re.Match[str]) -> tuple[int, int]:
    """Find where a document ends, and where what is behind it begins; -1 if it is not there yet."""
    pattern = rf"</{begin['name']}\s*>|<{begin['name']}(?=[\s>])"
    found = re.compile(pattern, re.IGNORECASE).search(text, begin.end())
    if found is None:
        return -1, -1
    is_end = found[0].startswith("</")
    return found.start(), found.end() if is_end else found.start()


def _to_record(begin: re.Match[str], text: str) -> dict[str, JsonValue]:
    text = _CONTROL.sub(" ", text)
    attributes = {
        key.lower(): value for key, value in _ATTRIBUTE.findall(begin["attributes"] or "")
    }
    record: dict[str, JsonValue] = {
        field: found for field, names in _FIELDS.items() if (found := _first(text, names))
    }
    number = attributes.get("newid") or attributes.get("id")
    if number:
        record["id"] = f"reuters:{number}" if begin["name"].lower() == "reuters" else number
    for name, field in _LABELS.items():
        labels = _LABEL.findall(" ".join(_inside(text, name)))
        if labels:
            record[field] = [*labels]
    record["body"] = _body(text)
    _add_date(record)
    others = {key: value for key, value in attributes.items() if key not in _TAKEN}
    return {**others, **record}


def _add_date(record: dict[str, JsonValue]) -> None:
    """Read a date as collections write it: in two digits of the year, or in the number alone."""
    text = str(record.get("published", ""))
    number = str(record.get("id", ""))
    if read_date(text) is None or text.isdigit():
        digits = _DIGITS.fullmatch(text or number)
        if digits:
            day = digits[1] if len(digits[1]) == 8 else f"19{digits[1]}"
            written = f"{day[:4]}-{day[4:6]}-{day[6:]}"
            if read_date(written):
                record["published"] = written


def _body(text: str) -> str:
    """Put the texts together: of those in one another, the innermost."""
    parts = [part for name in _TEXTS for part in _inside(text, name)]
    return "\n\n".join(filter(None, (_prose(part) for part in parts if not _OUTER.search(part))))


def _first(text: str, names: tuple[str, ...]) -> str:
    found = (" ".join(_prose(part).split()) for name in names for part in _inside(text, name))
    return next(filter(None, found), "")


def _inside(text: str, name: str) -> list[str]:
    """Give what stands in each element of a name."""
    pattern = re.compile(rf"<{name}(?:\s[^<>]{{0,300}})?>", re.IGNORECASE)
    end = re.compile(rf"</{name}\s*>", re.IGNORECASE)
    found: list[str] = []
    begin = pattern.search(text)
    while begin is not None:
        close = end.search(text, begin.end())
        if close is None:
            break
        found.append(text[begin.end() : close.start()])
        begin = pattern.search(text, close.end())
    return found


def _prose(text: str) -> str:
    """Give the paragraphs of a text: those between <P>, or those that are indented."""
    text = _NO_BODY.sub("", text)
    text = re.sub(r"</?p\s*>", "\n\n", text, flags=re.IGNORECASE)
    text = _MARK.sub(" ", text)
    blocks = re.split(r"\n[ \t]*\n|\n(?=[ \t]{2,}\S)", strip_html(text))
    return "\n\n".join(filter(None, (" ".join(block.split()) for block in blocks)))


SGML: Final = Format(
    name="collection in SGML",
    endings=(".sgm", ".sgml"),
    read=read_sgml,
    sniff=lambda head: root_name(head).lower() in _ROOTS and _IS_ONE.search(head) is not None,
    has_machine_dates=True,
)
