"""How are many queries answered by a server? Many with one request, all of one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from searchlib.backends.opensearch.client import held
from searchlib.backends.opensearch.hits import Frequencies, ServerHits, places_of, scores_of
from searchlib.backends.opensearch.labels import ServerLabels
from searchlib.backends.opensearch.problems import MomentGoneError
from searchlib.backends.opensearch.requests import MOST_AT_ONCE
from searchlib.backends.opensearch.searching import MOMENTS, PARTIAL
from searchlib.errors import (
    PartialResultsError,
    QueryError,
    QueryTooCostly,
    SearchlibError,
    ServerTimeoutError,
)
from searchlib.query.tree import MatchAll
from searchlib.search.answer import nothing_found
from searchlib.search.batches import BatchRow, KnownHeadings
from searchlib.search.fetching import HitFetcher
from searchlib.search.hits import Hits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from searchlib.backends.opensearch.client import Client
    from searchlib.backends.opensearch.requests import RequestWriter
    from searchlib.query.notes import Note
    from searchlib.search.answer import SearchRequest

Json = dict[str, Any]

MOST_QUERIES: Final = 100
"""How many queries are asked with one request."""
_MOST_HITS: Final = 1000
"""How many hits come in one answer, if it is not for one query."""
_NOTHING: Final[Json] = {"hits": {"total": {"value": 0}, "hits": []}, "partial": False}


@dataclass(slots=True)
class _Asked:
    """A query of a list, from its reading to its row.

    Attributes:
        row: Its place in the list.
        query: The query as it was given.
        request: What is asked for; ``None`` if the query can't be read.
        body: The same as the server has it; ``None`` if nothing need be asked.
        answer: The answer of the server.
        notes: Remarks.
        error: What is wrong with it.
    """

    row: int
    query: Any
    request: SearchRequest | None = None
    body: Json | None = None
    answer: Json = field(default_factory=lambda: _NOTHING)
    notes: list[Note] = field(default_factory=list)
    error: QueryError | None = None

    def fails(self, error: QueryError) -> None:
        """Find nothing: with a note why in a lenient search, otherwise with the error."""
        self.body = None
        if self.request is not None and self.request.lenient:
            self.notes.append(nothing_found(error))
        else:
            self.error = error

    @property
    def hits(self) -> list[Json]:
        """The hits, as the server has them."""
        hits: list[Json] = self.answer["hits"]["hits"]
        return hits

    @property
    def total(self) -> int:
        """How many documents match."""
        total: int = self.answer["hits"]["total"]["value"]
        return total


class ServerList:
    """A list of queries that are asked on a server.

    Args:
        client: The server.
        writer: Writes searches, with the fields that they look into.
        common: What is asked for besides queries.

    Raises:
        SearchlibError: The conditions make no sense, or the server did not answer.
    """

    def __init__(self, client: Client, writer: RequestWriter, common: SearchRequest) -> None:
        assert common.limit is not None
        self._client = client
        self._schema = writer.schema
        self._limit = common.limit
        self._writer = writer
        self._labels = ServerLabels(self._writer, client.search)
        self._frequencies = Frequencies(client, client.address.index)
        self._heading_of = KnownHeadings(writer.schema)
        self._pit: str | None = None
        if common.conditions:
            client.count(self._writer.query(MatchAll(), common.conditions))  # for its errors

    def rows(
        self, queries: Iterable[Any], ask: Callable[[Any], SearchRequest]
    ) -> Iterator[BatchRow[Any]]:
        """Answer queries in their order, some at a time.

        Args:
            queries: The queries.
            ask: Reads one.
        """
        numbered = enumerate(queries, 1)
        count = max(1, min(MOST_QUERIES, _MOST_HITS // max(1, self._limit)))
        self._hold()
        try:
            while some := [*islice(numbered, count)]:
                asked = [self._read(_Asked(row, query), ask) for row, query in some]
                self._answer([one for one in asked if one.body is not None])
                self._remark([one for one in asked if one.error is None])
                yield from map(self._row, asked)
        finally:
            self._let_go()

    def _read(self, asked: _Asked, ask: Callable[[Any], SearchRequest]) -> _Asked:
        try:
            request = asked.request = ask(asked.query)
            asked.notes = [*request.parsed.notes, *request.notes]
            node = self._writer.query(request.parsed.query, request.conditions)
            size = min(self._limit, MOST_AT_ONCE)
            asked.body = {**self._writer.body(node, (), None), "size": size}
        except QueryError as error:
            asked.fails(error)
        return asked

    def _answer(self, asked: Sequence[_Asked]) -> None:
        bodies = [one.body for one in asked if one.body is not None]
        for one, answer in zip(asked, self._ask(bodies), strict=True):
            if isinstance(answer, QueryError):  # as the server says, who knows its terms
                one.fails(answer)
                continue
            one.answer = _expected(answer)
            while len(one.hits) < min(self._limit, one.total) and (more := self._more(one)):
                one.hits.extend(more)

    def _more(self, asked: _Asked) -> list[Json]:
        """Find the hits behind those of an answer, which can't hold more."""
        size = min(self._limit - len(asked.hits), MOST_AT_ONCE)
        body = {**(asked.body or {}), "search_after": asked.hits[-1]["sort"], "size": size}
        [answer] = self._ask([body])
        hits: list[Json] = _expected(answer)["hits"]["hits"]
        return hits

    def _ask(self, bodies: Sequence[Json]) -> list[Json | SearchlibError]:
        """Search, all of one moment; of another if that is not held any more."""
        for _ in range(MOMENTS - 1):
            answers = self._each(bodies)
            if not any(isinstance(one, MomentGoneError | PartialResultsError) for one in answers):
                return answers
            self._let_go()
            self._hold()
        return self._each(bodies)

    def _each(self, bodies: Sequence[Json]) -> list[Json | SearchlibError]:
        """Search; one by one where all at once are too much, or one of them spoils the request."""
        if not bodies:
            return []
        moment = {} if self._pit is None else held(self._pit)
        try:
            return self._client.msearch([{**body, **moment} for body in bodies])
        except (QueryTooCostly, ServerTimeoutError) as error:
            if len(bodies) == 1:
                return [error]
            return [answer for body in bodies for answer in self._each([body])]

    def _hold(self) -> None:
        """Hold the moment, unless answers in which a part is missing will do."""
        if not self._client.address.partial:
            self._pit = self._client.open_pit()

    def _let_go(self) -> None:
        if self._pit is not None:
            self._client.close_pit(self._pit)
        self._pit = None

    def _remark(self, asked: Sequence[_Asked]) -> None:
        """Add the remarks that depend on what was found."""
        found = [(one.request, one.total) for one in asked if one.request is not None]
        for one, notes in zip(asked, self._labels.notes(found), strict=True):
            one.notes += [*notes, *([PARTIAL] if one.answer["partial"] else [])]

    def _row(self, asked: _Asked) -> BatchRow[Any]:
        row = partial(BatchRow, asked.row, asked.query, heading_of=self._heading_of)
        if asked.error is not None:
            return row(total=0, hits=(), notes=(), error=asked.error)
        sent = asked.hits
        shown = ServerHits(self._frequencies, sent)
        source = HitFetcher(shown, shown, self._schema, MatchAll(), False)
        ranks = range(1, 1 + len(sent))
        hits: Hits[Any] = Hits(places_of(sent), scores_of(sent), ranks, source)
        return row(total=asked.total, hits=hits, notes=(*asked.notes,), error=None)


def _expected(answer: Json | SearchlibError) -> Json:
    if isinstance(answer, SearchlibError):
        raise answer
    return answer
