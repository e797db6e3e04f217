"""What does the API say of itself? Its description by OpenAPI 3.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from searchlib.server.api import calls, export_params
from searchlib.server.streaming import FORMATS

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
    forms = {form.media_type: _TEXT for form in FORMATS.values()}
    paths["/api/export"] = _operation(
        "export", "Give all hits of a search as a file.", export_params(settings), forms
    )
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
    problem = {"content": {PROBLEM_TYPE: {"schema": _ref("Problem")}}}
    return {
        "get": {
            "operationId": name,
            "summary": says,
            "parameters": [param.to_json() for param in params],
            "responses": {
                "200": {
                    "description": "What was asked for.",
                    "content": {kind: {"schema": schema} for kind, schema in content.items()},
                },
                "304": {"description": "The same as before, by If-None-Match."},
                "4XX": {"description": "The request is at fault.", **problem},
                "503": {"description": "Try again after Retry-After seconds.", **problem},
            },
        }
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
    "Health": _object({"status": {"const": "ok"}, "documents": _COUNT, "revision": _TEXT}),
    "Problem": _object(
        {"type": _TEXT, "title": _TEXT, "status": _COUNT, "detail": _TEXT},
        hint=_TEXT,
        position=_COUNT,
    ),
}
_SECURITY: Final = {"token": {"type": "http", "scheme": "bearer"}}
