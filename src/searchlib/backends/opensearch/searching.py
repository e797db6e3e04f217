"""How is a page of hits found on a server?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from searchlib.backends.opensearch.client import held
from searchlib.backends.opensearch.cursors import Place
from searchlib.backends.opensearch.facets import Counting, Reply, all_values, run
from searchlib.backends.opensearch.hits import (
    Frequencies,
    ServerDocuments,
    ServerHits,
    ServerRows,
    places_of,
    scores_of,
)
from searchlib.backends.opensearch.labels import ServerLabels
from searchlib.backends.opensearch.left_out import Member, ServerLeftOut, best_of_groups
from searchlib.backends.opensearch.nodes import NOTHING, Node
from searchlib.backends.opensearch.problems import MomentGoneError
from searchlib.backends.opensearch.requests import MOST_AT_ONCE, RequestWriter
from searchlib.errors import PartialResultsError, QueryError, QueryTooCostly, UnsupportedError
from searchlib.query.field_values import Clock
from searchlib.query.notes import Note
from searchlib.search.answer import MOVED_ON, nothing_found
from searchlib.search.cursors import microseconds_of
from searchlib.search.facets.hits import selects_several
from searchlib.search.facets.spans import gap_notes
from searchlib.search.fetching import HitFetcher
from searchlib.search.hits import Hits
from searchlib.search.pages import search_fingerprint
from searchlib.search.ranking import BY_SCORE
from searchlib.search.results import Results

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from searchlib.backends.base import PageRequest
    from searchlib.backends.opensearch.client import Client
    from searchlib.query.filters import Condition
    from searchlib.query.tree import Query
    from searchlib.search.facets.requests import FacetRequest
    from searchlib.search.facets.values import FacetResult
    from searchlib.search.fetching import Sharing

Json = dict[str, Any]
Found = tuple[list[Member], int, "Mapping[str, FacetResult]"]

_BATCH: Final = 1_000
MOMENTS: Final = 3
"""How often to begin anew when a node is lost between the questions of one search."""
PARTIAL: Final = Note(
    "partial", "a part of the index did not answer: hits, total and facets are of the others"
)


class ServerSearch:
    """One search.

    Args:
        client: The server.
        index: The real name of the index.
        page: What is asked for.
        clock: What relative dates are reckoned from.
        sharing: Names what hits share with a document that they are to be like. There is no cursor
            of the next page then.
    """

    def __init__(
        self,
        client: Client,
        index: str,
        page: PageRequest,
        clock: Clock,
        sharing: Sharing | None = None,
    ) -> None:
        self._sharing = sharing
        self._client = client
        self._index = index
        self._page = page
        self._request = page.request
        self._zone = clock.zone
        self._now = clock.now()
        self._place: Place | None = None
        self._moved = False
        self._partial = False
        self._follows = False
        if page.after is not None:
            sorts = len(self._request.order or BY_SCORE) + 1
            self._place = Place.read(page.after, self._fingerprint, sorts)
            assert self._place.moment is not None
            self._now = self._place.moment
        self._writer = RequestWriter(page.schema, self._clock, page.plain)

    @property
    def _clock(self) -> Clock:
        now = self._now
        return Clock(lambda: now, self._zone)

    def run(self) -> Results[Any]:
        """Find the page.

        Raises:
            SearchlibError: The query makes no sense, or the server did not answer.
        """
        request = self._request
        if request.rerank is not None:
            raise UnsupportedError(
                "expected no rerank for an index on OpenSearch, which knows nothing of neighbours"
            )
        notes = [*request.parsed.notes, *request.notes]
        try:
            node = self._node(request.parsed.query)
        except QueryError as error:
            node = self._instead_of(error, notes)
        try:
            body, (members, total, facets) = self._found(node)
        except QueryTooCostly as error:  # as the server says, who knows its terms
            body, (members, total, facets) = self._found(self._instead_of(error, notes))
        if self._moved:
            notes.append(Note("page", MOVED_ON))
        labels = ServerLabels(self._writer, partial(self._client.search, index=self._index))
        notes += [*labels.notes([(request, total)])[0], *gap_notes(facets.values())]
        notes += self._partial_notes
        return self._results(body, members, total, (*notes,), facets)

    def documents(self) -> ServerDocuments:
        """Find all documents; without an order they come as they were added.

        Raises:
            SearchlibError: The query makes no sense, or the server did not answer.
        """
        request = self._request
        body = self._writer.body(self._node(request.parsed.query), request.order, None)
        body |= {"track_scores": False, "sort": self._writer.sort(request.order, by_score=False)}
        total, _ = _counted(self._ask({**body, "size": 0}))
        notes = [*request.parsed.notes, *request.notes, *self._partial_notes]
        return ServerDocuments(total, (*notes,), partial(self.every, body))

    def _instead_of(self, error: QueryError, notes: list[Note]) -> Node:
        """Find nothing in a lenient search, with a note why; raise the error in a strict one."""
        if not self._request.lenient:
            raise error
        notes.append(nothing_found(error))
        return NOTHING

    def _found(self, node: Node) -> tuple[Json, Found]:
        """Find hits, total and facets; and tell what was asked."""
        body = self._writer.body(node, self._request.order, self._request.collapse)
        if self._request.facets:
            return body, self._with_facets(body)
        members, total, _ = self._hits(body, {})
        return body, (members, total, {})

    def _node(self, query: Query) -> Node:
        return self._writer.query(query, self._request.conditions, self._request.boosts)

    @property
    def _partial_notes(self) -> list[Note]:
        return [PARTIAL] if self._partial else []

    @property
    def _first(self) -> int:
        """How many hits come before those of the page."""
        return self._request.offset if self._place is None else self._place.rank

    def _with_facets(self, body: Json) -> Found:
        """Find hits and facets, all of one moment; of another if a node that held it has gone."""
        for left in reversed(range(MOMENTS)):
            try:
                return self._of_one_moment(body)
            except (MomentGoneError, PartialResultsError):
                if left == 0 or self._place is not None:
                    raise
        raise AssertionError("a loop that ends by returning or raising")

    def _of_one_moment(self, body: Json) -> Found:
        groups = list(self._facet_groups())
        # A page after another is of its moment anyway.
        pit = self._open_pit() if self._place is None else None
        try:
            at = {} if pit is None else held(pit)
            own = next((one for query, one in groups if query is None), None)
            asked = own.aggregations if own else {}
            members, total, counted = self._hits({**body, **at}, asked)
            if own:
                own.take(counted, total)
            for query, counting in groups:
                self._count_on(counting, {**at, "query": query or body["query"]})
        finally:
            if pit is not None:
                self._client.close_pit(pit)
        found = {name: one for _, counting in groups for name, one in counting.found.items()}
        return members, total, {name: found[name] for name in self._request.facets}

    def _facet_groups(self) -> Iterator[tuple[Node | None, Counting]]:
        """Put facets together that count the same documents: all hits for ``None``."""
        request = self._request
        apart: dict[tuple[Condition, ...], dict[str, FacetRequest]] = {}
        for name, facet in request.facets.items():
            kept = request.conditions
            if selects_several(facet):
                kept = tuple(one for one in kept if one.field != facet.field)
            apart.setdefault(kept, {})[name] = facet
        for kept, wanted in apart.items():
            counting = Counting(wanted, self._page.schema, self._clock)
            if kept == request.conditions:
                yield None, counting
            else:
                yield self._writer.query(request.parsed.query, kept), counting

    def _count_on(self, counting: Counting, body: Json) -> None:
        """Ask until all is counted."""
        while aggregations := counting.aggregations:
            answer = self._ask({**body, "size": 0, "track_total_hits": True, "aggs": aggregations})
            counting.take(answer["aggregations"], answer["hits"]["total"]["value"])

    def _hits(self, body: Json, aggregations: Json) -> tuple[list[Member], int, Json]:
        """Find the hits of the page."""
        asked = {**body, **({"aggs": aggregations} if aggregations else {})}
        offset, limit = self._first, self._request.limit
        collapse = self._request.collapse
        after = None if collapse is not None or self._place is None else self._place.values
        if after is not None:
            offset = 0
            asked["search_after"] = after
        if collapse is not None:
            return self._groups_of_page(asked, offset, limit, collapse.best)
        if limit is None or offset + limit > MOST_AT_ONCE:
            return self._many(asked, offset, limit)
        answer = self._ask({**asked, "from": offset, "size": limit})
        hits, (total, counted) = answer["hits"]["hits"], _counted(answer)
        self._follows = self._first + len(hits) < total
        return [Member(hit, 0, (), 1) for hit in hits], total, counted

    def _groups_of_page(
        self, asked: Json, offset: int, limit: int | None, best: int
    ) -> tuple[list[Member], int, Json]:
        """Find the best documents of groups, and whether there are more of them.

        With several of a group the best groups are looked at from the first on, as the server
        counts groups, and pages count hits.
        """
        skipped = offset if best == 1 else 0
        last = MOST_AT_ONCE if limit is None else offset + limit
        size = min(last + 1, MOST_AT_ONCE) - skipped
        if last > MOST_AT_ONCE:
            raise self._too_many_groups()
        answer = self._ask({**asked, "from": skipped, "size": size})
        if limit is None and len(answer["hits"]["hits"]) == size:
            raise self._too_many_groups()
        members = best_of_groups(answer["hits"]["hits"], best, asked["sort"])
        self._follows = len(members) > last - skipped
        return members[offset - skipped : last - skipped], *_counted(answer)

    def _too_many_groups(self) -> UnsupportedError:
        return UnsupportedError(
            f"expected at most {MOST_AT_ONCE:,} groups with collapse on OpenSearch, got more; "
            "choose a smaller limit"
        )

    def _many(self, asked: Json, offset: int, limit: int | None) -> tuple[list[Member], int, Json]:
        """Find more hits than come in one answer."""
        first = self._ask({**asked, "size": 0})
        total, counted = _counted(first)
        last = total if limit is None else offset + limit
        body = {name: one for name, one in asked.items() if name not in ("aggs", "search_after")}
        members: list[Member] = []
        passed = 0
        for hits in self.every(body, asked.get("search_after")):
            wanted = hits[max(offset - passed, 0) : max(last - passed, 0)]
            members += [Member(hit, 0, (), 1) for hit in wanted]
            passed += len(hits)
            if passed >= last:
                break
        self._follows = self._first + len(members) < total
        return members, total, counted

    def every(self, body: Json, after: Sequence[Any] | None = None) -> Iterator[list[Json]]:
        """Find all hits of one moment, batch by batch.

        Args:
            body: The search.
            after: What the hit before the first is sorted by.
        """
        own = self._open_pit() if self._place is None or self._moved else None
        try:
            at = {} if own is None else held(own)
            while True:
                more = {} if after is None else {"search_after": [*after]}
                asked = {**body, **at, **more, "size": _BATCH, "track_total_hits": False}
                hits = self._ask(asked)["hits"]["hits"]
                if hits:
                    yield hits
                    after = hits[-1]["sort"]
                if len(hits) < _BATCH:
                    return
        finally:
            if own is not None:
                self._client.close_pit(own)

    def _ask(self, body: Json) -> Json:
        """Search, at the moment of the first page if this is a later one and that is known."""
        if self._place is not None and not self._moved:
            try:
                return self._send({**body, **held(self._place.pit)})
            except (MomentGoneError, PartialResultsError):  # or a node that held it has gone
                self._moved = True
        return self._send(body)

    def _send(self, body: Json) -> Json:
        answer = self._client.search(body, index=self._index, search_type="dfs_query_then_fetch")
        self._partial |= answer["partial"]
        return answer

    def _open_pit(self) -> str:
        return self._client.open_pit(index=self._index)

    def _results(
        self,
        body: Json,
        members: Sequence[Member],
        total: int,
        notes: tuple[Note, ...],
        facets: Mapping[str, FacetResult],
    ) -> Results[Any]:
        sent = [member.hit for member in members]
        known = Frequencies(self._client, self._index)
        fetch = partial(self._fetcher, known)
        source = fetch(sent)
        first = self._first
        ranks = range(first + 1, first + 1 + len(sent))
        collapse, left_out = self._request.collapse, None
        if collapse is not None:

            def put(more: Sequence[Json]) -> int:
                sent.extend(more)
                return len(sent) - len(more)

            count = partial(self._groups, body["query"], collapse.field)
            left_out = ServerLeftOut(members, first, collapse.best, count, put)
        hits: Hits[Any] = Hits(places_of(sent), scores_of(sent), ranks, source, left_out)
        rows = ServerRows(
            self._page.schema, [*sent], first + 1, total, fetch, partial(self.every, _all_of(body))
        )
        last = members[-1].hit["sort"] if members else []
        return Results(
            hits,
            total,
            0.0,
            notes,
            facets,
            next_page=partial(self._cursor, ranks.stop - 1, last)
            if self._follows and members and self._sharing is None
            else None,
            rows=rows,
            left_out=left_out,
        )

    def _fetcher(self, known: Frequencies, sent: Sequence[Json]) -> HitFetcher:
        page, hits = self._page, ServerHits(known, sent)
        return HitFetcher(
            hits,
            hits,
            page.schema,
            self._request.parsed.query,
            page.snippets,
            page.schema.default_fields,
            self._sharing,
        )

    def _cursor(self, rank: int, values: list[Any]) -> str:
        """Write the cursor of the next page; from here on, pages are of one moment."""
        pit = self._open_pit() if self._place is None or self._moved else self._place.pit
        return Place(pit, microseconds_of(self._now), rank, values).write(self._fingerprint)

    def _groups(self, query: Node, field: str) -> int:
        """Count the groups of all documents that match."""

        def ask(aggregations: Json) -> Reply:
            found = self._ask({"query": query, "size": 0, "aggs": aggregations})
            return Reply(found["aggregations"], 0)

        groups, _ = run(all_values(self._writer.group_path(field)), ask)
        return len(groups)

    @property
    def _fingerprint(self) -> str:
        return search_fingerprint(self._request, self._page.schema, str(self._zone))


def _counted(answer: Json) -> tuple[int, Json]:
    """Give the number of hits, and what was counted of them."""
    total: int = answer["hits"]["total"]["value"]
    return total, answer.get("aggregations", {})


def _all_of(body: Json) -> Json:
    """Ask for all hits of a search."""
    return {name: one for name, one in body.items() if name not in ("pit", "collapse")}
