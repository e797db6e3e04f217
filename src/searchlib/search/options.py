"""What does a search ask for beyond a query and a filter? Most ask for nothing of it.

So what reads and does each is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.schema.models import DocumentSchema
    from searchlib.search.collapse import Collapse
    from searchlib.search.facets.requests import FacetRequest, Facets
    from searchlib.search.recency import Recency


def boosts_wanted(
    boost: Recency | Sequence[Recency] | None, schema: DocumentSchema
) -> tuple[Recency, ...]:
    """Read the boosts of a search, as :func:`searchlib.search.recency.boosts_of` does."""
    if boost is None:
        return ()
    from searchlib.search.recency import boosts_of

    return boosts_of(boost, schema)


def collapse_wanted(collapse: str | Collapse | None, schema: DocumentSchema) -> Collapse | None:
    """Read what to collapse by, as :func:`searchlib.search.collapse.collapse_of` does."""
    if collapse is None:
        return None
    from searchlib.search.collapse import collapse_of

    return collapse_of(collapse, schema)


def facets_wanted(facets: Facets | None, schema: DocumentSchema) -> dict[str, FacetRequest]:
    """Read what to count, as :func:`searchlib.search.facets.requests.facet_requests` does."""
    if facets is None:
        return {}
    from searchlib.search.facets.requests import facet_requests

    return facet_requests(facets, schema)
