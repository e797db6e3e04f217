"""How is the export of a wiki by MediaWiki read, such as a dump of Wikinews?

Each page is an article, in its last revision. Talk, templates, files and redirects are counted in
a notice. Of the marks of a wiki text, the words that a reader sees are left.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from searchlib.articles.dates import read_date
from searchlib.articles.formats.base import Format
from searchlib.articles.records import Record
from searchlib.articles.xml_stream import read_elements, root_name, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from pydantic import JsonValue

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source

_REDIRECT: Final = re.compile(r"\s*#\w+\s*:?\s*\[\[", re.IGNORECASE)
_REFERENCE: Final = re.compile(
    r"<ref(?:\s[^<>]{0,300})?/>|<ref(?:\s[^<>/]{0,300})?>[^<]{0,3000}</ref\s*>|<!--[^<]{0,9999}-->"
    r"|__[A-Z]{3,20}__",
    re.DOTALL | re.IGNORECASE,
)
_TEMPLATE: Final = re.compile(r"\{\{[^{}]{0,5000}\}\}|\{\|[^{}]{0,9999}\|\}")
_DATE: Final = re.compile(r"\{\{\s*(?:date|datum|data|fecha)\s*\|\s*([^{}|]{4,40})", re.IGNORECASE)
_LINK: Final = re.compile(r"\[\[(?P<target>[^\[\]|]{0,300})(?:\|(?P<text>[^\[\]]{0,2000}))?\]\]")
_OUTSIDE: Final = re.compile(r"\[https?://\S{1,2000}(?: ([^\[\]\n]{0,500}))?\]")
_MARK: Final = re.compile(r"'{2,5}|^[*#:;]+ ?|^-{4,}", re.MULTILINE)
_HEADING: Final = re.compile(r"^={1,6} ?(.{1,300}?) ?={1,6}[ \t]{0,20}$", re.MULTILINE)
_MEDIA: Final = re.compile(r"(?:file|image|media|datei|bild|fichier|archivo|immagine):", re.I)
_CATEGORY: Final = re.compile(
    r":?(?:category|kategorie|catégorie|categoría|categoria|категория):", re.I
)
_DEEPEST: Final = 8  # templates in one another


def read_mediawiki(source: Source) -> Iterator[Item]:
    """Yield the pages of an export, and a notice of those that are no articles."""
    left_out: Counter[str] = Counter()
    site = ""
    for element in read_elements(source, ("page", "siteinfo>sitename")):
        if element.tag == "sitename":
            site = text_of(element)
            continue
        text = "".join([each.text or "" for each in element.iter("text")][-1:])
        if _REDIRECT.match(text) or element.find("redirect") is not None:
            left_out["redirect"] += 1
        elif (element.findtext("ns") or "0").strip() != "0":
            left_out["page of another kind (talk, template, file)"] += 1
        else:
            yield Record(_to_record(element, text, site), source.line)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in left_out.most_common())
    if kinds:
        yield source.notice(f"left out, as they are no articles: {kinds}", "mediawiki")


def _to_record(page: Element, text: str, site: str) -> dict[str, JsonValue]:
    revision = ([*page.iter("revision")] or [page])[-1]
    told = _DATE.search(text)
    date = told[1].strip() if told and read_date(told[1].strip()) else ""
    changed = text_of(revision.find("timestamp"))
    return {
        "id": ":".join(filter(None, (site, text_of(page.find("id"))))),
        "source": site,
        "title": text_of(page.find("title")),
        "body": _prose(text),
        "published": date or changed,
        "changed": changed if date else "",
        "contributor": text_of(revision.find("contributor/username")),
        "categories": [*dict.fromkeys(_categories(text))],
    }


def _categories(text: str) -> Iterator[str]:
    for link in _LINK.finditer(text):
        if found := _CATEGORY.match(link["target"].strip()):
            yield link["target"].strip()[found.end() :].strip()


def _prose(text: str) -> str:
    text = _REFERENCE.sub("", text)
    for _ in range(_DEEPEST):
        text, count = _TEMPLATE.subn("", text)
        if not count:
            break
    for _ in range(2):  # links stand in the words below an image
        text = _LINK.sub(_shown, text)
    text = _OUTSIDE.sub(lambda found: found[1] or "", text)
    return _MARK.sub("", _HEADING.sub(r"\n\1\n", text)).strip()


def _shown(link: re.Match[str]) -> str:
    target, text = link["target"].strip(), link["text"]
    if _CATEGORY.match(target):
        return "" if not target.startswith(":") else target[1:]
    if _MEDIA.match(target):
        return (text or "").rpartition("|")[2]
    return text if text is not None else target.removeprefix(":")


MEDIAWIKI: Final = Format(
    name="MediaWiki export",
    endings=(),
    read=read_mediawiki,
    sniff=lambda head: root_name(head) == "mediawiki",
    has_machine_dates=True,
)
