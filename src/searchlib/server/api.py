"""The calls of the JSON API: what each takes, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from searchlib.highlight import SnippetOptions
from searchlib.index.helpful import search_helpfully
from searchlib.query.filter_texts import conditions_json, filters_of
from searchlib.search.collapse import Collapse
from searchlib.search.facets.requests import AUTO, UNITS
from searchlib.search.facets.texts import FACET_SYNTAX, read_facets
from searchlib.search.neighbours import RERANKS
from searchlib.search.order import Sort
from searchlib.server.comparing import (
    SIGNIFICANT_PARAMS,
    run_significant,
    run_similar,
    similar_params,
)
from searchlib.server.lines import line_params, lines_json
from searchlib.server.params import CHARS, Param, filter_param, part_params
from searchlib.server.problems import no_article
from searchlib.server.streaming import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from searchlib.search.results import Results
    from searchlib.server.archive import Archive
    from searchlib.server.settings import Settings

Values = dict[str, Any]
"""The parameters of a call by name."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that gives JSON.

    Attributes:
        name: What stands behind ``/api/``.
        says: What it does.
        params: What it takes.
        run: Does it.
        result: The schema of what it gives, by OpenAPI; the name of one of the components.
    """

    name: str
    says: str
    params: tuple[Param, ...]
    run: Callable[[Archive, Values], Mapping[str, Any]]
    result: str


def calls(settings: Settings) -> tuple[Call, ...]:
    """List all calls that give JSON."""
    asked = _asked(settings)
    return (
        Call("search", "Search, best hits first.", (*asked, *_page(settings)), _search, "Results"),
        Call("facets", "Count all hits of a search.", (*asked, _facet()), _facets, "Facets"),
        Call("article", "Give an article as it is stored.", (_KEY,), _article, "Article"),
        Call("copies", "List articles that are nearly the same.", (_KEY,), _copies, "Copies"),
        Call(
            "similar",
            "Find the articles that are most like one, or like a text.",
            similar_params(settings),
            run_similar,
            "Similar",
        ),
        Call(
            "significant",
            "Find the words or labels that set the hits of a search apart.",
            (*asked, *SIGNIFICANT_PARAMS),
            run_significant,
            "Significant",
        ),
        Call("trend", "Compare queries over time.", _of_trend(settings), _trend, "Trend"),
        Call(
            "suggest",
            "Find the query that may have been meant.",
            _typed(settings),
            _suggest,
            "Suggested",
        ),
        Call(
            "complete",
            "Complete what someone is typing.",
            (*_typed(settings), _MOST),
            _complete,
            "Completed",
        ),
        Call(
            "concordance",
            "Give every occurrence in its line.",
            line_params(asked),
            lines_json,
            "Lines",
        ),
        Call("health", "Tell whether the index can be searched.", (), _health, "Health"),
    )


def export_params(settings: Settings) -> tuple[Param, ...]:
    """List what an export takes."""
    form = Param(name="format", says="The format.", choices=(*FORMATS,), default="csv")
    return (*_asked(settings), *_order(), form)


def exported(archive: Archive, values: Values) -> Results[Any]:
    """Search for what is exported."""
    return _found(archive, values, {"limit": 0, "snippets": False, "sort": _sort(values)})[0]


def _asked(settings: Settings) -> tuple[Param, ...]:
    return (
        Param(
            name="q",
            says="The query, in words, phrases and operators; * is for all articles.",
            required=True,
            least=1,
            most=settings.max_query,
        ),
        Param(
            name="match",
            says="Whether a hit must have all words or any; by default all, or any where no "
            "article has all.",
            choices=("all", "any"),
        ),
        Param(
            name="lenient",
            says="Read any query as well as possible, with notes on what was ignored.",
            kind="boolean",
            default=False,
        ),
        filter_param(settings),
    )


def _order() -> tuple[Param, ...]:
    return (
        Param(
            name="sort",
            says="A field to sort by, with - before it for the highest first; or score.",
            many=True,
            most=200,
        ),
        Param(
            name="missing",
            says="Where articles come that have no value to sort by.",
            choices=("last", "first"),
            default="last",
        ),
    )


def _page(settings: Settings) -> tuple[Param, ...]:
    return (
        _facet(),
        *_order(),
        *part_params(settings),
        Param(name="after", says='The next page, by "next" of the page before.', most=4000),
        Param(
            name="collapse",
            says='One hit of each group: "copies", or a field with one label for each article.',
            most=200,
        ),
        Param(
            name="best",
            says="How many of each group are hits.",
            kind="integer",
            default=1,
            least=1,
            most=100,
        ),
        Param(
            name="rerank",
            says="Smooth the scores of the best hundred hits over those most like them.",
            choices=RERANKS,
        ),
        CHARS,
    )


def _facet() -> Param:
    return Param(
        name="facet",
        says=f"What to count: {FACET_SYNTAX}",
        many=True,
        most=1000,
    )


def _typed(settings: Settings) -> tuple[Param, ...]:
    return (Param(name="q", says="What was typed.", required=True, most=settings.max_query),)


_MOST = Param(
    name="limit", says="How many completions.", kind="integer", default=8, least=0, most=100
)
_KEY = Param(name="id", says="The key of the article.", required=True, least=1, most=2000)


def _of_trend(settings: Settings) -> tuple[Param, ...]:
    return (
        Param(
            name="q",
            says="A query; give several to compare them.",
            many=True,
            required=True,
            least=1,
            most=settings.max_query,
        ),
        Param(name="by", says="How long a span is.", choices=(*UNITS, AUTO), default="month"),
        Param(name="field", says="The date that counts; by default the first.", most=200),
        *_asked(settings)[1:],
    )


def _search(archive: Archive, values: Values) -> Mapping[str, Any]:
    collapse = values["collapse"]
    options = {
        "limit": values["limit"],
        "offset": values["offset"],
        "after": values["after"],
        "sort": _sort(values),
        "snippets": SnippetOptions(max_chars=values["chars"]),
        "collapse": None if collapse is None else Collapse(collapse, best=values["best"]),
        "rerank": values["rerank"],
        "facets": read_facets(values["facet"], archive.index.schema),
    }
    results, head = _found(archive, values, options)
    return {**head, **results.to_json()}


def _facets(archive: Archive, values: Values) -> Mapping[str, Any]:
    facets = read_facets(values["facet"], archive.index.schema)
    results, head = _found(archive, values, {"limit": 0, "snippets": False, "facets": facets})
    shown = results.to_json()
    return {**head, **{name: shown[name] for name in ("total", "took_ms", "notes", "facets")}}


def _found(
    archive: Archive, values: Values, options: dict[str, Any]
) -> tuple[Results[Any], dict[str, Any]]:
    """Search, and tell how the query was matched and the filter read."""
    filters = filters_of(values["filter"])
    results, match = search_helpfully(
        archive.index,
        values["q"],
        values["match"],
        lenient=values["lenient"],
        filter=filters,
        **options,
    )
    applied = archive.index.parse_filter(filters, lenient=values["lenient"])
    return results, {"query": values["q"], "match": match, "filter": conditions_json(applied)}


def _sort(values: Values) -> list[Sort]:
    return [Sort.named(name, missing=values["missing"]) for name in values["sort"]]


def _article(archive: Archive, values: Values) -> Mapping[str, Any]:
    found = archive.index.get(values["id"])
    if found is None:
        raise no_article(values["id"])
    document: dict[str, Any] = found.model_dump(mode="json")
    return {"key": values["id"], "document": document}


def _copies(archive: Archive, values: Values) -> Mapping[str, Any]:
    if values["id"] not in archive.index:
        raise no_article(values["id"])
    copies = archive.index.copies(values["id"])
    return {"key": values["id"], "copies": [copy.to_json() for copy in copies]}


def _trend(archive: Archive, values: Values) -> Mapping[str, Any]:
    return archive.index.trend(
        values["q"],
        by=values["by"],
        field=values["field"],
        match=values["match"] or "all",
        lenient=values["lenient"],
        filter=filters_of(values["filter"]),
    ).to_json()


def _suggest(archive: Archive, values: Values) -> Mapping[str, Any]:
    found = archive.index.suggest(values["q"])
    return {"query": values["q"], "suggestion": None if found is None else found.to_json()}


def _complete(archive: Archive, values: Values) -> Mapping[str, Any]:
    found = archive.index.complete(values["q"], limit=values["limit"])
    return {"query": values["q"], "completions": [one.to_json() for one in found]}


def _health(archive: Archive, _: Values) -> Mapping[str, Any]:
    return {
        "status": "ok",
        "documents": len(archive.index),
        "revision": archive.index.revision,
    }
