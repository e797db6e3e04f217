"""How does a person who types some words search? For all of them, or else for any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from searchlib.index import Index
    from searchlib.query.parser import Match
    from searchlib.search.results import Results


def search_helpfully(
    index: Index, query: str, match: Match | None = None, **options: Any
) -> tuple[Results, Match]:
    """Search as a person wants it: where nothing has all words, for any of them.

    Args:
        index: Where to search.
        query: What for, in the query language (docs/queries.md).
        match: As for :meth:`searchlib.Index.search`, to have just that.
        options: What else that method takes.

    Returns:
        The results, and how the words were matched.
    """
    if match is None and options.get("after") is not None:  # then it was decided before
        match = "all" if index.search(query, limit=0, **_without_page(options)).total else "any"
    results = index.search(query, match=match or "all", **options)
    if match is None and results.total == 0:
        relaxed = index.search(query, match="any", **options)
        if relaxed.total:
            relaxed.suggest = results.suggest  # for what has all words
            return relaxed, "any"
    return results, match or "all"


def _without_page(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in ("after", "limit")}
