"""Articles whose answers can be reckoned: what a search must find follows from their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib import Article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib import Index

CYCLE = 7 * 11
"""After so many articles their words repeat."""


def article(number: int) -> Article:
    """Make an article; the same for the same number."""
    return Article(
        id=str(number),
        title=f"Report {number}",
        body=f"It has seven{number % 7} and eleven{number % 11}.",
        categories=[f"part {number % 2}"],
    )


def articles(count: int) -> Iterator[Article]:
    """Make the first articles."""
    return map(article, range(count))


def mistake(index: Index, number: int, count: int) -> str | None:
    """Search for the articles like one, of the first so many; say what is wrong, if anything is."""
    expected = {str(n) for n in range(number % CYCLE, count, CYCLE)}
    query = f"seven{number % 7} eleven{number % 11}"
    found = index.search(query, limit=count, facets=["categories"], snippets=False)
    keys = [hit.key for hit in found]
    counted = sum(value.count for value in found.facets["categories"])
    if found.total != len(expected) or counted != len(expected):
        return f"{query}: expected {len(expected)}, got {found.total}, and {counted} by label"
    if len(keys) != len(expected) or set(keys) != expected:
        return f"{query}: expected {sorted(expected)}, got {sorted(keys)}"
    return None
