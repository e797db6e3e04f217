"""How is a search followed? As RSS 2.0, the newest articles first."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from searchlib.server.showing import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from searchlib.search.hits import Hit
    from searchlib.server.links import Links
    from searchlib.server.roles import Roles

_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def rss(
    title: str,
    address: str,
    hits: Iterable[Hit[Any]],
    *,
    roles: Roles,
    origin: str,
    links: Links,
    categories: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Write hits as a feed.

    Args:
        title: The title of the feed.
        address: The page with the same search, with its host.
        hits: The hits.
        roles: What their fields are.
        origin: The scheme and host of the server.
        links: Where links lead.
        categories: Names that hits are marked with, by their keys.
    """
    named = categories or {}
    items = "".join(_item(hit, roles, origin, links, named.get(hit.key, ())) for hit in hits)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0"><channel>'
        f"<title>{_text(title)}</title><link>{_text(address)}</link>"
        f"<description>{_text(title)}</description>{items}</channel></rss>\n"
    )


def _item(hit: Hit[Any], roles: Roles, origin: str, links: Links, categories: Iterable[str]) -> str:
    stored = hit.stored
    passages = [snippet.html for name, snippet in hit.snippets.items() if name != roles.title]
    published = _moment(stored.get(roles.date))
    when = f"<pubDate>{format_datetime(published)}</pubDate>" if published else ""
    marked = "".join(f"<category>{_text(name)}</category>" for name in categories)
    address = _text(f"{origin}{links.article(hit.key)}")
    return (
        f"\n<item><title>{_text(title_of(stored, roles))}</title><link>{address}</link>"
        f"<guid>{address}</guid>{when}{marked}"
        f"<description>{_text(' '.join(passages))}</description></item>"
    )


def _text(text: str) -> str:
    """Write a text as XML can have it."""
    return escape(_ILLEGAL.sub("\ufffd", text))


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
