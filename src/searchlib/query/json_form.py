"""How is a query kept? As JSON, of a version that is named, and read without running code."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from searchlib.errors import QueryError, QueryTooCostly
from searchlib.query import tree
from searchlib.query.checks import shown
from searchlib.query.tree import Query, own_fields

VERSION: Final = 1

MAX_DEPTH: Final = 200
"""How deeply queries may be nested in JSON."""

_KINDS: Final[dict[str, type[Query]]] = {
    "match_all": tree.MatchAll, "exists": tree.Exists, "word": tree.Word, "phrase": tree.Phrase,
    "prefix": tree.Prefix, "wildcard": tree.Wildcard, "regex": tree.Regex, "fuzzy": tree.Fuzzy,
    "term": tree.Term, "range": tree.Range, "and": tree.And, "or": tree.Or, "not": tree.Not,
    "and_maybe": tree.AndMaybe, "require": tree.Require, "disjunction_max": tree.DisjunctionMax,
    "near": tree.Near, "boost": tree.Boost, "constant_score": tree.ConstantScore,
    "verbatim": tree.Verbatim,
}  # fmt: skip
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}
_TIMES: Final[dict[str, type[date]]] = {"date": date, "datetime": datetime}


def to_json(query: Query) -> dict[str, Any]:
    """Write a query as JSON: an object with its version, from which :func:`from_json` makes it.

    Raises:
        QueryError: It holds a query object of Whoosh's that has no kind here.
        QueryTooCostly: It is nested more than :data:`MAX_DEPTH` deep.
    """
    return {"version": VERSION, "query": _written(query, MAX_DEPTH)}


def from_json(data: object) -> Query:
    """Make a query of what :func:`to_json` gave.

    Raises:
        QueryError: It is not that, or of a later version.
        QueryTooCostly: It is nested more than :data:`MAX_DEPTH` deep.
    """
    if not isinstance(data, dict) or data.get("version") != VERSION or "query" not in data:
        raise QueryError(f"expected a query of version {VERSION} as JSON, got {shown(data)}")
    return _read(data["query"], MAX_DEPTH)


def _written(value: Any, depth: int) -> Any:
    # Loops, not comprehensions: each of those is one more call for each level of a query.
    if isinstance(value, tuple):
        items = []
        for item in value:
            items.append(_written(item, depth))  # noqa: PERF401
        return items
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if not isinstance(value, Query):
        return value
    name = _NAMES.get(type(value))
    if name is None:
        raise QueryError(f"expected a kind of query that has a JSON form, got {shown(value)}")
    _expect_shallow(depth)
    if isinstance(value, tree.Not):
        value.negated  # noqa: B018 - raises where it is a value
    written: dict[str, Any] = {"kind": name}
    for one in own_fields(type(value)):
        given = getattr(value, one.name)
        if given != one.default:
            written[one.name] = _written(given, depth - 1)
    return written if value.span is None else written | {"span": list(value.span)}


def _expect_shallow(depth: int) -> None:
    if depth == 0:
        raise QueryTooCostly(f"expected a query that is nested at most {MAX_DEPTH} deep, got more")


def _read(data: object, depth: int) -> Query:
    name = data.get("kind") if isinstance(data, dict) else None
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None or not isinstance(data, dict):
        raise QueryError(f"expected a kind of query, one of {', '.join(_KINDS)}, got {shown(data)}")
    _expect_shallow(depth)
    names = {"kind", *(one.name for one in own_fields(kind))}
    given = dict(data)
    span = given.pop("span", None)
    if not given.keys() <= names:
        unknown = ", ".join(sorted(map(str, given.keys() - names)))
        raise QueryError(f"{name}: expected {', '.join(sorted(names))}, got {unknown}")
    del given["kind"]
    for key, value in given.items():
        given[key] = _value(value, depth)
    try:
        made = kind(**given, span=_span(span))
    except TypeError as error:
        raise QueryError(f"{name}: expected all that it needs, got {shown(data)}") from error
    if isinstance(made, tree.Not):
        made.negated  # noqa: B018 - raises where it is a value
    return made


def _value(value: Any, depth: int) -> Any:
    if isinstance(value, list):
        items = []
        for item in value:
            items.append(item if isinstance(item, str) else _read(item, depth - 1))  # noqa: PERF401
        return tuple(items)
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and value.keys() <= _TIMES.keys():
        [(name, text)] = value.items()
        try:
            return _TIMES[name].fromisoformat(text)
        except (TypeError, ValueError) as error:
            raise QueryError(f"expected a {name} in ISO 8601, got {shown(text)}") from error
    return _read(value, depth - 1)


def _span(span: Any) -> tree.Span | None:
    if span is None:
        return None
    match span:
        case [int(start), int(end)] if 0 <= start <= end:
            return int(start), int(end)
    raise QueryError(f"expected a span of two whole numbers, got {shown(span)}")
