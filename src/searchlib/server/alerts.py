"""Which of the newest articles match the saved queries? A page, and a feed to follow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from searchlib.server.feed import rss
from searchlib.server.problems import Refusal
from searchlib.server.showing import Value, shown_hit

if TYPE_CHECKING:
    from searchlib.search.hits import Hit
    from searchlib.server.archive import Archive
    from searchlib.server.links import Links
    from searchlib.server.showing import ShownHit
    from searchlib.server.state import Pairs
    from searchlib.server.templating import Templates

NEWEST: Final = 100
"""So many of the newest articles are matched with all saved queries."""
SHOWN: Final = 30
"""So many articles are shown of one saved query."""
MOST_NAMES: Final = 200
"""So many saved queries are listed."""


class AlertPages:
    """The page of saved queries, and its feed.

    Args:
        archive: What they are about.
        templates: How they look.
    """

    def __init__(self, archive: Archive, templates: Templates) -> None:
        self._archive = archive
        self._templates = templates

    def page(self, links: Links, pairs: Pairs) -> str:
        """Show the saved queries and the newest articles that match any, or those of one query.

        Raises:
            Refusal: There is no saved query of the name.
        """
        name = dict(pairs).get("name", "")
        saved = self._archive.saved
        hits, names = self._found(name)
        return self._templates.render(
            "alerts.html",
            links,
            chosen=name,
            query=str(saved[name]) if name else "",
            hits=[self._shown(hit, names.get(hit.key, []), links) for hit in hits],
            saved=[(one, str(query)) for one, query in [*saved.items()][:MOST_NAMES]],
            more=max(len(saved) - MOST_NAMES, 0),
            newest=NEWEST,
        )

    def feed(self, links: Links, pairs: Pairs, origin: str) -> str:
        """Write the same articles as a feed.

        Raises:
            Refusal: There is no saved query of the name.
        """
        name = dict(pairs).get("name", "")
        hits, names = self._found(name)
        site = self._archive.settings.title
        return rss(
            f"{name or 'Alerts'} – {site}",
            f"{origin}{links.alerts(name)}",
            hits,
            roles=self._archive.roles,
            origin=origin,
            links=links,
            categories=names,
        )

    def _found(self, name: str) -> tuple[list[Hit[Any]], dict[str, list[str]]]:
        """Find articles, and which saved queries each of them matches, by its key."""
        index = self._archive.index
        if not name and not self._archive.saved:
            return [], {}
        if not name:
            hits = list(self._archive.newest(NEWEST))
            names: dict[str, list[str]] = {}
            for alert in index.alerts.match([hit.document for hit in hits]):
                for key in alert.keys:
                    names.setdefault(key, []).append(alert.name)
            return [hit for hit in hits if hit.key in names], names
        saved = self._archive.saved.get(name)
        if saved is None:
            raise Refusal(404, f"There is no saved query with the name {name[:80]!r}.")
        return list(self._archive.newest(SHOWN, saved.query)), {}

    def _shown(self, hit: Hit[Any], names: list[str], links: Links) -> ShownHit:
        shown = shown_hit(hit, self._archive.roles, links)
        marked = [Value(name, links.alerts(name)) for name in names]
        return replace(shown, facts=[*marked, *shown.facts])
