"""The application: which address is answered by what."""

from __future__ import annotations

import hashlib
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from searchlib.errors import SearchlibError
from searchlib.server.alerts import AlertPages
from searchlib.server.api import calls, export_options, export_params, exported
from searchlib.server.archive import Archive
from searchlib.server.feed import rss
from searchlib.server.left_out import expect_nothing_left_out
from searchlib.server.lines import LINES_CSV, LinePage, lines_file
from searchlib.server.links import Links
from searchlib.server.lists import ListPage, body_of, list_json, pasted_in
from searchlib.server.openapi import PROBLEM_TYPE, description
from searchlib.server.pages import Pages
from searchlib.server.params import read_params
from searchlib.server.problems import Refusal, refusal_of
from searchlib.server.safety import Safety
from searchlib.server.state import SearchState, asks_for_results
from searchlib.server.streaming import FORMATS, format_named, streamed
from searchlib.server.templating import Templates
from searchlib.server.work import Work

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request

    from searchlib.index import Index
    from searchlib.server.api import Call
    from searchlib.server.settings import Settings
    from searchlib.server.state import Pairs

    Handler = Callable[[Request], Awaitable[Response]]
    Page = Callable[[Links, Pairs], str]

_MOST_PARAMETERS: Final = 200
_FEED_ITEMS: Final = 30
_REVALIDATE: Final = "private, no-cache"
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_API: Final = "/api/"
_RSS: Final = "application/rss+xml; charset=utf-8"
_NOT_FOR_ROBOTS: Final = (
    "/search", "/words", "/export", "/compare", "/concordance", "/lists", "/alerts",
)  # fmt: skip
_ROBOTS: Final = "\n".join(["User-agent: *", *(f"Disallow: {one}" for one in _NOT_FOR_ROBOTS), ""])


def application(index: Index[Any], settings: Settings) -> Starlette:
    """Make the application; :func:`searchlib.server.create_app` is its front door."""
    return _Application(index, settings).starlette()


