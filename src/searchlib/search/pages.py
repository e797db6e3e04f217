"""How does one page of hits lead to the next? In the commit that the first one was of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from searchlib.errors import QueryTooCostly
from searchlib.query.field_values import Clock
from searchlib.search.ranking import BY_SCORE

if TYPE_CHECKING:
    from collections.abc import Callable

    from searchlib.schema.models import DocumentSchema
    from searchlib.search.answer import Answer, SearchRequest
    from searchlib.search.current import CurrentSearcher
    from searchlib.search.searcher import Searcher
    from searchlib.storage.snapshot import Snapshot


class Pages:
    """The pages of one search.

    Args:
        request: What is asked for.
        schema: The fields, as the search looks into them.
        current: Gives searchers.
        clock: What relative dates are reckoned from; on later pages from the moment of the first.
        plain: Whether the first page has no boosts, and is of the default fields.
    """

    def __init__(
        self,
        request: SearchRequest,
        schema: DocumentSchema,
        current: CurrentSearcher,
        clock: Clock,
        *,
        plain: bool,
    ) -> None:
        self._request = request
        self._schema = schema
        self._current = current
        self._clock = clock
        self._now = clock.now()
        self._plain = plain

    def begin(self, after: str | None) -> tuple[SearchRequest, Searcher]:
        """Find where a page begins.

        Args:
            after: The cursor of the page before; ``None`` for the first page.

        Returns:
            The request with its cursor, and what answers it.

        Raises:
            QueryError: The cursor is none, or one of another search.
        """
        order = self._request.order or BY_SCORE
        if after is None:
            searcher = self._current.last()
            return self._request, searcher if self._plain else self._asking_like_this(searcher)
        from searchlib.search.cursors import Cursor

        cursor = Cursor.read(after, self._fingerprint(), order, self._schema)
        assert cursor.moment is not None
        self._now = cursor.moment
        searcher = self._asking_like_this(self._current.of_commit(cursor.commit))
        return replace(self._request, cursor=cursor), searcher

    def _asking_like_this(self, searcher: Searcher) -> Searcher:
        now = self._now
        return searcher.asking_with(self._schema, Clock(lambda: now, self._clock.zone))

    def following(
        self, found: Answer, first_rank: int, snapshot: Snapshot
    ) -> Callable[[], str] | None:
        """Give what makes the cursor of the next page; ``None`` if no hit follows.

        It is made when it is asked for, which most programs never do.

        Args:
            found: The hits of this page.
            first_rank: The rank of the first of them.
            snapshot: The commit that was searched.
        """
        if not len(found.docnums) or found.left <= 0:
            return None
        docnum, score = found.docnums.item(-1), found.scores.item(-1)
        rank = first_rank + len(found.docnums) - 1

        def cursor() -> str:
            from searchlib.search.cursors import cursor_at

            self._current.held.hold(snapshot)
            made = cursor_at(
                docnum,
                score,
                rank,
                snapshot=snapshot,
                order=self._request.order or BY_SCORE,
                key_field=self._schema.key.name,
                search=self._fingerprint(),
                now=self._now,
            )
            return str(made)

        return cursor

    def _fingerprint(self) -> str:
        scoring, zone = self._current.scoring, str(self._clock.zone)
        return search_fingerprint(self._request, self._schema, scoring, zone)


def search_fingerprint(request: SearchRequest, schema: DocumentSchema, *more: object) -> str:
    """Tell a search from others: by all that tells which hits there are, in which order.

    Args:
        request: What is asked for.
        schema: The fields, as the search looks into them.
        more: What hits and their order depend on besides.

    Raises:
        QueryTooCostly: A query is nested too deeply.
    """
    from searchlib.search.cursors import fingerprint

    try:
        return fingerprint(
            request.parsed.query,
            [condition.query for condition in request.conditions],
            request.order,
            request.boosts,
            request.collapse,
            request.rerank,
            schema.default_fields,
            schema.fingerprint,
            *more,
        )
    except RecursionError as error:
        raise QueryTooCostly("expected a query that is nested less deeply") from error
