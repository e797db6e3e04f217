"""What does a page say of a hit or an article, whatever its model?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from markupsafe import Markup

from searchlib.frozen import frozen
from searchlib.schema.paths import as_list
from searchlib.server.links import web_address
from searchlib.server.marked_text import MarkedText, marked_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from searchlib.search.hits import Hit
    from searchlib.server.links import Links
    from searchlib.server.roles import Roles

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_LONGEST_LABEL: Final = 200
_PLACES_IN_FILES: Final = ("line", "record")
UNTITLED: Final = "(untitled)"


class Value(NamedTuple):
    """A value, and where a link on it leads, if anywhere."""

    text: str
    href: str = ""


class Fact(NamedTuple):
    """What is known of an article besides its text: a name, and values."""

    name: str
    values: list[Value]


@frozen
class ShownHit:
    """A hit as a page has it.

    Attributes:
        rank: Its rank.
        key: The key of the document.
        title: The title, with marks.
        href: Where the article is.
        facts: Source, date and place, with links to searches.
        snippets: The passages that match, with marks.
        copies: How many copies are folded into it.
    """

    rank: int
    key: str
    title: Markup | str
    href: str
    facts: list[Value]
    snippets: list[Markup]
    copies: int


def shown_hit(
    hit: Hit[Any],
    roles: Roles,
    links: Links,
    q: str = "",
    match: str = "",
    *,
    typos: bool = False,
) -> ShownHit:
    """Write a hit as a page has it. Its snippets are HTML already, by the library's own escaping.

    Args:
        hit: The hit.
        roles: What its fields are.
        links: Where links lead.
        q: The query, which the page of the article marks.
        match: How its words were matched.
        typos: Whether words like them were found, too.
    """
    snippets, stored = hit.snippets, hit.stored
    title = snippets.get(roles.title)
    return ShownHit(
        rank=hit.rank,
        key=hit.key,
        title=Markup(title.html) if title else title_of(stored, roles),  # noqa: S704 - escaped
        href=links.article(hit.key, q, match, typos=typos),
        facts=about(stored, roles, links),
        snippets=[
            Markup(snippet.html)  # noqa: S704 - it is escaped, except for its marks
            for name, snippet in snippets.items()
            if name != roles.title
        ],
        copies=hit.collapsed.count,
    )


def title_of(stored: Mapping[str, Any], roles: Roles) -> str:
    """Give the title of a document, or what stands for it."""
    return str(stored.get(roles.title) or UNTITLED)


def about(stored: Mapping[str, Any], roles: Roles, links: Links) -> list[Value]:
    """Name the source, the date and the place of a document."""
    date = stored.get(roles.date)
    written = stored.get(roles.date_text) or date
    day = str(date or "")[:10]
    when = Value(str(written or ""), links.day(day) if day else "")
    source, place = (
        _label(name, str(stored.get(name) or ""), links) for name in (roles.source, roles.place)
    )
    return [fact for fact in (source, when, place) if fact.text]


def facts_of(stored: Mapping[str, Any], roles: Roles, links: Links) -> list[Fact]:
    """Tell all that is known of a document besides its texts and its key."""
    left_out = {*roles.texts, *_PLACES_IN_FILES, roles.key, roles.url}
    facts = [
        Fact(name_of(name), _values(name, value, roles, links))
        for name, value in stored.items()
        if name not in left_out and not isinstance(value, dict)
    ]
    more = (value for value in stored.values() if isinstance(value, dict))
    for extra in more:
        facts += [
            Fact(str(name), _values("", value, roles, links)) for name, value in extra.items()
        ]
    return [fact for fact in facts if fact.values]


def name_of(field: str) -> str:
    """Write the name of a field as people read it."""
    return field.replace("_", " ").replace(".", " ").strip().capitalize()


def language_of(stored: Mapping[str, Any]) -> str:
    """Give the language of a document for the browser, if it is a tag of one."""
    language = stored.get("language")
    return language if isinstance(language, str) and _LANGUAGE.fullmatch(language) else ""


def original_of(stored: Mapping[str, Any], roles: Roles) -> str:
    """Give the address of the original if it is one of the web."""
    return web_address(stored.get(roles.url))


def citation_of(stored: Mapping[str, Any], roles: Roles) -> str:
    """Cite an article in a line: authors, title, source, date, address."""
    authors = stored.get("authors")
    parts = [
        ", ".join(map(str, as_list(authors))) if isinstance(authors, list) else "",
        f"“{title_of(stored, roles)}”",
        str(stored.get(roles.source) or ""),
        str(stored.get(roles.date_text) or stored.get(roles.date) or ""),
        original_of(stored, roles),
    ]
    return ". ".join(part for part in parts if part) + "."


def texts_of(
    stored: Mapping[str, Any], roles: Roles, hit: Hit[Any] | None
) -> tuple[MarkedText, list[tuple[str, MarkedText]]]:
    """Write the title and the other texts of an article, with marks if a query found it."""
    snippets = hit.snippets if hit is not None else {}
    before = 0
    written: dict[str, MarkedText] = {}
    for name in sorted(roles.texts, key=lambda name: name != roles.title):
        found = snippets.get(name)
        text, spans = (found.text, found.spans) if found else (str(stored.get(name) or ""), ())
        written[name] = marked_text(text, spans, before)
        before += written[name].marks
    title = written.pop(roles.title, MarkedText([], 0))
    return title, [(name, text) for name, text in written.items() if text.paragraphs]


def _values(name: str, value: Any, roles: Roles, links: Links) -> list[Value]:
    values = value if isinstance(value, list) else [value]
    return [_value(name, one, roles, links) for one in values if one not in (None, "", [], {})]


def _value(name: str, value: Any, roles: Roles, links: Links) -> Value:
    if name in roles.labels and isinstance(value, str):
        return _label(name, value, links)
    if name == roles.date:
        return Value(str(value), links.day(str(value)[:10]))
    return Value(str(value))


def _label(name: str, label: str, links: Links) -> Value:
    if len(label) > _LONGEST_LABEL:
        return Value(label)
    return Value(label, links.label(name, label))
