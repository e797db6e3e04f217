"""The calls of the JSON API: what each takes, and what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json

from searchlib.export.field_texts import read_fields
from searchlib.frozen import frozen
from searchlib.highlight import SnippetOptions
from searchlib.index.helpful import search_helpfully
from searchlib.query.filter_texts import conditions_json, filters_of
from searchlib.schema.values import json_values
from searchlib.search.facets import FACET_SYNTAX
from searchlib.search.facets.requests import AUTO, UNITS
from searchlib.search.facets.texts import read_facets
from searchlib.server.comparing import (
    SIGNIFICANT_PARAMS,
    run_significant,
    run_similar,
    similar_params,
)
from searchlib.server.lines import line_params, lines_json
from searchlib.server.params import (
    CHARS,
    RANKING,
    Param,
    filter_param,
    hit_params,
    matching_in,
    part_params,
    ranking_in,
)
from searchlib.server.problems import no_article
from searchlib.server.streaming import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from searchlib.search.results import Results
    from searchlib.server.archive import Archive
    from searchlib.server.settings import Settings

_SEARCHED: Final = "search_fields"
"""What says where to search, where ``fields`` are columns."""
_MOST_EXPORTED: Final = 1_000_000_000

Values = dict[str, Any]
"""The parameters of a call by name."""


@frozen
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
        Call(
            "facets",
            "Count all hits of a search.",
            (*asked, _facet(), *hit_params(settings)),
            _facets,
            "Facets",
        ),
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
            (*asked, *SIGNIFICANT_PARAMS, *hit_params(settings)),
            run_significant,
            "Significant",
        ),
        Call("trend", "Compare queries over time.", _of_trend(settings), _trend, "Trend"),
        Call(
            "suggest",
            "Find the query that may have been meant.",
            (*_typed(settings), filter_param(settings)),
            _suggest,
            "Suggested",
        ),
        Call(
            "complete",
            "Complete what someone is typing.",
            (*_typed(settings), _MOST, filter_param(settings)),
            _complete,
            "Completed",
        ),
        Call(
            "concordance",
            "Give every occurrence in its line.",
            (*line_params(asked), *hit_params(settings)),
            lines_json,
            "Lines",
        ),
        Call("health", "Tell whether the index can be searched.", (), _health, "Health"),
    )


def export_params(settings: Settings) -> tuple[Param, ...]:
    """List what an export takes."""
    return (
        *_asked(settings),
        *hit_params(settings, _SEARCHED),
        *RANKING,
        Param(
            name="format",
            says="The format; parquet and arrow take the extra arrow.",
            choices=(*FORMATS,),
            default="csv",
        ),
        Param(
            name="fields",
            says="The columns, with commas between them: fields, rank, score, key, snippet; all "
            "fields by default. For bibtex and ris, which field is what: title=headline.",
            most=settings.max_query,
        ),
        Param(
            name="limit",
            says="How many of the best hits; all by default.",
            kind="integer",
            least=0,
            most=_MOST_EXPORTED,
        ),
    )


def exported(archive: Archive, values: Values) -> Results[Any]:
    """Search for what is exported."""
    ranking = ranking_in(values, _SEARCHED)
    return _found(archive, values, {"limit": values["limit"] or 0, "snippets": False, **ranking})[0]


def export_options(values: Values) -> dict[str, Any]:
    """Say which columns and which hits an export has.

    Raises:
        ArgumentError: The columns are something else.
    """
    return {
        "fields": read_fields(values["fields"], values["format"]),
        "hits": "all" if values["limit"] is None else "page",
    }


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


def _page(settings: Settings) -> tuple[Param, ...]:
    return (
        _facet(),
        *hit_params(settings),
        *RANKING,
        *part_params(settings),
        Param(name="after", says='The next page, by "next" of the page before.', most=4000),
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
    most = settings.max_query
    return (Param(name="q", says="What was typed.", required=True, least=0, most=most),)


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
        *hit_params(settings),
    )


def _search(archive: Archive, values: Values) -> Mapping[str, Any]:
    options = {
        "limit": values["limit"],
        "offset": values["offset"],
        "after": values["after"],
        "snippets": SnippetOptions(max_chars=values["chars"]),
        "facets": read_facets(values["facet"], archive.index.schema),
        **ranking_in(values),
    }
    results, head = _found(archive, values, options)
    return {**head, **results.to_json()}


def _facets(archive: Archive, values: Values) -> Mapping[str, Any]:
    facets = read_facets(values["facet"], archive.index.schema)
    options = {"limit": 0, "snippets": False, "facets": facets, **matching_in(values)}
    results, head = _found(archive, values, options)
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


def _article(archive: Archive, values: Values) -> Mapping[str, Any]:
    found = archive.index.get(values["id"])
    if found is None:
        raise no_article(values["id"])
    document = json_values(found, lambda: from_json(archive.index.schema.store(found)))
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
        **matching_in(values),
    ).to_json()


def _suggest(archive: Archive, values: Values) -> Mapping[str, Any]:
    found = archive.index.suggest(values["q"], filter=filters_of(values["filter"]))
    return {"query": values["q"], "suggestion": None if found is None else found.to_json()}


def _complete(archive: Archive, values: Values) -> Mapping[str, Any]:
    found = archive.index.complete(
        values["q"], limit=values["limit"], filter=filters_of(values["filter"])
    )
    return {"query": values["q"], "completions": [one.to_json() for one in found]}


def _health(archive: Archive, _: Values) -> Mapping[str, Any]:
    return {
        "status": "ok",
        "documents": len(archive.index),
        "revision": archive.index.revision,
    }
