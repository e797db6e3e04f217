"""How are feeds read: RSS and Atom by feedparser, JSON Feed by ourselves?

feedparser reads the feeds that there are, many of which are no well-formed XML. It gets the bytes,
never an address, and no feed that declares entities. HTML in titles and texts is taken out
when the article is made (:mod:`searchlib.articles.markup`).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING, Any

from searchlib.articles.formats.base import Format, guarded
from searchlib.articles.formats.standfirst import add_standfirst
from searchlib.articles.json_decoding import JsonDecoder, find_unfit
from searchlib.articles.records import Record
from searchlib.articles.text import UnusableError
from searchlib.articles.xml_stream import ATTRIBUTE_LIMIT, has_many_attributes, root_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import JsonValue

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source

_ROOTS = frozenset({"rss", "feed"})
_KIND = "http://schemas.google.com/g/2005#kind"
_TAKEN = frozenset({"author", "link", "summary"})  # fields have them under other names
_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_UNCLOSED_LIMIT = 50_000  # feedparser takes time for each at the end of each
_JSON_FEED = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*\{.{0,4000}\"https?://(?:www\.)?jsonfeed\.org/", re.DOTALL
)


def read_feed(source: Source) -> Iterator[Item]:
    """Yield the entries of a feed in XML."""
    import feedparser

    data = source.read()
    if b"<!ENTITY" in data.upper():
        raise UnusableError(
            "expected a feed, got one that declares entities (<!ENTITY ...>), which are refused "
            "for safety; remove the declarations"
        )
    if data.count(b"<") - 2 * data.count(b"</") - data.count(b"/>") > _UNCLOSED_LIMIT:
        raise UnusableError("expected a feed, got one with more elements open than a feed can have")
    if has_many_attributes(data.decode("latin-1")):
        raise UnusableError(
            f"expected a feed of at most {ATTRIBUTE_LIMIT} attributes to an element, got more"
        )
    with guarded("a feed"):
        found = feedparser.parse(BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    left_out: Counter[str] = Counter()
    for entry in found.entries:
        kind = _kind_of(entry)
        if kind in ("", "post", "page"):
            yield Record(_to_record(entry, found.feed))
        else:
            left_out[kind] += 1
    if left_out:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in left_out.most_common())
        yield source.notice(f"left out, as they are no articles: {kinds}", "blogger")
    if not found.entries and data.strip():
        yield source.problem("expected a feed with entries, got none; check that the file is whole")
    elif data.strip() and not _END.search(data):
        yield source.problem(
            "ends within the feed: its entries up to that place were read, the last of them may be "
            "cut short; get a whole copy"
        )


def _to_record(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> dict[str, JsonValue]:
    contents = [content.get("value", "") for content in entry.get("content", ())]
    others = {key: value for key, value in entry.items() if isinstance(value, str)}
    record: dict[str, JsonValue] = {
        **{key: value for key, value in others.items() if key not in _TAKEN},
        "id": entry.get("id"),
        "title": entry.get("title"),
        "body": add_standfirst("\n\n".join(contents), entry.get("summary", "")),
        "published": entry.get("published") or entry.get("updated"),
        "source": entry.get("source", {}).get("title") or feed.get("title"),
        "authors": _names(entry) or _names(feed),
        "categories": [
            tag.get("label") or tag.get("term")
            for tag in entry.get("tags", ())
            if tag.get("scheme") != _KIND
        ],
        "language": entry.get("language") or feed.get("language"),
        "url": _address(entry),
    }
    return {name: value for name, value in record.items() if value}


def _address(entry: Mapping[str, Any]) -> str | None:
    """Give the link of an entry; feedparser takes its id for one, even if it is no address."""
    link = entry.get("link")
    return link if entry.get("links") or "://" in (link or "") else None


def _kind_of(entry: Mapping[str, Any]) -> str:
    """Tell what an entry is in the export of a blog by Blogger: "post", "comment", "settings"."""
    if told := entry.get("blogger_type"):  # exports of today
        return str(told).lower()
    terms = [tag["term"] for tag in entry.get("tags", ()) if tag.get("scheme") == _KIND]
    return terms[0].rpartition("#")[2] if terms else ""


def _names(has_authors: Mapping[str, Any]) -> list[JsonValue]:
    names = [author.get("name") for author in has_authors.get("authors", ())]
    return [name for name in names or [has_authors.get("author")] if name]


def read_json_feed(source: Source) -> Iterator[Item]:
    """Yield the items of a JSON Feed."""
    decoder = JsonDecoder(source)
    with guarded("a JSON Feed"):
        feed = decoder.decode(source.text())
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(feed, dict) or not isinstance(items, list):
        raise UnusableError('expected a JSON Feed with a list "items", got none; correct it')
    for item in items:
        unfit = find_unfit(item) if decoder.has_unfit else None
        if unfit is not None:
            yield source.problem(f"{unfit.reason}; correct it")
        elif isinstance(item, dict):
            yield Record(_from_json(item, feed))
        else:
            yield source.problem(f'expected an object in "items", got {json.dumps(item)[:60]}')


def _from_json(item: dict[str, JsonValue], feed: dict[str, JsonValue]) -> dict[str, JsonValue]:
    record = dict(item)
    texts = [record.pop(name, None) for name in ("content_html", "content_text", "summary")]
    html, plain, summary = (text if isinstance(text, str) else "" for text in texts)
    record["body"] = add_standfirst(html or plain, summary)
    record["published"] = record.pop("date_published", None) or record.get("date_modified")
    record["authors"] = record.get("authors") or record.get("author") or feed.get("authors")
    record.setdefault("language", feed.get("language"))
    record["source"] = feed.get("title")
    return {name: value for name, value in record.items() if value not in (None, "", [], {})}


FEED = Format(
    name="feed",
    endings=(".rss", ".atom", ".rdf"),
    read=read_feed,
    sniff=lambda head: (
        root_name(head) in _ROOTS or (root_name(head) == "RDF" and b"http://purl.org/rss/" in head)
    ),
    extra="feeds",
    has_machine_dates=True,
)
JSON_FEED = Format(
    name="JSON Feed",
    endings=(),
    read=read_json_feed,
    sniff=lambda head: bool(_JSON_FEED.match(head)),
    has_machine_dates=True,
)
