"""How is a query kept? As JSON, of a version that is named, and read without running code."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from searchlib.errors import QueryError
from searchlib.query import tree
from searchlib.query.tree import Query, own_fields

VERSION: Final = 1

MAX_DEPTH: Final = 200
"""How deeply queries may be nested in JSON that is read."""

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
    """
    return {"version": VERSION, "query": _written(query)}


def from_json(data: object) -> Query:
    """Make a query of what :func:`to_json` gave.

    Raises:
        QueryError: It is not that, of a later version, or nested too deeply.
    """
    if not isinstance(data, dict) or data.get("version") != VERSION or "query" not in data:
        raise QueryError(f"expected a query of version {VERSION} as JSON, got {data!r:.80}")
    return _read(data["query"], MAX_DEPTH)


def _written(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if not isinstance(value, Query):
        return value
    name = _NAMES.get(type(value))
    if name is None:
        raise QueryError(f"expected a kind of query that has a JSON form, got {value!r:.80}")
    given = {one.name: getattr(value, one.name) for one in own_fields(type(value))}
    defaults = {one.name: one.default for one in own_fields(type(value))}
    written = {key: _written(item) for key, item in given.items() if item != defaults[key]}
    place = {} if value.span is None else {"span": list(value.span)}
    return {"kind": name, **written, **place}


def _read(data: object, depth: int) -> Query:
    kind = _KINDS.get(str(data.get("kind"))) if isinstance(data, dict) else None
    if kind is None or not isinstance(data, dict):
        raise QueryError(f"expected a kind of query, one of {', '.join(_KINDS)}, got {data!r:.80}")
    if depth == 0:
        raise QueryError(f"expected a query that is nested at most {MAX_DEPTH} deep, got more")
    names = {"kind", *(one.name for one in own_fields(kind))}
    given = dict(data)
    span = given.pop("span", None)
    if not given.keys() <= names:
        unknown = ", ".join(sorted(given.keys() - names))
        raise QueryError(f"{data['kind']}: expected {', '.join(sorted(names))}, got {unknown}")
    values = {name: _value(value, depth) for name, value in given.items() if name != "kind"}
    try:
        return kind(**values, span=_span(span))
    except TypeError as error:
        raise QueryError(f"{data['kind']}: expected all that it needs, got {data!r:.80}") from error


def _value(value: Any, depth: int) -> Any:
    if isinstance(value, list):
        return tuple(_value(item, depth) for item in value)
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and value.keys() <= _TIMES.keys():
        [(name, text)] = value.items()
        try:
            return _TIMES[name].fromisoformat(text)
        except (TypeError, ValueError) as error:
            raise QueryError(f"expected a {name} in ISO 8601, got {text!r:.80}") from error
    return _read(value, depth - 1)


def _span(span: Any) -> tree.Span | None:
    if span is None:
        return None
    match span:
        case [int(start), int(end)] if 0 <= start <= end:
            return start, end
    raise QueryError(f"expected a span of two whole numbers, got {span!r:.80}")
