"""What does the API say of itself? Its description by OpenAPI 3.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from searchlib.export.formats import FORMATS
from searchlib.search.typos import TYPOS
from searchlib.server.api import calls, export_params
from searchlib.server.lists import MOST_HITS, MOST_QUERIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.server.params import Param
    from searchlib.server.settings import Settings

PROBLEM_TYPE: Final = "application/problem+json"
_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_NUMBER: Final = {"type": "number"}


def description(settings: Settings, version: str, base: str) -> dict[str, Any]:
    """Describe the API.

    Args:
        settings: Its limits.
        version: The version of the library.
        base: The path that the application is mounted at.
    """
    paths = {
        f"/api/{call.name}": _operation(
            call.name, call.says, call.params, {"application/json": _ref(call.result)}
        )
        for call in calls(settings)
    }
    forms = {form.media_type: _TEXT if form.is_text else {} for form in FORMATS.values()}
    paths["/api/export"] = _operation(
        "export", "Give all hits of a search as a file.", export_params(settings), forms
    )
    paths["/api/batch"] = _batch()
    return {
        "openapi": "3.1.0",
        "info": {"title": settings.title, "version": version},
        "servers": [{"url": base or "/"}],
        "paths": paths,
        "components": {"schemas": _SCHEMAS, "securitySchemes": _SECURITY},
        **({} if settings.token is None else {"security": [{"token": []}]}),
    }


def _operation(
    name: str, says: str, params: Iterable[Param], content: dict[str, Any]
) -> dict[str, Any]:
    return {
        "get": {
            "operationId": name,
            "summary": says,
            "parameters": [param.to_json() for param in params],
            "responses": {
                **_responses(content),
                "304": {"description": "The same as before, by If-None-Match."},
            },
        }
    }


def _batch() -> dict[str, Any]:
    """Describe the call that takes a list of queries."""
    return {
        "post": {
            "operationId": "batch",
            "summary": "Run a list of queries.",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _ref("Batch")}},
            },
            "responses": _responses({"application/json": _ref("BatchRows")}),
        }
    }


def _responses(content: dict[str, Any]) -> dict[str, Any]:
    problem = {"content": {PROBLEM_TYPE: {"schema": _ref("Problem")}}}
    return {
        "200": {
            "description": "What was asked for.",
            "content": {kind: {"schema": schema} for kind, schema in content.items()},
        },
        "4XX": {"description": "The request is at fault.", **problem},
        "503": {"description": "Try again after Retry-After seconds.", **problem},
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _map(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


_HEAD: Final = {
    "query": _TEXT,
    "match": {"enum": ["all", "any"]},
    "filter": _list({"type": "object"}),
    "total": _COUNT,
    "took_ms": _NUMBER,
    "notes": _list(_ref("Note")),
    "facets": _map({"type": "object"}),
}
_SPAN: Final = {"type": ["array", "null"], "items": _COUNT, "minItems": 2, "maxItems": 2}

_SCHEMAS: Final[dict[str, Any]] = {
    "Results": _object(
        {**_HEAD, "next": {"type": ["string", "null"]}, "hits": _list(_ref("Hit"))}, groups=_COUNT
    ),
    "Facets": _object(_HEAD),
    "Note": _object({"kind": _TEXT, "message": _TEXT, "span": _SPAN}),
    "Hit": _object(
        {
            "rank": _COUNT,
            "score": _NUMBER,
            "key": _TEXT,
            "document": {"type": "object"},
            "snippets": _map(
                _object({"html": _TEXT, "text": _TEXT, "spans": _list(_list(_COUNT))})
            ),
        },
        collapsed=_object({"count": _COUNT, "keys": _list(_TEXT)}),
        shared=_list(_TEXT),
    ),
    "Article": _object({"key": _TEXT, "document": {"type": "object"}}),
    "Copies": _object(
        {"key": _TEXT, "copies": _list(_object({"key": _TEXT, "similarity": _NUMBER}))}
    ),
    "Similar": _object(
        {
            "similar_to": _TEXT,
            **{name: _HEAD[name] for name in ("total", "took_ms", "notes", "facets")},
            "hits": _list(_ref("Hit")),
        }
    ),
    "Significant": _object(
        {
            "query": _TEXT,
            "field": _TEXT,
            "found": _COUNT,
            "documents": _COUNT,
            "terms": _list(
                _object({"text": _TEXT, "count": _COUNT, "total": _COUNT, "score": _NUMBER})
            ),
        }
    ),
    "Trend": _object(
        {
            "field": _TEXT,
            "by": _TEXT,
            "spans": _list({"type": "object"}),
            "series": _list({"type": "object"}),
        }
    ),
    "Suggested": _object(
        {"query": _TEXT, "suggestion": {"type": ["object", "null"]}},
    ),
    "Completed": _object({"query": _TEXT, "completions": _list({"type": "object"})}),
    "Lines": _object(
        {
            "query": _TEXT,
            "documents": _COUNT,
            "notes": _list(_ref("Note")),
            "lines": _list(
                _object(
                    {
                        **dict.fromkeys(("left", "match", "right", "key"), _TEXT),
                        **dict.fromkeys(("title", "date", "field"), _TEXT),
                        "marks": _list(_list(_COUNT)),
                    }
                )
            ),
        }
    ),
    "Batch": {
        **_object(
            {"queries": {**_list(_TEXT), "maxItems": MOST_QUERIES}},
            limit={**_COUNT, "maximum": MOST_HITS},
            phrases={"type": "boolean"},
            match={"enum": ["all", "any"]},
            lenient={"type": "boolean"},
            filter=_list(_TEXT),
            typos={"enum": [*TYPOS]},
            synonyms={"type": "boolean"},
            fields=_TEXT,
        ),
        "additionalProperties": False,
    },
    "BatchRows": _object(
        {
            "rows": _list(
                _object(
                    {
                        "row": _COUNT,
                        "query": _TEXT,
                        "total": _COUNT,
                        "hits": _list({"type": "object"}),
                        "notes": _list(_TEXT),
                        "error": {"type": ["string", "null"]},
                    }
                )
            )
        }
    ),
    "Health": _object({"status": {"const": "ok"}, "documents": _COUNT, "revision": _TEXT}),
    "Problem": _object(
        {"type": _TEXT, "title": _TEXT, "status": _COUNT, "detail": _TEXT},
        hint=_TEXT,
        position=_COUNT,
    ),
}
_SECURITY: Final = {"token": {"type": "http", "scheme": "bearer"}}
