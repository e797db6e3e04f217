"""How does a web page become an article?

trafilatura tells the text of the article from everything around it, and finds headline, author and
site. Dates are taken from where a page says that it gives its date; none is looked for in the
text. A page in which it finds no text gives all the text it has.

A page that a browser saved as one file (``.mhtml``) is a mail with the page as its first part.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from searchlib.articles.dates import read_date
from searchlib.articles.formats.base import Format, guarded
from searchlib.articles.formats.linked_data import read_linked_data
from searchlib.articles.formats.press import read_press
from searchlib.articles.formats.standfirst import add_standfirst
from searchlib.articles.frontmatter import split_front_matter
from searchlib.articles.records import Record
from searchlib.articles.text import UnusableError, split_lines
from searchlib.articles.xml_stream import (
    ATTRIBUTE_LIMIT,
    DEPTH_LIMIT,
    has_many_attributes,
    paragraphs_of,
    root_name,
    text_of,
    use_declared_encoding,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from lxml.html import HtmlElement
    from pydantic import JsonValue

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source

PAGE_LIMIT = 4 * 1024 * 1024
"""The most characters that a page may have, without its images and scripts: its tree takes thirty
times the memory."""

ELEMENT_LIMIT = 20_000
"""The most elements that trafilatura is given, which takes 0.15 ms for each; of a page that has
more all the text is taken."""

_DATA = re.compile(r"data:[\w/+.;=-]{0,100};base64,[\w+/=%\s]+")
_SCRIPT = re.compile(r"<(?P<name>script|style|svg)\b(?P<attributes>[^>]{0,2000})", re.IGNORECASE)
_MULTIPART_LIMIT = 100  # each part in parts is looked through for the ends of all around it
_CHARSET = re.compile(rb"<meta\s[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)(?P<browser>\S{1,2000}) -->"
    r"|Page saved with SingleFile\s+url:\s*(?P<singlefile>\S{1,2000})"
    r"|Mirrored from (?P<httrack>\S{1,2000}) by HTTrack)"
)
_TOO_DEEP = f"boolean({'/*' * (DEPTH_LIMIT + 1)})"
# Words of press databases, and the number of Europresse: an export has them more than once.
_EXPORT_WORDS = ("document", "gbi-genios", "lblnodoc")
_find_europresse = re.compile(r"\w·\d{8}·").findall
_LONG_ARTICLE = 500  # characters
_NO_TEXT = "the page has no text: a browser may have to run its scripts, and save it then"
_ROOTS = frozenset({"html", "head", "body"})
# What text that is a piece of HTML begins with.
_PIECES = frozenset({
    "article", "blockquote", "center", "div", "font", "h1", "h2", "h3", "main", "meta", "p",
    "section", "table", "title",
})  # fmt: skip
_PUBLISHED = (
    "article:published_time", "og:published_time", "datepublished", "dc.date.issued",
    "dcterms.created", "parsely-pub-date", "sailthru.date", "pubdate", "publication_date",
    "dc.date", "date",
)  # fmt: skip


def read_html(source: Source) -> Iterator[Item]:
    """Yield the article of a web page."""
    use_declared_encoding(source, _CHARSET)
    page = source.text()
    front = split_front_matter(page) if page.lstrip().startswith(("---", "+++")) else None
    if front is not None:  # generators of static sites read it there, too
        for item in _read_page(front.text, source):
            yield _with_front(item, front.values, source) if isinstance(item, Record) else item
    elif page.strip():
        yield from _read_page(page, source)


def _with_front(record: Record, front: dict[str, JsonValue], source: Source) -> Record:
    """Add front matter, which counts for more than what was found in the page."""
    has = source.options.fields.has
    found = {
        name: value
        for name, value in record.values.items()
        if name == "body" or not has(front, name)
    }
    return record._replace(values={**front, **found})


def read_mhtml(source: Source) -> Iterator[Item]:
    """Yield the article of a page that was saved as one file."""
    data = source.read()
    if not data.strip():
        return
    if data.count(b"multipart/") > _MULTIPART_LIMIT:
        raise UnusableError("expected a saved web page, got parts of parts without end")
    with guarded("a saved web page"):
        message = message_from_bytes(data, policy=policy.default)
        part = next(filter(_is_page, message.walk()), None)
        if part is None:
            raise UnusableError("expected a saved web page, got a mail without a page in it")
        page = _decode(part)
    address = message.get("Snapshot-Content-Location") or part.get("Content-Location")
    yield from _read_page(page, source, str(address) if address else None)


def _is_page(part: EmailMessage) -> bool:
    return part.get_content_type() in ("text/html", "application/xhtml+xml")


def _decode(part: EmailMessage) -> str:
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    charset = _CHARSET.search(data[:4096])
    for name in (part.get_content_charset(), charset and charset[1].decode("latin-1"), "utf-8"):
        try:
            return data.decode(name) if name else data.decode()
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("cp1252", "replace")


def _read_page(page: str, source: Source, address: str | None = None) -> Iterator[Item]:
    if address is None and (saved := _SAVED_FROM.search(page[:4096])):
        mirrored = saved["httrack"]
        address = f"http://{mirrored}" if mirrored else saved["browser"] or saved["singlefile"]
    page = _without_scripts(_DATA.sub("data:,", page))
    if len(page) > PAGE_LIMIT:
        raise UnusableError(
            f"expected a web page of at most {PAGE_LIMIT >> 20} MiB besides its images and "
            "scripts, got a larger one; take the text out of it"
        )
    if has_many_attributes(page):
        raise UnusableError(
            f"expected a web page of at most {ATTRIBUTE_LIMIT} attributes to an element, got more"
        )
    tree, found = _extract(page, address)
    if _may_be_export(page) and (parts := _read_parts(tree, source)):
        yield from parts
        return
    yield from _notice_of_several(tree, source)
    if found is not None:
        values = _to_values(found, tree, address)
        yield Record(values)
        if "body" not in values:
            yield source.notice(_NO_TEXT, "page")
        return
    body = paragraphs_of(tree.find("body"))
    yield Record(
        {"title": _title(tree), "body": body, "published": _published(tree), "url": address}
    )
    message = "no article could be told from the rest of the page: all its text was read"
    if not body:
        message = _NO_TEXT
    yield source.notice(message, "page")


def _may_be_export(page: str) -> bool:
    words = sum(map(page.lower().count, _EXPORT_WORDS))
    return words > 1 or ("·" in page and words + len(_find_europresse(page)) > 1)


def _read_parts(tree: HtmlElement, source: Source) -> list[Item]:
    """Read the articles of an export of a press database as a page, if it has several."""
    parts = [*read_press(split_lines(paragraphs_of(tree.find("body"))), source)]
    source.line = 0  # those were lines of the text, not of the file
    if sum(isinstance(part, Record) for part in parts) < 2:
        return []
    return [part._replace(line=None) if isinstance(part, Record) else part for part in parts]


def _notice_of_several(tree: HtmlElement, source: Source) -> Iterator[Item]:
    """Say that a page has several articles with all their text, and that it was read as one."""
    outer = tree.xpath("//article[not(ancestor::article)][.//h1 or .//h2 or .//h3]")
    if sum(len(text_of(each)) > _LONG_ARTICLE for each in outer) > 1:
        message = "several articles seem to be in this page, which was read as one; save each alone"
        yield source.notice(message, "several")


def _without_scripts(page: str) -> str:
    """Leave out what is no text, in linear time; data on the article for search engines stays."""
    parts: list[str] = []
    at = 0
    for found in _SCRIPT.finditer(page):
        if found.start() < at or "ld+json" in found["attributes"]:
            continue
        end = page.find(f"</{found['name']}", found.end())
        if end < 0:
            break
        parts.append(page[at : found.start()])
        at = page.find(">", end) + 1 or len(page)
    return "".join([*parts, page[at:]])


def _extract(page: str, address: str | None) -> tuple[HtmlElement, Any]:
    """Give the tree of a page, and what trafilatura found in it, or ``None``."""
    from trafilatura import bare_extraction, load_html

    with guarded("a web page"):
        # It takes no page whose head does not speak of HTML: not a piece of one, as content
        # management systems export them.
        tree = load_html(page if "html" in page[:50].lower() else f"<!doctype html>{page}")
        if tree is None:
            raise UnusableError("expected a web page, got one of which no parser makes any sense")
        if _count_elements(tree) > ELEMENT_LIMIT:
            return tree, None
        found: Any = bare_extraction(
            tree, url=address, with_metadata=True, include_comments=False,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )  # fmt: skip
    return tree, found if found is not None and found.text else None


def _count_elements(tree: HtmlElement) -> int:
    """Count the elements of a page, and refuse one in which too many are in one another."""
    if tree.xpath(_TOO_DEEP):
        raise UnusableError(
            f"expected a web page of at most {DEPTH_LIMIT} elements in one another, got more"
        )
    return int(tree.xpath("count(descendant::*)"))


def _to_values(found: Any, tree: HtmlElement, address: str | None) -> dict[str, JsonValue]:
    said = read_linked_data(tree)
    title = found.title or _title(tree)
    body = _body(found.text or "", title or "")
    record = {
        "title": title,
        "body": add_standfirst(body, text_of(_marked(tree, "p-summary"))),
        "published": _published(tree, found.date, said.published),
        "authors": [name.strip() for name in (found.author or "").split(";")]
        if found.author
        else [*said.authors],
        "source": found.sitename or found.hostname,
        "categories": _labels([*(found.categories or ()), *(found.tags or ()), *said.keywords]),
        "language": tree.get("lang"),
        "url": found.url or address or _permalink(tree),
        "description": found.description,
    }
    return {name: value for name, value in record.items() if value}


def _body(text: str, title: str) -> str:
    lines = [line.strip(" |") for line in text.split("\n")]
    while lines[:1] == [title]:  # above the text and in it
        del lines[0]
    return "\n\n".join(filter(None, lines))


def _marked(tree: HtmlElement, name: str) -> HtmlElement | None:
    """Find the element that a microformat calls so, as exports of Medium and IndieWeb do."""
    entries = tree.find_class("h-entry")
    return next((each for entry in entries[:1] for each in entry.find_class(name)), None)


def _permalink(tree: HtmlElement) -> str | None:
    links = (_marked(tree, name) for name in ("p-canonical", "u-url"))
    return next((str(link.get("href")) for link in links if link is not None), None)


def _labels(texts: list[str]) -> list[JsonValue]:
    labels = (label.strip() for text in texts for label in re.split("[,;]", text))
    return [*dict.fromkeys(filter(None, labels))]


def _title(tree: HtmlElement) -> str:
    return " ".join((tree.findtext(".//title") or "").split())


def _published(tree: HtmlElement, found: str | None = None, said: str | None = None) -> str | None:
    """Find the date that the page gives, with its time of day.

    Args:
        tree: The page.
        found: The date that was found elsewhere in it.
        said: The date that it gives to search engines.
    """
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        metas.setdefault(name.lower(), meta.get("content") or "")
    texts = [text for name in _PUBLISHED if (text := metas.get(name, "").strip())]
    texts += [said] if said else []
    return next(filter(read_date, texts), found or next(iter(texts), None))


def _is_mhtml(head: bytes) -> bool:
    """Whether a file begins with the header of a mail that is a page with its parts."""
    header = head[:4096].lower()
    begins = (b"from:", b"mime-version:", b"message-id:", b"snapshot-content-location:")
    return (
        header.startswith(begins)
        and b"multipart/related" in header
        and (b"text/html" in header or b"snapshot-content-location" in header)
        and b"\nreceived:" not in header
        and b"\nto:" not in header
    )


HTML = Format(
    name="web page",
    endings=(".html", ".htm", ".xhtml"),
    read=read_html,
    sniff=lambda head: root_name(head).lower() in _ROOTS,
    guess=lambda head: root_name(head).lower() in _PIECES,
    extra="html",
    has_machine_dates=True,
)
MHTML = Format(
    name="saved web page",
    endings=(".mhtml", ".mht"),
    read=read_mhtml,
    sniff=_is_mhtml,
    extra="html",
    has_machine_dates=True,
)
