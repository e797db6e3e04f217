"""How is a query written in Whoosh's language, which searchlib has kept?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.queries import Query


def whoosh_text(query: Query) -> str:
    """Write a query as a user would type it."""
    match query.form:
        case "or":
            text = " OR ".join(query.words)
        case "phrase":
            text = f'"{" ".join(query.words)}"'
        case "prefix":
            text = f"{query.words[0]}*"
        case _:
            text = " AND ".join(query.words)
    if query.category is not None:
        text += f" AND categories:{query.category}"
    if query.days is not None:
        text += f" AND {whoosh_days(query)}"
    return text


def whoosh_days(query: Query) -> str:
    """Write the part of a query that limits the days, or nothing."""
    return f"published:[{query.days[0]} TO {query.days[1]}]" if query.days else ""
