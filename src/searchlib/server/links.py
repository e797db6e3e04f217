"""Where do the links of a page lead?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, urlencode, urlsplit

from searchlib.server.state import LABEL

if TYPE_CHECKING:
    from searchlib.server.state import SearchState

_WEB: Final = ("http", "https")
_UNSEEN: Final = re.compile(r"[\s\x00-\x20\x7f-\x9f]")


class Links:
    """The addresses of an application, wherever it is mounted.

    Args:
        base: The path that it is mounted at, without a slash at the end.
    """

    def __init__(self, base: str) -> None:
        self.base = base

    def home(self) -> str:
        """Lead to the first page."""
        return f"{self.base}/"

    def search(self, state: SearchState) -> str:
        """Lead to the results of a search."""
        return f"{self.base}/search?{state.query_string()}"

    def spanning(self, state: SearchState) -> str:
        """Lead to a search within dates: what is returned, and ``from=...&to=...``."""
        return f"{self.base}/search?{state.spanning_prefix()}"

    def labelled(self, state: SearchState, field: str) -> str:
        """Lead to a search with one more label: what is returned, and the label, quoted."""
        return f"{self.base}/search?{state.labelled_prefix(field)}"

    def label(self, field: str, label: str) -> str:
        """Lead to all articles with a label."""
        return f"{self.base}/search?{LABEL}{field}={quote_plus(label)}"

    def day(self, day: str) -> str:
        """Lead to all articles of a day."""
        return f"{self.base}/search?from={quote_plus(day)}&to={quote_plus(day)}"

    def feed(self, state: SearchState) -> str:
        """Lead to the RSS feed of a search."""
        return f"{self.base}/feed?{state.query_string()}"

    def export(self, state: SearchState, form: str) -> str:
        """Lead to all hits of a search as a file."""
        return f"{self.base}/export?{urlencode([*state.pairs(), ('format', form)])}"

    def concordance(self, state: SearchState, order: str = "", ending: str = "") -> str:
        """Lead to every occurrence of a search in its line; with an ending, to a file of them."""
        pairs = [*state.changed(sort="").pairs(), *([("order", order)] if order else [])]
        return f"{self.base}/concordance{ending}?{urlencode(pairs)}"

    def completions(self, state: SearchState, date: str | None) -> str:
        """Lead to completions of what is typed, which find what has the chosen labels and dates."""
        chosen = [f"{field}={label}" for field, label in state.labels]
        if date:
            bounds = ((">=", state.since), ("<=", state.until))
            chosen += [f"{date}{sign}{day}" for sign, day in bounds if day]
        query = urlencode([("filter", one) for one in chosen])
        return f"{self.base}/api/complete{query and '?'}{query}"

    def lists(self) -> str:
        """Lead to the page that takes a list of queries."""
        return f"{self.base}/lists"

    def article(self, key: str, q: str = "", match: str = "", *, typos: bool = False) -> str:
        """Lead to an article; with a query, what it looks for is marked."""
        given = {"id": key, "q": q, "match": match if q else "", "typos": "auto" if typos else ""}
        return f"{self.base}/article?{urlencode({n: v for n, v in given.items() if v})}"

    def citation(self, key: str, form: str) -> str:
        """Lead to the citation of an article as a file."""
        return f"{self.base}/cite?{urlencode({'id': key, 'format': form})}"

    def compare(self, *queries: str) -> str:
        """Lead to the page that compares queries over time."""
        return f"{self.base}/compare?{urlencode([('q', one) for one in queries])}"

    def words(self, state: SearchState) -> str:
        """Lead to the words that set what a search finds apart."""
        return f"{self.base}/words?{state.query_string()}"

    def alerts(self, name: str = "", *, feed: bool = False) -> str:
        """Lead to the page of saved queries, or of one by its name; or to the feed of it."""
        path = f"{self.base}/alerts/feed" if feed else f"{self.base}/alerts"
        return f"{path}?{urlencode({'name': name})}" if name else path

    def static(self, name: str, version: str) -> str:
        """Lead to a file of the package, which a browser may keep for good."""
        return f"{self.base}/static/{name}?v={version}"


def web_address(value: object) -> str:
    """Take an address of an archive as one to link to, or nothing if it is not on the web.

    A browser ignores control characters and blanks in front of ``javascript:``, so an address with
    any of them is none.
    """
    if not isinstance(value, str) or _UNSEEN.search(value):
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme.lower() in _WEB and parts.hostname else ""
