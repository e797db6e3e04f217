"""How are all documents read that a query matches? Page by page, all as of one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from searchlib.backends.opensearch.client import held
from searchlib.backends.opensearch.mapping import KEY, ORDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from searchlib.backends.opensearch.client import Client

Json = dict[str, Any]

_PAGE: Final = 500


def scan(
    client: Client,
    query: Json | None = None,
    *,
    index: str | None = None,
    source: bool = True,
    fields: Sequence[str] = (),
    page: int = _PAGE,
) -> Iterator[Json]:
    """Read documents in the order in which they were added.

    Args:
        client: The cluster.
        query: Which; ``None`` for all.
        index: Where, if not in the index of the address.
        source: Whether the documents themselves are wanted, not their ids alone.
        fields: Which values of columns are wanted, too.
        page: How many are read at a time.

    Yields:
        Hits of the server.

    Raises:
        PartialResultsError: A part of the index did not answer.
        ServerError: The cluster did not answer.
    """
    pit = client.open_pit(index=index)
    try:
        body: Json = {
            "query": query or {"match_all": {}},
            "size": page,
            "sort": [{ORDER: "asc"}, {KEY: "asc"}],
            "_source": source,
            "docvalue_fields": [*fields],
            "track_total_hits": False,
            "track_scores": False,
        }
        while True:
            found = client.search({**body, **held(pit)})
            hits = found["hits"]["hits"]
            pit = found.get("pit_id", pit)
            yield from hits
            if len(hits) < page:
                return
            body["search_after"] = hits[-1]["sort"]
    finally:
        client.close_pit(pit)