class _Application:
    def __init__(self, index: Index[Any], settings: Settings) -> None:
        self._archive = Archive.of(index, settings)
        self._settings = settings
        self._templates = Templates(settings, date=self._archive.roles.date)
        self._pages = Pages(self._archive, self._templates)
        self._alerts = AlertPages(self._archive, self._templates)
        self._lines = LinePage(self._archive, self._templates)
        self._lists = ListPage(self._archive, self._templates)
        self._work = Work(settings)

    def starlette(self) -> Starlette:
        """Put it together."""
        pages = self._pages
        routes = [
            Route("/", self._answering(self._home)),
            Route("/search", self._page(pages.results)),
            Route("/article", self._page(pages.article)),
            Route("/words", self._page(pages.words)),
            Route("/compare", self._page(pages.compare)),
            Route("/alerts", self._page(self._alerts.page)),
            Route("/alerts/feed", self._answering(self._alerts_feed)),
            Route("/concordance", self._page(self._lines.page)),
            Route("/concordance.csv", self._guarded(self._lines_file)),
            Route("/lists", self._guarded(self._list_page), methods=["GET", "POST"]),
            Route("/feed", self._answering(self._feed)),
            Route("/cite", self._answering(self._cite)),
            Route("/export", self._guarded(self._export)),
            Route("/static/{name}", self._guarded(self._static)),
            Route("/robots.txt", self._robots),
            Route("/api/export", self._guarded(self._api_export)),
            Route("/api/batch", self._guarded(self._batch), methods=["POST"]),
            Route("/api/openapi.json", self._openapi),
            *(Route(f"/api/{one.name}", self._call(one)) for one in calls(self._settings)),
        ]
        return Starlette(
            routes=routes,
            middleware=[Middleware(Safety, settings=self._settings, refuse=self._refuse)],
            exception_handlers={HTTPException: self._refuse_http},
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        self._work.close()

    def _page(self, page: Page) -> Handler:
        def answer(request: Request) -> Response:
            return self._html(page(_links(request), _pairs(request)))

        return self._answering(answer)

    def _html(self, text: str) -> Response:
        """Answer with a page; while it is looked at, what typing asks for is got ready."""
        return HTMLResponse(text, background=BackgroundTask(self._prepare))

    def _prepare(self) -> None:
        with suppress(SearchlibError):  # it is told to whoever types
            self._archive.prepare()

    def _home(self, request: Request) -> Response:
        """Show the first page, or lead to the results that its address asks for."""
        links, pairs = _links(request), _pairs(request)
        if asks_for_results(pairs):
            return RedirectResponse(f"{links.base}/search?{request.url.query}")
        return self._html(self._pages.home(links))

    def _call(self, call: Call) -> Handler:
        def answer(request: Request) -> Response:
            values = read_params(call.params, _pairs(request))
            return _json(call.run(self._archive, values))

        return self._answering(answer, changing=call.name == "health")

    def _answering(
        self, answer: Callable[[Request], Response], *, changing: bool = False
    ) -> Handler:
        """Answer in a thread, unless the browser has the same answer already.

        Args:
            answer: Makes the response.
            changing: Whether it may be another one though the index is the same.
        """

        def tagged(request: Request) -> Response:
            if changing:
                return _kept(answer(request), "no-store")
            tag = self._tag(request)
            if tag in request.headers.get("if-none-match", ""):
                return Response(status_code=304, headers=_cache(tag))
            response = answer(request)
            response.headers.update(_cache(tag))
            return response

        async def handle(request: Request) -> Response:
            return await self._work.run(tagged, request)

        return self._guarded(handle)

    def _guarded(self, handler: Handler) -> Handler:
        """Let a handler raise anything: the request is told as much as is good for it."""

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as error:
                return await self._refuse(request, error)

        return handle

    def _tag(self, request: Request) -> str:
        """Make the entity tag: relative dates such as "today" change with the hour."""
        now = datetime.now(UTC).strftime("%Y%m%d%H")
        parts = (
            self._archive.revision, self._templates.version, now, str(request.url)
        )  # fmt: skip
        digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=10).hexdigest()
        return f'W/"{digest}"'

    def _feed(self, request: Request) -> Response:
        archive, links = self._archive, _links(request)
        expect_nothing_left_out(_pairs(request), archive.roles.labels, {})
        state = SearchState.read(_pairs(request), archive.roles.labels)
        wanted = replace(state.changed(sort="newest"), size=_FEED_ITEMS)
        origin = _origin(request)
        title = f"{state.q} – {self._settings.title}" if state.q else self._settings.title
        text = rss(
            title,
            f"{origin}{links.search(state)}",
            archive.search(wanted).results,
            roles=archive.roles,
            origin=origin,
            links=links,
        )
        return Response(text, media_type=_RSS)

    def _alerts_feed(self, request: Request) -> Response:
        text = self._alerts.feed(_links(request), _pairs(request), _origin(request))
        return Response(text, media_type=_RSS)

    def _cite(self, request: Request) -> Response:
        given = dict(_pairs(request))
        key, name = given.get("id", ""), given.get("format", "text")
        if name == "text":
            return Response(self._pages.plain_citation(key), media_type="text/plain")
        if name not in ("bibtex", "ris"):
            raise Refusal(400, f"expected format to be bibtex, ris or text, got {name[:40]!r}")
        results, form = self._pages.citation(key), FORMATS[name]
        text = results.to_bibtex() if name == "bibtex" else results.to_ris()
        headers = {"Content-Disposition": f'attachment; filename="article.{form.ending}"'}
        return Response(text, media_type=form.media_type, headers=headers)

    async def _export(self, request: Request) -> Response:
        pairs, labels = _pairs(request), self._archive.roles.labels
        expect_nothing_left_out(pairs, labels, {"format": None})
        state = SearchState.read(pairs, labels)
        form = format_named(dict(pairs).get("format", "csv"))
        return await streamed(self._work, lambda: self._archive.export(state), form, "articles")

    async def _api_export(self, request: Request) -> Response:
        values = read_params(export_params(self._settings), _pairs(request))
        form, options = format_named(values["format"]), export_options(values)
        return await streamed(
            self._work, lambda: exported(self._archive, values), form, "articles", **options
        )

    async def _lines_file(self, request: Request) -> Response:
        pairs = _pairs(request)
        return await streamed(
            self._work, lambda: lines_file(self._archive, pairs), LINES_CSV, "lines"
        )

    async def _list_page(self, request: Request) -> Response:
        pasted = pasted_in(await body_of(request))
        if pasted.as_file:
            text = await self._work.run(self._lists.file, pasted)
            headers = {"Content-Disposition": 'attachment; filename="totals.csv"'}
            return _kept(Response(text, 200, headers, LINES_CSV.media_type), "no-store")
        page = await self._work.run(self._lists.page, _links(request), pasted)
        return _kept(HTMLResponse(page), "no-store")

    async def _batch(self, request: Request) -> Response:
        read_params((), _pairs(request))  # all that it takes is in the body
        body = await body_of(request)
        return _kept(_json(await self._work.run(list_json, self._archive, body)), "no-store")

    async def _static(self, request: Request) -> Response:
        file = self._templates.static.get(request.path_params["name"])
        if file is None:
            raise Refusal(404, "There is no such file.")
        return _kept(Response(file.content, media_type=file.media_type), _FOR_GOOD)

    async def _robots(self, request: Request) -> Response:
        return Response(_ROBOTS, media_type="text/plain")

    async def _openapi(self, request: Request) -> Response:
        from searchlib import __version__

        return _json(description(self._settings, __version__, _links(request).base))

    async def _refuse_http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        detail, hint = error.detail, ""
        if error.status_code == 404:
            detail = "There is no such page."
            if _is_api(request):
                detail = "There is no such call."
                hint = f"{_links(request).base}{_API}openapi.json describes those that there are."
        refusal = Refusal(error.status_code, detail, hint=hint, headers=headers)
        return await self._refuse(request, refusal)

    async def _refuse(self, request: Request, error: Exception) -> Response:
        refusal = refusal_of(error)
        if _is_api(request):
            content = json.dumps(refusal.to_json(), ensure_ascii=False)
            return Response(content, refusal.status, refusal.headers, PROBLEM_TYPE)
        page = self._pages.problem(_links(request), refusal)
        return HTMLResponse(page, refusal.status, refusal.headers)


def _links(request: Request) -> Links:
    return Links(request.scope.get("root_path", "").rstrip("/"))


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _is_api(request: Request) -> bool:
    path: str = request.scope["path"]
    return f"{path.removeprefix(request.scope.get('root_path', ''))}/".startswith(_API)


def _pairs(request: Request) -> Pairs:
    """Read the parameters of an address.

    Raises:
        Refusal: There are too many.
    """
    text = request.scope.get("query_string", b"").decode("latin-1")
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError as error:
        raise Refusal(400, f"expected at most {_MOST_PARAMETERS} parameters") from error


def _json(value: object) -> Response:
    content = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, media_type="application/json")


def _cache(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": _REVALIDATE}


def _kept(response: Response, how: str) -> Response:
    response.headers["Cache-Control"] = how
    return response
