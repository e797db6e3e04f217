"""How is the export of a WordPress site read (WXR, "WordPress eXtended RSS")?

Each ``<item>`` with a text is an article, also a draft or a type of post that a plugin has made;
what WordPress keeps in items for itself (menus, images, styles) is counted and told at the end. The
file is read item by item, so the export of a large site needs no more memory than a small one.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from searchlib.articles.dates import read_date
from searchlib.articles.formats.base import Format
from searchlib.articles.formats.standfirst import add_standfirst
from searchlib.articles.records import Record
from searchlib.articles.xml_stream import read_elements, root_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from pydantic import JsonValue

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source

_NO_ARTICLES = frozenset({
    "attachment", "custom_css", "customize_changeset", "nav_menu_item", "oembed_cache", "revision",
    "user_request", "wp_block", "wp_font_face", "wp_font_family", "wp_global_styles",
    "wp_navigation", "wp_template", "wp_template_part",
})  # fmt: skip
# The rest of an item is of the site's making, not of the article.
_NAMES = {
    "title": "title", "link": "url", "guid": "guid",
    "wp:post_type": "post type", "wp:status": "status",
}  # fmt: skip
# WordPress's own; what stands between two of them, such as the words below an image, is text.
_SHORTCODE = re.compile(
    r"\[/?(?:caption|wp_caption|gallery|playlist|audio|video|embed)(?:\s[^\[\]]{0,2000})?/?\]"
)
_NO_DATE = "0000-00-00 00:00:00"


def read_wordpress(source: Source) -> Iterator[Item]:
    """Yield the articles of an export, and a notice of the items that are none."""
    authors: dict[str, str] = {}
    left_out: Counter[str] = Counter()
    site: dict[str, JsonValue] = {}
    wanted = ("item", "wp:author", "channel>title", "channel>language")
    for element in read_elements(source, wanted, prefixes=True):
        if element.tag == "wp:author":
            login = _text(element, "wp:author_login")
            authors[login] = _text(element, "wp:author_display_name") or login
        elif element.tag != "item":
            site["source" if element.tag == "title" else element.tag] = element.text
        elif (kind := _text(element, "wp:post_type")) in _NO_ARTICLES:
            left_out[kind] += 1
        else:
            left_out["comment"] += len(element.findall("wp:comment"))
            yield Record(_to_record(element, authors) | site, source.line)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in left_out.most_common() if count)
    if kinds:
        yield source.notice(f"left out, as they are no articles: {kinds}", "wordpress")


def _to_record(item: Element, authors: dict[str, str]) -> dict[str, JsonValue]:
    record: dict[str, JsonValue] = {
        name: text for tag, name in _NAMES.items() if (text := _text(item, tag))
    }
    text = _SHORTCODE.sub("", _text(item, "content:encoded"))
    record["body"] = add_standfirst(text, _text(item, "excerpt:encoded"))
    for meta in item.iter("wp:postmeta"):
        key = _text(meta, "wp:meta_key")
        if not key.startswith("_"):  # those that plugins hide from writers
            _add(record, f"meta {key}", _text(meta, "wp:meta_value"))
    creator = _text(item, "dc:creator")
    record["author"] = authors.get(creator, creator)
    record["published"] = _date(item)
    # Sections before tags.
    labels = sorted(item.iter("category"), key=lambda label: label.get("domain") == "post_tag")
    record["categories"] = ["".join(label.itertext()).strip() for label in labels]
    return record


def _add(record: dict[str, JsonValue], key: str, value: str) -> None:
    """Add a value to a record, beside another of the same key."""
    found = record.get(key)
    if key not in record:
        record[key] = value
    elif isinstance(found, list):
        found.append(value)
    else:
        record[key] = [found, value]


def _date(item: Element) -> str:
    """Give the date of an item, with its zone if there is one. A draft has none but zeros."""
    texts = [_text(item, tag) for tag in ("wp:post_date", "pubDate")]
    dates = [text for text in texts if text and text != _NO_DATE and "-0001" not in text]
    return next(filter(read_date, dates), "".join(dates[:1]))


def _text(item: Element, tag: str) -> str:
    return (item.findtext(tag) or "").strip()


WORDPRESS = Format(
    name="WordPress export",
    endings=(".wxr",),
    read=read_wordpress,
    sniff=lambda head: root_name(head) == "rss" and b"//wordpress.org/export/" in head,
    has_machine_dates=True,
)
